from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view, permissions
from postmortems.incidents.policy import window
from postmortems.interviews import actions, letters, questions, schedule
from postmortems.interviews.models import Interview, JotNote, Note, Passage
from postmortems.interviews.problem import ProblemError
from postmortems.web.times import NoSuchTime, parse_local
from timelines.models import Event

# --- the board -------------------------------------------------------------------------------------


@incident_view(Permission.READ)
@require_safe
def board(request, incident):
    return TemplateResponse(request, "interviews/board.html", _board(request, incident))


def _board(request, incident, **more) -> dict:
    interviews = list(
        incident.interviews.standing()
        .select_related("participant__user", "interviewer")
        .order_by("starts_at", "pk")
    )
    for interview in interviews:
        interview.is_two = request.user.pk in (interview.interviewer_id, interview.participant.user_id)
    soak, fade = window(incident.severity, incident.resolved_at) if incident.resolved_at else (None, None)
    asked = schedule.whom(incident)
    standing = {interview.participant_id for interview in interviews}
    return {
        "incident": incident,
        "interviews": interviews,
        "asked": asked,
        "missing": [person for person in asked if person.id not in standing],
        "interviewers": User.objects.active().filter(role__in=("reviewer", "administrator")),
        "chosen": {member.user_id for member in incident.circle.all() if member.role in ("lead", "co")},
        "soak": soak,
        "fade": fade,
        "now": timezone.now(),
        "mine": JotNote.objects.filter(incident=incident, author=request.user).first(),
        "shared": JotNote.objects.visible_to(request.user).filter(incident=incident, shared_at__isnull=False).exclude(author=request.user).select_related("author"),
        **more,
    }  # fmt: skip


@incident_view(Permission.WRITE)
@require_POST
def plan(request, incident):
    if incident.resolved_at is None:
        messages.error(
            request, "The plan counts from the end of the incident. Set the time of resolution first."
        )
        return redirect("interviews:board", incident.ref)
    now = timezone.now()
    people = [
        person for person in schedule.whom(incident) if str(person.id) in request.POST.getlist("person")
    ]
    interviewers = list(
        User.objects.active().filter(
            pk__in=[pk for pk in request.POST.getlist("interviewer") if pk.isdigit()]
        )
    )
    if not people or not interviewers:
        messages.error(request, "Choose at least one person to ask and one interviewer.")
        return redirect("interviews:board", incident.ref)
    try:
        answer = schedule.answer(
            schedule.problem(incident, people=people, interviewers=interviewers, now=now)
        )
    except ProblemError as error:
        messages.error(request, f"The plan cannot be made: {error}")
        return redirect("interviews:board", incident.ref)
    reasons = {f"p{person.id}": person.why for person in people}
    slots = [
        {
            "participant": int(slot["person"][1:]), "interviewer": int(slot["interviewer"][1:]), "why": reasons[slot["person"]],
            "start": datetime.fromisoformat(slot["start"]), "end": datetime.fromisoformat(slot["end"]),
        }
        for slot in answer["interviews"]
    ]  # fmt: skip
    actions.propose(incident=incident, by=request.user, slots=slots)
    names = {f"p{person.id}": person.name for person in people}
    unplaced = [
        {"name": names[one["person"]], "constraint": one["constraint"], "loosen": one.get("loosen") or ""}
        for one in answer["unplaced"]
    ]
    if not unplaced:
        messages.success(request, f"{len(slots)} interviews fit. Look at them, then send the invitations.")
        return redirect("interviews:board", incident.ref)
    return TemplateResponse(request, "interviews/board.html", _board(request, incident, unplaced=unplaced))


@incident_view(Permission.WRITE)
@require_POST
def add(request, incident):
    participant = incident.participants.filter(pk=_number(request, "participant")).first()
    interviewer = User.objects.active().filter(pk=_number(request, "interviewer")).first()
    if participant is None or interviewer is None:
        messages.error(request, "Choose who is asked and who asks.")
        return redirect("interviews:board", incident.ref)
    _try(
        request,
        lambda: actions.add(
            incident=incident, by=request.user, participant=participant, interviewer=interviewer
        ),
        "Added. Give it a time.",
    )
    return redirect("interviews:board", incident.ref)


def _number(request, name: str) -> int:
    """A primary key out of a form; 0, which nothing has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@incident_view(Permission.WRITE)
@require_POST
def invite(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    _try(
        request,
        lambda: actions.invite(interview=interview, by=request.user, now=timezone.now()),
        "The invitation is on its way.",
    )
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def invite_all(request, incident):
    sent = 0
    for interview in incident.interviews.filter(state=Interview.State.PROPOSED, starts_at__isnull=False):
        try:
            actions.invite(interview=interview, by=request.user, now=timezone.now())
            sent += 1
        except actions.NotPossible as error:
            messages.error(request, str(error))
    if sent:
        messages.success(request, f"{sent} invitation{'s are' if sent > 1 else ' is'} on the way.")
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def set_time(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    try:
        starts = parse_local(request.POST.get("at", ""), request.user.tz)
    except NoSuchTime as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, "This is not a date and time.")
    else:
        _try(
            request,
            lambda: actions.set_time(
                interview=interview, by=request.user, starts_at=starts, minutes=schedule.MINUTES, early_reason=request.POST.get("early_reason", ""), now=timezone.now()
            ),
            "The time is set.",
        )  # fmt: skip
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def cancel(request, incident, pk):
    actions.cancel(interview=get_object_or_404(incident.interviews, pk=pk), by=request.user)
    messages.success(request, "Cancelled; who was invited is told.")
    return redirect("interviews:board", incident.ref)


def _try(request, change, done: str) -> None:
    try:
        change()
        messages.success(request, done)
    except actions.NotPossible as error:
        messages.error(request, str(error))


# --- jot-notes -------------------------------------------------------------------------------------


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
def jot(request, incident):
    note = JotNote.objects.filter(incident=incident, author=request.user).first()
    standing, text = None, note.text if note else ""
    if request.method == "POST":
        version = request.POST.get("version", "0")
        text = request.POST.get("text", "")
        try:
            note = actions.save_jot_note(
                incident=incident,
                by=request.user,
                text=text,
                version=int(version) if version.isdigit() else 0,
            )
        except actions.Stale as stale:
            standing = stale.standing
        else:
            if "shared" in request.POST:
                actions.share_jot_note(
                    note=note, by=request.user, shared=request.POST["shared"] == "1", now=timezone.now()
                )
            messages.success(
                request, "Kept, for you alone." if not note.shared_at else "Kept and shared with the circle."
            )
            return redirect("interviews:jot", incident.ref)
    return TemplateResponse(
        request,
        "interviews/jot.html",
        {"incident": incident, "note": standing or note, "text": text, "standing": standing},
    )


# --- the interviewee -------------------------------------------------------------------------------


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
                actions.save_note(
                    interview=interview, by=interview.participant.user, body=request.POST.get("body", ""),
                    version=int(version) if version.isdigit() else 0, now=now,
                )  # fmt: skip
                messages.success(request, "Your words are kept, for you and the interviewer alone.")
            elif what in ("release", "strike"):
                passage = get_object_or_404(interview.passages, pk=_number(request, "passage"))
                if what == "strike":
                    actions.strike(passage=passage)
                    messages.success(request, "Struck. The words are gone.")
                else:
                    actions.release(
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
        except actions.NotPossible as error:
            messages.error(request, str(error))
        except actions.Stale as stale:
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


# --- the conversation ------------------------------------------------------------------------------


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
    except actions.Stale as stale:
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
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Proposed. It goes nowhere until they release it.")
            return redirect("interviews:conduct", interview.incident.ref, interview.pk)
    return TemplateResponse(
        request, "interviews/conduct.html", _conversation(request, interview, form=form), status=422
    )
