"""Times that are proposed for a meeting: from rows to what `meetings.finding` looks through. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.accounts.models import User
from postmortems.calendars.hours import DEFAULT_HOURS, HoursError, parse_hours
from postmortems.incidents.models import Incident
from postmortems.interviews.inviting import busy
from postmortems.meetings import people
from postmortems.meetings.finding import Person, Slot, slots
from postmortems.meetings.models import Meeting
from postmortems.meetings.planning import rules

A_DAY = timedelta(days=1)  # dates of zones east and west of here


def proposals(
    incident: Incident,
    *,
    minutes: int,
    needed: Sequence[User],
    meeting: Meeting | None,
    now: datetime,
) -> list[Slot]:
    """Times at which those whom the review concerns, and those the meeting needs, could come together."""
    asked = people.expected(incident)
    standing = {one.user.pk for one in asked if one.user}
    asked += [people.Expected(str(user), "leads", user) for user in needed if user.pk not in standing]
    since, until = window(incident, meeting, now)
    taken = busy.of(
        [one.user for one in asked if one.user],
        [one.participant for one in asked if one.participant and not one.user],
        since,
        until + timedelta(minutes=minutes),
    )
    wanted = {user.pk for user in needed}
    persons = [
        Person(
            name=one.name,
            zone=people.zone_of(one.zone),
            hours=_hours(one),
            holidays=one.user.days_off(since.date() - A_DAY, until.date() + A_DAY) if one.user else (),
            busy=taken.get(one.key, ()),
            needed=one.user is not None and one.user.pk in wanted,
        )
        for one in asked
    ]
    return slots(persons, minutes=minutes, since=since, until=until, zone=ZoneInfo(incident.zone))


def window(incident: Incident, meeting: Meeting | None, now: datetime) -> tuple[datetime, datetime]:
    last = incident.interviews.standing().order_by("-ends_at").values_list("ends_at", flat=True)
    return rules.searched(
        now=now,
        draft_sent_at=meeting.draft_sent_at if meeting else None,
        last_interview=last.exclude(ends_at=None).exclude(state="done").first(),
        by=rules.policy_date(incident.severity, incident.resolved_at),
    )


def _hours(one: people.Expected):
    """Their hours; the usual ones where what is kept cannot be understood any more."""
    try:
        parse_hours(one.hours)
    except HoursError:
        return DEFAULT_HOURS
    return one.hours
