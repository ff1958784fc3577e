"""The whole picture on one sheet: what goes under what, and how much room each part takes.

From top to bottom: names of the incident's times, phases, the service-level curve, numbered pins, one lane
per source, what customers were told, hypotheses, the axis, and the key to the pins. Below 600 pixels labels
stand above their lanes instead of beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from math import isfinite
from xml.sax.saxutils import escape

from timelines.picture import arrange
from timelines.picture.contents import (
    Gap,
    Hypothesis,
    Lane,
    Mark,
    Message,
    Phase,
    Picture,
    Series,
    epoch,
    numbered,
)
from timelines.picture.scale import BAR, BIN_STEPS, Scale, context_at, local, ticks, zone_sentence
from timelines.picture.svg import FONTS, Svg, hatch, number, polyline
from timelines.picture.words import (
    clean,
    clock,
    counted,
    full_time,
    in_words,
    runs_right_to_left,
    shorten,
    spans_days,
    width_of,
    wrapped,
)

Link = Callable[[Mark | Message | Hypothesis], str | None]
Zoom = Callable[[datetime, datetime], str | None]

NARROW = 600
LEAST = 300
GUTTER = 200
MARK = 5.0
PIN = 6.5
KEY_LIMIT = 24
BELIEF_LIMIT = 8
HATCHED_LIMIT = 40


def draw(
    picture: Picture,
    *,
    width: int = 1120,
    zone: tzinfo = UTC,
    link: Link | None = None,
    zoom: Zoom | None = None,
    key: bool = True,
    name: str = "timeline",
) -> str:
    """One SVG document, the same for the same picture, to be put into a page, a PDF or a file as it is.

    `link` gives the address of an event, a message or a hypothesis (its own `href` without it); `zoom` the
    address of a narrower view, and makes each stretch of the axis a link. `key` lists the pins below the
    axis. `name` begins the ids: give two pictures on one page different ones.
    """
    return _Sheet(picture, max(width, LEAST), zone, link, zoom, key, name).draw()


@dataclass(slots=True)
class _LanePlan:
    lane: Lane
    marks: list[Mark]
    extents: list[tuple[float, float]]
    stack: tuple[list[int | None], int] | None
    density: arrange.Density | None
    top: float = 0.0
    height: float = 0.0
    middle: float = 0.0


class _Sheet:
    def __init__(
        self,
        picture: Picture,
        width: int,
        zone: tzinfo,
        link: Link | None,
        zoom: Zoom | None,
        key: bool,
        name: str,
    ) -> None:
        self.picture, self.width, self.zone = picture, width, zone
        self.link = link or (lambda thing: thing.href or None)
        self.zoom, self.with_key, self.name = zoom, key, name
        self.svg = Svg()
        self.narrow = width < NARROW
        self.left = 14.0 if self.narrow else float(GUTTER + 12)
        self.right = float(width - 16)
        self.pins = numbered(picture)

    # --- the order of things -------------------------------------------------------------------

    def draw(self) -> str:
        if self.picture.window is None:
            return self._empty()
        start, end = self.picture.window
        self.scale = Scale(start, end, self.left, self.right)
        self.days = spans_days(start, end, self.zone)
        self.seconds = end - start < 900
        self._plan()

        svg = self.svg
        svg.rect("tl-sheet", 0.0, 0.0, float(self.width), self.height)
        self._phases_behind()
        self._grid()
        self._gaps()
        self._phases()
        self._moments()
        if self.picture.series:
            self._series(self.picture.series)
        self._leaders()
        for plan in self.lanes:
            self._lane(plan)
        self._messages()
        self._beliefs()
        self._badges()
        self._axis()
        self._key()
        return self._document(self.height)

    def _plan(self) -> None:
        """Heights first: what stands behind everything has to know where it ends."""
        y = 10.0
        self.moments = sorted(
            (moment for moment in self.picture.moments if self.scale.shows(epoch(moment.at))),
            key=lambda moment: epoch(moment.at),
        )
        self.names_top = y
        self.names = self._name_moments()
        y += 17.0 * (max((named.row for named in self.names), default=-1) + 1)
        self.impact_y = y + 3
        y += 10.0 if self.moments else 0.0

        self.phases = [p for p in self.picture.phases if self._meets(p)]
        self.phase_rows = arrange.rows_for([self._span(p) for p in self.phases], between=0)
        self.phases_top = y
        y += 24.0 * (max(self.phase_rows, default=-1) + 1) + (4.0 if self.phases else 0.0)

        self.body_top = self.series_top = y
        if self.picture.series:
            y += 100.0 if self.narrow else 88.0

        self.shown_pins = [(n, mark) for n, mark in self.pins if self.scale.shows(epoch(mark.at))]
        self.pins_top = y
        self.pins_below = y + 24.0
        self.badges = self._place_badges()
        y += 38.0 if self.badges else 0.0

        self.lanes_top = y
        self.lanes = [self._plan_lane(lane) for lane in self.picture.lanes]
        for plan in self.lanes:
            label = 17.0 if self.narrow else 0.0
            plan.top, plan.height = y, label + (36.0 if self.narrow else 42.0)
            plan.middle = y + label + (plan.height - label) / 2
            y += plan.height
        self.lanes_bottom = y

        self.messages_top = y
        self.messages = [m for m in self.picture.messages if self.scale.shows(epoch(m.at))]
        if self.picture.messages:
            y += 48.0 if self.narrow else 36.0

        self.beliefs_top = y
        beliefs = sorted(self.picture.hypotheses, key=lambda belief: epoch(belief.since))
        self.beliefs = [b for b in beliefs if self.scale.meets(epoch(b.since), self._belief_end(b))]
        self.belief_rows = self._place_beliefs()
        if self.beliefs:
            rows = min(max(self.belief_rows) + 1, BELIEF_LIMIT)
            self.beliefs_hidden = sum(row >= BELIEF_LIMIT for row in self.belief_rows)
            y += rows * 30.0 + (22.0 if self.narrow else 8.0) + (16.0 if self.beliefs_hidden else 0.0)

        self.axis_y = y + 4.0
        self.zone_lines = wrapped(
            zone_sentence(self.scale.start, self.scale.end, self.zone), self.right - self.left, 11, lines=3
        )
        y = self.axis_y + 40.0 + 15.0 * len(self.zone_lines)
        self.key_top = y + 8.0
        self.height = y + 6.0 + self._key_height()

    def _document(self, height: float) -> str:
        title, body = Svg(), self.svg.text()
        attributes: dict[str, object] = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {self.width} {number(height)}",
            "width": self.width,
            "height": number(height),
            "role": "group" if "<a " in body else "img",
            "aria-labelledby": f"{self.name}-title",
            "aria-describedby": f"{self.name}-desc",
            "font-family": FONTS,
        }
        if self.picture.window:
            start, end = self.picture.window
            attributes |= {
                "data-timeline-picture": "",
                "data-start": round(start * 1000),
                "data-end": round(end * 1000),
                "data-left": number(self.left),
                "data-right": number(self.right),
                "data-top": number(self.phases_top),
                "data-bottom": number(self.axis_y),
            }
        title.element(
            "title", inside=escape(clean(self.picture.title) or "Timeline"), id=f"{self.name}-title"
        )
        title.element("desc", inside=escape(describe(self.picture, self.zone)), id=f"{self.name}-desc")
        document = Svg()
        document.element("svg", "tl", title.text() + body, **attributes)
        return document.text()

    def _empty(self) -> str:
        height = 132.0
        self.svg.rect("tl-sheet", 0.0, 0.0, float(self.width), height)
        self.svg.rect("tl-rule", 10.5, 10.5, self.width - 21.0, height - 21.0, rx=6, stroke_dasharray="4 4")
        middle = self.width / 2
        self.svg.words("tl-strong", middle, 62.0, "No evidence yet", size=15, anchor="middle")
        for row, line in enumerate(
            wrapped("Each source gets a lane here as soon as it is imported.", self.width - 60.0, 12, lines=2)
        ):
            self.svg.words("tl-muted", middle, 84.0 + 16 * row, line, size=12, anchor="middle")
        return self._document(height)

    # --- small questions -----------------------------------------------------------------------

    def _end(self, thing: Phase | Gap) -> float:
        return epoch(thing.end) if thing.end else self.scale.end

    def _meets(self, thing: Phase | Gap) -> bool:
        since, until = epoch(thing.start), self._end(thing)
        return until >= since and self.scale.meets(since, until)

    def _span(self, thing: Phase | Gap) -> tuple[float, float]:
        return self.scale.x(epoch(thing.start)), self.scale.x(self._end(thing))

    def _belief_end(self, belief: Hypothesis) -> float:
        return (
            max(epoch(belief.until), epoch(belief.since))
            if belief.until
            else max(self.scale.end, epoch(belief.since))
        )

    def _clock(self, at: float) -> str:
        return clock(at, self.zone, day=self.days, seconds=self.seconds)

    # --- names of the incident's times ---------------------------------------------------------

    def _name_moments(self) -> list[arrange.Named]:
        """Whole names if they can stand clear of each other's lines, else shorter ones."""
        xs = [self.scale.x(epoch(moment.at)) for moment in self.moments]
        low, high = 4.0, self.width - 4.0
        for share in (0.42, 0.3, 0.2, 0.12):
            self.name_texts = []
            for moment in self.moments:
                at = f" {self._clock(epoch(moment.at))}"
                name = shorten(moment.name, self.width * share, 11.5, bold=True)
                self.name_texts.append((name, at if name else at.lstrip()))
            widths = [width_of(name, 11.5, bold=True) + width_of(at, 11.5) for name, at in self.name_texts]
            if (named := arrange.name_lines(xs, widths, low=low, high=high)) is not None:
                return named
        return arrange.one_below_the_other(xs, widths, low=low, high=high)

    def _moments(self) -> None:
        svg = self.svg
        times = {moment.name: epoch(moment.at) for moment in self.picture.moments}
        began, over = times.get("Impact began"), times.get("Resolved")
        if began is not None and over is not None and over > began and self.scale.meets(began, over):
            x = self.scale.x(began)
            with svg.group():
                svg.title(f"Impact lasted {in_words(over - began)}")
                svg.rect("tl-impact", x, self.impact_y, max(self.scale.x(over) - x, 2.0), 3.0)
        for moment, named, (name, at) in zip(self.moments, self.names, self.name_texts, strict=True):
            x = self.scale.x(epoch(moment.at))
            y = self.names_top + 17.0 * named.row
            svg.line("tl-moment-edge", x, y + 1, x, self.impact_y + 3)
            svg.line("tl-moment", x, self.body_top, x, self.axis_y)
            inside = Svg()
            inside.element("tspan", "tl-strong", escape(name))
            inside.element("tspan", "tl-muted", escape(at), font_weight=400)
            svg.element(
                "text",
                "tl-ink tl-name",
                inside.text(),
                x=named.left if named.after else named.right,
                y=y + 12,
                font_size=11.5,
                text_anchor=None if named.after else "end",
            )

    # --- phases --------------------------------------------------------------------------------

    def _phases_behind(self) -> None:
        for place, phase in enumerate(self.phases):
            if self.phase_rows[place] == 0 and place % 2 == 0:
                left, right = self._span(phase)
                self.svg.rect(
                    "tl-band-other",
                    left,
                    self.body_top,
                    right - left,
                    self.axis_y - self.body_top,
                    opacity=0.6,
                )

    def _phases(self) -> None:
        if not self.phases:
            return
        if not self.narrow:
            self._gutter_label("Phases", self.phases_top + 14)
        for phase, row in zip(self.phases, self.phase_rows, strict=True):
            left, right = self._span(phase)
            top = self.phases_top + 24.0 * row
            with self.svg.group():
                length = self._end(phase) - epoch(phase.start)
                self.svg.title(
                    f"{clean(phase.name)}: {in_words(length)} from {full_time(epoch(phase.start), self.zone)}"
                )
                self.svg.rect("tl-band", left, top, max(right - left, 1.5), 20.0)
                self.svg.line("tl-band-edge", left + 0.75, top, left + 0.75, top + 20)
                name = shorten(phase.name, right - left - 12, 11.5)
                if name:
                    self._say("tl-ink", left + 7, top + 14, name, size=11.5)

    # --- gaps ----------------------------------------------------------------------------------

    def _gaps(self) -> None:
        bottom = self.lanes_bottom if self.lanes else self.axis_y
        height = bottom - self.lanes_top
        gaps = [gap for gap in self.picture.gaps if self._meets(gap)]
        longest = sorted(gaps, key=lambda gap: epoch(gap.start) - epoch(gap.end))[:HATCHED_LIMIT]
        if height <= 0:
            return
        for gap in sorted(longest, key=lambda gap: epoch(gap.start)):
            left, right = self._span(gap)
            if right - left < 2:
                continue
            said = in_words(epoch(gap.end) - epoch(gap.start))
            with self.svg.group("tl-silence"):
                self.svg.title(f"No evidence for {said}, from {full_time(epoch(gap.start), self.zone)}: ask")
                self.svg.rect("tl-gap", left, self.lanes_top, right - left, height)
                self.svg.path("tl-hatch", hatch(left, self.lanes_top, right - left, height))
                self._gap_words(left, right, self.lanes_top + height / 2, height, said)

    def _gap_words(self, left: float, right: float, middle: float, height: float, said: str) -> None:
        whole, centre = f"no evidence for {said}", (left + right) / 2
        for lines in ([whole], ["no evidence", f"for {said}"]):
            wide = max(width_of(line, 11.5) for line in lines) + 12
            if wide <= right - left - 4 and 16.0 * len(lines) <= height:
                top = middle - 8.0 * len(lines)
                self.svg.rect("tl-sheet", centre - wide / 2, top - 1, wide, 16.0 * len(lines) + 2, rx=3)
                for row, line in enumerate(lines):
                    self.svg.words("tl-ink", centre, top + 12 + 16.0 * row, line, size=11.5, anchor="middle")
                return
        long = width_of(whole, 11.5) + 10
        if right - left >= 17 and long <= height:
            with self.svg.group(transform=f"rotate(-90 {number(centre)} {number(middle)})"):
                self.svg.rect("tl-sheet", centre - long / 2, middle - 8, long, 16.0, rx=3)
                self.svg.words("tl-ink", centre, middle + 4, whole, size=11.5, anchor="middle")

    # --- the service-level curve ---------------------------------------------------------------

    def _series(self, series: Series) -> None:
        svg = self.svg
        top = self.series_top + (22.0 if self.narrow else 8.0)
        bottom = self.series_top + (92.0 if self.narrow else 80.0)
        pieces = _pieces(series, self.scale)
        values = [value for piece in pieces for _, value in piece]
        goal = series.objective if series.objective is not None and isfinite(series.objective) else None
        if goal is not None:
            values.append(goal)
        self._series_label(series, top)
        svg.line("tl-rule", self.left, bottom + 4, self.right, bottom + 4)
        if not values:
            self._say("tl-muted", self.left + 8, (top + bottom) / 2 + 4, "no measurements here", size=11.5)
            return
        low, high = min(values), max(values)
        if high == low:
            low, high = low - (abs(low) * 0.1 or 1.0), high + (abs(high) * 0.1 or 1.0)

        def y(value: float) -> float:
            return bottom - (value - low) / (high - low) * (bottom - top)

        if goal is not None:
            for piece in pieces:
                for run in _worse(piece, goal, series.higher_is_better):
                    around = [(run[0][0], goal), *run, (run[-1][0], goal)]
                    svg.path("tl-spent", polyline([(x, y(value)) for x, value in around]) + "Z")
        for piece in pieces:
            if len(piece) == 1:
                svg.element("circle", "tl-dot", cx=piece[0][0], cy=y(piece[0][1]), r=2.0)
            else:
                svg.path("tl-curve", polyline([(x, y(value)) for x, value in _thinned(piece)]))
        unit = f" {series.unit}" if series.unit else ""
        if goal is not None:
            svg.line("tl-objective", self.left, y(goal), self.right, y(goal))
            words = clean(f"objective {goal:.6g}{unit}")
            below = y(goal) + 14 < bottom
            text_y = y(goal) + 13 if below else y(goal) - 4
            wide = width_of(words, 11)
            self._plate(self.right - 4 - wide, text_y, wide, 11)
            svg.words("tl-ink", self.right - 4, text_y, words, size=11, anchor="end")
        for value in (low, high):
            words = clean(f"{value:.5g}{unit}")
            if self.narrow:
                text_y = y(value) + (10 if value == high else -3)
                self._plate(self.left, text_y, width_of(words, 10.5), 10.5)
                svg.words("tl-muted", self.left + 2, text_y, words, size=10.5)
            else:
                svg.words(
                    "tl-muted",
                    self.left - 6,
                    y(value) + (9 if value == high else 0),
                    words,
                    size=10.5,
                    anchor="end",
                )

    def _series_label(self, series: Series, top: float) -> None:
        if self.narrow:
            name = shorten(series.name, self.right - self.left, 12, bold=True)
            self._say("tl-strong", self.left, self.series_top + 13, name, size=12)
            used = width_of(name, 12, bold=True) + 8
            spent = shorten(series.spent, self.right - self.left - used, 11)
            self._say("tl-muted", self.right, self.series_top + 13, spent, size=11, anchor="end")
            return
        room = GUTTER - 62.0
        y = top + 12
        for line in wrapped(series.name, room / 1.13, 12, lines=2):
            self._say("tl-strong", 12.0, y, line, size=12)
            y += 15
        for line in wrapped(series.spent, room, 11, lines=3):
            self._say("tl-muted", 12.0, y, line, size=11)
            y += 14

    # --- pins ----------------------------------------------------------------------------------

    def _place_badges(self) -> list[arrange.Badge]:
        numbers = [str(n) for n, _ in self.shown_pins]
        longest = max((n for n, _ in self.pins), default=0)
        return arrange.badges(
            [self.scale.x(epoch(mark.at)) for _, mark in self.shown_pins],
            [max(18.0, width_of(n, 10.5, bold=True) + 9) for n in numbers],
            low=self.left - 6,
            high=self.right + 8,
            shared=width_of(f"{longest}–{longest}", 10.5, bold=True) + 10,
        )

    def _leaders(self) -> None:
        """From each badge to where its event lies in its lane."""
        if not self.badges:
            return
        middles = {plan.lane.key: plan.middle for plan in self.lanes}
        strokes = []
        for badge in self.badges:
            lowest: dict[float, float] = {}
            for member in badge.members:
                mark = self.shown_pins[member][1]
                x = self.scale.x(epoch(mark.at))
                lowest[x] = max(lowest.get(x, 0.0), middles.get(mark.lane, self.lanes_top))
            for x, y in lowest.items():
                points = [(badge.centre, self.pins_below - 4), (x, self.pins_below + 10), (x, y)]
                strokes.append(polyline(points))
        self.svg.path("tl-leader", "".join(strokes))

    def _badges(self) -> None:
        if not self.badges:
            return
        middle = self.pins_top + 12
        if not self.narrow:
            self._gutter_label("Pinned", middle + 4)
        colours = {plan.lane.key: plan.lane.colour for plan in self.lanes}
        for badge in self.badges:
            members = [self.shown_pins[member] for member in badge.members]
            first, mark = members[0]
            alone = len(members) == 1
            words = str(first) if alone else f"{first}–{members[-1][0]}"
            colour = colours.get(mark.lane, 8) if len({m.lane for _, m in members}) == 1 else 8
            about = self._about(mark, first) if alone else f"{len(members)} pinned events, {words}"
            with (
                self.svg.group(f"tl-lane-{_lane(colour)}"),
                self._thing(mark if alone else None, about, self._x(mark)),
            ):
                self._badge(badge.centre, middle, badge.width, words)

    def _badge(self, centre: float, middle: float, wide: float, words: str) -> None:
        self.svg.rect("tl-badge", centre - wide / 2, middle - 9, wide, 18.0, rx=9)
        self.svg.words("tl-on-lane", centre, middle + 3.8, words, size=10.5, anchor="middle", font_weight=600)

    # --- lanes ---------------------------------------------------------------------------------

    def _x(self, thing: Mark | Message) -> float:
        return self.scale.x(epoch(thing.at))

    def _plan_lane(self, lane: Lane) -> _LanePlan:
        marks = []
        for mark in self.picture.marks:
            if mark.lane != lane.key:
                continue
            edges = [
                epoch(mark.at),
                *map(epoch, mark.bounds or ()),
                *([epoch(mark.until)] if mark.until else []),
            ]
            if self.scale.meets(min(edges), max(edges)):
                marks.append(mark)
        marks.sort(key=lambda mark: (epoch(mark.at), str(mark.id), mark.label))
        extents = [self._extent(mark) for mark in marks]
        if lane.bins:
            pairs = [(epoch(begins), count) for begins, count in lane.bins]
            return _LanePlan(lane, marks, extents, None, arrange.density(pairs, lane.bin_seconds, self.scale))
        placed = arrange.stack(extents, size=MARK * 2 + 1)
        if placed is None:
            pairs = [(epoch(mark.at), 1) for mark in marks if self.scale.shows(epoch(mark.at))]
            size = BAR / self.scale.pixels_per_second
            return _LanePlan(
                lane, marks, extents, None, arrange.density(pairs, _round_size(size), self.scale)
            )
        return _LanePlan(lane, marks, extents, placed, None)

    def _extent(self, mark: Mark) -> tuple[float, float]:
        x = self._x(mark)
        early, late = (self.scale.x(epoch(bound)) for bound in mark.bounds) if mark.bounds else (x, x)
        until = self.scale.x(epoch(mark.until)) if mark.until else x
        return min(x, early), max(x, late, until)

    def _lane(self, plan: _LanePlan) -> None:
        lane, svg = plan.lane, self.svg
        svg.line("tl-rule", 0.0 if not self.narrow else self.left, plan.top, self.right, plan.top)
        with svg.group(f"tl-lane-{_lane(lane.colour)}"):
            self._lane_label(plan)
            if plan.density:
                self._density(plan)
                self._marks_on_bars(plan)
            else:
                self._marks(plan)

    def _lane_label(self, plan: _LanePlan) -> None:
        lane, svg = plan.lane, self.svg
        x = self.left + 5 if self.narrow else 17.0
        y = plan.top + 13 if self.narrow else plan.middle - 3
        room = self.right - x - 11 if self.narrow else GUTTER - 30.0
        says = self._lane_words(plan, room * (0.5 if self.narrow else 1))
        if self.narrow:
            room -= width_of(says, 11) + 10
        name = shorten(lane.name, room, 12.5)
        with svg.group():
            if name != clean(lane.name):
                svg.title(clean(lane.name))
            if self.narrow:
                self._plate(self.left, y, width_of(name, 12.5) + 18, 12.5)
                self._plate(self.right - width_of(says, 11), y, width_of(says, 11), 11)
            svg.shape(lane.form, x, y - 4, 4.5)
            self._say("tl-ink", x + 12, y, name, size=12.5)
        if self.narrow:
            svg.words("tl-muted", self.right, y, says, size=11, anchor="end")
        else:
            svg.words("tl-muted", x + 12, y + 15, says, size=11)

    def _lane_words(self, plan: _LanePlan, room: float) -> str:
        total = plan.density.total if plan.density else len(plan.marks)
        if not total:
            return "nothing here"
        if plan.density and plan.density.peak > 1:
            says = f"{total:,}, most {plan.density.peak:,} in {in_words(plan.density.seconds)}"
            if width_of(says, 11) <= room:
                return says
        return counted(total, "event", "events")

    def _density(self, plan: _LanePlan) -> None:
        assert plan.density
        found = plan.density
        base, tallest = plan.middle + 16, 32.0
        if self.narrow:
            base, tallest = plan.middle + 15, 29.0
        strokes = []
        for column, count in enumerate(found.counts):
            if not count:
                continue
            begins = found.first + column * found.seconds
            x1, x2 = self.scale.x(begins), self.scale.x(begins + found.seconds)
            wide = max(x2 - x1 - min(1.0, (x2 - x1) * 0.25), 1.0)
            high = max(tallest * count / found.peak, 1.5)
            x1 = min(x1, self.right - wide)
            strokes.append(f"M{number(x1)} {number(base)}v{number(-high)}h{number(wide)}v{number(high)}z")
        if not strokes:
            return
        self.svg.path(
            "tl-bars",
            "".join(strokes),
            data_first=round(found.first * 1000),
            data_size=round(found.seconds * 1000),
            data_counts=_run_lengths(found.counts),
        )

    def _marks_on_bars(self, plan: _LanePlan) -> None:
        pinned = [mark for mark in plan.marks if mark.pinned and self.scale.shows(epoch(mark.at))]
        placed = arrange.stack([(self._x(mark), self._x(mark)) for mark in pinned], size=PIN * 2 + 4)
        levels = placed[0] if placed else [0] * len(pinned)
        alone = self._numbered_alone()
        for mark, level in zip(pinned, levels, strict=True):
            with self._thing(mark, self._about(mark), self._x(mark), linked=id(mark) not in alone):
                self._one(plan, mark, plan.middle + 2 + (level or 0) * 5.0)

    def _marks(self, plan: _LanePlan) -> None:
        assert plan.stack
        levels, used = plan.stack
        pitch = 12.0 if used == arrange.ROWS_APART else 4.5
        alone = self._numbered_alone()
        overflow: dict[float, int] = {}
        for mark, level in zip(plan.marks, levels, strict=True):
            if level is None:
                x = self._x(mark)
                near = next((at for at in overflow if abs(at - x) < 24), x)
                overflow[near] = overflow.get(near, 0) + 1
                continue
            with self._thing(mark, self._about(mark), self._x(mark), linked=id(mark) not in alone):
                self._one(plan, mark, plan.middle + level * pitch)
        for x, count in overflow.items():
            words = f"+{count}"
            wide = width_of(words, 10.5) + 4
            left = x + 8 if x + 8 + wide < self.right else x - 8 - wide
            self.svg.rect("tl-sheet", left, plan.middle - 8, wide, 14.0, rx=2)
            self.svg.words("tl-ink", left + 2, plan.middle + 3, words, size=10.5)

    def _numbered_alone(self) -> set[int]:
        """Events that their badge already links to: one stop for the keyboard is enough."""
        return {id(self.shown_pins[badge.members[0]][1]) for badge in self.badges if len(badge.members) == 1}

    def _one(self, plan: _LanePlan, mark: Mark, y: float) -> None:
        svg, x = self.svg, self._x(mark)
        if mark.until and epoch(mark.until) > epoch(mark.at):
            right = self.scale.x(epoch(mark.until))
            svg.rect("tl-span", x, y - 2.5, max(right - x, 1.0), 5.0, rx=2.5)
        if mark.bounds:
            early, late = (self.scale.x(epoch(bound)) for bound in mark.bounds)
            svg.line("tl-vague", early, y, late, y)
        if not self.scale.shows(epoch(mark.at)):
            return
        radius = PIN if mark.pinned else MARK
        svg.shape(plan.lane.form, x, y, radius, hollow=mark.vague)
        if mark.pinned:
            svg.element("circle", "tl-pin", cx=x, cy=y, r=radius + 2.5)

    def _about(self, mark: Mark, n: int | None = None) -> str:
        lane = next((lane.name for lane in self.picture.lanes if lane.key == mark.lane), "")
        return " · ".join(
            filter(
                None,
                [
                    f"{n}" if n else "",
                    when_words(mark, self.zone),
                    clean(lane),
                    shorten(mark.label, 1500, 12),
                ],
            )
        )

    def _thing(
        self,
        thing: Mark | Message | Hypothesis | None,
        about: str,
        x: float,
        *,
        linked: bool = True,
    ):
        """A group with its words for hovering; a link when there is somewhere to go."""
        address = self.link(thing) if thing is not None and linked else None
        attributes: dict[str, object] = {"data_x": x}
        if thing is not None and thing.id != "":
            attributes["data_mark"] = clean(thing.id)
        if address:
            attributes["href"] = clean(address)
        group = self.svg.group("tl-mark", "a" if address else "g", **attributes)
        return _Titled(group, self.svg, about)

    # --- what customers were told --------------------------------------------------------------

    def _messages(self) -> None:
        if not self.picture.messages:
            return
        svg = self.svg
        top = self.messages_top
        middle = top + (33.0 if self.narrow else 18.0)
        svg.line("tl-rule", 0.0 if not self.narrow else self.left, top, self.right, top)
        with svg.group(f"tl-lane-{_lane(8)}"):
            x = self.left + 6 if self.narrow else 17.0
            y = top + 13 if self.narrow else middle + 4
            svg.shape("bubble", x, y - 4, 4.5)
            if self.narrow:
                self._plate(self.left, y, width_of("Told to customers", 12.5) + 18, 12.5)
                svg.shape("bubble", x, y - 4, 4.5)
            svg.words("tl-ink", x + 12, y, "Told to customers", size=12.5)
            ordered = sorted(self.messages, key=lambda message: epoch(message.at))
            xs = [self._x(message) for message in ordered]
            for place, message in enumerate(ordered):
                x = xs[place]
                about = f"{full_time(epoch(message.at), self.zone)} · Told to customers · {shorten(message.text, 1500, 12)}"
                room = (xs[place + 1] - 10 if place + 1 < len(xs) else self.right + 10) - x - 12
                with self._thing(message, about, x):
                    svg.shape("bubble", x, middle, 5.5)
                    if room > 44:
                        words = shorten(message.text, room, 11.5)
                        self._plate(x + 12, middle + 4, width_of(words, 11.5), 11.5)
                        self._say("tl-ink", x + 12, middle + 4, words, size=11.5)

    # --- hypotheses ----------------------------------------------------------------------------

    def _belief_words(self, belief: Hypothesis) -> str:
        became = {"struck": "ruled out", "held": "held true", "open": "still open"}[belief.outcome]
        return f" · {became}" + (f" {self._clock(epoch(belief.until))}" if belief.until else "")

    def _place_beliefs(self) -> list[int]:
        self.belief_texts = []
        spans = []
        for belief in self.beliefs:
            x1, x2 = self.scale.x(epoch(belief.since)), self.scale.x(self._belief_end(belief))
            became = self._belief_words(belief)
            text = shorten(belief.text, self.right - self.left - width_of(became, 11) - 8, 12)
            wide = width_of(text, 12) + width_of(became, 11)
            left = max(self.left, min(x1, self.right - wide))
            self.belief_texts.append((left, text, became))
            spans.append((min(x1, left), max(x2 + 10, left + wide)))
        return arrange.rows_for(spans, between=12)

    def _beliefs(self) -> None:
        if not self.beliefs:
            return
        svg = self.svg
        svg.line(
            "tl-rule", 0.0 if not self.narrow else self.left, self.beliefs_top, self.right, self.beliefs_top
        )
        top = self.beliefs_top + (18.0 if self.narrow else 2.0)
        self._gutter_label("What people believed", self.beliefs_top + (14 if self.narrow else 16))
        for belief, row, (left, text, became) in zip(
            self.beliefs, self.belief_rows, self.belief_texts, strict=True
        ):
            if row >= BELIEF_LIMIT:
                continue
            y = top + 30.0 * row
            x1, x2 = self.scale.x(epoch(belief.since)), self.scale.x(self._belief_end(belief))
            about = f"{full_time(epoch(belief.since), self.zone)} · Believed · {shorten(belief.text, 1500, 12)}{became}"
            with self._thing(belief, about, x1):
                self._plate(left, y + 14, width_of(text, 12) + width_of(became, 11), 12)
                inside = Svg()
                inside.element("tspan", "", escape(text))
                inside.element("tspan", "tl-muted", escape(became), font_size=11.0)
                svg.element("text", "tl-ink", inside.text(), x=left, y=y + 14, font_size=12.0)
                self._belief_line(belief, x1, x2, y + 22)
        if self.beliefs_hidden:
            more = f"and {self.beliefs_hidden} more in the list"
            svg.words("tl-muted", self.left, top + 30.0 * BELIEF_LIMIT + 12, more, size=11)

    def _belief_line(self, belief: Hypothesis, x1: float, x2: float, y: float) -> None:
        svg = self.svg
        if self.scale.shows(epoch(belief.since)):
            svg.line("tl-belief", x1, y - 3, x1, y + 3)
        svg.line("tl-belief", x1, y, max(x2 - 4, x1), y)
        if not self.scale.shows(self._belief_end(belief)):
            return
        if belief.outcome == "struck":
            svg.path("tl-belief", f"M{number(x2 - 4)} {number(y - 4)}l8 8m0 -8l-8 8")
        elif belief.outcome == "held":
            svg.path("tl-belief", f"M{number(x2 - 4)} {number(y)}l3 4l5 -8")
        else:
            svg.element("circle", "tl-belief-end", cx=min(x2, self.right), cy=y, r=3.5)

    # --- the axis ------------------------------------------------------------------------------

    def _grid(self) -> None:
        most = int((self.right - self.left) / (58 if self.narrow else 74))
        self.ticks = ticks(self.scale.start, self.scale.end, self.zone, most=most)
        for strong in (False, True):
            strokes = "".join(
                f"M{number(self.scale.x(tick.at))} {number(self.body_top)}V{number(self.axis_y)}"
                for tick in self.ticks
                if tick.strong is strong
            )
            if strokes:
                self.svg.path("tl-grid-strong" if strong else "tl-grid", strokes)

    def _axis(self) -> None:
        svg, y = self.svg, self.axis_y
        svg.line("tl-axis", self.left, y, self.right, y)
        taken = float("-inf")
        for tick in self.ticks:
            x = self.scale.x(tick.at)
            svg.line("tl-axis", x, y, x, y + (8 if tick.strong else 5))
            wide = width_of(tick.label, 11.5)
            centre = min(max(x, wide / 2 + 2), self.width - wide / 2 - 2)
            if centre - wide / 2 > taken + 4:
                svg.words("tl-ink tl-tick", centre, y + 19, tick.label, size=11.5, anchor="middle")
                taken = centre + wide / 2
        self._contexts()
        for row, line in enumerate(self.zone_lines):
            svg.words("tl-muted", self.left, y + 50 + 15.0 * row, line, size=11)
        self._stretches()

    def _contexts(self) -> None:
        """The day, month or year under the first tick and wherever the next one begins."""
        if not self.ticks:
            return
        first = context_at(self.scale.start, self.ticks[0], self.zone)
        marks = [(self.left, first)]
        for tick in self.ticks:
            if tick.context != marks[-1][1]:
                marks.append((self.scale.x(tick.at), tick.context))
        for place, (x, words) in enumerate(marks):
            room = (marks[place + 1][0] if place + 1 < len(marks) else self.width - 2) - x - 8
            if words and width_of(words, 11, bold=True) <= room:
                self.svg.words("tl-strong", x, self.axis_y + 34, words, size=11)
            elif words and place + 1 == len(marks):
                wide = width_of(words, 11, bold=True)
                before = marks[place - 1][0] if place else 0.0
                if not place or x - wide > before:
                    self.svg.words(
                        "tl-strong", self.width - 4.0, self.axis_y + 34, words, size=11, anchor="end"
                    )

    def _stretches(self) -> None:
        """Zooming without script: each stretch between two ticks leads to a view of that stretch."""
        if not self.zoom:
            return
        edges = [self.scale.start, *(tick.at for tick in self.ticks), self.scale.end]
        for since, until in zip(edges, edges[1:], strict=False):
            left, right = self.scale.x(since), self.scale.x(until)
            if right - left < 16:
                continue
            address = self.zoom(local(since, UTC), local(until, UTC))
            if not address:
                continue
            with self.svg.group("tl-stretch", "a", href=clean(address)):
                self.svg.title(f"Look closer: {full_time(since, self.zone)} to {full_time(until, self.zone)}")
                self.svg.rect("tl-hit", left, self.axis_y, right - left, 24.0)

    # --- the key to the pins -------------------------------------------------------------------

    def _key_height(self) -> float:
        self.key_rows: list[tuple[int, Mark, str, list[str]]] = []
        if not (self.with_key and self.shown_pins):
            return 0.0
        self.columns = 1 if self.width < 760 else 2
        self.column = (self.width - 24.0) / self.columns
        times = [clock(epoch(mark.at), self.zone, seconds=True, day=self.days) for _, mark in self.shown_pins]
        self.key_text_x = 30 + max(width_of(time, 11.5) for time in times[:KEY_LIMIT]) + 10
        for (n, mark), time in list(zip(self.shown_pins, times, strict=True))[:KEY_LIMIT]:
            lines = wrapped(mark.label, self.column - self.key_text_x - 14, 12, lines=2)
            self.key_rows.append((n, mark, time, lines))
        heights = [self._row_height(row) for row in self.key_rows]
        half = sum(heights) / self.columns
        self.key_split, first = len(heights), 0.0
        if self.columns == 2:
            for place, height in enumerate(heights):
                if first >= half - 0.1:
                    self.key_split = place
                    break
                first += height
        tallest = max(sum(heights[: self.key_split]), sum(heights[self.key_split :]))
        self.key_more = len(self.shown_pins) - len(self.key_rows)
        return tallest + 22.0 + (18.0 if self.key_more else 0.0)

    def _row_height(self, row: tuple[int, Mark, str, list[str]]) -> float:
        return 10.0 + 16.0 * max(len(row[3]), 1)

    def _key(self) -> None:
        if not self.key_rows:
            return
        svg = self.svg
        svg.line("tl-rule", 12.0, self.key_top, self.width - 12.0, self.key_top)
        colours = {plan.lane.key: plan.lane.colour for plan in self.lanes}
        y, left, lowest = self.key_top + 10.0, 12.0, 0.0
        for place, row in enumerate(self.key_rows):
            if place == self.key_split:
                y, left = self.key_top + 10.0, 12.0 + self.column
            n, mark, time, lines = row
            wide = max(18.0, width_of(str(n), 10.5, bold=True) + 9)
            with svg.group(f"tl-lane-{_lane(colours.get(mark.lane, 8))}"):
                self._badge(left + wide / 2, y + 9, wide, str(n))
            svg.words("tl-muted tl-tick", left + 30, y + 13, time, size=11.5)
            for number_of, line in enumerate(lines):
                self._say("tl-ink", left + self.key_text_x, y + 13 + 16.0 * number_of, line, size=12)
            y += self._row_height(row)
            lowest = max(lowest, y)
        if self.key_more:
            svg.words("tl-muted", 12.0, lowest + 12, f"and {self.key_more:,} more in the list", size=11.5)

    # --- words ---------------------------------------------------------------------------------

    def _plate(self, left: float, baseline: float, wide: float, size: float) -> None:
        """A veil of ground under words, so that lines that run down behind them do not cut them."""
        self.svg.rect("tl-sheet", left - 2, baseline - size + 0.5, wide + 4, size + 3, rx=2, opacity=0.85)

    def _gutter_label(self, words: str, y: float) -> None:
        x = self.left if self.narrow else 12.0
        if self.narrow:
            self._plate(x, y, width_of(words, 11.5), 11.5)
        self.svg.words("tl-muted", x, y, words, size=11.5)

    def _say(self, look: str, x: float, y: float, text: str, *, size: float, anchor: str = "start") -> None:
        """What people wrote: it may run from right to left, and still hangs where it is put."""
        self.svg.words(look, x, y, text, size=size, anchor=anchor, right_to_left=runs_right_to_left(text))


class _Titled:
    """A group whose first child is its title."""

    def __init__(self, group, svg: Svg, title: str) -> None:
        self.group, self.svg, self.title = group, svg, title

    def __enter__(self) -> None:
        self.group.__enter__()
        self.svg.title(self.title)

    def __exit__(self, *error: object) -> None:
        self.group.__exit__(*error)


def when_words(mark: Mark, zone: tzinfo) -> str:
    at = epoch(mark.at)
    words = full_time(at, zone)
    if mark.bounds:
        early, late = map(epoch, mark.bounds)
        words = f"about {words} (between {full_time(early, zone)} and {full_time(late, zone)})"
    elif mark.vague:
        words = f"about {words}" if mark.certainty == "approximate" else f"{words} ({mark.certainty})"
    if mark.until and epoch(mark.until) > at:
        words += f", for {in_words(epoch(mark.until) - at)}"
    return clean(words)


def describe(picture: Picture, zone: tzinfo) -> str:
    """What the picture shows, for somebody who does not see it; the table behind it holds the rest."""
    if picture.window is None:
        return "There is no evidence yet."
    start, end = picture.window
    events = len(picture.marks) + sum(count for lane in picture.lanes for _, count in lane.bins)
    words = [
        f"{counted(events, 'event', 'events')} from {counted(len(picture.lanes), 'source', 'sources')},"
        f" between {full_time(start, zone)} and {full_time(end, zone)}."
    ]
    for moment in picture.moments:
        words.append(f"{clean(moment.name)} {full_time(epoch(moment.at), zone)}.")
    if picture.gaps:
        longest = max(epoch(gap.end) - epoch(gap.start) for gap in picture.gaps)
        words.append(
            f"{counted(len(picture.gaps), 'stretch', 'stretches')} without evidence, the longest {in_words(longest)}."
        )
    words.append(zone_sentence(start, end, zone) + ".")
    return " ".join(words)


# --- the curve's arithmetic --------------------------------------------------------------------

Point = tuple[float, float]


def _pieces(series: Series, scale: Scale) -> list[list[Point]]:
    """Unbroken runs of (x, value) inside the view, cut at its edges."""
    pieces: list[list[Point]] = []
    before: Point | None = None
    for at, value in sorted(((epoch(at), value) for at, value in series.points), key=lambda point: point[0]):
        if value is None or not isfinite(value) or abs(value) > 1e150:
            before = None
            continue
        if before is None:
            pieces.append([])
        elif (clipped := _clip(before, (at, value), scale)) and not scale.shows(before[0]):
            pieces[-1].append(clipped[0])
        if scale.shows(at):
            pieces[-1].append((at, value))
        elif before is not None and (clipped := _clip(before, (at, value), scale)):
            pieces[-1].append(clipped[1])
        before = (at, value)
    return [[(scale.x(at), value) for at, value in piece] for piece in pieces if piece]


def _clip(one: Point, other: Point, scale: Scale) -> tuple[Point, Point] | None:
    (t1, v1), (t2, v2) = one, other
    low, high = max(t1, scale.start), min(t2, scale.end)
    if low > high or t2 <= t1:
        return None

    def at(t: float) -> Point:
        return t, v1 + (v2 - v1) * (t - t1) / (t2 - t1)

    return at(low), at(high)


def _worse(piece: list[Point], goal: float, higher_is_better: bool) -> list[list[Point]]:
    """The runs of a piece on the wrong side of the objective, with the points at which it is crossed."""
    runs: list[list[Point]] = []

    def bad(value: float) -> bool:
        return value < goal if higher_is_better else value > goal

    inside: list[Point] = []
    for place, (x, value) in enumerate(piece):
        if place:
            x0, v0 = piece[place - 1]
            if bad(v0) != bad(value):
                crossing = (x0 + (x - x0) * (goal - v0) / (value - v0), goal)
                inside.append(crossing)
                if bad(v0):
                    runs.append(inside)
                    inside = []
        if bad(value):
            inside.append((x, value))
    if inside:
        runs.append(inside)
    return [run for run in runs if len(run) > 1]


def _thinned(piece: list[Point]) -> list[Point]:
    """At most four points a pixel – first, lowest, highest, last – so that no dip is lost."""
    columns: dict[int, list[Point]] = {}
    for point in piece:
        columns.setdefault(int(point[0]), []).append(point)
    found: list[Point] = []
    for points in columns.values():
        if len(points) <= 4:
            found += points
        else:
            kept = {0, len(points) - 1}
            kept.add(min(range(len(points)), key=lambda i: points[i][1]))
            kept.add(max(range(len(points)), key=lambda i: points[i][1]))
            found += [points[i] for i in sorted(kept)]
    return found


# --- small change ------------------------------------------------------------------------------


def _lane(colour: int) -> int:
    return (colour - 1) % 8 + 1


def _round_size(seconds: float) -> float:
    return next((float(step) for step in BIN_STEPS if step >= seconds), seconds)


def _run_lengths(counts: tuple[int, ...]) -> str:
    """Counts for the hover words; a run of empty columns is written 0x12."""
    written: list[str] = []
    empty = 0
    for count in (*counts, -1):
        if count == 0:
            empty += 1
            continue
        if empty:
            written.append("0" if empty == 1 else f"0x{empty}")
            empty = 0
        if count > 0:
            written.append(str(count))
    return " ".join(written)
