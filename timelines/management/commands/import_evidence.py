from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines import importing
from timelines.actions import receive_file
from timelines.models import Import
from timelines.reading import FORMATS, moment

HOW_TO_ANSWER = {
    "zone": "Say it with --zone, for instance --zone Europe/Lisbon.",
    "year": "Say it with --year.",
    "day": "Say it with --day, for instance --day 2026-03-10.",
    "captured": "Say it with --captured, for instance --captured 2026-03-10T02:14:00+01:00.",
    "mapping": "Answer on the incident's evidence page.",
}


class Command(BaseCommand):
    help = "Reads evidence into an incident's timeline; importing the same file again adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a file, a zip or an export's folder"
        )
        parser.add_argument("--format", default="auto", help=f"auto, {', '.join(FORMATS)}")
        parser.add_argument("--zone", default="", help="of times that state none, such as Europe/Lisbon")
        parser.add_argument("--year", type=int, help="of the first line, where lines state no year")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="of the first line, where lines state a time of day alone"
        )
        parser.add_argument("--captured", type=moment, help="when “5m ago” was said, with its offset")
        parser.add_argument("--source-name", default="", help="for instance a host or a workspace")
        parser.add_argument(
            "--by", help="e-mail of the person who imports; the first administrator when left out"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object for each file")

    def handle(self, *, ref, files, by, **options):
        incident = Incident.objects.filter(ref=ref.upper()).first()
        if incident is None:
            raise CommandError(f"There is no incident {ref}.")
        person = self._person(by)
        outcomes = [outcome for path in files for outcome in self._one(incident, person, path, options)]
        failed = [outcome for outcome in outcomes if outcome["state"] != Import.State.DONE]
        if failed and len(outcomes) == 1:
            raise CommandError(failed[0]["message"])
        if failed:
            raise CommandError("\n".join(f"{outcome['file']}: {outcome['message']}" for outcome in failed))

    def _person(self, email: str | None) -> User:
        if email:
            person = User.objects.active().filter(email__iexact=email).first()
            if person is None:
                raise CommandError(f"There is no account {email}.")
            return person
        person = User.objects.active().filter(role="administrator").order_by("pk").first()
        if person is None:
            raise CommandError("There is no administrator yet; say with --by who imports.")
        return person

    def _one(self, incident: Incident, person: User, path: Path, options: dict) -> list[dict]:
        """One outcome, or of an archive with exports of several tools one for each of its parts."""
        try:
            with _as_file(path) as (file, name):
                imported = receive_file(
                    incident=incident,
                    by=person,
                    upload=File(file, name=name),
                    format=options["format"],
                    zone=options["zone"],
                    year=options["year"],
                    day=options["day"],
                    captured=options["captured"],
                    name=options["source_name"],
                    queue=False,
                )
        except OSError as error:
            outcome = {
                "file": str(path),
                "state": "failed",
                "message": f"{path} cannot be opened: {error.strerror}.",
            }
            self._say(outcome, options["json"])
            return [outcome]
        first = self._read(imported, options["json"])
        return [first, *(self._read(part, options["json"]) for part in importing.beside(imported))]

    def _read(self, imported: Import, as_json: bool) -> dict:
        importing.run(imported.pk, progress=self._progress, queue=False)
        self._progress()
        imported = Import.objects.select_related("source").get(pk=imported.pk)
        outcome = importing.outcome(imported)
        if imported.state == Import.State.ASKING:
            outcome["message"] += f" {HOW_TO_ANSWER[imported.asks_for]}"
        self._say(outcome, as_json)
        return outcome

    def _progress(self, done: int = 0, whole: int = 0) -> None:
        if self.stderr.isatty():
            line = f"{done / 1e6:,.1f} of {whole / 1e6:,.1f} MB" if whole else ""
            self.stderr.write(f"\r{line:<40}", ending="" if whole else "\r")

    def _say(self, outcome: dict, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        elif outcome["state"] == Import.State.DONE:
            self.stdout.write(
                f"{outcome['file']} ({outcome['format']}): {outcome['added']} added, {outcome['updated']} updated, "
                f"{outcome['unchanged']} unchanged, {outcome['skipped']} skipped"
            )
            for note in outcome["notes"][:20]:
                self.stdout.write(f"  {note['where']}: {note['why']}")
            if outcome["skipped"] > 20:
                self.stdout.write("  … the evidence page lists the others.")


@contextmanager
def _as_file(path: Path) -> Iterator[tuple]:
    """An open file and its name; a folder becomes a zip, because the storage keeps files."""
    if not path.is_dir():
        with path.open("rb") as file:
            yield file, path.name
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(shutil.make_archive(f"{folder}/export", "zip", path))
        with packed.open("rb") as file:
            yield file, f"{path.resolve().name}.zip"
