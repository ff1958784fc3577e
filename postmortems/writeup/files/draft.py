"""A draft as one Markdown file, for those who write in their own editor. Pure: values to text and back.

The file has a head (facts, between two lines of `---`), and below it everything a person reads on the page.
What can be changed stands between a line `<!-- draft: begin … -->` and a line `<!-- draft: end … -->`, and is kept
to the letter: `returned.read(write(draft))` gives every text as it was. The word before the colon is one that no text of
the draft contains after `<!--`; the head says which, so that a text may even hold another draft.

1. Line ends: a file whose first line ends as on Windows was turned around as a whole, and is turned back.
2. Outside of the marked parts only lines that `write` makes are expected; others are told with their number.
3. A part that has no end, or stands twice, is told and not taken: the file is its author's, nothing is lost.
4. Facts and items carry a check of what was written, so that a change of them is told rather than passed over.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from postmortems.writeup.sections import BUILT_IN, R, Sections
from postmortems.writeup.sections import Text as About

WORD = "draft"
LIMIT = 2_000_000  # bytes of a file that is read
TAKEN = re.compile(r"<!-- draft(?:-(\d{1,9}))?:")
HEAD = (
    "ref",
    "title",
    "severity",
    "zone",
    "impact began",
    "detected",
    "acknowledged",
    "mitigated",
    "resolved",
)
HOW = (
    "Change what stands between “begin” and “end”, and bring the file back on the write-up's page.",
    "What others write meanwhile is brought together with yours. Facts above, events and items are changed on their own pages.",
    "To record another condition, copy a block of one and write “condition new” in its begin and end.",
    "To cite, write a link to event:, condition: or item: and its number, such as [18:09 lag alert](event:345).",
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    key: str
    text: str = ""
    version: int = 0  # the one it was written from


@dataclass(frozen=True)
class Event:
    """An event that conditions can rest on, as the file shows it."""

    id: int
    at: str
    words: str


@dataclass(frozen=True)
class Condition:
    number: int | None  # None for one that is new
    kind: str
    sentence: str
    made_sense: str = ""
    events: tuple[int, ...] = ()
    version: int = 0
    line: int = 0  # where it stands in the file


@dataclass(frozen=True)
class Draft:
    head: dict[str, str]
    texts: tuple[Text, ...]
    conditions: tuple[Condition, ...] = ()
    events: tuple[Event, ...] = ()
    items: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()  # how much it hurt
    kinds: tuple[str, ...] = ()  # that a condition may have
    sections: Sections = BUILT_IN


@dataclass(frozen=True)
class Trouble:
    """Something of the file that was not taken: in which line, and why."""

    line: int
    why: str


@dataclass
class Read:
    head: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def write(draft: Draft) -> str:
    word = _word(draft)
    texts = {text.key: text for text in draft.texts}
    head = {name: one_line(draft.head.get(name, "")) for name in HEAD}
    out = ["---", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items())]
    out += [f"marks: {word}", f"check: {check(head.values())}", "---", ""]
    out += [f"# {one_line(draft.head.get('title', ''))}", "", *(f"<!-- {line} -->" for line in HOW), ""]
    out += _texts(word, draft.sections.of(""), texts)
    for r, (name, sentence) in R.items():
        out += [f"## {name}", "", sentence, "", *_texts(word, draft.sections.of(r), texts)]
        if r == "regret":
            figures = [f"- {one_line(figure)}" for figure in draft.figures]
            out += ["### How much it hurt", "", *_part(word, "figures", check(figures), figures)]
        if r == "reason":
            out += _reasons(word, draft)
        if r == "remedy":
            items = [f"- {one_line(item)}" for item in draft.items]
            out += ["### Items", "", *_part(word, "items", check(items), items)]
    return "\n".join(out)


def _word(draft: Draft) -> str:
    """The first of draft, draft-2, draft-3 … that stands in none of the texts as a mark."""
    every = [text.text for text in draft.texts]
    for condition in draft.conditions:
        every += [condition.made_sense, condition.sentence]
    every += [event.words for event in draft.events] + list(draft.items) + list(draft.head.values())
    every += draft.figures
    every += [line for about in draft.sections.texts for line in headings(about)]
    taken = {int(match[1] or 1) for text in every for match in TAKEN.finditer(text)}
    number = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return WORD if number == 1 else f"{WORD}-{number}"


def _texts(word: str, abouts: Iterable[About], texts: dict[str, Text]) -> list[str]:
    out: list[str] = []
    for about in abouts:
        given = texts.get(about.key, Text(about.key))
        title, *question = headings(about)
        out += [title, "", *question]
        out += _part(word, about.key, given.version, [given.text])
    return out


def headings(about: About) -> list[str]:
    """The lines above a text: its title, and the question it answers."""
    return [
        f"### {one_line(about.title)}",
        *([f"<!-- {one_line(about.question)} -->"] if about.question else []),
    ]


def _reasons(word: str, draft: Draft) -> list[str]:
    out = ["### Contributing conditions", "", f"<!-- Kinds: {', '.join(draft.kinds)}. -->", ""]
    for condition in draft.conditions:
        rests = ", ".join(f"event {number}" for number in condition.events)
        body = [f"Kind: {condition.kind}", f"Sentence: {one_line(condition.sentence)}", f"Rests on: {rests}"]
        part = f"condition {condition.number or 'new'}"
        out += _part(word, part, condition.version, [*body, "", condition.made_sense])
    lines = [f"- event {event.id}: {event.at} {one_line(event.words)}" for event in draft.events]
    return [*out, "### Events that can be cited", "", *_part(word, "events", check(lines), lines)]


def _part(word: str, part: str, version: int, body: list[str]) -> list[str]:
    return [f"<!-- {word}: begin {part}, version {version} -->", *body, f"<!-- {word}: end {part} -->", ""]


def check(values: Iterable[str]) -> int:
    return zlib.crc32("\n".join(values).encode("utf-8", "replace"))


def one_line(text: str) -> str:
    return " ".join(text.split())
