"""A letter that the mail server refuses: the board says so, and what to do; then it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from postmortems.incidents.actions import add_participant
from postmortems.interviews.delivering import actions
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.models import Interview
from postmortems.interviews.refusals import NotPossible
from postmortems.notices import post
from postmortems.notices.models import Letter
from tests import make
from tests.notices.office import office

pytestmark = pytest.mark.django_db
NOW = make.T0 + timedelta(days=1, hours=16)  # Thursday 12 March 2026, 10:00 UTC
AT = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
NOBODY = "SMTPRecipientsRefused: {'gus@exmaple.org': (550, b'5.1.1 no such person')}"


@pytest.fixture
def mail(settings):
    """A mail server that knows everybody but who writes exmaple for example."""
    with office() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        server.knows = lambda recipient: "exmaple" not in recipient
        yield server


@pytest.fixture
def interview(cast, time_machine) -> Interview:
    time_machine.move_to(NOW)
    gus = add_participant(
        incident=cast.incident, by=cast.alice, name="Gus", role="Support", email="gus@exmaple.org"
    )
    made = make.interview(
        cast.incident, interviewer=cast.bob, participant=gus, state="proposed", invited_at=None,
        starts_at=AT, ends_at=AT + timedelta(minutes=45),
    )  # fmt: skip
    inviting.invite(interview=made, by=cast.alice, now=NOW)
    made.refresh_from_db()
    return made


@pytest.fixture
def board(client, cast, interview):
    """The page as its lead sees it."""
    client.force_login(cast.alice)
    where = reverse("interviews:board", args=[cast.incident.ref])
    return lambda: client.get(where).content.decode()


def again(client, interview, **given):
    where = reverse("interviews:send_again", args=[interview.incident.ref, interview.pk])
    return client.post(where, given, follow=True).content.decode()


def send_all() -> None:
    for letter in Letter.objects.filter(state="waiting"):
        post.deliver(letter.pk, now=timezone.now())


def refused(**such) -> None:
    Letter.objects.filter(to="gus@exmaple.org").update(tries=1, trouble=NOBODY, **such)


def test_from_a_refused_letter_to_one_that_arrives(client, mail, interview, board):
    assert "not delivered" not in board()
    send_all()
    page = board()
    assert "The invitation has not reached Gus." in page
    assert "does not know" in page
    assert 'value="gus@exmaple.org"' in page
    assert "is no e-mail address" in again(client, interview, email="gus at example")
    assert "The letter is on its way again." in again(client, interview, email="gus@example.org")
    send_all()
    assert [to for to, _ in mail.taken].count("gus@example.org") == 1
    assert "not delivered" not in board()
    letter = Letter.objects.get(to="gus@example.org")
    event = Calendar.from_ical(bytes(letter.calendar)).walk("VEVENT")[0]
    assert (letter.calendar_method, event["attendee"]) == ("REQUEST", "mailto:gus@example.org")
    assert Letter.objects.get(to="gus@exmaple.org").state == "withdrawn"


def test_a_mail_server_that_is_away_needs_patience_alone(board):
    Letter.objects.filter(to="gus@exmaple.org").update(tries=3, trouble="ConnectionRefusedError: 111")
    page = board()
    assert "has not taken it since" in page
    assert "Send again" not in page
    Letter.objects.filter(to="gus@exmaple.org").update(state="given up")
    page = board()
    assert "is not tried any more" in page
    assert "Send again" in page


def test_of_an_account_the_address_is_not_theirs_to_change(client, cast, interview, board):
    made = make.interview(
        cast.incident, interviewer=cast.bob, state="accepted", starts_at=AT, ends_at=AT + timedelta(hours=1)
    )
    inviting.letters.invite(made, by=cast.alice, now=NOW)
    Letter.objects.filter(to="ian@example.org").update(tries=1, trouble=NOBODY)
    page = board()
    assert "A letter has not reached Ian." in page
    assert "the address of their account" in page
    assert "go to the address of their account" in again(client, made, email="other@example.org")
    again(client, made)
    assert [one.to for one in post.stuck([f"interview {made.uid}"])] == []
    assert Letter.objects.filter(to="ian@example.org", state="waiting", tries=0).count() == 1


def test_who_was_not_told_of_the_end_is_named(client, cast, interview, board):
    Letter.objects.filter(to="gus@exmaple.org").update(state="sent", sent_at=NOW)
    inviting.cancel(interview=interview, by=cast.alice, now=NOW)
    Letter.objects.filter(state="waiting", to="gus@exmaple.org").update(tries=1, trouble=NOBODY)
    assert "The letter that the conversation is cancelled has not reached Gus." in board()
    again(client, interview, email="gus@example.org")
    told = Letter.objects.get(to="gus@example.org")
    assert "is cancelled" in told.subject


def test_after_the_conversation_the_way_to_their_words_goes_again(client, interview, board):
    Interview.objects.filter(pk=interview.pk).update(state="done", done_at=NOW)
    refused()
    again(client, interview, email="gus@example.org")
    assert "/words/" in Letter.objects.get(to="gus@example.org").text


def test_the_letter_of_the_interviewer(board):
    Letter.objects.filter(to="bob@example.org").update(tries=2, trouble=NOBODY)
    page = board()
    assert "A letter has not reached Bob." in page
    assert "Send again" not in page


def test_for_those_who_plan_alone(client, cast, interview, board):
    refused()
    client.force_login(cast.ian)
    page = client.get(reverse("interviews:board", args=[cast.incident.ref])).content.decode()
    assert "not delivered" not in page
    assert "exmaple" not in page


@pytest.mark.parametrize(
    ("state", "said"), [("moving", "nothing that Gus has to be told"), ("declined", "nothing that")]
)
def test_nothing_to_tell_is_said(cast, interview, state, said):
    refused()
    Interview.objects.filter(pk=interview.pk).update(state=state)
    with pytest.raises(NotPossible, match=said):
        actions.send_again(interview=interview, by=cast.alice, now=NOW)


def test_no_letter_for_a_time_that_is_over_or_where_all_went_out(cast, interview):
    with pytest.raises(NotPossible, match="Every letter to Gus has gone out"):
        actions.send_again(interview=interview, by=cast.alice, now=NOW)
    refused()
    with pytest.raises(NotPossible, match="is over. Give it another one"):
        actions.send_again(interview=interview, by=cast.alice, now=AT + timedelta(hours=1))


def test_a_new_letter_ends_the_trouble_of_the_one_before(cast, interview, board):
    refused(state="given up")
    inviting.cancel(interview=interview, by=cast.alice, now=NOW)
    assert "not delivered" not in board()


def test_an_address_is_noted_before_the_invitation(client, cast, board):
    guest = add_participant(incident=cast.incident, by=cast.alice, name="Vera", role="Support")
    where = reverse("interviews:hours", args=[cast.incident.ref, guest.pk])
    form = {"zone": "Europe/Lisbon", "mon_from": "09:00", "mon_to": "17:00"}
    assert "valid email" in client.post(where, form | {"email": "vera"}).content.decode()
    client.post(where, form | {"email": "vera@example.org"})
    guest.refresh_from_db()
    assert (guest.email, guest.hours) == ("vera@example.org", {"mon": [["09:00", "17:00"]]})
