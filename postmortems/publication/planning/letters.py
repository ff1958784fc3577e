"""Letters to who planned a publication and to who leads the review. They hold no words of the draft."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.notices import post
from postmortems.publication import chain, content
from postmortems.publication.models import Planned


def not_published(planned: Planned, why: str, *, now: datetime) -> bool:
    """Of a restricted incident the reason stays on its page: it may name people."""
    return _write(planned, "not_published", {"why": "" if planned.incident.restricted else why}, now)


def warn(planned: Planned, *, now: datetime) -> bool:
    """Tell that a text was changed and will not be published as planned; once for a plan, however often it changes."""
    if chain.digest(content.of(planned.incident)) == planned.digest:
        return False
    with transaction.atomic():
        return _write(planned, "changed_since_planned", {}, now)


def _write(planned: Planned, template: str, said: dict, now: datetime) -> bool:
    incident = planned.incident
    context = {
        "incident": incident,
        "planned": planned,
        "at": planned.at.astimezone(ZoneInfo(incident.zone)),
        "address": settings.SITE_URL + reverse("publication:readiness", args=[incident.ref]),
        **said,
    }
    letters = [
        post.send(
            to=person.email, template=f"emails/publication/{template}", context=context, key=f"{template} {planned.pk} {person.pk}",
            about=f"planned {planned.pk}", reader=person.reader, now=now,
        )
        for person in _people(planned)
    ]  # fmt: skip
    return any(letters)


def _people(planned: Planned) -> list[User]:
    leads = User.objects.active().filter(circles__incident=planned.incident_id, circles__role="lead")
    return list({person.pk: person for person in [*leads, planned.by] if person.is_active}.values())
