"""What is different between two revisions, in the order in which a reader meets it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from postmortems.writeup.sections import BY_KEY

Document = Mapping[str, Any]
TIMES = {
    "impact_began": "Impact began", "detected": "Detected", "acknowledged": "Acknowledged", "mitigated": "Mitigated",
    "resolved": "Resolved",
}  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """A part of the document; an empty side was not there."""

    title: str
    was: str
    becomes: str


def changes(before: Document, after: Document) -> list[Changed]:
    """Every part whose words are others; of documents of any age (`publication.content`)."""
    return [one for one in _parts(before, after) if one.was != one.becomes]


def _parts(before: Document, after: Document) -> Iterator[Changed]:
    yield Changed("Title", before["title"], after["title"])
    yield Changed("Facts", _facts(before), _facts(after))
    titles = _titles(before) | _titles(after)
    for key, title in titles.items():
        yield Changed(title, before["texts"].get(key, ""), after["texts"].get(key, ""))
    yield Changed("Impact in numbers", _figures(before), _figures(after))
    yield Changed("The timeline", _timeline(before), _timeline(after))
    yield from _numbered("C", before, after, "conditions", _condition)
    yield from _numbered("R", before, after, "items", _item)


def _titles(document: Document) -> dict[str, str]:
    told = {one["key"]: one["title"] for one in document.get("sections", ())}
    return told or {key: BY_KEY[key].title for key in BY_KEY if key in document["texts"]}


def _facts(document: Document) -> str:
    facts = [
        ("Severity", document["severity"]["name"]),
        ("Services", ", ".join(document["services"])),
        ("Teams", ", ".join(document["teams"])),
        ("Tags", ", ".join(document["tags"])),
        *((words, _moment(document["times"].get(name))) for name, words in TIMES.items()),
        ("Took part", ", ".join(f"{one['name']} ({one['role']})" for one in document["people"])),
    ]
    return "\n".join(f"{name}: {value}" for name, value in facts if value)


def _figures(document: Document) -> str:
    return "\n".join(
        f"{one['what']}: {one['number']} {one['unit']}" if one.get("number") is not None
        else f"{one['what']}: unknown, because {one['unknown_because']}"
        for one in document.get("impact", ())
    )  # fmt: skip


def _timeline(document: Document) -> str:
    return "\n".join(
        f"{_moment(one['at'])} {one['source']}: {one['caption'] or one['text']}" for one in document["events"]
    )


def _condition(one: Mapping[str, Any]) -> str:
    return "\n".join(filter(None, [f"{one['kind']}: {one['sentence']}", one["made_sense"]]))


def _item(one: Mapping[str, Any]) -> str:
    told = [
        ("", f"{one['type']}: {one['what']}"),
        ("", one["detail"]),
        ("How we will know", one["how_we_know"]),
        ("Owner", one["owner"] or one["team"]),
        ("Due", one["due_on"] or ""),
        ("Status", one["status"]),
        ("Dropped because", one["dropped_reason"]),
        ("Answers", ", ".join(f"C{number}" for number in one["conditions"])),
    ]
    return "\n".join(f"{name}: {value}" if name else value for name, value in told if value)


def _numbered(
    letter: str, before: Document, after: Document, name: str, words: Callable[[Mapping[str, Any]], str]
) -> Iterator[Changed]:
    was, becomes = ({one["number"]: words(one) for one in document[name]} for document in (before, after))
    for number in sorted(was.keys() | becomes.keys()):
        yield Changed(f"{letter}{number}", was.get(number, ""), becomes.get(number, ""))


def _moment(instant: str | None) -> str:
    """2026-03-03T18:02:00Z → 2026-03-03 18:02:00 UTC"""
    return instant.replace("T", " ").replace("Z", " UTC") if instant else ""
