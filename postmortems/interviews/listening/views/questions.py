"""The questions of a conversation, and the reader of questions that is open to everybody."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.interviews.forms import number
from postmortems.interviews.listening import actions, cues, linter, page
from postmortems.interviews.listening.bank import bank
from postmortems.interviews.listening.forms import banked, point_of
from postmortems.interviews.listening.views.door import conducted
from postmortems.interviews.listening.views.page import TEMPLATE, show
from postmortems.interviews.models import Question
from postmortems.interviews.private import private_page
from postmortems.interviews.refusals import NotPossible


@require_POST
@conducted
def add(request, interview):
    """A question of one's own, read by the linter first; `as_it_stands` keeps it all the same."""
    posted = request.POST
    text = posted.get("instead") or posted.get("question", "")
    value = posted.get("about", "")
    try:
        actions.add_question(
            interview=interview, by=request.user, text=text, point=point_of(interview, value),
            as_it_stands="as_it_stands" in posted, now=timezone.now(),
        )  # fmt: skip
    except actions.Closes as closes:
        told = {"verdict": closes.verdict, "question": text, "about": value, "refused_question": True}
        return _questions(request, interview, status=422, **told)
    except NotPossible as error:
        messages.error(request, str(error))
    return _questions(request, interview, opened=value)


CHANGES = {
    "asked": lambda question, by, now: actions.mark_asked(question=question, by=by, asked=True, now=now),
    "unasked": lambda question, by, now: actions.mark_asked(question=question, by=by, asked=False, now=now),
    "up": lambda question, by, now: actions.move_question(question=question, by=by, up=True),
    "down": lambda question, by, now: actions.move_question(question=question, by=by, up=False),
    "remove": lambda question, by, now: actions.remove_question(question=question, by=by),
}


@require_POST
@conducted
def change(request, interview):
    """One click: a question of the bank was asked, or one of one's own was, was not, goes up, down or out.

    The name of the button says which, its value is the question; one that is gone changes nothing.
    """
    if "ask" in request.POST:
        return _questions(request, interview, opened=_ask(request, interview, request.POST["ask"]))
    what = next((name for name in CHANGES if name in request.POST), None)
    own = Question.objects.visible_to(request.user).filter(
        interview=interview, pk=number(request, what or "")
    )
    question = own.select_related("interview__incident").first()
    if question:
        CHANGES[what](question, request.user, timezone.now())
    return _questions(request, interview, opened=cues.point_of_question(question) if question else "")


def _ask(request, interview, value: str) -> str:
    """Write down that a question of the bank was asked; answers the point it is about."""
    point, question = banked(value)
    if question:
        try:
            actions.add_question(
                interview=interview, by=request.user, text=question.ask, group=question.key.partition("/")[0],
                point=point_of(interview, point), asked=True, now=timezone.now(),
            )  # fmt: skip
        except NotPossible as error:
            messages.error(request, str(error))
    return point


@require_POST
@conducted
def check(request, interview):
    """What the linter says of a question that is being typed. Nothing is kept."""
    return _verdict(request, cues.names_of(interview.incident))


def _verdict(request, names: list[str], template: str = f"{TEMPLATE}#verdict"):
    text = request.POST.get("question", "")
    verdict = linter.check(text, names) if text.strip() else None
    return TemplateResponse(request, template, {"verdict": verdict, "question": text})


def _questions(request, interview, *, status: int = 200, opened: str = "", **more):
    if request.htmx:
        context = page.head(interview) | page.asking(interview, request.user, opened=opened, **more)
        # htmx puts an answer of 422 in place like any other; the status is for everybody else
        return TemplateResponse(request, f"{TEMPLATE}#questions", context, status=200 if request.htmx else status)  # fmt: skip
    if status != 200:
        return show(request, interview, status=status, **more)
    return redirect(f"{request.path.rsplit('/questions/', 1)[0]}/#questions")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def check_a_question(request):
    """Help for everybody: type a question, see how it could open a story. Nothing is kept, so POST changes nothing."""
    if request.method == "POST":
        template = "interviews/check_question.html" + ("#verdict" if request.htmx else "")
        return _verdict(request, [], template)
    return TemplateResponse(request, "interviews/check_question.html", {"bank": bank()})
