"""Who is reminded of an item, by which rule, from which day on. Pure.

1. Of a date: its owner a week before, on the day, and three days after; its team a week after; whoever reads for
   the organisation two weeks after. Then the list shows it, and no more letters come.
2. Of something done that nobody has verified: its owner and the lead reviewer, a week after it was done.
3. A rule speaks until the next one has more to say: who was away on the day hears that it is over, once.
4. A date that is set late, or past, is news to nobody on that day: rules that would have spoken before it was set
   are silent, and those that speak afterwards count from the day on which it was set.
5. Nothing of what is parked, verified or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

OWNER, TEAM, ALL = "owner", "team", "all"
OF_A_DATE = ("proposed", "accepted", "in_progress")


@dataclass(frozen=True)
class Rule:
    name: str
    after: int  # days after the date that it counts from
    until: int | None  # days after which a later rule says more
    to: str
    statuses: tuple[str, ...] = OF_A_DATE


LADDER = (
    Rule("before", -7, 0, OWNER),
    Rule("on", 0, 3, OWNER),
    Rule("after", 3, None, OWNER),
    Rule("team", 7, None, TEAM),
    Rule("leadership", 14, None, ALL),
)
VERIFY = Rule("verify", 7, None, OWNER, ("done",))
RULES = {rule.name: rule for rule in (*LADDER, VERIFY)}
ORDER = {name: number for number, name in enumerate(RULES)}


@dataclass(frozen=True)
class Promise:
    """What reminders of an item depend on; dates are those of its owner's calendar."""

    status: str
    due_on: date | None
    dated_on: date | None = None  # when the date was set or accepted
    done_on: date | None = None


@dataclass(frozen=True)
class Due:
    rule: Rule
    counted_from: date  # with the rule, what makes it the same reminder when it is planned again
    begins: date
    ends: date | None

    def speaks(self, today: date) -> bool:
        return self.begins <= today and (self.ends is None or today < self.ends)


def reminders(promise: Promise) -> Iterator[Due]:
    """Every reminder of an item as it stands, in the order in which they speak."""
    if promise.due_on and promise.status in OF_A_DATE:
        for rule in LADDER:
            yield from _of_date(rule, promise.due_on, promise.dated_on)
    if promise.done_on and promise.status in VERIFY.statuses:
        yield Due(VERIFY, promise.done_on, promise.done_on + timedelta(days=VERIFY.after), None)


def _of_date(rule: Rule, due_on: date, dated_on: date | None) -> Iterator[Due]:
    late = rule.after > 0 and dated_on is not None and dated_on > due_on
    base = dated_on if late and dated_on else due_on
    begins = _shifted(base, rule.after)
    if dated_on is None or begins > dated_on:
        yield Due(rule, due_on, begins, None if rule.until is None else _shifted(base, rule.until))


def due(promise: Promise, today: date) -> list[Due]:
    """What speaks today."""
    return [one for one in reminders(promise) if one.speaks(today)]


def next_day(promise: Promise, today: date) -> date | None:
    """The next day after today on which a rule begins to speak; None when nothing more will come."""
    return min((one.begins for one in reminders(promise) if one.begins > today), default=None)


def still_holds(rule: str, counted_from: date, promise: Promise) -> bool:
    """Whether a reminder that was planned earlier still tells the truth."""
    known = RULES.get(rule)
    if known is None or promise.status not in known.statuses:
        return False
    return counted_from == (promise.done_on if known is VERIFY else promise.due_on)


def _shifted(day: date, by: int) -> date:
    """Within the years that a calendar has."""
    number = min(max(day.toordinal() + by, date.min.toordinal()), date.max.toordinal() - 1)
    return date.fromordinal(number)
