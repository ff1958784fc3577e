"""Every change of the timeline. What was read is never edited; it is annotated, and each note is audited."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.files.base import File
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.web.later import queue_after_commit
from timelines import tally
from timelines.models import Event, Import, Source


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


def receive_file(
    *,
    incident: Incident,
    by: User,
    upload: File,
    format: str = "auto",
    name: str = "",
    zone: str = "",
    year: int | None = None,
    day: date | None = None,
    captured: datetime | None = None,
    mapping: dict | None = None,
    form_key: str = "",
    queue: bool = True,
) -> Import:
    """Keep the file and ask a worker to read it. The same form twice gives the first import again.

    Without `queue` the caller reads it: the import is running from its first moment, so that no worker takes it.
    """
    from timelines.tasks import run_import

    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    filename = _file_name(upload.name)
    imported = Import(
        incident=incident,
        by=by,
        filename=filename,
        size=upload.size,
        bytes_total=upload.size,
        sha256=digest.hexdigest(),
        format=format,
        name=" ".join(name.replace("\x00", "").split())[:120],
        zone=zone,
        year=year,
        day=day,
        captured=captured,
        mapping=mapping or {},
        form_key=form_key,
        state=Import.State.WAITING if queue else Import.State.RUNNING,
        beat_at=None if queue else timezone.now(),
    )
    try:
        with transaction.atomic():
            imported.save(force_insert=True)
            imported.file.save(f"{imported.pk}-{secrets.token_hex(4)}", upload)
            record(by=by, verb="evidence.received", subject=incident.ref, sentence=f"brought in {filename}")
            if queue:
                queue_after_commit(run_import, str(imported.pk))
    except IntegrityError:
        before = Import.objects.filter(form_key=form_key).first() if form_key else None
        if before is None:
            raise
        return before
    return imported


def only_keep(*, imported: Import, why: str) -> None:
    """Keep a file that came without being queued as it is, and read no events from it."""
    Import.objects.filter(pk=imported.pk, state=Import.State.RUNNING).update(
        state=Import.State.DONE, message=why[:500], finished_at=timezone.now()
    )


def _file_name(name: str) -> str:
    """The last part of a path, as it may be shown and written into a header."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "file"


def answer(
    *,
    imported: Import,
    by: User,
    zone: str = "",
    year: int | None = None,
    day: date | None = None,
    captured: datetime | None = None,
    mapping: dict | None = None,
    format: str = "",
) -> None:
    """Give what an import asked for, and let it be read again. The source remembers."""
    from timelines.tasks import run_import

    with transaction.atomic():
        changed = Import.objects.filter(
            pk=imported.pk, state__in=[Import.State.ASKING, Import.State.FAILED]
        ).update(
            state=Import.State.WAITING,
            message="",
            asks_for="",
            asked_at=timezone.now(),
            finished_at=None,
            starts=0,
            zone=zone or imported.zone,
            year=year or imported.year,
            day=day or imported.day,
            captured=captured or imported.captured,
            mapping={**imported.mapping, **(mapping or {})},
            format=format or imported.format,
        )
        if not changed:
            raise NotPossible("This import is not waiting for an answer.")
        record(
            by=by,
            verb="evidence.answered",
            subject=imported.incident.ref,
            sentence=f"said how to read {imported.filename}",
        )
        queue_after_commit(run_import, str(imported.pk))


def set_aside(*, imported: Import, by: User) -> None:
    """Take away a file that could not be read. Evidence that was read stays for good."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=imported.pk)
        if locked.state not in (Import.State.ASKING, Import.State.FAILED) or locked.added or locked.updated:
            raise NotPossible(
                "Something was read from this file. What was read stays; single events can be hidden."
            )
        record(
            by=by,
            verb="evidence.set_aside",
            subject=locked.incident.ref,
            sentence=f"took away {locked.filename}, which could not be read",
        )
        file = locked.file
        locked.delete()
        if not Import.objects.filter(file=file.name).exists():  # parts of an archive share it
            transaction.on_commit(lambda: file.delete(save=False))


def source_for(*, incident: Incident, format: str, name: str) -> Source:
    """The source of this name, made when it is new; lanes go round in eight colours and shapes."""
    if found := incident.sources.filter(format=format, name=name).first():
        return found
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        return incident.sources.get_or_create(
            format=format, name=name, defaults={"lane": incident.sources.count() % 8 + 1}
        )[0]


# --- annotation ------------------------------------------------------------------------------------


def pin(*, event: Event, by: User) -> None:
    _note(event, by, "event.pinned", "pinned an event", pinned=True, hidden=False, hidden_reason="")


def unpin(*, event: Event, by: User) -> None:
    _note(event, by, "event.unpinned", "took a pin off an event", pinned=False)


def caption(*, event: Event, by: User, text: str) -> None:
    """A caption pins: what is worth naming is part of the story."""
    text = _line(text, 300)
    changes = {"caption": text}
    if text:
        changes |= {"pinned": True, "hidden": False, "hidden_reason": ""}
    _note(event, by, "event.captioned", "captioned an event", **changes)


def hide(*, event: Event, by: User, reason: str) -> None:
    """Leave an event out of the story. The reason stays with it, and it can be shown again."""
    reason = _line(reason, 300)
    if not reason:
        raise NotPossible("Say in a few words why this event is hidden; the reason stays with it.")
    _note(event, by, "event.hidden", "hid an event", hidden=True, hidden_reason=reason)


def show(*, event: Event, by: User) -> None:
    _note(event, by, "event.shown", "showed an event again", hidden=False, hidden_reason="")


def mark_phase(*, event: Event, by: User, begins: str = "", ends: str = "") -> None:
    """Say which phase begins with this event and which one ends with it; an empty name says that none does."""
    if begins not in Event.Phase.values or ends not in Event.Phase.values:
        raise NotPossible("There is no such phase.")
    marks = [("beginning", begins), ("end", ends)]
    said = " and ".join(f"the {what} of “{Event.Phase(phase).label}”" for what, phase in marks if phase)
    _note(
        event, by, "event.phase", f"marked an event as {said}" if said else "took the phase marks off an event",
        phase=begins, ends_phase=ends,
    )  # fmt: skip


def annotate(*, event: Event, by: User, text: str, begins: str = "", ends: str = "") -> None:
    """A caption and the marks of phases at once, as the form of a row asks for them: both, or neither."""
    with transaction.atomic():
        mark_phase(event=event, by=by, begins=begins, ends=ends)
        caption(event=event, by=by, text=text)


def _note(event: Event, by: User, verb: str, sentence: str, **changes) -> None:
    """Write annotations; what is so already is neither written nor told again."""
    with transaction.atomic():
        before = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
        changes = {name: value for name, value in changes.items() if getattr(before, name) != value}
        if changes:
            Event.objects.filter(pk=event.pk).update(**changes)
            _count(before, changes)
            record(by=by, verb=verb, subject=event.incident.ref, sentence=sentence, event=event.pk)
    for name, value in changes.items():
        setattr(event, name, value)


def _count(before: Event, changes: dict) -> None:
    """Keep what is counted ahead in step with an event that comes into the line, or leaves it."""
    was = before.is_shown
    for name, value in changes.items():
        setattr(before, name, value)
    if before.is_shown != was:
        tally.move(before, 1 if before.is_shown else -1)


def _line(text: str, size: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:size]


# --- by hand ---------------------------------------------------------------------------------------


def add_by_hand(
    *,
    incident: Incident,
    by: User,
    at: datetime,
    text: str,
    precision: str = "minute",
    actor: str = "",
    kind: str = "note",
    until: datetime | None = None,
    form_key: str = "",
) -> Event:
    """An event a person adds. It has no raw record but its author and the audit trail; the same form twice adds one."""
    return _add(
        incident, by, format="hand", name="By hand", at=at, text=text, precision=precision, certainty="exact", actor=actor,
        kind=kind, until=until, form_key=form_key, sentence="added an event by hand",
    )  # fmt: skip


def add_recollection(
    *,
    incident: Incident,
    by: User | None,
    at: datetime,
    text: str,
    actor: str,
    until: datetime | None = None,
    precision: str = "minute",
    form_key: str = "",
) -> Event:
    """What somebody remembers and has released: evidence, marked as recollection, never sharper than memory.

    It happened at about `at`, or between `at` and `until` where the person could only say that much. Without
    `by` neither the event nor the trail tells whose it is: the way for words released without a name.
    """
    return _add(
        incident, by, format="recollection", name="Recollections", at=at, text=text, precision=precision, certainty="approximate",
        actor=actor, kind="recollection", until=until, form_key=form_key, sentence="added a released recollection",
    )  # fmt: skip


def withdraw_recollection(*, event: Event, by: User | None) -> None:
    """Take a recollection off the line for good: the words belong to the person who remembered them."""
    if not event.is_recollection:
        raise NotPossible("Evidence is not taken back; it can be hidden with a reason.")
    with transaction.atomic():
        record(
            by=by, verb="event.withdrawn", subject=event.incident.ref, sentence="took a recollection off the timeline", event=event.pk
        )  # fmt: skip
        tally.stale(event.source_id)
        event.delete()


def _add(
    incident: Incident,
    by: User | None,
    *,
    format: str,
    name: str,
    at: datetime,
    until: datetime | None,
    form_key: str,
    sentence: str,
    **reading,
) -> Event:
    if until is not None and until < at:
        raise NotPossible("The end lies before the beginning.")
    reading["text"] = reading["text"].replace("\x00", "").strip()
    reading["actor"] = _line(reading["actor"], 200)
    if not reading["text"]:
        raise NotPossible("Say in a few words what happened.")
    with transaction.atomic():
        source = source_for(incident=incident, format=format, name=name)
        event, made = Event.objects.get_or_create(
            source=source,
            external_id=form_key or secrets.token_hex(12),
            defaults={
                "incident": incident, "at": at + source.clock_offset, "read_at": at, "until": until and until + source.clock_offset,
                "actor_kind": "person" if reading["actor"] else "", "added_by": by, **reading,
            },
        )  # fmt: skip
        if made:
            tally.stale(source.pk)
            record(by=by, verb="event.added", subject=incident.ref, sentence=sentence, event=event.pk)
    return event


def may_edit(event: Event, user: User) -> bool:
    """Only what was added by hand can be put right, and only by the person who added it."""
    return event.raw_id is None and event.kind != "recollection" and event.added_by_id == user.pk


def edit_by_hand(
    *, event: Event, by: User, at: datetime, text: str, precision: str, actor: str, kind: str
) -> None:
    """Put an event of one's own right. Evidence that was imported is never edited."""
    if not may_edit(event, by):
        raise NotPossible(
            "Only an event that you added by hand can be changed. Others can be captioned or hidden."
        )
    text, actor = text.replace("\x00", "").strip(), _line(actor, 200)
    if not text:
        raise NotPossible("Say in a few words what happened.")
    shown_at = at + event.source.clock_offset
    until = event.until if event.until and event.until >= shown_at else None
    with transaction.atomic():
        changed = Event.objects.filter(pk=event.pk, raw=None, added_by=by).update(
            read_at=at, at=shown_at, until=until, text=text, precision=precision, actor=actor, kind=kind,
            editions=F("editions") + 1,
        )  # fmt: skip
        if not changed:
            raise NotPossible("This event cannot be changed any more.")
        tally.stale(event.source_id)
        record(
            by=by, verb="event.edited", subject=event.incident.ref, sentence="changed an event they had added", event=event.pk
        )  # fmt: skip
    event.refresh_from_db()


def shown_no_more(*, event: Event, by: User) -> None:
    """An event that a picture showed is a note from now on: the picture is gone, what happened is not."""
    with transaction.atomic():
        if Event.objects.filter(pk=event.pk, raw=None, kind="graph").update(kind="note"):
            tally.stale(event.source_id)
            record(
                by=by, verb="event.shown_no_more", subject=event.incident.ref, sentence="let an event stand without its picture", event=event.pk
            )  # fmt: skip


# --- the clock of a source -------------------------------------------------------------------------


def set_clock_offset(*, source: Source, by: User, offset: timedelta) -> None:
    """Shift every event of a source; what the source wrote stays as it is."""
    with transaction.atomic():
        before = Source.objects.select_for_update().get(pk=source.pk).clock_offset
        if offset != before:
            # what told of an earlier offset does not tell of this one
            Source.objects.filter(pk=source.pk).update(clock_offset=offset, clock_pairs=[], clock_before=None)
            source.events.update(at=F("read_at") + offset, until=F("until") + (offset - before))
            tally.stale(source.pk)
            record(
                by=by, verb="source.offset", subject=source.incident.ref,
                sentence=f"set the clock of {source.name} to {offset.total_seconds():+g} seconds",
            )  # fmt: skip
    source.clock_offset = offset


def set_source_zone(*, source: Source, by: User, zone: str) -> None:
    """Say that a source which states no zone wrote in another one than was assumed.

    Its wall-clock times stay; the instants move. Times with a stated zone are left alone.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotPossible(f"There is no time zone {zone[:60]}; names look like Europe/Lisbon.") from error
    with transaction.atomic():
        before = Source.objects.select_for_update().get(pk=source.pk)
        if not before.zone:
            raise NotPossible(f"{source.name} states its zone itself; only a clock offset can move it.")
        Source.objects.filter(pk=source.pk).update(zone=zone)
        with connection.cursor() as cursor:
            cursor.execute(
                _OTHER_ZONE,
                {"source": source.pk, "old": before.zone, "new": zone, "offset": before.clock_offset},
            )
        tally.stale(source.pk)
        record(
            by=by, verb="source.zone", subject=source.incident.ref,
            sentence=f"said that the times of {source.name} are in {zone}, not {before.zone}",
        )  # fmt: skip
    source.zone = zone


_OTHER_ZONE = """
    update timelines_event e set read_at = moved.read_at, at = moved.read_at + %(offset)s,
        until = case when moved.until is not null then greatest(moved.until, moved.read_at) + %(offset)s end
    from (
        select id, read_at at time zone %(old)s at time zone %(new)s as read_at,
            (until - %(offset)s) at time zone %(old)s at time zone %(new)s as until
        from timelines_event where source_id = %(source)s and zone = '' and certainty in ('assumed zone', 'derived')
    ) moved
    where e.id = moved.id
"""
