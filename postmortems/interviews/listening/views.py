from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import permissions
from postmortems.interviews.listening import actions, questions
from postmortems.interviews.models import Interview, Note, Passage
from postmortems.interviews.refusals import NotPossible, Stale
from postmortems.web.times import NoSuchTime, parse_local
from timelines.models import Event


def _conducted(request, ref: str, pk: int) -> Interview:
    """The interview this person conducts: 404 to everybody else, lead reviewers and administrators included."""
    interview = get_object_or_404(
        Interview.objects.select_related(
            "incident__severity", "participant__user", "interviewer"
        ).prefetch_related("incident__circle"),
        pk=pk,
        incident__ref=ref.upper(),
        interviewer=request.user,
    )
    request.permissions = permissions(request.user, interview.incident)
    if Permission.READ not in request.permissions:
        raise PermissionDenied("You are no longer in the circle of this review.")
    return interview


class PassageForm(forms.Form):
    text = forms.CharField(label="In their words", widget=forms.Textarea(attrs={"rows": 3}))
    about = forms.CharField(label="When, as they said it", required=False, max_length=80)
    earliest = forms.CharField(label="Not before", widget=forms.TextInput(attrs={"type": "datetime-local"}))
    latest = forms.CharField(
        label="Not after", required=False, widget=forms.TextInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["earliest"].help_text = f"In {zone}."

    def clean(self):
        data = super().clean()
        for name in ("earliest", "latest"):
            try:
                data[name] = parse_local(data[name], self.zone) if data.get(name) else None
            except ValueError as error:
                self.add_error(
                    name, str(error) if isinstance(error, NoSuchTime) else "This is not a date and time."
                )
        return data


@require_safe
def conduct(request, ref, pk):
    return TemplateResponse(
        request, "interviews/conduct.html", _conversation(request, _conducted(request, ref, pk))
    )


def _conversation(request, interview, **more) -> dict:
    person = interview.participant
    names = [person.name, *person.known_as]
    cues = Event.objects.filter(incident=interview.incident, hidden=False).filter(
        actor__in=names
    ) | Event.objects.filter(incident=interview.incident, hidden=False, actor_id__in=names)
    note = Note.objects.visible_to(request.user).filter(interview=interview).first()
    return {
        "interview": interview,
        "incident": interview.incident,
        "note": note,
        "body": note.body if note else "",
        "passages": Passage.objects.visible_to(request.user).filter(interview=interview),
        "cues": cues.distinct().select_related("source").in_order()[:80],
        "moments": interview.incident.events.pinned().select_related("source").in_order()[:80],
        "open_questions": interview.incident.questions.filter(closed_at=None)[:20],
        "groups": questions.GROUPS,
        "form": PassageForm(zone=interview.incident.zone),
        **more,
    }


@require_POST
def save_note(request, ref, pk):
    interview = _conducted(request, ref, pk)
    version, body = request.POST.get("version", "0"), request.POST.get("text", "")
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        note = actions.save_note(
            interview=interview,
            by=request.user,
            body=body,
            version=int(version) if version.isdigit() else 0,
            now=timezone.now(),
        )
    except Stale as stale:
        if wants_json:
            return JsonResponse({"conflict": True, "version": stale.standing.version}, status=409)
        return TemplateResponse(
            request,
            "interviews/conduct.html",
            _conversation(request, interview, standing=stale.standing, body=body),
            status=409,
        )
    if wants_json:
        return JsonResponse({"version": note.version, "saved_at": note.saved_at.isoformat()})
    messages.success(request, "The notes are kept.")
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
def held(request, ref, pk):
    interview = _conducted(request, ref, pk)
    actions.held(interview=interview, by=request.user, now=timezone.now())
    messages.success(
        request, "Thank you for listening. Tidy the notes today, while the sound is still in your ear."
    )
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
def propose_passage(request, ref, pk):
    interview = _conducted(request, ref, pk)
    form = PassageForm(request.POST, zone=interview.incident.zone)
    if form.is_valid():
        try:
            actions.propose_passage(interview=interview, by=request.user, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Proposed. It goes nowhere until they release it.")
            return redirect("interviews:conduct", interview.incident.ref, interview.pk)
    return TemplateResponse(
        request, "interviews/conduct.html", _conversation(request, interview, form=form), status=422
    )
