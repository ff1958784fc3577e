"""What a rule would do with what waits in the inbox at this moment. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from timelines.live import facts
from timelines.models import Connection, Delivery

LOOKED_AT = 2000  # messages that wait, the newest first


@dataclass
class Taken:
    """Messages about one thing that a rule would take."""

    connection: Connection
    subject: str
    last: datetime
    count: int = 0


@dataclass(frozen=True)
class Trial:
    taken: list[Taken]
    messages: int  # that it would take
    waiting: int  # that were looked at

    @property
    def in_part(self) -> bool:
        return self.waiting == LOOKED_AT


def tried(field: str, pattern: str, connection: Connection | None) -> Trial:
    """Which of the waiting messages are like this, in the order of the inbox."""
    waiting = Delivery.objects.filter(state=Delivery.State.INBOX).select_related("connection")
    if connection:
        waiting = waiting.filter(connection=connection)
    found: dict[tuple[int, str], Taken] = {}
    looked_at = messages = 0
    for one in waiting.only("connection", "subject", "facts", "received_at")[:LOOKED_AT]:
        looked_at += 1
        if facts.fits(one.facts, field, pattern):
            messages += 1
            key = (one.connection_id, one.subject)
            taken = found.setdefault(key, Taken(one.connection, one.subject, one.received_at))
            taken.count += 1
    return Trial(list(found.values()), messages, looked_at)
