"""One lane per source: marks one by one while they are few, density when they are many; gaps across all."""

from __future__ import annotations

from dataclasses import dataclass

from timelines.picture import arrange
from timelines.picture.contents import Gap, Lane, Mark, epoch
from timelines.picture.frame import GUTTER, Frame
from timelines.picture.pins import Pins
from timelines.picture.scale import BAR, BIN_STEPS
from timelines.picture.svg import hatch, lane_look, number
from timelines.picture.words import about_mark, clean, counted, full_time, in_words, shorten, width_of

MARK, PIN = 5.0, 6.5  # radii
HATCHED_LIMIT = 40


@dataclass(slots=True)
class Plan:
    """What a lane shows: a level for each mark, or counts with the pinned marks above them."""

    lane: Lane
    marks: list[Mark]
    levels: list[int | None]
    pitch: float
    density: arrange.Density | None
    top: float = 0.0
    middle: float = 0.0

    @property
    def total(self) -> int:
        return self.density.total if self.density else len(self.marks)


class Lanes:
    def __init__(self, frame: Frame, pins: Pins, top: float) -> None:
        self.frame, self.pins, self.top = frame, pins, top
        by_lane: dict[str | int, list[Mark]] = {}
        for mark in frame.picture.marks:
            by_lane.setdefault(mark.lane, []).append(mark)
        self.plans = [self._plan(lane, by_lane.get(lane.key, [])) for lane in frame.picture.lanes]
        label, body = (17.0, 36.0) if frame.narrow else (0.0, 42.0)
        for place, plan in enumerate(self.plans):
            plan.top = top + place * (label + body)
            plan.middle = plan.top + label + body / 2
        self.bottom = top + len(self.plans) * (label + body)

    @property
    def middles(self) -> dict[str | int, float]:
        return {plan.lane.key: plan.middle for plan in self.plans}

    # --- what a lane shows ---------------------------------------------------------------------

    def _plan(self, lane: Lane, marks: list[Mark]) -> Plan:
        scale = self.frame.scale
        met = [mark for mark in marks if scale.meets(*_reach(mark))]
        met.sort(key=lambda mark: (epoch(mark.at), str(mark.id), mark.label))
        if lane.bins:
            pairs = [(epoch(begins), count) for begins, count in lane.bins]
            return self._full(lane, met, arrange.density(pairs, lane.bin_seconds, scale))
        extents = [(scale.x(since), scale.x(until)) for since, until in map(_reach, met)]
        placed = arrange.stack(extents, size=MARK * 2 + 1)
        if placed:
            return Plan(lane, met, placed[0], 12.0 if placed[1] == arrange.ROWS_APART else 4.5, None)
        wanted = BAR / scale.pixels_per_second
        size = next((float(step) for step in BIN_STEPS if step >= wanted), wanted)
        pairs = [(epoch(mark.at), 1) for mark in met if self.frame.shows(mark.at)]
        return self._full(lane, met, arrange.density(pairs, size, scale))

    def _full(self, lane: Lane, marks: list[Mark], found: arrange.Density) -> Plan:
        pinned = [mark for mark in marks if mark.pinned and self.frame.shows(mark.at)]
        xs = [self.frame.x(mark.at) for mark in pinned]
        placed = arrange.stack([(x, x) for x in xs], size=PIN * 2 + 4)
        levels = [level or 0 for level in placed[0]] if placed else [0] * len(pinned)
        return Plan(lane, pinned, levels, 4.5, found)

    # --- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        for plan in self.plans:
            self.frame.ruled(plan.top)
            with self.frame.svg.group(lane_look(plan.lane.colour)):
                self._label(plan)
                if plan.density:
                    self._bars(plan, plan.density)
                self._marks(plan)

    def _label(self, plan: Plan) -> None:
        frame, svg, lane = self.frame, self.frame.svg, plan.lane
        x = frame.left + 5 if frame.narrow else 17.0
        y = plan.top + 13 if frame.narrow else plan.middle - 3
        room = frame.right - x - 12 if frame.narrow else GUTTER - 30.0
        says = _summary(plan, room * (0.5 if frame.narrow else 1.0))
        wide = width_of(says, 11)
        name = shorten(lane.name, room - wide - 10 if frame.narrow else room, 12.5)
        with svg.group():
            if name != clean(lane.name):
                svg.title(clean(lane.name))
            if frame.narrow:
                frame.plate(frame.left, y, width_of(name, 12.5) + 18, 12.5)
                frame.plate(frame.right - wide, y, wide, 11)
            svg.shape(lane.form, x, y - 4, 4.5)
            frame.say("tl-ink", x + 12, y, name, size=12.5)
        if frame.narrow:
            svg.words("tl-muted", frame.right, y, says, size=11, anchor="end")
        else:
            svg.words("tl-muted", x + 12, y + 15, says, size=11)

    def _bars(self, plan: Plan, found: arrange.Density) -> None:
        """All bars are one path; their counts stand beside them for the words that follow the pointer."""
        scale = self.frame.scale
        base, tallest = (plan.middle + 15, 29.0) if self.frame.narrow else (plan.middle + 16, 32.0)
        strokes = []
        for column, count in enumerate(found.counts):
            if not count:
                continue
            begins = found.first + column * found.seconds
            left, right = scale.x(begins), scale.x(begins + found.seconds)
            wide = max(right - left - min(1.0, (right - left) * 0.25), 1.0)
            high = max(tallest * count / found.peak, 1.5)
            left = min(left, scale.right - wide)
            strokes.append(f"M{number(left)} {number(base)}v{number(-high)}h{number(wide)}v{number(high)}z")
        if strokes:
            self.frame.svg.path(
                "tl-bars",
                "".join(strokes),
                data_first=round(found.first * 1000),
                data_size=round(found.seconds * 1000),
                data_counts=arrange.run_lengths(found.counts),
            )

    def _marks(self, plan: Plan) -> None:
        frame = self.frame
        overflow: dict[float, int] = {}
        for mark, level in zip(plan.marks, plan.levels, strict=True):
            x = frame.x(mark.at)
            if level is None:
                near = next((at for at in overflow if abs(at - x) < 24), x)
                overflow[near] = overflow.get(near, 0) + 1
                continue
            about = about_mark(mark, plan.lane.name, frame.zone)
            with frame.thing(mark, about, x, linked=id(mark) not in self.pins.alone):
                self._mark(plan, mark, x, plan.middle + level * plan.pitch)
        for x, count in overflow.items():
            words = f"+{count}"
            wide = width_of(words, 10.5)
            left = x + 10 if x + 12 + wide < frame.right else x - 10 - wide
            frame.plate(left, plan.middle + 3, wide, 10.5)
            frame.svg.words("tl-ink", left, plan.middle + 3, words, size=10.5)

    def _mark(self, plan: Plan, mark: Mark, x: float, y: float) -> None:
        svg, scale = self.frame.svg, self.frame.scale
        if mark.until and epoch(mark.until) > epoch(mark.at):
            svg.rect("tl-span", x, y - 2.5, max(scale.x(epoch(mark.until)) - x, 1.0), 5.0, rx=2.5)
        if mark.bounds:
            early, late = (scale.x(epoch(bound)) for bound in mark.bounds)
            svg.line("tl-vague", early, y, late, y)
        if not self.frame.shows(mark.at):
            return
        radius = PIN if mark.pinned else MARK
        svg.shape(plan.lane.form, x, y, radius, hollow=mark.vague)
        if mark.pinned:
            svg.element("circle", "tl-pin", cx=x, cy=y, r=radius + 2.5)

    # --- gaps ----------------------------------------------------------------------------------

    def draw_silences(self) -> None:
        """The longest gaps, hatched across all lanes. Shorter ones than two pixels are left to the table."""
        frame = self.frame
        height = self.bottom - self.top
        met = [gap for gap in frame.picture.gaps if frame.meets(gap) and gap.end]
        longest = sorted(met, key=lambda gap: epoch(gap.start) - epoch(gap.end))[:HATCHED_LIMIT]
        for gap in sorted(longest, key=lambda gap: epoch(gap.start)):
            left, right = frame.across(gap)
            if height > 0 and right - left >= 2:
                self._silence(gap, left, right, height)

    def _silence(self, gap: Gap, left: float, right: float, height: float) -> None:
        svg = self.frame.svg
        said = in_words(epoch(gap.end) - epoch(gap.start))
        with svg.group("tl-silence"):
            svg.title(f"No evidence for {said}, from {full_time(epoch(gap.start), self.frame.zone)}: ask")
            svg.rect("tl-gap", left, self.top, right - left, height)
            svg.path("tl-hatch", hatch(left, self.top, right - left, height))
            self._silence_words((left + right) / 2, right - left, height, said)

    def _silence_words(self, centre: float, room: float, height: float, said: str) -> None:
        """On one line, on two, or upright; a gap too small for any is named by its title and the table.

        They stand in the middle one of the lanes, clear of the labels that a narrow picture has above each.
        """
        svg, middle = self.frame.svg, self.plans[(len(self.plans) - 1) // 2].middle
        whole = f"no evidence for {said}"
        for lines in ([whole], ["no evidence", f"for {said}"], ["silent", said] if self.frame.narrow else []):
            wide = max((width_of(line, 11.5) for line in lines), default=room) + 12
            if wide <= room - 4:
                top = middle - 8.0 * len(lines)
                svg.rect("tl-sheet", centre - wide / 2, top - 1, wide, 16.0 * len(lines) + 2, rx=3)
                for row, line in enumerate(lines):
                    svg.words("tl-ink", centre, top + 12 + 16.0 * row, line, size=11.5, anchor="middle")
                return
        long, middle = width_of(whole, 11.5) + 10, self.top + height / 2
        if room >= 17 and long <= height and not self.frame.narrow:
            with svg.group(transform=f"rotate(-90 {number(centre)} {number(middle)})"):
                svg.rect("tl-sheet", centre - long / 2, middle - 8, long, 16.0, rx=3)
                svg.words("tl-ink", centre, middle + 4, whole, size=11.5, anchor="middle")


def _reach(mark: Mark) -> tuple[float, float]:
    """From the earliest to the latest instant that the mark covers."""
    instants = [epoch(mark.at), *map(epoch, mark.bounds or ()), *([epoch(mark.until)] if mark.until else [])]
    return min(instants), max(instants)


def _summary(plan: Plan, room: float) -> str:
    if not plan.total:
        return "nothing here"
    if plan.density and plan.density.peak > 1:
        says = f"{plan.total:,}, most {plan.density.peak:,} in {in_words(plan.density.seconds)}"
        if width_of(says, 11) <= room:
            return says
    return counted(plan.total, "event", "events")
