from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.interviews.forms import number
from postmortems.interviews.inviting import actions, letters
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, Note
from postmortems.interviews.refusals import NotPossible, Stale
from postmortems.interviews.releasing import actions as releasing


def _theirs(request, ref: str, pk: int) -> Interview:
    """The interview a signed-in person is asked to, or 404: it concerns nobody else."""
    return get_object_or_404(
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer"),
        pk=pk,
        incident__ref=ref.upper(),
        participant__user=request.user,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, ref, pk):
    return _answer(request, _theirs(request, ref, pk))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request, token):
    interview = letters.interview_of(token)
    if interview is None:
        return TemplateResponse(request, "interviews/link_over.html", status=404)
    return _answer(request, interview, by_link=True)


def _answer(request, interview: Interview, *, by_link: bool = False):
    """Accept, move, decline, answer in writing; decide on passages. GET changes nothing: mail scanners follow links."""
    note = Note.objects.filter(interview=interview).first()
    standing = None
    if request.method == "POST":
        now, what = timezone.now(), request.POST.get("what", "")
        try:
            if what == "written":
                version = request.POST.get("version", "0")
                listening.save_note(
                    interview=interview, by=interview.participant.user, body=request.POST.get("body", ""),
                    version=int(version) if version.isdigit() else 0, now=now,
                )  # fmt: skip
                messages.success(request, "Your words are kept, for you and the interviewer alone.")
            elif what in ("release", "strike"):
                passage = get_object_or_404(interview.passages, pk=number(request, "passage"))
                if what == "strike":
                    releasing.strike(passage=passage)
                    messages.success(request, "Struck. The words are gone.")
                else:
                    releasing.release(
                        passage=passage,
                        text=request.POST.get("text", ""),
                        with_name=request.POST.get("with_name") == "1",
                        now=now,
                    )
                    messages.success(request, "Released. It stands on the timeline as a recollection.")
            else:
                actions.answer(interview=interview, how=what, wishes=request.POST.get("wishes", ""), now=now)
                messages.success(request, "Thank you. The interviewer sees your answer.")
            return redirect(request.path)
        except NotPossible as error:
            messages.error(request, str(error))
        except Stale as stale:
            standing = stale.standing
    zone = interview.participant.user.zone if interview.participant.user else interview.participant.zone
    return TemplateResponse(
        request,
        "interviews/answer.html",
        {
            "interview": interview,
            "incident": interview.incident,
            "by_link": by_link,
            "zone": ZoneInfo(zone),
            "hosts_zone": interview.interviewer.tz,
            "note": note,
            "standing": standing,
            "body": request.POST.get("body", "") if standing else (note.body if note else ""),
            "passages": interview.passages.all(),
            "open": interview.state in ("invited", "accepted", "moving", "writing", "declined"),
        },
    )
