"""Letters to approvers, and to who leads the review once enough of them agreed. None holds words of the text."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.publication.approving.named import waiting_for
from postmortems.publication.approving.texts import Text


def ask(text: Text, user: User, *, by: User, now: datetime) -> bool:
    """Once for each text; an earlier letter that still waits gives way, so that one letter is about what stands now."""
    key = f"approve {text.incident.pk} {user.pk} {text.digest}"
    if Letter.objects.filter(key=key).exists():
        return False
    take_back(text.incident, user)
    return _send(text, user, "approve", key, {"asker": by}, now) is not None


def take_back(incident: Incident, user: User) -> None:
    post.withdraw(about=_about(incident, user))


def unanswered(user: User) -> list[Incident]:
    """Incidents that `user` was asked to approve a text of, while it still waits for somebody and nothing was published since."""
    places = Incident.objects.visible_to(user).filter(
        state="reviewing", circle__user=user, circle__role="approver"
    )
    incidents = {_about(incident, user): incident for incident in places.select_related("severity")}
    asked = Letter.objects.filter(about__in=incidents, state__in=[Letter.State.WAITING, Letter.State.SENT])
    found = {}
    for about, key, at in asked.order_by("-written_at").values_list("about", "key", "written_at"):
        incident, digest = incidents[about], key.rsplit(" ", 1)[-1]
        if incident.pk in found or incident.revisions.filter(published_at__gte=at).exists():
            continue
        if incident.approvals.filter(by=user, digest=digest).exists() or not waiting_for(incident, digest):
            continue
        found[incident.pk] = incident
    return list(found.values())


def tell_complete(text: Text, *, now: datetime) -> None:
    """Whoever is left need not read any more."""
    incident = text.incident
    for place in incident.circle.filter(role="approver").select_related("user"):
        take_back(incident, place.user)
    lead = incident.circle.filter(role="lead").select_related("user").first()
    if lead and lead.user.is_active:
        _send(text, lead.user, "approved", f"approved {incident.pk} {lead.user_id} {text.digest}", {}, now)


def _send(text: Text, user: User, name: str, key: str, more: dict, now: datetime) -> Letter | None:
    return post.send(
        to=user.email,
        template=f"emails/publication/{name}",
        context={"person": user, "incident": text.incident, "text": text, "address": settings.SITE_URL + text.page, **more},
        key=key,
        about=_about(text.incident, user) if name == "approve" else "",
        reader=user.reader,
        now=now,
    )  # fmt: skip


def _about(incident: Incident, user: User) -> str:
    return f"approve {incident.pk} {user.pk}"
