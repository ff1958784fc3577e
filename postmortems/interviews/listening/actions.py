"""Changes around what is written down in a conversation. Audit sentences never say what was said or asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.interviews.listening import cues, linter, stamps
from postmortems.interviews.listening.proposals import follow
from postmortems.interviews.models import Interview, Note, Passage, Question
from postmortems.interviews.refusals import Gone, NotPossible, Stale

LONGEST = 200_000  # characters of notes
MOST_QUESTIONS = 200
QUIET = timedelta(minutes=15)  # notes save themselves every few seconds; the trail says so this often at most


class OffTheRecord(NotPossible):
    """Nothing is written down now; `note` is what stands."""

    def __init__(self, note: Note) -> None:
        super().__init__("This is off the record: nothing is written down until you are back on it.")
        self.note = note


class Closes(NotPossible):
    """The question closes the conversation; `verdict` says how, and what to ask instead."""

    def __init__(self, verdict: linter.Verdict) -> None:
        super().__init__(" ".join(finding.because for finding in verdict.findings[:1]))
        self.verdict = verdict


# --- notes ------------------------------------------------------------------------------------------


def save_note(*, interview: Interview, by: User | None, body: str, version: int, now: datetime) -> Note:
    """Keep the notes, and what their stamped lines propose. Only the two may; the view sees to it.

    Raises Stale for a lost race, OffTheRecord while nothing is to be written down.
    """
    with transaction.atomic():
        interview, note = _locked(interview, now)
        if note.off_since:
            raise OffTheRecord(note)
        body = _clean(body)
        if note.pk and note.body == body:
            return note
        if note.pk and note.version != version:
            raise Stale(note)
        return _write(interview, note, body, by, now)


def go_off_record(*, interview: Interview, by: User, body: str, version: int, now: datetime) -> Note:
    """Stop writing down. What was written until now is kept first, beside what another window kept meanwhile."""
    with transaction.atomic():
        interview, note = _locked(interview, now)
        if note.off_since:
            return note
        body = _clean(body)
        if note.pk and note.version != version:
            body = _together(note.body, body)
        if not note.pk or note.body != body:
            note = _write(interview, note, body, by, now)
        note.off_since = now
        note.save()
        record(by=by, verb="record.off", subject=interview.incident.ref, sentence="went off the record")
    return note


def back_on_record(*, interview: Interview, by: User, now: datetime) -> Note:
    """Write down again. Of the time between only its beginning and its end stay in the notes."""
    with transaction.atomic():
        interview, note = _locked(interview, now)
        if not note.off_since:
            return note
        zone = interview.interviewer.tz
        since, until = (at.astimezone(zone).strftime("%H:%M") for at in (note.off_since, now))
        kept = note.body.rstrip("\n")
        note.off_since = None
        body = f"{kept}\n(off the record {since}–{until})\n".lstrip("\n")
        _write(interview, note, body, by, now)
        record(by=by, verb="record.on", subject=interview.incident.ref, sentence="went back on the record")
    return note


def settle_stamp(*, interview: Interview, by: User, line: int, mark: str, choice: str, now: datetime) -> Note:
    """Say which day a stamped line is about. Raises NotPossible when the line reads otherwise now."""
    with transaction.atomic():
        interview, note = _locked(interview, now)
        if note.off_since:
            raise OffTheRecord(note)
        offered = [
            one for one in stamps.read(note.body, cues.span_of(interview.incident)) if choice in one.choices
        ]
        body = stamps.settled(note.body, line, mark, choice) if offered else None
        if body is None:
            raise NotPossible("That line was changed in the meantime; look at it again.")
        return _write(interview, note, body, by, now)


def _held(interview: Interview) -> Interview:
    interview = Interview.objects.locked(interview)
    if interview.purged_at:
        raise Gone("The private words of this conversation were removed; nothing is added to them.")
    return interview


def _locked(interview: Interview, now: datetime) -> tuple[Interview, Note]:
    interview = _held(interview)
    note = Note.objects.filter(interview=interview).first()
    return interview, note or Note(interview=interview, version=0, saved_at=now)


def _clean(body: str) -> str:
    body = body.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    if len(body) > LONGEST:
        raise NotPossible(f"Notes hold {LONGEST:,} characters; these are longer.")
    return body


def _write(interview: Interview, note: Note, body: str, by: User | None, now: datetime) -> Note:
    """A new version of the notes, its proposals, and now and then a line in the trail."""
    before, quiet = note.body, bool(note.pk) and now - note.saved_at < QUIET
    note.body, note.version, note.saved_at = body, note.version + 1, now
    note.save()
    if follow(interview, before, body):
        _passage_proposed(interview, by)
    if not quiet:
        record(by=by, verb="note.saved", subject=interview.incident.ref, sentence="wrote in interview notes")
    return note


def _together(standing: str, mine: str) -> str:
    """Both texts, each word of them; once what stands in the other anyway."""
    if mine.strip() in standing:
        return standing
    return mine if standing.strip() in mine else f"{standing.rstrip()}\n\n{mine}"


# --- passages ---------------------------------------------------------------------------------------


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
        interview = _held(interview)
        note = Note.objects.filter(interview=interview).first()
        if note and note.off_since:
            raise OffTheRecord(note)
        passage = Passage.objects.create(
            interview=interview, text=text, about=about[:80], earliest=earliest, latest=latest
        )
        _passage_proposed(interview, by)
    return passage


def _passage_proposed(interview: Interview, by: User | None) -> None:
    record(
        by=by,
        verb="passage.proposed",
        subject=interview.incident.ref,
        sentence="proposed a passage for the timeline",
    )


# --- the conversation -------------------------------------------------------------------------------


def begin(*, interview: Interview, by: User, now: datetime) -> Interview:
    """The conversation begins; the clock of the page counts from here. A second click changes nothing."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.began_at is None:
            interview.began_at = now
            interview.save(update_fields=["began_at"])
            record(
                by=by,
                verb="interview.begun",
                subject=interview.incident.ref,
                sentence=f"began the conversation with {interview.participant.name}",
            )
    return interview


def held(*, interview: Interview, by: User, now: datetime) -> None:
    """The conversation is over. Whoever was off the record is back on it: the notes are tidied now."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state in (Interview.State.DECLINED, Interview.State.CANCELLED):
            raise NotPossible("This conversation was called off.")
        if interview.state == Interview.State.DONE:
            return
        interview.state, interview.done_at = Interview.State.DONE, now
        interview.save()
        if Note.objects.filter(interview=interview).exclude(off_since=None).exists():
            back_on_record(interview=interview, by=by, now=now)
        record(
            by=by,
            verb="interview.held",
            subject=interview.incident.ref,
            sentence=f"held the conversation with {interview.participant.name}",
        )


# --- questions --------------------------------------------------------------------------------------


def add_question(
    *,
    interview: Interview,
    by: User,
    text: str,
    group: str = "",
    point: dict | None = None,
    asked: bool = False,
    as_it_stands: bool = False,
    now: datetime,
) -> Question:
    """Prepare a question, or write down one that was just asked; `point` is what it is about, as a field and its key.

    The same question about the same point is one. Raises Closes for one that closes the conversation, unless it
    is to be kept as it stands.
    """
    text = " ".join(text.replace("\x00", "").split())[: linter.LONGEST]
    verdict = linter.check(text, cues.names_of(interview.incident))
    if not text or not (verdict.is_open or as_it_stands):
        raise Closes(verdict)
    with transaction.atomic():
        interview = _held(interview)
        own = Question.objects.filter(interview=interview)
        if own.count() >= MOST_QUESTIONS:
            raise NotPossible(
                f"{MOST_QUESTIONS} questions are more than a conversation holds; take some out."
            )
        last = own.aggregate(last=Max("position"))["last"] or 0
        question, made = own.get_or_create(
            interview=interview, text=text, **_point(point), defaults={"group": group[:40], "position": last + 1},
        )  # fmt: skip
        if asked and question.asked_at is None:
            question.asked_at = now
            question.save()
        if made or asked:
            _question_changed(question, by, "prepared" if made and not asked else "asked")
    return question


def mark_asked(*, question: Question, by: User, asked: bool, now: datetime) -> None:
    with transaction.atomic():
        changed = Question.objects.filter(pk=question.pk, asked_at__isnull=asked).update(
            asked_at=now if asked else None
        )
        if changed:
            _question_changed(question, by, "asked" if asked else "unasked")


def move_question(*, question: Question, by: User, up: bool) -> None:
    """One place up or down among the questions that are still to be asked."""
    with transaction.atomic():
        Interview.objects.locked(question.interview)
        rows = list(Question.objects.filter(interview=question.interview_id, asked_at=None))
        at = next((place for place, row in enumerate(rows) if row.pk == question.pk), None)
        if at is None or not 0 <= (to := at - 1 if up else at + 1) < len(rows):
            return
        rows[at], rows[to] = rows[to], rows[at]
        for place, row in enumerate(rows, 1):
            row.position = place
        Question.objects.bulk_update(rows, ["position"])
        _question_changed(question, by, "moved")


def remove_question(*, question: Question, by: User) -> None:
    with transaction.atomic():
        if Question.objects.filter(pk=question.pk).delete()[0]:
            _question_changed(question, by, "removed")


def _point(point: dict | None) -> dict:
    return {"event_id": None, "hypothesis_id": None, "intervention_id": None} | (point or {})


def _question_changed(question: Question, by: User, what: str) -> None:
    told = {"prepared": "prepared a question", "asked": "marked a question as asked", "unasked": "marked a question as not asked", "moved": "put questions in another order", "removed": "took out a question"}  # fmt: skip
    record(
        by=by,
        verb=f"own_question.{what}",
        subject=question.interview.incident.ref,
        sentence=f"{told[what]} of a conversation",
    )
