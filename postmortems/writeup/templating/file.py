"""A template as a file, for other organisations: JSON that a person can read and write; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from postmortems.writeup.sections import BY_KEY, R, Sections, Text
from postmortems.writeup.templating import shape

FORMAT = "second-story-template"
LIMIT = 500_000  # bytes
NAME, SENTENCE = 80, 200  # characters


class NoTemplate(ValueError):
    """The file is no template; the sentence says why."""


@dataclass(frozen=True)
class Shared:
    name: str
    sentence: str
    sections: Sections
    notes: tuple[str, ...] = ()  # what of the file was left out


def write(name: str, sentence: str, sections: Sections) -> str:
    document = {
        "format": FORMAT,
        "name": name,
        "sentence": sentence,
        "sections": shape.rows_of(sections.texts),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read(text: str) -> Shared:
    """Raises NoTemplate. What is only too long or twice is left to `shape.troubles`, where it can be mended."""
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise NoTemplate("This is no template: the file does not hold JSON.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NoTemplate(f"This is no template: its “format” is not “{FORMAT}”.")
    rows = document.get("sections")
    if not isinstance(rows, list) or not rows:
        raise NoTemplate("This template has no sections.")
    notes: list[str] = []
    texts: list[Text] = []
    for number, row in enumerate(rows[:200], start=1):
        texts += _text(row, number, {text.key for text in texts}, notes)
    if len(rows) > 200:
        notes.append(f"{len(rows) - 200} more sections were left out.")
    name, sentence = _line(document.get("name"), NAME), _line(document.get("sentence"), SENTENCE)
    return Shared(name, sentence, Sections(shape.tidy(_whole(texts, notes))), tuple(notes))


def _text(row: Any, number: int, taken: set[str], notes: list[str]) -> list[Text]:
    if not isinstance(row, dict):
        notes.append(f"Section {number} of the file is no section; it was left out.")
        return []
    key = _string(row.get("key"))
    row = _of_the_house(key) | row
    title = _string(row.get("title"))
    if key not in BY_KEY and not (shape.OWN.fullmatch(key) and len(key) <= shape.KEY):
        key = shape.key_for(title or key, taken)
    r = _string(row.get("r"))
    if key not in BY_KEY and r not in R:
        notes.append(f"“{title[:60]}” stands in none of the three R's; it was put into Reason.")
        r = "reason"
    guidance = row.get("guidance")
    lines = guidance if isinstance(guidance, list) else _string(guidance).split("\n")
    return [Text(
        key=key, r=r, title=title, question=_string(row.get("question")), guidance=tuple(_string(line) for line in lines[:200]),
        example=_string(row.get("example")), weak=_string(row.get("weak")), required=row.get("required") is True,
        starter=_string(row.get("starter")),
    )]  # fmt: skip


def _of_the_house(key: str) -> dict[str, Any]:
    """What a file need not repeat: a text of the house is as it comes but for what the file says of it."""
    return shape.rows_of([BY_KEY[key]])[0] if key in BY_KEY else {}


def _whole(texts: list[Text], notes: list[str]) -> list[Text]:
    """Each key once, and what every write-up needs."""
    found = {}
    for text in texts:
        if text.key in found:
            notes.append(f"“{text.title[:60]}” stands twice in the file; the first one was taken.")
        found.setdefault(text.key, text)
    for key in shape.NEEDED:
        if key not in found:
            notes.append(f"The file lacks “{BY_KEY[key].title}”, which every write-up needs; it was added.")
            found[key] = BY_KEY[key]
    return list(found.values())


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _line(value: Any, most: int) -> str:
    return " ".join(shape.seen(_string(value)).split())[:most]
