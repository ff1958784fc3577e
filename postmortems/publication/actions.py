from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.models import Approval as Consent
from postmortems.interviews.readers import email_of
from postmortems.interviews.releasing.attributed import STILL, published, ready_to_ask, want
from postmortems.publication import article, attributed, chain, content, letters, readiness
from postmortems.publication.approving.named import agreed
from postmortems.publication.approving.texts import Changed
from postmortems.publication.models import Planned, Printing, Revision
from postmortems.publication.readiness.telling import in_a_line
from postmortems.publication.tasks import print_text
from postmortems.publication.withdrawing.covering import is_withdrawn
from postmortems.web.later import queue_after_commit

__all__ = ["Changed", "NotReady", "Unchanged", "ask_attributed", "publish"]


class NotReady(Exception):
    """Reasons block the publication, and nobody said (or may say) why it should happen all the same."""

    def __init__(self, reasons: list[readiness.Reason]) -> None:
        super().__init__(in_a_line(reasons))
        self.reasons = reasons


class Unchanged(Exception):
    """The drafts are word for word the revision that was published last."""


def publish(
    *,
    incident: Incident,
    by: User,
    now: datetime,
    change_note: str = "",
    despite: str = "",
    only: str = "",
    overruled: Collection[str] | None = None,
) -> Revision:
    """Freeze the drafts as the next revision and ask a worker to set the PDF.

    A lock on the incident lets a form that was sent twice make one revision. Raises NotReady while
    blocking reasons stand and `despite` gives no reason to go on, or one is final; Unchanged when nothing is new.
    `only` is the digest of the text that was read: Changed when the drafts say something else by now. `despite`
    speaks of the reasons `overruled`, where they are given, and of no others.
    """
    with transaction.atomic():
        locked = Incident.objects.select_for_update().get(pk=incident.pk)
        document = content.of(locked)
        read = chain.digest(document)
        if only and read != only:
            raise Changed
        blocking = readiness.reasons(locked, document, weights=["blocking"])
        if standing := _standing(blocking, despite, overruled):
            raise NotReady(standing)
        last = _last(locked)
        if says_the_same(locked, read, last=last):
            raise Unchanged
        html = article.render(document)
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        note = change_note.strip()[:500]
        frozen = content.published(
            document, number=number, at=now, by=str(by), change_note=note, approved_by=agreed(locked, read)
        )
        revision = Revision.objects.create(
            incident=locked, number=number, title=locked.title, content=frozen, html=html,
            words=article.words(html), change_note=note, published_at=now, published_by=by,
            digest=chain.seal(frozen, html, previous), previous_digest=previous,
        )  # fmt: skip
        printing = Printing.objects.create(revision=revision)
        Planned.objects.filter(incident=locked, state=Planned.State.WAITING).update(
            state=Planned.State.STOPPED, trouble=f"Revision {revision.number} was published instead."
        )
        published(locked, events=[event["id"] for event in document["events"]], now=now)
        record(
            by=by, verb="revision.published", subject=locked.ref, sentence=f"published revision {revision.number}",
            digest=revision.digest, despite=despite.strip(), open=[reason.code for reason in blocking],
        )  # fmt: skip
        queue_after_commit(print_text, printing.pk)
    return revision


def _last(incident: Incident) -> Revision | None:
    return Revision.objects.filter(incident=incident).order_by("-number").first()


def says_the_same(incident: Incident, digest: str, *, last: Revision | None = None) -> bool:
    """Whether the newest revision holds a draft of this digest, and still stands."""
    last = last or _last(incident)
    return bool(last and chain.drafted(last.content) == digest and not is_withdrawn(last))


def _standing(
    blocking: list[readiness.Reason], despite: str, overruled: Collection[str] | None
) -> list[readiness.Reason]:
    """What still stands in the way when somebody says why to publish all the same; all of it is told, if any is."""
    if not despite.strip():
        return blocking
    left = [one for one in blocking if one.final or overruled is not None and one.code not in overruled]
    return blocking if left else []


def ask_attributed(*, incident: Incident, by: User | None, now: datetime) -> int:
    """Write to everybody whose consent to words with their name is missing; the number of letters.

    By hand at once; from the sweep (`by` is None) only about words that stood still for half an hour, so that
    nobody gets a letter for each keystroke. What was asked about words that were changed since is forgotten.
    """
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        found = attributed.claims(locked, document := content.of(locked))
        want(locked, found, now=now)
        known = attributed.claims(locked, document)
        waiting = ready_to_ask(known, now=now + STILL if by else now)
        return sum(_ask(person, approvals, by, now) for person, approvals in waiting.items())


def _ask(person: Participant, approvals: list[Consent], by: User | None, now: datetime) -> bool:
    if not email_of(person):
        return False
    ids = [one.pk for one in approvals]
    Consent.objects.filter(pk__in=ids).update(asked_at=now)
    letters.ask(person, occasion=f"{max(ids)} {len(ids)}", count=len(ids), now=now)
    record(
        by=by, verb="wording.asked", subject=person.incident.ref, sentence=f"asked {person.name} about words published with their name",
    )  # fmt: skip
    return True
