"""Every change of what was believed and tried, of phases' consequences, and of the service level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident
from timelines.actions import NotPossible, add_by_hand
from timelines.models import Event, Hypothesis, Indicator, Intervention
from timelines.story import budget
from timelines.story.series import Line

Span = Hypothesis | Intervention
WORDS = {Hypothesis: "what was believed", Intervention: "what was tried"}
CROSSINGS = 40  # events that one indicator may add


class Stale(NotPossible):
    """Somebody else saved in between."""


def add(
    *, kind: type[Span], incident: Incident, by: User, fields: dict[str, Any], events: Iterable[Event] = ()
) -> Span:
    _check(fields)
    with transaction.atomic():
        span = kind.objects.create(incident=incident, added_by=by, **fields)
        span.events.set(events)
        _told(by, span, "added", "noted")
    return span


def change(*, span: Span, by: User, version: int, fields: dict[str, Any], events: Iterable[Event]) -> Span:
    """Save `fields` made from `version`. Raises Stale when somebody saved in between."""
    _check(fields)
    with transaction.atomic():
        updated = type(span).objects.filter(pk=span.pk, version=version).update(version=version + 1, **fields)
        if not updated:
            raise Stale(
                "Somebody changed this in the meantime. Look at what stands now, and change it again."
            )
        span.refresh_from_db()
        span.events.set(events)
        _told(by, span, "changed", "changed")
    return span


def remove(*, span: Span, by: User) -> dict[str, Any]:
    """Take it away; what comes back is what `put_back` needs."""
    kept = {
        field.attname: getattr(span, field.attname)
        for field in span._meta.concrete_fields
        if field.attname not in ("id", "version", "incident_id")
    }
    kept["events"] = list(span.events.values_list("pk", flat=True))
    with transaction.atomic():
        _told(by, span, "removed", "took away")
        span.delete()
    return kept


def _told(by: User, span: Span, verb: str, word: str) -> None:
    kind = type(span)
    record(
        by=by, verb=f"{kind.__name__.lower()}.{verb}", subject=span.incident.ref, sentence=f"{word} {WORDS[kind]}"
    )  # fmt: skip


def _check(fields: dict[str, Any]) -> None:
    if not fields["sentence"].strip():
        raise NotPossible("Say it in a sentence.")
    if fields.get("ends_at") and fields["ends_at"] < fields["begins_at"]:
        raise NotPossible("The end lies before the beginning.")


# --- the incident's times --------------------------------------------------------------------------


def take_times(*, incident: Incident, by: User, version: int, times: dict[str, datetime]) -> None:
    """Set the incident's times from its phases. Raises incidents.Stale when it was changed in between."""
    if not times:
        raise NotPossible("Choose which times to take.")
    changes = {f"{name}_at": at for name, at in times.items()}
    known = set(incident.not_applicable) - set(times)
    incidents.edit_incident(
        incident=incident, by=by, version=version, changes=changes | {"not_applicable": sorted(known)}
    )


# --- the service level -----------------------------------------------------------------------------


def add_indicator(
    *, incident: Incident, by: User, line: Line, raw: bytes, filename: str, fields: dict[str, Any]
) -> Indicator:
    """Keep a series as the incident's indicator; the newest one is shown in the picture."""
    indicator = Indicator(
        incident=incident, added_by=by, labels=line.labels, step_seconds=line.step.total_seconds(), filename=filename[:255],
        times=[at for at, _ in line.points], values=[value for _, value in line.points], **fields,
    )  # fmt: skip
    measure(indicator)
    with transaction.atomic():
        incident.indicators.update(shown=False)
        indicator.save(force_insert=True)
        indicator.file.save(f"indicator-{indicator.pk}", ContentFile(raw))
        record(
            by=by,
            verb="indicator.added",
            subject=incident.ref,
            sentence=f"added the service level “{indicator.name}”",
        )
    return indicator


def measure(indicator: Indicator) -> budget.Spent | None:
    """What the incident spent of it; None where the incident's times are not known. Raises NotPossible for no shares."""
    from timelines.story.level import spent_during

    try:
        return spent_during(indicator)
    except budget.NoShare as trouble:
        raise NotPossible(str(trouble)) from trouble


def show_indicator(*, indicator: Indicator, by: User) -> None:
    with transaction.atomic():
        indicator.incident.indicators.update(shown=False)
        Indicator.objects.filter(pk=indicator.pk).update(shown=True)
        record(
            by=by, verb="indicator.shown", subject=indicator.incident.ref, sentence=f"put “{indicator.name}” into the picture"
        )  # fmt: skip


def remove_indicator(*, indicator: Indicator, by: User) -> None:
    with transaction.atomic():
        record(
            by=by, verb="indicator.removed", subject=indicator.incident.ref, sentence=f"took away the service level “{indicator.name}”"
        )  # fmt: skip
        file = indicator.file
        indicator.delete()
        transaction.on_commit(lambda: file.delete(save=False) if file else None)


def note_crossings(*, indicator: Indicator, by: User) -> int:
    """Put onto the timeline when the level fell below its objective and when it came back; how many are new."""
    from timelines.story.level import samples

    found = budget.crossings(
        samples(indicator), meaning=indicator.meaning, objective=float(indicator.objective), threshold=indicator.threshold
    )  # fmt: skip
    before = indicator.incident.events.count()
    for at, back in found[:CROSSINGS]:
        word = "came back to" if back else "fell short of"
        add_by_hand(
            incident=indicator.incident, by=by, at=at, precision="second", kind="level", actor="",
            text=f"{indicator.name} {word} its objective of {percent(float(indicator.objective))}",
            form_key=f"level-{indicator.pk}-{int(at.timestamp())}",
        )  # fmt: skip
    return indicator.incident.events.count() - before


def percent(share: float) -> str:
    """0.999 as “99.9 %”, with as many places as it has and no more than five."""
    return f"{share * 100:.5f}".rstrip("0").rstrip(".") + " %"
