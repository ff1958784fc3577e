"""Somebody else asks: letters and calendars of all three, and nothing of what was meant for another."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from postmortems.accounts.models import User
from postmortems.audit.models import Entry
from postmortems.incidents.actions import add_participant
from postmortems.interviews.handing import actions
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.inviting import links
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, Note, Question
from postmortems.interviews.refusals import NotPossible
from postmortems.notices.models import Letter
from tests import make
from tests.test_vectors_everywhere import assert_runs_nothing
from tests.vectors import TAGS_THAT_RUN

pytestmark = pytest.mark.django_db
NOW = make.T0 + timedelta(days=1, hours=14)  # Thursday 12 March 2026, 08:00 UTC
AT = datetime(2026, 3, 13, 10, 0, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
WHY = "Bob is on leave from tomorrow"


@pytest.fixture
def gus(cast):
    person = add_participant(
        incident=cast.incident, by=cast.alice, name="Gus", role="Support", email="gus@example.org"
    )
    person.hours = WEEK
    person.save()
    for user in (cast.bob, cast.alice, cast.rev):
        user.hours = WEEK
        user.save()
    return person


@pytest.fixture
def proposed(cast, gus) -> Interview:
    return make.interview(
        cast.incident, interviewer=cast.bob, participant=gus, state="proposed", invited_at=None,
        starts_at=AT, ends_at=AT + timedelta(minutes=45), why="was paged first",
    )  # fmt: skip


@pytest.fixture
def invited(cast, proposed) -> Interview:
    """Both have read their letters."""
    inviting.invite(interview=proposed, by=cast.alice, now=NOW)
    read_mail()
    proposed.refresh_from_db()
    return proposed


def read_mail() -> None:
    Letter.objects.filter(state="waiting").update(state="sent", sent_at=NOW + timedelta(hours=1))


def hand_over(cast, interview: Interview, to: User | None = None, reason: str = WHY) -> Interview:
    return actions.hand_over(
        interview=interview, by=cast.alice, to=to or cast.rev, reason=reason, now=NOW + timedelta(hours=2)
    )


def new_letters(to: str) -> list[Letter]:
    return list(Letter.objects.filter(to=to, state="waiting").order_by("pk"))


def event(letter: Letter):
    return Calendar.from_ical(bytes(letter.calendar)).walk("VEVENT")[0]


def test_the_interviewee_is_told_and_asked_anew(cast, invited):
    made = hand_over(cast, invited)
    told, asked = new_letters("gus@example.org")
    assert (told.calendar_method, asked.calendar_method) == ("CANCEL", "REQUEST")
    assert WHY in told.text
    assert "Rev" in told.subject
    assert event(told)["uid"] == f"{invited.uid}@second-story"
    assert event(told)["sequence"] == 1
    assert event(told)["organizer"] == "mailto:bob@example.org"
    assert event(asked)["uid"] == f"{made.uid}@second-story" != event(told)["uid"]
    assert event(asked)["organizer"] == "mailto:rev@example.org"
    assert event(asked)["dtstart"].dt == AT
    assert asked.reply_to == "rev@example.org"
    assert links.interview_of(re.search(r"/answer/(\S+)/", asked.text)[1]) == made
    assert (made.state, made.starts_at, made.kept) == ("invited", AT, True)
    invited.refresh_from_db()
    assert invited.state == "cancelled"


def test_both_interviewers_are_told(cast, invited):
    made = hand_over(cast, invited)
    (former,) = new_letters("bob@example.org")
    assert WHY in former.text
    assert (former.calendar_method, event(former)["uid"]) == ("CANCEL", f"{invited.uid}-host@second-story")
    (new,) = new_letters("rev@example.org")
    assert (new.calendar_method, event(new)["uid"]) == ("REQUEST", f"{made.uid}-host@second-story")


def test_an_accepted_conversation_is_asked_for_once_more(cast, invited):
    inviting.answer(interview=invited, how="accept", now=NOW + timedelta(hours=1))
    made = hand_over(cast, invited)
    assert (made.state, made.answered_at) == ("invited", None)


def test_of_a_proposal_nobody_hears(cast, proposed):
    made = hand_over(cast, proposed)
    assert not Letter.objects.exists()
    assert (made.state, made.starts_at, made.interviewer) == ("proposed", AT, cast.rev)
    assert list(cast.incident.interviews.all()) == [made]


def test_a_letter_that_never_left_is_never_sent(cast, proposed):
    inviting.invite(interview=proposed, by=cast.alice, now=NOW)
    hand_over(cast, proposed)
    (asked,) = new_letters("gus@example.org")
    assert asked.calendar_method == "REQUEST"
    assert "Bob" not in asked.text


def test_a_time_that_does_not_suit_has_to_be_found_again(client, cast, invited):
    make.interview(
        cast.incident, interviewer=cast.rev, participant=cast.incident.participants.get(user=cast.ian),
        state="accepted", starts_at=AT, ends_at=AT + timedelta(minutes=45),
    )  # fmt: skip
    made = hand_over(cast, invited)
    assert (made.state, made.starts_at) == ("proposed", None)
    (told,) = new_letters("gus@example.org")
    assert told.calendar_method == "CANCEL"
    assert "when there is a new one" in told.text
    assert not new_letters("rev@example.org")


def test_a_time_that_was_turned_down_is_not_kept(cast, invited):
    inviting.answer(interview=invited, how="move", wishes="only mornings, my child is ill", now=NOW)
    made = hand_over(cast, invited)
    assert (made.starts_at, made.wishes) == (None, "")


def test_nothing_meant_for_another_is_seen(client, cast, invited, time_machine):
    time_machine.move_to(NOW + timedelta(hours=3))
    Question.objects.create(interview=invited, text="How did the alarm reach you?")
    inviting.answer(interview=invited, how="move", wishes="only mornings, my child is ill", now=NOW)
    made = hand_over(cast, invited)
    assert not Question.objects.visible_to(cast.rev).exists()
    assert Question.objects.visible_to(cast.bob).exists()
    client.force_login(cast.rev)
    page = client.get(reverse("interviews:conduct", args=[cast.incident.ref, made.pk])).content.decode()
    board = client.get(reverse("interviews:board", args=[cast.incident.ref])).content.decode()
    for words in ("How did the alarm reach you?", "my child is ill"):
        assert words not in page + board
    former = reverse("interviews:conduct", args=[cast.incident.ref, invited.pk])
    assert client.get(former).status_code == 404
    assert client.get(links.address_of(invited).removeprefix("http://localhost:8000")).status_code == 410


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"began_at": NOW}, "has begun. What was said to Bob stays there."),
        ({"state": "writing"}, "Gus writes for Bob, and that stays between the two."),
        ({"state": "done", "done_at": NOW}, "over"),
        ({"state": "declined"}, "over"),
        ({"state": "cancelled"}, "over"),
    ],
)
def test_only_before_the_conversation_has_begun(cast, invited, change, said):
    Interview.objects.filter(pk=invited.pk).update(**change)
    with pytest.raises(NotPossible, match=said):
        hand_over(cast, invited)
    assert cast.incident.interviews.count() == 1


def test_not_once_something_is_written_down(cast, invited):
    listening.save_note(interview=invited, by=cast.bob, body="quiet at first", version=0, now=NOW)
    with pytest.raises(NotPossible, match="has begun"):
        hand_over(cast, invited)
    Note.objects.all().delete()
    hand_over(cast, invited)


def test_not_without_a_reason_nor_to_those_who_cannot(cast, invited):
    with pytest.raises(NotPossible, match="Say in a few words why"):
        hand_over(cast, invited, reason=" \x00 ")
    with pytest.raises(NotPossible, match="asks already"):
        hand_over(cast, invited, cast.bob)
    with pytest.raises(NotPossible, match="account of Gone is closed"):
        hand_over(cast, invited, cast.gone)
    with pytest.raises(NotPossible, match="Nobody interviews themselves"):
        hand_over(cast, make.interview(cast.incident, interviewer=cast.bob), cast.ian)


def test_the_reason_is_kept_in_the_history(cast, invited):
    hand_over(cast, invited)
    entry = Entry.objects.get(verb="interview.handed_over")
    assert entry.sentence == "asked Rev to hold the conversation with Gus"
    assert entry.data["reason"] == WHY


def test_on_the_page(client, cast, invited, time_machine):
    time_machine.move_to(NOW + timedelta(hours=2))
    client.force_login(cast.alice)
    where = reverse("interviews:hand_over", args=[cast.incident.ref, invited.pk])
    assert where in client.get(reverse("interviews:board", args=[cast.incident.ref])).content.decode()
    page = client.get(where).content.decode()
    assert "Rev" in page
    assert "is asked anew, and both are told why" in page
    nobody = client.post(where, {"reason": "a <b>reason</b>"}).content.decode()
    assert "Choose who asks instead." in nobody
    assert "a &lt;b&gt;reason" in nobody
    outsider = client.post(where, {"to": cast.mel.pk, "reason": WHY}).content.decode()
    assert "Choose who asks instead." in outsider
    done = client.post(where, {"to": cast.rev.pk, "reason": WHY}, follow=True)
    assert "Rev asks Gus now. Whoever knew of it is told." in done.content.decode()
    assert client.get(where).status_code == 404


def test_a_reason_runs_nothing_in_letters(cast, invited):
    made = invited
    for number, words in enumerate(TAGS_THAT_RUN[::4]):
        made = hand_over(cast, made, (cast.rev, cast.bob)[number % 2], reason=words)
        for letter in Letter.objects.filter(state="waiting"):
            body = re.sub(r"(?s)<head>.*?</head>", "", letter.html).replace("<!doctype html>", "")
            assert_runs_nothing(body)
        read_mail()
