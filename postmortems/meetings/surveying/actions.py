"""Asking, answering and closing. What keeps an answer apart from its person: docs/decisions/0012-answers-of-nobody.md.

An answer leaves no entry in the audit trail and no moment anywhere: only that a key was used, in the same
transaction that changes one sealed value for all answers together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random, SystemRandom

from django.db import transaction

from postmortems.audit.log import record
from postmortems.meetings.models import Meeting, Survey, SurveyKey
from postmortems.meetings.refusals import NotPossible
from postmortems.meetings.surveying import ballots, letters
from postmortems.meetings.surveying.ballots import LEAST, Ballot
from postmortems.notices import post
from postmortems.web.sealed import Unopened, seal, unseal


def ask(*, meeting: Meeting, now: datetime) -> Survey | None:
    """Open the survey of a held meeting and write to everybody who came and was not asked yet.

    Fewer than five could never be shown anything, so that they are not asked; None then, and once it is closed.
    """
    with transaction.atomic():
        meeting = Meeting.objects.locked(meeting)
        came = [one for one in meeting.attendances.filter(came=True).select_related("user") if one.address]
        survey = Survey.objects.select_for_update().filter(meeting=meeting).first()
        if survey is None and len(came) >= LEAST and meeting.state == Meeting.State.HELD:
            closes_at = now + timedelta(days=meeting.incident.severity.survey_days)
            survey = Survey.objects.create(meeting=meeting, opened_at=now, closes_at=closes_at)
            record(by=None, verb="survey.opened", subject=meeting.incident.ref, sentence="opened the survey of the review meeting")  # fmt: skip
        if survey is None or survey.closed_at or survey.closes_at <= now:
            return None
        survey.meeting = meeting
        asked = set(survey.keys.values_list("attendance", flat=True))
        for attendance in came:
            if attendance.pk not in asked:
                key = SurveyKey.objects.create(survey=survey, attendance=attendance)
                letters.ask(key, now=now)
    return survey


def answer(*, key: SurveyKey, ballot: Ballot, now: datetime, chance: Random | None = None) -> None:
    """Drop one answer into the box, once per key. Raises NotPossible when it is too late or was done before.

    The last answer that can come closes the survey.
    """
    if ballot.is_empty:
        raise NotPossible("Answer at least one of the questions.")
    with transaction.atomic():
        survey = _open(key.survey, now)
        if not SurveyKey.objects.filter(pk=key.pk, used=False).update(used=True):
            raise NotPossible("This address has given its answer already. Thank you.")
        survey.box = seal(ballots.dropped_in(_inside(survey), ballot, chance or SystemRandom()))
        survey.save(update_fields=["box"])
        if not survey.keys.filter(used=False).exists():
            close(survey=survey, now=now, chance=chance)


def close(*, survey: Survey, now: datetime, chance: Random | None = None) -> Survey:
    """Count what is in the box, keep the counts where there are enough, and do away with the box. Twice is once."""
    with transaction.atomic():
        survey = Survey.objects.select_for_update(of=("self",)).select_related("meeting__incident").get(pk=survey.pk)  # fmt: skip
        if survey.closed_at:
            return survey
        found = ballots.result(ballots.opened(_inside(survey)), chance or SystemRandom())
        survey.result = ballots.as_json(found) if found else None
        survey.box, survey.closed_at = None, now
        survey.save()
        for uid in survey.keys.filter(used=False).values_list("attendance__uid", flat=True):
            post.withdraw(about=f"survey {uid}")
        record(by=None, verb="survey.closed", subject=survey.meeting.incident.ref, sentence="closed the survey of the review meeting")  # fmt: skip
    return survey


def _open(survey: Survey, now: datetime) -> Survey:
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.closed_at or survey.closes_at <= now:
        raise NotPossible("This survey is closed. Thank you for having come.")
    return survey


def _inside(survey: Survey) -> str:
    """What the box holds; nothing where it was sealed under another SECRET_KEY, for nobody can open it any more."""
    try:
        return unseal(survey.box) if survey.box else ""
    except Unopened:
        return ""
