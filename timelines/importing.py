"""Reading an Import's file into its source: the work behind the task and the command."""

from __future__ import annotations

import dataclasses
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from postmortems.web.later import queue_after_commit
from timelines import storing, tally
from timelines.actions import source_for
from timelines.masking import find, mask
from timelines.models import Import, Skip, Source
from timelines.models.evidence import INSIDE
from timelines.parts import Part, parts
from timelines.reading import NeedsAnswer, Reading, Record, Skipped, Unreadable

KEPT_SKIPS = 1000
AROUND = timedelta(days=14)  # of appointments before and after the incident
COUNTED_FIRST = 20_000  # events after which a running import is counted for the first time
STARTS = 5  # a file that takes its worker down this often is not read again by itself
BEAT = 1.0  # seconds

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]  # bytes read, bytes in all


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


def run(import_id, *, progress: Progress | None = None, queue: bool = True) -> bool:
    """Read an import to its end, its question, or its failure; whether it was this process that did.

    Doing it twice changes nothing. A database that goes away leaves the import to the next worker. Of an archive with
    exports of several tools it reads the largest part; the others become imports beside it, which workers read – or,
    without `queue`, the caller.
    """
    with only_one(import_id) as held:
        if not held:
            return False
        imported = (
            Import.objects.select_related("incident")
            .exclude(state=Import.State.ASKING)
            .filter(pk=import_id)
            .first()
        )
        if imported is None or imported.is_over:
            return False
        Import.objects.filter(pk=import_id).update(
            state=Import.State.RUNNING, beat_at=timezone.now(), starts=F("starts") + 1, message=""
        )
        Skip.objects.filter(imported=imported).delete()
        work = Work(imported, progress, queue)
        try:
            if imported.starts >= STARTS:
                raise Unreadable(
                    f"Reading {imported.filename} stopped {STARTS} times without an end; it may need more memory than "
                    "there is. Split the export, or import it from the command line."
                )
            with local_copy(imported) as path:
                work.read(path)
        except NeedsAnswer as question:
            work.end(Import.State.ASKING, str(question), asks_for=question.asks_for)
        except Unreadable as reason:
            work.end(Import.State.FAILED, str(reason))
        except FileNotFoundError:
            work.end(
                Import.State.FAILED, f"{imported.filename} is no longer in the storage. Bring it in again."
            )
        except (OperationalError, InterfaceError):
            raise
        except Exception as trouble:
            log.exception("Import %s stopped at %s", import_id, work.last_place)
            near = f" near {work.last_place}" if work.last_place else ""
            work.end(
                Import.State.FAILED,
                f"Reading {imported.filename} stopped{near}: {type(trouble).__name__}. This is a fault of the reader, "
                "not of the file. The log of the worker says more; choosing another format may help.",
            )
        return True


@contextmanager
def local_copy(imported: Import) -> Iterator[Path]:
    """The file where readers can seek in it; storage on other machines is copied to a temporary file."""
    try:
        path = imported.file.path
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(suffix=Path(imported.filename).suffix[:20]) as here:
            with imported.file.open("rb") as there:
                shutil.copyfileobj(there, here, 1 << 20)
            here.flush()
            yield Path(here.name)
    else:
        yield Path(path)


SHARED = (
    "incident",
    "by",
    "file",
    "size",
    "bytes_total",
    "sha256",
    "name",
    "zone",
    "year",
    "day",
    "captured",
    "mapping",
    "asked_at",
)


def _becomes(imported: Import, archive: str, part: Part) -> None:
    imported.names, imported.format = part.names, part.detection.format.key
    imported.detected = part.detection.reason[:300]
    imported.filename = f"{archive[-120:]}{INSIDE}{part.label[-130:]}"


def beside(imported: Import) -> list[Import]:
    """The other parts of the same archive."""
    others = Import.objects.filter(file=imported.file.name).exclude(pk=imported.pk)
    return list(others.select_related("incident").order_by("filename"))


@dataclass
class Work:
    """One reading of one import. Counts of added and updated events are written with each batch."""

    imported: Import
    progress: Progress | None = None
    queue: bool = True
    distinct: int = 0
    changed: int = 0
    counted_at: int = COUNTED_FIRST
    last_place: str = ""
    last_beat: float = 0.0
    reading: Reading | None = None
    source: Source | None = None

    def __post_init__(self) -> None:
        self.skips: list[Skip] = []

    def read(self, path: Path) -> None:
        imported = self.imported
        self.reading = Reading(
            path,
            format=imported.format or "auto",
            zone=imported.zone,
            year=imported.year,
            day=imported.day,
            captured=imported.captured,
            mapping=imported.mapping,
            name=imported.original_name,
            names=imported.names,
        )
        if imported.format in ("", "auto") and not imported.names:
            self._part()
        self._remember_answers()
        for batch in storing.batches(self._records()):
            if self.source is None:
                self._settle_source()
            done = storing.store(self.source, batch, import_id=imported.pk)
            self.distinct += done.added + done.updated + done.unchanged
            self.changed += done.added + done.updated
            if self.changed >= 2 * self.counted_at:  # so that the page can follow, at twice the cost at most
                self._count()
        if self.reading.events == 0:
            first = f" The first trouble: {self.skips[0].where}: {self.skips[0].why}" if self.skips else ""
            raise Unreadable(
                f"Nothing in {imported.filename} could be read as {self.reading.detection.format.label}.{first}"
            )
        if self.changed:
            self._count()
            storing.index_words()
            self._compare()
        self.end(Import.State.DONE, "")

    def _part(self) -> None:
        """Read the first part alone, and have the others read beside it; all of that is written down, or nothing."""
        first, *others = parts(self.reading.bundle)
        if not others:
            return
        before = self.imported
        shared = {name: getattr(before, name) for name in SHARED}
        with transaction.atomic():
            for part in others:
                _becomes(imported := Import(**shared), before.filename, part)
                imported.state = Import.State.WAITING if self.queue else Import.State.RUNNING
                imported.beat_at = None if self.queue else timezone.now()
                imported.save(force_insert=True)
                if self.queue:
                    from timelines.tasks import run_import

                    queue_after_commit(run_import, str(imported.pk))
            _becomes(before, before.filename, first)
            before.save(update_fields=["filename", "format", "detected", "names"])
        self.reading.only(first.names, first.detection)

    def _compare(self) -> None:
        """What two sources both saw is looked for before somebody asks."""
        from timelines.tasks import compare_sources

        queue_after_commit(compare_sources, self.imported.incident_id)

    def _count(self) -> None:
        tally.recount(self.source)
        self.counted_at = max(self.changed, COUNTED_FIRST)

    def end(self, state: str, message: str, asks_for: str = "") -> None:
        """Write how it ended, and the notes on what was skipped.

        What was stored before a file broke off stays: it is true, and the whole file adds the rest later.
        """
        imported = self.imported
        over = state in (Import.State.DONE, Import.State.FAILED)
        with transaction.atomic():
            Skip.objects.bulk_create(self.skips)
            Import.objects.filter(pk=imported.pk).update(
                state=state, asks_for=asks_for, finished_at=timezone.now() if over else None, **self._figures()
            )  # fmt: skip
            imported.refresh_from_db()
            kept = imported.added + imported.updated
            if state == Import.State.FAILED:
                # Readers say "nothing was stored" of their own file; only here is it known.
                message = message.removesuffix(" Nothing was stored.")
                message += (
                    f" The {kept:,} events before that place are kept; bringing in the whole file adds the rest."
                    if kept
                    else " Nothing was stored."
                )
            imported.message = message
            imported.unchanged = max(0, self.distinct - kept)
            imported.save(update_fields=["message", "unchanged"])

    def _figures(self) -> dict:
        if self.reading is None:
            return {}
        return {
            "bytes_read": self.reading.bytes_read,
            "bytes_total": max(self.reading.bytes_total, self.reading.bytes_read),
            "skipped": self.reading.skips,
        }

    def _records(self) -> Iterator[Record]:
        for found in self.reading:
            if isinstance(found, Skipped):
                if len(self.skips) < KEPT_SKIPS:
                    self.skips.append(
                        Skip(
                            imported=self.imported,
                            where=_plain(found.where)[:300],
                            why=_masked(found.why)[:500],
                        )
                    )
            else:
                self.last_place = found.where
            if time.monotonic() - self.last_beat > BEAT:
                self._beat()
            if isinstance(found, Record):
                yield found

    def _beat(self) -> None:
        self.last_beat = time.monotonic()
        Import.objects.filter(pk=self.imported.pk).update(beat_at=timezone.now(), **self._figures())
        if self.progress:
            self.progress(self.reading.bytes_read, self.reading.bytes_total)

    def _name(self) -> str:
        return self.imported.name or self.reading.detection.format.label

    def _remember_answers(self) -> None:
        """What was answered once for a source of this name. A year is not remembered: the next file may be of the next."""
        known = self.imported.incident.sources.filter(
            format=self.reading.detection.format.key, name=self._name()
        ).first()
        if known and known.zone and not self.imported.zone:
            self.reading.context.zone = ZoneInfo(known.zone)
        if known and known.mapping:
            self.reading.context.mapping = known.mapping | self.imported.mapping
        if self.reading.detection.format.key == "calendar":
            self.reading.context.mapping = self._window() | self.reading.context.mapping

    def _window(self) -> dict[str, str]:
        """Around the incident: a weekly appointment is of interest on the day of it, not for a year."""
        times = [at for at in self.imported.incident.times.values() if at]
        if not times:
            return {}
        return {"from": (min(times) - AROUND).isoformat(), "until": (max(times) + AROUND).isoformat()}

    def _settle_source(self) -> None:
        imported, reading = self.imported, self.reading
        self.source = source_for(
            incident=imported.incident, format=reading.detection.format.key, name=self._name()
        )
        answers = {
            name: value
            for name in ("zone", "year", "mapping")
            if (value := getattr(imported, name)) and value != getattr(self.source, name)
        }
        if answers:
            Source.objects.filter(pk=self.source.pk).update(**answers)
        detected = (imported.names and imported.detected) or reading.detection.reason[:300]
        Import.objects.filter(pk=imported.pk).update(source=self.source, detected=detected)


def _masked(why: str) -> str:
    """A reason may quote the line that could not be read, and with it what nobody should see."""
    why = _plain(why)
    return mask(why, find(why))


def _plain(text: str) -> str:
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")


def outcome(imported: Import) -> dict:
    """What the command prints of an import that is over or has a question."""
    told = {field.name: getattr(imported, field.name) for field in dataclasses.fields(storing.Counts)}
    return {
        "file": imported.filename,
        "state": imported.state,
        "source": imported.source.name if imported.source else None,
        "format": imported.source.format if imported.source else None,
        **told,
        "skipped": imported.skipped,
        "notes": [{"where": skip.where, "why": skip.why} for skip in imported.skips.all()],
        "message": imported.message,
    }
