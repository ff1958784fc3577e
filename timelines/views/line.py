from __future__ import annotations

from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from timelines import drawing, line, saving, tally
from timelines.asked import Asked
from timelines.merging.groups import folded, followers_of
from timelines.merging.people import names_for
from timelines.models import Event, Person
from timelines.rows import Reader, rows


@incident_view(Permission.READ)
@require_safe
def timeline(request, incident):
    sources, has = tally.counted(incident), tally.has(incident)
    asked, span, whole = line.focus(incident, Asked.of(request.GET), sources)
    events = asked.events(incident)
    if has.groups and not asked.filters:
        events = folded(events)
    page = line.page(
        events,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        rare=bool(asked.q) and span.count < line.RARE,
    )
    by_key = {source.pk: source for source in sources}
    names = names_for(page.events, by_key)
    wide, narrow = drawing.draw(incident, asked, span, sources, has, zone=request.user.tz)
    return TemplateResponse(
        request,
        "timelines/timeline.html",
        {
            "incident": incident,
            "asked": asked,
            "span": span,
            "whole": whole,
            "page": page,
            # made by timelines.picture, which escapes every text
            "wide": mark_safe(wide),  # noqa: S308
            "narrow": mark_safe(narrow),  # noqa: S308
            "rows": rows(page.events, reader(request, sources, page.events, names)),
            "people": _people(asked, names),
            "moments": [(name.replace("_", " "), at) for name, at in incident.times.items() if at],
            "sources": sources,
            "phases": Event.Phase.choices[1:],
            "views": saving.visible(incident, request.user) if has.views else (),
            "any": bool(span.count) or incident.events.exists(),
            "here": request.get_full_path(),
            **tally.facets(sources),
        },
    )


def reader(request, sources, events, names=None) -> Reader:
    by_key = {source.pk: source for source in sources}
    names = names_for(events, by_key) if names is None else names
    return Reader(
        zone=timezone.get_current_timezone(),
        may_write=Permission.WRITE in request.permissions,
        sources=by_key,
        names={key: str(person) for key, person in names.items()},
        fellows=followers_of(events),
    )


def _people(asked: Asked, names: dict) -> list[Person]:
    """Who can be chosen: people with a name on this page, and the one who was asked for."""
    found = {person.pk: person for person in names.values() if person.kind == Person.Kind.PERSON}
    if asked.person and asked.person not in found:
        found |= {one.pk: one for one in Person.objects.select_related("user").filter(pk=asked.person)}
    return sorted(found.values(), key=str)


@incident_view(Permission.READ)
@require_safe
def table(request, incident):
    """The same facts as the picture under the same question, in words."""
    sources = tally.counted(incident)
    asked, span, _ = line.focus(incident, Asked.of(request.GET), sources)
    found = drawing.table(incident, asked, span, sources, zone=request.user.tz)
    name = "timelines/table.html#table" if request.htmx else "timelines/table.html"
    return TemplateResponse(request, name, {"incident": incident, "rows": found})
