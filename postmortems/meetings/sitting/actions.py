"""What is written down around a meeting and in it: agenda, minutes, who came, what was parked, that it was held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.meetings import agenda, material
from postmortems.meetings.models import Attendance, Meeting, MeetingText
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import settled
from postmortems.meetings.surveying import actions as surveying
from postmortems.remediation import actions as remediation
from postmortems.remediation.models import Item

LONGEST = 200_000  # characters of an agenda or of minutes
LONGEST_LINE = 300  # characters of a parked idea


def save_text(
    *,
    meeting: Meeting,
    what: str,
    text: str,
    version: int,
    by: User,
    now: datetime,
    restored_from: int | None = None,
) -> Meeting:
    """Accept an agenda or minutes that were written from `version`; 0 is that nobody had written any.

    Every accepted text is a row of the history. The same text again is accepted and changes nothing, so that a
    save whose answer got lost can be sent again. Raises Stale for a lost race, KeyError for another word than the two.
    """
    label = dict(MeetingText.What.choices)[what]
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if len(text) > LONGEST:
        raise NotPossible(f"This is longer than {LONGEST:,} characters.")
    with transaction.atomic():
        meeting = Meeting.objects.locked(meeting)
        if getattr(meeting, what) == text:
            return meeting
        if getattr(meeting, f"{what}_version") != version:
            raise Stale(meeting)
        setattr(meeting, what, text)
        setattr(meeting, f"{what}_version", version + 1)
        meeting.save(update_fields=[what, f"{what}_version"])
        MeetingText.objects.create(
            meeting=meeting, what=what, version=version + 1, text=text, saved_at=now, saved_by=by, restored_from=restored_from
        )  # fmt: skip
        record(
            by=by, verb="meeting.written", subject=meeting.incident.ref, sentence=f"wrote in the {label.lower()} of the review meeting",
            what=what, version=version + 1,
        )  # fmt: skip
    return meeting


def make_agenda(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """Write the agenda anew from the line, the themes and what is open. The text before it stays in the history."""
    text = agenda.write(agenda.draft(material.of(meeting.incident), meeting.minutes))
    with transaction.atomic():
        meeting = Meeting.objects.locked(meeting)
        return save_text(meeting=meeting, what="agenda", text=text, version=meeting.agenda_version, by=by, now=now)  # fmt: skip


def tick(
    *, meeting: Meeting, by: User, came: Collection[int], not_came: Collection[int] = (), now: datetime
) -> int:
    """Say of people on the list who came and who did not, by the keys of their attendances; how many came in all.

    Of others nothing is changed, so that two people may tick at once. Whoever was asked in the survey has come.
    Who is ticked after the meeting is asked as well, as long as the survey is open.
    """
    with transaction.atomic():
        meeting = _not_cancelled(meeting)
        meeting.attendances.filter(pk__in=came).update(came=True)
        meeting.attendances.filter(pk__in=not_came, survey_key=None).update(came=False)
        if meeting.state == Meeting.State.HELD:
            surveying.ask(meeting=meeting, now=now)
        number = meeting.attendances.filter(came=True).count()
        record(by=by, verb="meeting.attended", subject=meeting.incident.ref, sentence="said who came to the review meeting", number=number)  # fmt: skip
    return number


def walk_in(
    *, meeting: Meeting, by: User, now: datetime, user: User | None = None, name: str = "", email: str = ""
) -> Attendance:
    """Somebody came who was on no list. No calendar request goes out: they are here."""
    name = str(user) if user else " ".join(name.replace("\x00", "").split())[:120]
    if not name:
        raise NotPossible("Say who came.")
    with transaction.atomic():
        meeting = _not_cancelled(meeting)
        if user is None and meeting.attendances.filter(user=None, name__iexact=name).exists():
            raise NotPossible(f"{name} is on the list already: tick the name.")
        attendance, _ = Attendance.objects.get_or_create(
            meeting=meeting, user=user, name=name,
            defaults={"email": "" if user else email, "zone": user.zone if user else meeting.incident.zone},
        )  # fmt: skip
        attendance.came = True
        attendance.save(update_fields=["came"])
        if meeting.state == Meeting.State.HELD:
            surveying.ask(meeting=meeting, now=now)
        record(by=by, verb="meeting.walked_in", subject=meeting.incident.ref, sentence="noted somebody who came to the review meeting")  # fmt: skip
    return attendance


def park(*, meeting: Meeting, by: User, what: str, now: datetime) -> Item:
    """Put an idea for a remedy aside, in one line: nobody owns it and nothing is decided until it has settled."""
    what = " ".join(what.replace("\x00", "").split())
    if not what:
        raise NotPossible("Say the idea in one line.")
    if len(what) > LONGEST_LINE:
        raise NotPossible(f"One line of up to {LONGEST_LINE} characters; details can be told later.")
    with transaction.atomic():
        meeting = _not_cancelled(meeting)
        settles = meeting.decide_from if meeting.decide_from and now < meeting.decide_from else None
        return remediation.add_item(
            incident=meeting.incident, by=by, status=Item.Status.PARKED, type=Item.Type.PREVENT, what=what, decide_from=settles
        )  # fmt: skip


def hold(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """The meeting was held. From now on the parked ideas settle, and those who came are asked in the survey."""
    with transaction.atomic():
        meeting = Meeting.objects.locked(meeting)
        if meeting.state != Meeting.State.PLANNED:
            raise NotPossible(f"This meeting was {meeting.get_state_display().lower()}.")
        if now < meeting.starts_at:
            raise NotPossible("The meeting has not begun yet. Move it first if it was held sooner.")
        meeting.state, meeting.held_at, meeting.version = Meeting.State.HELD, now, meeting.version + 1
        meeting.decide_from = settled(meeting)
        meeting.save()
        remediation.settle(incident=meeting.incident, by=by, until=meeting.decide_from)
        surveying.ask(meeting=meeting, now=now)
        record(by=by, verb="meeting.held", subject=meeting.incident.ref, sentence="held the review meeting")
    return meeting


def _not_cancelled(meeting: Meeting) -> Meeting:
    meeting = Meeting.objects.locked(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise NotPossible("This meeting was cancelled.")
    return meeting
