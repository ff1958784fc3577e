"""The timeline as a file to take along: CSV, JSON Lines, Markdown and calendar. One line at a time, in UTC."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar
from icalendar import Event as Entry

from timelines.models import Event

COLUMNS = (
    "at", "until", "precision", "certainty", "source", "actor", "kind", "place", "text", "caption", "phase", "ends_phase", "pinned",
    "hidden", "hidden_reason", "link", "external_id",
)  # fmt: skip
CALENDAR_AT_MOST = 5000  # entries; no calendar shows more
Row = dict[str, Any]


def rows(events: Iterable[Event]) -> Iterator[Row]:
    for event in events:
        row = {name: getattr(event, name) for name in COLUMNS if name != "source"} | {
            "source": event.source.name
        }
        yield {name: stamp(row[name]) if isinstance(row[name], datetime) else row[name] for name in COLUMNS}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- tables ----------------------------------------------------------------------------------------


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    for row in rows(events):
        yield json.dumps(row, ensure_ascii=False) + "\n"


class _Echo:
    """A file that gives back what is written to it, so that csv makes one line at a time."""

    def write(self, value: str) -> str:
        return value


def comma_separated(events: Iterable[Event]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in rows(events):
        yield writer.writerow([_harmless(row[name]) for name in COLUMNS])


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ")[:1] in tuple("=+-@\t\r\n") else value


# --- for people ------------------------------------------------------------------------------------

MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(events: Iterable[Event], title: str) -> Iterator[str]:
    """A heading for each day and a line for each event, to be pasted where Markdown is read."""
    yield f"# {_plain(title)}\n"
    day = None
    for event in events:
        at = event.at.astimezone(UTC)
        if at.date() != day:
            day = at.date()
            yield f"\n## {day:%Y-%m-%d} (UTC)\n\n"
        around = "about " if event.certainty == "approximate" else ""
        clock = {"day": "that day", "hour": f"{at:%H} h", "minute": f"{at:%H:%M}"}.get(
            event.precision, f"{at:%H:%M:%S}"
        )
        said = f"**{_plain(event.caption)}** – {_plain(event.text)}" if event.caption else _plain(event.text)
        actor = f"{_plain(event.actor)}: " if event.actor else ""
        yield f"- {around}{clock} {actor}{said} ({_plain(event.source.name)})\n"


def _plain(text: str) -> str:
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def calendar(events: Iterable[Event], title: str, address: str) -> bytes:
    """An iCalendar file (RFC 5545): an entry for each event, with its end where it has one, else a minute long."""
    made = Calendar()
    made.add("prodid", "-//Second Story//Timeline//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", title)
    for event in events:
        entry = Entry()
        entry.add("uid", f"event-{event.pk}@{address}")
        entry.add("dtstamp", event.read_at.astimezone(UTC).replace(microsecond=0))
        begins = event.at.astimezone(UTC).replace(microsecond=0)
        entry.add("dtstart", begins)
        entry.add(
            "dtend",
            max(
                (event.until or begins).astimezone(UTC).replace(microsecond=0), begins + timedelta(minutes=1)
            ),
        )
        entry.add("summary", " ".join((event.caption or event.text).split())[:200])
        entry.add(
            "description",
            f"{event.source.name}{f', {event.actor}' if event.actor else ''}: {event.text[:2000]}",
        )
        made.add_component(entry)
    return made.to_ical()
