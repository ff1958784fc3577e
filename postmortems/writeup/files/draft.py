"""A draft as one Markdown file, for those who write in their own editor. Pure: values to text and back.

The file has a head (facts, between two lines of `---`), and below it everything a person reads on the page.
What can be changed stands between a line `<!-- draft: begin … -->` and a line `<!-- draft: end … -->`, and is kept
to the letter: `read(write(draft))` gives every text as it was. The word before the colon is one that no text of
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
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field

from postmortems.writeup import sections

WORD = "draft"
LIMIT = 2_000_000  # bytes of a file that is read
CONDITIONS = 200  # of one file
TAKEN = re.compile(r"<!-- draft(?:-(\d{1,9}))?:")
BEGIN = re.compile(
    r"<!-- (?P<word>draft(?:-\d{1,9})?): begin (?P<part>[\w ]{1,40}?)(?:, version (?P<version>\d{1,10}))? -->\s*"
)
FIELD = re.compile(r"(?P<name>Kind|Sentence|Rests on):[ \t]*(?P<value>.*)")
NUMBER = re.compile(r"\d{1,18}")
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
)  # fmt: skip
ELSEWHERE = {
    "head": "Title, severity and times are changed on the incident's own page.",
    "items": "Items are changed on their own page.",
    "events": "Events are pinned and captioned on the timeline.",
}
KINDS = "technical, organisational, external, knowledge, coordination, helped"


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


# --- writing ---------------------------------------------------------------------------------------


def write(draft: Draft) -> str:
    word = _word(draft)
    texts = {text.key: text for text in draft.texts}
    head = {name: _line(draft.head.get(name, "")) for name in HEAD}
    out = ["---", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items())]
    out += [f"marks: {word}", f"check: {_check(head.values())}", "---", ""]
    out += [f"# {_line(draft.head.get('title', ''))}", "", *(f"<!-- {line} -->" for line in HOW), ""]
    out += _texts(word, "", texts)
    for r, (name, sentence) in sections.R.items():
        out += [f"## {name}", "", sentence, "", *_texts(word, r, texts)]
        if r == "reason":
            out += _reasons(word, draft)
        if r == "remedy":
            items = [f"- {_line(item)}" for item in draft.items]
            out += ["### Items", "", *_part(word, "items", _check(items), items)]
    return "\n".join(out)


def _word(draft: Draft) -> str:
    """The first of draft, draft-2, draft-3 … that stands in none of the texts as a mark."""
    every = [text.text for text in draft.texts]
    for condition in draft.conditions:
        every += [condition.made_sense, condition.sentence]
    every += [event.words for event in draft.events] + list(draft.items) + list(draft.head.values())
    taken = {int(match[1] or 1) for text in every for match in TAKEN.finditer(text)}
    number = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return WORD if number == 1 else f"{WORD}-{number}"


def _texts(word: str, r: str, texts: dict[str, Text]) -> list[str]:
    out: list[str] = []
    for about in sections.of(r):
        given = texts.get(about.key, Text(about.key))
        out += [f"### {about.title}", "", f"<!-- {about.question} -->"]
        out += _part(word, about.key, given.version, [given.text])
    return out


def _reasons(word: str, draft: Draft) -> list[str]:
    out = ["### Contributing conditions", "", f"<!-- Kinds: {KINDS}. -->", ""]
    for condition in draft.conditions:
        rests = ", ".join(f"event {number}" for number in condition.events)
        body = [f"Kind: {condition.kind}", f"Sentence: {_line(condition.sentence)}", f"Rests on: {rests}"]
        part = f"condition {condition.number or 'new'}"
        out += _part(word, part, condition.version, [*body, "", condition.made_sense])
    lines = [f"- event {event.id}: {event.at} {_line(event.words)}" for event in draft.events]
    return [*out, "### Events that can be cited", "", *_part(word, "events", _check(lines), lines)]


def _part(word: str, part: str, version: int, body: list[str]) -> list[str]:
    return [f"<!-- {word}: begin {part}, version {version} -->", *body, f"<!-- {word}: end {part} -->", ""]


def _check(values: Iterable[str]) -> int:
    return zlib.crc32("\n".join(values).encode("utf-8", "replace"))


def _line(text: str) -> str:
    return " ".join(text.split())


# --- reading ---------------------------------------------------------------------------------------


def read(text: str) -> Read:
    """What a file says. Never raises: what cannot be taken is among the troubles."""
    if text.partition("\n")[0].endswith("\r"):
        text = text.replace("\r\n", "\n")
    lines = text.removeprefix("\ufeff").split("\n")
    found = Read()
    start = _head(lines, found)
    word = found.head.get("marks", WORD)
    outside = _parts(lines, start, word, found)
    made = _made(found)
    for number, line in outside:
        words = line.strip()
        if words and words not in made:
            found.troubles.append(
                Trouble(number, f"This stands outside of a section and was left out: “{_short(words)}”")
            )
    found.troubles.sort(key=lambda trouble: trouble.line)
    return found


def _head(lines: list[str], found: Read) -> int:
    """Reads the facts; gives the number of lines they take."""
    if not lines or lines[0].strip() != "---":
        found.troubles.append(
            Trouble(1, "The head of the file is missing, so it cannot be told which incident it is of.")
        )
        return 0
    for number, line in enumerate(lines[1:60], start=1):
        if line.strip() == "---":
            if found.head.get("check") != str(_check(found.head.get(name, "") for name in HEAD)):
                found.troubles.append(
                    Trouble(1, f"The facts in the head are not taken from a file. {ELSEWHERE['head']}")
                )
            return number + 1
        name, _, value = line.partition(":")
        found.head[name.strip()] = _unquoted(value.strip())
    found.troubles.append(Trouble(1, "The head of the file does not end with a line “---”."))
    return 0


def _unquoted(value: str) -> str:
    try:
        read = json.loads(value) if value.startswith('"') else value
    except ValueError:
        return value
    return read if isinstance(read, str) else value


def _parts(lines: list[str], start: int, word: str, found: Read) -> list[tuple[int, str]]:
    """Takes the marked parts; gives the lines outside of them with their numbers."""
    outside: list[tuple[int, str]] = []
    number = start
    ends = _ends(lines, word)
    while number < len(lines):
        match = BEGIN.fullmatch(lines[number])
        if match is None or match["word"] != word:
            outside.append((number + 1, lines[number]))
            number += 1
            continue
        closing = ends.get(match["part"], [])
        place = bisect(closing, number)
        if place == len(closing):
            found.troubles.append(
                Trouble(number + 1, f"“{match['part']}” has no line that ends it; it was left as it stands.")
            )
            number = _next_begin(lines, number + 1, word)
            continue
        _take(match, lines[number + 1 : closing[place]], number + 1, found)
        number = closing[place] + 1
    return outside


def _ends(lines: list[str], word: str) -> dict[str, list[int]]:
    ends: dict[str, list[int]] = {}
    shape = re.compile(rf"<!-- {re.escape(word)}: end ([\w ]{{1,40}}) -->\s*")
    for number, line in enumerate(lines):
        if match := shape.fullmatch(line):
            ends.setdefault(match[1], []).append(number)
    return ends


def _next_begin(lines: list[str], start: int, word: str) -> int:
    for number in range(start, len(lines)):
        match = BEGIN.fullmatch(lines[number])
        if match and match["word"] == word:
            return number
    return len(lines)


def _take(match: re.Match, body: list[str], line: int, found: Read) -> None:
    part, version = match["part"], int(match["version"] or 0)
    if part.startswith("condition "):
        _take_condition(part.removeprefix("condition "), body, version, line, found)
    elif part in ELSEWHERE:
        if _check(body) != version and (body or version):
            found.troubles.append(
                Trouble(line, f"What was changed here is not taken from a file. {ELSEWHERE[part]}")
            )
    elif part not in sections.BY_KEY:
        found.troubles.append(Trouble(line, f"There is no section “{part}”; it was left out."))
    elif part in found.texts:
        found.troubles.append(Trouble(line, f"“{part}” stands twice in the file; the first one was taken."))
    else:
        found.texts[part] = Text(part, "\n".join(body), version)


def _take_condition(number: str, body: list[str], version: int, line: int, found: Read) -> None:
    known = int(number) if number.isascii() and number.isdigit() else None
    if known is None and number != "new":
        found.troubles.append(
            Trouble(line, f"“condition {number}” has neither a number nor the word “new”; it was left out.")
        )
        return
    if len(found.conditions) >= CONDITIONS:
        found.troubles.append(
            Trouble(line, f"More than {CONDITIONS} conditions are not taken from one file.")
        )
        return
    if known is not None and any(one.number == known for one in found.conditions):
        found.troubles.append(Trouble(line, f"C{known} stands twice in the file; the first one was taken."))
        return
    said, rest = _fields(body, line, found)
    found.conditions.append(
        Condition(
            known,
            said.get("Kind", "").lower(),
            said.get("Sentence", ""),
            rest,
            tuple(dict.fromkeys(int(one) for one in NUMBER.findall(said.get("Rests on", "")))),
            version,
            line,
        )
    )


def _fields(body: list[str], line: int, found: Read) -> tuple[dict[str, str], str]:
    """What stands before the first empty line below a field, by name; and the text after it."""
    said: dict[str, str] = {}
    for at, text in enumerate(body):
        if match := FIELD.fullmatch(text):
            said[match["name"]] = match["value"].strip()
        elif not text.strip() and said:
            return said, "\n".join(body[at + 1 :])
        elif text.strip():
            found.troubles.append(
                Trouble(
                    line + 1 + at, f"This is neither a kind nor a sentence nor an event: “{_short(text)}”"
                )
            )
    return said, ""


def _made(found: Read) -> set[str]:
    """The lines `write` puts outside of the parts."""
    made = {
        f"# {_line(found.head.get('title', ''))}".strip(),
        "### Contributing conditions",
        "### Events that can be cited",
        "### Items",
    }
    made |= {f"<!-- {line} -->" for line in (*HOW, f"Kinds: {KINDS}.")}
    for name, sentence in sections.R.values():
        made |= {f"## {name}", sentence}
    for about in sections.TEXTS:
        made |= {f"### {about.title}", f"<!-- {about.question} -->"}
    return made


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"
