"""Changes of the schedule: what is proposed, added, and moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.inviting import letters
from postmortems.interviews.models import Interview
from postmortems.interviews.refusals import NotPossible


def propose(*, incident: Incident, by: User, slots: list[dict]) -> list[Interview]:
    """Replace what was only proposed by these slots: participant, interviewer, start, end, why."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        incident.interviews.filter(state=Interview.State.PROPOSED).delete()
        standing = set(incident.interviews.standing().values_list("participant", flat=True))
        made = [
            Interview.objects.create(
                incident=incident, participant_id=slot["participant"], interviewer_id=slot["interviewer"], starts_at=slot["start"],
                ends_at=slot["end"], why=slot["why"][:300],
            )
            for slot in slots
            if slot["participant"] not in standing
        ]  # fmt: skip
        record(
            by=by,
            verb="interviews.proposed",
            subject=incident.ref,
            sentence=f"planned {len(made)} interviews",
        )
    return made


def set_time(
    *, interview: Interview, by: User, starts_at: datetime, minutes: int, early_reason: str, now: datetime
) -> Interview:
    """Move an interview by hand. Before the soak is over it takes a reason, which stays with the interview."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state in (Interview.State.DONE, Interview.State.DECLINED, Interview.State.CANCELLED):
            raise NotPossible("This interview is over.")
        incident = interview.incident
        if incident.resolved_at:
            soak = incident.resolved_at + timedelta(hours=incident.severity.soak_hours)
            if starts_at < soak and not early_reason.strip():
                raise NotPossible(
                    "That is before people have rested. An early interview needs a reason, which is kept."
                )
        interview.starts_at, interview.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
        interview.early_reason = early_reason.strip()[:300]
        if interview.invited_at:
            interview.sequence += 1
            interview.state, interview.invited_at = Interview.State.INVITED, now
        interview.save()
        record(
            by=by, verb="interview.moved", subject=incident.ref, sentence=f"set a time for the conversation with {interview.participant.name}",
            reason=interview.early_reason,
        )  # fmt: skip
        if interview.invited_at:
            letters.invite(interview)
    return interview


def add(
    *, incident: Incident, by: User, participant: Participant, interviewer: User, why: str = ""
) -> Interview:
    """An interview without a time yet, added by hand."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if incident.interviews.standing().filter(participant=participant).exists():
            raise NotPossible(f"There is an interview with {participant.name} already.")
        if participant.user_id == interviewer.pk:
            raise NotPossible("Nobody interviews themselves.")
        interview = Interview.objects.create(
            incident=incident, participant=participant, interviewer=interviewer, why=why[:300]
        )
        record(
            by=by,
            verb="interview.added",
            subject=incident.ref,
            sentence=f"added a conversation with {participant.name}",
        )
    return interview
