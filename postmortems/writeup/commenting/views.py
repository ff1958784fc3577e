"""Comments of one write-up. A page that asks for a fragment gets the threads of the section; without script it comes back."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view, people_with
from postmortems.writeup.commenting import actions, threads
from postmortems.writeup.commenting.mentions import plain
from postmortems.writeup.commenting.passages import Selected, passage_of
from postmortems.writeup.commenting.refusals import NotPossible
from postmortems.writeup.models import Comment
from postmortems.writeup.templating.outline import section_of, sections_of

OFFERED = 8  # people, to choose from
DECIDED = "This was decided already."


@incident_view(Permission.READ)
@require_safe
def comments(request, incident):
    """Every thread on a page of its own; of one section as a fragment."""
    if request.htmx and "section" in request.GET:
        return _section(request, incident, request.GET["section"])
    told = threads.of(incident)
    titles = {text.key: text.title for text in sections_of(incident).texts}
    order = {key: place for place, key in enumerate([*titles, ""])}
    parts = [
        {"title": titles.get(key, "The whole write-up"), "threads": told[key]}
        for key in sorted(told, key=lambda key: order.get(key, len(order)))
    ]
    return TemplateResponse(request, "writeup/comments.html", {"incident": incident, "parts": parts})


@incident_view(Permission.TAKE_PART)
@require_POST
def comment(request, incident):
    selected = _selected(request)
    about = section_of(incident, selected.section) if selected.section else None
    if selected.section and about is None:
        raise Http404("There is no such section.")
    try:
        made = actions.comment(
            incident=incident,
            by=request.user,
            text=request.POST.get("text", ""),
            now=timezone.now(),
            passage=passage_of(incident, selected),
            suggestion=request.POST.get("suggestion", "") if "suggest" in request.POST else None,
        )
    except NotPossible as refusal:
        if request.htmx:
            return _refused(refusal)
        context = {"incident": incident, "about": about, "key": selected.section, "trouble": refusal, "said": request.POST}  # fmt: skip
        return TemplateResponse(request, "writeup/comment.html", context, status=422)
    return _told(request, made, "Your comment stands beside the text.")


def of_comment(view):
    """With the comment of the address; what cannot be done is told where it was asked for."""

    @wraps(view)
    def inner(request, incident, pk):
        comment = get_object_or_404(incident.comments.select_related("parent"), pk=pk)
        try:
            return view(request, incident, comment)
        except NotPossible as refusal:
            if request.htmx:
                return _refused(refusal)
            messages.error(request, str(refusal))
            return redirect(_address(comment))

    return inner


@incident_view(Permission.TAKE_PART)
@require_POST
@of_comment
def answer(request, incident, comment):
    made = actions.answer(thread=comment.thread, by=request.user, text=request.POST.get("text", ""), now=timezone.now())  # fmt: skip
    return _told(request, made, "Your answer is there.")


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
@of_comment
def edit(request, incident, comment):
    if comment.by_id != request.user.pk:
        raise PermissionDenied("Only who wrote a comment can change it. You can answer it.")
    if request.method == "POST":
        made = actions.edit(comment=comment, by=request.user, text=request.POST.get("text", ""), now=timezone.now())  # fmt: skip
        return _told(request, made, "Changed.")
    page = "writeup/edit_comment.html#form" if request.htmx else "writeup/edit_comment.html"
    return TemplateResponse(request, page, {"incident": incident, "comment": comment})


@incident_view(Permission.TAKE_PART)
@require_POST
@of_comment
def remove(request, incident, comment):
    if comment.by_id != request.user.pk:
        raise PermissionDenied("Only who wrote a comment can remove it.")
    made = actions.remove(comment=comment, by=request.user, now=timezone.now())
    return _told(request, made, "Your comment is removed.")


@incident_view(Permission.TAKE_PART)
@require_POST
@of_comment
def resolve(request, incident, comment):
    thread = actions.resolve(thread=comment.thread, by=request.user, now=timezone.now())
    return _told(request, thread, "Resolved.")


@incident_view(Permission.TAKE_PART)
@require_POST
@of_comment
def reopen(request, incident, comment):
    return _told(request, actions.reopen(thread=comment.thread, by=request.user), "Open again.")


@incident_view(Permission.WRITE)
@require_POST
@of_comment
def accept(request, incident, comment):
    seen = request.POST.get("seen", "")
    done = actions.accept(thread=comment.thread, by=request.user, seen=seen, now=timezone.now())
    return _told(request, comment, "The suggested words stand in the text." if done else DECIDED)


@incident_view(Permission.WRITE)
@require_POST
@of_comment
def decline(request, incident, comment):
    done = actions.decline(thread=comment.thread, by=request.user, now=timezone.now())
    return _told(request, comment, "The text stays as it is." if done else DECIDED)


@incident_view(Permission.TAKE_PART)
@require_safe
def people(request, incident):
    """Who can be called by name in a comment: those who read the draft, people of the review first."""
    asked = plain(request.GET.get("q", ""))
    places = {member.user_id: member.get_role_display() for member in reversed(incident.circle.all())}
    found = [
        person
        for person in people_with(incident, Permission.READ).exclude(pk=request.user.pk)
        if plain(person.name).startswith(asked) or f" {asked}" in plain(person.name)
    ]
    found.sort(key=lambda person: person.pk not in places)
    offered = [
        {"name": " ".join(person.name.split()), "what": places.get(person.pk, person.get_role_display())}
        for person in found[:OFFERED]
    ]
    return JsonResponse({"people": offered})


def _selected(request) -> Selected:
    start, end = _number(request, "start"), _number(request, "end")
    return Selected(
        section=request.POST.get("section", "")[:30],
        version=_number(request, "version") or 0,
        start=start if end is not None else None,
        end=end if start is not None else None,
        quote=request.POST.get("quote", ""),
        number=_number(request, "number") or 0,
    )


def _number(request, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def _refused(refusal: NotPossible) -> HttpResponse:
    return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")


def _told(request, made: Comment, said: str) -> HttpResponse:
    if request.htmx:
        return _section(request, request.incident, made.thread.section)
    messages.success(request, said)
    return redirect(_address(made))


def _address(made: Comment) -> str:
    return f"{reverse('writeup:edit', args=[made.incident.ref])}#comment-{made.pk}"


def _section(request, incident, key: str) -> HttpResponse:
    about = section_of(incident, key) if key else None
    context = {"incident": incident, "about": about, "key": key, "threads": threads.of_section(incident, key)}
    return TemplateResponse(request, "writeup/_threads.html", context)
