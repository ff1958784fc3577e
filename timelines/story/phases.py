"""When each phase of an incident ran, and which of the incident's times follow from that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Mark:
    """An event that begins a phase, ends one, or does both."""

    at: datetime
    event: int
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Stretch:
    """A phase from `start` to `end`; an `end` of None is one that nobody knows yet."""

    phase: str
    start: datetime
    end: datetime | None
    begun_by: int
    ended_by: int | None = None


def stretches(marks: Iterable[Mark], resolved_at: datetime | None) -> list[Stretch]:
    """Phases in order of their beginnings.

    A phase runs from the event that begins it to the first later event that ends it; without one, to the next
    beginning of any phase; without that, to the end of impact where it lies later. Phases whose ends are marked
    may overlap, because people do diagnose while they mitigate.
    """
    ordered = sorted(marks, key=lambda mark: (mark.at, mark.event))
    begun = [mark for mark in ordered if mark.begins]
    found = []
    for place, mark in enumerate(begun):
        again = next((later.at for later in begun[place + 1 :] if later.begins == mark.begins), None)
        ending = next(
            (
                later
                for later in ordered
                if later.ends == mark.begins and later.at >= mark.at and (again is None or later.at <= again)
            ),
            None,
        )
        following = next((later.at for later in begun[place + 1 :]), resolved_at)
        end = ending.at if ending else following
        if end is None or end > mark.at or ending:
            found.append(Stretch(mark.begins, mark.at, end, mark.event, ending.event if ending else None))
    return found


@dataclass(frozen=True)
class Proposed:
    """A time of the incident as the phases tell it, and the event it comes from."""

    name: str
    at: datetime
    event: int
    because: str

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()

    def apart(self, now: datetime | None) -> timedelta | None:
        return self.at - now if now else None


def times(found: Sequence[Stretch]) -> list[Proposed]:
    """What the phases say of the incident's times; what they do not say is left out.

    Impact began with the first phase of detection; it was detected when that ended or diagnosis began; it was
    mitigated when mitigation ended or recovery began; it was resolved when the last recovery ended.
    """
    first = {}
    last = {}
    for stretch in found:
        first.setdefault(stretch.phase, stretch)
        last[stretch.phase] = stretch
    proposed = []
    if detect := first.get("detect"):
        proposed.append(Proposed("impact_began", detect.start, detect.begun_by, "Detect begins"))
    if detect and detect.ended_by:
        proposed.append(Proposed("detected", detect.end, detect.ended_by, "Detect ends"))
    elif diagnose := first.get("diagnose"):
        proposed.append(Proposed("detected", diagnose.start, diagnose.begun_by, "Diagnose begins"))
    if (mitigate := last.get("mitigate")) and mitigate.ended_by:
        proposed.append(Proposed("mitigated", mitigate.end, mitigate.ended_by, "Mitigate ends"))
    elif recover := first.get("recover"):
        proposed.append(Proposed("mitigated", recover.start, recover.begun_by, "Recover begins"))
    if (recover := last.get("recover")) and recover.ended_by:
        proposed.append(Proposed("resolved", recover.end, recover.ended_by, "Recover ends"))
    return proposed
