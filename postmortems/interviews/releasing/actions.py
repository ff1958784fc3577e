"""What the two decide about words that were written down.

Audit sentences say that something happened, never what was said. What an interviewee does with the notes is
theirs alone, so those entries carry no name; a recollection released with the name is the exception.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.interviews.listening.proposals import follow
from postmortems.interviews.models import Approval, Correction, Interview, Note, Passage
from postmortems.interviews.readers import email_of
from postmortems.interviews.refusals import Gone, NotPossible
from postmortems.interviews.releasing import letters, lines
from postmortems.interviews.releasing.attribution import Wording
from timelines import actions as timeline

GONE = "The notes of this conversation were removed on their day. Nothing of them is kept."
CHANGED = "This line was changed in the meantime. Read it again below."


# --- the interviewee: what stands in the notes ---------------------------------------------------------


def correct(*, interview: Interview, line: str, number: int, text: str, now: datetime) -> Correction:
    """Put a line in one's own words. It stands beside the line until the interviewer takes it over."""
    text = _words(text)
    with transaction.atomic():
        interview, note = _open(interview)
        if lines.find(note.body, line, number) is None:
            raise NotPossible(CHANGED)
        if " ".join(lines.parts(line)[1].split()) == text:
            raise NotPossible("That is how it stands already.")
        interview.corrections.filter(line=line, number=number).delete()
        made = Correction.objects.create(
            interview=interview, line=line, number=number, text=text, made_at=now
        )
        _tell(interview, "note.corrected", "kept a correction beside interview notes")
    return made


def drop_correction(*, correction: Correction) -> None:
    with transaction.atomic():
        correction.delete()
        _tell(correction.interview, "note.correction_dropped", "dropped a correction of interview notes")


def strike_line(*, interview: Interview, line: str, number: int, now: datetime) -> None:
    """Take a line out of the notes, and out of everything made from it. That there was one stays."""
    with transaction.atomic():
        interview, note = _open(interview)
        body = lines.replaced(note.body, line, lines.STRUCK, number)
        if body is None:
            raise NotPossible(CHANGED)
        _save(note, body, now)
        _forget(interview, lines.parts(line)[1] or line)
        _tell(interview, "note.struck", "struck a line of interview notes")


def agree(*, interview: Interview, now: datetime) -> None:
    """The interviewee says that the notes are right as they stand. It binds nobody."""
    with transaction.atomic():
        interview, _ = _open(interview)
        interview.agreed_at = now
        interview.save(update_fields=["agreed_at"])
        _tell(interview, "note.agreed", "heard that the notes of a conversation are right")
        letters.agreed(interview, now=now)


# --- the interviewee: what leaves the notes ----------------------------------------------------------


def strike(*, passage: Passage, now: datetime | None = None) -> None:
    """The interviewee says no. The words go, from the notes too; that there was a passage stays."""
    with transaction.atomic():
        passage = _locked(passage)
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        if note := Note.objects.filter(interview=passage.interview).first():
            _save(note, lines.without(note.body, passage.text), now)
        _forget(passage.interview, passage.text)
        passage.state, passage.text, passage.about, passage.stamp = Passage.State.STRUCK, "", "", ""
        passage.save()
        _tell(passage.interview, "passage.struck", "struck a passage")


def release(
    *,
    passage: Passage,
    text: str,
    with_name: bool,
    now: datetime,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> Passage:
    """The interviewee lets a passage out, in their own words. It becomes a recollection on the timeline.

    With the name, releasing is consent to these words. Without it, neither the event nor the trail says whose
    it is. Raises NotPossible without a time to place it at, or when it was decided on already.
    """
    with transaction.atomic():
        passage = _locked(passage)
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        passage.text = text.strip().replace("\x00", "") or passage.text
        passage.earliest, passage.latest = earliest or passage.earliest, latest or passage.latest
        if passage.earliest is None:
            raise NotPossible("Say roughly when it was, so that it finds its place on the line.")
        if passage.latest and passage.latest < passage.earliest:
            raise NotPossible("It ends before it begins.")
        interview, person = passage.interview, passage.interview.participant
        by = person.user if with_name else None
        passage.event = timeline.add_recollection(
            incident=interview.incident, by=by, at=passage.earliest, until=passage.latest, text=passage.text,
            actor=person.name if with_name else "",
        )  # fmt: skip
        passage.state, passage.with_name, passage.released_at = Passage.State.RELEASED, with_name, now
        passage.save()
        if with_name:
            agreed = Wording(
                person.pk, "timeline", passage.event.text, "", passage.event.actor, passage.event.pk
            )
            Approval.objects.create(
                participant=person, event=passage.event, digest=agreed.digest, wanted_at=now, approved_at=now
            )
        record(
            by=by, verb="passage.released", subject=interview.incident.ref, sentence="released a recollection"
        )
    return passage


def release_line(
    *,
    interview: Interview,
    line: str,
    number: int,
    text: str,
    with_name: bool,
    earliest: datetime | None,
    latest: datetime | None = None,
    now: datetime,
) -> Passage:
    """Release a line of the notes, whether or not it was proposed."""
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=interview.incident_id)
        interview, note = _open(interview)
        if lines.find(note.body, line, number) is None:
            raise NotPossible(CHANGED)
        _, words = lines.parts(line)
        proposed = interview.passages.filter(state=Passage.State.PROPOSED, text=words).first()
        passage = proposed or Passage.objects.create(interview=interview, text=_words(text or words))
        return release(
            passage=passage, text=text, with_name=with_name, earliest=earliest, latest=latest, now=now
        )


def take_back(*, passage: Passage, now: datetime) -> Passage:
    """Undo a release, until the recollection is published. The event goes; the passage is private again."""
    with transaction.atomic():
        passage = _locked(passage)
        if passage.state != Passage.State.RELEASED:
            raise NotPossible("This passage is not released.")
        if passage.published_at:
            raise NotPossible(
                f"It was published on {passage.published_at:%-d %B %Y}, and what is published is not changed."
                " Ask the lead reviewer for a new revision without it."
            )
        by = passage.interview.participant.user if passage.with_name else None
        if passage.event:
            timeline.withdraw_recollection(event=passage.event, by=by)
        passage.event, passage.released_at, passage.with_name = None, None, False
        passage.state = Passage.State.PROPOSED
        if passage.interview.purged_at:  # the day has passed: what is private again goes at once
            passage.state, passage.text, passage.about = Passage.State.STRUCK, "", ""
        passage.save()
        record(
            by=by, verb="passage.taken_back", subject=passage.interview.incident.ref, sentence="took a recollection back",
        )  # fmt: skip
    return passage


def approve(*, approval: Approval, now: datetime) -> None:
    """The participant agrees to these very words being published with their name."""
    _decide(approval, now, approved=True)


def refuse(*, approval: Approval, now: datetime) -> None:
    """The participant does not. The words may be published without the name, or in another wording."""
    _decide(approval, now, approved=False)


def _decide(approval: Approval, now: datetime, *, approved: bool) -> None:
    with transaction.atomic():
        approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
        approval.approved_at, approval.refused_at = (now, None) if approved else (None, now)
        approval.save()
        person = approval.participant
        did = "agreed" if approved else "did not agree"
        record(
            by=person.user, verb="wording.approved" if approved else "wording.refused", subject=person.incident.ref,
            sentence=f"{'' if person.user else f'heard that {person.name} '}{did} to words published with their name",
        )  # fmt: skip


# --- how long it is kept -----------------------------------------------------------------------------


def ask_longer(*, interview: Interview, by: User, until: date, now: datetime) -> None:
    """Ask the interviewee whether the notes may be kept longer. Without their yes the promised day stands."""
    with transaction.atomic():
        interview, _ = _open(interview)
        if not interview.purge_on < until <= interview.purge_on + timedelta(days=366):
            raise NotPossible("Name a day after the one that was promised, within a year of it.")
        interview.longer_until = until
        interview.save(update_fields=["longer_until"])
        record(
            by=by, verb="note.longer_asked", subject=interview.incident.ref, sentence="asked to keep the notes of a conversation longer",
        )  # fmt: skip
        letters.longer(interview, now=now)


def answer_longer(*, interview: Interview, agreed: bool) -> None:
    with transaction.atomic():
        interview, _ = _open(interview)
        if interview.longer_until is None:
            raise NotPossible("Nobody asks for that any more.")
        if agreed:
            interview.purge_on = interview.longer_until
        interview.longer_until = None
        interview.save(update_fields=["purge_on", "longer_until"])
        kept = f"keeps the notes of a conversation until {interview.purge_on:%Y-%m-%d}, as the interviewee agreed"
        _tell(
            interview, "note.longer_answered", kept if agreed else "keeps the day on which notes are removed"
        )


# --- the conversation --------------------------------------------------------------------------------


def ask_to_read(*, interview: Interview, by: User | None, now: datetime) -> None:
    """Write to the interviewee that the notes can be read. Again later, when asked for by hand."""
    with transaction.atomic():
        interview, note = _open(interview)
        if not note.body.strip():
            raise NotPossible("Nothing is written down yet.")
        if not email_of(interview.participant):
            raise NotPossible(f"There is no address to write to {interview.participant.name}.")
        interview.read_asked_at = now
        interview.save(update_fields=["read_asked_at"])
        record(
            by=by, verb="note.to_read", subject=interview.incident.ref, sentence=f"asked {interview.participant.name} to read what was written down",
        )  # fmt: skip
        letters.read(interview, now=now)


def finish_writing(*, interview: Interview, now: datetime) -> None:
    """The interviewee has written down what they wanted to say; the interviewer is told that, and not what."""
    with transaction.atomic():
        interview, note = _open(interview)
        if interview.state != Interview.State.WRITING:
            raise NotPossible("This conversation is not one in writing.")
        if not note.body.strip():
            raise NotPossible("Nothing is written down yet.")
        interview.state, interview.done_at = Interview.State.DONE, now
        interview.read_asked_at, interview.agreed_at = now, now  # their own words: nobody need ask
        interview.save()
        record(
            by=interview.participant.user, verb="interview.written", subject=interview.incident.ref,
            sentence=f"{'' if interview.participant.user else f'heard that {interview.participant.name} '}answered in writing",
        )  # fmt: skip
        letters.written(interview, now=now)


def take_over(*, correction: Correction, by: User, now: datetime) -> None:
    """The interviewer agrees: the interviewee's words take the place of the line, and the older ones go."""
    with transaction.atomic():
        interview, note = _open(correction.interview)
        correction = Correction.objects.filter(pk=correction.pk).first()
        if correction is None:
            raise NotPossible("This correction was taken over or dropped already.")
        mark, _ = lines.parts(correction.line)
        body = lines.replaced(note.body, correction.line, f"{mark}{correction.text}", correction.number)
        if body is None:
            raise NotPossible(
                "The line is not in the notes any more. Put the words where they belong by hand."
            )
        before = note.body
        _save(note, body, now)
        follow(interview, before, body)
        correction.delete()
        record(
            by=by, verb="note.taken_over", subject=interview.incident.ref, sentence="took a correction over"
        )


# --- parts -------------------------------------------------------------------------------------------


def _open(interview: Interview) -> tuple[Interview, Note]:
    """The interview and its notes, held until the transaction ends. Raises NotPossible where there are none (any more)."""
    interview = Interview.objects.locked(interview)
    if interview.purged_at:
        raise Gone(GONE)
    note = Note.objects.filter(interview=interview).first()
    return interview, note or Note(interview=interview)


def _locked(passage: Passage) -> Passage:
    """The passage, held until the transaction ends; first the incident, as publishing does, then the row."""
    Incident.objects.select_for_update(of=("self",)).only("pk").get(interviews__passages=passage.pk)
    Interview.objects.select_for_update(of=("self",)).only("pk").get(passages=passage.pk)
    return (
        Passage.objects.select_for_update(of=("self",))
        .select_related(
            "interview__incident", "interview__participant__user", "interview__interviewer", "event__incident"
        )
        .get(pk=passage.pk)
    )


def _forget(interview: Interview, words: str) -> None:
    """Remove struck words from what was made of them: corrections, and passages that nobody released."""
    wanted = " ".join(words.split())
    for correction in interview.corrections.all():
        if wanted in " ".join(f"{correction.line}\n{correction.text}".split()):
            correction.delete()
    for passage in interview.passages.filter(state=Passage.State.PROPOSED):
        text = " ".join(passage.text.split())
        if text and (text in wanted or wanted in text):
            passage.state, passage.text, passage.about, passage.stamp = Passage.State.STRUCK, "", "", ""
            passage.save()


def _save(note: Note, body: str, now: datetime | None) -> None:
    if body != note.body:
        note.body, note.version, note.saved_at = body, note.version + 1, now or note.saved_at
        note.save()


def _words(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise NotPossible("Write how it should read, or strike the line.")
    return text


def _tell(interview: Interview, verb: str, sentence: str) -> None:
    record(by=None, verb=verb, subject=interview.incident.ref, sentence=sentence)
