from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import permissions
from postmortems.interviews.forms import attempt, number
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.listening import cues, stamps
from postmortems.interviews.models import Interview, Note
from postmortems.interviews.private import kept, private_page, refusal, version, wants_json
from postmortems.interviews.readers import email_of, zone_of
from postmortems.interviews.refusals import NotPossible, Stale
from postmortems.interviews.releasing import actions, letters, lines, links
from postmortems.web.times import NoSuchTime, parse_local

# --- the interviewee ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def words(request, ref, pk):
    """The signed-in interviewee; to everybody else there is no such page."""
    interview = get_object_or_404(
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer"),
        pk=pk,
        incident__ref=ref.upper(),
        participant__user=request.user,
    )
    return _words(request, interview, by_link=False)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def words_by_link(request, key):
    """Without a session. GET changes nothing: mail scanners follow links."""
    interview = links.interview_of(key)
    if interview is None:
        return _over(request, links.interview_of(key, late=True))
    return _words(request, interview, by_link=True)


def _over(request, interview: Interview | None):
    """A key that is too old can ask for a new one, which goes to the address it once came to."""
    email = email_of(interview.participant) if interview else ""
    if email and request.method == "POST" and request.POST.get("what") == "again":
        letters.new_link(interview, now=timezone.now())
        messages.success(request, "A new link is on its way to you.")
        return redirect(request.path)
    return TemplateResponse(request, "interviews/key_over.html", {"can_ask": bool(email)}, status=404)


def _words(request, interview: Interview, *, by_link: bool):
    standing = None
    if request.method == "POST":
        try:
            if request.POST.get("what") == "written":
                note = _write(request, interview)
                if wants_json(request):
                    return kept(note, note.saved_at)
                messages.success(request, "Kept, for the two of you.")
            else:
                messages.success(request, _decide(request, interview))
            return redirect(request.path)
        except Stale as stale:
            standing = stale.standing
            if wants_json(request):
                return JsonResponse({"version": standing.version, "text": standing.body}, status=409)
        except NotPossible as refused:
            if wants_json(request):
                return refusal(refused)
            messages.error(request, str(refused))
            interview.refresh_from_db()
    context = _context(request, interview, standing) | {"by_link": by_link}
    return TemplateResponse(request, "interviews/words.html", context, status=409 if standing else 200)


def _context(request, interview: Interview, standing: Note | None) -> dict:
    note = standing or Note.objects.filter(interview=interview).first()
    zone = zone_of(interview.participant)
    passages = list(interview.passages.select_related("event"))
    corrections = {(one.number, one.line): one for one in interview.corrections.all()}
    places = {
        one.line: one for one in stamps.read(note.body if note else "", cues.span_of(interview.incident))
    }
    let_out = {one.text for one in passages if one.state == "released"}
    # what was said is read once the conversation is over: nobody looks over a writing shoulder
    shown = interview.done_at is not None
    rows = [
        {
            "line": line,
            "words": lines.parts(line.text)[1],
            "stamp": places.get(line.number),
            "released": lines.parts(line.text)[1] in let_out,
            "correction": corrections.pop((line.number, line.text), None),
        }
        for line in (lines.of(note.body) if note and shown else [])
    ]
    return {
        "interview": interview,
        "incident": interview.incident,
        "host": interview.interviewer,
        "zone": zone,
        "note": note,
        "writing": interview.state == Interview.State.WRITING,
        "shown": shown,
        "rows": rows,
        "loose": list(corrections.values()),  # corrections of lines that were changed since
        "proposed": [one for one in passages if one.state == "proposed"] if shown else [],
        "released": [one for one in passages if one.state == "released"],
        "struck": sum(one.state == "struck" for one in passages),
        "standing": standing,
        "text": request.POST.get("text", "") if standing else (note.body if note else ""),
        "when": _local(interview.incident.impact_began_at or interview.incident.detected_at, zone),
    }


def _local(at: datetime | None, zone) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else ""


def _write(request, interview: Interview) -> Note:
    if interview.state != Interview.State.WRITING:
        raise NotPossible("This conversation is not one in writing.")
    return listening.save_note(
        interview=interview, by=interview.participant.user, body=request.POST.get("text", ""),
        version=version(request), now=timezone.now(),
    )  # fmt: skip


def _decide(request, interview: Interview) -> str:
    """Do what the button says; the sentence to answer with. Raises NotPossible."""
    answer = DECISIONS.get(request.POST.get("what", ""))
    if answer is None:
        raise NotPossible("Choose what should happen.")
    change, said = answer
    change(request, interview, timezone.now())
    return said


def _line(request) -> dict:
    text = request.POST.get("number", "")
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return {"line": request.POST.get("line", ""), "number": at}


def _correct(request, interview, now):
    actions.correct(interview=interview, text=request.POST.get("text", ""), now=now, **_line(request))


def _drop(request, interview, now):
    found = get_object_or_404(interview.corrections, pk=number(request, "correction"))
    actions.drop_correction(correction=found)


def _strike_line(request, interview, now):
    actions.strike_line(interview=interview, now=now, **_line(request))


def _release_line(request, interview, now):
    actions.release_line(interview=interview, now=now, **_line(request), **_terms(request, interview))


def _strike(request, interview, now):
    actions.strike(passage=_passage(request, interview), now=now)


def _release(request, interview, now):
    actions.release(passage=_passage(request, interview), now=now, **_terms(request, interview))


def _take_back(request, interview, now):
    actions.take_back(passage=_passage(request, interview), now=now)


def _passage(request, interview):
    return get_object_or_404(interview.passages, pk=number(request, "passage"))


def _terms(request, interview) -> dict:
    """The words, the time and the name under which something is let out. Raises NotPossible."""
    times = {}
    for name, field in (("earliest", "when"), ("latest", "until")):
        written = request.POST.get(field, "").strip()
        try:
            times[name] = parse_local(written, zone_of(interview.participant)) if written else None
        except ValueError as error:
            raise NotPossible(
                str(error) if isinstance(error, NoSuchTime) else "This is not a date and time."
            ) from error
    return {"text": request.POST.get("text", ""), "with_name": request.POST.get("name") == "with", **times}


Decision = Callable[[HttpRequest, Interview, datetime], object]
DECISIONS: dict[str, tuple[Decision, str]] = {
    "correct": (_correct, "Your words stand beside the line until they are taken over."),
    "drop": (_drop, "Your words beside the line are dropped."),
    "strike_line": (_strike_line, "Struck. The words are gone."),
    "release_line": (_release_line, "Released. It stands on the timeline as a recollection; you can take it back."),
    "strike": (_strike, "Struck. The words are gone."),
    "release": (_release, "Released. It stands on the timeline as a recollection; you can take it back."),
    "take_back": (_take_back, "Taken back. It is between the two of you again."),
    "agree": (lambda request, interview, now: actions.agree(interview=interview, now=now), "Thank you for reading."),
    "finish": (
        lambda request, interview, now: actions.finish_writing(interview=interview, now=now),
        "Thank you. You can still put lines into other words, strike them, or let them out.",
    ),
    "longer": (
        lambda request, interview, now: actions.answer_longer(interview=interview, agreed=True),
        "Thank you. The notes are kept until the later day.",
    ),
    "not_longer": (
        lambda request, interview, now: actions.answer_longer(interview=interview, agreed=False),
        "The first day stands.",
    ),
}  # fmt: skip


# --- the interviewer ---------------------------------------------------------------------------------


def _conducted(request, ref: str, pk: int) -> Interview:
    """The interview this person conducts; 404 to everybody else, lead reviewers and administrators included."""
    interview = get_object_or_404(
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer"),
        pk=pk,
        incident__ref=ref.upper(),
        interviewer=request.user,
    )
    if Permission.READ not in permissions(request.user, interview.incident):
        raise PermissionDenied("You are no longer in the circle of this review.")
    return interview


@require_POST
def ask_to_read(request, ref, pk):
    interview = _conducted(request, ref, pk)
    attempt(
        request,
        lambda: actions.ask_to_read(interview=interview, by=request.user, now=timezone.now()),
        f"{interview.participant.name} is asked to read it, at a decent hour.",
    )
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
def take_over(request, ref, pk):
    interview = _conducted(request, ref, pk)
    correction = interview.corrections.filter(pk=number(request, "correction")).first()
    if correction is None:
        messages.error(request, "This correction was taken over or dropped already.")
    else:
        attempt(
            request,
            lambda: actions.take_over(correction=correction, by=request.user, now=timezone.now()),
            "Their words stand in the notes now.",
        )
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
def ask_longer(request, ref, pk):
    interview = _conducted(request, ref, pk)
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        messages.error(request, "This is not a day.")
    else:
        attempt(
            request,
            lambda: actions.ask_longer(interview=interview, by=request.user, until=until, now=timezone.now()),
            f"{interview.participant.name} is asked. Without a yes the first day stands.",
        )
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)
