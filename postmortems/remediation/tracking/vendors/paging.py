"""Walking through what changed, a page at a time.

Lists that are sorted by change move while one walks: what changes goes to the end, and the next page begins later
than the last one ended. So the next page begins at the moment of the last row, not at a number; only where a whole
page has one moment the number goes up. What is met twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from postmortems.remediation.tracking.asking import readable
from postmortems.remediation.tracking.issues import got, listed, moment

PAGE = 100
MOST_PAGES = 30  # of one walk; the next one goes on from there

Changed = list[tuple[str, datetime]]


def by_moment(
    page: Callable[[datetime, int, str], Any],
    since: datetime,
    etag: str,
    about: Callable[[Any], tuple[str, str]],
    name: str,
) -> Iterator[tuple[Changed, str]]:
    """(key, moment) of what changed, and the mark of the page where it can be asked for conditionally.

    `page` asks for the rows from a moment on; `about` tells the key of a row, and which of its fields is the moment.
    """
    begin, number = since, 1
    for _ in range(MOST_PAGES):
        answer = page(begin, number, etag if number == 1 and begin == since else "")
        if answer.status == 304:
            return
        with readable(name):
            rows = [
                (key, moment(got(row, stamp))) for row in listed(answer.data) for key, stamp in [about(row)]
            ]
        yield rows, answer.headers.get("etag", "")[:300]
        if len(rows) < PAGE:
            return
        last = rows[-1][1]
        begin, number = (last, 1) if last > begin else (begin, number + 1)
