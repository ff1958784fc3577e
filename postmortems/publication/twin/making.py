"""The document for outsiders, from a published one and what was decided about it. Pure, and the same each time.

1. A part is there when it was marked for this audience, with exactly the words that it has now; nothing else is read.
2. Where other words were given for it, they stand in its place.
3. Events, conditions, items, people and pictures are numbered anew from 1; citations follow, and those of what is not
   there become plain words. No key or number of ours goes along; of a picture that is shown the digest of its file.
4. Who did something, which source says so, who owns an item and by when, and what was written beside a caption are
   never there. People are their roles.
5. Words that are replaced are so in everything that is shown, also in what stands in the place of a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from postmortems.markdown import pictures
from postmortems.publication import article
from postmortems.publication.models import Mark
from postmortems.publication.twin import blocks, drawing
from postmortems.publication.twin.citing import followed
from postmortems.publication.twin.parts import Choice, Choices, Document, Part, figure_of, parts_of
from postmortems.publication.twin.swapping import Swaps
from postmortems.writeup.sections import BY_KEY

Kind = Mark.Kind
UNTITLED = "A review"
NOTHING = Choice()


def make(document: Document, choices: Choices, swaps: Swaps, audience: str) -> dict[str, Any]:
    """A document in the shape of `publication.content`, with `audience`, by which it is known as a twin."""
    return _Making(document, choices, swaps, audience).made()


def told(
    document: Document, choices: Choices, swaps: Swaps, audience: str
) -> dict[tuple[str, str, str], str]:
    """The words of each part that is there as outsiders read them."""
    making = _Making(document, choices, swaps, audience)
    return {part.place: making.part(part, choice) for part, choice in making.there}


class _Making:
    def __init__(self, document: Document, choices: Choices, swaps: Swaps, audience: str) -> None:
        self.document, self.swaps, self.audience = document, swaps, audience
        chosen = ((part, choices.get(part.place, NOTHING)) for part in parts_of(document))
        self.there = [(part, choice) for part, choice in chosen if choice.is_for(audience)]
        self.people = self._people()
        self.pictures = self._pictures()
        self.numbers = self._numbers()

    def made(self) -> dict[str, Any]:
        document = self.document
        sections = self._sections()
        found = {
            "format": document.get("format", 1),
            "audience": str(self.audience),
            "ref": "",
            "title": self._fact("", Kind.TITLE)[:200].strip() or UNTITLED,
            "severity": {"name": self._fact("severity"), "rank": 0, "sentence": ""},
            "services": self._facts("service"),
            "teams": self._facts("team"),
            "tags": self._facts("tag"),
            "zone": document["zone"] if self._of(Kind.FACT, "zone") else "UTC",
            "times": {name: at if self._of(Kind.FACT, name) else None for name, at in document["times"].items()},
            "durations": self._durations(),
            "people": [
                {"id": number, "role": role, "name": ""} for number, (_, role) in enumerate(self.people, 1)
            ],
            "texts": {about["key"]: text for about, text in sections},
            "sections": [about for about, _ in sections],
            "events": [self._event(*one) for one in self._numbered(Kind.EVENT, "events", "id")],
            "conditions": [self._condition(*one) for one in self._numbered(Kind.CONDITION, "conditions")],
            "items": [self._item(*one) for one in self._numbered(Kind.ITEM, "items")],
            "impact": self._figures(),
            "none_needed": self._fact("none_needed"),
            "images": [self._image(*one) for one in self.pictures],
            "meeting": document.get("meeting") if self._of(Kind.FACT, "meeting") else None,
        }  # fmt: skip
        return found | {"picture": drawing.draw(found) if self._of(Kind.FACT, "drawing") else ""}

    # --- which parts there are

    def _of(self, kind: str, key: str | None = None) -> list[tuple[Part, Choice]]:
        return [one for one in self.there if one[0].kind == kind and key in (None, one[0].key)]

    def _numbered(
        self, kind: str, name: str, number: str = "number"
    ) -> list[tuple[Mapping[str, Any], Choice]]:
        """What the document tells of each event, condition or item that is there, in its order."""
        choices = {part.key: choice for part, choice in self._of(kind)}
        return [
            (one, choices[str(one[number])]) for one in self.document[name] if str(one[number]) in choices
        ]

    def _people(self) -> list[tuple[Mapping[str, Any], str]]:
        roles = {part.words: self._words(part, choice) for part, choice in self._of(Kind.FACT, "role")}
        return [(one, roles[one["role"]]) for one in self.document["people"] if one["role"] in roles]

    def _pictures(self) -> list[tuple[Mapping[str, Any], Choice]]:
        """Those that were marked and that something shows."""
        shown = {
            number
            for part, choice in self.there
            if part.is_markdown and not choice.instead.strip()
            for number, _ in pictures(part.words)
        }
        events = {int(part.key) for part, _ in self._of(Kind.EVENT)}
        choices = {(part.key, part.about): choice for part, choice in self._of(Kind.IMAGE)}
        return [
            (one, choices[str(one["number"]), one["digest"]])
            for one in self.document.get("images", ())
            if (str(one["number"]), one["digest"]) in choices and (one["number"] in shown or one["event"] in events)
        ]  # fmt: skip

    def _numbers(self) -> dict[tuple[str, int], int]:
        """The new number of everything that can be cited and is there, by kind and old number."""
        old = {
            "event": [one["id"] for one, _ in self._numbered(Kind.EVENT, "events", "id")],
            "condition": [one["number"] for one, _ in self._numbered(Kind.CONDITION, "conditions")],
            "item": [one["number"] for one, _ in self._numbered(Kind.ITEM, "items")],
            "role": [one.get("id") for one, _ in self.people],
            "image": [one["number"] for one, _ in self.pictures],
        }
        return {(kind, number): new for kind, numbers in old.items() for new, number in enumerate(numbers, 1)}

    # --- their words

    def _words(self, part: Part, choice: Choice) -> str:
        return self.swaps.plain(choice.instead.strip() or part.words)

    def part(self, part: Part, choice: Choice) -> str:
        if part.block:
            return self._passage(part, choice).words
        return (
            self._text(part.words)
            if part.is_markdown and not choice.instead.strip()
            else self._words(part, choice)
        )

    def _line(self, words: str) -> str:
        """One paragraph of Markdown."""
        return self.swaps.markdown(followed(words, self.numbers))

    def _told(self, block: blocks.Block) -> blocks.Block:
        under = tuple(replace(one, words=self._line(one.words)) for one in block.under)
        return replace(block, words=self._line(block.words), under=under)

    def _text(self, markdown: str) -> str:
        return blocks.join(self._told(block) for block in blocks.blocks(markdown))

    # --- the parts

    def _fact(self, key: str, kind: str = Kind.FACT) -> str:
        return next(iter(self._facts(key, kind)), "")

    def _facts(self, key: str, kind: str = Kind.FACT) -> list[str]:
        return [self._words(*one) for one in self._of(kind, key)]

    def _durations(self) -> list[dict[str, Any]]:
        return [
            {"name": one["name"], "state": one["state"], "seconds": one["seconds"], "why": self.swaps.plain(one["why"] or ""), "definition": ""}
            for one in self.document["durations"]
            if self._of(Kind.FACT, f"duration {one['name']}"[:80])
        ]  # fmt: skip

    def _sections(self) -> list[tuple[dict[str, str], str]]:
        """Those of which a passage is there, with its text. The key of one that an organisation made is not told."""
        found = []
        for about in article.sections_in(self.document):
            shown = [self._passage(*one) for one in self._of(Kind.PASSAGE, about["key"])]
            if text := blocks.join(shown):
                key = about["key"] if about["key"] in BY_KEY else f"section-{len(found) + 1}"
                found.append(({"key": key, "r": about["r"], "title": self.swaps.plain(about["title"])}, text))
        return found

    def _passage(self, part: Part, choice: Choice) -> blocks.Block:
        told = self._told(part.block)
        instead = choice.instead.strip()
        return replace(told, words=self._text(instead)) if instead else told

    def _event(self, event: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
        words = choice.instead.strip() or event["caption"] or event["text"]
        return {
            "id": self.numbers["event", event["id"]], "at": event["at"], "until": event["until"], "precision": event["precision"],
            "certainty": event["certainty"], "source": "", "lane": 0, "actor": "", "kind": "", "text": self.swaps.plain(words),
            "caption": "", "phase": "",
        }  # fmt: skip

    def _condition(self, one: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
        instead = choice.instead.strip()
        return {
            "number": self.numbers["condition", one["number"]],
            "kind": self.swaps.plain(one["kind"]),
            "helped": one.get("helped", False),
            "sentence": self.swaps.plain(instead or one["sentence"]),
            "made_sense": "" if instead else self._text(one["made_sense"]),
            "events": self._known("event", one["events"]),
        }

    def _item(self, one: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
        instead = choice.instead.strip()
        told = dict.fromkeys(("how_we_know", "dropped_reason"), "")
        if not instead:
            told = {name: self.swaps.plain(one[name]) for name in told}
        return told | {
            "number": self.numbers["item", one["number"]], "type": one["type"], "what": self.swaps.plain(instead or one["what"]),
            "detail": "" if instead else self._text(one["detail"]), "owner": "", "team": "", "due_on": None, "status": one["status"],
            "conditions": self._known("condition", one["conditions"]),
        }  # fmt: skip

    def _known(self, kind: str, old: list[int]) -> list[int]:
        return [self.numbers[kind, number] for number in old if (kind, number) in self.numbers]

    def _figures(self) -> list[dict[str, Any]]:
        choices = {part.place: choice for part, choice in self._of(Kind.FIGURE)}
        found = []
        for one in self.document.get("impact", ()):
            choice = choices.get(figure_of(one).place)
            if choice is None:
                continue
            told = {name: self.swaps.plain(one[name] or "") for name in ("what", "unit", "unknown_because")}
            told["unit" if one["number"] is None else "unknown_because"] = ""  # what nobody reads
            found.append(told | {"number": one["number"]})
            if choice.instead.strip():
                found[-1] |= {
                    "number": None,
                    "unit": "",
                    "unknown_because": "",
                    "instead": self.swaps.plain(choice.instead.strip()),
                }
        return found

    def _image(self, one: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
        event = self.numbers.get(("event", one["event"])) if one["event"] else None
        return {
            "number": self.numbers["image", one["number"]], "digest": one["digest"], "kind": one["kind"], "width": one["width"],
            "height": one["height"], "alt": self.swaps.plain(choice.instead.strip() or one["alt"]), "event": event,
        }  # fmt: skip
