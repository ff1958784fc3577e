"""Counts as tables whose cells are dots of a size, each with the way to the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

SIZES = 6


@dataclass(frozen=True)
class Cell:
    n: int
    size: int  # 0 to SIZES; the area of the dot follows the count
    query: str


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]
    total: int
    query: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    heads: list[str]
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)


def table(
    found: Iterable[Mapping], *, line: str, column: str, columns: Sequence[tuple[str, str]], lines: Sequence[tuple[str, str]],
    notes: Mapping[str, str] | None = None, asked: Mapping[str, str] | None = None,
) -> Table:  # fmt: skip
    """Rows with `line`, `column` and `n`, as a table of these (key, name) columns and lines; `asked` joins each query."""
    counts: dict[tuple[str, str], int] = {}
    for row in found:
        key = str(row[line]), str(row[column])
        counts[key] = counts.get(key, 0) + row["n"]
    most = max(counts.values(), default=1)
    more = dict(asked or {})
    made = []
    for key, name in lines:
        cells = [
            Cell(
                n := counts.get((key, other), 0),
                size_of(n, most),
                urlencode({line: key, column: other, **more}),
            )
            for other, _ in columns
        ]
        made.append(
            Line(
                name,
                cells,
                sum(cell.n for cell in cells),
                urlencode({line: key, **more}),
                (notes or {}).get(key, ""),
            )
        )
    return Table([name for _, name in columns], made)


def size_of(n: int, most: int) -> int:
    """The radius goes with the square root, so that the area goes with the count; what is there is seen."""
    return 0 if not n else max(1, round(SIZES * (n / most) ** 0.5))
