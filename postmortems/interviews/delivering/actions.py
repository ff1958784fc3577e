from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Participant
from postmortems.interviews.delivering.undelivered import AGAIN, undelivered
from postmortems.interviews.inviting import letters
from postmortems.interviews.models import Interview
from postmortems.interviews.readers import email_of
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import letters as words_letters

State = Interview.State


def send_again(*, interview: Interview, by: User, now: datetime, email: str = "") -> None:
    """Once more what the interviewee should know, to the address they have, or to another one for somebody without an account.

    Raises NotPossible where every letter went out, or there is nothing to tell any more.
    """
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        name = interview.participant.name
        stuck = [one for one in undelivered([interview]) if not one.to_host]
        if not stuck:
            raise NotPossible(f"Every letter to {name} has gone out.")
        _require_something_to_tell(interview, now)
        if email:
            set_address(participant=interview.participant, by=by, email=email)
        if not email_of(interview.participant):
            raise NotPossible(f"There is no address to write to {name}.")
        addresses = [one.letter.to for one in stuck]
        if interview.state == State.DONE:
            words_letters.again(interview, addresses, now=now)
        else:
            letters.again(interview, addresses, now=now)
        record(
            by=by, verb="interview.sent_again", subject=interview.incident.ref,
            sentence=f"had what {name} should know of a conversation sent again",
        )  # fmt: skip


def _require_something_to_tell(interview: Interview, now: datetime) -> None:
    if interview.state not in AGAIN:
        raise NotPossible(f"There is nothing that {interview.participant.name} has to be told any more.")
    if interview.state in (State.INVITED, State.ACCEPTED) and interview.starts_at <= now:
        raise NotPossible("The time of this interview is over. Give it another one; the letter tells it.")


def set_address(*, participant: Participant, by: User, email: str) -> None:
    """Where somebody without an account is written to. Raises NotPossible for what is no address."""
    email = email.strip()
    if participant.user_id:
        raise NotPossible(f"Letters to {participant.name} go to the address of their account.")
    if email == participant.email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotPossible(f"“{email[:80]}” is no e-mail address. It looks like name@example.org.") from error
    with transaction.atomic():
        participant.email = email
        participant.save(update_fields=["email"])
        record(
            by=by, verb="participant.address", subject=participant.incident.ref,
            sentence=f"noted another address of {participant.name}",
        )  # fmt: skip
