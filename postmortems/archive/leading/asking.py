from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

# Up to here a distribution is told value by value, beyond by as many quantiles: each dot stands for the same share.
DOTS = 40
QUANTILES = [(n + 0.5) / DOTS for n in range(DOTS)]
DISTRIBUTION = """
count({0}) as n,
case when count({0}) <= %(dots)s then array_agg({0} order by {0}) filter (where {0} is not null)
    else percentile_cont(%(quantiles)s::float[]) within group (order by {0}) end as dots,
percentile_cont(array[0.1, 0.5, 0.9]::float[]) within group (order by {0}) as spread
"""


def rows(statement: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row of a statement as JSON can hold it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def spread(column: str) -> str:
    """SQL for how the values of a column are spread: `n`, `dots` and `spread` (first decile, median, last)."""
    return DISTRIBUTION.format(column)


def _plain(value):
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.date().isoformat()
    return round(float(value), 1) if isinstance(value, Decimal | float) else value
