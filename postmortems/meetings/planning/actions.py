"""Every change of when a meeting is, who leads it and who is asked to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.audit.log import record
from postmortems.incidents.access import permissions
from postmortems.incidents.models import Incident
from postmortems.meetings import agenda, material, people
from postmortems.meetings.models import Attendance, Meeting
from postmortems.meetings.planning import letters, rules
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import settled
from postmortems.meetings.sitting import actions as sitting
from postmortems.remediation import actions as remediation

MOST_PEOPLE = 300
WITH = ("user", "meeting__incident", "meeting__facilitator")


@dataclass(frozen=True)
class Plan:
    """What is said about a meeting when it is planned or changed."""

    starts_at: datetime
    minutes: int
    place: str = ""
    facilitator: User | None = None
    note_taker: User | None = None
    early_reason: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def plan(*, incident: Incident, by: User, plan: Plan, now: datetime) -> Meeting:
    """Plan the meeting of a review, with an agenda from what is known and everybody it concerns on its list.

    Nobody is written to before `invite`. Raises NotPossible where a meeting is planned already, where somebody
    cannot lead it or take notes, and where the draft could not be read before and no reason is given.
    """
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if incident.meetings.filter(state=Meeting.State.PLANNED).exists():
            raise NotPossible("A meeting is planned already. Move it, or cancel it first.")
        _check(incident, plan, draft_sent_at=None, now=now)
        meeting = Meeting.objects.create(
            incident=incident, starts_at=plan.starts_at, ends_at=plan.ends_at, place=plan.place, facilitator=plan.facilitator,
            note_taker=plan.note_taker, early_reason=plan.early_reason, created_at=now,
        )  # fmt: skip
        text = agenda.write(agenda.draft(material.of(incident), plan.minutes))
        meeting = sitting.save_text(meeting=meeting, what="agenda", text=text, version=0, by=by, now=now)
        meeting.decide_from = settled(meeting)
        meeting.save(update_fields=["decide_from"])
        _list(meeting, people.expected(incident), also=[plan.facilitator, plan.note_taker])
        remediation.settle(incident=incident, by=by, until=meeting.decide_from)
        record(
            by=by, verb="meeting.planned", subject=incident.ref, sentence="planned the review meeting",
            starts_at=plan.starts_at.isoformat(), early_reason=plan.early_reason,
        )  # fmt: skip
    return meeting


def change(*, meeting: Meeting, by: User, plan: Plan, version: int, now: datetime) -> Meeting:
    """Another time, place or person. Whoever was invited is told when time or place changed.

    Who had said that they come to another time has not said it of this one; who stays away is not asked again.
    Raises Stale for a lost race.
    """
    with transaction.atomic():
        meeting = _planned(meeting)
        if meeting.version != version:
            raise Stale(meeting)
        before = meeting.starts_at
        moved = (meeting.starts_at, meeting.ends_at) != (plan.starts_at, plan.ends_at)
        told = moved or meeting.place != plan.place
        if moved:
            _check(meeting.incident, plan, draft_sent_at=meeting.draft_sent_at, now=now)
            meeting.early_reason = plan.early_reason
        else:
            _check_people(meeting.incident, plan)
        meeting.starts_at, meeting.ends_at, meeting.place = plan.starts_at, plan.ends_at, plan.place
        meeting.facilitator, meeting.note_taker = plan.facilitator, plan.note_taker
        meeting.decide_from, meeting.version = settled(meeting), version + 1
        meeting.save()
        _list(meeting, [], also=[plan.facilitator, plan.note_taker])
        if moved:
            meeting.attendances.filter(coming=True).update(coming=None)
            remediation.settle(incident=meeting.incident, by=by, until=meeting.decide_from)
        if meeting.invited_at:
            for attendance in _writable(meeting):
                if told or not attendance.told:
                    _ask(attendance, now=now, before=before)
        record(
            by=by, verb="meeting.moved" if moved else "meeting.changed", subject=meeting.incident.ref,
            sentence="moved the review meeting" if moved else "changed the review meeting",
            starts_at=plan.starts_at.isoformat(), early_reason=meeting.early_reason,
        )  # fmt: skip
    return meeting


def invite(*, meeting: Meeting, by: User, now: datetime) -> int:
    """Send the calendar request to everybody on the list who has an address; how many there are."""
    with transaction.atomic():
        meeting = _planned(meeting)
        if meeting.ends_at <= now:
            raise NotPossible("That time has passed. Move the meeting first.")
        if meeting.facilitator is None:
            raise NotPossible("Say first who leads the meeting: somebody who took no part in the incident.")
        meeting.invited_at = meeting.invited_at or now
        meeting.save(update_fields=["invited_at"])
        asked = [attendance for attendance in _writable(meeting) if not attendance.told]
        for attendance in asked:
            _ask(attendance, now=now)
        record(
            by=by, verb="meeting.invited", subject=meeting.incident.ref, sentence=f"invited {len(asked)} people to the review meeting"
        )  # fmt: skip
    return len(asked)


def add_person(
    *, meeting: Meeting, by: User, now: datetime, user: User | None = None, name: str = "", email: str = "", zone: str = "UTC"
) -> Attendance:  # fmt: skip
    """Put somebody on the list, and write to them when the others were written to already."""
    name = str(user) if user else " ".join(name.replace("\x00", "").split())[:120]
    if not name:
        raise NotPossible("Say who it is.")
    with transaction.atomic():
        meeting = _planned(meeting)
        if user and not Incident.objects.visible_to(user).filter(pk=meeting.incident_id).exists():
            raise NotPossible(f"{user} cannot see this incident. Add them to its circle first.")
        if meeting.attendances.count() >= MOST_PEOPLE:
            raise NotPossible(f"A meeting holds at most {MOST_PEOPLE} people.")
        there = meeting.attendances.filter(user=user) if user else meeting.attendances.filter(email__iexact=email).exclude(email="")  # fmt: skip
        if there.exists():
            raise NotPossible(f"{name} is on the list already.")
        attendance = Attendance.objects.create(
            meeting=meeting,
            user=user,
            name=name,
            email="" if user else email,
            zone=user.zone if user else zone,
        )
        if meeting.invited_at and attendance.address:
            _ask(attendance, now=now)
        record(by=by, verb="meeting.person_added", subject=meeting.incident.ref, sentence="put somebody on the list of the review meeting")  # fmt: skip
    return attendance


def remove_person(*, attendance: Attendance, by: User, now: datetime) -> None:
    with transaction.atomic():
        meeting = _planned(attendance.meeting)
        attendance = meeting.attendances.select_related("user", "meeting__incident").get(pk=attendance.pk)
        if attendance.user_id and attendance.user_id in (meeting.facilitator_id, meeting.note_taker_id):
            raise NotPossible(
                f"{attendance} leads the meeting or takes its notes. Choose somebody else for that first."
            )
        _let_go(attendance, now=now)
        attendance.delete()
        record(by=by, verb="meeting.person_removed", subject=meeting.incident.ref, sentence="took somebody off the list of the review meeting")  # fmt: skip


def come(*, meeting: Meeting, by: User, now: datetime) -> Attendance:
    """Somebody says that they will be there; anybody may who may know of the incident."""
    with transaction.atomic():
        meeting = _planned(meeting)
        attendance, _ = Attendance.objects.get_or_create(
            meeting=meeting, user=by, defaults={"name": str(by), "zone": by.zone}
        )
        was, attendance.coming = attendance.coming, True
        attendance.save(update_fields=["coming"])
        if meeting.invited_at and not attendance.told:
            _ask(attendance, now=now, at_once=True)
        if was is not True:
            record(by=by, verb="meeting.come", subject=meeting.incident.ref, sentence="comes to the review meeting")  # fmt: skip
    return attendance


def stay_away(*, meeting: Meeting, by: User, now: datetime) -> None:
    """Somebody cannot come. No reason is asked for; it goes out of their calendar."""
    with transaction.atomic():
        meeting = _planned(meeting)
        attendance = meeting.attendances.select_related("user", "meeting__incident").filter(user=by).first()
        if attendance is None or attendance.coming is False:
            return
        attendance.coming = False
        attendance.save(update_fields=["coming"])
        _let_go(attendance, now=now, at_once=True)
        record(by=by, verb="meeting.stay_away", subject=meeting.incident.ref, sentence="cannot come to the review meeting")  # fmt: skip


def cancel(*, meeting: Meeting, by: User, now: datetime) -> None:
    """Call the meeting off and tell everybody who was told of it. What was parked is open for decision."""
    with transaction.atomic():
        meeting = _planned(meeting)
        meeting.state, meeting.decide_from, meeting.version = (
            Meeting.State.CANCELLED,
            None,
            meeting.version + 1,
        )
        meeting.save()
        for attendance in meeting.attendances.filter(told=True).select_related(*WITH):
            _let_go(attendance, now=now)
        letters.withdraw_draft(meeting)
        remediation.settle(incident=meeting.incident, by=by, until=None)
        record(by=by, verb="meeting.cancelled", subject=meeting.incident.ref, sentence="cancelled the review meeting")  # fmt: skip


def send_draft(*, meeting: Meeting, by: User, now: datetime) -> int:
    """Ask those on the list who may read the review to read its draft; how many there are."""
    with transaction.atomic():
        meeting = _planned(meeting)
        meeting.draft_sent_at = now
        meeting.save(update_fields=["draft_sent_at"])
        circle = meeting.attendances.exclude(user=None).select_related("user", "meeting__incident")
        readers = [
            one
            for one in circle
            if one.user.is_active and Permission.READ in permissions(one.user, meeting.incident)
        ]
        if not readers:
            raise NotPossible(
                "Nobody on the list may read the draft. Add people to the circle, or to the list."
            )
        for attendance in readers:
            letters.draft(attendance, by=by, now=now)
        record(
            by=by, verb="meeting.draft_sent", subject=meeting.incident.ref, sentence=f"sent the draft to {len(readers)} people before the meeting"
        )  # fmt: skip
    return len(readers)


def _check(incident: Incident, plan: Plan, *, draft_sent_at: datetime | None, now: datetime) -> None:
    if not agenda.SHORTEST <= plan.minutes <= agenda.LONGEST:
        raise NotPossible(
            f"A meeting takes between {agenda.SHORTEST} minutes and {agenda.LONGEST // 60} hours."
        )
    _check_people(incident, plan)
    by = rules.policy_date(incident.severity, incident.resolved_at)
    for told in rules.about(plan.starts_at, now=now, draft_sent_at=draft_sent_at, by=by):
        if told.needs_reason and not plan.early_reason:
            raise NotPossible(told.sentence)


def _check_people(incident: Incident, plan: Plan) -> None:
    if plan.facilitator and (sentence := people.no_facilitator(incident, plan.facilitator)):
        raise NotPossible(sentence)
    if plan.note_taker and (sentence := people.no_note_taker(incident, plan.note_taker, plan.facilitator)):
        raise NotPossible(sentence)


def _planned(meeting: Meeting) -> Meeting:
    """The meeting as it stands now, held until the transaction ends. Raises NotPossible once it is over."""
    meeting = Meeting.objects.locked(meeting)
    if meeting.state != Meeting.State.PLANNED:
        raise NotPossible(f"This meeting was {meeting.get_state_display().lower()}.")
    return meeting


def _writable(meeting: Meeting) -> list[Attendance]:
    """Those who can be written to and did not say that they stay away."""
    rows = meeting.attendances.who_may_know().exclude(coming=False)
    return [one for one in rows.select_related(*WITH) if one.address]


def _list(meeting: Meeting, expected: Iterable[people.Expected], *, also: Iterable[User | None]) -> None:
    rows = [
        Attendance(meeting=meeting, user=one.user, name=one.name, email="" if one.user else one.email, zone=one.zone)
        for one in [*expected, *(people.Expected(str(user), "", user) for user in also if user)]
    ]  # fmt: skip
    Attendance.objects.bulk_create(rows[:MOST_PEOPLE], ignore_conflicts=True)


def _ask(
    attendance: Attendance, *, now: datetime, before: datetime | None = None, at_once: bool = False
) -> None:
    attendance.sequence += 1
    letters.request(attendance, now=now, before=before, at_once=at_once)
    attendance.told = True
    attendance.save(update_fields=["sequence", "told"])


def _let_go(attendance: Attendance, *, now: datetime, at_once: bool = False) -> None:
    if not attendance.told:
        return
    attendance.sequence += 1
    attendance.told = False
    letters.cancel(attendance, now=now, at_once=at_once)
    attendance.save(update_fields=["sequence", "told"])
