"""When people are busy, from everything that knows it, without saying what with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postmortems.incidents.actions import add_participant
from postmortems.interviews.inviting import appointments, busy
from postmortems.interviews.models import BusyCalendar
from tests import make

T = make.T0 + timedelta(days=2)
HOUR = timedelta(hours=1)
SINCE, UNTIL = T - timedelta(days=1), T + timedelta(days=5)


@pytest.fixture
def guest(cast):
    """Somebody without an account."""
    return add_participant(
        incident=cast.incident, by=cast.alice, name="Gus", role="Support", email="gus@example.org"
    )


def keep(stretches, **owner) -> BusyCalendar:
    return BusyCalendar.objects.create(
        address=b"sealed", host="cal.example.org", busy=[[a.isoformat(), b.isoformat()] for a, b in stretches], **owner
    )  # fmt: skip


def test_everybody_asked_for_is_there(cast, guest):
    assert busy.of([cast.alice], [guest], SINCE, UNTIL) == {f"u{cast.alice.pk}": [], f"p{guest.pk}": []}
    assert busy.of([], [], SINCE, UNTIL) == {}


def test_an_interview_takes_the_time_of_both(cast):
    interview = make.interview(cast.incident, interviewer=cast.bob)
    ian = interview.participant
    stretch = [(interview.starts_at, interview.ends_at)]
    found = busy.of([cast.bob, cast.alice, cast.ian], [ian], SINCE, UNTIL)
    assert found == {
        f"u{cast.bob.pk}": stretch, f"u{cast.alice.pk}": [], f"u{cast.ian.pk}": stretch, f"p{ian.pk}": stretch,
    }  # fmt: skip
    assert busy.of([cast.bob], [ian], SINCE, UNTIL, besides=interview) == {f"u{cast.bob.pk}": [], f"p{ian.pk}": []}  # fmt: skip


@pytest.mark.parametrize("state", ["moving", "writing", "declined", "cancelled"])
def test_a_time_that_was_given_up_is_free(cast, state):
    interview = make.interview(cast.incident, interviewer=cast.bob, state=state)
    assert not any(busy.of([cast.bob], [interview.participant], SINCE, UNTIL).values())


def test_proposals_take_time_until_they_are_planned_anew(cast, guest):
    make.interview(cast.incident, interviewer=cast.bob, participant=guest, state="proposed", invited_at=None)
    assert all(busy.of([cast.bob], [guest], SINCE, UNTIL).values())
    assert not any(busy.of([cast.bob], [guest], SINCE, UNTIL, planning=cast.incident).values())
    assert all(busy.of([cast.bob], [guest], SINCE, UNTIL, planning=make.incident(by=cast.rev)).values())


def test_calendars_of_their_own_are_joined_and_clipped(cast, guest):
    keep(
        [(SINCE - HOUR, SINCE + HOUR), (SINCE + HOUR, SINCE + 2 * HOUR), (UNTIL, UNTIL + HOUR)], user=cast.ian
    )
    keep([(T, T + HOUR)], participant=guest)
    ian = cast.incident.participants.get(user=cast.ian)
    assert busy.of([], [ian, guest], SINCE, UNTIL) == {
        f"p{ian.pk}": [(SINCE, SINCE + 2 * HOUR)], f"p{guest.pk}": [(T, T + HOUR)],
    }  # fmt: skip


def test_rooms_above_add_what_they_know(cast, monkeypatch):
    monkeypatch.setattr(appointments, "_sources", list(appointments._sources))

    @appointments.source
    def meetings(users, since, until):
        for user in users:
            yield appointments.Appointment(
                user, "m", T, T + HOUR, "Meeting", "Review meeting", timezone.now()
            )
            yield appointments.Appointment(
                user, "d", T.date(), T.date(), "Due", "An item is due", timezone.now()
            )

    assert busy.of([cast.alice], [], SINCE, UNTIL) == {f"u{cast.alice.pk}": [(T, T + HOUR)]}


def test_the_number_of_queries_does_not_grow(cast, guest):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            busy.of([cast.alice, cast.bob, cast.ian], [guest], SINCE, UNTIL)
        return len(found)

    def one_more(number: int) -> None:
        make.interview(
            make.incident(by=cast.rev), interviewer=cast.bob, participant=guest,
            starts_at=T + number * HOUR, ends_at=T + (number + 1) * HOUR,
        )  # fmt: skip
        keep([(T, T + HOUR)], user=make.user())

    one_more(0)
    with_one = asked()
    for number in range(1, 6):
        one_more(number)
    assert asked() == with_one <= 6
