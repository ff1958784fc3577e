"""The review meeting of the demo: planned, held, written down, and asked about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.meetings.models import Survey, SurveyKey
from postmortems.meetings.planning import actions as planning
from postmortems.meetings.sitting import actions as sitting
from postmortems.meetings.surveying import actions as surveying
from postmortems.meetings.surveying.ballots import ballot


def met(
    incident: Incident, people: dict[str, User], told: dict[str, Any], zero: datetime, lead: User
) -> None:
    hour, minute = (int(part) for part in told["clock"].split(":"))
    starts_at = (zero + timedelta(days=told["days"])).replace(hour=hour, minute=minute, second=0)
    before, over = starts_at - timedelta(days=3), starts_at + timedelta(minutes=told["minutes"])
    meeting = planning.plan(
        incident=incident,
        by=lead,
        plan=planning.Plan(
            starts_at=starts_at, minutes=told["minutes"], place=told["place"],
            facilitator=people[told["facilitator"]], note_taker=people[told["note_taker"]],
        ),
        now=before,
    )  # fmt: skip
    planning.invite(meeting=meeting, by=lead, now=before)
    planning.send_draft(meeting=meeting, by=lead, now=before + timedelta(days=1))
    writer = people[told["note_taker"]]
    sitting.save_text(meeting=meeting, what="notes", text=told["notes"], version=0, by=writer, now=over)
    came = meeting.attendances.filter(user__in=[people[key] for key in told["came"]])
    sitting.tick(meeting=meeting, by=writer, came=list(came.values_list("pk", flat=True)), now=over)
    sitting.hold(meeting=meeting, by=writer, now=over)
    for key, given in zip(SurveyKey.objects.filter(survey__meeting=meeting), told["answers"], strict=False):
        surveying.answer(key=key, ballot=ballot(given), now=over)
    for survey in Survey.objects.filter(meeting=meeting):
        surveying.close(survey=survey, now=survey.closes_at)
