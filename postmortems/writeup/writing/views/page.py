from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.markdown import to_html
from postmortems.writeup.citing.references import references_of
from postmortems.writeup.commenting import threads
from postmortems.writeup.conditions.reading import conditions_of
from postmortems.writeup.models import Clash
from postmortems.writeup.sections import R
from postmortems.writeup.templating.outline import section_of, sections_of
from postmortems.writeup.templating.views import following
from postmortems.writeup.writing import actions, merging


@incident_view(Permission.READ)
@require_safe
def edit(request, incident):
    return TemplateResponse(request, "writeup/edit.html", _page(incident))


def _page(incident) -> dict:
    written = {section.key: section for section in incident.sections.select_related("saved_by")}
    sections = sections_of(incident)
    conditions = conditions_of(incident)
    open_clashes = list(
        Clash.objects.filter(section__incident=incident, settled="").select_related("section")
    )
    for clash in open_clashes:
        clash.before, clash.after = merging.around(clash.section.text, clash.at, clash.stands)
    said = threads.of(incident)

    def parts(r: str) -> list[dict]:
        return [
            {
                "about": about,
                "section": written.get(about.key),
                "clashes": [clash for clash in open_clashes if clash.section.key == about.key],
                "threads": said.pop(about.key, None)
                or threads.Threads(about.key, getattr(written.get(about.key), "version", 0)),
            }
            for about in sections.of(r)
        ]

    return {
        "incident": incident,
        "outline": following.told(incident),
        "opening": parts(""),
        "rs": [
            {"key": key, "name": name, "sentence": sentence, "parts": parts(key)}
            for key, (name, sentence) in R.items()
        ],
        "conditions": conditions,
        "refer": references_of(
            incident,
            [section.text for section in written.values()] + [c.made_sense for c in conditions.standing],
        ),
        "pinned": incident.events.pinned().select_related("source").in_order()[:200],
        "whole": said.pop("", None) or threads.Threads("", 0),
        "elsewhere": list(said.values()),  # about sections that are gone
    }


@incident_view(Permission.WRITE)
@require_POST
def save(request, incident, key):
    """Keep a text. Whoever wrote in the meantime, both stand; asked for JSON it says so in JSON.

    A page that was left open tells whose words it sends: they are not taken for those of whoever signed in since.
    """
    if request.POST.get("writer", str(request.user.pk)) != str(request.user.pk):
        raise PermissionDenied("Somebody else has signed in since this page was opened.")
    about = section_of(incident, key)
    if about is None:
        raise Http404("There is no such section.")
    version = request.POST.get("version", "0")
    saved = actions.save_section(
        incident=incident,
        key=key,
        text=request.POST.get("text", ""),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        by=request.user,
    )
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(_told(saved, request.POST.get("text", "")))
    title = about.title
    if saved.clashes:
        messages.warning(
            request, f"“{title}” is saved. Somebody else changed the same words: both are shown there."
        )
    elif saved.joined:
        messages.success(request, f"“{title}” is saved, together with what somebody else wrote meanwhile.")
    else:
        messages.success(request, f"“{title}” is saved.")
    return redirect(f"{_address(incident)}#{key}")


def _told(saved: actions.Saved, text: str) -> dict:
    """For the page: under which number its own text is kept, and what stands when that is something else."""
    section = saved.section
    told = {"version": section.version, "mine": saved.mine, "saved_at": section.saved_at.isoformat()}
    if saved.joined:
        told["text"] = section.text
        told["moves"] = merging.moves(text, section.text)
        told["clashes"] = len(saved.clashes)
    return told


@incident_view(Permission.WRITE)
@require_POST
def settle(request, incident, pk):
    """Decide between words that two people changed differently."""
    clash = get_object_or_404(Clash.objects.filter(section__incident=incident), pk=pk)
    try:
        section = actions.settle(
            clash=clash, by=request.user, how=request.POST.get("how", ""), now=timezone.now()
        )
    except ValueError:
        messages.error(request, "Choose which words stand.")
        return redirect(f"{_address(incident)}#{clash.section.key}")
    messages.success(request, "Decided. The other words are in the history.")
    return redirect(f"{_address(incident)}#{section.key}")


def _address(incident) -> str:
    return reverse("writeup:edit", args=[incident.ref])


@incident_view(Permission.READ)
@require_POST
def preview(request, incident):
    name = "writeup/preview.html#preview" if request.htmx else "writeup/preview.html"
    written = request.POST.get("text", "")
    text = mark_safe(to_html(written, headings_from=4, refer=references_of(incident, [written])))  # noqa: S308 the sanitiser is its last step
    return TemplateResponse(request, name, {"incident": incident, "text": text})
