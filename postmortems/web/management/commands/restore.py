from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from postmortems.web import backup
from postmortems.web.management.commands.backup import progress


class Command(BaseCommand):
    help = (
        "Puts a backup into an empty installation: a new database after `migrate`, and an empty MEDIA_ROOT."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="what `backup` wrote")

    def handle(self, *, file, **options):
        if not file.exists():
            raise CommandError(f"There is no {file}.")
        try:
            told = backup.load(file, progress=progress(self))
        except backup.CannotRestore as trouble:
            raise CommandError(f"Nothing was restored. {trouble}") from trouble
        self.stdout.write(
            f"{told['rows']} rows of {told['tables']} tables and {told['files']} files are back."
        )
