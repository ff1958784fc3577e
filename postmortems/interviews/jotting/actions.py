"""Changes of jot-notes. Audit sentences say that something was written, never what."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.interviews.models import JotNote
from postmortems.interviews.refusals import Stale


def save_jot_note(*, incident: Incident, by: User, text: str, version: int) -> JotNote:
    """Keep one's own first impressions. Raises Stale when another window saved in between."""
    text = text.replace("\x00", "")
    with transaction.atomic():
        note = JotNote.objects.select_for_update().filter(incident=incident, author=by).first()
        if note is None:
            note = JotNote.objects.create(incident=incident, author=by, text=text)
        elif note.text == text:
            return note
        elif note.version != version:
            raise Stale(note)
        else:
            note.text, note.version, note.written_at = text, version + 1, timezone.now()
            note.save()
        record(by=by, verb="jot_note.saved", subject=incident.ref, sentence="wrote jot-notes")
    return note


def share_jot_note(*, note: JotNote, by: User, shared: bool, now: datetime) -> None:
    with transaction.atomic():
        note.shared_at = now if shared else None
        note.save(update_fields=["shared_at"])
        word = "shared their jot-notes with the circle" if shared else "took their jot-notes back"
        record(by=by, verb="jot_note.shared", subject=note.incident.ref, sentence=word)
