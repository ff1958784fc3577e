"""From the letter to the answer, without a session: what each answer does, for the two and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from postmortems.incidents.actions import add_participant
from postmortems.interviews.inviting import actions, links, slots
from postmortems.interviews.models import BusyCalendar, Interview
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions as scheduling
from postmortems.notices.models import Letter
from tests import make

NOW = make.T0 + timedelta(days=1, hours=14)  # Thursday 12 March 2026, 08:00 UTC
AT = datetime(2026, 3, 13, 10, 0, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def gus(cast):
    """Somebody without an account."""
    person = add_participant(
        incident=cast.incident, by=cast.alice, name="Gus", role="Support", email="gus@example.org"
    )
    person.hours = WEEK
    person.save()
    return person


@pytest.fixture
def interview(cast, gus):
    cast.bob.hours = cast.ian.hours = WEEK
    cast.bob.save()
    cast.ian.save()
    made = make.interview(
        cast.incident, interviewer=cast.bob, participant=gus, state="proposed", invited_at=None,
        starts_at=AT, ends_at=AT + timedelta(minutes=45), why="was paged first",
    )  # fmt: skip
    actions.invite(interview=made, by=cast.bob, now=NOW)
    made.refresh_from_db()
    return made


@pytest.fixture
def page(client, interview, time_machine):
    time_machine.move_to(NOW + timedelta(hours=2))
    return links.address_of(interview).removeprefix("http://localhost:8000")


def letters(to: str, **such) -> list[Letter]:
    return list(Letter.objects.filter(to=to, **such).order_by("pk"))


def event(letter: Letter):
    return Calendar.from_ical(bytes(letter.calendar)).walk("VEVENT")[0]


def everybody_reads_their_mail(now=NOW + timedelta(hours=1)) -> None:
    Letter.objects.filter(state="waiting").update(state="sent", sent_at=now)


# --- the letter ---------------------------------------------------------------------------------------


def test_the_letter_says_why_who_sees_it_and_that_they_may_decline(interview):
    (letter,) = letters("gus@example.org")
    for words in ("was paged first", "no test", "two of you alone", "decline", "removed on", "write instead", "/answer/"):  # fmt: skip
        assert words in letter.text
    assert letter.next_try_at == NOW + timedelta(hours=1)  # 09:00 in their zone
    assert letter.reply_to == "bob@example.org"


def test_the_calendars_of_both(interview):
    theirs, hosts = event(letters("gus@example.org")[0]), event(letters("bob@example.org")[0])
    assert theirs["dtstart"].dt == hosts["dtstart"].dt == AT
    assert theirs["organizer"] == "mailto:bob@example.org"
    assert hosts["organizer"] == "mailto:second-story@localhost"
    assert [one.params["PARTSTAT"] for one in hosts["attendee"]] == ["ACCEPTED", "NEEDS-ACTION"]
    assert theirs["uid"] != hosts["uid"]


def test_of_a_restricted_incident_no_title_travels(cast, restricted):
    person = add_participant(
        incident=restricted, by=cast.alice, name="Gus", role="Support", email="gus@example.org"
    )
    one = make.interview(
        restricted, participant=person, state="proposed", invited_at=None, starts_at=AT, ends_at=AT + timedelta(minutes=45)
    )  # fmt: skip
    actions.invite(interview=one, by=cast.alice, now=NOW)
    for letter in letters("gus@example.org") + letters("alice@example.org"):
        assert restricted.title not in letter.subject + letter.text + letter.html + str(
            bytes(letter.calendar)
        )
        assert event(letter)["summary"] == "A conversation"


def test_nobody_is_invited_by_a_letter_that_comes_too_late(cast, interview):
    make_up = Interview.objects.filter(pk=interview.pk)
    make_up.update(state="proposed", invited_at=None)
    with pytest.raises(NotPossible, match="too late"):
        actions.invite(interview=interview, by=cast.bob, now=AT - timedelta(minutes=50))
    with pytest.raises(NotPossible, match="over"):
        actions.invite(interview=interview, by=cast.bob, now=AT)


# --- the page -----------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_leaves_no_copy(client, interview, page):
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    client.head(page)
    interview.refresh_from_db()
    assert interview.state == "invited"


def test_accepting(client, interview, page):
    everybody_reads_their_mail()
    client.post(page, {"what": "accept"})
    interview.refresh_from_db()
    assert interview.state == "accepted"
    agreed, told = letters("gus@example.org")[-1], letters("bob@example.org")[-1]
    assert agreed.reader is None  # their own click: at once
    assert told.reader is not None
    assert event(told)["sequence"] == 0
    assert [one.params["PARTSTAT"] for one in event(told)["attendee"]] == ["ACCEPTED", "ACCEPTED"]
    count = Letter.objects.count()
    client.post(page, {"what": "accept"})
    assert Letter.objects.count() == count, "the same answer again is no news"


def test_declining_is_the_last_letter(client, cast, interview, page):
    client.post(page, {"what": "decline"})
    assert [one.state for one in letters("gus@example.org")] == ["withdrawn"]
    told = letters("bob@example.org")[-1]
    assert "declined" in told.subject
    assert told.calendar is None, "neither of them had anything in a calendar yet"
    with pytest.raises(NotPossible, match="over"):
        actions.cancel(interview=interview, by=cast.bob, now=NOW)
    again = make.interview(
        cast.incident, interviewer=cast.bob, participant=interview.participant, state="proposed", invited_at=None,
        starts_at=AT + timedelta(days=3), ends_at=AT + timedelta(days=3, minutes=45),
    )  # fmt: skip
    with pytest.raises(NotPossible, match="not written to again"):
        actions.invite(interview=again, by=cast.bob, now=NOW)
    assert len(letters("gus@example.org")) == 1


def test_declining_after_the_letter_was_read_frees_the_calendar_of_the_interviewer(client, interview, page):
    everybody_reads_their_mail()
    client.post(page, {"what": "decline"})
    assert len(letters("gus@example.org")) == 1
    told = letters("bob@example.org")[-1]
    assert (told.calendar_method, event(told)["sequence"]) == ("CANCEL", 1)


def test_somebody_who_declined_can_think_again(client, interview, page):
    everybody_reads_their_mail()
    client.post(page, {"what": "decline"})
    client.post(page, {"what": "accept"})
    interview.refresh_from_db()
    assert interview.state == "accepted"
    assert event(letters("gus@example.org")[-1])["sequence"] == 2
    assert event(letters("bob@example.org")[-1])["sequence"] == 2


def test_thinking_again_too_late(client, cast, interview, page):
    client.post(page, {"what": "decline"})
    make.interview(cast.incident, interviewer=cast.bob, participant=interview.participant, state="invited")
    answer = client.post(page, {"what": "accept"})
    assert "newer invitation" in answer.content.decode()
    interview.refresh_from_db()
    assert interview.state == "declined"


def test_writing_instead(client, interview, page):
    everybody_reads_their_mail()
    client.post(page, {"what": "write"})
    letter = letters("gus@example.org")[-1]
    assert "/words/" in letter.text
    assert letter.calendar_method == "CANCEL"
    assert "/words/" not in client.get(page).content.decode(), "the key to the answer opens no other door"
    client.post(page, {"what": "words"})
    assert "/words/" in letters("gus@example.org")[-1].text


def test_none_fits_with_words_for_the_interviewer_alone(client, interview, page):
    everybody_reads_their_mail()
    client.post(page, {"what": "move", "wishes": "xylograph, after my leave"})
    interview.refresh_from_db()
    assert (interview.state, interview.wishes) == ("moving", "xylograph, after my leave")
    assert not Letter.objects.filter(text__contains="xylograph").exists()
    assert len(letters("gus@example.org")) == 1
    count = Letter.objects.count()
    client.post(page, {"what": "move", "wishes": "xylograph, in April"})
    interview.refresh_from_db()
    assert interview.wishes == "xylograph, in April"
    assert Letter.objects.count() == count


@pytest.mark.parametrize("what", ["", "bogus", "choose", "hours", "calendar"])
def test_nonsense_changes_nothing(client, interview, page, what):
    count = Letter.objects.count()
    assert client.post(page, {"what": what, "start": "now"}).status_code == 200
    interview.refresh_from_db()
    assert interview.state == "invited"
    assert Letter.objects.count() == count


# --- other times --------------------------------------------------------------------------------------


def test_only_times_that_fit_are_offered(cast, interview):
    cast.bob.hours = {"fri": [["11:00", "13:00"]], "mon": [["09:00", "17:00"]]}
    cast.bob.save()
    BusyCalendar.objects.create(
        participant=interview.participant, address=b"x", host="x",
        busy=[["2026-03-13T11:00:00+00:00", "2026-03-13T12:00:00+00:00"]],
    )  # fmt: skip
    fitting = slots.fitting(interview, now=NOW)
    friday = [start for start in fitting if start.date() == AT.date()]
    assert friday == [AT.replace(hour=12), AT.replace(hour=12, minute=15)]
    assert all(start.weekday() in (0, 4) for start in fitting)
    assert max(fitting) <= cast.incident.resolved_at + timedelta(hours=cast.incident.severity.fade_hours)


def test_a_chosen_time_binds_at_once_and_both_calendars_follow(client, interview, page):
    everybody_reads_their_mail()
    start = AT + timedelta(hours=3)
    assert start in slots.fitting(interview, now=NOW)
    client.post(page, {"what": "choose", "start": start.isoformat()})
    interview.refresh_from_db()
    assert (interview.state, interview.starts_at, interview.sequence) == ("accepted", start, 1)
    for to in ("gus@example.org", "bob@example.org"):
        letter = letters(to)[-1]
        assert (letter.calendar_method, event(letter)["sequence"]) == ("REQUEST", 1)
        assert event(letter)["dtstart"].dt == start
    assert letters("gus@example.org")[-1].reader is None


def test_of_two_who_choose_the_same_time_one_is_told_to_choose_again(client, cast, interview, page):
    other = make.interview(
        cast.incident, interviewer=cast.bob, starts_at=AT + timedelta(hours=4), ends_at=AT + timedelta(hours=4.75)
    )  # fmt: skip
    start = AT + timedelta(hours=2)
    actions.choose(interview=other, starts_at=start, now=NOW)
    answer = client.post(page, {"what": "choose", "start": start.isoformat()})
    assert "taken in the meantime" in answer.content.decode()
    interview.refresh_from_db()
    assert (interview.state, interview.starts_at) == ("invited", AT)


def test_a_time_by_night_cannot_be_smuggled_in(client, interview, page):
    for start in ("2026-03-13T03:00:00+00:00", "2026-03-14T11:00:00+00:00", "2026-03-13T11:07:00+00:00", "2026-03-13T11:00:00"):  # fmt: skip
        client.post(page, {"what": "choose", "start": start})
    interview.refresh_from_db()
    assert (interview.state, interview.starts_at) == ("invited", AT)


def test_of_many_times_a_few_are_shown_from_every_day():
    starts = [AT + timedelta(days=day, minutes=15 * slot) for day in range(5) for slot in range(28)]
    shown = slots.offered(starts)
    assert len(shown) <= slots.SHOWN
    assert {start.date() for start in shown} == {start.date() for start in starts}
    assert shown == sorted(shown)
    assert slots.offered([]) == []
    assert slots.offered(starts[:1]) == starts[:1]


def test_hours_without_an_account_count_at_once(client, interview, page):
    told = {"what": "hours", "zone": "Asia/Kathmandu", "mon_from": ["09:00"], "mon_to": ["12:00"]}
    client.post(page, told | {"sun_from": ["10:00", ""], "sun_to": ["14:00", ""]})
    person = interview.participant
    person.refresh_from_db()
    assert (person.zone, person.hours) == (
        "Asia/Kathmandu",
        {"mon": [["09:00", "12:00"]], "sun": [["10:00", "14:00"]]},
    )
    assert "Monday 09:00–12:00; Sunday 10:00–14:00, Asia/Kathmandu" in client.get(page).content.decode()
    for bad in ({"zone": "Nowhere"}, {"mon_from": ["25:00"]}, {"mon_from": ["13:00"]}, {"mon_to": ["x"]}):
        answer = client.post(page, told | {"zone": "UTC"} | bad)
        assert "This could not be saved yet" in answer.content.decode()
    client.post(page, told | {"same": "1"})
    person.refresh_from_db()
    assert (person.zone, list(person.hours)) == ("Asia/Kathmandu", ["mon", "sun"])


# --- the link -----------------------------------------------------------------------------------------


def test_the_link_is_revoked_by_cancelling(client, cast, interview, page):
    actions.cancel(interview=interview, by=cast.bob, now=NOW)
    for answer in (client.get(page), client.post(page, {"what": "accept"})):
        assert answer.status_code == 410
        assert cast.incident.title not in answer.content.decode()
    interview.refresh_from_db()
    assert interview.state == "cancelled"


def test_the_link_ends_with_the_window(client, interview, page, time_machine):
    ends = links.open_until(interview)
    assert f"{ends:%-d %B %Y}" in client.get(page).content.decode()
    time_machine.move_to(ends)
    assert client.get(page).status_code == 410
    assert client.post(page, {"what": "accept"}).status_code == 410


def test_a_key_opens_one_door_alone(client, interview, page):
    words = reverse("interviews:words_by_link", args=[links.key_of(interview)])
    assert client.get(words).status_code == 404
    assert client.get(page[:-3] + "x/").status_code == 404
    assert client.get(reverse("interviews:answer_by_link", args=["x" * 300])).status_code == 404


def test_nothing_opens_before_the_invitation(client, cast, interview, page):
    Interview.objects.filter(pk=interview.pk).update(invited_at=None, state="proposed")
    assert client.get(page).status_code == 404


# --- by the reviewer ----------------------------------------------------------------------------------


def test_an_invitation_withdrawn_before_it_left_is_never_sent(cast, interview):
    actions.cancel(interview=interview, by=cast.bob, now=NOW)
    assert [one.state for one in letters("gus@example.org")] == ["withdrawn"]
    # the interviewer's own went at once; here no worker took it, so that it is stopped as well
    assert [one.state for one in letters("bob@example.org")] == ["withdrawn"]


def test_who_knows_of_it_is_told_of_the_end(cast, interview):
    everybody_reads_their_mail()
    actions.cancel(interview=interview, by=cast.bob, now=NOW)
    theirs = letters("gus@example.org")
    assert [one.calendar_method for one in theirs] == ["REQUEST", "CANCEL"]
    assert event(theirs[-1])["sequence"] == 1
    assert theirs[-1].reader is not None


def test_a_cancellation_that_would_come_too_late_goes_at_once(cast, interview):
    everybody_reads_their_mail()
    evening = AT - timedelta(hours=14)
    Interview.objects.filter(pk=interview.pk).update(
        starts_at=AT - timedelta(hours=1, minutes=30), ends_at=AT
    )
    actions.cancel(interview=interview, by=cast.alice, now=evening)
    assert {one.reader is None for one in Letter.objects.filter(calendar_method="CANCEL")} == {True}


def test_moving_before_the_letter_left_makes_one_invitation_of_it(cast, interview):
    scheduling.set_time(interview=interview, by=cast.bob, starts_at=AT + timedelta(hours=2), now=NOW)
    theirs = letters("gus@example.org")
    assert [one.state for one in theirs] == ["withdrawn", "waiting"]
    assert "was paged first" in theirs[-1].text
    assert event(theirs[-1])["sequence"] == 1


def test_an_invitation_is_sent_once(cast, interview):
    with pytest.raises(NotPossible, match="sent already"):
        actions.invite(interview=interview, by=cast.alice, now=NOW)
    assert Letter.objects.count() == 2


def test_a_new_time_and_the_end_follow_with_higher_numbers(cast, interview):
    everybody_reads_their_mail()
    scheduling.set_time(interview=interview, by=cast.bob, starts_at=AT + timedelta(hours=2), now=NOW)
    everybody_reads_their_mail()
    actions.cancel(interview=interview, by=cast.bob, now=NOW)
    for to in ("gus@example.org", "bob@example.org"):
        found = letters(to)
        assert [one.calendar_method for one in found] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [event(one)["sequence"] for one in found] == [0, 1, 2]
        assert len({str(event(one)["uid"]) for one in found}) == 1
    assert "new time" in letters("gus@example.org")[1].subject


# --- my conversations ---------------------------------------------------------------------------------


def test_each_of_the_two_finds_it_under_my_conversations(client, cast, interview):
    mine = make.interview(cast.incident, interviewer=cast.bob)
    where = reverse("interviews:mine")
    client.force_login(cast.ian)
    assert (
        reverse("interviews:answer", args=[cast.incident.ref, mine.pk]) in client.get(where).content.decode()
    )
    client.force_login(cast.bob)
    page = client.get(where).content.decode()
    assert page.count("You listen") == 1
    assert reverse("interviews:conduct", args=[cast.incident.ref, interview.pk]) in page
    client.force_login(cast.mel)
    assert cast.incident.ref not in client.get(where).content.decode()


def test_a_letter_that_does_not_get_through_is_told_to_the_interviewer(client, cast, interview):
    client.force_login(cast.bob)
    where = reverse("interviews:mine")
    assert "has not gone out" not in client.get(where).content.decode()
    Letter.objects.filter(to="gus@example.org").update(tries=3, trouble="refused")
    page = client.get(where).content.decode()
    assert "has not gone out" in page
    assert "refused" not in page


def test_an_hour_before_for_the_interviewer(client, cast, interview, time_machine):
    time_machine.move_to(NOW)
    client.force_login(cast.bob)
    where = reverse("interviews:remind_me", args=[interview.pk])
    client.post(where, {"hour_before": "1"})
    interview.refresh_from_db()
    assert (interview.hour_before_host, interview.hour_before_person) == (True, False)
    client.force_login(cast.alice)
    assert client.post(where, {"hour_before": "0"}).status_code == 404


def test_the_number_of_queries_does_not_grow(client, cast, interview, page):
    client.force_login(cast.bob)

    def asked(where: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(where).status_code == 200
        return len(found)

    asked(page)  # the first look fills what is kept for all
    before = asked(page), asked(reverse("interviews:mine"))
    for number in range(6):
        person = add_participant(
            incident=cast.incident, by=cast.alice, name=f"P{number}", role="Support", email=f"p{number}@example.org"
        )  # fmt: skip
        make.interview(cast.incident, interviewer=cast.bob, participant=person)
    assert (asked(page), asked(reverse("interviews:mine"))) == before
    assert before[0] <= 25
