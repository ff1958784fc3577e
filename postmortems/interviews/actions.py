"""Every change around interviews. Audit sentences say that something happened, never what was said."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews import letters
from postmortems.interviews.models import Interview, JotNote, Note, Passage
from timelines import actions as timeline


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Stale(Exception):
    """Somebody saved in between; `standing` is what stands."""

    def __init__(self, standing) -> None:
        super().__init__("The notes were saved from another window in the meantime.")
        self.standing = standing


# --- jot-notes -------------------------------------------------------------------------------------


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


# --- the schedule ----------------------------------------------------------------------------------


def propose(*, incident: Incident, by: User, slots: list[dict]) -> list[Interview]:
    """Replace what was only proposed by these slots: participant, interviewer, start, end, why."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        incident.interviews.filter(state=Interview.State.PROPOSED).delete()
        standing = set(incident.interviews.standing().values_list("participant", flat=True))
        made = [
            Interview.objects.create(
                incident=incident, participant_id=slot["participant"], interviewer_id=slot["interviewer"], starts_at=slot["start"],
                ends_at=slot["end"], why=slot["why"][:300],
            )
            for slot in slots
            if slot["participant"] not in standing
        ]  # fmt: skip
        record(
            by=by,
            verb="interviews.proposed",
            subject=incident.ref,
            sentence=f"planned {len(made)} interviews",
        )
    return made


def invite(*, interview: Interview, by: User, now: datetime) -> None:
    """Send the letter with the calendar request. Raises NotPossible without a time or an address to write to."""
    with transaction.atomic():
        interview = _locked(interview)
        if interview.state not in (Interview.State.PROPOSED, Interview.State.MOVING):
            raise NotPossible("This interview was answered or sent already.")
        if not interview.starts_at:
            raise NotPossible("Give the interview a time first.")
        if not (interview.participant.user_id or interview.participant.email):
            raise NotPossible(
                f"There is no address to write to {interview.participant.name}. Add an e-mail on the People page."
            )
        interview.state, interview.invited_at = Interview.State.INVITED, now
        interview.save()
        record(
            by=by,
            verb="interview.invited",
            subject=interview.incident.ref,
            sentence=f"invited {interview.participant.name} to a conversation",
        )
        letters.invite(interview)


def set_time(
    *, interview: Interview, by: User, starts_at: datetime, minutes: int, early_reason: str, now: datetime
) -> Interview:
    """Move an interview by hand. Before the soak is over it takes a reason, which stays with the interview."""
    with transaction.atomic():
        interview = _locked(interview)
        if interview.state in (Interview.State.DONE, Interview.State.DECLINED, Interview.State.CANCELLED):
            raise NotPossible("This interview is over.")
        incident = interview.incident
        if incident.resolved_at:
            soak = incident.resolved_at + timedelta(hours=incident.severity.soak_hours)
            if starts_at < soak and not early_reason.strip():
                raise NotPossible(
                    "That is before people have rested. An early interview needs a reason, which is kept."
                )
        interview.starts_at, interview.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
        interview.early_reason = early_reason.strip()[:300]
        if interview.invited_at:
            interview.sequence += 1
            interview.state, interview.invited_at = Interview.State.INVITED, now
        interview.save()
        record(
            by=by, verb="interview.moved", subject=incident.ref, sentence=f"set a time for the conversation with {interview.participant.name}",
            reason=interview.early_reason,
        )  # fmt: skip
        if interview.invited_at:
            letters.invite(interview)
    return interview


def answer(*, interview: Interview, how: str, wishes: str, now: datetime) -> Interview:
    """The interviewee's answer: `accept`, `move`, `decline` or `write`. It can be changed until the interview is held."""
    states = {
        "accept": Interview.State.ACCEPTED, "move": Interview.State.MOVING, "decline": Interview.State.DECLINED,
        "write": Interview.State.WRITING,
    }  # fmt: skip
    if how not in states:
        raise NotPossible("Choose one of the answers.")
    with transaction.atomic():
        interview = _locked(interview)
        if interview.state in (Interview.State.DONE, Interview.State.CANCELLED, Interview.State.PROPOSED):
            raise NotPossible("This invitation is not open.")
        interview.state, interview.wishes = states[how], wishes.strip().replace("\x00", "")[:500]
        interview.save()
        words = {
            "accept": "accepted the conversation",
            "move": "asked for another time",
            "decline": "declined the conversation",
            "write": "answers in writing",
        }
        record(
            by=interview.participant.user, verb=f"interview.{how}", subject=interview.incident.ref,
            sentence=f"{'' if interview.participant.user_id else interview.participant.name + ' '}{words[how]}",
        )  # fmt: skip
        letters.answered(interview, words[how], now=now)
    return interview


def cancel(*, interview: Interview, by: User) -> None:
    with transaction.atomic():
        interview = _locked(interview)
        told = interview.invited_at is not None
        interview.state = Interview.State.CANCELLED
        interview.sequence += 1
        interview.save()
        record(
            by=by,
            verb="interview.cancelled",
            subject=interview.incident.ref,
            sentence=f"cancelled the conversation with {interview.participant.name}",
        )
        if told:
            letters.cancel(interview)


def add(
    *, incident: Incident, by: User, participant: Participant, interviewer: User, why: str = ""
) -> Interview:
    """An interview without a time yet, added by hand."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if incident.interviews.standing().filter(participant=participant).exists():
            raise NotPossible(f"There is an interview with {participant.name} already.")
        if participant.user_id == interviewer.pk:
            raise NotPossible("Nobody interviews themselves.")
        interview = Interview.objects.create(
            incident=incident, participant=participant, interviewer=interviewer, why=why[:300]
        )
        record(
            by=by,
            verb="interview.added",
            subject=incident.ref,
            sentence=f"added a conversation with {participant.name}",
        )
    return interview


def _locked(interview: Interview) -> Interview:
    return (
        Interview.objects.select_for_update(of=("self",))
        .select_related("incident__severity", "participant__user", "interviewer")
        .get(pk=interview.pk)
    )


# --- what was said ---------------------------------------------------------------------------------


def save_note(*, interview: Interview, by: User | None, body: str, version: int, now: datetime) -> Note:
    """Keep the notes. Only the two may; the view sees to it. Raises Stale for a lost race."""
    body = body.replace("\x00", "").replace("\r\n", "\n")
    with transaction.atomic():
        _locked(interview)
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
        interview = _locked(interview)
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


def release(*, passage: Passage, text: str, with_name: bool, now: datetime) -> Passage:
    """The interviewee lets a passage out, in their own words. It becomes a recollection on the timeline.

    Raises NotPossible without a time to place it at, or when it was decided on already.
    """
    with transaction.atomic():
        passage = (
            Passage.objects.select_for_update(of=("self",))
            .select_related("interview__incident", "interview__participant__user", "interview__interviewer")
            .get(pk=passage.pk)
        )
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        if passage.earliest is None:
            raise NotPossible("Say roughly when it was, so that it finds its place on the line.")
        interview = passage.interview
        person = interview.participant
        event = timeline.add_recollection(
            incident=interview.incident, by=person.user or interview.interviewer, at=passage.earliest, until=passage.latest,
            text=text.strip() or passage.text, actor=person.name if with_name else "",
        )  # fmt: skip
        passage.text, passage.with_name, passage.event = text.strip() or passage.text, with_name, event
        passage.state, passage.released_at = Passage.State.RELEASED, now
        passage.save()
        record(
            by=person.user,
            verb="passage.released",
            subject=interview.incident.ref,
            sentence="released a recollection",
        )
    return passage


def strike(*, passage: Passage) -> None:
    """The interviewee says no. The words go; that there was a passage stays."""
    with transaction.atomic():
        passage = (
            Passage.objects.select_for_update(of=("self",))
            .select_related("interview__incident", "interview__participant__user")
            .get(pk=passage.pk)
        )
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        passage.state, passage.text, passage.about = Passage.State.STRUCK, "", ""
        passage.save()
        record(
            by=passage.interview.participant.user,
            verb="passage.struck",
            subject=passage.interview.incident.ref,
            sentence="struck a passage",
        )
