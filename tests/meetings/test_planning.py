"""A meeting is planned with reasons where it goes against a rule, and its letters go once, to the right people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.incidents import actions as incidents
from postmortems.interviews.inviting import appointments, busy
from postmortems.meetings.models import Meeting
from postmortems.meetings.planning import actions
from postmortems.meetings.planning.proposing import proposals
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.notices import post
from postmortems.notices.models import Letter
from tests import make

# A Friday noon in UTC, three days after the first moment; the meeting is on the Friday after it.
NOW = make.T0.replace(hour=12) + timedelta(days=3)
DAY = timedelta(days=1)


@pytest.fixture
def meeting(cast) -> Meeting:
    return make.meeting(
        cast.incident, now=NOW, starts_at=NOW + 7 * DAY, facilitator=cast.alice, note_taker=cast.bob
    )


def plan_of(meeting: Meeting, **changes) -> actions.Plan:
    given = {
        "starts_at": meeting.starts_at, "minutes": meeting.minutes, "place": meeting.place,
        "facilitator": meeting.facilitator, "note_taker": meeting.note_taker, "early_reason": "",
    }  # fmt: skip
    return actions.Plan(**(given | changes))


def change(meeting: Meeting, by, **changes) -> Meeting:
    meeting.refresh_from_db()
    return actions.change(
        meeting=meeting, by=by, plan=plan_of(meeting, **changes), version=meeting.version, now=NOW
    )


def letters() -> list[tuple[str, str, str]]:
    rows = Letter.objects.exclude(state="withdrawn").order_by("pk")
    return [(row.to.split("@")[0], row.calendar_method, row.state) for row in rows]


def deliver(at: datetime) -> None:
    for letter in Letter.objects.filter(state="waiting").order_by("pk"):
        post.deliver(letter.pk, now=at)


# --- the plan ---------------------------------------------------------------------------------------


def test_everybody_whom_it_concerns_is_on_its_list_and_nobody_is_written_to(cast, meeting):
    assert {str(one) for one in meeting.attendances.all()} == {"Alice", "Apo", "Bob", "Ian"}
    assert Letter.objects.count() == 0
    assert "## Walk along the line (33 min)" in meeting.agenda


def test_who_took_part_does_not_lead_it(cast):
    with pytest.raises(NotPossible, match="Ian took part in the incident"):
        make.meeting(cast.incident, now=NOW, facilitator=cast.ian)


def test_who_cannot_write_in_the_review_does_not_lead_it(cast):
    with pytest.raises(NotPossible, match="Add them to the circle first"):
        make.meeting(cast.incident, now=NOW, facilitator=cast.mel)


def test_notes_are_taken_by_somebody_else(cast):
    with pytest.raises(NotPossible, match="somebody else take the notes"):
        make.meeting(cast.incident, now=NOW, facilitator=cast.alice, note_taker=cast.alice)


def test_people_have_a_day_to_read_the_draft_or_there_is_a_reason(cast):
    soon = NOW + DAY - timedelta(minutes=1)
    with pytest.raises(NotPossible, match="a day to read"):
        make.meeting(cast.incident, now=NOW, starts_at=soon)
    assert Meeting.objects.count() == 0
    made = make.meeting(cast.incident, now=NOW, starts_at=soon, early_reason="Everybody is here today only")
    assert made.early_reason == "Everybody is here today only"


def test_a_draft_that_was_sent_lets_the_meeting_be_a_day_later(cast, meeting):
    actions.send_draft(meeting=meeting, by=cast.alice, now=NOW)
    later = NOW + DAY / 2
    meeting.refresh_from_db()
    moved = actions.change(
        meeting=meeting,
        by=cast.alice,
        plan=plan_of(meeting, starts_at=NOW + DAY),
        version=meeting.version,
        now=later,
    )
    assert moved.starts_at == NOW + DAY


def test_there_is_one_planned_meeting(cast, meeting):
    with pytest.raises(NotPossible, match="planned already"):
        make.meeting(cast.incident, now=NOW)


@pytest.mark.parametrize("minutes", [0, 14, 241, 10**6])
def test_a_meeting_is_neither_a_moment_nor_a_week(cast, minutes):
    with pytest.raises(NotPossible, match="between"):
        make.meeting(cast.incident, now=NOW, minutes=minutes)


def test_two_people_who_change_it_do_not_overwrite_each_other(cast, meeting):
    version = meeting.version
    actions.change(
        meeting=meeting, by=cast.alice, plan=plan_of(meeting, place="Room Wren"), version=version, now=NOW
    )
    with pytest.raises(Stale) as stale:
        actions.change(
            meeting=meeting, by=cast.bob, plan=plan_of(meeting, place="Attic"), version=version, now=NOW
        )
    assert stale.value.standing.place == "Room Wren"


# --- letters ----------------------------------------------------------------------------------------


def test_each_is_asked_once_at_a_decent_hour_of_theirs(cast):
    cast.ian.zone = "Asia/Tokyo"
    cast.ian.save()
    meeting = make.meeting(cast.incident, now=NOW, starts_at=NOW + 7 * DAY, facilitator=cast.alice)
    assert actions.invite(meeting=meeting, by=cast.alice, now=NOW) == 4
    assert actions.invite(meeting=meeting, by=cast.alice, now=NOW) == 0
    assert {(to, method) for to, method, _ in letters()} == {
        (name, "REQUEST") for name in ("alice", "apo", "bob", "ian")
    }
    waits = Letter.objects.get(to="ian@example.org")
    assert waits.next_try_at == datetime(2026, 3, 16, 0, tzinfo=UTC)  # Monday, nine in Tokyo
    deliver(NOW)
    assert {to for to, _, state in letters() if state == "sent"} == {"alice", "apo", "bob"}


def test_the_same_instant_in_both_zones(cast, meeting):
    cast.ian.zone = "Asia/Kathmandu"
    cast.ian.save()
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    letter = Letter.objects.get(to="ian@example.org")
    assert "Friday, 20 March 2026, 17:45 to 18:45 Asia/Kathmandu" in letter.text
    assert "Friday, 20 March 2026, 12:00 to 13:00 UTC" in letter.text
    event = icalendar.Calendar.from_ical(bytes(letter.calendar)).walk("VEVENT")[0]
    assert event["dtstart"].dt == meeting.starts_at
    assert str(event["location"]) == "Room Lark"
    assert [str(event["attendee"])] == ["mailto:ian@example.org"]
    assert meeting.incident.title not in str(event["summary"])


def test_a_move_updates_and_a_cancellation_takes_back_with_rising_sequence(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    change(meeting, cast.alice, starts_at=meeting.starts_at + DAY, early_reason="")
    deliver(NOW)
    actions.cancel(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    rows = Letter.objects.filter(to="apo@example.org").order_by("pk")
    events = [icalendar.Calendar.from_ical(bytes(row.calendar)).walk("VEVENT")[0] for row in rows]
    assert [row.calendar_method for row in rows] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["uid"]) for event in events}) == 1
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    assert "has changed" in rows[1].subject


def test_a_letter_that_still_waits_is_replaced_and_one_that_never_left_needs_no_taking_back(cast, meeting):
    night = NOW.replace(hour=23)
    actions.invite(meeting=meeting, by=cast.alice, now=night)
    meeting.refresh_from_db()
    plan = plan_of(meeting, place="Room Wren")
    actions.change(meeting=meeting, by=cast.alice, plan=plan, version=meeting.version, now=night)
    assert [(to, method) for to, method, _ in letters() if to == "apo"] == [("apo", "REQUEST")]
    assert "you are welcome" in Letter.objects.get(to="apo@example.org", state="waiting").subject
    actions.cancel(meeting=meeting, by=cast.alice, now=night)
    assert letters() == []


def test_a_change_of_who_leads_it_writes_to_nobody_who_knows_already(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    before = letters()
    change(meeting, cast.alice, facilitator=cast.rev)
    assert [row for row in letters() if row not in before] == [("rev", "REQUEST", "waiting")]


def test_the_night_before_a_move_does_not_wait_for_the_morning_after(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    eve = meeting.starts_at.replace(hour=1)
    meeting.refresh_from_db()
    plan = plan_of(meeting, starts_at=meeting.starts_at.replace(hour=3), early_reason="The room burns")
    actions.change(meeting=meeting, by=cast.alice, plan=plan, version=meeting.version, now=eve)
    assert {row.next_try_at for row in Letter.objects.filter(state="waiting")} == {eve}


def test_nobody_is_invited_to_a_time_that_has_passed(cast, meeting):
    with pytest.raises(NotPossible, match="has passed"):
        actions.invite(meeting=meeting, by=cast.alice, now=meeting.ends_at)


def test_somebody_has_to_lead_it_before_people_are_asked(cast):
    meeting = make.meeting(cast.incident, now=NOW)
    with pytest.raises(NotPossible, match="who leads"):
        actions.invite(meeting=meeting, by=cast.alice, now=NOW)


def test_a_person_without_an_account_is_asked_by_name_and_address(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    actions.add_person(
        meeting=meeting, by=cast.alice, name="Guest", email="guest@example.org", zone="Europe/Oslo", now=NOW
    )
    letter = Letter.objects.get(to="guest@example.org")
    assert "13:00 to 14:00 Europe/Oslo" in letter.text
    with pytest.raises(NotPossible, match="already"):
        actions.add_person(meeting=meeting, by=cast.alice, name="Again", email="GUEST@example.org", now=NOW)


def test_the_draft_goes_to_those_who_may_read_it(cast, meeting):
    actions.add_person(meeting=meeting, by=cast.alice, name="Guest", email="guest@example.org", now=NOW)
    actions.add_person(meeting=meeting, by=cast.alice, user=cast.mel, now=NOW)
    assert actions.send_draft(meeting=meeting, by=cast.alice, now=NOW) == 4
    assert {row.to.split("@")[0] for row in Letter.objects.all()} == {"alice", "apo", "bob", "ian"}


# --- coming and staying away ------------------------------------------------------------------------


def test_anybody_who_may_know_of_the_incident_may_come(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    night = NOW.replace(hour=23)
    row = actions.come(meeting=meeting, by=cast.rita, now=night)
    assert row.coming is True
    assert Letter.objects.get(to="rita@example.org").next_try_at == night  # it answers her own click
    actions.come(meeting=meeting, by=cast.rita, now=night)
    assert Letter.objects.filter(to="rita@example.org").count() == 1


def test_who_stays_away_has_it_out_of_the_calendar_and_is_asked_no_more(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    actions.stay_away(meeting=meeting, by=cast.apo, now=NOW)
    actions.stay_away(meeting=meeting, by=cast.apo, now=NOW)
    deliver(NOW)
    change(meeting, cast.alice, starts_at=meeting.starts_at + DAY)
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    actions.cancel(meeting=meeting, by=cast.alice, now=NOW)
    assert [method for to, method, _ in letters() if to == "apo"] == ["REQUEST", "CANCEL"]


def test_who_changes_their_mind_is_told_again(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    actions.stay_away(meeting=meeting, by=cast.apo, now=NOW)
    deliver(NOW)
    actions.come(meeting=meeting, by=cast.apo, now=NOW)
    deliver(NOW)
    rows = list(Letter.objects.filter(to="apo@example.org").order_by("pk"))
    assert [row.calendar_method for row in rows] == ["REQUEST", "CANCEL", "REQUEST"]
    events = [icalendar.Calendar.from_ical(bytes(row.calendar)).walk("VEVENT")[0] for row in rows]
    assert [event["sequence"] for event in events] == [1, 2, 3]
    assert "you are welcome" in rows[-1].subject


def test_a_yes_to_one_time_is_none_to_another(cast, meeting):
    actions.come(meeting=meeting, by=cast.apo, now=NOW)
    change(meeting, cast.alice, starts_at=meeting.starts_at + DAY)
    assert meeting.attendances.get(user=cast.apo).coming is None


def test_it_stands_in_the_calendars_of_those_who_were_told(cast, meeting):
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    actions.stay_away(meeting=meeting, by=cast.apo, now=NOW)
    span = (meeting.starts_at - DAY, meeting.starts_at + DAY)
    found = [
        one
        for one in appointments.of([cast.ian.pk, cast.apo.pk, cast.mel.pk], *span)
        if one.word == "Review meeting"
    ]
    assert [(one.user_id, one.start, one.tentative) for one in found] == [
        (cast.ian.pk, meeting.starts_at, True)
    ]
    assert busy.of([cast.ian], [], *span)[f"u{cast.ian.pk}"] == [(meeting.starts_at, meeting.ends_at)]


# --- times ------------------------------------------------------------------------------------------


def test_times_are_proposed_in_hours_that_fit_everybody_who_is_concerned(cast):
    cast.ian.zone = "Asia/Kolkata"
    cast.ian.save()
    found = proposals(cast.incident, minutes=60, needed=[cast.alice], meeting=None, now=NOW)
    assert found
    assert all(slot.start >= NOW + DAY and not slot.without for slot in found)
    # 09:00 UTC is 14:30 in Kolkata: the mornings of one are the afternoons of the other
    assert {slot.start.hour for slot in found} <= {9, 10, 11}


def test_times_come_after_the_last_conversation(cast):
    held = make.interview(
        cast.incident, starts_at=NOW + 4 * DAY, ends_at=NOW + 4 * DAY + timedelta(minutes=45)
    )
    found = proposals(cast.incident, minutes=60, needed=[], meeting=None, now=NOW)
    assert all(slot.start >= held.ends_at + DAY for slot in found)


# --- pages ------------------------------------------------------------------------------------------


def test_planning_on_the_page(cast, client):
    client.force_login(cast.alice)
    address = reverse("meetings:plan", args=[cast.incident.ref])
    start = (timezone.now() + 3 * DAY).replace(hour=10, minute=0, second=0, microsecond=0)
    page = client.get(address).content.decode()
    assert "Times that fit" in page
    assert "Ian –" not in page  # no facilitator among those who took part
    form = {
        "at": start.strftime("%Y-%m-%dT%H:%M"),
        "minutes": 45,
        "facilitator": cast.rev.pk,
        "note_taker": cast.bob.pk,
        "place": "Attic",
    }
    assert client.post(address, form).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.minutes, meeting.facilitator) == (start, 45, cast.rev)
    page = client.get(reverse("meetings:meeting", args=[cast.incident.ref])).content.decode()
    assert "Walk along the line" in page
    assert "Attic" in page


def test_a_time_too_soon_asks_for_a_reason_beside_its_field(cast, client):
    client.force_login(cast.alice)
    address = reverse("meetings:plan", args=[cast.incident.ref])
    start = timezone.now() + timedelta(hours=2)
    form = {"at": start.strftime("%Y-%m-%dT%H:%M"), "minutes": 60}
    answer = client.post(address, form)
    assert "takes a reason" in answer.content.decode()
    assert Meeting.objects.count() == 0
    client.post(address, form | {"early_reason": "All are in one room today"})
    assert Meeting.objects.get().early_reason == "All are in one room today"


@pytest.mark.parametrize(
    "given",
    [
        {"at": "yesterday"}, {"at": ""}, {"at": "9999-12-31T23:59"}, {"at": "0001-01-01T00:00"}, {"minutes": "x"},
        {"facilitator": "x"}, {"facilitator": "999999"}, {"minutes": "-1"}, {"place": "x" * 400}, {"place": "\x00"}, {"version": "x"},
    ],
)  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(cast, client, given):
    client.force_login(cast.alice)
    address = reverse("meetings:plan", args=[cast.incident.ref])
    form = {"at": "2027-03-20T10:00", "minutes": 60} | given
    assert client.post(address, form).status_code in (200, 302)
    assert client.get(address, form).status_code == 200


def test_who_may_only_see_the_incident_sees_when_and_where_and_no_agenda(cast, client):
    make.meeting(
        cast.incident, now=timezone.now(), starts_at=timezone.now() + 7 * DAY, facilitator=cast.alice
    )
    client.force_login(cast.rita)
    page = client.get(reverse("meetings:meeting", args=[cast.incident.ref])).content.decode()
    assert "Room Lark" in page
    assert "I will come" in page
    assert "Walk along the line" not in page
    assert "Apo" not in page


def test_a_facilitator_who_turns_out_to_have_taken_part_is_told_on_the_page(cast, client, meeting):
    incidents.add_participant(incident=cast.incident, by=cast.bob, name="", user=cast.alice, role="Observer")
    client.force_login(cast.alice)
    page = client.get(reverse("meetings:meeting", args=[cast.incident.ref])).content.decode()
    assert "Alice took part in the incident" in page


def test_a_meeting_that_was_never_planned_is_no_page_to_post_to(cast, client):
    client.force_login(cast.alice)
    for name in ("invite", "cancel", "send_draft", "come", "held", "park", "anew"):
        assert client.post(reverse(f"meetings:{name}", args=[cast.incident.ref])).status_code == 404


def test_pages_ask_the_same_number_of_questions_of_one_and_of_many(
    cast, client, meeting, django_assert_max_num_queries
):
    client.force_login(cast.alice)
    for n in range(20):
        actions.add_person(
            meeting=meeting, by=cast.alice, name=f"Guest {n}", email=f"g{n}@example.org", now=NOW
        )
        make.item(cast.incident, f"Idea number {n} of this", status="parked")
    for name in ("meeting", "room", "plan", "decide"):
        with django_assert_max_num_queries(45):
            assert client.get(reverse(f"meetings:{name}", args=[cast.incident.ref])).status_code == 200


def test_the_home_page_asks_until_there_is_an_answer(cast, client):
    now = timezone.now()
    meeting = make.meeting(cast.incident, now=now, starts_at=now + 7 * DAY, facilitator=cast.alice)
    client.force_login(cast.ian)
    asks = "You are asked to the review meeting"
    assert asks not in client.get(reverse("home")).content.decode()
    actions.invite(meeting=meeting, by=cast.alice, now=now)
    assert asks in client.get(reverse("home")).content.decode()
    client.post(reverse("meetings:come", args=[cast.incident.ref]), {"coming": "yes"})
    assert asks not in client.get(reverse("home")).content.decode()


def test_board_and_overview_lead_to_the_meeting(cast, client):
    client.force_login(cast.alice)
    where = reverse("meetings:meeting", args=[cast.incident.ref])
    for name in ("interviews:board", "desk:overview"):
        page = client.get(reverse(name, args=[cast.incident.ref])).content.decode()
        assert page.count(where) >= 2, name  # a tab, and where it is spoken of


def test_a_restricted_incident_is_not_told_to_those_outside_its_circle(cast, restricted):
    meeting = make.meeting(restricted, now=NOW, starts_at=NOW + 7 * DAY, facilitator=cast.alice)
    with pytest.raises(NotPossible, match="cannot see"):
        actions.add_person(meeting=meeting, by=cast.alice, user=cast.mel, now=NOW)
    incidents.add_to_circle(incident=restricted, by=cast.alice, user=cast.mel, role="participant")
    actions.add_person(meeting=meeting, by=cast.alice, user=cast.mel, now=NOW)
    actions.invite(meeting=meeting, by=cast.alice, now=NOW)
    deliver(NOW)
    letter = Letter.objects.get(to="mel@example.org")
    assert restricted.title not in letter.text + letter.subject + bytes(letter.calendar).decode()
    incidents.remove_from_circle(member=restricted.circle.get(user=cast.mel), by=cast.alice)
    change(meeting, cast.alice, starts_at=meeting.starts_at + DAY)
    span = (NOW, NOW + 20 * DAY)
    assert [one for one in appointments.of([cast.mel.pk], *span) if one.word == "Review meeting"] == []
    actions.cancel(meeting=meeting, by=cast.alice, now=NOW)
    assert [method for to, method, _ in letters() if to == "mel"] == ["REQUEST", "CANCEL"]


def test_who_joined_the_review_later_is_told_to_be_missing_on_the_list(cast, client):
    now = timezone.now()
    make.meeting(cast.incident, now=now, starts_at=now + 7 * DAY, facilitator=cast.alice)
    incidents.add_to_circle(incident=cast.incident, by=cast.alice, user=cast.mel, role="participant")
    client.force_login(cast.alice)
    page = client.get(reverse("meetings:meeting", args=[cast.incident.ref])).content.decode()
    assert "in the circle or the incident: Mel." in page
