"""Reading an Import's file into its source: the work behind the task and the command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from timelines import storing
from timelines.actions import source_for
from timelines.models import Import, Skip
from timelines.reading import NeedsAnswer, Reading, Record, Unreadable

KEPT_SKIPS = 1000


@contextmanager
def only_one(import_id) -> Iterator[bool]:
    """Whether this process holds the import. The lock falls with the connection, so a killed worker holds nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 2))", [str(import_id)])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 2))", [str(import_id)])


def run(import_id) -> None:
    """Read an import to its end, its question, or its failure. Doing it twice changes nothing."""
    with only_one(import_id) as held:
        if not held:
            return
        imported = Import.objects.select_related("incident").filter(pk=import_id).first()
        if imported is None or imported.is_over or imported.state == Import.State.ASKING:
            return
        Import.objects.filter(pk=import_id).update(
            state=Import.State.RUNNING, beat_at=timezone.now(), added=0, updated=0, unchanged=0, skipped=0
        )
        Skip.objects.filter(imported=imported).delete()
        try:
            read_into(
                imported, Path(imported.file.path), beat=lambda **progress: _beat(import_id, **progress)
            )
        except NeedsAnswer as question:
            _end(imported, Import.State.ASKING, str(question), asks_for=question.asks_for)
        except Unreadable as reason:
            _end(imported, Import.State.FAILED, str(reason))
        except FileNotFoundError:
            _end(
                imported,
                Import.State.FAILED,
                f"{imported.filename} is no longer in the storage. Bring it in again.",
            )


def read_into(imported: Import, path: Path, *, beat: Callable[..., None]) -> dict:
    """Store everything `path` holds and return the reader's report. Raises Unreadable, NeedsAnswer."""
    remembered = _remembered(imported)
    reading = Reading(
        path,
        format=imported.format or "auto",
        zone=imported.zone or remembered.get("zone"),
        year=imported.year or remembered.get("year"),
        mapping=imported.mapping or remembered.get("mapping"),
        name=imported.filename,
    )
    skips: list[Skip] = []
    counts = storing.Counts()
    source = None
    last_beat = time.monotonic()

    def records() -> Iterator[Record]:
        for found in reading:
            if isinstance(found, Record):
                yield found
            elif len(skips) < KEPT_SKIPS:
                skips.append(Skip(imported=imported, where=found.where[:300], why=found.why[:500]))

    for batch in storing.batches(records()):
        if source is None:
            source = source_for(
                incident=imported.incident,
                format=reading.detection.format.key,
                name=imported.name or _source_name(reading),
            )
            _remember(source, imported)
            Import.objects.filter(pk=imported.pk).update(
                source=source, detected=reading.detection.reason[:300]
            )
        done = storing.store(source, batch, import_id=imported.pk)
        counts.added += done.added
        counts.updated += done.updated
        counts.unchanged += done.unchanged
        if time.monotonic() - last_beat > 0.5:
            last_beat = time.monotonic()
            beat(
                added=counts.added, updated=counts.updated, unchanged=counts.unchanged, skipped=reading.skips,
                bytes_read=reading.bytes_read, bytes_total=reading.bytes_total,
            )  # fmt: skip
    if reading.events == 0:
        first = f" The first trouble: {skips[0].where}: {skips[0].why}" if skips else ""
        raise Unreadable(
            f"Nothing in {imported.filename} could be read as {reading.detection.format.label}.{first} Nothing was stored."
        )
    with transaction.atomic():
        Skip.objects.bulk_create(skips)
        Import.objects.filter(pk=imported.pk).update(
            state=Import.State.DONE, finished_at=timezone.now(), added=counts.added, updated=counts.updated,
            unchanged=counts.unchanged, skipped=reading.skips, bytes_read=reading.bytes_total, bytes_total=reading.bytes_total,
            message="",
        )  # fmt: skip
    return reading.report() | {
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "source": source.name,
    }


def _source_name(reading: Reading) -> str:
    """What a person would call it: the kind of source; a host's name for logs where the file tells."""
    return reading.detection.format.label


def _remembered(imported: Import) -> dict:
    """What was answered once for a source of this name."""
    sources = imported.incident.sources.exclude(zone="", year=None, mapping={})
    source = sources.filter(name=imported.name).first() if imported.name else None
    return {"zone": source.zone, "year": source.year, "mapping": source.mapping} if source else {}


def _remember(source, imported: Import) -> None:
    if imported.zone or imported.year or imported.mapping:
        source.zone, source.year, source.mapping = imported.zone, imported.year, imported.mapping
        source.save(update_fields=["zone", "year", "mapping"])


def _beat(import_id, **progress) -> None:
    Import.objects.filter(pk=import_id).update(beat_at=timezone.now(), **progress)


def _end(imported: Import, state: str, message: str, asks_for: str = "") -> None:
    Import.objects.filter(pk=imported.pk).update(
        state=state,
        message=message,
        asks_for=asks_for,
        finished_at=timezone.now() if state == Import.State.FAILED else None,
    )
