"""What a reader of evidence yields: records, and notes on what it had to skip.

Readers are pure generators over bytes: no Django, no clock, constant memory. A time is an aware
datetime in UTC with microseconds; what a source knows beyond that (nanoseconds, the zone it wrote,
how sure the moment is) travels beside it, so that nothing is made more precise than it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Precision = Literal["day", "hour", "minute", "second", "millisecond", "microsecond", "nanosecond"]
Certainty = Literal["exact", "derived", "approximate", "assumed zone"]
ActorKind = Literal["person", "bot", "system", ""]


@dataclass(slots=True, kw_only=True)
class Record:
    """One thing that happened, as one source tells it.

    `external_id` is unique within a source and stable across exports of it: the same id with other
    content is a newer edition of the same event, never a second one. `raw` holds the bytes (or, for
    formats that are one large document, the re-serialised fragment) that the event was read from.
    """

    at: datetime
    external_id: str
    text: str
    kind: str
    until: datetime | None = None
    precision: Precision = "second"
    certainty: Certainty = "exact"
    written: str = ""  # the time exactly as the source wrote it
    zone: str = ""  # the zone or offset the source stated, "" when it stated none
    actor: str = ""  # display name at that time
    actor_id: str = ""
    actor_kind: ActorKind = ""
    place: str = ""  # channel, repository, host
    thread: str = ""  # external_id of the record this one answers
    link: str = ""
    where: str = ""  # file and line, or file and JSON pointer
    raw: bytes = b""
    noise: bool = False  # kept, hidden unless asked for (joins, notify entries)
    deleted: bool = False  # the source says it was deleted
    revised: datetime | None = None  # when the source last changed this record, where it says so
    order: int = 0  # order inside the source when instants are equal
    nanoseconds: int = 0  # beyond the microsecond, 0…999
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Skipped:
    """Something a reader could not read: where it stands and why, in one sentence."""

    where: str
    why: str
