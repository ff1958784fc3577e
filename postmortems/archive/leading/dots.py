"""A distribution as dots: one for each value, or forty that stand for the same share each. Never a lone average.

`draw` gives SVG with a title and a description; what it shows is said in words by `said`. Its colours are those of paper:
the page's style sheet has others, which a printed document does not apply to what is inside a drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, SIDE, RADIUS, FOOT, HEAD = 640, 14, 5, 34, 16
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Spread:
    """Values or quantiles in order, of `n` values in all; and the first decile, the median and the last decile."""

    n: int
    dots: Sequence[float]
    marks: Sequence[float]
    unit: str = "days"

    @property
    def each(self) -> str:
        if self.n <= len(self.dots):
            return "Each dot is one."
        return f"Each dot stands for {100 / len(self.dots):g} in a hundred."

    @property
    def shown(self) -> list[str]:
        """The marks as they are written."""
        return [_short(mark) for mark in self.marks]

    @property
    def said(self) -> str:
        if not self.n:
            return "Nothing to show yet."
        first, middle, last = self.shown
        if self.n == 1:
            return f"One: {_short(self.dots[0])} {self.unit}."
        if self.n < 5:
            return f"{self.n} in all, from {_short(self.dots[0])} to {_short(self.dots[-1])} {self.unit}."
        return f"{self.n:,} in all: one in ten up to {first} {self.unit}, half up to {middle}, nine in ten up to {last}."


def draw(spread: Spread, *, title: str, limit: float | None = None, up_to: float = 0) -> SafeString:
    """The picture; nothing without values. `limit` draws a line where a policy does; pictures that are compared say
    up to where all of them go, and have one axis."""
    if not spread.n:
        return SafeString("")
    end = _end(max(*spread.dots, limit or 0, up_to, 1))
    columns = _stacked([_x(value, end) for value in spread.dots])
    height = HEAD + FOOT + 2 * RADIUS * max(len(column) for column in columns.values())
    ground = height - FOOT
    dots = format_html_join(
        "", '<circle cx="{}" cy="{}" r="{}"/>',
        ((x, ground - RADIUS - 2 * RADIUS * level, RADIUS - 0.5) for x, column in columns.items() for level in range(len(column))),
    )  # fmt: skip
    return format_html(
        '<svg class="dots" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="{key}-t {key}-d">'
        '<title id="{key}-t">{title}. {said}</title><desc id="{key}-d">{each}</desc>'
        '<line class="ground" x1="{side}" x2="{right}" y1="{y}" y2="{y}" stroke="#8d8473"/>{ticks}{limit}<g class="each" fill="#1d4f76">{dots}</g>{marks}</svg>',
        w=WIDTH, h=height, key=_key(title), title=title, said=spread.said, each=spread.each, side=SIDE, right=WIDTH - SIDE, y=ground,
        ticks=_ticks(end, ground, spread.unit), limit=_limit(limit, end, ground), dots=dots, marks=_marks(spread, end, ground),
    )  # fmt: skip


def _key(title: str) -> str:
    return "dots-" + "".join(c if c.isalnum() else "-" for c in title.lower())


def _x(value: float, end: float) -> int:
    return round(SIDE + (WIDTH - 2 * SIDE) * max(0.0, value) / end)


def _stacked(places: Sequence[int]) -> dict[int, list[int]]:
    """Dots that would lie on one another stand on one another, in the middle of their column."""
    columns: dict[int, list[int]] = {}
    for x in places:
        slot = SIDE + (x - SIDE) // (2 * RADIUS) * 2 * RADIUS + RADIUS
        columns.setdefault(min(slot, WIDTH - SIDE), []).append(x)
    return columns


def _end(largest: float) -> float:
    """The end of the axis: a round number not below the largest value."""
    size = 1.0
    while True:
        for step in (1, 1.5, 2, 3, 4, 5, 6, 8):
            if step * size >= largest:
                return step * size
        size *= 10


def _ticks(end: float, ground: int, unit: str) -> SafeString:
    step = next(s * 10**power for power in range(12) for s in STEPS if end / (s * 10**power) <= 8)
    at = [n * step for n in range(int(end / step) + 1)]
    return format_html_join(
        "", '<text class="tick{}" font-size="12" fill="#57524a" x="{}" y="{}" text-anchor="{}">{}{}</text>',
        (
            (" between" if number % 2 else "", _x(value, end), ground + 27, "start" if value == 0 else "end" if _x(value, end) > WIDTH - 3 * SIDE else "middle", f"{value:g}", "" if value else f" {unit}")
            for number, value in enumerate(at)
        ),
    )  # fmt: skip


def _limit(limit: float | None, end: float, ground: int) -> SafeString:
    if limit is None:
        return SafeString("")
    return format_html(
        '<line class="limit" stroke="#8a4b00" x1="{x}" x2="{x}" y1="2" y2="{y}"/>', x=_x(limit, end), y=ground
    )


def _marks(spread: Spread, end: float, ground: int) -> SafeString:
    """Under the line: a bar from the first decile to the last, and the median on it."""
    if spread.n < 5:
        return SafeString("")
    first, middle, last = (_x(mark, end) for mark in spread.marks)
    return format_html(
        '<line class="spread" stroke="#57524a" stroke-width="2" x1="{}" x2="{}" y1="{y}" y2="{y}"/><line class="median" stroke="#1c1a17" stroke-width="3" x1="{m}" x2="{m}" y1="{}" y2="{}"/>',
        first, last, ground + 3, ground + 13, m=middle, y=ground + 8,
    )  # fmt: skip


def _short(value: float) -> str:
    return f"{value:,.1f}".rstrip("0").rstrip(".") if value < 10 else f"{value:,.0f}"
