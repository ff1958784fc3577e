from __future__ import annotations

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from postmortems.publication.checking import files, here


class Command(BaseCommand):
    help = (
        "Checks that no published revision was changed, left out or put in between: here, or in exported files "
        "(FILE.json or folders of them), for which no server is needed."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="exported revisions; this installation when left out",
        )
        parser.add_argument("--json", action="store_true", help="tell it as JSON")

    def handle(self, *, paths, **options):
        for path in paths:
            if not path.exists():
                raise CommandError(f"There is no {path}.")
        checked = files.check(paths) if paths else _here()
        if options["json"]:
            told = {"checked": checked.revisions, "files": checked.files, "troubles": checked.troubles, "remarks": checked.remarks}  # fmt: skip
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for told in [*checked.remarks, *checked.troubles]:
                self.stdout.write(told)
        if checked.troubles:
            raise CommandError(
                f"{len(checked.troubles)} of what was found in {checked.revisions} revisions is not as it was published."
            )
        if not options["json"]:
            also = f" And {checked.files} files are as they were exported." if checked.files else ""
            self.stdout.write(f"{checked.revisions} revisions are as they were published.{also}")


def _here() -> files.Checked:
    revisions, troubles = here.check()
    return files.Checked(revisions, troubles=troubles)
