"""Removing private words on the promised day.

What goes: notes, corrections, questions, passages nobody released, what was written to the invitation,
and jot-notes nobody shared; also the text of every letter about them (letters hold no private words, but
they name the two and carry keys to the page). What stays: that a conversation took place, recollections
that were released, jot-notes that were shared, and one sentence saying that the rest is gone.

One transaction for each incident, with its rows held: a worker that dies leaves all or nothing, the next
sweep finds what is left, and a second run finds none. What the database keeps on disk for a while
after a row is deleted, and what backups keep, is told in docs/decisions/0015-how-long-private-words-are-kept.md.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.interviews.models import Correction, Interview, JotNote, Note, Passage, Purge, Question
from postmortems.notices import post

TABLES = (Note, Correction, Question, Passage, Interview, JotNote)


def purge_due(*, now: datetime) -> list[Purge]:
    """Everything whose day has come, incident by incident."""
    today = now.date()
    due = Incident.objects.filter(
        Q(interviews__in=_due_interviews(today))
        | Q(jot_notes__purge_on__lte=today, jot_notes__shared_at=None)
    )
    done = [purge(incident=incident, now=now) for incident in due.distinct().order_by("pk")]
    purged = [one for one in done if one]
    if purged:
        _vacuum()
    return purged


def purge(*, incident: Incident, now: datetime) -> Purge | None:
    """Remove what is due in one incident; None when nothing was."""
    today = now.date()
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        interviews = list(
            incident.interviews.select_for_update(of=("self",)).filter(pk__in=_due_interviews(today))
        )
        jot_notes = list(
            incident.jot_notes.select_for_update(of=("self",)).filter(purge_on__lte=today, shared_at=None)
        )
        if not interviews and not jot_notes:
            return None
        held = sum(_held_words(interview) for interview in interviews)
        for interview in interviews:
            _empty(interview, now)
        JotNote.objects.filter(pk__in=[note.pk for note in jot_notes]).delete()
        post.forget(about=_letters_about(incident, interviews, jot_notes))
        if not held and not jot_notes:
            return None
        purged = Purge.objects.create(incident=incident, conversations=held, jot_notes=len(jot_notes), at=now)
        record(by=None, verb="words.purged", subject=incident.ref, sentence=sentence(purged))
    return purged


def _due_interviews(today: date) -> QuerySet[Interview]:
    """Those whose day has come; also one that was emptied and holds words again, by whatever way."""
    holds = (
        Q(purged_at=None)
        | ~Q(wishes="")
        | Q(note__isnull=False)
        | Q(corrections__isnull=False)
        | Q(questions__isnull=False)
        | Q(passages__state=Passage.State.PROPOSED)
    )
    return Interview.objects.filter(holds, purge_on__lte=today).order_by().values("pk")


def sentence(purged: Purge) -> str:
    """Completes “Second Story …”: how much was removed, and nothing of what it was."""
    parts = []
    if purged.conversations:
        parts.append(
            f"the notes of {purged.conversations} conversation{'s' if purged.conversations > 1 else ''}"
        )
    if purged.jot_notes:
        parts.append(f"{purged.jot_notes} jot-note{'s' if purged.jot_notes > 1 else ''}")
    return f"removed {' and '.join(parts)} on the promised day"


def _held_words(interview: Interview) -> bool:
    return Note.objects.filter(interview=interview).exclude(body="").exists() or interview.passages.exists()


def _empty(interview: Interview, now: datetime) -> None:
    Note.objects.filter(interview=interview).delete()
    interview.corrections.all().delete()
    interview.questions.all().delete()
    interview.passages.exclude(state=Passage.State.RELEASED).delete()
    interview.wishes, interview.longer_until, interview.purged_at = "", None, now
    interview.save(update_fields=["wishes", "longer_until", "purged_at"])


def _letters_about(incident: Incident, interviews: list[Interview], jot_notes: list[JotNote]) -> list[str]:
    authors = {note.author_id for note in jot_notes} - {None}
    asked = incident.participants.filter(
        Q(user__in=authors) | Q(pk__in=[note.participant_id for note in jot_notes if note.participant_id])
    )
    return [f"interview {one.uid}" for one in interviews] + [f"jot-notes {one.pk}" for one in asked]


def _vacuum() -> None:
    """Let the database reuse the space at once: its own housekeeping waits for many more dead rows than these."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"vacuum {connection.ops.quote_name(model._meta.db_table)}")
