"""What an interviewee does with what was written down, from the letter on, without a password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Approval, Correction, Interview, Note, Passage
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions, links, tasks
from postmortems.notices.models import Letter
from tests import make

NOW = make.T0 + timedelta(days=2, hours=1)
BODY = "How did it begin?\n\n@18:20 I took it for weather.\nThen Jo called."
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def interview(cast):
    made = make.interview(cast.incident, interviewer=cast.alice, state="accepted")
    listening.save_note(interview=made, by=cast.alice, body=BODY, version=0, now=NOW)
    Interview.objects.filter(pk=made.pk).update(state="done", done_at=NOW)
    made.refresh_from_db()
    return made


@pytest.fixture
def where(interview):
    return reverse("interviews:words_by_link", args=[links.PURPOSE.key(str(interview.uid))])


@pytest.fixture
def passage(interview):
    """What the stamped line of the notes proposes."""
    return Passage.objects.get(interview=interview)


def body(interview) -> str:
    return Note.objects.get(interview=interview).body


def test_the_letter_comes_once_at_a_decent_hour_with_a_link_that_opens(cast, interview, client):
    actions.ask_to_read(interview=interview, by=cast.alice, now=NOW + timedelta(hours=5))  # midnight
    letter = Letter.objects.get(to=cast.ian.email)
    assert letter.next_try_at.hour == 9
    assert "weather" not in letter.text + letter.html
    address = next(word for word in letter.text.split() if "/words/" in word)
    page = client.get(address.split("8000")[1])
    assert "I took it for weather." in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"


def test_the_sweep_asks_the_day_after_once(cast, interview, monkeypatch):
    for hours, letters in ((1, 0), (19, 1), (20, 1)):
        monkeypatch.setattr(tasks.timezone, "now", lambda hours=hours: NOW + timedelta(hours=hours))
        tasks.ask_to_read()
        assert Letter.objects.count() == letters


def test_looking_changes_nothing_and_a_guess_opens_nothing(interview, passage, where, client):
    for method in (client.get, client.head):
        assert method(where).status_code == 200
    passage.refresh_from_db()
    assert passage.state == "proposed"
    assert client.get(reverse("interviews:words_by_link", args=["guessed"])).status_code == 404
    other = reverse("interviews:answer_by_link", args=[links.PURPOSE.key(str(interview.uid))])
    assert client.get(other).status_code == 404  # a key opens one door


def test_an_old_link_gets_a_new_one_by_mail(interview, where, client, monkeypatch):
    monkeypatch.setattr(links, "PURPOSE", type(links.PURPOSE)(links.PURPOSE.salt, days=-1))
    assert client.get(where).status_code == 404
    client.post(where, {"what": "again"})
    client.post(where, {"what": "again"})
    assert Letter.objects.get().to == interview.participant.user.email


def test_nobody_looks_over_a_writing_shoulder(cast, interview, where, client):
    Interview.objects.filter(pk=interview.pk).update(state="accepted", done_at=None)
    assert "weather" not in client.get(where).content.decode()


def test_a_correction_stands_beside_the_line_until_it_is_taken_over(cast, interview, where, client):
    line = {"line": "Then Jo called.", "number": 3}
    client.post(where, {"what": "correct", "text": "Then I called Jo.", **line})
    assert body(interview) == BODY
    page = client.get(where).content.decode()
    assert "Then Jo called." in page
    assert "Then I called Jo." in page
    correction = Correction.objects.get()
    actions.take_over(correction=correction, by=cast.alice, now=NOW)
    assert body(interview) == BODY.replace("Then Jo called.", "Then I called Jo.")
    assert not Correction.objects.exists()
    with pytest.raises(NotPossible, match="already"):
        actions.take_over(correction=correction, by=cast.alice, now=NOW)


def test_a_line_changed_meanwhile_is_not_changed_blindly(cast, interview, where, client):
    client.post(where, {"what": "correct", "text": "x", "line": "Nothing like it.", "number": 3})
    client.post(where, {"what": "strike_line", "line": "Nothing like it.", "number": 3})
    assert body(interview) == BODY
    client.post(
        where, {"what": "correct", "text": "Then I called Jo.", "line": "Then Jo called.", "number": 3}
    )
    listening.save_note(interview=interview, by=cast.alice, body="All new.", version=1, now=NOW)
    with pytest.raises(NotPossible, match="by hand"):
        actions.take_over(correction=Correction.objects.get(), by=cast.alice, now=NOW)
    assert "Then I called Jo." in client.get(where).content.decode()  # still there, beside nothing


def test_a_struck_line_is_gone_from_notes_corrections_and_passages(cast, interview, passage, where, client):
    line = {"line": "@18:20 I took it for weather.", "number": 2}
    client.post(where, {"what": "correct", "text": "I took it for rain.", **line})
    client.post(where, {"what": "strike_line", **line})
    assert body(interview) == BODY.replace("@18:20 I took it for weather.", "(struck)")
    assert not Correction.objects.exists()
    passage.refresh_from_db()
    assert (passage.state, passage.text) == ("struck", "")
    # a window of the interviewer that still holds the words does not bring them back by itself
    with pytest.raises(Exception, match="meantime"):
        listening.save_note(interview=interview, by=cast.alice, body=BODY + "!", version=1, now=NOW)


def test_a_struck_passage_is_gone_from_the_notes_too(interview, passage, where, client):
    client.post(where, {"what": "strike", "passage": passage.pk})
    assert body(interview) == BODY.replace("@18:20 I took it for weather.", "(struck)")
    assert "1 passage struck" in client.get(where).content.decode()


def test_released_without_a_name_nothing_says_whose_it_is(cast, interview, passage, where, client):
    client.post(
        where,
        {"what": "release", "passage": passage.pk, "text": "It looked like weather.", "name": "without"},
    )
    event = cast.incident.events.get(kind="recollection")
    assert (event.text, event.actor, event.added_by) == ("It looked like weather.", "", None)
    told = Entry.objects.filter(verb__in=["passage.released", "event.added"])
    assert {(entry.by, entry.by_id) for entry in told} == {("Second Story", None)}
    assert not Approval.objects.exists()


def test_released_with_the_name_these_words_are_agreed_to(cast, interview, passage, where, client):
    client.post(
        where, {"what": "release", "passage": passage.pk, "text": "It looked like weather.", "name": "with"}
    )
    event = cast.incident.events.get(kind="recollection")
    assert event.actor == "Ian"
    assert Approval.objects.get().approved_at


def test_a_line_nobody_proposed_can_be_released_with_a_time(cast, interview, where, client):
    line = {"line": "Then Jo called.", "number": 3, "text": "Jo called me.", "name": "without"}
    client.post(where, {"what": "release_line", **line})
    assert not cast.incident.events.filter(kind="recollection").exists()  # no time
    client.post(where, {"what": "release_line", **line, "when": "2026-03-10T18:25"})
    assert cast.incident.events.get(kind="recollection").text == "Jo called me."
    assert [one.text for one in Passage.objects.filter(state="proposed")] == ["I took it for weather."]


def test_a_line_that_was_proposed_is_decided_on_once(cast, interview, passage, where, client):
    line = {
        "line": "@18:20 I took it for weather.",
        "number": 2,
        "text": "It looked like weather.",
        "name": "without",
    }
    client.post(where, {"what": "release_line", **line})
    passage.refresh_from_db()
    assert (passage.state, passage.text) == ("released", "It looked like weather.")
    assert Passage.objects.count() == 1


def test_a_correction_of_a_stamped_line_keeps_its_stamp_and_its_proposal(
    cast, interview, passage, where, client
):
    client.post(
        where,
        {
            "what": "correct",
            "text": "I took it for rain.",
            "line": "@18:20 I took it for weather.",
            "number": 2,
        },
    )
    actions.take_over(correction=Correction.objects.get(), by=cast.alice, now=NOW)
    assert "@18:20 I took it for rain." in body(interview)
    passage.refresh_from_db()
    assert passage.text == "I took it for rain."
    assert Passage.objects.count() == 1


def test_taken_back_until_it_is_published(cast, interview, passage, where, client):
    actions.release(passage=passage, text="", with_name=True, now=NOW)
    client.post(where, {"what": "take_back", "passage": passage.pk})
    passage.refresh_from_db()
    assert (passage.state, passage.event, passage.released_at) == ("proposed", None, None)
    assert not cast.incident.events.filter(kind="recollection").exists()
    actions.release(passage=passage, text="", with_name=True, now=NOW)
    Passage.objects.update(published_at=NOW)
    page = client.post(where, {"what": "take_back", "passage": passage.pk}).content.decode()
    assert "was published" in page
    assert cast.incident.events.filter(kind="recollection").exists()


def test_somebody_elses_passage_is_out_of_reach(cast, interview, passage, client):
    jo = incidents.add_participant(
        incident=cast.incident, by=cast.alice, name="Jo", role="x", email="jo@example.com"
    )
    theirs = Interview.objects.create(
        incident=cast.incident, participant=jo, interviewer=cast.alice, state="done", done_at=NOW
    )
    where = reverse("interviews:words_by_link", args=[links.PURPOSE.key(str(theirs.uid))])
    for what in ("release", "strike", "take_back"):
        assert client.post(where, {"what": what, "passage": passage.pk}).status_code == 404
    passage.refresh_from_db()
    assert passage.state == "proposed"


def test_in_writing_without_loss(cast, client):
    interview = make.interview(cast.incident, interviewer=cast.alice, state="writing")
    where = reverse("interviews:words_by_link", args=[links.PURPOSE.key(str(interview.uid))])
    told = client.post(where, {"what": "written", "text": "It was quiet.", "version": 0}, **JSON)
    assert told.json()["version"] == 1
    late = client.post(where, {"what": "written", "text": "It was loud.", "version": 0}, **JSON)
    assert (late.status_code, late.json()["text"]) == (409, "It was quiet.")
    plain = client.post(where, {"what": "written", "text": "It was loud.", "version": 0})
    assert plain.status_code == 409
    assert all(words in plain.content.decode() for words in ("It was quiet.", "It was loud."))
    client.post(where, {"what": "finish"})
    interview.refresh_from_db()
    assert interview.state == "done"
    letter = Letter.objects.get(to=cast.alice.email)
    assert "quiet" not in letter.text
    assert client.post(where, {"what": "written", "text": "x", "version": 1}, **JSON).status_code == 422
    assert "It was quiet." in client.get(where).content.decode()


def test_keeping_longer_needs_their_yes(cast, interview, where, client):
    promised = interview.purge_on
    later = promised + timedelta(days=60)
    actions.ask_longer(interview=interview, by=cast.alice, until=later, now=NOW)
    interview.refresh_from_db()
    assert interview.purge_on == promised
    client.post(where, {"what": "not_longer"})
    interview.refresh_from_db()
    assert (interview.purge_on, interview.longer_until) == (promised, None)
    actions.ask_longer(interview=interview, by=cast.alice, until=later, now=NOW)
    client.post(where, {"what": "longer"})
    interview.refresh_from_db()
    assert interview.purge_on == later
    for wrong in (promised, later + timedelta(days=500)):
        with pytest.raises(NotPossible):
            actions.ask_longer(interview=interview, by=cast.alice, until=wrong, now=NOW)


def test_the_promised_day_does_not_move_with_the_policy(cast, interview):
    promised = interview.purge_on
    severity = cast.incident.severity
    severity.notes_keep_days = 3650
    severity.save()
    interview.refresh_from_db()
    interview.save()
    assert interview.purge_on == promised


def test_a_closed_account_or_a_cancelled_key_opens_nothing(cast, interview, where, client):
    cast.ian.is_active = False
    cast.ian.save()
    assert client.get(where).status_code == 404


def test_the_signed_in_interviewee_and_nobody_else(cast, interview):
    where = reverse("interviews:words", args=[cast.incident.ref, interview.pk])
    for who in ("alice", "bob", "ada", "rev", "mel"):
        client = Client()
        client.force_login(cast[who])
        assert client.get(where).status_code == 404
    client = Client()
    client.force_login(cast.ian)
    assert "weather" in client.get(where).content.decode()
