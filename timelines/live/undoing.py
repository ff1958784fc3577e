"""Taking back a click in the inbox, by whoever made it, for ten minutes.

1. What was left out waits again.
2. What was put onto a timeline waits again, with what followed it there by itself. Evidence is never deleted: its
   events are hidden with a reason, unless another message or an import tells of them too. Putting the messages onto
   the same timeline once more shows them again.
3. An incident that this click opened is closed as one that needs no review, unless somebody did that already.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.incidents.actions import no_review_needed
from postmortems.incidents.models import Incident
from timelines import storing, tally
from timelines.formats.records import Record
from timelines.live.opening import read
from timelines.models import Delivery, Event, Source

UNDO = timedelta(minutes=10)
REASON = "Taken back to the inbox"
MISTAKEN = "Opened from the inbox by mistake, and taken back at once."


@dataclass(frozen=True)
class Click:
    """What one click did: the messages it moved, and the incident it moved them to."""

    by: User
    at: datetime
    first: Delivery
    count: int
    incident: Incident | None
    opened: bool = False

    @property
    def words(self) -> str:
        return f"{self.count} message{'s' if self.count != 1 else ''}"

    @property
    def until(self) -> datetime:
        return self.at + UNDO


def opened_from(delivery: Delivery) -> str:
    """The key by which a click that opens an incident is known when it comes twice."""
    return f"delivery-{delivery.pk}"


def last_of(user: User, *, now: datetime) -> Click | None:
    """The last click of this person that can still be undone."""
    moved = _moved(user, now).order_by("-handled_at", "received_at").select_related("incident")
    last = moved.defer("body").first()
    return click_of(last, by=user, now=now) if last else None


def _moved(user: User, now: datetime):
    done = Q(state=Delivery.State.FILED) | Q(state=Delivery.State.IGNORED)
    return Delivery.objects.filter(done, handled_by=user, handled_at__gt=now - UNDO, handled_at__lte=now)


def click_of(delivery: Delivery, *, by: User, now: datetime) -> Click | None:
    """The click that moved this message, where it was this person's and is not too long ago."""
    if delivery.handled_at is None:
        return None
    moved = _moved(by, now).filter(handled_at=delivery.handled_at, incident=delivery.incident)
    found = list(moved.order_by("received_at", "pk").select_related("incident", "connection").defer("body"))
    if not any(one.pk == delivery.pk for one in found):
        return None
    first = found[0]
    opened = bool(first.incident) and first.incident.form_key in map(opened_from, found)
    return Click(by, delivery.handled_at, first, len(found), first.incident, opened)


def undo(click: Click, *, now: datetime) -> str:
    """Runs in the transaction of its caller; what became of it, in a sentence."""
    moved = _moved(click.by, now).filter(handled_at=click.at, incident=click.incident)
    ids = list(moved.select_for_update(of=("self",)).values_list("pk", flat=True))
    if click.incident is None:
        _wait_again(ids)
        return f"{click.words} wait{'' if click.count != 1 else 's'} in the inbox again."
    ids += _followed(click)
    _hide(click.incident, ids)
    _wait_again(ids)
    if not click.opened:
        return f"Taken back from {click.incident.ref}: it waits in the inbox again."
    if click.incident.state == Incident.State.REVIEWING:
        no_review_needed(incident=click.incident, by=click.by, reason=MISTAKEN, now=now)
    Incident.objects.filter(pk=click.incident.pk).update(form_key="")  # so that it may be opened anew
    return f"{click.incident.ref} is closed as opened by mistake; its messages wait in the inbox again."


def _followed(click: Click) -> list:
    """What came later about the same thing, and went on to this incident by itself."""
    first = click.first
    found = Delivery.objects.filter(
        connection=first.connection, incident=click.incident, state=Delivery.State.FILED,
        subject=first.subject, handled_at=None, rule=None, received_at__gte=first.received_at,
    )  # fmt: skip
    return list(found.select_for_update(of=("self",)).values_list("pk", flat=True))


def _wait_again(ids: list) -> None:
    Delivery.objects.filter(pk__in=ids).update(
        state=Delivery.State.INBOX, why="It was taken back.", incident=None, handled_at=None
    )


def _hide(incident: Incident, ids: list) -> None:
    """Hide what these messages alone tell of."""
    told: dict[tuple[int, str], set[bytes]] = {}
    for delivery in Delivery.objects.filter(pk__in=ids).select_related("connection"):
        format, records = read(delivery)
        source = incident.sources.filter(format=format, name=delivery.connection.name).first()
        for record in records if source else ():
            told.setdefault((source.pk, storing.id_of(record)), set()).add(
                hashlib.sha256(record.raw).digest()
            )
    for pk in {source for source, _ in told}:
        rows = [(name, sorted(digests)) for (source, name), digests in told.items() if source == pk]
        _hide_of(pk, rows)
        tally.stale(pk)


def _hide_of(source: int, rows: list[tuple[str, list[bytes]]]) -> None:
    names = [name for name, digests in rows for _ in digests]
    digests = [digest for _, digests in rows for digest in digests]
    with database.cursor() as cursor:
        cursor.execute(_HIDE, {"source": source, "names": names, "digests": digests, "reason": REASON})


_HIDE = """
    with told as (select * from unnest(%(names)s::text[], %(digests)s::bytea[]) as t (external_id, digest))
    update timelines_event e set hidden = true, hidden_reason = %(reason)s
    where e.source_id = %(source)s and not e.hidden and e.external_id in (select external_id from told)
        and not exists (
            select from timelines_rawrecord r
            where r.source_id = e.source_id and r.external_id = e.external_id
                and not exists (select from told where told.external_id = r.external_id and told.digest = r.digest)
        )
"""


def bring_back(source: Source, records: list[Record]) -> None:
    """Show again what was hidden by taking back, where it is put onto the same timeline once more."""
    names = {storing.id_of(record) for record in records}
    Event.objects.filter(source=source, external_id__in=names, hidden=True, hidden_reason=REASON).update(
        hidden=False, hidden_reason=""
    )
