"""Where things go so that they do not stand on one another. Numbers in, numbers out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from timelines.picture.scale import BAR, Scale

ROWS_APART, ROWS_CLOSE = 3, 7
FEW = 60  # so many marks of a lane are drawn one by one, however closely they come
CHOICES_LOOKED_AT = 20_000


# --- names of vertical lines -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A name beside its line: in which row, and on which side of the line its text stands."""

    row: int
    left: float
    right: float
    after: bool  # the text begins at the line; otherwise it ends there


def name_lines(
    xs: Sequence[float], widths: Sequence[float], *, low: float, high: float
) -> list[Named] | None:
    """Rows for the names of lines at `xs` (ascending), so that no two names touch and no line cuts a name.

    A line runs down from its own row. The fewest rows that will do; None when names are too long for any.
    """
    looked_at = 0

    def sides(index: int) -> list[tuple[float, float, bool]]:
        x, width = xs[index], widths[index]
        after, before = (x + 4, x + 4 + width, True), (x - 4 - width, x - 4, False)
        return [side for side in (after, before) if side[0] >= low and side[1] <= high]

    def place(index: int, rows: int, placed: list[Named]) -> list[Named] | None:
        nonlocal looked_at
        if index == len(xs):
            return placed
        for row in range(rows):
            for left, right, after in sides(index):
                looked_at += 1
                if looked_at > CHOICES_LOOKED_AT:
                    return None
                one = Named(row, left, right, after)
                if all(_apart(one, xs[index], other, xs[at]) for at, other in enumerate(placed)) and (
                    found := place(index + 1, rows, [*placed, one])
                ):
                    return found
        return None

    for rows in range(1, len(xs) + 1):
        if (found := place(0, rows, [])) is not None:
            return found
    return None


def one_below_the_other(
    xs: Sequence[float], widths: Sequence[float], *, low: float, high: float
) -> list[Named]:
    """The last resort: every name in a row of its own, inside the frame."""
    lefts = [max(low, min(x + 4, high - width)) for x, width in zip(xs, widths, strict=True)]
    return [
        Named(row, left, left + width, True)
        for row, (left, width) in enumerate(zip(lefts, widths, strict=True))
    ]


def _apart(one: Named, x_one: float, other: Named, x_other: float) -> bool:
    if one.row == other.row and one.left < other.right + 8 and other.left < one.right + 8:
        return False
    if abs(x_one - x_other) < 1 and one.after is not other.after:
        return False  # names of one instant read as a list
    crossed = one.row <= other.row and other.left - 2 < x_one < other.right + 2
    crosses = other.row <= one.row and one.left - 2 < x_other < one.right + 2
    return not crossed and not crosses


# --- spans in as few rows as possible ----------------------------------------------------------


def rows_for(spans: Sequence[tuple[float, float]], *, between: float = 4) -> list[int]:
    """The first free row of each span, taken in the order given."""
    taken: list[list[tuple[float, float]]] = []
    rows = []
    for left, right in spans:
        free = (
            row
            for row, others in enumerate(taken)
            if all(right + between <= begins or left >= ends + between for begins, ends in others)
        )
        row = next(free, len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append((left, right))
        rows.append(row)
    return rows


# --- marks of one lane -------------------------------------------------------------------------


def stack(extents: Sequence[tuple[float, float]], *, size: float) -> tuple[list[int | None], int] | None:
    """A level for each mark, 0 in the middle, then 1, −1, 2 …; None for what overflows. Second: levels in use.

    `extents` are pixels from–to in time order; a mark takes at least `size`. The whole answer is None when
    the lane is too full for marks one by one and density tells more.
    """
    for levels, whole in ((ROWS_APART, True), (ROWS_CLOSE, True), (ROWS_CLOSE, False)):
        placed = _levels(extents, levels, size, whole=whole)
        if None not in placed:
            return placed, levels
        if len(extents) > FEW:
            return None
    return placed, ROWS_CLOSE


def _levels(
    extents: Sequence[tuple[float, float]], levels: int, size: float, *, whole: bool
) -> list[int | None]:
    order = [0]
    for away in range(1, levels // 2 + 1):
        order += [away, -away]
    free = dict.fromkeys(order, float("-inf"))
    placed: list[int | None] = []
    for left, right in extents:
        level = next((level for level in order if free[level] <= left), None)
        if level is not None:
            free[level] = max(left + size, right + 4 if whole else 0)
        placed.append(level)
    return placed


# --- density -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Density:
    """Counts per column: the first begins at epoch `first`, each lasts `seconds`."""

    first: float
    seconds: float
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def peak(self) -> int:
        return max(self.counts, default=0)

    @property
    def peak_at(self) -> float:
        return self.first + self.counts.index(self.peak) * self.seconds


def density(pairs: Sequence[tuple[float, int]], size: float, scale: Scale) -> Density:
    """Counts by column of at least `BAR` pixels; a column is a whole number of the given bins.

    So the picture has the same size whether there are a thousand events or a hundred million.
    """
    size = max(size, 0.001)
    together = max(1, ceil(BAR / (size * scale.pixels_per_second) - 1e-9))
    seconds = size * together
    first, last = floor(scale.start / seconds), floor(scale.end / seconds)
    counted: Counter[int] = Counter()
    for begins, count in pairs:
        column = floor(begins / seconds + 1e-9)
        if count > 0 and first <= column <= last:
            counted[column] += count
    return Density(first * seconds, seconds, tuple(counted[column] for column in range(first, last + 1)))


def run_lengths(counts: Sequence[int]) -> str:
    """Counts as text, a run of empty columns written 0x12: most lanes are silent most of the time."""
    written: list[str] = []
    empty = 0
    for count in (*counts, None):
        if count == 0:
            empty += 1
            continue
        if empty:
            written.append("0" if empty == 1 else f"0x{empty}")
            empty = 0
        if count is not None:
            written.append(str(count))
    return " ".join(written)


# --- numbered badges on one line ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Badge:
    """One number, or the first and last of neighbours that share a place."""

    centre: float
    width: float
    members: tuple[int, ...]  # positions in the list that was given


def badges(
    xs: Sequence[float],
    widths: Sequence[float],
    *,
    low: float,
    high: float,
    shared: float,
    between: float = 3,
) -> list[Badge]:
    """Badges as near to `xs` (ascending) as their widths allow, in order, within `low`…`high`.

    More than the line can carry become badges of `shared` width for neighbours.
    """
    groups = [(i,) for i in range(len(xs))]
    room = high - low
    if sum(widths) + between * len(xs) > room:
        groups = _neighbours(xs, max(1, int(room / (shared + between))), low, high)
    wide = [widths[group[0]] if len(group) == 1 else shared for group in groups]
    wanted = [sum(xs[i] for i in group) / len(group) for group in groups]
    centres = _spread(wanted, wide, low, high, between)
    return [Badge(*each) for each in zip(centres, wide, groups, strict=True)]


def _neighbours(xs: Sequence[float], most: int, low: float, high: float) -> list[tuple[int, ...]]:
    reach = (high - low) / most
    buckets: dict[int, list[int]] = {}
    for i, x in enumerate(xs):
        buckets.setdefault(min(most - 1, int((x - low) / reach)), []).append(i)
    return [tuple(buckets[key]) for key in sorted(buckets)]


def _spread(wanted: list[float], wide: list[float], low: float, high: float, between: float) -> list[float]:
    """Least-squares placement in order: blocks that touch are merged and stand at their common mean."""
    blocks: list[tuple[float, list[int]]] = []  # left edge, members

    def left_edge(members: list[int]) -> float:
        offset, total = 0.0, 0.0
        for i in members:
            total += wanted[i] - (offset + wide[i] / 2)
            offset += wide[i] + between
        length = offset - between
        return max(low, min(total / len(members), high - length))

    for i in range(len(wanted)):
        members = [i]
        left = left_edge(members)
        while blocks:
            before_left, before = blocks[-1]
            before_right = before_left + sum(wide[j] + between for j in before)
            if before_right <= left:
                break
            blocks.pop()
            members = before + members
            left = left_edge(members)
        blocks.append((left, members))
    centres = []
    for left, members in blocks:
        for i in members:
            centres.append(left + wide[i] / 2)
            left += wide[i] + between
    return centres
