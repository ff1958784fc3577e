"""What goes into a log: what happened and where, never the row it happened to.

PostgreSQL explains a failed statement with the row that failed (`DETAIL: Failing row contains (…)`), and the
rows of this house hold private words. What it quotes is left out, of messages and of tracebacks.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import psycopg

LEFT_OUT = "(left out)"
# In a message the quotation goes on to the end: it may hold line breaks of its own, and anything else.
QUOTED = re.compile(r"^(DETAIL|CONTEXT|QUERY|STATEMENT):.*\Z", re.M | re.S)


class Line(logging.Formatter):
    """A formatter that leaves out what the database quotes of a row."""

    def format(self, record: logging.LogRecord) -> str:
        # what a formatter before this one kept on the record is not taken over, nor left for the next
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = QUOTED.sub(rf"\1: {LEFT_OUT}", record.message)
        return super().formatMessage(record)

    def formatException(self, ei) -> str:
        text = super().formatException(ei)
        for quoted in sorted(set(_quoted(ei[1])), key=len, reverse=True):
            text = text.replace(quoted, LEFT_OUT)
        return text


def _quoted(error: BaseException | None) -> Iterator[str]:
    """What the errors behind an error quote of a row: each as it is printed."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
        if isinstance(one, psycopg.Error):
            said = one.diag
            yield from filter(None, (said.message_detail, said.context, said.internal_query))
