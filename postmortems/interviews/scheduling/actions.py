"""Changes of the schedule: what is planned, added, moved by hand, and what was decided about the window.

Whoever changes a schedule holds the incident and the interviewers for the transaction, so that nobody is
promised to two people at once; what was read before is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.calendars.hours import Hours
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.inviting import letters
from postmortems.interviews.models import Interview, NotAsked, Plan, WindowDecision
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import replacing, schedule
from postmortems.interviews.scheduling.bounds import FIRM
from postmortems.interviews.scheduling.planning import Outcome
from postmortems.interviews.scheduling.schedule import House
from postmortems.interviews.scheduling.telling import Left
from postmortems.interviews.scheduling.window import LEAST_SOAK, LONGEST, window_of

State = Interview.State
OVER = (State.DONE, State.DECLINED, State.CANCELLED)


def propose(
    *,
    incident: Incident,
    by: User,
    outcome: Outcome,
    house: House,
    choices: dict[str, Any],
    version: int,
    now: datetime,
) -> list[Interview]:
    """Put a plan in the place of the last one. Sent invitations and times that somebody chose stay as they are.

    Raises NotPossible where the plan was made from what is no longer true: another plan, an interview that was
    moved or answered meanwhile, somebody who was taken off the list or whose account was closed.
    """
    with transaction.atomic():
        replacing.hold(incident, {slot["interviewer"] for slot in outcome.slots})
        plan = Plan.objects.filter(incident=incident).select_related("by").first()
        if plan and plan.version != version:
            raise NotPossible(
                f"{plan.by} made another plan in the meantime. Look at it; plan again if it should be different."
            )
        replacing.still_true(incident, house, outcome, now)
        chosen = {one["participant"] for one in choices.get("people", [])}
        made = replacing.put_in_place(incident, chosen, outcome.slots, now)
        Plan.objects.update_or_create(
            incident=incident,
            defaults={
                "choices": choices, "unplaced": [left.as_json() for left in outcome.left], "late": outcome.late, "proven": outcome.proven,
                "by": by, "made_at": now, "version": (plan.version if plan else 0) + 1,
            },
        )  # fmt: skip
        left = f"; {len(outcome.left)} could not be placed" if outcome.left else ""
        record(
            by=by,
            verb="interviews.planned",
            subject=incident.ref,
            sentence=f"planned {len(made)} interview{'' if len(made) == 1 else 's'}{left}",
        )
    return made


def loosen(
    *, incident: Incident, by: User, participant: Participant, reason: str, version: int, now: datetime
) -> Interview | None:
    """Give up the one thing that binds for somebody whom the last plan left out, and nothing else.

    With the fade in the way, interviews of this review may go on for longer: the window is changed, and None is
    returned; a new plan finds the time. Otherwise the person is given the time that was offered, kept with its reason.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().filter(incident=incident).first()
        left = (
            next((one for one in plan.unplaced if one["participant"] == participant.pk), None)
            if plan
            else None
        )
        if left is None or plan.version != version:
            raise NotPossible("The plan changed in the meantime. Look at it once more.")
        if left["constraint"] is None:
            raise NotPossible(left["sentence"])
        found = Left(**left | {"rules": tuple(left["rules"])})
        if found.constraint == "fade":
            window = window_of(incident)
            until = datetime.fromisoformat(found.end) - window.resolved_at
            decide(
                incident=incident, by=by, way=WindowDecision.Way.LONGER, reason=reason or f"so that {participant.name} can be heard",
                soak_hours=window.soak_hours, fade_hours=-int(-until.total_seconds() // 3600), now=now,
            )  # fmt: skip
            return None
        for one in incident.interviews.filter(participant=participant, state=State.PROPOSED, starts_at=None):
            replacing.let_go(one, again=True)
        interview = add(
            incident=incident, by=by, participant=participant, interviewer=User.objects.get(pk=found.interviewer),
            why=schedule_reason(incident, participant),
        )  # fmt: skip
        interview = set_time(
            interview=interview, by=by, starts_at=datetime.fromisoformat(found.start), early_reason=reason, now=now,
            after=after_of(plan, participant.pk),
        )  # fmt: skip
        plan.unplaced = [one for one in plan.unplaced if one["participant"] != participant.pk]
        plan.version += 1
        plan.save()
    return interview


def schedule_reason(incident: Incident, participant: Participant) -> str:
    """Why somebody is asked, in the words of the evidence."""
    return next((asked.why for asked in schedule.asked(incident) if asked.id == participant.pk), "")


def after_of(plan: Plan | None, participant: int) -> tuple[int, ...]:
    """After whom somebody is to be asked, by the choices of the last plan."""
    people = plan.choices.get("people", []) if plan else []
    return next((tuple(one["after"]) for one in people if one["participant"] == participant), ())


def set_time(
    *,
    interview: Interview,
    by: User,
    starts_at: datetime,
    now: datetime,
    early_reason: str = "",
    was: str | None = None,
    after: Sequence[int] | None = None,
) -> Interview:
    """Move an interview by hand; who was invited is told. `was` is the time it was moved from, to see whether it still stands.

    The rules of the planner decide. Where one is in the way a reason is needed, which stays with the interview;
    nothing helps against the past, two places at once, and talking with oneself. Raises NotPossible with the rule in words.
    """
    with transaction.atomic():
        replacing.hold(interview.incident, [interview.interviewer_id])
        interview = Interview.objects.locked(interview)
        name = interview.participant.name
        if interview.state in OVER:
            raise NotPossible("This interview is over.")
        if interview.state == State.WRITING:
            raise NotPossible(f"{name} answers in writing, at a time of their own.")
        if was is not None and was != (interview.starts_at.isoformat() if interview.starts_at else ""):
            raise NotPossible(
                f"Somebody else gave the interview with {name} another time in the meantime. It is as they left it."
            )
        if not interview.interviewer.is_active:
            raise NotPossible(
                f"The account of {interview.interviewer} is closed. Cancel this one, and add one with somebody else."
            )
        reason = early_reason.replace("\x00", "").strip()[:300]
        before = interview.starts_at
        broken = _broken(interview, starts_at, reason, after, now)
        interview.starts_at, interview.ends_at = starts_at, starts_at + schedule.LENGTH
        interview.overruled, interview.early_reason = broken, reason if broken else ""
        interview.kept = True
        if interview.invited_at:
            interview.sequence += 1
            interview.state, interview.invited_at, interview.answered_at = State.INVITED, now, None
        interview.save()
        record(
            by=by, verb="interview.moved", subject=interview.incident.ref, sentence=f"set a time for the interview with {name}",
            reason=interview.early_reason,
        )  # fmt: skip
        if interview.invited_at:
            letters.invite(interview, by=by, now=now, was=before)
    return interview


def _broken(
    interview: Interview, starts_at: datetime, reason: str, after: Sequence[int] | None, now: datetime
) -> list[str]:
    """The rules that give way. Raises NotPossible where one does not, or where no reason is given."""
    house = schedule.house(interview.incident, now=now, hosts=[interview.interviewer])
    if house is None:
        if starts_at < now:
            raise NotPossible("That time has passed.")
        return []
    if after is None:
        after = after_of(Plan.objects.filter(incident=interview.incident).first(), interview.participant_id)
    bounds, words = house.bounds(interview, after=after, starts=[starts_at])
    person, host = next(iter(bounds.people.values())), next(iter(bounds.interviewers.values()))
    broken = bounds.broken(person.id, host.id, starts_at)
    firm = [rule for rule in broken if rule in FIRM]
    if firm:
        raise NotPossible(words.say(firm[0], bounds.people[person.id], host, starts_at))
    if broken and not reason:
        told = words.say(broken[0], bounds.people[person.id], host, starts_at)
        if broken[0] == "soak":
            told += " An early interview needs a reason, which is kept."
        raise NotPossible(
            told
            if broken[0] == "soak"
            else f"{told} To ask them then all the same needs a reason, which is kept."
        )
    return broken


def add(
    *, incident: Incident, by: User, participant: Participant, interviewer: User, why: str = ""
) -> Interview:
    """An interview without a time yet, added by hand."""
    with transaction.atomic():
        replacing.hold(incident, [interviewer.pk])
        last = incident.interviews.filter(participant=participant).order_by("-pk").first()
        if last and last.state == State.DECLINED:
            raise NotPossible(f"{participant.name} declined to be asked, and that stands.")
        if last and last.state != State.CANCELLED:
            raise NotPossible(f"There is an interview with {participant.name} already.")
        if participant.user_id == interviewer.pk:
            raise NotPossible("Nobody interviews themselves.")
        if not interviewer.is_active:
            raise NotPossible(f"The account of {interviewer} is closed.")
        interview = Interview.objects.create(
            incident=incident,
            participant=participant,
            interviewer=interviewer,
            why=why.replace("\x00", "")[:300],
        )
        NotAsked.objects.filter(participant=participant).delete()
        record(
            by=by,
            verb="interview.added",
            subject=incident.ref,
            sentence=f"added an interview with {participant.name}",
        )
    return interview


def take_off(*, interview: Interview, by: User) -> None:
    """Remove an interview of which nobody was told; it is as if it had never been planned."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        name = interview.participant.name
        if interview.state != State.PROPOSED or interview.invited_at:
            raise NotPossible(f"{name} was asked already; cancel it, and they are told.")
        replacing.let_go(interview, again=True)
        record(
            by=by, verb="interview.taken_off", subject=interview.incident.ref,
            sentence=f"took the interview with {name} off the schedule",
        )  # fmt: skip


def need_not_be_asked(*, participant: Participant, by: User, reason: str) -> NotAsked:
    """Remember that somebody need not be asked, and why. What was only proposed for them goes."""
    reason = reason.replace("\x00", "").strip()[:300]
    if not reason:
        raise NotPossible(f"Say in a few words why {participant.name} need not be asked.")
    with transaction.atomic():
        replacing.hold(participant.incident, [])
        standing = participant.interviews.standing()
        if standing.exclude(state=State.PROPOSED).exists():
            raise NotPossible(f"There is an interview with {participant.name} already. Cancel it first.")
        for one in standing:
            replacing.let_go(one, again=True)
        told, _ = NotAsked.objects.update_or_create(
            participant=participant, defaults={"reason": reason, "by": by}
        )
        record(
            by=by, verb="interview.not_needed", subject=participant.incident.ref,
            sentence=f"noted that {participant.name} need not be asked", reason=reason,
        )  # fmt: skip
    return told


def ask_after_all(*, participant: Participant, by: User) -> None:
    with transaction.atomic():
        if NotAsked.objects.filter(participant=participant).delete()[0]:
            record(
                by=by, verb="interview.needed", subject=participant.incident.ref,
                sentence=f"put {participant.name} back among the people to ask",
            )  # fmt: skip


def set_hours(*, participant: Participant, by: User, zone: str, hours: Hours) -> Participant:
    """When a participant without an account works, and in which zone. Who has one says it themselves."""
    with transaction.atomic():
        if participant.user_id:
            raise NotPossible(f"{participant.name} sets their own hours, on the page of their account.")
        participant.zone, participant.hours = zone, hours
        participant.save(update_fields=["zone", "hours"])
        record(
            by=by,
            verb="participant.hours",
            subject=participant.incident.ref,
            sentence=f"noted when {participant.name} works",
        )
    return participant


def decide(
    *,
    incident: Incident,
    by: User,
    way: str,
    now: datetime,
    reason: str = "",
    soak_hours: int | None = None,
    fade_hours: int | None = None,
    full_edition_at: datetime | None = None,
) -> WindowDecision:
    """Decide about the window of this review. The last decision stands; going back to the policy is one too."""
    Way = WindowDecision.Way
    reason = reason.replace("\x00", "").strip()[:300]
    with transaction.atomic():
        replacing.hold(incident, [])
        window = window_of(incident)
        if window is None:
            raise NotPossible(
                "The window is counted from the end of the incident. Set the time of resolution first."
            )
        if way not in Way.values:
            raise NotPossible("Choose one of the ways.")
        if not reason and way in (Way.SHORTER, Way.WAIVER, Way.LONGER):
            raise NotPossible("Say why; the reason is kept with the review.")
        if way in (Way.SHORTER, Way.LONGER):
            _check_hours(way, soak_hours, fade_hours, window)
        else:
            soak_hours = fade_hours = None
        if way == Way.PRELIMINARY:
            full_edition_at = full_edition_at or window.full_edition_at
            if full_edition_at <= max(now, window.opens_at):
                raise NotPossible("The full edition comes after the conversations: choose a later day.")
        held = window.deadline or window.waived
        decision = WindowDecision.objects.create(
            incident=incident, way=way, reason=reason, soak_hours=soak_hours, fade_hours=fade_hours, by=by, at=now,
            full_edition_at=full_edition_at if way == Way.PRELIMINARY else None, deadline=held.at if held else None,
        )  # fmt: skip
        told = {
            Way.PRELIMINARY: "decided on a preliminary edition first, the full one after the interviews",
            Way.SHORTER: f"shortened the window for interviews to {soak_hours} to {fade_hours} hours",
            Way.LONGER: f"lengthened the window for interviews to {soak_hours} to {fade_hours} hours",
            Way.WAIVER: "waived the deadline, so that people can be heard",
            Way.POLICY: "put the window for interviews back to the policy’s",
        }
        record(by=by, verb="interviews.window", subject=incident.ref, sentence=told[way], reason=reason)
    return decision


def _check_hours(way: str, soak: int | None, fade: int | None, window) -> None:
    if soak is None or fade is None or not 0 <= soak < fade <= LONGEST:
        raise NotPossible("The window opens after some hours, and closes some hours later.")
    if way == WindowDecision.Way.SHORTER and (soak > window.policy_soak or fade > window.policy_fade):
        raise NotPossible("A shorter window opens no later and closes no later than the policy’s.")
    if way == WindowDecision.Way.SHORTER and soak < min(LEAST_SOAK, window.policy_soak):
        raise NotPossible(f"Nobody is asked before a night has passed: at least {LEAST_SOAK} hours.")
