"""The letters of a meeting: a calendar request to each, updates, cancellations, and the draft to read before.

A letter waits for a decent hour of its reader, unless it answers their own click or would then come too late
to be of use. One that still waits is withdrawn by the next about the same attendance.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.calendars import ics
from postmortems.calendars.decent import Reader, next_decent
from postmortems.meetings import people
from postmortems.meetings.models import Attendance, Meeting
from postmortems.notices import post


def request(
    attendance: Attendance, *, now: datetime, before: datetime | None = None, at_once: bool = False
) -> None:
    """Ask somebody to come, or tell that time or place changed; `before` is when it was to begin until now."""
    meeting = attendance.meeting
    stopped = post.withdraw(about=about(attendance))
    reached = stopped.on_their_way or post.went_out(about=about(attendance))
    word = "moved" if attendance.told and reached else "invitation"
    _send(
        attendance,
        word,
        ics.request,
        "REQUEST",
        now=now,
        before=before,
        at_once=at_once,
        not_after=meeting.ends_at,
    )


def cancel(attendance: Attendance, *, now: datetime, at_once: bool = False) -> None:
    """Take it out of their calendar; nothing is sent to somebody whom no letter reached."""
    stopped = post.withdraw(about=about(attendance))
    if stopped.on_their_way or post.went_out(about=about(attendance)):
        word = "left" if at_once else "cancelled"
        _send(
            attendance,
            word,
            ics.cancel,
            "CANCEL",
            now=now,
            at_once=at_once,
            not_after=attendance.meeting.ends_at,
        )


def draft(attendance: Attendance, *, by: User, now: datetime) -> None:
    """Ask somebody who may read the review to read what concerns them before the meeting."""
    meeting = attendance.meeting
    post.send(
        to=attendance.address,
        template="emails/meetings/draft",
        context=_context(attendance, by=by)
        | {"page": settings.SITE_URL + reverse("writeup:edit", args=[meeting.incident.ref])},
        key=f"meeting {attendance.uid} draft {meeting.draft_sent_at.isoformat()}",
        reader=people.reader(attendance.user, attendance.zone),
        not_after=meeting.starts_at,
        about=f"draft {meeting.pk}",
        reply_to=by.email,
        now=now,
    )


def withdraw_draft(meeting: Meeting) -> None:
    post.withdraw(about=f"draft {meeting.pk}")


def about(attendance: Attendance) -> str:
    return f"meeting {attendance.uid}"


def _send(
    attendance: Attendance,
    word: str,
    message,
    method: str,
    *,
    now: datetime,
    not_after: datetime,
    before: datetime | None = None,
    at_once: bool = False,
) -> None:
    meeting = attendance.meeting
    host = host_of(meeting)
    post.send(
        to=attendance.address,
        template=f"emails/meetings/{word}",
        context=_context(attendance, by=host),
        key=f"meeting {attendance.uid} {attendance.sequence}",
        calendar=message(invitation(attendance, now=now)),
        method=method,
        reader=None if at_once else _patient(attendance, now=now, soonest=min(meeting.starts_at, before or meeting.starts_at)),
        not_after=not_after,
        about=about(attendance),
        reply_to=host.email,
        now=now,
    )  # fmt: skip


def _patient(attendance: Attendance, *, now: datetime, soonest: datetime) -> Reader | None:
    """Whose hours the letter waits for; nobody's where the meeting would begin before it left."""
    reader = people.reader(attendance.user, attendance.zone)
    return reader if next_decent(now, reader) < soonest else None


def host_of(meeting: Meeting) -> User:
    """Who answers for it: the facilitator, until there is one the lead reviewer."""
    return meeting.facilitator or people.lead_of(meeting.incident)


def invitation(attendance: Attendance, *, now: datetime) -> ics.Invitation:
    """Each person's event is their own: nobody sees in it who else comes."""
    meeting, host = attendance.meeting, host_of(attendance.meeting)
    return ics.Invitation(
        uid=f"{attendance.uid}@second-story",
        sequence=attendance.sequence,
        start=meeting.starts_at,
        end=meeting.ends_at,
        summary=f"Review meeting about {meeting.incident.ref}",
        description="To learn how it looked from where each of us sat. Nothing is decided in it.",
        location=meeting.place,
        url=page_of(meeting),
        organizer=ics.Party(host.name, host.email, host.tz),
        attendees=(ics.Party(str(attendance), attendance.address, zone_of(attendance)),),
        stamped_at=now,
    )


def zone_of(attendance: Attendance) -> ZoneInfo:
    return attendance.user.tz if attendance.user else people.zone_of(attendance.zone)


def page_of(meeting: Meeting) -> str:
    return settings.SITE_URL + reverse("meetings:meeting", args=[meeting.incident.ref])


def _context(attendance: Attendance, *, by: User) -> dict:
    meeting = attendance.meeting
    theirs, ours = zone_of(attendance), ZoneInfo(meeting.incident.zone)
    return {
        "attendance": attendance,
        "meeting": meeting,
        "incident": meeting.incident,
        "host": by,
        "theirs": when(meeting, theirs),
        "ours": when(meeting, ours) if ours.key != theirs.key else "",
        "page": page_of(meeting) if attendance.user else "",
    }


def when(meeting: Meeting, zone: ZoneInfo) -> str:
    begin, end = (at.astimezone(zone) for at in (meeting.starts_at, meeting.ends_at))
    return f"{begin:%A, %-d %B %Y, %H:%M} to {end:%H:%M} {zone.key}"
