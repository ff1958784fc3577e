from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.interviews.private import private_page
from postmortems.meetings.models import SurveyKey
from postmortems.meetings.refusals import NotPossible
from postmortems.meetings.surveying import actions, ballots, letters


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def answer(request, token):
    """The survey of one letter, without sign-in and without looking who is signed in. GET changes nothing."""
    key, now = letters.key_of(token), timezone.now()
    if key is None:
        return _over(request, None, "This address is not known.", status=404)
    survey = key.survey
    if key.used:
        return _over(request, survey, "This address has given its answer. Thank you.")
    if survey.closed_at or survey.closes_at <= now:
        return _over(request, survey, "This survey is closed. Thank you for having come.", status=410)
    trouble = ""
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("learned", "again", "safe", "better")}
            actions.answer(key=key, ballot=ballots.ballot(given), now=now)
            return _over(request, survey, "Thank you. Your answer is in the box with the others.")
        except NotPossible as error:
            trouble = str(error)
    return _form(request, key, trouble)


def _form(request, key: SurveyKey, trouble: str):
    return TemplateResponse(
        request,
        "meetings/survey.html",
        {
            "incident": key.survey.meeting.incident,
            "survey": key.survey,
            "questions": ballots.QUESTIONS,
            "better": ballots.BETTER,
            "longest": ballots.LONGEST,
            "least": ballots.LEAST,
            "trouble": trouble,
        },
        status=422 if trouble else 200,
    )


def _over(request, survey, sentence: str, *, status: int = 200):
    return TemplateResponse(
        request, "meetings/survey_over.html", {"survey": survey, "sentence": sentence}, status=status
    )
