from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import BinaryIO

import orjson
from django.core.management.base import BaseCommand, CommandError

from timelines.formats.records import Record
from timelines.parts import parts
from timelines.reading import Reading, Unreadable, moment, stamp

PLAIN = (
    "precision",
    "certainty",
    "written",
    "zone",
    "actor",
    "actor_id",
    "actor_kind",
    "kind",
    "text",
    "external_id",
    "place",
    "thread",
    "link",
    "where",
    "noise",
    "deleted",
)


class Command(BaseCommand):
    help = "Reads evidence without storing it: one JSON object an event, then one report an export."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--format", default="auto")
        parser.add_argument("--zone", help="for sources that state none, such as Europe/Lisbon")
        parser.add_argument("--year", type=int, help="of the first line, for sources that state none")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="of the first line, where lines state a time of day alone"
        )
        parser.add_argument("--captured", type=moment, help="when “5m ago” was said, with its offset")
        parser.add_argument(
            "--mapping", default="{}", help="JSON object: which column is the time, text, actor …"
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="accepted for likeness with the other commands; the output is JSON anyway",
        )

    def handle(self, *, files, format, zone, year, day, captured, mapping, **options):
        out = sys.stdout.buffer
        try:
            columns = orjson.loads(mapping)
        except orjson.JSONDecodeError as error:
            raise CommandError(f"--mapping is not JSON: {error.msg}.", returncode=2) from error
        if not isinstance(columns, dict):
            raise CommandError('--mapping is not an object such as {"time": "when"}.', returncode=2)
        said = {"zone": zone, "year": year, "day": day, "captured": captured, "mapping": columns}
        refused = []
        for path in files:
            try:
                readings = self._readings(path, format, said)
            except Unreadable as reason:
                refused.append(str(reason))
                break
            for reading in readings:
                try:
                    self._read(reading, out)
                except Unreadable as reason:
                    refused.append(str(reason))
                else:
                    out.write(orjson.dumps({"report": reading.report()}) + b"\n")
            if refused:
                break
        out.flush()
        if refused:
            raise CommandError("\n".join(refused), returncode=2)

    def _readings(self, path: Path, format: str, said: dict) -> list[Reading]:
        """One, or of an archive with exports of several tools one for each of its parts."""
        reading = Reading(path, format=format, **said)
        first, *others = parts(reading.bundle) if format == "auto" else [None]
        if not others:
            return [reading]
        found = [
            Reading(path, format=part.detection.format.key, names=part.names, **said)
            for part in (first, *others)
        ]
        for one, part in zip(found, (first, *others), strict=True):
            one.detection = part.detection
        return found

    def _read(self, reading: Reading, out: BinaryIO) -> None:
        for number, found in enumerate(reading):
            if isinstance(found, Record):
                out.write(orjson.dumps(_event(found, reading.detection.format.key), default=str) + b"\n")
            if number % 2000 == 0 and self.stderr.isatty():
                self.stderr.write(f"\r{reading.bytes_read:,} of {reading.bytes_total:,} bytes", ending="")


def _event(record: Record, format: str) -> dict:
    event = {"at": stamp(record.at), "until": stamp(record.until), "format": format}
    return (
        event
        | {name: getattr(record, name) for name in PLAIN}
        | {"nanoseconds": record.nanoseconds, "extra": record.extra}
    )
