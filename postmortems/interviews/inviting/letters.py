"""The letters around an interview: the invitation, its updates and its end, answers, reminders.

1. Who has just answered, or sent the invitation themselves, gets their letter at once. Everybody else gets it at
   a decent hour of theirs, unless it would then come too late to keep somebody from waiting in vain.
2. A letter tells all that is true when it is written. One that still waits is withdrawn for it.
3. To who declined nobody writes again; nor is anything written about a conversation that is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.calendars import ics
from postmortems.calendars.decent import Reader, next_decent
from postmortems.incidents.models import Incident
from postmortems.interviews.inviting import links, requests
from postmortems.interviews.models import Interview
from postmortems.interviews.readers import email_of, reader_of, zone_of
from postmortems.interviews.releasing import links as words_links
from postmortems.notices import post

NOTICE = timedelta(hours=1)  # what arrives later than that before a conversation may come too late
State = Interview.State


def about(interview: Interview) -> str:
    return f"interview {interview.uid}"


def invite(
    interview: Interview, *, by: User | None = None, now: datetime | None = None, was: datetime | None = None
) -> None:
    """The time of a conversation to both: the invitation, or an update of what they know. `was` is an earlier time."""
    now = now or timezone.now()
    known = _withdraw(interview, email_of(interview.participant)).heard
    _to_person(interview, "moved" if known else "invitation", ics.request, now=now, was=was)
    known = _withdraw(interview, interview.interviewer.email).heard
    _to_host(interview, "moved_host" if known else "invitation_host", ics.request, now=now, was=was, by=by)


def answered(interview: Interview, words: str, *, now: datetime) -> None:
    """Tell both what was answered. What the interviewee wrote to it stays on the page, for the two."""
    person = _withdraw(interview, email_of(interview.participant))
    host = _withdraw(interview, interview.interviewer.email)
    if interview.state == State.ACCEPTED:
        _to_person(interview, "agreed", ics.request, now=now, at_once=True, mark=now)
    if interview.state == State.WRITING:
        _to_person(interview, "writing", person.end, now=now, at_once=True, mark=now)
    calendar = {State.ACCEPTED: ics.request, State.MOVING: None}.get(interview.state, host.end)
    _to_host(interview, "answered", calendar, now=now, mark=now, more={"answered": words})


def chosen(interview: Interview, *, now: datetime, was: datetime | None) -> None:
    """The interviewee took another of the times that fit: it holds, and both calendars follow."""
    _withdraw(interview, email_of(interview.participant))
    _withdraw(interview, interview.interviewer.email)
    _to_person(interview, "agreed", ics.request, now=now, at_once=True, mark=now)
    _to_host(
        interview,
        "answered",
        ics.request,
        now=now,
        was=was,
        mark=now,
        more={"answered": "chose another time"},
    )


def cancel(interview: Interview, *, by: User | None = None, now: datetime | None = None) -> None:
    """Tell those who know of the conversation that it does not take place; nobody else."""
    now = now or timezone.now()
    person = _withdraw(interview, email_of(interview.participant))
    if person.heard:
        _to_person(interview, "cancelled", person.end, now=now)
    host = _withdraw(interview, interview.interviewer.email)
    if host.heard:
        _to_host(interview, "cancelled_host", host.end, now=now, by=by)


def handed_over(former: Interview, made: Interview, reason: str, *, by: User, now: datetime) -> None:
    """Another one asks: who knew of the former conversation is told of its end, and whoever is invited to the new one."""
    more = {"made": made, "reason": reason, "by": by}
    person = _withdraw(former, email_of(former.participant))
    if person.heard:
        _to_person(former, "handed_over", person.end, now=now, more=more | {"filed": person.filed})
    host = _withdraw(former, former.interviewer.email)
    if host.heard:
        _to_host(former, "handed_over_host", host.end, now=now, by=by, more=more | {"filed": host.filed})
    if made.invited_at:
        invite(made, by=by, now=now)


def again(interview: Interview, former_addresses: Iterable[str], *, now: datetime) -> None:
    """What is true now, once more, to an interviewee whom a letter has not reached."""
    for address in former_addresses:
        _withdraw(interview, address)
    reached = _withdraw(interview, email_of(interview.participant))
    name, calendar = {
        State.INVITED: ("invitation", ics.request),
        State.ACCEPTED: ("agreed", ics.request),
        State.WRITING: ("writing", reached.end),
        State.CANCELLED: ("cancelled", reached.end),
    }[interview.state]
    _to_person(interview, name, calendar, now=now, mark=now)


def remind(interview: Interview, occasion: str, *, host: bool, now: datetime, not_after: datetime) -> None:
    """A reminder to one of the two: `day`, `hour`, or `unanswered` for who has not answered yet. Each once."""
    send = _to_host if host else _to_person
    name = f"reminder_{occasion}" + ("_host" if host else "")
    send(interview, name, None, now=now, not_after=not_after, may_be_urgent=False)


@dataclass(frozen=True)
class Reached:
    """What one of the two has got so far: anything at all, and something that stands in their calendar."""

    heard: bool = False
    filed: bool = False

    @property
    def end(self) -> requests.Kind | None:
        """What takes it out of their calendar again; nothing for who never had it there."""
        return ics.cancel if self.filed else None


def _withdraw(interview: Interview, email: str) -> Reached:
    """Stop what waits for one of the two, and see what has reached them before."""
    if not email:
        return Reached()
    subject = about(interview)
    on_their_way = post.withdraw(about=subject, to=email).on_their_way
    reached = [*post.sent(about=subject, to=email), *on_their_way]
    methods = [letter.calendar_method for letter in reached if letter.calendar_method]
    return Reached(bool(reached), methods[-1:] == ["REQUEST"])


# --- to one of the two -------------------------------------------------------------------------------


def _to_person(
    interview: Interview,
    name: str,
    calendar: requests.Kind | None,
    *,
    now: datetime,
    was: datetime | None = None,
    at_once: bool = False,
    mark: datetime | None = None,
    not_after: datetime | None = None,
    may_be_urgent: bool = True,
    more: dict | None = None,
) -> None:
    email = email_of(interview.participant)
    if not email or interview.state == State.DECLINED:
        return
    reader = reader_of(interview.participant)
    urgent = may_be_urgent and _is_urgent(interview, reader, now, was)
    post.send(
        to=email,
        template=f"emails/interviews/{name}",
        context=_context(interview) | _ways_in(interview, reader) | (more or {}),
        key=_key(interview, name, mark),
        about=about(interview),
        reader=None if at_once or urgent else reader,
        not_after=not_after or _of_no_use(interview, calendar),
        reply_to=interview.interviewer.email,
        now=now,
        **requests.attached(calendar, requests.for_person(interview, now)),
    )  # fmt: skip


def _to_host(
    interview: Interview,
    name: str,
    calendar: requests.Kind | None,
    *,
    now: datetime,
    by: User | None = None,
    was: datetime | None = None,
    mark: datetime | None = None,
    not_after: datetime | None = None,
    may_be_urgent: bool = True,
    more: dict | None = None,
) -> None:
    host = interview.interviewer
    if not host.is_active:
        return
    reader = host.reader
    own_click = by is not None and by.pk == host.pk
    urgent = may_be_urgent and _is_urgent(interview, reader, now, was)
    incident = interview.incident
    post.send(
        to=host.email,
        template=f"emails/interviews/{name}",
        context=_context(interview) | {
            "board": settings.SITE_URL + reverse("interviews:board", args=[incident.ref]),
            "page": settings.SITE_URL + reverse("interviews:conduct", args=[incident.ref, interview.pk]),
        } | (more or {}),
        key=_key(interview, name, mark),
        about=about(interview),
        reader=None if own_click or urgent else reader,
        not_after=not_after or _of_no_use(interview, calendar),
        now=now,
        **requests.attached(calendar, requests.for_host(interview, now)),
    )  # fmt: skip


def _of_no_use(interview: Interview, calendar: requests.Kind | None) -> datetime | None:
    """An invitation to a time that is over helps nobody; that something was cancelled is still good to know."""
    return interview.starts_at if calendar is ics.request else None


def _is_urgent(interview: Interview, reader: Reader, now: datetime, was: datetime | None) -> bool:
    """Whether somebody would be waiting in vain before the letter came."""
    ahead = [at for at in (interview.starts_at, was) if at and at > now]
    return bool(ahead) and next_decent(now, reader) > min(ahead) - NOTICE


def _key(interview: Interview, name: str, mark: datetime | None) -> str:
    """The occasion: one of its kind for each time that was set, or for each answer where there is a `mark`."""
    if name == "reminder_unanswered":
        return f"interview {interview.uid} {name}"  # a single one, whatever becomes of the time
    return f"interview {interview.uid} {name} {interview.sequence}" + (f" {mark.isoformat()}" if mark else "")


def _context(interview: Interview) -> dict:
    person, host = interview.participant, interview.interviewer
    context = {
        "interview": interview,
        "incident": interview.incident,
        "person": person,
        "host": host,
        "review": _review(interview.incident),
        "minutes": _minutes(interview),
        "purge_on": interview.purge_on,
    }
    if interview.starts_at:
        context["theirs"] = when(interview.starts_at, zone_of(person))
        context["hosts"] = when(interview.starts_at, host.tz)
        context["two_zones"] = zone_of(person).key != host.zone
    return context


def _ways_in(interview: Interview, reader: Reader) -> dict:
    return {
        "address": links.address_of(interview),
        "until": links.open_until(interview).astimezone(reader.tz).date(),
        "words": words_links.address(interview),
    }


def when(at: datetime, zone: ZoneInfo) -> str:
    """`Monday, 30 March 2026, 11:15 (Europe/Lisbon)`."""
    return f"{at.astimezone(zone):%A, %-d %B %Y, %H:%M} ({zone.key})"


def _review(incident: Incident) -> str:
    """What is being reviewed; of a restricted incident not even its title travels by mail."""
    return f"The incident {incident.ref}" if incident.restricted else f"{incident.title} ({incident.ref})"


def _minutes(interview: Interview) -> int:
    if not interview.starts_at:
        return 45
    return int((interview.ends_at - interview.starts_at).total_seconds()) // 60
