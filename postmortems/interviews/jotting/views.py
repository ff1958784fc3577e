from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Participant
from postmortems.interviews.jotting import actions, letters, links
from postmortems.interviews.jotting.prompts import PROMPTS
from postmortems.interviews.models import JotNote
from postmortems.interviews.private import kept, private_page, refusal, version, wants_json
from postmortems.interviews.readers import email_of
from postmortems.interviews.refusals import NotPossible, Stale


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def jot(request, incident):
    return _jot(request, incident, request.user, "interviews/jot.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def jot_by_link(request, key):
    """Without a session. GET changes nothing: mail scanners follow links."""
    participant = links.participant_of(key)
    if participant is None:
        return _over(request, links.participant_of(key, late=True))
    if request.method == "POST" and request.POST.get("what") == "decline":
        actions.decline(participant=participant, now=timezone.now())
        messages.success(request, "You are not asked again. What you wrote here stays, for you.")
        return redirect(request.path)
    author = participant.user or participant
    return _jot(request, participant.incident, author, "interviews/jot_by_link.html", participant)


def _jot(request, incident, author, template: str, participant: Participant | None = None):
    now, standing = timezone.now(), None
    note = JotNote.objects.written_by(incident, author).first()
    text = note.text if note else ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            note = actions.save_jot_note(
                incident=incident, by=author, text=text, version=version(request), now=now
            )
            if wants_json(request):
                return kept(note, note.written_at)
            _share(request, note, author, now)
            return redirect(request.path)
        except Stale as stale:
            note = standing = stale.standing
            if wants_json(request):
                return JsonResponse({"version": note.version, "text": note.text}, status=409)
        except NotPossible as refused:
            if wants_json(request):
                return refusal(refused)
            messages.error(request, str(refused))
    context = {
        "incident": incident,
        "participant": participant,
        "note": note,
        "text": text,
        "standing": standing,
        "prompts": PROMPTS,
        "purge_on": note.purge_on if note else letters.first_day_without(incident, now=now),
        "keeps": f"jot-{incident.ref}-{author.pk}-{type(author).__name__[0]}",
    }
    return TemplateResponse(request, template, context, status=409 if standing else 200)


def _share(request, note, author, now) -> None:
    what = request.POST.get("what")
    if what in ("share", "take_back"):
        actions.share_jot_note(note=note, by=author, shared=what == "share", now=now)
        said = "Shared with the circle of the review." if what == "share" else "Yours alone again."
        messages.success(request, said)
    else:
        messages.success(
            request, "Kept, and shared with the circle." if note.shared_at else "Kept, for you alone."
        )


def _over(request, participant: Participant | None):
    """A key that is too old can ask for a new one, which goes to the address it once came to."""
    if participant and request.method == "POST" and request.POST.get("what") == "again":
        letters.new_link(participant, now=timezone.now())
        messages.success(request, "A new link is on its way to you.")
        return redirect(request.path)
    return TemplateResponse(
        request,
        "interviews/key_over.html",
        {"can_ask": bool(participant and email_of(participant))},
        status=404,
    )
