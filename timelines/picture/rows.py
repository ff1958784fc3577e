"""The table behind the picture: the same facts in words, for screen readers and for copying.

Constant in size where the picture is: a lane that is drawn as density is one row that says how many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from timelines.picture.arrange import FEW
from timelines.picture.contents import Mark, Picture, epoch, numbered
from timelines.picture.words import clean, counted, full_time, in_words, iso, shorten, when_words

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`at` is for a `<time datetime>`; `number` is the pin's, or None; `href` may be empty."""

    at: str
    when: str
    what: str
    words: str
    number: int | None = None
    href: str = ""

    def __iter__(self) -> Iterator[str]:
        """The cells as they are shown."""
        yield from (self.when, self.what, f"{self.number}. {self.words}" if self.number else self.words)


def table(picture: Picture, *, zone: tzinfo = UTC) -> list[Row]:
    """One row for each thing the picture shows, in time order; summaries of full lanes come last."""
    if picture.window is None:
        return []
    start, end = picture.window
    numbers = {id(mark): n for n, mark in numbered(picture)}
    names = {lane.key: clean(lane.name) for lane in picture.lanes}
    timed: list[tuple[float, Row]] = []

    def add(
        at: float, what: str, words: str, *, when: str = "", n: int | None = None, href: str = ""
    ) -> None:
        timed.append((at, Row(iso(at), when or full_time(at, zone), what, words, n, href)))

    for moment in picture.moments:
        add(epoch(moment.at), "Time", clean(moment.name))
    for phase in picture.phases:
        length = f", {in_words(epoch(phase.end) - epoch(phase.start))}" if phase.end else ""
        add(epoch(phase.start), "Phase", clean(phase.name) + length)
    for gap in picture.gaps:
        add(epoch(gap.start), "Gap", f"No evidence for {in_words(epoch(gap.end) - epoch(gap.start))}")
    for belief in picture.hypotheses:
        became = belief.words
        until = f" {full_time(epoch(belief.until), zone)}" if belief.until else ""
        add(epoch(belief.since), "Hypothesis", f"{clean(belief.text)} – {became}{until}", href=belief.href)
    for trial in picture.interventions:
        add(epoch(trial.since), "Tried", f"{clean(trial.text)} – {trial.words}", href=trial.href)
    for message in picture.messages:
        add(epoch(message.at), "Told to customers", clean(message.text), href=message.href)

    summaries = []
    for lane in picture.lanes:
        marks = [mark for mark in picture.marks if mark.lane == lane.key]
        binned = [(epoch(begins), count) for begins, count in lane.bins if count > 0]
        full = bool(binned) or len(marks) > max(FEW, MOST_EVENTS // max(len(picture.lanes), 1))
        for mark in marks:
            if mark.pinned or not full:
                words = shorten(mark.label, 4000, 12)
                add(
                    epoch(mark.at),
                    names[lane.key] or "Event",
                    words,
                    when=when_words(mark, zone),
                    n=numbers.get(id(mark)),
                    href=mark.href,
                )
        if full:
            summaries.append(_summary(names[lane.key], marks, binned, lane.bin_seconds, zone))
    shown = [
        row
        for at, row in sorted(timed, key=lambda pair: (pair[0], pair[1].what, pair[1].words))
        if start <= at <= end
    ]
    return shown + summaries


def _summary(name: str, marks: list[Mark], binned: list[tuple[float, int]], size: float, zone: tzinfo) -> Row:
    if binned:
        total = sum(count for _, count in binned)
        first, last = min(at for at, _ in binned), max(at for at, _ in binned) + size
        peak_at, peak = max(binned, key=lambda pair: (pair[1], -pair[0]))
        busiest = f", at most {peak:,} in {in_words(size)}, at {full_time(peak_at, zone)}"
    else:
        total = len(marks)
        first, last = min(epoch(mark.at) for mark in marks), max(epoch(mark.at) for mark in marks)
        busiest = ""
    words = f"{counted(total, 'event', 'events')} until {full_time(last, zone)}{busiest}"
    return Row(iso(first), full_time(first, zone), name, words)
