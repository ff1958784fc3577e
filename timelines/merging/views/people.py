from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from timelines.actions import NotPossible
from timelines.merging import actions, comparing
from timelines.merging.actions.people import Choice
from timelines.merging.names import Directory
from timelines.merging.people import Named, everybody, named, suggest
from timelines.models import Alias, Comparison, Person

SHOWN, LISTED, AT_ONCE = 25, 200, 200
_SURE = {"certain": 0, "likely": 1, "possible": 2}


@incident_view(Permission.READ)
@require_safe
def people(request, incident):
    comparison, current = comparing.current(incident)
    names = named(comparison.names)
    unknown = [one for one in names if one.is_unknown]
    directory = suggest(unknown, incident)
    unknown.sort(key=lambda one: _surest_first(one, directory))
    page = page_of(request, unknown, size=SHOWN)
    _with_examples(incident, page.object_list)
    for one in page.object_list:
        one.offers = [(suggestion, directory.known[suggestion.key].name) for suggestion in one.suggestions]
    return TemplateResponse(
        request,
        "timelines/people.html",
        {
            "incident": incident,
            "current": current,
            "page": page,
            "unknown": len(unknown),
            "certain": [mark(one, one.certain.key) for one in unknown if one.certain][:AT_ONCE],
            "known": _datalist(directory),
            "mapped": [one for one in names if one.alias][:LISTED],
            "machines": [one for one in names if not one.alias and not one.is_person][:LISTED],
            "shared": [one for one in names if not one.alias and one.is_person and one.name.is_shared][
                :LISTED
            ],
            "further": comparison.further_names,
            "done": _done(request, names),
        },
    )


def _surest_first(one: Named, directory: Directory) -> tuple:
    """Certain ones before likely ones, and the names of one person together."""
    if not one.suggestions:
        return 3, "", one.key
    first = one.suggestions[0]
    return _SURE[first.certainty], directory.known[first.key].name, one.key


def _with_examples(incident, names: list[Named]) -> None:
    texts = dict(incident.events.filter(pk__in=[one.example for one in names]).values_list("pk", "text"))
    for one in names:
        one.text = texts.get(one.example, "")


def _datalist(directory: Directory) -> list[str]:
    """What can be typed: a name, with the address where two people have it."""
    names = [known.name for known in directory.known.values()]
    return sorted(
        {
            f"{known.name} <{min(known.addresses)}>"
            if names.count(known.name) > 1 and known.addresses
            else known.name
            for known in list(directory.known.values())[:500]
        }
    )


def _done(request, names: list[Named]) -> list[Alias]:
    """What was said just now, so that it can be taken back in one step."""
    asked = {
        int(pk)
        for pk in request.GET.get("done", "").split("-")[:AT_ONCE]
        if pk.isascii() and pk.isdigit() and len(pk) < 18
    }
    return [one.alias for one in names if one.alias and one.alias.pk in asked]


# --- answers ---------------------------------------------------------------------------------------


@incident_view(Permission.WRITE)
@require_POST
def say(request, incident):
    """One name: by a suggestion, by a name that was typed, or as a bot."""
    return _map(
        request,
        incident,
        lambda: [_choice(request, incident, request.POST.get("who", "") or _typed(request, incident))],
    )


@incident_view(Permission.WRITE)
@require_POST
def certain(request, incident):
    """All names whose person is certain, as they were shown: one that fits no longer is left for a look."""
    names = _names(incident)
    suggest(list(names.values()), incident)
    shown = set(map(_as_shown, request.POST.getlist("certain")[:AT_ONCE]))
    choices = [
        Choice(*_told(one), who=sure.key)
        for one in names.values()
        if not one.alias and (sure := one.certain) and mark(one, sure.key) in shown
    ]
    return _map(request, incident, lambda: choices)


def mark(one: Named, who: str) -> str:
    return "\t".join((*one.key, who))


def _map(request, incident, choices: Callable[[], list[Choice]]):
    try:
        made = actions.map_names(incident=incident, by=request.user, choices=choices())
    except NotPossible as error:
        messages.error(request, str(error))
        made = []
    query = f"?done={'-'.join(str(alias.pk) for alias in made)}" if made else ""
    return redirect(reverse("timelines:people", args=[incident.ref]) + query + "#names")


@incident_view(Permission.WRITE)
@require_POST
def refuse(request, incident):
    try:
        choice = _choice(request, incident, request.POST.get("who", ""))
        actions.refuse(incident=incident, by=request.user, choice=choice)
    except NotPossible as error:
        messages.error(request, str(error))
    return _back(incident)


@incident_view(Permission.WRITE)
@require_POST
def again(request, incident):
    try:
        actions.suggest_again(incident=incident, by=request.user, choice=_choice(request, incident, ""))
    except NotPossible as error:
        messages.error(request, str(error))
    return _back(incident)


@incident_view(Permission.WRITE)
@require_POST
def undo(request, incident):
    """Names of this incident's evidence alone can be taken back here, though they count everywhere."""
    asked = {
        int(pk)
        for pk in request.POST.getlist("alias")[:AT_ONCE]
        if pk.isascii() and pk.isdigit() and len(pk) < 18
    }
    aliases = [one.alias for one in _names(incident).values() if one.alias and one.alias.pk in asked]
    actions.unmap(incident=incident, by=request.user, aliases=aliases)
    if aliases:
        messages.success(request, "Taken back. The names stand as their sources wrote them.")
    return _back(incident)


def _back(incident):
    return redirect(reverse("timelines:people", args=[incident.ref]) + "#names")


def _names(incident) -> dict[tuple, Named]:
    """The names that occur in the evidence of this incident: nobody maps others from here."""
    kept = Comparison.objects.filter(incident=incident).first()
    return {one.key: one for one in named(kept.names if kept else [])}


def _choice(request, incident, who: str) -> Choice:
    asked = tuple(_as_shown(request.POST.get(field, "")) for field in ("format", "actor_id", "actor"))
    found = _names(incident).get(asked)
    if found is None:
        raise NotPossible("This name does not occur in the evidence any more.")
    return Choice(*_told(found), who=who, called=request.POST.get("called", ""))


def _as_shown(text: str) -> str:
    """Browsers send every line break as two letters."""
    return text.replace("\r\n", "\n")


def _told(one: Named) -> tuple[str, str, str]:
    return one.format, one.actor_id, one.actors[0] if one.actors else ""


def _typed(request, incident) -> str:
    """The key of who was typed: somebody we know by exactly this name or address, or somebody new."""
    typed = " ".join(request.POST.get("called", "").replace("\x00", "").split()).casefold()
    bare = typed.rpartition("<")[2].rstrip(">")
    found = [
        known.key
        for known in everybody(incident)
        if typed == known.name.casefold() or bare in known.addresses
    ]
    bots = Person.objects.filter(~Q(kind=Person.Kind.PERSON), name__iexact=typed).values_list(
        "pk", flat=True
    )[:1]
    found += [f"person/{pk}" for pk in bots]
    if len(found) > 1:
        messages.warning(
            request,
            "Several people have this name; the first was taken. Their e-mail address tells them apart.",
        )
    return found[0] if found else "new"
