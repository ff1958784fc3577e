"""From the people of an incident to proposals, beside what stands already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.accounts import actions as accounts
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.models import BusyCalendar, Interview, Plan
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions, replacing
from postmortems.notices.models import Letter
from tests import make
from tests.interviews.scheduling.conftest import NOW, RESOLVED, person, planned


def lisbon(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}:00+00:00").astimezone(UTC)


def test_everybody_is_placed_after_the_soak_nearest_first_and_nothing_is_sent(incident, mara, ben, ana):
    outcome, made = planned(incident, mara)
    assert not outcome.left
    assert [(one.participant, one.starts_at) for one in made] == [
        (ben, lisbon(27, "09:00")),
        (ana, lisbon(27, "10:00")),
    ]
    assert made[0].why.startswith("On-call responder")
    assert {one.state for one in made} == {Interview.State.PROPOSED}
    assert not Letter.objects.exists()
    assert Plan.objects.get().version == 1


def test_a_night_at_work_is_followed_by_rest(incident, mara):
    late = RESOLVED.replace(hour=0)
    owl = person(incident, "Owl", zone="Europe/Lisbon")
    source = make.source(incident)
    from timelines import storing

    for batch in storing.batches([make.record("typing", minutes=0, actor="Owl")]):
        storing.store(source, batch)
    source.events.update(at=late)
    incident.severity.soak_hours = 6
    incident.severity.save()
    _, made = planned(incident, mara, now=RESOLVED)
    assert made[0].participant == owl
    # eleven hours of rest from the end of the night's work, and three to read the letter that came at nine
    assert made[0].starts_at >= RESOLVED + timedelta(hours=11)


def test_letters_have_to_be_read_before_anybody_comes(incident, mara, ben):
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    _, made = planned(incident, mara, now=saturday)
    assert made[0].starts_at == datetime(
        2026, 3, 30, 12, 30, tzinfo=UTC
    )  # 13:30 in Lisbon, where summer has begun
    inviting.invite(interview=made[0], by=mara, now=saturday)


def test_appointments_of_both_are_kept_free(incident, mara, ben):
    def taken(day: int, begin: str, end: str) -> list:
        return [[lisbon(day, begin).isoformat(), lisbon(day, end).isoformat()]]

    BusyCalendar.objects.create(user=ben.user, address=b"x", host="x", busy=taken(27, "09:00", "11:00"))
    BusyCalendar.objects.create(user=mara, address=b"x", host="x", busy=taken(27, "11:00", "12:00"))
    _, made = planned(incident, mara)
    assert made[0].starts_at == lisbon(27, "13:30")


def test_what_was_sent_stays_and_counts_for_the_day(incident, mara, ben, ana):
    _, made = planned(incident, mara, limit=2)
    inviting.invite(interview=made[0], by=mara, now=NOW)
    more = [person(incident, name) for name in ("Cleo", "Dev")]
    outcome, _ = planned(incident, mara, people=[ana, *more], limit=2)
    assert not outcome.left
    made[0].refresh_from_db()
    assert made[0].starts_at == lisbon(27, "09:00")
    days = [one.starts_at.date() for one in incident.interviews.standing()]
    assert all(days.count(day) <= 2 for day in days)
    starts = sorted(one.starts_at for one in incident.interviews.standing())
    assert all(b - a >= timedelta(minutes=60) for a, b in zip(starts, starts[1:], strict=False))


def test_a_time_somebody_chose_stays_when_it_is_planned_again(incident, mara, ben, ana):
    _, made = planned(incident, mara)
    actions.set_time(interview=made[0], by=mara, starts_at=lisbon(27, "15:00"), now=NOW)
    planned(incident, mara, people=[ana])
    assert incident.interviews.get(participant=ben).starts_at == lisbon(27, "15:00")
    assert incident.interviews.get(participant=ana).starts_at == lisbon(27, "09:00")


def test_interviews_of_other_incidents_take_their_time(incident, mara, ben):
    other = make.incident(by=mara, resolved_at=RESOLVED)
    guest = person(other, "Guest")
    Interview.objects.create(
        incident=other, participant=guest, interviewer=mara, state="accepted", starts_at=lisbon(27, "09:00"), ends_at=lisbon(27, "09:45")
    )  # fmt: skip
    _, made = planned(incident, mara)
    assert made[0].starts_at == lisbon(27, "10:00")


def test_nobody_asks_themselves_and_responders_ask_only_where_nobody_else_can(incident, mara, ben, ana):
    _, made = planned(incident, mara, ben.user)
    assert {one.interviewer for one in made} == {mara}
    alone = planned(incident, ben.user, people=[ben, ana])[1]
    assert [one.participant for one in alone] == [ana]


def test_who_cannot_be_placed_is_told_why_and_what_would_help(incident, mara):
    far = person(incident, "Hana", zone="America/Anchorage")
    outcome, made = planned(incident, mara)
    assert not made
    [left] = outcome.left
    assert (left.participant, left.constraint) == (far.pk, "hours")
    assert left.sentence.startswith(
        "There is no time for Hana within the rules. The nearest is Fri 27 March, "
    )
    assert left.offer == "Ask Hana then all the same"
    with pytest.raises(NotPossible, match="needs a reason"):
        actions.loosen(incident=incident, by=mara, participant=far, reason=" ", version=1, now=NOW)
    made = actions.loosen(
        incident=incident, by=mara, participant=far, reason="Hana offered it", version=1, now=NOW
    )
    assert made.starts_at.isoformat() == left.start
    assert made.overruled == list(left.rules)
    assert made.early_reason == "Hana offered it"
    assert Plan.objects.get().unplaced == []
    with pytest.raises(NotPossible, match="changed in the meantime"):
        actions.loosen(incident=incident, by=mara, participant=far, reason="again", version=1, now=NOW)


def test_a_window_that_is_too_short_can_be_lengthened_for_this_review(incident, mara, ben):
    incident.severity.fade_hours = 25
    incident.severity.save()
    outcome, _ = planned(incident, mara)
    assert outcome.left[0].constraint == "fade"
    assert outcome.left[0].offer == "Let interviews go on until Fri 27 March, 09:45 in Lisbon"
    actions.loosen(incident=incident, by=mara, participant=ben, reason="", version=1, now=NOW)
    incident.refresh_from_db()
    again, made = planned(incident, mara)
    assert not again.left
    assert made[0].starts_at == lisbon(27, "09:00")


def test_of_two_plans_at_once_the_second_loses_nothing_of_the_first(incident, mara, ben, ana):
    planned(incident, mara, version=0)
    before = list(incident.interviews.values_list("participant", "starts_at"))
    with pytest.raises(NotPossible, match="Mara made another plan in the meantime"):
        planned(incident, mara, version=0)
    assert list(incident.interviews.values_list("participant", "starts_at")) == before


def test_a_plan_made_from_what_is_no_longer_true_changes_nothing(incident, mara, ben, ana, monkeypatch):
    _, made = planned(incident, mara)
    real = replacing.still_true

    def meanwhile(change):
        def first(*args):
            change()
            monkeypatch.setattr(replacing, "still_true", real)
            return real(*args)

        monkeypatch.setattr(replacing, "still_true", first)

    meanwhile(
        lambda: Interview.objects.filter(pk=made[0].pk).update(
            starts_at=lisbon(27, "14:00"), ends_at=lisbon(27, "14:45"), kept=True
        )
    )
    with pytest.raises(NotPossible, match="Nothing was overwritten"):
        planned(incident, mara)
    meanwhile(lambda: accounts.set_active(by=mara, person=mara, active=False))
    with pytest.raises(NotPossible, match="account of Mara was closed"):
        planned(incident, mara)


def test_who_was_taken_off_the_list_meanwhile_is_named(incident, mara, ben, monkeypatch):
    gone = person(incident, "Gone")
    real = replacing.hold
    monkeypatch.setattr(replacing, "hold", lambda *a: (gone.delete(), real(*a)))
    with pytest.raises(NotPossible, match="Gone was taken off the list"):
        planned(incident, mara)
    assert not incident.interviews.exists()


def test_the_number_of_queries_is_the_same_for_two_and_for_thirty(incident, mara, ben, ana, client):
    client.force_login(mara)

    def asked(name: str) -> int:
        client.get(
            reverse(f"interviews:{name}", args=[incident.ref])
        )  # what evidence says is looked for once
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"interviews:{name}", args=[incident.ref]))
        return len(queries)

    planned(incident, mara)
    few = asked("board"), asked("whom")
    for number in range(28):
        made = person(incident, f"P{number}", account=number % 2 == 0)
        if number < 9:
            at = lisbon(30, "08:00") + timedelta(hours=number)
            make.interview(
                incident, interviewer=mara, participant=made, starts_at=at, ends_at=at + timedelta(minutes=45)
            )
    assert (asked("board"), asked("whom")) == few


def test_thirty_people_and_five_interviewers_are_planned_within_the_time_of_a_page(incident, mara):
    import time

    for number in range(30):
        person(incident, f"P{number}", zone=("Europe/Lisbon", "Asia/Kolkata", "Europe/Warsaw")[number % 3])
    hosts = [mara, *(make.user(f"h{n}", role="reviewer", zone="Europe/Paris") for n in range(4))]
    began = time.monotonic()
    outcome, made = planned(incident, *hosts)
    assert len(made) == 30
    assert not outcome.left
    assert time.monotonic() - began < 20


def test_questions_that_were_prepared_survive_another_plan(incident, mara, ben, ana):
    _, made = planned(incident, mara)
    made[0].questions.create(text="What did the graph show you?")
    planned(incident, mara)
    again = incident.interviews.get(participant=ben)
    assert again.pk == made[0].pk
    assert again.questions.get().text == "What did the graph show you?"
    other = make.user("ewa", role="reviewer", name="Ewa", zone="Europe/Lisbon")
    planned(incident, other)
    assert incident.interviews.standing().get(participant=ben).interviewer == other
    made[0].refresh_from_db()
    assert (made[0].state, made[0].questions.count()) == ("cancelled", 1)


def test_what_nobody_was_told_of_leaves_no_trace_when_it_is_taken_off(incident, mara, ben):
    _, made = planned(incident, mara)
    actions.take_off(interview=made[0], by=mara)
    assert not incident.interviews.exists()
    from postmortems.incidents.actions import remove_participant

    remove_participant(participant=ben, by=mara)
    assert not incident.participants.exists()


def test_what_somebody_knows_of_is_cancelled_not_taken_off(incident, mara, ben):
    _, made = planned(incident, mara)
    inviting.invite(interview=made[0], by=mara, now=NOW)
    with pytest.raises(NotPossible, match="was asked already"):
        actions.take_off(interview=made[0], by=mara)


def test_an_interviewer_who_is_not_needed_may_be_busy_elsewhere(incident, mara, ben):
    ewa = make.user("ewa", role="reviewer", name="Ewa", zone="Europe/Lisbon")
    other = make.incident(by=ewa, resolved_at=RESOLVED)
    guest = person(other, "Guest")
    make.interview(
        other, interviewer=ewa, participant=guest, starts_at=lisbon(27, "09:00"), ends_at=lisbon(27, "09:45")
    )
    _, made = planned(incident, mara, ewa)
    assert [one.interviewer for one in made] == [mara]
