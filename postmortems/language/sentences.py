"""Blocks → sentences. A time or a speaker in front of a sentence is not part of it; very long ones are cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortems.language.prose import Block

LONGEST = 600
"""Characters: what is longer is cut at a space, so that no rule ever looks at an unbounded stretch."""

_END = re.compile(r"[.!?…]+[\"'”’)\]*_]{0,3}(?=\s)|;(?=\s)|\n[ \t]*\n")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.?g|i\.?e|etc|vs|approx|ca|cf|dr|mr|mrs|ms|prof|st|no|nr|fig|inc|ltd|jr|sr|resp|incl|min|max|sec"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|[a-z])\.$",
    re.I,
)
_FRONT = re.compile(
    r"\s*(?:[\"'“‘(\[•*–—-]+\s*)?(?:\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?(?:UTC|GMT|CES?T|BST|[ECMP][SD]T|[ap]m)\b)?\s*[-–—:|,]?\s+)?"
    r"(?:<[^<>\n]{1,40}>:?\s+)?(?:(?:Q|A|Note|Notes|Reviewer|Lead|Interviewer|Facilitator|IC|Answer|Question)\s?:\s+)?[\"'“‘]?",
)


def sentences(masked: str, block: Block) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of a block, without surrounding space and without a time or speaker in front."""
    start = block.start
    for match in _END.finditer(masked, block.start, block.end):
        if match.group()[0] == "." and _inside(masked, start, match.start()):
            continue
        yield from _trimmed(masked, start, match.end())
        start = match.end()
    yield from _trimmed(masked, start, block.end)


def _inside(masked: str, start: int, dot: int) -> bool:
    """A full stop of an abbreviation, or one before a word in lower case after a very short stretch."""
    return bool(_ABBREVIATION.search(masked, max(start, dot - 8), dot + 1))


def _trimmed(masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    front = _FRONT.match(masked, start, end)
    start = front.end() if front else start
    while start < end and masked[start].isspace():
        start += 1
    while end > start and masked[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = masked.rfind(" ", start, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut
    if end > start:
        yield start, end
