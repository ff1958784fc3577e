"""Changes of jot-notes.

Audit sentences never say what was written. Nor do they say who wrote: whether somebody keeps notes for
themselves is their own business. The first words are told once, without a name; the saves that follow
every few keystrokes are not told at all. Sharing is an act towards others and carries the name.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.calendars.decent import is_decent
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.jotting import letters
from postmortems.interviews.jotting.asking import Turn, awake, turn
from postmortems.interviews.models import Interview, JotNote, JotRequest
from postmortems.interviews.readers import email_of, reader_of
from postmortems.interviews.refusals import Gone, NotPossible, Stale

LONGEST = 100_000  # characters; a night of notes has about five thousand


def save_jot_note(
    *, incident: Incident, by: User | Participant, text: str, version: int, now: datetime | None = None
) -> JotNote:
    """Keep one's own first impressions; `by` is an account, or a participant without one.

    Raises Stale when another window saved in between, Gone for notes that were purged while a window was open,
    NotPossible for more than anybody can have meant to write.
    """
    now, text = now or timezone.now(), text.replace("\x00", "").replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise NotPossible(f"Jot-notes hold {LONGEST:,} characters at most.")
    with transaction.atomic():
        # two first saves at once: the second waits here and then finds the row
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        note = JotNote.objects.written_by(incident, by).select_for_update(of=("self",)).first()
        if note is None:
            if version:
                raise Gone("These jot-notes were removed on their day. Nothing of them is kept.")
            record(
                by=None,
                verb="jot_note.begun",
                subject=incident.ref,
                sentence="began to keep jot-notes for somebody",
            )
            author = {"author": by} if isinstance(by, User) else {"participant": by}
            return JotNote.objects.create(incident=incident, text=text, written_at=now, **author)
        if note.text == text:
            return note
        if note.version != version:
            raise Stale(note)
        note.text, note.version, note.written_at = text, version + 1, now
        note.save(update_fields=["text", "version", "written_at"])
    return note


def share_jot_note(*, note: JotNote, by: User | Participant, shared: bool, now: datetime) -> None:
    """Let the circle read along, or take it back. Only the author may; the view sees to it."""
    with transaction.atomic():
        note = JotNote.objects.select_for_update(of=("self",)).select_related("incident").get(pk=note.pk)
        if shared == (note.shared_at is not None):
            return
        if shared and not note.text.strip():
            raise NotPossible("There is nothing to share yet.")
        note.shared_at = now if shared else None
        note.save(update_fields=["shared_at"])
        word = "shared their jot-notes with the circle" if shared else "took their jot-notes back"
        is_user = isinstance(by, User)
        record(
            by=by if is_user else None, verb="jot_note.shared" if shared else "jot_note.taken_back",
            subject=note.incident.ref, sentence=word if is_user else f"heard from {by.name}, who {word}",
        )  # fmt: skip


def ask(*, participant: Participant, now: datetime) -> Turn:
    """Write the letter that is due to this participant now, if one is and the hour is decent. Runs twice without harm."""
    with transaction.atomic():
        JotRequest.objects.get_or_create(participant=participant)
        request = JotRequest.objects.select_for_update().get(participant=participant)
        due = _turn(participant, request, now)
        if due == Turn.NOTHING or not _is_the_hour(participant, due, now):
            return Turn.NOTHING
        again = due == Turn.AGAIN
        if again:
            request.reminded_at = now
        else:
            request.asked_at = now
        request.save()
        letters.ask(participant, again=again, now=now)
        record(
            by=None, verb="jot_note.asked", subject=participant.incident.ref,
            sentence=f"asked {participant.name} for jot-notes{' once more' if again else ''}",
        )  # fmt: skip
    return due


def decline(*, participant: Participant, now: datetime) -> None:
    """Never ask this participant for jot-notes again. It is nobody's business, so the trail has no name."""
    with transaction.atomic():
        JotRequest.objects.get_or_create(participant=participant)
        changed = JotRequest.objects.filter(participant=participant, declined_at=None).update(declined_at=now)
        if changed:
            record(
                by=None, verb="jot_note.declined", subject=participant.incident.ref,
                sentence="stopped asking somebody for jot-notes",
            )  # fmt: skip


def _turn(participant: Participant, request: JotRequest, now: datetime) -> Turn:
    incident = participant.incident
    if not email_of(participant) or incident.state != Incident.State.REVIEWING:
        return Turn.NOTHING
    author = participant.user or participant
    return turn(
        resolved_at=incident.resolved_at,
        after_hours=incident.severity.jot_notes_hours,
        fade_hours=incident.severity.fade_hours,
        asked_at=request.asked_at,
        reminded_at=request.reminded_at,
        wrote=JotNote.objects.written_by(incident, author).exists(),
        declined=request.declined_at is not None
        or participant.interviews.filter(state=Interview.State.DECLINED).exists(),
        now=now,
    )


def _is_the_hour(participant: Participant, due: Turn, now: datetime) -> bool:
    """Before the decent hour nothing is written: the sweep comes by again."""
    reader = reader_of(participant)
    return awake(now, reader.tz) <= now if due == Turn.FIRST else is_decent(now, reader)
