"""Every change of connections and rules, and what people decide about what waits in the inbox."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import seal
from timelines.actions import NotPossible
from timelines.live import filing
from timelines.models import Connection, Delivery, Rule

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


def add_rule(
    *, by: User, field: str, pattern: str, does: str, connection: Connection | None = None, service=None,
    severity: Severity | None = None, hours: int = 12,
) -> Rule:  # fmt: skip
    field, pattern = (" ".join(text.replace("\x00", "").split()) for text in (field, pattern))
    if not field or not pattern:
        raise NotPossible("A rule needs a field, such as service, and what it should be like.")
    if does not in Rule.Does.values:
        raise NotPossible("Say what the rule does.")
    if does == Rule.Does.OPEN and severity is None:
        raise NotPossible("Say which severity an incident has that this rule opens.")
    if not 1 <= hours <= 720:
        raise NotPossible("An incident may be 1 to 720 hours old to be attached to.")
    with transaction.atomic():
        last = Rule.objects.order_by("-place").values_list("place", flat=True).first() or 0
        rule = Rule.objects.create(
            connection=connection, field=field[:80], pattern=pattern[:200], does=does, service=service, severity=severity, hours=hours,
            place=last + 1, made_by=by,
        )  # fmt: skip
        record(by=by, verb="rule.added", subject="organisation", sentence=f"added the rule “{rule}”")
    return rule


def remove_rule(*, rule: Rule, by: User) -> None:
    with transaction.atomic():
        record(by=by, verb="rule.removed", subject="organisation", sentence=f"took away the rule “{rule}”")
        rule.delete()


# --- the inbox -------------------------------------------------------------------------------------


def waiting(connection: Connection, subject: str) -> list[Delivery]:
    found = Delivery.objects.filter(connection=connection, subject=subject, state=Delivery.State.INBOX)
    return list(found.order_by("received_at")[:MOST])


def attach(*, deliveries: list[Delivery], incident: Incident, by: User) -> int:
    done = filing.file_by_hand(deliveries, incident=incident, by=by)
    if not done:
        raise NotPossible("Somebody was faster: this does not wait in the inbox any more.")
    return done


def open_from(
    *, deliveries: list[Delivery], by: User, severity: Severity | None, title: str, now: datetime
) -> Incident:
    """Open an incident from what waits, detected when the first of it came; the same click twice opens one."""
    if not deliveries:
        raise NotPossible("Somebody was faster: this does not wait in the inbox any more.")
    if severity is None:
        raise NotPossible("Choose a severity.")
    first = deliveries[0]
    incident = open_incident(
        by=by, title=" ".join(title.split())[:200] or first.subject[:200] or str(first.connection), severity=severity,
        form_key=f"delivery-{first.pk}", now=now, detected_at=first.received_at,
        services=list(Service.objects.filter(name__iexact=first.facts.get("service", ""))),
    )  # fmt: skip
    filing.file_by_hand(deliveries, incident=incident, by=by)
    return incident


def leave_out(*, deliveries: list[Delivery], by: User) -> int:
    with transaction.atomic():
        count = Delivery.objects.filter(pk__in=[d.pk for d in deliveries], state=Delivery.State.INBOX).update(
            state=Delivery.State.IGNORED, why=f"{by} left it out.", handled_by=by
        )
        if count:
            record(
                by=by, verb="deliveries.left_out", subject="organisation", sentence=f"left {count} message{'s' if count > 1 else ''} out of the inbox"
            )  # fmt: skip
    return count


def take_back(*, deliveries: list[Delivery], by: User) -> int:
    """Let what was left out, or could not be read, go through the rules again."""
    from timelines.live.tasks import file_delivery

    with transaction.atomic():
        found = Delivery.objects.filter(
            pk__in=[d.pk for d in deliveries], state__in=(Delivery.State.IGNORED, Delivery.State.FAILED)
        )
        ids = list(found.values_list("pk", flat=True))
        found.update(state=Delivery.State.WAITING, why="", handled_by=by)
        for pk in ids:
            queue_after_commit(file_delivery, str(pk))
    return len(ids)
