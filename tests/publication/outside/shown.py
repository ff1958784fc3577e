"""Twins by hand, for what is about their addresses: words nobody has to mark."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import TestCase

from postmortems.incidents.models import Incident
from postmortems.publication import actions, article, chain
from postmortems.publication.models import Audience, Printing, Revision, Twin, Withdrawal
from postmortems.publication.outside.addresses import new_key
from postmortems.publication.outside.keeping import changing
from tests import make

NOW = make.T0 + timedelta(days=20)


@contextmanager
def committed():
    """A transaction that ends, though the test is within another: what waits for its end is done."""
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        yield


def document(title: str, summary: str, audience: str = "public", **more) -> dict:
    return {
        "format": 1, "audience": audience, "ref": "", "title": title, "severity": {"name": "SEV2", "rank": 2, "sentence": ""},
        "services": [], "teams": [], "tags": [], "zone": "UTC", "times": {}, "durations": [], "people": [],
        "texts": {"summary": summary}, "sections": [], "events": [], "conditions": [], "items": [], "impact": [],
        "none_needed": "", "images": [], "meeting": None, "picture": "",
    } | more  # fmt: skip


def revision_of(incident: Incident) -> Revision:
    if found := incident.revisions.order_by("-number").first():
        return found
    return actions.publish(incident=incident, by=incident.opened_by, now=NOW, despite="tried out")


def twin(
    incident: Incident, title: str = "Bookings were late", *, summary: str = "It was **slow** for an hour.", audience: str = "public",
    now=NOW, change_note: str = "", **more,
) -> Twin:  # fmt: skip
    """The next number of the incident for these readers, as it is published."""
    told = document(title, summary, audience, **more)
    html = article.render(told)
    last = Twin.objects.filter(incident=incident, audience=audience).order_by("-number").first()
    with committed():
        made = Twin.objects.create(
            incident=incident, revision=revision_of(incident), audience=audience, number=last.number + 1 if last else 1,
            key=last.key if last else new_key(Audience(audience)), title=title, content=told, html=html, words=article.words(html),
            change_note=change_note, published_at=now, published_by=incident.opened_by,
            digest=chain.seal(told, html, last.digest if last else ""), previous_digest=last.digest if last else "",
        )  # fmt: skip
        changing(made)
    return made


def printed(twin: Twin, body: bytes = b"%PDF-1.7 words") -> Printing:
    with committed():
        made = Printing(twin=twin, state="done", pages=2, size=len(body), sha256="e" * 64)
        made.file.save("x.pdf", ContentFile(body))
        changing(twin)
    return made


def withdraw(twin: Twin, reason: str = "A figure was wrong.") -> Withdrawal:
    with committed():
        made = Withdrawal.objects.create(twin=twin, reason=reason, by=twin.published_by, at=NOW)
        changing(twin)
    return made


def withdrawn_revision(revision: Revision, reason: str) -> Withdrawal:
    with committed():
        made = Withdrawal.objects.create(revision=revision, reason=reason, by=revision.published_by, at=NOW)
        for one in revision.twins.all():
            changing(one)
    return made
