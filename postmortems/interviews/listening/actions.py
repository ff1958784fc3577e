"""Changes of what is written down in a conversation. Audit sentences never say what was said."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.interviews.models import Interview, Note, Passage
from postmortems.interviews.refusals import NotPossible, Stale


def save_note(*, interview: Interview, by: User | None, body: str, version: int, now: datetime) -> Note:
    """Keep the notes. Only the two may; the view sees to it. Raises Stale for a lost race."""
    body = body.replace("\x00", "").replace("\r\n", "\n")
    with transaction.atomic():
        Interview.objects.locked(interview)
        note = Note.objects.filter(interview=interview).first()
        if note is None:
            note = Note.objects.create(interview=interview, body=body, saved_at=now)
        elif note.body == body:
            return note
        elif note.version != version:
            raise Stale(note)
        else:
            note.body, note.version, note.saved_at = body, version + 1, now
            note.save()
        record(by=by, verb="note.saved", subject=interview.incident.ref, sentence="wrote in interview notes")
    return note


def held(*, interview: Interview, by: User, now: datetime) -> None:
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        interview.state, interview.done_at = Interview.State.DONE, now
        interview.save()
        record(
            by=by,
            verb="interview.held",
            subject=interview.incident.ref,
            sentence=f"held the conversation with {interview.participant.name}",
        )


def propose_passage(
    *,
    interview: Interview,
    by: User | None,
    text: str,
    about: str = "",
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> Passage:
    text = text.strip().replace("\x00", "")
    if not text:
        raise NotPossible("A passage needs words.")
    if earliest and latest and latest < earliest:
        raise NotPossible("The passage ends before it begins.")
    with transaction.atomic():
        passage = Passage.objects.create(
            interview=interview, text=text, about=about[:80], earliest=earliest, latest=latest
        )
        record(
            by=by,
            verb="passage.proposed",
            subject=interview.incident.ref,
            sentence="proposed a passage for the timeline",
        )
    return passage
