"""The letters of the interviews: a kind invitation with a calendar request, updates, and cancellations."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from postmortems.calendars import ics
from postmortems.interviews.models import Interview
from postmortems.notices import post

SALT = "interviews.answer"
DAYS = 30


def token(interview: Interview) -> str:
    """A signed, single-purpose key to one interview's answer page, for people without a session or an account."""
    return signing.dumps(str(interview.uid), salt=SALT)


def interview_of(text: str) -> Interview | None:
    try:
        uid = signing.loads(text, salt=SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return None
    return (
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer")
        .filter(uid=uid)
        .first()
    )


def address_of(interview: Interview) -> str:
    return settings.SITE_URL + reverse("interviews:answer_by_link", args=[token(interview)])


def invite(interview: Interview) -> None:
    """The invitation to a slot, or its new time; the same occasion is written once."""
    _send(interview, "invitation", "REQUEST")


def cancel(interview: Interview) -> None:
    _send(interview, "cancelled", "CANCEL")


def answered(interview: Interview, words: str, *, now: datetime) -> None:
    """Tell the interviewer that an answer came. What the interviewee wrote stays on the page, for the two."""
    post.send(
        to=interview.interviewer.email,
        template="emails/interviews/answered",
        context={
            "incident": interview.incident,
            "person": interview.participant,
            "answered": words,
            "board": settings.SITE_URL + reverse("interviews:board", args=[interview.incident.ref]),
        },
        key=f"interview {interview.uid} answered {interview.state} {now.isoformat()}",
    )


def _send(interview: Interview, template: str, method: str) -> None:
    person, host = interview.participant, interview.interviewer
    email = person.user.email if person.user else person.email
    calendar = None
    if interview.starts_at:
        invitation = ics.Invitation(
            uid=f"{interview.uid}@second-story",
            sequence=interview.sequence,
            start=interview.starts_at,
            end=interview.ends_at,
            summary=f"A conversation about {interview.incident.ref}",
            description=f"How it looked from where you sat. Answer or ask for another time: {address_of(interview)}",
            organizer=ics.Party(host.name, host.email, host.tz),
            attendees=(
                ics.Party(person.name, email, ZoneInfo(person.user.zone if person.user else person.zone)),
            )
            if email
            else (),
            stamped_at=timezone.now(),
        )
        calendar = (ics.cancel if method == "CANCEL" else ics.request)(invitation)
    context = {
        "interview": interview,
        "incident": interview.incident,
        "person": person,
        "host": host,
        "address": address_of(interview),
    }
    if interview.starts_at:
        for name, zone in (
            ("theirs", person.user.zone if person.user else person.zone),
            ("hosts", host.zone),
        ):
            local = interview.starts_at.astimezone(ZoneInfo(zone))
            context[name] = f"{local:%A, %-d %B %Y, %H:%M} {zone}"
    for to, whose in ((email, "theirs"), (host.email, "hosts")):
        if to:
            post.send(
                to=to, template=f"emails/interviews/{template}{'' if whose == 'theirs' else '_host'}", context=context,
                key=f"interview {interview.uid} {template} {interview.sequence} {whose}", calendar=calendar, method=method,
            )  # fmt: skip
