"""The calendar requests that go with the letters.

The interviewee's has the interviewer as ORGANIZER and this installation as SENT-BY, so that an answer given in a
calendar program reaches a person. A program files an invitation only when somebody else organizes it, so in the
interviewer's own copy, an event of its own, this installation is ORGANIZER, and both attend. There an answer given
on the page arrives as a REQUEST with the same SEQUENCE, a newer stamp and the new PARTSTAT: the way RFC 5546 has for
the organizer's side to tell attendees of each other. A REPLY would be for an organizer's copy, which exists in
nobody's calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse

from postmortems.calendars import ics
from postmortems.interviews.inviting import links
from postmortems.interviews.models import Interview
from postmortems.interviews.readers import email_of, zone_of

Kind = Callable[[ics.Invitation], bytes]
State = Interview.State
ANSWERS = {
    State.ACCEPTED: "ACCEPTED",
    State.DONE: "ACCEPTED",
    State.MOVING: "TENTATIVE",
    State.DECLINED: "DECLINED",
}


def attached(calendar: Kind | None, invitation: ics.Invitation | None) -> dict:
    """What a letter takes along: the file and its method; nothing without a time."""
    if calendar is None or invitation is None:
        return {}
    return {
        "calendar": calendar(invitation),
        "method": "CANCEL" if calendar is ics.cancel else "REQUEST",
    }


def for_person(interview: Interview, now: datetime) -> ics.Invitation | None:
    if not interview.starts_at:
        return None
    person, host = _parties(interview)
    return replace(
        _invitation(interview, now),
        organizer=host,
        attendees=(person,),
        sent_by=_office().email,
        description=f"How it looked from where you sat. To answer or choose another time: {links.address_of(interview)}",
        url=links.address_of(interview),
    )


def for_host(interview: Interview, now: datetime) -> ics.Invitation | None:
    if not interview.starts_at:
        return None
    person, host = _parties(interview)
    page = settings.SITE_URL + reverse("interviews:conduct", args=[interview.incident.ref, interview.pk])
    attendees = (replace(host, answer="ACCEPTED"), *([person] if person.email else []))
    return replace(
        _invitation(interview, now),
        uid=f"{interview.uid}-host@second-story",
        organizer=replace(_office(), zone=host.zone),
        attendees=attendees,
        description=page,
        url=page,
    )


def _invitation(interview: Interview, now: datetime) -> ics.Invitation:
    incident = interview.incident
    return ics.Invitation(
        uid=f"{interview.uid}@second-story",
        sequence=interview.sequence,
        start=interview.starts_at,
        end=interview.ends_at,
        summary="A conversation" if incident.restricted else f"A conversation about {incident.ref}",
        organizer=_office(),
        attendees=(),
        stamped_at=now,
    )


def _parties(interview: Interview) -> tuple[ics.Party, ics.Party]:
    person, host = interview.participant, interview.interviewer
    partstat = ANSWERS.get(interview.state, "NEEDS-ACTION")
    return (
        ics.Party(person.name, email_of(person), zone_of(person), answer=partstat),
        ics.Party(host.name, host.email, host.tz),
    )


def _office() -> ics.Party:
    """This installation, as it signs its letters."""
    name, email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return ics.Party(name or settings.ORGANISATION, email)
