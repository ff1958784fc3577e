"""What an old write-up says of its incident as a whole: the day, the severity, when it began and ended, its tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from postmortems.writeup.files.old.head import Head
from postmortems.writeup.files.old.outline import plain
from timelines.formats.base import BadTime, NeedsAnswer
from timelines.formats.prosetimes import anchor
from timelines.formats.vague import leading
from timelines.formats.zonelabels import placed

LINES = 400  # looked at for fields; a template has them at its top
FIELD = re.compile(
    r"[ \t]{0,3}(?:> ?)?(?:[-*+] )?[|*_ \t]{0,4}([^\W\d_][\w /-]{1,30}?)[*_ \t]{0,4}[:|][*_ \t]{0,4}(\S.{0,200})"
)
SEVERITY = re.compile(
    r"(?i)\b(?:sev(?:erity)?|p(?:rio(?:rity)?)?|s|level|tier)[\s:_#-]{0,3}([0-5])\b|^\s*([0-5])\b"
)
GRAVITY = (
    (1, r"critical|catastroph|blocker|highest|emergency|kritisch|crític|critique"),
    (2, r"high|major|severe|urgent|hoch|alta|élevé"),
    (3, r"medium|moderate|normal|mittel|media|moyen"),
    (4, r"low|minor|niedrig|gering|baja|faible"),
    (5, r"info|trivial|none|lowest"),
)  # fmt: skip
NAMES = {
    "severity": ("severity", "schweregrad", "gravedad", "gravité", "severidade", "sev", "priority", "incident severity", "severity level", "level"),
    "impact_began": ("started", "start", "start time", "incident start", "impact start", "impact began", "began", "start date", "incident start time", "outage start"),
    "detected": ("detected", "detected at", "time detected", "detection time", "detection"),
    "acknowledged": ("acknowledged", "acknowledged at", "acked", "responded"),
    "mitigated": ("mitigated", "mitigated at", "time mitigated"),
    "resolved": ("resolved", "resolved at", "end", "ended", "end time", "end date", "incident end", "impact end", "resolution time", "recovered", "incident end time", "outage end"),
    "title": ("title", "incident title", "incident name"),
    "tags": ("tags", "tag", "categories", "category", "labels", "keywords"),
    "services": ("services", "service", "affected services", "systems", "affected systems", "components", "product", "products"),
}  # fmt: skip
FIELDS = {name: key for key, names in NAMES.items() for name in names}
TIMES = ("impact_began", "detected", "acknowledged", "mitigated", "resolved")
TOLD = 60  # lines in which a date may tell the day
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
MENTIONED = re.compile(
    rf"(?i)(?<![\d/-])(?:(?P<iso>(?:19|20)\d\d-\d\d-\d\d)(?!\d)|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH}),? (?P<y1>20\d\d)"
    rf"|\b(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>20\d\d))"
)
DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")


@dataclass
class Facts:
    day: date | None = None
    title: str = ""  # where a line says it
    severity: int | None = None  # 0 or 1 is the gravest
    severity_written: str = ""
    times: dict[str, datetime] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)


def facts(name: str, head: Head, lines: list[str], zone: ZoneInfo | None) -> Facts:
    """From the head of the file and the fields at the beginning of its text; the head is believed first."""
    found = Facts()
    said: dict[str, list[str]] = {}
    for label, values in [*head.fields.items(), *_fields(lines[:LINES])]:
        if key := FIELDS.get(label):
            said.setdefault(key, values)
    found.day = _day(name, head, lines)
    for value in said.get("severity", [])[:1]:
        found.severity, found.severity_written = severity(value), value
    for key in TIMES:
        for value in said.get(key, [])[:1]:
            if at := _instant(value, zone):
                found.times[key] = at
    found.title = plain(next(iter(said.get("title", [])), ""))
    found.tags = _list(said.get("tags", []))
    found.services = _list(said.get("services", []))
    return found


def _fields(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """“**Severity:** 2”, “- Detected: …”, “| Severity | 2 |”."""
    for line in lines:
        if len(line) < 300 and (match := FIELD.fullmatch(line)):
            value = match[2].strip(" |*_\t")
            if value:
                yield " ".join(match[1].lower().replace("-", " ").split()), [value]


def _day(name: str, head: Head, lines: list[str]) -> date | None:
    """What the head calls the day of the incident; else that of the name or title; else another date of the head; else the
    first date with a year that the text tells.
    """
    for label in ("incident date", "date of incident", "occurred", "incident start", "start time", "started"):
        if day := _iso(head.first(label)):
            return day
    return (
        anchor(name.rsplit("/", 1)[-1], lines[:60]).day
        or _iso(head.first("date", "published", "created"))
        or _told(lines[:TOLD])
    )


def _told(lines: list[str]) -> date | None:
    for line in lines:
        for match in MENTIONED.finditer(line[:2000]):
            month = MONTHS.index((match["m1"] or match["m2"])[:3].lower()) + 1 if not match["iso"] else 0
            try:
                if match["iso"]:
                    return date.fromisoformat(match["iso"])
                return date(int(match["y1"] or match["y2"]), month, int(match["d1"] or match["d2"]))
            except ValueError:
                continue
    return None


def _iso(text: str) -> date | None:
    match = DAY.match(text.strip())
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def severity(written: str) -> int | None:
    """The step of a scale, 0 or 1 the gravest; None where it cannot be told."""
    written = plain(written)[:60]
    if match := SEVERITY.search(written):
        return int(match[1] or match[2])
    return next((step for step, words in GRAVITY if re.search(rf"(?i)\b(?:{words})", written)), None)


def _instant(written: str, zone: ZoneInfo | None) -> datetime | None:
    """A date with a clock's time, in the zone it states or in `zone`; less is no instant."""
    try:
        found = leading(plain(written.replace("T", " ", 1) if DAY.match(written) else written))
        stamp = found[0] if found else None
        if (
            stamp is None
            or stamp.clock is None
            or stamp.day is None
            or not stamp.day.year
            or stamp.day.ambiguous
        ):
            return None
        hour = (
            stamp.clock.hour % 12 + (12 if stamp.clock.half == "p" else 0)
            if stamp.clock.half
            else stamp.clock.hour
        )
        naive = datetime(
            stamp.day.year, stamp.day.month, stamp.day.day, hour, stamp.clock.minute, stamp.clock.second
        )
        return placed(naive, stamp.zone, zone).at.astimezone(UTC)
    except (BadTime, NeedsAnswer, ValueError, OverflowError):
        return None


def _list(values: list[str]) -> list[str]:
    parts = [part.strip(" []\"'`*") for value in values for part in re.split(r"[,;/]", value[:400])]
    return [part for part in dict.fromkeys(parts) if part and len(part) <= 40][:10]
