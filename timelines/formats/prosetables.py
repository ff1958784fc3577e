"""Which column of a table in a document tells the time, and which what happened, who did it, until when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from timelines.formats.base import BadTime
from timelines.formats.vague import leading

WORDS = {
    "time": {"time", "times", "timestamp", "when", "clock", "uhrzeit", "zeit", "zeitpunkt", "hora", "heure", "tid", "tijd", "start", "started", "from", "begin", "von", "datetime"},
    "date": {"date", "day", "datum", "tag", "fecha", "data", "jour", "dato"},
    "end": {"end", "ended", "until", "to", "finish", "finished", "bis", "fin", "fim"},
    "text": {"event", "events", "description", "what", "details", "detail", "action", "actions", "activity", "note", "notes", "comment", "comments", "summary", "happened", "message", "entry", "update", "ereignis", "beschreibung", "was", "evento", "descripción", "événement", "hendelse"},
    "actor": {"who", "owner", "actor", "by", "person", "author", "reporter", "responder", "name", "wer", "quién", "qui", "user"},
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Columns:
    names: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def is_timeline(self) -> bool:
        return "time" in self.places or "date" in self.places


def from_header(cells: list[str]) -> Columns:
    """The roles of columns by their names; without any that can be a time, none."""
    found = Columns(cells)
    for number, cell in enumerate(cells):
        said = {word.lower() for word in WORD.findall(cell[:80])}
        roles = [role for role in WORDS if said & WORDS[role] and role not in found.places]
        if "date" in roles and "time" in roles:
            roles = ["time"]
        if roles:
            found.places[roles[0]] = number
    return found


def from_row(cells: list[str]) -> Columns:
    """Without a header: the first of two cells that begins with a time is its column, the next one tells."""
    for number, cell in enumerate(cells[:2]):
        try:
            if leading(cell) is None:
                continue
        except BadTime:
            pass
        return Columns([], {"time": number})
    return Columns()


def when(columns: Columns, cells: list[str]) -> str:
    """Date and time of a row as one text."""
    parts = [
        cells[columns.places[role]] for role in ("date", "time") if columns.places.get(role, 99) < len(cells)
    ]
    return " ".join(part for part in parts if part)


def told(columns: Columns, cells: list[str]) -> str:
    """What the row says: its text, then other columns with their names."""
    used = {columns.places.get(role) for role in ("time", "date", "end", "actor")}
    main = columns.places.get("text")
    if main is None:
        main = next((n for n in range(len(cells)) if n not in used), None)
    lines = [cells[main]] if main is not None and main < len(cells) else []
    for number, cell in enumerate(cells):
        if number not in used and number != main and cell:
            name = columns.names[number] if number < len(columns.names) else ""
            lines.append(f"{name}: {cell}" if name else cell)
    return "\n".join(line for line in lines if line)


def cell(columns: Columns, cells: list[str], role: str) -> str:
    place = columns.places.get(role)
    return cells[place] if place is not None and place < len(cells) else ""
