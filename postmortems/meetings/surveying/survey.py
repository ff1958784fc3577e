"""What the surveys say, for pages and for the rooms above. Reads only."""

from __future__ import annotations

from postmortems.incidents.models import Incident
from postmortems.meetings.models import Meeting, Survey
from postmortems.meetings.surveying import ballots
from postmortems.meetings.surveying.ballots import Result


def result(meeting: Meeting) -> Result | None:
    """The counts of a closed survey; None while it is open, and when fewer than five answered."""
    survey = Survey.objects.filter(meeting=meeting).first()
    return ballots.from_json(survey.result) if survey and survey.result else None


def learned_share(incident: Incident) -> float | None:
    """The part of those who answered that learned something which changes how they work, 0 to 1.

    Of the newest meeting of which it may be known; None where fewer than five answered that question.
    """
    return _share(incident, ballots.LEARNED)


def again_share(incident: Incident) -> float | None:
    """The same for those who would come to such a meeting again."""
    return _share(incident, ballots.AGAIN)


def _share(incident: Incident, key: str) -> float | None:
    survey = (
        Survey.objects.filter(meeting__incident=incident, result__isnull=False).order_by("-closed_at").first()
    )
    return ballots.share(ballots.from_json(survey.result), key) if survey else None
