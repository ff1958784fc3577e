from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines import importing
from timelines.actions import receive_file
from timelines.models import Import
from timelines.reading import Unreadable


class Command(BaseCommand):
    help = "Reads evidence into an incident's timeline; importing the same file again adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a file, a zip or an export's folder"
        )
        parser.add_argument("--format", default="auto")
        parser.add_argument("--zone", default="")
        parser.add_argument("--year", type=int)
        parser.add_argument("--source-name", default="")
        parser.add_argument(
            "--by", help="e-mail of the person who imports; the first administrator when left out"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, ref, files, by, **options):
        incident = Incident.objects.filter(ref=ref.upper()).first()
        if incident is None:
            raise CommandError(f"There is no incident {ref}.")
        person = (
            User.objects.filter(email__iexact=by).first()
            if by
            else User.objects.filter(role="administrator").first()
        )
        if person is None:
            raise CommandError(f"There is no account {by}." if by else "There is no administrator yet.")
        failed = False
        for path in files:
            result = self._one(incident, person, path, options)
            failed = failed or "trouble" in result
            self._say(result, options["json"])
        if failed:
            raise CommandError("Not everything could be imported; the lines above say what and why.")

    def _one(self, incident, person, path: Path, options) -> dict:
        if not path.exists():
            return {"file": str(path), "trouble": f"There is no file {path}."}
        with tempfile.TemporaryDirectory() as folder:
            packed = (
                Path(shutil.make_archive(f"{folder}/{path.name}", "zip", path)) if path.is_dir() else path
            )
            with packed.open("rb") as file:
                imported = receive_file(
                    incident=incident, by=person, upload=File(file, name=packed.name), format=options["format"],
                    zone=options["zone"], year=options["year"], name=options["source_name"],
                )  # fmt: skip
        with importing.only_one(imported.pk) as held:
            if not held:  # a worker was quicker; its result is on the page
                return {"file": path.name, "import": str(imported.pk), "note": "a worker is reading it"}
            try:
                report = importing.read_into(imported, Path(imported.file.path), beat=self._progress)
            except Unreadable as reason:
                Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED, message=str(reason))
                return {"file": path.name, "trouble": str(reason)}
        return {
            "file": path.name, "source": report["source"], "format": report["format"], "added": report["added"],
            "updated": report["updated"], "unchanged": report["unchanged"], "skipped": report["skipped_count"],
            "notes": report["skipped"],
        }  # fmt: skip

    def _progress(self, **progress) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{progress['bytes_read']:,} of {progress['bytes_total']:,} bytes", ending="")

    def _say(self, result: dict, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        elif "trouble" in result:
            self.stderr.write(f"{result['file']}: {result['trouble']}")
        elif "note" in result:
            self.stdout.write(f"{result['file']}: {result['note']}")
        else:
            self.stdout.write(
                f"{result['file']} ({result['format']}): {result['added']} added, {result['updated']} updated, "
                f"{result['unchanged']} unchanged, {result['skipped']} skipped"
            )
            for note in result["notes"][:20]:
                self.stdout.write(f"  {note['where']}: {note['why']}")
