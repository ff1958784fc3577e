"""A draft's file that came back: what it says, and what of it cannot be taken. Pure; see `draft` for its form."""

from __future__ import annotations

import json
import re
from bisect import bisect

from postmortems.writeup.files.draft import (
    HEAD,
    HOW,
    WORD,
    Condition,
    Read,
    Text,
    Trouble,
    check,
    headings,
    one_line,
)
from postmortems.writeup.sections import BUILT_IN, R, Sections

BEGIN = re.compile(
    r"<!-- (?P<word>draft(?:-\d{1,9})?): begin (?P<part>[\w -]{1,40}?)(?:, version (?P<version>\d{1,10}))? -->\s*"
)
FIELD = re.compile(r"(?P<name>Kind|Sentence|Rests on):[ \t]*(?P<value>.*)")
OF_KINDS = re.compile(r"<!-- Kinds: [^<>]*\. -->")
NUMBER = re.compile(r"\d{1,18}")
ELSEWHERE = {
    "head": "Title, severity and times are changed on the incident's own page.",
    "items": "Items are changed on their own page.",
    "figures": "Figures of the impact are changed on their own page.",
    "events": "Events are pinned and captioned on the timeline.",
}
CONDITIONS = 200  # of one file


def read(text: str, sections: Sections = BUILT_IN) -> Read:
    """What a file says of these sections. Never raises: what cannot be taken is among the troubles."""
    if text.partition("\n")[0].endswith("\r"):
        text = text.replace("\r\n", "\n")
    lines = text.removeprefix("\ufeff").split("\n")
    found = Read()
    start = _head(lines, found)
    word = found.head.get("marks", WORD)
    outside = _parts(lines, start, word, sections, found)
    made = _made(found, sections)
    for number, line in outside:
        words = line.strip()
        if words and words not in made and not OF_KINDS.fullmatch(words):
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
            if found.head.get("check") != str(check(found.head.get(name, "") for name in HEAD)):
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


def _parts(lines: list[str], start: int, word: str, sections: Sections, found: Read) -> list[tuple[int, str]]:
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
        _take(match, lines[number + 1 : closing[place]], number + 1, sections, found)
        number = closing[place] + 1
    return outside


def _ends(lines: list[str], word: str) -> dict[str, list[int]]:
    ends: dict[str, list[int]] = {}
    shape = re.compile(rf"<!-- {re.escape(word)}: end ([\w -]{{1,40}}) -->\s*")
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


def _take(match: re.Match, body: list[str], line: int, sections: Sections, found: Read) -> None:
    part, version = match["part"], int(match["version"] or 0)
    if part.startswith("condition "):
        _take_condition(part.removeprefix("condition "), body, version, line, found)
    elif part in ELSEWHERE:
        if check(body) != version and (body or version):
            found.troubles.append(
                Trouble(line, f"What was changed here is not taken from a file. {ELSEWHERE[part]}")
            )
    elif part not in sections.by_key:
        found.troubles.append(Trouble(line, f"There is no section “{part}”; it was left out."))
    elif part in found.texts:
        found.troubles.append(Trouble(line, f"“{part}” stands twice in the file; the first one was taken."))
    else:
        # a number that no text can have is that of none
        found.texts[part] = Text(part, "\n".join(body), version if version < 2**31 else 0)


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


def _made(found: Read, sections: Sections) -> set[str]:
    """The lines `write` puts outside of the parts."""
    made = {
        f"# {one_line(found.head.get('title', ''))}".strip(),
        "### Contributing conditions",
        "### Events that can be cited",
        "### Items",
        "### How much it hurt",
    }
    made |= {f"<!-- {line} -->" for line in HOW}
    for name, sentence in R.values():
        made |= {f"## {name}", sentence}
    for about in sections.texts:
        made |= set(headings(about))
    return made


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"
