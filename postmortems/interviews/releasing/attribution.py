"""What counts as attributed, and which wording was agreed to. Pure.

Two things say who said something, and are published only with that person's consent to the very words:

1. A recollection among the published events, where it carries the name of the person, or where its
   caption names them. Its wording is the text, the caption and the name shown beside it. Released with
   the name, the text alone is agreed to; a caption written or changed afterwards has to be asked for.
2. A quotation in the write-up (a block that begins with `>`) that stands with the name of a participant:
   in the quotation itself, in the sentence right before it, or in a line right after it that begins with
   a dash. Its wording is all of that.

Everything else is not: what the evidence shows anyhow (a chat message carries its author), the prose of
the reviewers, and words given without a name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

QUOTE = re.compile(r" {0,3}>")
DASH = re.compile(r"[-–—―]+ *\S")
SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)]*\s+")


@dataclass(frozen=True)
class Person:
    """A participant with the names they go by; `names` may be empty strings."""

    id: int
    name: str
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recollection:
    """A recollection that will be published: `speaker` is the participant it came from, `actor` the name shown."""

    event: int
    speaker: int
    text: str
    caption: str = ""
    actor: str = ""


@dataclass(frozen=True)
class Wording:
    """Words that are about to be published as those of one participant."""

    participant: int
    where: str  # the key of the text, or "timeline"
    text: str
    caption: str = ""
    said_by: str = ""  # how the words are attributed: the name shown, or the sentence around a quotation
    event: int | None = None

    @property
    def digest(self) -> str:
        """Of the words and their attribution; spacing does not matter, every other sign does."""
        parts = [self.event, *(" ".join(part.split()) for part in (self.text, self.caption, self.said_by))]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def names(person: Person, text: str) -> bool:
    """Whether `text` names the person: the whole name in any case, a first name or nick as it is written.

    A first name that two participants share names both of them, and each is asked.
    """
    whole = " ".join(person.name.split())
    if whole and _stands(whole.casefold(), text.casefold()):
        return True
    first = whole.split(" ")[0] if whole else ""
    return any(_stands(name, text) for name in (first, *person.known_as) if len(name) > 1)


def _stands(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def of_recollections(given: Iterable[Recollection], people: Iterable[Person]) -> list[Wording]:
    by_id = {person.id: person for person in people}
    return [
        Wording(one.speaker, "timeline", one.text, one.caption, one.actor, one.event)
        for one in given
        if one.actor or (one.speaker in by_id and names(by_id[one.speaker], one.caption))
    ]


def of_texts(texts: Mapping[str, str], people: Iterable[Person]) -> list[Wording]:
    """The quotations in Markdown texts that stand with somebody's name, once for each who is named."""
    people = list(people)
    return [
        Wording(person.id, key, quote, said_by=around)
        for key, text in texts.items()
        for quote, around in quotations(text)
        for person in people
        if names(person, f"{quote}\n{around}")
    ]


def quotations(text: str) -> list[tuple[str, str]]:
    """Each block quotation of a Markdown text, with the sentence before it and the dashed line after it."""
    blocks = _blocks(text)
    found = []
    for number, (is_quote, words) in enumerate(blocks):
        if not is_quote:
            continue
        before = blocks[number - 1][1] if number else ""
        after = blocks[number + 1][1] if number + 1 < len(blocks) else ""
        said = [] if DASH.match(before) else [SENTENCE.split(before.strip())[-1]]
        if after and DASH.match(after.strip()):
            said.append(after.strip().split("\n")[0])
        found.append((words.strip(), " ".join(said).strip()))
    return found


def _blocks(text: str) -> list[tuple[bool, str]]:
    """Paragraphs in order, each with whether it is a quotation.

    As in Markdown, a line without `>` goes on with the quotation right above it. Quotations with nothing but
    blank lines between them are one: what introduces the first introduces all.
    """
    blocks: list[tuple[bool, list[str]]] = []
    apart = True
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            apart = True
            continue
        quoted = bool(QUOTE.match(line))
        words = re.sub(r"^(?: {0,3}> ?)+", "", line)
        after_quote = bool(blocks) and blocks[-1][0]
        same = after_quote if quoted else not apart and not (after_quote and DASH.match(words.strip()))
        if blocks and same:
            blocks[-1][1].append(words)
        else:
            blocks.append((quoted, [words]))
        apart = False
    return [(quoted, "\n".join(lines)) for quoted, lines in blocks]
