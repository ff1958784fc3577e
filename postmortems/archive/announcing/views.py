from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.permissions import Permission
from postmortems.archive.announcing import actions, letters, noticing
from postmortems.archive.announcing.forms import AnnouncementForm
from postmortems.archive.models import Announcement, Telling
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Incident
from postmortems.language.coach import read
from postmortems.markdown import to_text
from postmortems.publication.models import Revision
from postmortems.remediation.models import TeamChannel
from postmortems.writeup.coaching.wishes import wishes_of


@incident_view(Permission.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request, incident, number=None):
    """What is told of a revision, or of the next one that is published, and to whom."""
    revision = _newest(incident, number) if number else None
    standing = Announcement.objects.filter(incident=incident, revision=revision).first()
    form = AnnouncementForm(
        request.POST or None, incident=incident, initial=_initial(incident, revision, standing)
    )
    if request.method == "POST" and form.is_valid() and request.POST.get("what") != "preview":
        try:
            actions.announce(
                incident=incident, by=request.user, revision=revision, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _done(revision))
            return redirect(request.path)
        except actions.NotPossible as why:
            form.add_error(None, str(why))
    words = form.data.get("text", "") if form.is_bound else form.initial["text"]
    return TemplateResponse(
        request, "archive/announce.html",
        {
            "incident": incident, "revision": revision, "form": form, "standing": standing, "marks": _marks(incident, words),
            "preview": _preview(incident, revision, words), "followers": _counted(incident), "told": _told(revision),
            "outside": bool(revision and noticing.twin_of(revision)), "by_itself_at": _by_itself_at(revision),
        },
    )  # fmt: skip


def _by_itself_at(revision: Revision | None) -> datetime | None:
    """When whoever follows it is told of it in the words of its summary; None when that is over."""
    at = revision and revision.published_at + noticing.SETTLE
    return at if at and at > timezone.now() else None


def _newest(incident: Incident, number: int) -> Revision:
    revision = Revision.objects.standing().filter(incident=incident).order_by("-number").first()
    if revision is None or revision.number != number:
        raise Http404("There is a newer revision, or this one was withdrawn.")
    return revision


def _done(revision: Revision | None) -> str:
    if revision is None:
        return "Kept. It is told when the next revision is published."
    return "They are told at a decent hour of theirs, each once."


def _initial(incident: Incident, revision: Revision | None, standing: Announcement | None) -> dict:
    """As it stands; else as it was the last time, or for the channels of the incident's teams."""
    before = (
        standing or Announcement.objects.filter(incident=incident, by__isnull=False).order_by("-pk").first()
    )
    if before and before.by_id:
        channels = list(before.channels.values_list("pk", flat=True))
    else:
        channels = list(
            TeamChannel.objects.filter(team__in=incident.teams.all()).values_list("channel", flat=True)
        )
    return {
        "text": (standing.text if standing else "") or letters.opening(_summary(incident, revision)),
        "to_followers": standing.to_followers if standing else True,
        "channels": channels,
        "addresses": "\n".join(before.addresses) if before else "",
    }


def _summary(incident: Incident, revision: Revision | None) -> str:
    if revision:
        return to_text(revision.content["texts"].get("summary", ""))
    section = incident.sections.filter(key="summary").first()
    return to_text(section.text if section else incident.summary)


def _marks(incident: Incident, words: str) -> list[tuple[str, str]]:
    """What the coach would ask of these words."""
    found = read(words[: actions.LONGEST], None, wishes_of(incident).preferences())
    return [(words[mark.start : mark.end], mark.question) for mark in found][:10]


def _preview(incident: Incident, revision: Revision | None, words: str) -> dict:
    earlier = Telling.objects.filter(revision__incident=incident, state=Telling.State.SENT)
    again = (earlier.filter(revision__number__lt=revision.number) if revision else earlier).exists()
    shown = revision or Revision(incident=incident, title=incident.title, number=1)
    entry = letters.entry(shown, text=words or letters.opening(_summary(incident, revision)), again=again)
    title, lines = letters.message([entry])
    return {"entry": entry, "title": title, "lines": lines}


def _counted(incident: Incident) -> dict[str, int]:
    """How many would be told for following it, by mail and in channels."""
    facets = ["all:", f"severity:{incident.severity_id}", *(f"tag:{tag}" for tag in incident.tags)]
    facets += [f"service:{pk}" for pk in incident.services.values_list("pk", flat=True)]
    facets += [f"team:{pk}" for pk in incident.teams.values_list("pk", flat=True)]
    facets += [f"kind:{name}" for name in incident.conditions.values_list("kind__name", flat=True)]
    return noticing.followers(incident, facets).aggregate(
        people=Count("user", distinct=True), channels=Count("channel", distinct=True)
    )


def _told(revision: Revision | None) -> dict[str, int]:
    """How far it is: numbers, and nobody's name."""
    if revision is None:
        return {}
    state = Telling.State
    return Telling.objects.filter(revision=revision, what=Telling.What.PUBLISHED).aggregate(
        sent=Count("pk", filter=Q(state=state.SENT)), waiting=Count("pk", filter=Q(state=state.WAITING))
    )
