"""Every change of connections, and what people decide about what waits in the inbox."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import seal
from timelines.actions import NotPossible
from timelines.live import filing, undoing
from timelines.models import Connection, Delivery

SIGNS_NOTHING = ("statuspage", "opsgenie", "alertmanager")  # may come without a proof when somebody says so
MOST = 500  # deliveries that one click moves


def connect(*, by: User, kind: str, name: str, unsigned: bool = False) -> tuple[Connection, str]:
    """A new connection, and its secret, which is shown this once."""
    name = " ".join(name.replace("\x00", "").split())[:80]
    if not name:
        raise NotPossible("Give the connection a name, such as “Alertmanager production”.")
    if kind not in Connection.Kind.values:
        raise NotPossible("There is no such kind of connection.")
    if unsigned and kind not in SIGNS_NOTHING:
        raise NotPossible(f"{Connection.Kind(kind).label} can sign what it sends, so it has to.")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        if Connection.objects.filter(name__iexact=name).exists():
            raise NotPossible("There is a connection of this name already.")
        connection = Connection.objects.create(
            kind=kind, name=name, secret=seal(secret), unsigned=unsigned, made_by=by
        )
        record(by=by, verb="connection.made", subject="organisation", sentence=f"connected {name}")
    return connection, secret


def new_secret(*, connection: Connection, by: User, secret: str = "") -> str:
    """Another secret, ours or the one that the tool made itself.

    The one before stays good until `drop_older`, so that nothing is lost while the other side changes.
    """
    secret = secret.strip() or secrets.token_urlsafe(32)
    if len(secret) < 8 or len(secret) > 300 or not secret.isprintable():
        raise NotPossible("A secret has 8 to 300 characters. Copy it whole from the tool.")
    with transaction.atomic():
        locked = Connection.objects.select_for_update().get(pk=connection.pk)
        Connection.objects.filter(pk=connection.pk).update(secret=seal(secret), older_secret=locked.secret)
        record(
            by=by,
            verb="connection.secret",
            subject="organisation",
            sentence=f"gave {connection} another secret",
        )
    return secret


def drop_older(*, connection: Connection, by: User) -> None:
    with transaction.atomic():
        if Connection.objects.filter(pk=connection.pk).exclude(older_secret=None).update(older_secret=None):
            record(
                by=by,
                verb="connection.secret",
                subject="organisation",
                sentence=f"ended the older secret of {connection}",
            )


def set_active(*, connection: Connection, by: User, active: bool) -> None:
    with transaction.atomic():
        if Connection.objects.filter(pk=connection.pk).exclude(active=active).update(active=active):
            word = "let {} send again" if active else "stopped {} from sending"
            record(by=by, verb="connection.active", subject="organisation", sentence=word.format(connection))


# --- the inbox -------------------------------------------------------------------------------------


def waiting(connection: Connection, subject: str) -> list[Delivery]:
    found = Delivery.objects.filter(connection=connection, subject=subject, state=Delivery.State.INBOX)
    return list(found.order_by("received_at")[:MOST])


def attach(*, deliveries: list[Delivery], incident: Incident, by: User, now: datetime) -> int:
    done = filing.file_by_hand(deliveries, incident=incident, by=by, now=now)
    if not done:
        raise NotPossible("Somebody was faster: this does not wait in the inbox any more.")
    return done


def open_from(
    *, deliveries: list[Delivery], by: User, severity: Severity | None, title: str, now: datetime
) -> Incident:
    """Open an incident from what waits, detected when what is told began; the same click twice opens one."""
    if not deliveries:
        raise NotPossible("Somebody was faster: this does not wait in the inbox any more.")
    if severity is None:
        raise NotPossible("Choose a severity.")
    first = deliveries[0]
    incident = open_incident(
        by=by, title=" ".join(title.split())[:200] or first.subject[:200] or str(first.connection), severity=severity,
        form_key=undoing.opened_from(first), now=now, detected_at=min(one.began_at for one in deliveries),
        services=list(Service.objects.filter(name__iexact=first.facts.get("service", ""))),
    )  # fmt: skip
    filing.file_by_hand(deliveries, incident=incident, by=by, now=now)
    return incident


def leave_out(*, deliveries: list[Delivery], by: User, now: datetime) -> int:
    with transaction.atomic():
        count = Delivery.objects.filter(pk__in=[d.pk for d in deliveries], state=Delivery.State.INBOX).update(
            state=Delivery.State.IGNORED, why=f"{by} left it out.", handled_by=by, handled_at=now
        )
        if count:
            record(
                by=by, verb="deliveries.left_out", subject="organisation", sentence=f"left {count} message{'s' if count > 1 else ''} out of the inbox"
            )  # fmt: skip
    return count


def undo(*, delivery: Delivery, by: User, now: datetime) -> str:
    """Take back one's own click on a row of the inbox, within ten minutes; what became of it, in a sentence."""
    with transaction.atomic():
        click = undoing.click_of(delivery, by=by, now=now)
        if click is None:
            raise NotPossible(
                "This can no longer be undone: it is longer ago than ten minutes, or was undone already."
            )
        done = undoing.undo(click, now=now)
        record(
            by=by,
            verb="deliveries.taken_back",
            subject=click.incident.ref if click.incident else "organisation",
            sentence=f"took {click.words} back to the inbox",
        )
    return done


def take_back(*, deliveries: list[Delivery], by: User) -> int:
    """Let what was left out, or could not be read, go through the rules again."""
    set_aside = (Delivery.State.IGNORED, Delivery.State.FAILED)
    return _through_the_rules(
        Delivery.objects.filter(pk__in=[d.pk for d in deliveries], state__in=set_aside), by
    )


def sort_again(*, by: User) -> int:
    """Let what waits in the inbox go through the rules as they are now; how many messages do."""
    return _through_the_rules(Delivery.objects.filter(state=Delivery.State.INBOX), by)


def _through_the_rules(found: QuerySet[Delivery], by: User) -> int:
    from timelines.live.tasks import file_delivery

    with transaction.atomic():
        ids = list(found.order_by("received_at").values_list("pk", flat=True)[:MOST])
        if ids:
            Delivery.objects.filter(pk__in=ids).update(
                state=Delivery.State.WAITING, why="", handled_by=by, handled_at=None
            )
            record(
                by=by, verb="deliveries.sorted_again", subject="organisation",
                sentence=f"let {len(ids)} message{'s' if len(ids) > 1 else ''} go through the rules again",
            )  # fmt: skip
        for pk in ids:
            queue_after_commit(file_delivery, str(pk))
    return len(ids)
