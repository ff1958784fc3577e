from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postmortems.publication import chain, pictures
from postmortems.publication.models import Printing, Revision
from postmortems.publication.reading.document import FORMAT


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
        checked, troubles, remarks = _files(paths) if paths else (*_here(), [])
        if options["json"]:
            self.stdout.write(
                json.dumps({"checked": checked, "troubles": troubles, "remarks": remarks}, ensure_ascii=False)
            )
        else:
            for told in [*remarks, *troubles]:
                self.stdout.write(told)
        if troubles:
            raise CommandError(
                f"{len(troubles)} of what was found in {checked} revisions is not as it was published."
            )
        if not options["json"]:
            self.stdout.write(f"{checked} revisions are as they were published.")


def _here() -> tuple[int, list[str]]:
    checked, troubles = 0, []
    for ref, rows in _chains():
        checked += len(rows)
        troubles += [f"{ref}: {one}" for one in chain.troubles(rows)]
    for printing in Printing.objects.filter(state=Printing.State.DONE).select_related("revision__incident"):
        if trouble := _print(printing):
            troubles.append(f"{printing.revision.incident.ref}: {trouble}")
    return checked, [*troubles, *pictures.troubles()]


def _chains() -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Incident by incident, so that a large archive is never in memory as a whole."""
    fields = ("number", "content", "html", "digest", "previous_digest", "incident__ref")
    rows = Revision.objects.order_by("incident", "number").values(*fields)
    held: list[Mapping[str, Any]] = []
    for row in rows.iterator(chunk_size=50):
        if held and row["incident__ref"] != held[0]["incident__ref"]:
            yield held[0]["incident__ref"], held
            held = []
        held.append(row)
    if held:
        yield held[0]["incident__ref"], held


def _print(printing: Printing) -> str:
    try:
        with printing.file.open("rb") as file:
            same = file_digest(file, "sha256").hexdigest() == printing.sha256
    except OSError:
        return f"the PDF of revision {printing.revision.number} is missing."
    return "" if same else f"the PDF of revision {printing.revision.number} is not the one that was set."


def _files(paths: list[Path]) -> tuple[int, list[str], list[str]]:
    """Exported documents by incident, whatever folder they lie in: how many, what is wrong, and what cannot be told."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    troubles, remarks = [], []
    for path in _each(paths):
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            troubles.append(f"{path}: cannot be read ({error}).")
            continue
        if isinstance(document, dict) and document.get("format") == FORMAT:
            found[str(document.get("ref"))].append(document)
            troubles += _pdf(path, document)
        elif path in paths:
            troubles.append(f"{path}: is not an exported revision.")
    for ref, documents in sorted(found.items()):
        try:
            documents.sort(key=lambda one: one["number"])
            troubles += [f"{ref}: {one}" for one in chain.troubles(documents, whole=False)]
            if documents[0]["number"] > 1:
                remarks.append(
                    f"{ref}: begins with revision {documents[0]['number']} here; the ones before were not looked at."
                )
        except (KeyError, TypeError, AttributeError):
            troubles.append(f"{ref}: an exported revision lacks a part of it.")
    return sum(map(len, found.values())), troubles, remarks


def _each(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
        elif path.exists():
            yield path
        else:
            raise CommandError(f"There is no {path}.")


def _pdf(path: Path, document: Mapping[str, Any]) -> list[str]:
    """The PDF beside it, where there is one."""
    beside, told = path.with_suffix(".pdf"), document.get("pdf")
    if not told or not beside.exists():
        return []
    with beside.open("rb") as file:
        same = file_digest(file, "sha256").hexdigest() == told.get("sha256")
    return [] if same else [f"{beside}: is not the one that was set."]
