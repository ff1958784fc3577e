"""Somebody else asks: a planned conversation goes to another interviewer, before it has begun.

1. It becomes an interview of its own, and the former one ends as cancelled. What was prepared or written for it
   stays with those who may see it: the new interviewer reads nothing that was meant for another.
2. Whoever knows of it is told, with the reason; the interviewee is asked anew, for it is another person who asks.
3. Calendars know no change of organizer (RFC 5546, 3.2.2): the former event is cancelled, another one takes its place.
4. The time stays where it suits the new interviewer, too; otherwise it has to be found again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.interviews.handing.offers import fits
from postmortems.interviews.inviting import letters
from postmortems.interviews.inviting.actions import require_a_reachable_person
from postmortems.interviews.models import Interview, Note
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import replacing

State = Interview.State
CAN_GO = (State.PROPOSED, State.INVITED, State.ACCEPTED, State.MOVING)


def hand_over(*, interview: Interview, by: User, to: User, reason: str, now: datetime) -> Interview:
    """The new interview, without a time where the former one does not suit. Raises NotPossible once it has begun."""
    reason = reason.replace("\x00", "").strip()[:300]
    with transaction.atomic():
        replacing.hold(interview.incident, [interview.interviewer_id, to.pk])
        former = Interview.objects.locked(interview)
        _require_it_can_go(former, to, reason)
        told = former.invited_at is not None
        if told:
            require_a_reachable_person(former)
        suits, broken = fits(former, to, now)
        _end(former, told)
        given = _given(former, broken) if suits else {}
        made = Interview.objects.create(
            incident=former.incident, participant=former.participant, interviewer=to, why=former.why,
            hour_before_person=former.hour_before_person, proposed_at=now, **given,
        )  # fmt: skip
        if told and suits:
            made.state, made.invited_at = State.INVITED, now
            made.save()
        _record(former.incident, made, by, reason)
        if told:
            letters.handed_over(former, made, reason, by=by, now=now)
    return made


def _require_it_can_go(interview: Interview, to: User, reason: str) -> None:
    name, host = interview.participant.name, interview.interviewer
    if interview.state == State.WRITING:
        raise NotPossible(f"{name} writes for {host}, and that stays between the two.")
    if interview.state not in CAN_GO:
        raise NotPossible("This interview is over.")
    if interview.began_at or _holds_words(interview):
        raise NotPossible(f"The conversation with {name} has begun. What was said to {host} stays there.")
    if not to.is_active:
        raise NotPossible(f"The account of {to} is closed.")
    if to.pk == interview.interviewer_id:
        raise NotPossible(f"{to} is the one who asks already.")
    if to.pk == interview.participant.user_id:
        raise NotPossible("Nobody interviews themselves.")
    if not reason:
        raise NotPossible(
            "Say in a few words why somebody else asks. Whoever knows of the conversation reads it."
        )


def _holds_words(interview: Interview) -> bool:
    noted = Note.objects.filter(interview=interview).exclude(body="").exists()
    return noted or interview.passages.exists() or interview.corrections.exists()


def _end(former: Interview, told: bool) -> None:
    if told:
        former.state = State.CANCELLED
        former.sequence += 1
        former.save()
    else:
        replacing.let_go(former, again=True)


def _given(former: Interview, broken: list[str]) -> dict:
    """The time, and the rules that gave way for it before, with their reason."""
    return {
        "starts_at": former.starts_at, "ends_at": former.ends_at, "kept": True,
        "overruled": broken, "early_reason": former.early_reason if broken else "",
    }  # fmt: skip


def _record(incident: Incident, made: Interview, by: User, reason: str) -> None:
    record(
        by=by, verb="interview.handed_over", subject=incident.ref, reason=reason,
        sentence=f"asked {made.interviewer} to hold the conversation with {made.participant.name}",
    )  # fmt: skip
