"""Changes that send letters: an invitation, its answer, a cancellation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.interviews.inviting import letters
from postmortems.interviews.models import Interview
from postmortems.interviews.refusals import NotPossible


def invite(*, interview: Interview, by: User, now: datetime) -> None:
    """Send the letter with the calendar request. Raises NotPossible without a time or an address to write to."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state not in (Interview.State.PROPOSED, Interview.State.MOVING):
            raise NotPossible("This interview was answered or sent already.")
        if not interview.starts_at:
            raise NotPossible("Give the interview a time first.")
        if not (interview.participant.user_id or interview.participant.email):
            raise NotPossible(
                f"There is no address to write to {interview.participant.name}. Add an e-mail on the People page."
            )
        interview.state, interview.invited_at = Interview.State.INVITED, now
        interview.save()
        record(
            by=by,
            verb="interview.invited",
            subject=interview.incident.ref,
            sentence=f"invited {interview.participant.name} to a conversation",
        )
        letters.invite(interview)


def answer(*, interview: Interview, how: str, wishes: str, now: datetime) -> Interview:
    """The interviewee's answer: `accept`, `move`, `decline` or `write`. It can be changed until the interview is held."""
    states = {
        "accept": Interview.State.ACCEPTED, "move": Interview.State.MOVING, "decline": Interview.State.DECLINED,
        "write": Interview.State.WRITING,
    }  # fmt: skip
    if how not in states:
        raise NotPossible("Choose one of the answers.")
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state in (Interview.State.DONE, Interview.State.CANCELLED, Interview.State.PROPOSED):
            raise NotPossible("This invitation is not open.")
        interview.state, interview.wishes = states[how], wishes.strip().replace("\x00", "")[:500]
        interview.save()
        words = {
            "accept": "accepted the conversation",
            "move": "asked for another time",
            "decline": "declined the conversation",
            "write": "answers in writing",
        }
        record(
            by=interview.participant.user, verb=f"interview.{how}", subject=interview.incident.ref,
            sentence=f"{'' if interview.participant.user_id else interview.participant.name + ' '}{words[how]}",
        )  # fmt: skip
        letters.answered(interview, words[how], now=now)
    return interview


def cancel(*, interview: Interview, by: User) -> None:
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        told = interview.invited_at is not None
        interview.state = Interview.State.CANCELLED
        interview.sequence += 1
        interview.save()
        record(
            by=by,
            verb="interview.cancelled",
            subject=interview.incident.ref,
            sentence=f"cancelled the conversation with {interview.participant.name}",
        )
        if told:
            letters.cancel(interview)
