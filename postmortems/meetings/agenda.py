"""The agenda of a review meeting: made from the line, the themes and what is open; read back from its text. Pure.

An agenda is Markdown that people edit. A point is a heading of the second level that may end with its minutes,
`## Walk along the line (33 min)`, and everything below it up to the next such heading. How an hour is shared
out follows the guides of the field (docs/policies.md): 35 to 40 minutes of it belong to the timeline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST, LONGEST = 15, 240  # minutes of a meeting
MOST = 12  # lines of one kind: what is longer is read on its own page
# minutes of an hour, in order
OPENING, WALK, MISSING, THEMES, DONE, PARKING, NEXT = 4, 33, 5, 6, 3, 5, 4
HEADING = re.compile(
    r"^##(?!#)\s*(?P<title>.*?)\s*(?:[(\[]\s*(?P<minutes>\d{1,3})\s*min\w*\.?\s*[)\]])?\s*#*\s*$"
)
FENCE = re.compile(r"^ {0,3}(```+|~~~+)")


@dataclass(frozen=True)
class Stop:
    """A stretch of the line that the meeting walks along: a phase and the moments pinned in it, in words."""

    name: str
    moments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """What an agenda is made from, in words, in the order in which it is told."""

    stops: tuple[Stop, ...] = ()
    themes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    title: str
    minutes: int = 0
    body: str = ""


@dataclass(frozen=True)
class Timed:
    """A point with the moments at which it begins and ends when all goes as planned."""

    point: Point
    begins: datetime
    ends: datetime


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """Whole minutes in proportion to the weights that add up to `total`; what is left over goes to the largest remainders.

    Everybody gets a minute as long as there are enough of them, given by whoever has most.
    """
    if not weights:
        return []
    weights = weights if sum(weights) else [1] * len(weights)
    whole = sum(weights)
    given = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(given)]:
        given[place] += 1
    while total >= len(weights) and 0 in given:
        giver = max(range(len(weights)), key=lambda place: (given[place], -weights[place]))
        given[giver] -= 1
        given[given.index(0)] += 1
    return given


def draft(material: Material, minutes: int) -> list[Point]:
    """The points of a meeting of that length. Their minutes add up to it."""
    opening, walk, missing, themes, done, parking, after = shared_out(
        minutes, (OPENING, WALK, MISSING, THEMES, DONE, PARKING, NEXT)
    )
    return [
        Point("Opening and ground rules", opening, _lines(GROUND_RULES)),
        Point("Walk along the line", walk, _walk(material.stops, walk)),
        Point("What is missing, or went differently for you?", missing, _lines(BEFORE_LEAVING)),
        Point("Themes and open questions", themes, _themes(material)),
        Point("Done so far", done, _lines(material.done) or "- Nothing was repaired or changed yet."),
        Point("Parking lot for remedies", parking, _parking(material.parked)),
        Point("Next steps and the survey", after, _lines(AFTERWARDS)),
    ]


GROUND_RULES = (
    "We are here to learn how it looked from where each of us sat. Nothing is decided today.",
    "What people did made sense with what they saw and needed at that moment. We ask how and what, not why and who.",
    "Nobody is called on without having been asked before. What somebody asks to leave out of the notes stays out.",
    "Ideas for remedies go to the parking lot, one line each.",
)
BEFORE_LEAVING = (
    "What did you see or do that is not on the line?",
    "Where did it go differently for you?",
    "What did you know then that nobody else could see?",
)
AFTERWARDS = (
    "How the notes, the write-up and the parked remedies go on, and until when.",
    "What did we learn today that we did not know this morning?",
    "The survey: three questions and a line, without names.",
)


def write(points: Sequence[Point]) -> str:
    return "\n\n".join(
        f"## {point.title}{f' ({point.minutes} min)' if point.minutes else ''}"
        + (f"\n\n{point.body}" if point.body else "")
        for point in points
    )


def read(text: str) -> list[Point]:
    """The points of an agenda as people left it; what stands before the first heading is a point without a title."""
    found: list[tuple[str, int, list[str]]] = [("", 0, [])]
    fenced = ""
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence and (not fenced or fence[1].startswith(fenced)):
            fenced = "" if fenced else fence[1]
        heading = None if fenced or fence else HEADING.match(line)
        if heading:
            found.append((heading["title"], int(heading["minutes"] or 0), []))
        else:
            found[-1][2].append(line)
    points = [Point(title, minutes, "\n".join(lines).strip()) for title, minutes, lines in found]
    return points if points[0].body else points[1:]


def total(points: Sequence[Point]) -> int:
    return sum(point.minutes for point in points)


def timed(points: Sequence[Point], starts_at: datetime) -> list[Timed]:
    """When each point begins and ends when the one before it took the minutes it was given."""
    found, at = [], starts_at
    for point in points:
        ends = at + timedelta(minutes=point.minutes)
        found.append(Timed(point, at, ends))
        at = ends
    return found


def _walk(stops: Sequence[Stop], minutes: int) -> str:
    if not stops:
        return "- No moment is pinned yet. Tell it forward in time, from the first sign to the end of impact."
    shares = shared_out(minutes, [max(1, len(stop.moments)) for stop in stops])
    parts = []
    for stop, share in zip(stops, shares, strict=True):
        about = f" (about {share} min)" if len(stops) > 1 and share else ""
        parts.append(f"### {_line(stop.name)}{about}\n\n{_lines(stop.moments)}".strip())
    return "\n\n".join(parts)


def _themes(material: Material) -> str:
    parts = [
        _lines(material.themes) or "- No condition is recorded yet: what had to be true for this to happen?"
    ]
    if material.questions:
        parts.append(f"Still open:\n\n{_lines(material.questions)}")
    return "\n\n".join(parts)


def _parking(parked: Sequence[str]) -> str:
    asked = "- One line each, no owner, no verdict. They are decided after they had time to settle."
    return f"{asked}\n\nParked so far:\n\n{_lines(parked)}" if parked else asked


def _lines(texts: Sequence[str]) -> str:
    more = [f"… and {len(texts) - MOST} more"] if len(texts) > MOST else []
    return "\n".join(f"- {_line(text)}" for text in [*texts[:MOST], *more])


def _line(text: str) -> str:
    return " ".join(text.split())
