"""What a timeline picture is made of: plain values, no database and no clock.

Every time is an aware datetime; a naive one is refused, because whose clock it was cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Literal

Shape = Literal["disc", "square", "diamond", "triangle", "ring", "box", "kite", "hat", "bubble"]
Outcome = Literal["open", "struck", "held"]

# Lane colours 1…8 and their shapes: the families of the list's lane labels (round, square, diamond,
# triangle), filled for the first four and hollow for the rest, so that no two lanes differ by hue alone.
SHAPES: tuple[Shape, ...] = ("disc", "square", "diamond", "triangle", "ring", "box", "kite", "hat")

# The least a picture shows: closer than this, ticks would carry nothing but fractions.
SHORTEST = 2.0
# What surrounds a single instant when nothing else says how far to look.
AROUND_AN_INSTANT = 120.0

OUTCOME_WORDS: dict[Outcome, str] = {"open": "still open", "struck": "ruled out", "held": "held true"}

TIME_WORDS = {
    "impact_began": "Impact began",
    "detected": "Detected",
    "acknowledged": "Acknowledged",
    "mitigated": "Mitigated",
    "resolved": "Resolved",
}


def epoch(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError(f"A time without a zone cannot be drawn: {at.isoformat()}")
    return at.timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One source. `bins` are counts per `bin_seconds`, each keyed by the instant its bin begins.

    A lane with bins is drawn as density; of its marks only the pinned ones are drawn, above the bars.
    """

    key: str | int
    name: str
    kind: str = ""
    colour: int = 1  # 1…8
    shape: Shape | None = None  # the colour's own unless told
    bins: Sequence[tuple[datetime, int]] = ()
    bin_seconds: float = 0

    @property
    def form(self) -> Shape:
        return self.shape or SHAPES[(self.colour - 1) % len(SHAPES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One event. `early` and `late` bound an instant that is not known exactly."""

    at: datetime
    lane: str | int
    text: str = ""
    until: datetime | None = None
    kind: str = ""
    caption: str = ""
    pinned: bool = False
    number: int | None = None  # of a pinned event; counted from 1 in time order unless told
    certainty: str = "exact"
    precision: str = "second"
    early: datetime | None = None
    late: datetime | None = None
    id: str | int = ""
    href: str = ""

    @property
    def label(self) -> str:
        return self.caption or self.text

    @property
    def vague(self) -> bool:
        return self.certainty != "exact" or self.precision in ("day", "hour")

    @property
    def bounds(self) -> tuple[datetime, datetime] | None:
        """Between which instants it happened, when that is wider than the instant itself.

        A day or an hour that a source wrote is that whole day or hour; otherwise only what was told.
        """
        if self.early or self.late:
            return min(self.early or self.at, self.at), max(self.late or self.at, self.at)
        if self.precision in ("day", "hour"):
            return self.at, self.at + timedelta(**{f"{self.precision}s": 1})
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    name: str
    start: datetime
    end: datetime | None = None  # None: until the picture ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One of the incident's times: a named vertical line."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which no source says anything."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What people believed at the time: since when, and what became of it."""

    text: str
    since: datetime
    until: datetime | None = None
    outcome: Outcome = "open"
    became: str = ""  # the outcome in words, where there are better ones
    id: str | int = ""
    href: str = ""

    @property
    def words(self) -> str:
        return self.became or OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that customers were told."""

    at: datetime
    text: str
    id: str | int = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A service-level indicator. A value of None, or one that is not finite, breaks the curve."""

    name: str
    points: Sequence[tuple[datetime, float | None]]
    objective: float | None = None
    unit: str = ""
    higher_is_better: bool = True
    spent: str = ""  # what the dip cost, in words: "38 % of the month's error budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything on one line of time. `start` and `end` narrow the view; without them all of it is shown."""

    title: str = "Timeline"
    lanes: Sequence[Lane] = ()
    marks: Sequence[Mark] = ()
    phases: Sequence[Phase] = ()
    moments: Sequence[Moment] = ()
    gaps: Sequence[Gap] = ()
    hypotheses: Sequence[Hypothesis] = ()
    interventions: Sequence[Hypothesis] = ()  # what was tried: the same shape, its outcome is its effect
    messages: Sequence[Message] = ()
    series: Series | None = None
    start: datetime | None = None
    end: datetime | None = None
    _window: tuple[float, float] | None = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_window", self._measure())

    @property
    def window(self) -> tuple[float, float] | None:
        """Epoch seconds of the two edges, or None when nothing in the picture has a time."""
        return self._window

    def _measure(self) -> tuple[float, float] | None:
        instants = list(self._instants())
        start = epoch(self.start) if self.start else None
        end = epoch(self.end) if self.end else None
        if start is None and end is None and not instants:
            return None
        first = start if start is not None else min(instants, default=end)
        last = end if end is not None else max(instants, default=start)
        if last < first:
            first, last = last, first
        if last == first and (start is None or end is None):
            return first - AROUND_AN_INSTANT, last + AROUND_AN_INSTANT
        spare = max((last - first) * 0.025, (SHORTEST - (last - first)) / 2)
        # A view that somebody chose keeps the edges they chose.
        first -= spare if start is None or last - first < SHORTEST else 0
        last += spare if end is None or last - first < SHORTEST else 0
        return first, last

    def _instants(self) -> Iterator[float]:
        for mark in self.marks:
            yield epoch(mark.at)
            if mark.until:
                yield epoch(mark.until)
            for bound in mark.bounds or ():
                yield epoch(bound)
        for lane in self.lanes:
            for begins, count in lane.bins:
                if count > 0:
                    yield epoch(begins)
                    yield epoch(begins) + lane.bin_seconds
        for span in (*self.phases, *self.gaps):
            yield epoch(span.start)
            if span.end:
                yield epoch(span.end)
        for belief in (*self.hypotheses, *self.interventions):
            yield epoch(belief.since)
            if belief.until:
                yield epoch(belief.until)
        for point in (*self.moments, *self.messages):
            yield epoch(point.at)
        if self.series:
            for at, value in self.series.points:
                if value is not None and isfinite(value):
                    yield epoch(at)


def moments_of(times: Mapping[str, datetime | None]) -> tuple[Moment, ...]:
    """The incident's times as lines, in the order in which they are meant to come; unknown ones are left out."""
    return tuple(Moment(name=words, at=at) for name, words in TIME_WORDS.items() if (at := times.get(name)))


def numbered(picture: Picture) -> list[tuple[int, Mark]]:
    """The pinned events with the numbers they carry in the picture, in time order."""
    pinned = sorted((mark for mark in picture.marks if mark.pinned), key=lambda mark: epoch(mark.at))
    return [(mark.number or number, mark) for number, mark in enumerate(pinned, start=1)]


def silences(
    instants: Sequence[datetime], *, at_least: timedelta, until: datetime | None = None
) -> tuple[Gap, ...]:
    """The stretches between neighbouring instants that are `at_least` that long; up to `until` when given."""
    ordered = sorted([*instants, *([until] if until else [])], key=epoch)
    return tuple(
        Gap(start=one, end=next_one)
        for one, next_one in zip(ordered, ordered[1:], strict=False)
        if epoch(next_one) - epoch(one) >= at_least.total_seconds()
    )
