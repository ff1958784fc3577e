"""What goes into a log: what happened and where, never the row it happened to.

PostgreSQL explains a failed statement with the row that failed (`DETAIL: Failing row contains (…)`), and the
rows of this house hold private words. Those lines are left out, of messages and of tracebacks.
"""

from __future__ import annotations

import logging
import re

# A detail may run over several lines: it ends with what PostgreSQL says next, or with the traceback going on.
DETAIL = re.compile(
    r"^(DETAIL|CONTEXT|QUERY|STATEMENT):.*?(?=^(?:HINT|LINE|LOCATION): |^\s*$|^The above |^During |\Z)",
    re.M | re.S,
)


class Line(logging.Formatter):
    """A formatter that leaves out what the database says about a row."""

    def format(self, record: logging.LogRecord) -> str:
        # what another formatter cached on the record is not trusted
        kept, record.exc_text = record.exc_text, None
        try:
            return DETAIL.sub(lambda found: f"{found[1]}: (left out)", super().format(record))
        finally:
            record.exc_text = kept
