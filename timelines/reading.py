"""From a file, a folder or an archive to records: opening within bounds, finding the format, reading.

    reading = Reading(path)
    for found in reading:      # Record or Skipped
        …
    reading.report()

Raises Unreadable where nothing of the file is of use, NeedsAnswer where a person has to say the zone,
the year or the columns first. Everything else that cannot be read is a Skipped, with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from timelines.bundles import Some, opened
from timelines.formats import FORMATS
from timelines.formats.base import Bundle, Context, Format, NeedsAnswer, Unreadable
from timelines.formats.records import Record, Skipped

__all__ = [
    "FORMATS",
    "Detection",
    "NeedsAnswer",
    "Reading",
    "Record",
    "Skipped",
    "Unreadable",
    "detect",
]

HEAD = 64 * 1024


@dataclass(frozen=True)
class Detection:
    format: Format
    reason: str


class Reading:
    """One reading of one export. Iterate it once; `bytes_read` and `bytes_total` tell the progress."""

    def __init__(
        self,
        path: Path | str,
        *,
        format: str = "auto",
        zone: str | None = None,
        year: int | None = None,
        day: date | None = None,
        captured: datetime | None = None,
        mapping: dict[str, Any] | None = None,
        name: str | None = None,
        names: list[str] | None = None,
    ) -> None:
        """`names` are the files of an archive or folder that are read; left out, all of them."""
        self.bytes_read = 0
        self.path = Path(path)
        self.bundle = opened(self.path, self._count, name)
        if names:
            self.bundle = Some(self.bundle, [one for one in names if one in self.bundle.names])
        self.bytes_total = self.bundle.total
        self.detection = self._choose(format)
        self.context = Context(
            zone=_zone(zone), year=year, day=day, captured=captured, mapping=mapping or {}, source=self.bundle.name
        )  # fmt: skip
        self.bytes_read = 0
        self.events = self.skips = 0
        self.skipped: list[Skipped] = []
        self.first = self.last = None
        self.actors: set[str] = set()

    def only(self, names: list[str], detection: Detection) -> None:
        """Read these files of it alone, as what they were found to be."""
        self.bundle, self.detection = Some(self.bundle, names), detection
        self.bytes_total, self.context.source = self.bundle.total, self.bundle.name

    def _count(self, size: int) -> None:
        self.bytes_read += size

    def _choose(self, wanted: str) -> Detection:
        if wanted != "auto":
            if wanted not in FORMATS:
                raise Unreadable(f"There is no format {wanted!r}. Known are: {', '.join(FORMATS)}.")
            return Detection(FORMATS[wanted], "you chose it")
        return detect(self.bundle)

    def __iter__(self) -> Iterator[Record | Skipped]:
        for found in self.detection.format.read(self.bundle, self.context):
            if isinstance(found, Skipped):
                self.skips += 1
                if len(self.skipped) < 1000:
                    self.skipped.append(found)
            else:
                self.events += 1
                if self.first is None or found.at < self.first:
                    self.first = found.at
                end = found.until or found.at
                if self.last is None or end > self.last:
                    self.last = end
                if found.actor and len(self.actors) < 10_000:
                    self.actors.add(found.actor)
            yield found

    def report(self) -> dict[str, Any]:
        return {
            "format": self.detection.format.key,
            "because": self.detection.reason,
            "events": self.events,
            "skipped": [{"where": skip.where, "why": skip.why} for skip in self.skipped],
            "skipped_count": self.skips,
            "first": stamp(self.first),
            "last": stamp(self.last),
            "actors": sorted(self.actors),
            **({"files": self.bundle.names} if isinstance(self.bundle, Some) else {}),
        }


def moment(text: str) -> datetime:
    """An ISO 8601 moment with its offset. Raises ValueError for anything else, also for one without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the offset is missing")
    return at


def stamp(at) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def detect(bundle: Bundle) -> Detection:
    """The first format, most particular first, that recognises itself. Raises Unreadable when none does."""
    main = max(bundle.names, key=bundle.size) if len(bundle.names) > 1 else bundle.names[0]
    with bundle.open(main) as file:
        head = file.read(HEAD)
    for format in FORMATS.values():
        if reason := format.sniff(bundle, head):
            return Detection(format, reason)
    if b"\x00" in head[:1024] and head.lstrip()[:1] not in b"{[":
        raise Unreadable(
            f"{bundle.name} is binary, whatever its name says; evidence is text, JSON or a zip of such. Nothing was stored."
        )
    if head.lstrip()[:1] in (b"{", b"["):
        raise Unreadable(
            f"{bundle.name} is JSON, but of no kind that is known here. Choose the format yourself, "
            "or “CSV / JSON table” and say which fields hold time and text. Nothing was stored."
        )
    raise Unreadable(
        f"No format was recognised in {bundle.name}. Choose it yourself, or turn the file into a table (CSV) with a column of times. Nothing was stored."
    )


def _zone(name: str | None) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except Exception as error:
        raise Unreadable(f"There is no time zone {name!r}; names look like Europe/Lisbon.") from error
