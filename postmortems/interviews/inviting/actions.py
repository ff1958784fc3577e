"""Invitations and their answers, which send letters; and what people tell of their own calendars."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.calendars.decent import next_decent
from postmortems.calendars.hours import Hours, HoursError, ZoneError, parse_hours, zone_called
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.inviting import letters, slots, tasks
from postmortems.interviews.models import BusyCalendar, CalendarKey, Interview
from postmortems.interviews.readers import email_of, reader_of
from postmortems.interviews.refusals import NotPossible
from postmortems.web import outward
from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import seal

State = Interview.State
OPEN = (State.INVITED, State.ACCEPTED, State.MOVING, State.WRITING, State.DECLINED)
WORDS = {
    State.ACCEPTED: "accepted the conversation",
    State.MOVING: "asked for another time",
    State.DECLINED: "declined the conversation",
    State.WRITING: "answers in writing",
}
ANSWERS = {"accept": State.ACCEPTED, "move": State.MOVING, "decline": State.DECLINED, "write": State.WRITING}


# --- by the reviewers ---------------------------------------------------------------------------------


def invite(*, interview: Interview, by: User, now: datetime) -> None:
    """Send the letter with the calendar request. Raises NotPossible where it would reach nobody, or not in time."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state not in (State.PROPOSED, State.MOVING):
            raise NotPossible("This interview was answered or sent already.")
        require_a_reachable_person(interview)
        _require_time_to_read(interview, now)
        if interview.invited_at:
            interview.sequence += 1
        interview.state, interview.invited_at = State.INVITED, now
        interview.save()
        _record(interview, by, "invited", f"invited {interview.participant.name} to a conversation")
        letters.invite(interview, by=by, now=now)


def require_a_reachable_person(interview: Interview) -> None:
    """Raises NotPossible where a letter has no address to go to, or should not be written."""
    person = interview.participant
    if not email_of(person):
        raise NotPossible(
            f"There is no address to write to {person.name}. Note an e-mail under “Whom to ask”."
        )
    if _has_declined(interview):
        raise NotPossible(
            f"{person.name} declined a conversation about this incident and is not written to again. "
            "They can still change their mind by the link in their letter."
        )


def _has_declined(interview: Interview) -> bool:
    """Whether this person has said no to an interview about the incident before."""
    earlier = Interview.objects.filter(participant=interview.participant_id, state=State.DECLINED)
    return earlier.exclude(pk=interview.pk).exists()


def _require_time_to_read(interview: Interview, now: datetime) -> None:
    if not interview.starts_at:
        raise NotPossible("Give the interview a time first.")
    if interview.starts_at <= now:
        raise NotPossible("The time of this interview is over. Give it another one first.")
    arrives = next_decent(now, reader_of(interview.participant))
    if arrives > interview.starts_at - letters.NOTICE:
        local = letters.when(arrives, reader_of(interview.participant).tz)
        raise NotPossible(
            f"A letter would reach {interview.participant.name} on {local}, too late for this time. Choose a later one."
        )


def cancel(*, interview: Interview, by: User, now: datetime | None = None) -> None:
    """Take an interview back. Who knows of it is told; an invitation that has not left yet never leaves."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state in (State.DONE, State.DECLINED, State.CANCELLED):
            raise NotPossible("This interview is over.")
        interview.state = State.CANCELLED
        interview.sequence += 1
        interview.save()
        _record(interview, by, "cancelled", f"cancelled the conversation with {interview.participant.name}")
        letters.cancel(interview, by=by, now=now)


# --- by the interviewee ---------------------------------------------------------------------------------


def answer(*, interview: Interview, how: str, wishes: str = "", now: datetime) -> Interview:
    """The interviewee's answer: `accept`, `move`, `decline` or `write`. It can be changed until the interview is held.

    Raises NotPossible for an invitation that is not open, or a time that is over.
    """
    if how not in ANSWERS:
        raise NotPossible("Choose one of the answers.")
    state = ANSWERS[how]
    with transaction.atomic():
        interview = _open(interview)
        if state == State.ACCEPTED:
            _require_a_time_ahead(interview, now)
        if interview.state == state:
            return _keep_wishes(interview, wishes)
        _leave(interview, state, now)
        interview.wishes = _words(wishes)
        _save_standing(interview)
        _record(interview, interview.participant.user, how, WORDS[state])
        letters.answered(interview, WORDS[state], now=now)
    return interview


def choose(*, interview: Interview, starts_at: datetime, now: datetime) -> Interview:
    """The interviewee takes another of the times that fit; it holds from now on, and both are told.

    Whether it still fits is looked at while nobody else can be given it. Raises NotPossible where it does not.
    """
    with transaction.atomic():
        # of two people who choose at the same moment one is second, and sees what the first one took
        User.objects.select_for_update(no_key=True).get(pk=interview.interviewer_id)
        interview = _open(interview)
        if starts_at == interview.starts_at and interview.state == State.ACCEPTED:
            return interview
        if starts_at not in slots.fitting(interview, now=now):
            raise NotPossible(
                "This time has been taken in the meantime, or no longer fits. Choose another one."
            )
        was, length = interview.starts_at, _length(interview)
        interview.starts_at, interview.ends_at = starts_at, starts_at + length
        interview.early_reason, interview.overruled, interview.kept = "", [], True
        interview.sequence += 1
        interview.state, interview.answered_at = State.ACCEPTED, now
        _save_standing(interview)
        _record(interview, interview.participant.user, "chosen", "chose another time for the conversation")
        letters.chosen(interview, now=now, was=was)
    return interview


def remind_an_hour_before(*, interview: Interview, host: bool, wanted: bool) -> None:
    """Whether one of the two wants a letter an hour before as well."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        field = "hour_before_host" if host else "hour_before_person"
        if getattr(interview, field) == wanted:
            return
        setattr(interview, field, wanted)
        interview.save(update_fields=[field])
        by = interview.interviewer if host else interview.participant.user
        _record(interview, by, "reminder", "chose how to be reminded of a conversation")


def _open(interview: Interview) -> Interview:
    interview = Interview.objects.locked(interview)
    if interview.state not in OPEN or not interview.invited_at:
        raise NotPossible("This invitation is not open any more.")
    return interview


def _require_a_time_ahead(interview: Interview, now: datetime) -> None:
    if not interview.starts_at or interview.ends_at <= now:
        raise NotPossible("This time is over. Choose another one, or answer in writing.")


def _leave(interview: Interview, state: State, now: datetime) -> None:
    """Into the new state. A calendar event that ends, or comes back after it ended, takes the next number."""
    ended = (State.DECLINED, State.WRITING)
    if state in ended or interview.state in ended:
        interview.sequence += 1
    interview.state, interview.answered_at = state, now


def _keep_wishes(interview: Interview, wishes: str) -> Interview:
    """The same answer again: a word may have been added to it, and nobody needs another letter."""
    if _words(wishes) and _words(wishes) != interview.wishes:
        interview.wishes = _words(wishes)
        interview.save(update_fields=["wishes"])
        _record(interview, interview.participant.user, "wishes", "added a word to their answer")
    return interview


def _words(text: str) -> str:
    return text.strip().replace("\x00", "")[:500]


def _length(interview: Interview) -> timedelta:
    if interview.starts_at:
        return interview.ends_at - interview.starts_at
    return timedelta(minutes=slots.MINUTES)


def _save_standing(interview: Interview) -> None:
    """Raises NotPossible for who comes back to an invitation in whose place there is another one by now."""
    try:
        with transaction.atomic():
            interview.save()
    except IntegrityError as error:
        raise NotPossible("There is a newer invitation for this conversation. Answer that one.") from error


def _record(interview: Interview, by: User | None, what: str, sentence: str) -> None:
    """Who has no account is named in the sentence."""
    subject: Incident = interview.incident
    named = "" if by else f"{interview.participant.name} "
    record(by=by, verb=f"interview.{what}", subject=subject.ref, sentence=named + sentence)


# --- calendars ----------------------------------------------------------------------------------------


def make_calendar_key(*, by: User, now: datetime) -> CalendarKey:
    """A secret address for one's own feed; an earlier one stops working."""
    with transaction.atomic():
        key, made = CalendarKey.objects.update_or_create(
            user=by, defaults={"key": secrets.token_urlsafe(32), "made_at": now}
        )
        sentence = "made a calendar feed" if made else "renewed the address of their calendar feed"
        record(by=by, verb="calendar_feed.made", subject=by.email, sentence=sentence)
    return key


def set_discreet(*, by: User, discreet: bool) -> None:
    with transaction.atomic():
        CalendarKey.objects.filter(user=by).update(discreet=discreet)
        word = "one word for each entry" if discreet else "what its entries are about"
        record(
            by=by,
            verb="calendar_feed.words",
            subject=by.email,
            sentence=f"had their calendar feed say {word}",
        )


def remove_calendar_key(*, by: User) -> None:
    with transaction.atomic():
        CalendarKey.objects.filter(user=by).delete()
        record(
            by=by, verb="calendar_feed.removed", subject=by.email, sentence="took their calendar feed back"
        )


def name_calendar(*, owner: User | Participant, address: str, now: datetime) -> BusyCalendar:
    """Say where one's calendar can be read. The address is sealed at once. Raises NotPossible for one that cannot be."""
    try:
        host = outward.place(address).host
    except outward.NotFetched as refused:
        raise NotPossible(str(refused)) from refused
    with transaction.atomic():
        calendar, _ = BusyCalendar.objects.update_or_create(
            **_owned_by(owner),
            defaults={
                "address": seal(address.strip()), "host": host, "busy": [], "read_at": None, "trouble": "", "next_read_at": now,
            },
        )  # fmt: skip
        _record_of_owner(owner, "named", "named a calendar that shows when they are busy")
        queue_after_commit(tasks.read_calendar, calendar.pk)
    return calendar


def forget_calendar(*, owner: User | Participant) -> None:
    """The address and all that was read from it go."""
    with transaction.atomic():
        BusyCalendar.objects.filter(**_owned_by(owner)).delete()
        _record_of_owner(owner, "forgotten", "took back the calendar that shows when they are busy")


def save_hours(*, participant: Participant, zone: str, hours: Hours) -> None:
    """What somebody without an account says of their working week. Raises NotPossible where it cannot be."""
    try:
        zone_called(zone)
        parse_hours(hours)
    except (ZoneError, HoursError) as refused:
        raise NotPossible(str(refused)) from refused
    with transaction.atomic():
        Participant.objects.filter(pk=participant.pk, user=None).update(zone=zone, hours=hours)
        _record_of_owner(participant, "hours", "told their working hours")


def _owned_by(owner: User | Participant) -> dict:
    """An account's calendar, also where the account came as a participant."""
    user = owner.user if isinstance(owner, Participant) else owner
    return {"user": user} if user else {"participant": owner}


def _record_of_owner(owner: User | Participant, what: str, sentence: str) -> None:
    user = owner.user if isinstance(owner, Participant) else owner
    if user:
        record(by=user, verb=f"busy_times.{what}", subject=user.email, sentence=sentence)
    else:
        subject = owner.incident.ref
        record(by=None, verb=f"busy_times.{what}", subject=subject, sentence=f"{owner.name} {sentence}")
