"""Putting a plan in the place of the last one: what is held meanwhile, what must still be true, what stays of what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.interviews.models import Interview
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import schedule
from postmortems.interviews.scheduling.planning import Outcome
from postmortems.interviews.scheduling.schedule import House

State = Interview.State


def hold(incident: Incident, interviewers: Iterable[int]) -> None:
    """Keep the incident and the interviewers for this transaction; in one order, so that two never wait for each other."""
    Incident.objects.select_for_update(no_key=True).only("pk").get(pk=incident.pk)
    list(
        User.objects.select_for_update(no_key=True)
        .filter(pk__in=interviewers)
        .order_by("pk")
        .values_list("pk")
    )


def still_true(incident: Incident, house: House, outcome: Outcome, now: datetime) -> None:
    """Raises NotPossible where what a plan was made from has changed."""
    people = set(incident.participants.values_list("pk", flat=True))
    gone = [
        house.participants[slot["participant"]].name
        for slot in outcome.slots
        if slot["participant"] not in people
    ]
    if gone:
        raise NotPossible(
            f"{' and '.join(gone)} was taken off the list of participants in the meantime. Plan again."
        )
    asking = {slot["interviewer"] for slot in outcome.slots}
    closed = list(User.objects.filter(pk__in=asking, is_active=False).values_list("name", flat=True))
    if closed:
        raise NotPossible(
            f"The account of {' and '.join(closed)} was closed in the meantime. Plan again with somebody else."
        )
    fresh = schedule.house(incident, now=now, hosts=User.objects.filter(pk__in=house.hosts))
    if fresh is None or _times(fresh) != _times(house):
        raise NotPossible(
            "The schedule changed while the plan was made. Nothing was overwritten; plan again."
        )


def _times(house: House) -> set[tuple]:
    return {
        (one.pk, one.starts_at, one.interviewer_id, one.state) for one in (*house.standing, *house.elsewhere)
    }


def put_in_place(
    incident: Incident, chosen: set[int], slots: Sequence[dict[str, Any]], now: datetime
) -> list[Interview]:
    """The interviews of a plan. One that is there with the same interviewer only gets its time, for questions may be prepared."""
    replaced = incident.interviews.select_for_update(of=("self",)).filter(
        state=State.PROPOSED, kept=False, participant__in=chosen
    )
    there = {(one.participant_id, one.interviewer_id): one for one in replaced}
    made = [there.pop((slot["participant"], slot["interviewer"]), None) for slot in slots]
    for one in there.values():
        let_go(one, again=one.participant_id in {slot["participant"] for slot in slots})
    for place, slot in enumerate(slots):
        given = {
            "starts_at": slot["start"],
            "ends_at": slot["end"],
            "why": slot["why"][:300],
            "proposed_at": now,
        }
        if made[place]:
            Interview.objects.filter(pk=made[place].pk).update(**given, overruled=[], early_reason="")
            made[place].refresh_from_db()
        else:
            made[place] = Interview.objects.create(
                incident=incident, participant_id=slot["participant"], interviewer_id=slot["interviewer"], **given
            )  # fmt: skip
    return made


def let_go(interview: Interview, *, again: bool) -> None:
    """A proposal that is no more. One with prepared questions stays, without a time, or as cancelled if somebody else asks."""
    if not interview.questions.exists():
        interview.delete()
    elif again:
        Interview.objects.filter(pk=interview.pk).update(state=State.CANCELLED)
    else:
        Interview.objects.filter(pk=interview.pk).update(starts_at=None, ends_at=None)
