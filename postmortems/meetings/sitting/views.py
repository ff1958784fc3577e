from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.meetings import agenda, doors
from postmortems.meetings.models import Meeting, MeetingText
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import parked
from postmortems.meetings.sitting import actions
from postmortems.writeup.writing.differences import difference
from timelines import drawing, line, tally
from timelines.asked import Asked

VERSIONS = 200


@incident_view(Permission.READ)
@require_safe
def room(request, incident):
    """The page for the room: agenda with its clock, the line, the parking lot, who is there, and the minutes."""
    meeting = doors.the_meeting(incident)
    points = agenda.read(meeting.agenda)
    wide, narrow = _picture(request, incident)
    return TemplateResponse(
        request,
        "meetings/room.html",
        {
            "incident": incident,
            "meeting": meeting,
            "timed": agenda.timed(points, meeting.starts_at),
            "total": agenda.total(points),
            "rows": meeting.attendances.select_related("user"),
            "people": User.objects.active().exclude(pk__in=meeting.attendances.exclude(user=None).values("user"))[:500],
            "parked": parked(incident),
            "may_write": doors.may_write(request, meeting),
            # made by timelines.picture, which escapes every text
            "wide": mark_safe(wide),  # noqa: S308
            "narrow": mark_safe(narrow),  # noqa: S308
        },
    )  # fmt: skip


def _picture(request, incident) -> tuple[str, str]:
    """The line of the pinned moments, as it will be published; nothing while none is pinned."""
    if not incident.events.pinned().exists():
        return "", ""
    sources, has = tally.counted(incident), tally.has(incident)
    asked, span, _ = line.focus(incident, Asked.of({"show": "pinned"}), sources)
    return drawing.draw(incident, asked, span, sources, has, zone=request.user.tz)


# --- agenda and minutes -----------------------------------------------------------------------------


@incident_view(Permission.READ)
@require_POST
def save(request, incident, what):
    """Accept a text. Asked for JSON it answers in JSON; a stale save is 409 with what stands, and nothing is lost."""
    label, meeting = _label(what), doors.written_by(request, incident)
    text, wants_json = request.POST.get("text", ""), "application/json" in request.headers.get("Accept", "")
    try:
        saved = actions.save_text(
            meeting=meeting, what=what, text=text, version=_number(request, "version"), by=request.user, now=timezone.now()
        )  # fmt: skip
    except Stale as stale:
        standing = stale.standing
        if wants_json:
            return JsonResponse({"conflict": True, "version": _version(standing, what), "text": getattr(standing, what)}, status=409)  # fmt: skip
        return _both(request, incident, standing, what, text)
    except NotPossible as error:
        if wants_json:
            return JsonResponse({"sentence": str(error)}, status=422)
        messages.error(request, str(error))
        return redirect("meetings:room", incident.ref)
    if wants_json:
        return JsonResponse({"version": _version(saved, what), "saved_at": timezone.now().isoformat()})
    messages.success(request, f"{label} saved.")
    return redirect("meetings:room" if what == "notes" else "meetings:meeting", incident.ref)


def _both(request, incident, standing: Meeting, what: str, mine: str):
    return TemplateResponse(
        request,
        "meetings/conflict.html",
        {
            "incident": incident,
            "what": what,
            "label": _label(what),
            "mine": mine,
            "standing": getattr(standing, what),
            "version": _version(standing, what),
            "difference": difference(getattr(standing, what), mine),
        },
        status=409,
    )


@incident_view(Permission.READ)
@require_safe
def history(request, incident, what):
    label, meeting = _label(what), doors.the_meeting(incident)
    texts = list(meeting.texts.filter(what=what).select_related("saved_by")[:VERSIONS])
    chosen = next(
        (t for t in texts if str(t.version) == request.GET.get("version")), texts[0] if texts else None
    )
    before = next((t for t in texts if chosen and t.version < chosen.version), None)
    return TemplateResponse(
        request,
        "meetings/history.html",
        {
            "incident": incident, "meeting": meeting, "what": what, "label": label, "texts": texts, "chosen": chosen,
            "standing": _version(meeting, what), "may_write": doors.may_write(request, meeting),
            "difference": difference((before or chosen).text, chosen.text) if chosen else "",
        },
    )  # fmt: skip


@incident_view(Permission.READ)
@require_POST
def restore(request, incident, what, version):
    _label(what)
    meeting = doors.written_by(request, incident)
    text = get_object_or_404(meeting.texts, what=what, version=version)
    try:
        actions.save_text(
            meeting=meeting, what=what, text=text.text, version=_version(meeting, what), by=request.user, now=timezone.now(),
            restored_from=version,
        )  # fmt: skip
        messages.success(request, f"The text of version {version} stands again; the others are kept.")
    except Stale:
        messages.error(request, "Somebody saved in the meantime. Look at what stands, then restore again.")
    return redirect("meetings:history", incident.ref, what)


@incident_view(Permission.WRITE)
@require_POST
def anew(request, incident):
    actions.make_agenda(meeting=doors.the_meeting(incident), by=request.user, now=timezone.now())
    messages.success(request, "The agenda is made anew. The one before it is in its history.")
    return redirect("meetings:meeting", incident.ref)


def _label(what: str) -> str:
    if what not in MeetingText.What.values:
        raise Http404("There is no such text.")
    return MeetingText.What(what).label


def _version(meeting: Meeting, what: str) -> int:
    return getattr(meeting, f"{what}_version")


def _number(request, name: str) -> int:
    """A number out of a form; 0 for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# --- who came, what was parked, that it was held ----------------------------------------------------


@incident_view(Permission.READ)
@require_POST
def came(request, incident):
    """The list as it was shown and as it is now: only what was changed is changed.

    A single tick says which it was (`one`), so that ticks that follow one another fast do not undo each other.
    """
    meeting = doors.written_by(request, incident)
    was, now_ticked = (_numbers(request, name) for name in ("was", "came"))
    one = _numbers(request, "one")
    if one:
        was, now_ticked = one - now_ticked, one & now_ticked
    try:
        number = actions.tick(
            meeting=meeting, by=request.user, came=now_ticked - was, not_came=was - now_ticked, now=timezone.now()
        )  # fmt: skip
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("meetings:room", incident.ref)
    if one and now_ticked == set(
        meeting.attendances.filter(pk__in=one, came=True).values_list("pk", flat=True)
    ):
        return HttpResponse(status=204)
    messages.success(request, f"{number} came.")
    return redirect("meetings:room", incident.ref)


@incident_view(Permission.READ)
@require_POST
def walk_in(request, incident):
    meeting = doors.written_by(request, incident)
    user = User.objects.active().filter(pk=_number(request, "user")).first()
    try:
        person = actions.walk_in(meeting=meeting, by=request.user, now=timezone.now(), user=user, name=request.POST.get("name", ""))  # fmt: skip
        messages.success(request, f"{person} is here.")
    except NotPossible as error:
        messages.error(request, str(error))
    return _room(request, incident, meeting, "people")


@incident_view(Permission.TAKE_PART)
@require_POST
def park(request, incident):
    meeting = doors.the_meeting(incident)
    try:
        item = actions.park(
            meeting=meeting, by=request.user, what=request.POST.get("what", ""), now=timezone.now()
        )
        messages.success(request, f"R{item.number} is parked.")
    except NotPossible as error:
        messages.error(request, str(error))
    return _room(request, incident, meeting, "parking")


def _room(request, incident, meeting: Meeting, fragment: str):
    """The part that changed, for htmx; the whole room otherwise."""
    if not request.htmx:
        return redirect("meetings:room", incident.ref)
    return TemplateResponse(
        request,
        f"meetings/room.html#{fragment}",
        {
            "incident": incident, "meeting": meeting, "may_write": doors.may_write(request, meeting),
            "rows": meeting.attendances.select_related("user"), "parked": parked(incident),
            "people": User.objects.active().exclude(pk__in=meeting.attendances.exclude(user=None).values("user"))[:500],
        },
    )  # fmt: skip


@incident_view(Permission.READ)
@require_POST
def held(request, incident):
    meeting = doors.written_by(request, incident)
    try:
        actions.hold(meeting=meeting, by=request.user, now=timezone.now())
        messages.success(
            request,
            "Thank you for listening. What was parked settles now; those who came are asked how it was.",
        )
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("meetings:meeting", incident.ref)  # fmt: skip


def _numbers(request, name: str) -> set[int]:
    return {
        int(text)
        for text in request.POST.getlist(name)
        if text.isascii() and text.isdigit() and len(text) < 18
    }
