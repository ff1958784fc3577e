from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postmortems.web import backup


class Command(BaseCommand):
    help = "Writes everything – rows and files – into one file, from which `restore` makes the same installation again."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where to write it, such as 2026-11-21.backup")

    def handle(self, *, file, **options):
        if file.exists():
            raise CommandError(f"There is a {file} already. Name another file.")
        try:
            told = backup.save(file, now=timezone.now(), progress=progress(self))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"{told['rows']} rows of {told['tables']} tables and {told['files']} files are in {file}."
        )
        if told["missing"]:
            self.stdout.write(
                f"{told['missing']} files that rows name were missing; their names are in its manifest.json."
            )
        self.stdout.write("Private notes are in it, too: keep it as carefully as the database.")


def progress(command: BaseCommand) -> backup.Progress:
    """On a terminal, one line that tells where it is."""
    if not command.stderr.isatty():
        return lambda what: None
    return lambda what: command.stderr.write(f"\r\033[K{what[:100]}", ending="")
