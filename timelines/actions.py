"""Every change of the timeline. What was read is never edited; it is annotated, and each note is audited."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.web.later import queue_after_commit
from timelines.models import Event, Import, Source


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


def receive_file(
    *, incident: Incident, by: User, upload: File, format: str = "auto", name: str = "", zone: str = "", year: int | None = None,
    mapping: dict | None = None, form_key: str = "",
) -> Import:  # fmt: skip
    """Keep the file and ask a worker to read it. The same form twice gives the first import again."""
    from timelines.tasks import run_import

    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    filename = upload.name.replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"
    with transaction.atomic():
        if form_key and (before := Import.objects.filter(form_key=form_key).first()):
            return before
        try:
            with transaction.atomic():
                imported = Import.objects.create(
                    incident=incident, by=by, filename=filename, size=upload.size, sha256=digest.hexdigest(), format=format,
                    name=name[:120], zone=zone, year=year, mapping=mapping or {}, form_key=form_key or None,
                )  # fmt: skip
        except IntegrityError:
            return Import.objects.get(form_key=form_key)
        upload.seek(0)
        imported.file.save(f"{imported.pk}-{secrets.token_hex(4)}", upload)
        record(by=by, verb="evidence.received", subject=incident.ref, sentence=f"brought in {filename}")
        queue_after_commit(run_import, str(imported.pk))
    return imported


def answer(
    *,
    imported: Import,
    by: User,
    zone: str = "",
    year: int | None = None,
    mapping: dict | None = None,
    format: str = "",
) -> None:
    """Give what an import asked for, and let it be read again. The source remembers."""
    from timelines.tasks import run_import

    with transaction.atomic():
        changed = Import.objects.filter(pk=imported.pk, state__in=[Import.State.ASKING, Import.State.FAILED]).update(
            state=Import.State.WAITING, message="", asks_for="", zone=zone or imported.zone, year=year or imported.year,
            mapping={**imported.mapping, **(mapping or {})}, format=format or imported.format,
        )  # fmt: skip
        if not changed:
            raise NotPossible("This import is not waiting for an answer.")
        record(
            by=by,
            verb="evidence.answered",
            subject=imported.incident.ref,
            sentence=f"said how to read {imported.filename}",
        )
        queue_after_commit(run_import, str(imported.pk))


def source_for(*, incident: Incident, format: str, name: str) -> Source:
    """The source of this name, made when it is new; lanes go round in eight colours and shapes."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        found = incident.sources.filter(format=format, name=name).first()
        return found or Source.objects.create(
            incident=incident, format=format, name=name, lane=incident.sources.count() % 8 + 1
        )


def pin(*, event: Event, by: User, pinned: bool) -> None:
    _note(
        event,
        by,
        "event.pinned" if pinned else "event.unpinned",
        "pinned an event" if pinned else "took a pin off an event",
        pinned=pinned,
    )


def caption(*, event: Event, by: User, text: str) -> None:
    """A caption pins: what is worth naming is part of the story."""
    text = " ".join(text.split())[:300]
    _note(event, by, "event.captioned", "captioned an event", caption=text, pinned=event.pinned or bool(text))


def hide(*, event: Event, by: User, reason: str) -> None:
    if not reason.strip():
        raise NotPossible("Say in a few words why this event is hidden; the reason stays with it.")
    _note(
        event,
        by,
        "event.hidden",
        "hid an event",
        hidden=True,
        hidden_reason=reason.strip()[:300],
        pinned=False,
    )


def show(*, event: Event, by: User) -> None:
    _note(event, by, "event.shown", "showed an event again", hidden=False, hidden_reason="")


def mark_phase(*, event: Event, by: User, phase: str) -> None:
    if phase not in Event.Phase.values:
        raise NotPossible("There is no such phase.")
    _note(
        event,
        by,
        "event.phase",
        f"marked an event as the beginning of “{phase}”" if phase else "took a phase mark off an event",
        phase=phase,
    )


def _note(event: Event, by: User, verb: str, sentence: str, **changes) -> None:
    with transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**changes)
        for name, value in changes.items():
            setattr(event, name, value)
        record(by=by, verb=verb, subject=event.incident.ref, sentence=sentence, event=event.pk)


def add_by_hand(
    *, incident: Incident, by: User, at: datetime, text: str, precision: str = "minute", actor: str = "", kind: str = "note",
    certainty: str = "exact", until: datetime | None = None, form_key: str = "", source_name: str = "By hand", pinned: bool = False,
) -> Event:  # fmt: skip
    """An event a person adds. It has no raw record but its author and the audit trail."""
    with transaction.atomic():
        source = source_for(
            incident=incident, format="recollection" if kind == "recollection" else "hand", name=source_name
        )
        event, made = Event.objects.get_or_create(
            source=source, external_id=form_key or secrets.token_hex(12),
            defaults=dict(
                incident=incident, at=at, read_at=at, until=until, precision=precision, certainty=certainty, kind=kind, actor=actor,
                actor_kind="person", text=text, added_by=by, pinned=pinned,
            ),
        )  # fmt: skip
        if made:
            record(
                by=by,
                verb="event.added",
                subject=incident.ref,
                sentence="added an event by hand",
                event=event.pk,
            )
    return event


def set_clock_offset(*, source: Source, by: User, offset: timedelta) -> None:
    """Shift every event of a source; what the source wrote stays as it is."""
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(clock_offset=offset)
        shift = offset - source.clock_offset
        source.events.update(at=F("read_at") + offset, until=F("until") + shift)
        source.clock_offset = offset
        record(
            by=by, verb="source.offset", subject=source.incident.ref,
            sentence=f"set the clock of {source.name} to {offset.total_seconds():+g} seconds",
        )  # fmt: skip
