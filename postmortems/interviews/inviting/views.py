from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.hours import as_on_monday, legible
from postmortems.calendars.hours import in_words
from postmortems.interviews.forms import GuestHoursForm
from postmortems.interviews.inviting import actions, letters, links, slots
from postmortems.interviews.models import BusyCalendar, Interview
from postmortems.interviews.private import private_page
from postmortems.interviews.readers import zone_of
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import letters as words_letters
from postmortems.notices import post

State = Interview.State


# --- the answer page -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def answer(request, ref, pk):
    """The signed-in interviewee; to everybody else there is no such page."""
    interview = get_object_or_404(
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer"),
        pk=pk,
        incident__ref=ref.upper(),
        participant__user=request.user,
        invited_at__isnull=False,
    )
    return _answer(request, interview, by_link=False)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def answer_by_link(request, token):
    """Without a session. GET changes nothing: mail scanners follow links."""
    interview = links.interview_of(token)
    if interview is None:
        return TemplateResponse(request, "interviews/key_over.html", {"can_ask": False}, status=404)
    if interview.state == State.CANCELLED or timezone.now() >= links.open_until(interview):
        return TemplateResponse(request, "interviews/invitation_over.html", status=410)
    return _answer(request, interview, by_link=True)


class Mistyped(NotPossible):
    """Hours that cannot be kept; the form says what is wrong with them."""

    def __init__(self, form: GuestHoursForm) -> None:
        super().__init__("Your hours could not be saved yet.")
        self.form = form


def _answer(request, interview: Interview, *, by_link: bool):
    now, hours = timezone.now(), None
    if "same" in request.POST:
        hours = GuestHoursForm(as_on_monday(request.POST), participant=interview.participant)
    elif request.method == "POST":
        try:
            messages.success(request, _change(request, interview, now))
            return redirect(request.path)
        except NotPossible as refused:
            messages.error(request, str(refused))
            interview.refresh_from_db()
            hours = getattr(refused, "form", None)
    context = _context(request, interview, now, by_link, hours)
    return TemplateResponse(request, "interviews/answer.html", context)


def _context(
    request, interview: Interview, now: datetime, by_link: bool, hours: GuestHoursForm | None
) -> dict:
    person, zone = interview.participant, zone_of(interview.participant)
    is_open = interview.state in actions.OPEN
    owner = {"user": person.user} if person.user else {"participant": person}
    return {
        "interview": interview,
        "incident": interview.incident,
        "person": person,
        "host": interview.interviewer,
        "zone": zone,
        "hosts_zone": interview.interviewer.tz,
        "two_zones": zone.key != interview.interviewer.tz.key,
        "by_link": by_link,
        "open": is_open,
        "ahead": bool(interview.starts_at) and interview.starts_at > now,
        "days": _days(interview, zone, now) if is_open else [],
        "until": links.open_until(interview),
        "calendar": BusyCalendar.objects.filter(**owner).first(),
        "working": in_words(legible(person.hours)),
        "form": hours or (None if person.user else GuestHoursForm(participant=person)),
        "typing": hours is not None,
        "wishes": request.POST.get("wishes", interview.wishes),
    }


def _days(interview: Interview, zone, now: datetime) -> list[tuple[date, list[datetime]]]:
    """Other times that fit, by the interviewee's own dates."""
    others = [start for start in slots.fitting(interview, now=now) if start != interview.starts_at]
    chosen = slots.offered(others, zone=zone)
    by_date = groupby(chosen, key=lambda start: start.astimezone(zone).date())
    return [(day, list(starts)) for day, starts in by_date]


def _change(request, interview: Interview, now: datetime) -> str:
    """Do what the button says; the sentence to answer with. Raises NotPossible."""
    change = CHANGES.get(request.POST.get("what", ""))
    if change is None:
        raise NotPossible("Choose one of the answers.")
    return change(request, interview, now)


def _accept(request, interview, now) -> str:
    actions.answer(interview=interview, how="accept", now=now)
    return f"Thank you. {interview.interviewer} is told, and both calendars follow."


def _choose(request, interview, now) -> str:
    try:
        start = datetime.fromisoformat(request.POST.get("start", ""))
    except ValueError as error:
        raise NotPossible("Choose one of the times.") from error
    if start.tzinfo is None:
        raise NotPossible("Choose one of the times.")
    actions.choose(interview=interview, starts_at=start.astimezone(UTC), now=now)
    return "Thank you. That is agreed, and both calendars follow."


def _move(request, interview, now) -> str:
    actions.answer(interview=interview, how="move", wishes=request.POST.get("wishes", ""), now=now)
    return f"Thank you. {interview.interviewer} is told, and finds another time with you."


def _write(request, interview, now) -> str:
    actions.answer(interview=interview, how="write", now=now)
    return "Thank you. Your page for writing is open, as long as you like."


def _decline(request, interview, now) -> str:
    actions.answer(interview=interview, how="decline", now=now)
    return "That is fine. Nobody asks for a reason, and you are not written to again."


def _hour(request, interview, now) -> str:
    wanted = request.POST.get("hour_before") == "1"
    actions.remind_an_hour_before(interview=interview, host=False, wanted=wanted)
    return "A letter comes an hour before as well." if wanted else "No letter comes an hour before."


def _words(request, interview, now) -> str:
    """The key to the answer opens the answer alone: the way to the words goes by a letter of its own."""
    if interview.state not in (State.WRITING, State.DONE):
        raise NotPossible("Choose one of the answers.")
    words_letters.new_link(interview, now=now)
    return "The link to your page is on its way to you."


def _hours(request, interview, now) -> str:
    form = GuestHoursForm(request.POST, participant=interview.participant)
    if not form.is_valid():
        raise Mistyped(form)
    actions.save_hours(participant=interview.participant, zone=form.cleaned_data["zone"], hours=form.hours)
    return "Thank you. The times on this page are in your zone now."


def _name_calendar(request, interview, now) -> str:
    actions.name_calendar(owner=interview.participant, address=request.POST.get("address", ""), now=now)
    return "Thank you. It is read in a moment; times that do not fit you are left out then."


def _forget_calendar(request, interview, now) -> str:
    actions.forget_calendar(owner=interview.participant)
    return "Forgotten, with all that was read from it."


Change = Callable[[HttpRequest, Interview, datetime], str]
CHANGES: dict[str, Change] = {
    "accept": _accept, "choose": _choose, "move": _move, "write": _write, "decline": _decline, "hour": _hour, "words": _words,
    "hours": _hours, "calendar": _name_calendar, "forget": _forget_calendar,
}  # fmt: skip


# --- my conversations ----------------------------------------------------------------------------------

SHOWN = 60


@require_safe
def mine(request):
    """What somebody is asked to, and what they ask others to; the latest first where it is over."""
    told = Interview.objects.select_related("incident", "participant", "interviewer").exclude(
        state__in=[State.CANCELLED, State.PROPOSED]
    )
    asked = told.filter(participant__user=request.user, invited_at__isnull=False)
    asks = told.filter(interviewer=request.user).exclude(state=State.DECLINED)
    newest = "-starts_at"
    asks = list(asks.order_by(newest, "-pk")[:SHOWN])
    stuck = {letter.about for letter in post.stuck(letters.about(one) for one in asks)}
    return TemplateResponse(
        request,
        "interviews/mine.html",
        {
            "asked": asked.order_by(newest, "-pk")[:SHOWN],
            "asks": asks,
            "stuck": {one.pk for one in asks if letters.about(one) in stuck},
            "now": timezone.now(),
        },
    )


@require_POST
def remind_me(request, pk):
    """An hour before as well, or not: for the interviewer of a conversation."""
    interview = get_object_or_404(Interview, pk=pk, interviewer=request.user)
    wanted = request.POST.get("hour_before") == "1"
    actions.remind_an_hour_before(interview=interview, host=True, wanted=wanted)
    messages.success(
        request, "A letter comes an hour before." if wanted else "No letter comes an hour before."
    )
    return redirect("interviews:mine")
