"""The service-level curve: the indicator, its objective as a line, and what fell short of it filled."""

from __future__ import annotations

from math import floor, isfinite, log10

from timelines.picture.contents import Series, epoch
from timelines.picture.frame import GUTTER, Frame
from timelines.picture.scale import Scale
from timelines.picture.svg import polyline
from timelines.picture.words import clean, shorten, width_of, wrapped

Point = tuple[float, float]

BEYOND_REASON = 1e150  # larger figures could not be subtracted from each other


class Curve:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        self.series = frame.picture.series
        self.high = top + (22.0 if frame.narrow else 8.0)
        self.low = top + (92.0 if frame.narrow else 80.0)
        self.bottom = top + (100.0 if frame.narrow else 88.0) if self.series else top

    def draw(self) -> None:
        if self.series is None:
            return
        frame, svg, series = self.frame, self.frame.svg, self.series
        pieces = pieces_of(series, frame.scale)
        goal = series.objective
        if goal is not None and not (isfinite(goal) and abs(goal) < BEYOND_REASON):
            goal = None
        values = [value for piece in pieces for _, value in piece] + ([goal] if goal is not None else [])
        self._label(series)
        svg.line("tl-rule", frame.left, self.low + 4, frame.right, self.low + 4)
        if not values:
            middle = (self.high + self.low) / 2
            svg.words("tl-muted", frame.left + 8, middle + 4, "no measurements here", size=11.5)
            return
        self.least, self.most = min(values), max(values)
        if self.most == self.least:
            spare = abs(self.most) * 0.1 or 1.0
            self.least, self.most = self.least - spare, self.most + spare
        self._figures()
        if goal is not None:
            for piece in pieces:
                for run in worse_than(piece, goal, higher_is_better=series.higher_is_better):
                    self._path("tl-spent", [(run[0][0], goal), *run, (run[-1][0], goal)], closed="Z")
        for piece in pieces:
            if len(piece) == 1:
                svg.element("circle", "tl-dot", cx=piece[0][0], cy=self._y(piece[0][1]), r=2.0)
            else:
                self._path("tl-curve", thinned(piece))
        if goal is not None:
            self._objective(goal)

    def _y(self, value: float) -> float:
        return self.low - (value - self.least) / (self.most - self.least) * (self.low - self.high)

    def _path(self, look: str, points: list[Point], *, closed: str = "") -> None:
        self.frame.svg.path(look, polyline([(x, self._y(value)) for x, value in points]) + closed)

    def _unit(self) -> str:
        unit = clean(self.series.unit) if self.series else ""
        return f" {unit}" if unit else ""

    def _objective(self, goal: float) -> None:
        frame, y = self.frame, self._y(goal)
        frame.svg.line("tl-objective", frame.left, y, frame.right, y)
        words = shorten(f"objective {goal:.6g}{self._unit()}", frame.right - frame.left - 8, 11)
        baseline = y + 13 if y + 14 < self.low else y - 4
        wide = width_of(words, 11)
        frame.plate(frame.right - 4 - wide, baseline, wide, 11)
        frame.svg.words("tl-ink", frame.right - 4, baseline, words, size=11, anchor="end")

    def _figures(self) -> None:
        """The lowest and the highest value, with as many places as their distance asks for."""
        frame = self.frame
        places = min(6, max(0, 2 - floor(log10(self.most - self.least))))
        for value in (self.least, self.most):
            written = f"{value:.{places}f}" if abs(value) < 1e7 else f"{value:.3g}"
            words = shorten(f"{written}{self._unit()}", 70, 10.5)
            if frame.narrow:
                baseline = self._y(value) + (10 if value == self.most else -3)
                frame.plate(frame.left, baseline, width_of(words, 10.5), 10.5)
                frame.svg.words("tl-muted", frame.left + 2, baseline, words, size=10.5)
            else:
                baseline = self._y(value) + (9 if value == self.most else 0)
                frame.svg.words("tl-muted", frame.left - 6, baseline, words, size=10.5, anchor="end")

    def _label(self, series: Series) -> None:
        frame = self.frame
        if frame.narrow:
            y = self.top + 13
            name = shorten(series.name, frame.right - frame.left, 12, bold=True)
            frame.plate(frame.left, y, width_of(name, 12, bold=True), 12)
            frame.say("tl-strong", frame.left, y, name, size=12)
            room = frame.right - frame.left - width_of(name, 12, bold=True) - 8
            spent = shorten(series.spent, room, 11)
            frame.plate(frame.right - width_of(spent, 11), y, width_of(spent, 11), 11)
            frame.say("tl-muted", frame.right, y, spent, size=11, anchor="end")
            return
        y = self.high + 12
        for line in wrapped(series.name, (GUTTER - 70) / 1.13, 12, lines=2):
            frame.say("tl-strong", 12.0, y, line, size=12)
            y += 15
        for line in wrapped(series.spent, GUTTER - 70, 11, lines=3):
            frame.say("tl-muted", 12.0, y, line, size=11)
            y += 14


def pieces_of(series: Series, scale: Scale) -> list[list[Point]]:
    """Unbroken runs of (x, value) inside the view, cut at its edges."""
    pieces: list[list[Point]] = []
    before: Point | None = None
    for at, value in sorted(((epoch(at), value) for at, value in series.points), key=lambda point: point[0]):
        if value is None or not isfinite(value) or abs(value) > BEYOND_REASON:
            before = None
            continue
        cut = _cut(before, (at, value), scale) if before else None
        if before is None:
            pieces.append([])
        elif cut and not scale.shows(before[0]):
            pieces[-1].append(cut[0])
        if scale.shows(at):
            pieces[-1].append((at, value))
        elif cut:
            pieces[-1].append(cut[1])
        before = (at, value)
    return [[(scale.x(at), value) for at, value in piece] for piece in pieces if piece]


def _cut(one: Point, other: Point, scale: Scale) -> tuple[Point, Point] | None:
    """The part of a stroke that lies inside the view."""
    (t1, v1), (t2, v2) = one, other
    begin, end = max(t1, scale.start), min(t2, scale.end)
    if begin > end or t2 <= t1:
        return None

    def at(t: float) -> Point:
        return t, v1 + (v2 - v1) * (t - t1) / (t2 - t1)

    return at(begin), at(end)


def worse_than(piece: list[Point], goal: float, *, higher_is_better: bool) -> list[list[Point]]:
    """The runs of a piece on the wrong side of the objective, with the points at which it is crossed."""
    runs: list[list[Point]] = []
    inside: list[Point] = []

    def bad(value: float) -> bool:
        return value < goal if higher_is_better else value > goal

    for (x0, v0), (x, value) in zip([piece[0], *piece], piece, strict=False):
        if bad(v0) != bad(value):
            inside.append((x0 + (x - x0) * (goal - v0) / (value - v0), goal))
            if bad(v0):
                runs.append(inside)
                inside = []
        if bad(value):
            inside.append((x, value))
    return [run for run in [*runs, inside] if len(run) > 1]


def thinned(piece: list[Point]) -> list[Point]:
    """At most four points a pixel – first, lowest, highest, last – so that no dip is lost."""
    columns: dict[int, list[Point]] = {}
    for point in piece:
        columns.setdefault(int(point[0]), []).append(point)
    found: list[Point] = []
    for points in columns.values():
        places = range(len(points))
        lowest = min(places, key=lambda place: points[place][1])
        highest = max(places, key=lambda place: points[place][1])
        found += [points[place] for place in sorted({0, lowest, highest, len(points) - 1})]
    return found
