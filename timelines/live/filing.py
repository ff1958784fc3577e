"""From a delivery to events on a timeline: the work of the worker. Doing it twice changes nothing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import Incident
from postmortems.web.later import queue_after_commit
from timelines import storing, tally
from timelines.actions import source_for
from timelines.formats.records import Record
from timelines.live import facts, undoing
from timelines.live.opening import payload, read
from timelines.masking import find, mask
from timelines.models import Delivery, Event, Rule, Source
from timelines.reading import Unreadable
from timelines.tasks import compare_sources

KNOWN = 200  # ids that are looked for on open incidents
FAULT = "The fault is not in the message: something went wrong here, and is told in the worker’s log. Try again later."
log = logging.getLogger(__name__)


def file(delivery_id) -> str:
    """Bring one waiting delivery where it belongs; its state afterwards, or "" where somebody else had it.

    A database that is away leaves it waiting for the sweep. Any other fault is one of ours, and would come back with
    every sweep: the delivery is set aside, is shown, and can be tried again.
    """
    try:
        return _file(delivery_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Delivery %s could not be filed.", delivery_id)
        waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.FAILED, why=FAULT)
        return Delivery.State.FAILED


def _file(delivery_id) -> str:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("connection__made_by").filter(pk=delivery_id, state=Delivery.State.WAITING).first()
        )  # fmt: skip
        if delivery is None:
            return ""
        try:
            format, records = read(delivery)
            delivery.facts = _masked(facts.of(payload(delivery), delivery.headers)) | _began(records)
        except Unreadable as trouble:
            # forges send much that marks no moment, a ping or a label: that is no trouble
            silent = delivery.connection.kind in ("github", "gitlab") and payload(delivery)
            _end(delivery, Delivery.State.IGNORED if silent else Delivery.State.FAILED, str(trouble))
            return delivery.state
        delivery.subject = delivery.facts["subject"] or format
        incident, rule, why = _place(delivery, format, records)
        delivery.rule = rule
        if rule and rule.does == Rule.Does.IGNORE:
            _end(delivery, Delivery.State.IGNORED, f"A rule leaves it out: {rule}")
        elif incident is None:
            _end(delivery, Delivery.State.INBOX, why)
        else:
            attach(delivery, incident, why, format, records)
    return delivery.state


def _began(records: list[Record]) -> dict[str, str]:
    """The first moment that is told of, beside the facts: an alert began before its message came."""
    return {"began": min(record.at for record in records).isoformat()}


def _masked(value: Any) -> Any:
    """Facts stand in the inbox before anybody looked at them."""
    if isinstance(value, dict):
        return {_masked(name): _masked(inner) for name, inner in value.items()}
    return mask(value, find(value)) if isinstance(value, str) else value


# --- where it belongs ------------------------------------------------------------------------------


def _place(
    delivery: Delivery, format: str, records: list[Record]
) -> tuple[Incident | None, Rule | None, str]:
    """1. Where an earlier message about the same thing went; 2. where the first rule that fits says; 3. the inbox."""
    if incident := _known(format, records):
        return incident, None, "It goes on with something that is on this timeline."
    rules = Rule.objects.filter(Q(connection=None) | Q(connection=delivery.connection), active=True)
    for rule in rules.select_related("service", "severity", "made_by"):
        if facts.fits(delivery.facts, rule.field, rule.pattern):
            return _by_rule(rule, delivery), rule, f"By the rule: {rule}"
    return None, None, "No rule fits."


def _known(format: str, records: list[Record]) -> Incident | None:
    """An open incident that has an event of the same source's id, or of the same thread."""
    ids = {record.external_id for record in records[:KNOWN]} | {r.thread for r in records[:KNOWN] if r.thread}
    ids = {one.replace("\x00", "")[:300] for one in ids}
    # the sources first: events are found by their source and id, and never looked through
    sources = list(
        Source.objects.filter(format=format, incident__state=Incident.State.REVIEWING).values_list(
            "pk", flat=True
        )
    )
    found = Event.objects.filter(Q(external_id__in=ids) | Q(thread__in=ids), source__in=sources)
    found = found.exclude(hidden=True, hidden_reason=undoing.REASON)
    incidents = Incident.objects.filter(pk__in=found.values_list("incident", flat=True)[:KNOWN])
    return incidents.order_by("-opened_at", "-pk").first()


def _by_rule(rule: Rule, delivery: Delivery) -> Incident | None:
    if rule.does == Rule.Does.IGNORE:
        return None
    since = delivery.received_at - timedelta(hours=rule.hours)
    recent = Incident.objects.filter(state=Incident.State.REVIEWING, opened_at__gte=since).order_by(
        "-opened_at", "-pk"
    )
    if rule.service:
        recent = recent.filter(services=rule.service)
    if rule.does == Rule.Does.OPEN:
        # one alert after the other opens one incident, not one each
        Rule.objects.select_for_update().get(pk=rule.pk)
        recent = recent.filter(deliveries__rule=rule)
    if found := recent.first():
        return found
    if rule.does == Rule.Does.ATTACH:
        return None
    return open_incident(
        by=rule.made_by, title=delivery.facts["title"][:200] or str(delivery.connection), severity=rule.severity,
        services=[rule.service] if rule.service else [], detected_at=delivery.began_at,
    )  # fmt: skip


def attach(delivery: Delivery, incident: Incident, why: str, format: str, records: list[Record]) -> None:
    """Store what it says on the incident's timeline."""
    source = source_for(incident=incident, format=format, name=delivery.connection.name)
    for batch in storing.batches(records):
        storing.store(source, batch)
    undoing.bring_back(source, records)
    tally.stale(source.pk)
    queue_after_commit(compare_sources, incident.pk)
    delivery.incident = incident
    _end(delivery, Delivery.State.FILED, why)


def _end(delivery: Delivery, state: str, why: str) -> None:
    delivery.state, delivery.why = state, why.replace("\x00", "")[:400]
    delivery.save(
        update_fields=["state", "why", "facts", "subject", "incident", "rule", "handled_by", "handled_at"]
    )


# --- by a person -----------------------------------------------------------------------------------


def file_by_hand(deliveries: list[Delivery], *, incident: Incident, by: User, now: datetime) -> int:
    """Attach deliveries that wait in the inbox to an incident; how many were."""
    done = 0
    for waiting in deliveries:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(of=("self",)).select_related("connection")
                .filter(pk=waiting.pk, state=Delivery.State.INBOX).first()
            )  # fmt: skip
            if delivery is None:
                continue
            format, records = read(delivery)
            delivery.handled_by, delivery.handled_at = by, now
            attach(delivery, incident, f"{by} put it there.", format, records)
            done += 1
    if done:
        with transaction.atomic():
            record(
                by=by, verb="deliveries.attached", subject=incident.ref, sentence=f"put {done} message{'s' if done > 1 else ''} from the inbox onto the timeline"
            )  # fmt: skip
    return done
