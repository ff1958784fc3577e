"""An old write-up, read by `writeup.files.old`, becomes an incident with its texts, events, items and original file.

1. The same content comes once, wherever its file lies. A file that changed since, under the same path and title, is a
   newer edition: its texts are saved as written from those that came before, so that what people wrote here stays.
2. Pictures that lie beside it come along.
3. The original is kept to the byte as a file of the evidence, and its timeline is read from there.
4. What could not be taken is told in sentences, never in silence.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.archive import old_pictures
from postmortems.archive.announcing import noticing
from postmortems.archive.beside import Beside, nothing
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.publication import actions as publication
from postmortems.remediation import actions as remediation
from postmortems.writeup.files.old import writeup as old
from postmortems.writeup.files.old.remedies import Remedy
from postmortems.writeup.files.reading import text_of
from postmortems.writeup.templating.outline import beginning, in_version
from postmortems.writeup.writing import actions as writing
from timelines import actions as timelines
from timelines import importing
from timelines.models import Import
from timelines.reading import NeedsAnswer, Reading, Record, Unreadable

VERB = "writeup.brought"
SOURCE = "Old write-up"
LIMIT = 8_000_000  # bytes of one file
PINNED = 300  # events of one timeline
ITEMS = 100  # of one write-up; what is beyond stays text
NO_TIMELINE = "It has no timeline with times."


@dataclass(frozen=True)
class Wishes:
    """What the person who brings them in said about all of them."""

    by: User
    zone: str = "UTC"
    severity: str = ""  # key of the one for those that state none; the middle of the scale when empty
    publish: bool = False


@dataclass
class Brought:
    """What became of one file."""

    path: str
    how: str  # "new", "newer", "known"
    ref: str = ""
    title: str = ""
    day: date | None = None
    severity: str = ""
    sections: int = 0
    events: int = 0
    items: int = 0
    pictures: int = 0
    notes: list[str] = field(default_factory=list)


class Known:
    """What was brought in before, by content and by path; read once for a whole folder."""

    def __init__(self) -> None:
        self.by_digest: dict[str, str] = {}
        self.by_path: dict[str, Entry] = {}
        for entry in Entry.objects.filter(verb=VERB).order_by("at", "id"):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        self.by_digest[entry.data["digest"]] = entry.subject
        self.by_path[entry.data["path"]] = entry


def bring(
    path: str,
    raw: bytes,
    wishes: Wishes,
    known: Known,
    *,
    now: datetime,
    dry: bool = False,
    beside: Beside = nothing,
) -> Brought:
    """One file, whole or not at all, with the pictures that lie `beside` it. Raises NotText for what is no text."""
    digest = hashlib.sha256(raw).hexdigest()
    found = _read(path, text_of(raw), wishes)
    told = Brought(path, "new", title=found.title)
    told.sections, told.items = len(found.texts), len(found.items[:ITEMS])
    if ref := known.by_digest.get(digest):
        incident = Incident.objects.filter(ref=ref).first()
        if incident:
            told.how, told.ref = "known", ref
            if not dry:
                _evidence(incident, path, raw, digest, found, wishes, told)  # a run that was stopped goes on
            return told
    events, notes = _timeline(path, raw, found, wishes)
    told.events = len(events)
    told.day = found.facts.day or (events[0].at.date() if events else None)
    shown = old_pictures.look(path, found, beside)
    told.pictures = len(shown.files)
    told.notes += [*notes, *_notes(found, told)]
    severity = _severity(found.facts.severity, wishes)
    told.severity = severity.name
    before = _before(path, found, known)
    if dry:
        told.how, told.ref = ("newer", before.subject) if before else ("new", "")
        told.notes += shown.notes
        return told
    with transaction.atomic():
        if before:
            incident = Incident.objects.get(ref=before.subject)
            told.how, told.items = "newer", 0
        else:
            incident = _open(found, told, severity, digest, wishes, now)
        told.pictures = old_pictures.keep(incident, found, shown, wishes.by, now)
        told.notes += shown.notes
        versions = _texts(incident, found, before.data["versions"] if before else {}, wishes, now)
        if not before:
            _items(incident, found.items[:ITEMS], wishes)
        entry = record(
            by=wishes.by, verb=VERB, subject=incident.ref, sentence=f"brought in the old write-up of {incident.ref}",
            path=path, digest=digest, versions=versions,
        )  # fmt: skip
    known.add(entry)
    told.ref = incident.ref
    _evidence(incident, path, raw, digest, found, wishes, told)
    if wishes.publish:
        _publish(incident, told, wishes)
    return told


def _read(path: str, text: str, wishes: Wishes) -> old.OldWriteup:
    """A heading that is the title of a section in the template of its severity goes there."""
    found = old.read(path, text, ZoneInfo(wishes.zone))
    version = beginning(_severity(found.facts.severity, wishes).pk)
    if version is None:
        return found
    own = {one.title.casefold(): one.key for one in in_version(version).texts}
    return old.read(path, text, ZoneInfo(wishes.zone), own)


def _before(path: str, found: old.OldWriteup, known: Known) -> Entry | None:
    """The entry of an earlier edition: same path, same title, and an incident that is still there."""
    entry = known.by_path.get(path)
    if entry and Incident.objects.filter(ref=entry.subject, title=found.title[:200]).exists():
        return entry
    return None


def _notes(found: old.OldWriteup, told: Brought) -> list[str]:
    notes = []
    if told.day is None:
        notes.append("It tells no day; it stands under today.")
    if found.facts.severity is None and found.facts.severity_written:
        notes.append(f"Its severity “{found.facts.severity_written[:60]}” is not on a scale from 0 to 5.")
    if len(found.items) > ITEMS:
        notes.append(f"Its first {ITEMS} actions are items; {len(found.items) - ITEMS:,} more stay text.")
    return notes


def _severity(step: int | None, wishes: Wishes) -> Severity:
    scale = list(Severity.objects.order_by("rank"))
    if step is None:
        chosen = next((one for one in scale if one.key == wishes.severity), None)
        return chosen or scale[len(scale) // 2]
    same = next((one for one in scale if one.key.lower() in (f"sev{step}", f"p{step}")), None)
    return same or next((one for one in reversed(scale) if one.rank <= max(1, step)), scale[0])


def _open(
    found: old.OldWriteup, told: Brought, severity: Severity, digest: str, wishes: Wishes, now: datetime
) -> Incident:
    """Opened on the day of the incident, so that references and lists follow the years."""
    day = told.day if told.day and told.day <= now.date() else now.date()
    opened = min(now, datetime.combine(day, time(12), UTC))
    services = Service.objects.filter(name__in=found.facts.services)
    named = {service.name for service in services}
    tags = [*found.facts.tags, *(name for name in found.facts.services if name not in named)]
    return incidents.open_incident(
        by=wishes.by, title=_one_line(found.title)[:200] or "An old write-up", severity=severity, services=services,
        tags=list(dict.fromkeys(_one_line(tag)[:40] for tag in tags))[:20], zone=wishes.zone, form_key=f"writeup/{digest[:56]}", now=opened,
        **{f"{name}_at": at for name, at in found.facts.times.items()},
    )  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _texts(
    incident: Incident, found: old.OldWriteup, before: dict[str, int], wishes: Wishes, now: datetime
) -> dict[str, int]:
    """The number of each text, under which a newer edition is brought together with what people wrote since."""
    versions = dict(before)
    for key, text in found.texts.items():
        saved = writing.save_section(
            incident=incident, key=key, text=text, version=before.get(key, 0), by=wishes.by, now=now
        )
        versions[key] = saved.mine
    return versions


def _items(incident: Incident, items: list[Remedy], wishes: Wishes) -> None:
    for one in items:
        owner = _person(one.owner)
        said = [one.what] if len(one.what) > 300 else []
        said += [f"Owner in the old write-up: {one.owner}"] if one.owner and not owner else []
        remediation.add_item(
            incident=incident, by=wishes.by, what=one.what[:300], type=one.type or "prevent", detail="\n\n".join(said), owner=owner,
            due_on=one.due, tracker_url=one.link[:500], status="done" if one.done else "proposed",
        )  # fmt: skip


def _person(written: str) -> User | None:
    """The one account of that name, address or handle; nobody where there are several."""
    name = written.strip()
    if not name:
        return None
    found = User.objects.active().filter(
        Q(name__iexact=name) | Q(email__iexact=name) | Q(email__istartswith=f"{name}@")
    )[:2]
    return found[0] if len(found) == 1 else None


# --- evidence --------------------------------------------------------------------------------------


def _timeline(path: str, raw: bytes, found: old.OldWriteup, wishes: Wishes) -> tuple[list[Record], list[str]]:
    """The events the file tells, and what is to be said of them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "writeup.md"
        file.write_bytes(raw)
        try:
            reading = Reading(file, format="prose", name=_file_name(path), **_said(found, wishes))
            records = [one for one in reading if isinstance(one, Record)]
        except NeedsAnswer as question:
            return [], [f"Its timeline stays text until somebody answers: {question}"]
        except Unreadable:
            return [], [NO_TIMELINE]
    told = [f"{skipped.where}: {skipped.why}" for skipped in reading.skipped[:5]]
    if reading.skips > 5:
        told.append(f"So it is with {reading.skips - 5} more places of its timeline.")
    return sorted(records, key=lambda one: one.at), told


def _said(found: old.OldWriteup, wishes: Wishes) -> dict:
    day = found.facts.day
    return {"zone": wishes.zone, "day": day, "year": day.year if day else None}


def _file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1] or "writeup.md"


def _evidence(
    incident: Incident,
    path: str,
    raw: bytes,
    digest: str,
    found: old.OldWriteup,
    wishes: Wishes,
    told: Brought,
) -> None:
    """Keep the original and read its timeline; what is there already is left alone."""
    imported = incident.imports.filter(sha256=digest).first()
    if imported is None:
        imported = timelines.receive_file(
            incident=incident, by=wishes.by, upload=ContentFile(raw, name=_file_name(path)), format="prose", name=SOURCE,
            queue=False, **_said(found, wishes),
        )  # fmt: skip
    if imported.state != Import.State.RUNNING:
        return
    if _timeline(path, raw, found, wishes)[1] == [NO_TIMELINE]:
        timelines.only_keep(imported=imported, why=f"The original of the write-up. {NO_TIMELINE}")
        return
    importing.run(imported.pk)
    imported.refresh_from_db()
    if imported.source_id:
        for event in imported.source.events.filter(pinned=False, hidden=False).in_order()[:PINNED]:
            timelines.pin(event=event, by=wishes.by)
        told.events = imported.added


def _publish(incident: Incident, told: Brought, wishes: Wishes) -> None:
    try:
        with transaction.atomic():
            revision = publication.publish(
                incident=incident, by=wishes.by, now=timezone.now(), change_note="Brought in from an old write-up",
                despite="It was written and published before it was brought in here.",
            )  # fmt: skip
            noticing.keep_quiet(revision, now=timezone.now())
    except publication.NotReady as reasons:
        told.notes.append(f"Not published: {reasons}")
        return
    except publication.Unchanged:
        return
    if incident.state == Incident.State.REVIEWING:
        incidents.close_review(incident=incident, by=wishes.by, now=timezone.now())
