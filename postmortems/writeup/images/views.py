from __future__ import annotations

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.uploads import over_limit
from postmortems.writeup.citing.drafts import texts_of
from postmortems.writeup.images import actions, serving, uses
from postmortems.writeup.images.forms import MomentForm, PictureForm
from postmortems.writeup.images.picture import TOO_LARGE, NotAPicture
from postmortems.writeup.models import Image
from postmortems.writeup.templating.outline import section_of
from postmortems.writeup.writing import actions as writing

MOVED = "It moved: the first picture of it is kept."
TROUBLES = (NotAPicture, actions.NotPossible)


@incident_view(Permission.READ)
@require_safe
def gallery(request, incident):
    return TemplateResponse(request, "writeup/images.html", _page(incident))


def _page(incident, form: PictureForm | None = None) -> dict:
    shown = uses.of(texts_of(incident))
    standing = list(incident.images.standing().select_related("event__source", "by"))
    for image in standing:
        image.uses = shown.get(image.number, [])
    removed = incident.images.filter(removed_at__gt=timezone.now() - actions.KEPT).exclude(file="")
    return {"incident": incident, "images": standing, "removed": removed, "form": form or PictureForm()}


@incident_view(Permission.TAKE_PART)
@require_POST
def add(request, incident):
    """Keep a picture; asked for JSON, its number and Markdown or what is wrong with it."""
    form = PictureForm(request.POST, request.FILES)
    if _too_large(request):
        form.add_error("picture", TOO_LARGE)
    kept = None
    if form.is_valid():
        try:
            kept = _keep(request, incident, form)
        except TROUBLES as trouble:
            form.add_error("picture", str(trouble))
    if "application/json" in request.headers.get("Accept", ""):
        return _told(kept, form)
    if kept is None:
        return TemplateResponse(request, "writeup/images.html", _page(incident, form), status=422)
    messages.success(request, f"Picture {kept.image.number} is kept. {MOVED if kept.moved else ''}")
    return redirect(f"{_address(incident)}#image-{kept.image.number}")


def _keep(request, incident, form: PictureForm) -> actions.Kept:
    data = form.cleaned_data
    return actions.keep(
        incident=incident, by=request.user, upload=data["picture"], alt=data["alt"], now=timezone.now()
    )  # fmt: skip


def _told(kept: actions.Kept | None, form: PictureForm) -> JsonResponse:
    if kept is None:
        sentences = [sentence for errors in form.errors.values() for sentence in errors]
        return JsonResponse({"trouble": " ".join(sentences)}, status=422)
    image = kept.image
    return JsonResponse(
        {
            "number": image.number,
            "alt": image.alt,
            "markdown": image.markdown,
            "told": MOVED if kept.moved else "",
        }
    )


def _too_large(request) -> bool:
    """Reads what was sent, up to the limit of all uploads."""
    return not request.FILES and bool(over_limit(request))


@incident_view(Permission.WRITE)
@require_POST
def add_to_section(request, incident, key):
    """The way without script: the section is saved as it was written, with the picture at its end."""
    if section_of(incident, key) is None:
        raise Http404("There is no such section.")
    text, version = request.POST.get("text", ""), request.POST.get("version", "0")
    form = PictureForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise NotAPicture(
                TOO_LARGE
                if _too_large(request)
                else " ".join(form.errors.get("picture", ["It could not be read."]))
            )
        kept = _keep(request, incident, form)
    except TROUBLES as trouble:
        messages.error(request, f"The text is saved, the picture is not. {trouble}")
    else:
        text = f"{text.rstrip()}\n\n{kept.image.markdown}\n".lstrip("\n")
        told = 'The picture stands at the end of the text. {} <a href="{}#image-{}">Say what it shows</a>.'
        moved = MOVED if kept.moved else ""
        messages.success(request, format_html(told, moved, _address(incident), kept.image.number))
    writing.save_section(
        incident=incident, key=key, text=text, by=request.user,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )  # fmt: skip
    return redirect(f"{reverse('writeup:edit', args=[incident.ref])}#{key}")


@incident_view(Permission.READ)
@require_safe
def image(request, incident, number):
    return serving.answer(request, get_object_or_404(incident.images, number=number))


@incident_view(Permission.READ)
@require_safe
def of_event(request, incident, event):
    """The picture of a moment: the timeline knows its events, and not which pictures there are."""
    return serving.answer(request, get_object_or_404(incident.images.standing(), event=event))


@incident_view(Permission.READ)
@require_safe
def at_event(request, incident, event):
    """For the event's page: what shows it, as a fragment."""
    found = incident.images.standing().filter(event=event).first()
    name = "writeup/image_of_event.html#shows" if request.htmx else "writeup/image_of_event.html"
    return TemplateResponse(request, name, {"incident": incident, "image": found, "event": event})


@incident_view(Permission.WRITE)
@require_POST
def describe(request, incident, number):
    found = _standing(incident, number)
    actions.describe(image=found, by=request.user, alt=request.POST.get("alt", ""))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"alt": found.alt, "markdown": found.markdown})
    messages.success(
        request, f"What picture {number} shows is said." if found.alt else f"Picture {number} has no words."
    )
    return redirect(f"{_address(incident)}#image-{number}")


@incident_view(Permission.WRITE)
@require_POST
def remove(request, incident, number):
    try:
        actions.remove(image=_standing(incident, number), by=request.user, now=timezone.now())
        messages.success(
            request, f"Picture {number} is taken out. It can be put back for {actions.KEPT.days} days."
        )
    except actions.NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect(_address(incident))


@incident_view(Permission.WRITE)
@require_POST
def put_back(request, incident, number):
    try:
        actions.put_back(image=get_object_or_404(incident.images, number=number), by=request.user)
    except actions.NotPossible as trouble:
        messages.error(request, str(trouble))
    return redirect(f"{_address(incident)}#image-{number}")


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
def moment(request, incident, number):
    """Say which moment a picture shows."""
    found = _standing(incident, number)
    form = MomentForm(request.POST or None, zone=incident.zone, initial={"text": found.alt})
    if form.is_valid():
        try:
            event = actions.show_moment(image=found, by=request.user, **form.cleaned_data)
        except actions.NotPossible as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, "The picture is on the timeline, at the moment that it shows.")
            return redirect("timelines:event", incident.ref, event.pk)
    context = {"incident": incident, "image": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "writeup/image_moment.html", context, status=status)


@incident_view(Permission.WRITE)
@require_POST
def leave_moment(request, incident, number):
    actions.leave_moment(image=_standing(incident, number), by=request.user)
    messages.success(
        request,
        "The picture shows no moment any more. The event stays on the timeline; it can be hidden there.",
    )
    return redirect(f"{_address(incident)}#image-{number}")


def _standing(incident, number: int) -> Image:
    return get_object_or_404(incident.images.standing(), number=number)


def _address(incident) -> str:
    return reverse("writeup:images", args=[incident.ref])
