"""Publishing at a moment to come: exactly the text that was read when it was planned, or nothing.

1. What blocks may be open when it is planned – approvers have until then. It has to be met at the moment itself;
   a reason to publish all the same covers what was open when it was given.
2. A worker that comes late publishes late, for a day; after that the moment has passed.
3. The plan, the revision and the letter that says why there is none are written in one transaction under the lock of
   the incident: a worker that dies in it has done nothing, and two of them publish once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.audit.log import record
from postmortems.incidents.access import permissions
from postmortems.incidents.models import Incident
from postmortems.publication import actions, chain, content, readiness
from postmortems.publication.models import Planned, Revision
from postmortems.publication.planning import letters
from postmortems.publication.readiness.telling import in_a_line
from postmortems.publication.withdrawing.covering import is_withdrawn

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=366)
GRACE = timedelta(days=1)
State = Planned.State


class NotPlanned(Exception):
    """Why not, in a sentence for whoever asked."""


def publish_later(
    *,
    incident: Incident,
    by: User,
    at: datetime,
    digest: str,
    now: datetime,
    change_note: str = "",
    despite: str = "",
) -> Planned:
    """Have the text with this digest published at `at`; an earlier plan of this incident gives way to it.

    Raises NotPlanned, and actions.Changed when the drafts say something else than what was read.
    """
    if not now + SOONEST <= at <= now + LATEST:
        raise NotPlanned(
            "Choose a moment that lies ahead." if at < now + SOONEST else "That is more than a year away."
        )
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        document = content.of(locked)
        if chain.digest(document) != digest:
            raise actions.Changed
        last = Revision.objects.filter(incident=locked).order_by("-number").first()
        if last and chain.drafted(last.content) == digest and not is_withdrawn(last):
            raise NotPlanned("Nothing changed since the last revision, so there is nothing to publish.")
        _stop(_waiting(locked), "Another moment was chosen.")
        blocking = readiness.reasons(locked, document, weights=["blocking"])
        made = Planned.objects.create(
            incident=locked, at=at, digest=digest, by=by, made_at=now, change_note=change_note.strip()[:500],
            despite=despite.strip(), overruled=[one.code for one in blocking if not one.final] if despite.strip() else [],
        )  # fmt: skip
        record(
            by=by, verb="publication.planned", subject=locked.ref, sentence=f"planned the publication for {at:%Y-%m-%d %H:%M} UTC",
            digest=digest, despite=made.despite, open=[one.code for one in blocking],
        )  # fmt: skip
    return made


def call_off(*, incident: Incident, by: User) -> bool:
    """Nothing is published by itself any more; False when nothing was planned."""
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if not _stop(_waiting(locked), f"{by} called it off."):
            return False
        record(by=by, verb="publication.called_off", subject=locked.ref, sentence="called the planned publication off")  # fmt: skip
    return True


def carry_out(*, planned: int, now: datetime) -> Revision | None:
    """Publish what was planned, or say why not; None when it was not published, is not due or is being done."""
    with transaction.atomic():
        incident = Incident.objects.filter(planned=planned).first()
        locked = (
            Incident.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("severity")
            .filter(pk=incident.pk if incident else None)
            .first()
        )
        due = Planned.objects.select_related("by").filter(pk=planned, state=State.WAITING, at__lte=now)
        if locked is None or (one := due.first()) is None:
            return None
        try:
            revision = _publish(locked, one, now)
        except NotPlanned as why:
            _stopped(one, str(why), now)
            return None
        Planned.objects.filter(pk=one.pk).update(state=State.PUBLISHED, revision=revision, trouble="")
    return revision


def _publish(incident: Incident, planned: Planned, now: datetime) -> Revision:
    """Raises NotPlanned with the reason."""
    if now > planned.at + GRACE:
        raise NotPlanned("Its moment passed while Second Story was away for more than a day.")
    if Permission.LEAD not in permissions(planned.by, incident):
        raise NotPlanned(f"{planned.by}, who planned it, may no longer publish here.")
    try:
        return actions.publish(
            incident=incident, by=planned.by, now=now, change_note=planned.change_note, despite=planned.despite,
            only=planned.digest, overruled=planned.overruled,
        )  # fmt: skip
    except actions.Changed:
        raise NotPlanned("The text is no longer the one that was read when this was planned.") from None
    except actions.Unchanged:
        raise NotPlanned("The same text was published already.") from None
    except actions.NotReady as open_ones:
        raise NotPlanned(in_a_line(open_ones.reasons)) from None


def _stopped(planned: Planned, why: str, now: datetime) -> None:
    _stop(Planned.objects.filter(pk=planned.pk), why)
    ref = planned.incident.ref
    record(by=None, verb="publication.stopped", subject=ref, sentence="did not publish what was planned")
    letters.not_published(planned, why, now=now)


def _waiting(incident: Incident):
    return Planned.objects.filter(incident=incident, state=State.WAITING)


def _stop(plans, why: str) -> int:
    return plans.update(state=State.STOPPED, trouble=why[:1000])
