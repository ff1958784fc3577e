"""Reading a service level indicator: Prometheus answers to `query_range`, and tables with a time and values.

Prometheus: `data.result[]` of the matrix (or vector) kind, each with `metric` labels and `values` of
[seconds, "text"]; NaN and ±Inf are moments without a value. Tables: the first column is the time, each other
column a series named by its heading. Source of the first: Prometheus documentation, HTTP API.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, any_time, decode, parse
from timelines.reading import Unreadable

LARGEST = 16 * 1024 * 1024  # bytes
MOST_SERIES = 200
MOST_POINTS = 100_000  # of one series: a week by six seconds


@dataclass
class Line:
    """One series: instants in UTC in order, and a value or None for each."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    points: list[tuple[datetime, float | None]] = field(default_factory=list)

    @property
    def step(self) -> timedelta:
        """The usual distance of two samples."""
        apart = [
            (later - earlier).total_seconds()
            for (earlier, _), (later, _) in zip(self.points, self.points[1:], strict=False)
        ]
        return timedelta(seconds=median(apart) if apart else 60)


def read(raw: bytes, name: str, zone: ZoneInfo | None = None) -> list[Line]:
    """The series of one file. Raises Unreadable with what is wrong and what to do."""
    if len(raw) > LARGEST:
        raise Unreadable(
            f"{name} is larger than {LARGEST // 2**20} MB. Ask for a longer step or fewer series."
        )
    lines = (
        _prometheus(parse(raw, name), name) if raw.lstrip()[:1] in (b"{", b"[") else _table(raw, name, zone)
    )
    found = [line for line in map(_in_order, lines) if line.points]
    if not found:
        raise Unreadable(f"{name} holds no measurements.")
    if len(found) > MOST_SERIES:
        raise Unreadable(
            f"{name} holds {len(found):,} series; at most {MOST_SERIES} are read. Narrow the query."
        )
    return found


def _prometheus(document: Any, name: str) -> Iterable[Line]:
    if isinstance(document, dict) and document.get("status") == "error":
        raise Unreadable(f"Prometheus answered with an error: {str(document.get('error'))[:200]}.")
    data = document.get("data", document) if isinstance(document, dict) else document
    result = data.get("result") if isinstance(data, dict) else data
    if not isinstance(result, list):
        raise Unreadable(f"{name} is JSON, but no answer of Prometheus: it has no data.result.")
    for one in result:
        if isinstance(one, dict):
            labels = {str(key): str(value) for key, value in (one.get("metric") or {}).items()}
            values = one.get("values") or ([one["value"]] if one.get("value") else [])
            yield Line(_called(labels), labels, [point for point in map(_sample, values) if point])


def _called(labels: dict[str, str]) -> str:
    rest = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    named = labels.get("__name__", "")
    return (f"{named}{{{rest}}}" if named and rest else named or rest or "value")[:120]


def _sample(pair: Any) -> tuple[datetime, float | None] | None:
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    try:
        return any_time(pair[0]).at, _number(pair[1])
    except BadTime:
        return None


def _number(written: Any) -> float | None:
    """A finite number, with a point or a comma, with or without a percent sign; None for anything else."""
    text = str(written).strip()
    percent = text.endswith("%")
    try:
        value = float(text.rstrip("% ").replace(",", "."))
    except ValueError:
        return None
    return (value / 100 if percent else value) if isfinite(value) else None


def _table(raw: bytes, name: str, zone: ZoneInfo | None) -> list[Line]:
    text = decode(raw)
    head = text[:4096]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        heading = next(rows, [])
        if len(heading) < 2:
            raise Unreadable(
                f"{name} is neither JSON of Prometheus nor a table with a time and a value column."
            )
        lines = [Line(title.strip()[:120] or f"column {n}") for n, title in enumerate(heading[1:], 2)]
        bad = 0
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            try:
                at = any_time(row[0].strip(), zone).at
            except BadTime as trouble:
                bad += 1
                if bad > 20 or "no zone" in str(trouble):
                    raise Unreadable(
                        f"{name}, line {rows.line_num}: {trouble} Times look like 2026-03-10T18:02:00Z or seconds since "
                        "1970; where they state no zone, say it."
                    ) from trouble
                continue
            for line, cell in zip(lines, row[1:], strict=False):
                line.points.append((at, _number(cell)))
    except csv.Error as trouble:
        raise Unreadable(f"{name}, line {rows.line_num}: {trouble}.") from trouble
    return lines


def _in_order(line: Line) -> Line:
    """Sorted, each instant once (the last one said), and not more than can be kept."""
    points = sorted(dict(line.points).items())
    if len(points) > MOST_POINTS:
        raise Unreadable(
            f"{line.name} has {len(points):,} points; at most {MOST_POINTS:,} are read. Ask for a longer step."
        )
    return Line(line.name, line.labels, points)
