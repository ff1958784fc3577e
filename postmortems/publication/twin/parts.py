"""The parts of a published document that can each be for somebody: passages, events, facts and so on. Pure.

A part has words, and a mark holds for exactly them: its digest is the SHA-256 of everything of it that could be shown,
of a passage together with the headings above it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from postmortems.publication import article
from postmortems.publication.models import Audience, Mark
from postmortems.publication.reading.comparing import TIMES
from postmortems.publication.twin.blocks import Block, blocks
from postmortems.web.templatetags.web import period
from postmortems.writeup.sections import R

Kind = Mark.Kind
Document = Mapping[str, Any]
DRAWING = "The timeline as a picture, drawn from the events that are shown"
RANK = {Audience.INTERNAL: 0, Audience.PARTNER: 1, Audience.PUBLIC: 2}


@dataclass(frozen=True)
class Choice:
    """What was decided about a part; `instead` are words to be read in its place."""

    audience: str = Audience.INTERNAL
    instead: str = ""

    def is_for(self, audience: str) -> bool:
        """Whoever is further out reads what is for them alone; nothing internal is for anybody outside."""
        return RANK[self.audience] >= RANK[audience]


@dataclass(frozen=True)
class Part:
    """`words` are Markdown where `is_markdown` says so; `group` is the part of the page that it stands in."""

    kind: str
    key: str
    words: str
    group: str
    label: str = ""
    is_markdown: bool = False
    block: Block | None = None
    about: str = ""  # what its words are told under and change with: headings, a kind

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.about}\n\n{self.words}".encode()).hexdigest()

    @property
    def place(self) -> tuple[str, str, str]:
        return self.kind, self.key, self.digest

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.digest[:24]}"


Choices = Mapping[tuple[str, str, str], Choice]


def parts_of(document: Document) -> list[Part]:
    """All of them, in the order in which a reader meets them."""
    titles = {one["key"]: one["title"] for one in article.sections_in(document)}
    of_r = {one["key"]: one["r"] for one in article.sections_in(document)}
    found = [Part(Kind.TITLE, "", document["title"], "head", "Title"), *_facts(document)]
    found += _passages(document, ["summary"] if "summary" in titles else [], titles)
    for r in R:
        found += list(_figures(document)) if r == "regret" else []
        found += _passages(document, [key for key in titles if of_r[key] == r], titles)
        if r == "reason":
            found += [*_events(document), *_conditions(document)]
        if r == "remedy":
            found += [*_nothing_follows(document), *_items(document)]
    return [one for one in found if one.words.strip()] + list(_images(document))


def groups_of(document: Document) -> dict[str, str]:
    """What the parts of the page are called, by key and in order."""
    sections = article.sections_in(document)
    found = {"head": "Title and facts"} | {
        one["key"]: one["title"] for one in sections if one["key"] == "summary"
    }
    for r in R:
        found |= {"figures": "How much it hurt"} if r == "regret" else {}
        found |= {one["key"]: one["title"] for one in sections if one["r"] == r}
        found |= {"events": "Timeline", "conditions": "Contributing conditions and what helped"} if r == "reason" else {}  # fmt: skip
        found |= {"items": "Items"} if r == "remedy" else {}
    return found | {"images": "Pictures"}


def _passages(document: Document, keys: list[str], titles: Mapping[str, str]) -> Iterator[Part]:
    for key in keys:
        for block in blocks(document["texts"].get(key, "")):
            about = "\n".join([titles[key], *(f"{'#' * one.level} {one.words}" for one in block.under)])
            yield Part(Kind.PASSAGE, key, block.words, key, "", True, block, about)


def _facts(document: Document) -> Iterator[Part]:
    def fact(key: str, words: str, label: str) -> Part:
        return Part(Kind.FACT, key, words, "head", label)

    yield fact("severity", document["severity"]["name"], "Severity")
    for plural, key, label in (
        ("services", "service", "Service"),
        ("teams", "team", "Team"),
        ("tags", "tag", "Tag"),
    ):
        for words in document[plural]:
            yield fact(key, words, label)
    for name, label in TIMES.items():
        yield fact(name, _moment(document["times"].get(name)), label)
    yield fact("zone", document["zone"], "Time zone")
    for one in document["durations"]:
        if one["state"] != "pending":
            yield fact(f"duration {one['name']}"[:80], said_of_duration(one), one["name"])
    for person in document["people"]:
        yield fact("role", person["role"], "Took part")
    if meeting := article.said_of_meeting(document.get("meeting")):
        yield fact("meeting", meeting, "Review meeting")
    if document["events"]:
        yield fact("drawing", DRAWING, "Drawing")


def said_of_duration(one: Mapping[str, Any]) -> str:
    if one["seconds"] is None:
        return f"{one['state']}: {one['why']}"
    return period(timedelta(seconds=one["seconds"]))


def _moment(instant: str | None) -> str:
    return f"{datetime.fromisoformat(instant):%-d %B %Y, %H:%M:%S} UTC" if instant else ""


def figure_of(one: Mapping[str, Any]) -> Part:
    return Part(Kind.FIGURE, "", article.said_of_figure(one), "figures", one["what"], about=one["what"])


def _figures(document: Document) -> Iterator[Part]:
    return map(figure_of, document.get("impact", ()))


def _events(document: Document) -> Iterator[Part]:
    for event in document["events"]:
        at = datetime.fromisoformat(event["at"])
        yield Part(
            Kind.EVENT,
            str(event["id"]),
            event["caption"] or event["text"],
            "events",
            f"{at:%-d %B, %H:%M:%S} UTC",
        )


def _conditions(document: Document) -> Iterator[Part]:
    for one in document["conditions"]:
        words = "\n\n".join(filter(None, [one["sentence"], one["made_sense"]]))
        label = f"C{one['number']} · {one['kind']}"
        yield Part(
            Kind.CONDITION, str(one["number"]), words, "conditions", label, bool(one["made_sense"]), about=one["kind"]
        )  # fmt: skip


def _nothing_follows(document: Document) -> Iterator[Part]:
    yield Part(
        Kind.FACT, "none_needed", document.get("none_needed", ""), "items", "Decided: nothing more follows"
    )


def _items(document: Document) -> Iterator[Part]:
    for one in document["items"]:
        told = [one["what"], one["detail"]]
        told += [f"{label}: {one[name]}" for name, label in ITEM_TELLS.items() if one[name]]
        label = f"R{one['number']} · {one['type']}"
        yield Part(Kind.ITEM, str(one["number"]), "\n\n".join(filter(None, told)), "items", label, True, about=one["type"])  # fmt: skip


ITEM_TELLS = {"how_we_know": "How we will know", "dropped_reason": "Dropped"}


def _images(document: Document) -> Iterator[Part]:
    for one in document.get("images", ()):
        yield Part(
            Kind.IMAGE, str(one["number"]), one["alt"], "images", f"Picture {one['number']}", about=one["digest"]
        )  # fmt: skip
