"""First impressions from the letter to the sharing, with an account and without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.interviews.jotting import actions, links, tasks
from postmortems.interviews.jotting.asking import Turn
from postmortems.interviews.models import JotNote
from postmortems.interviews.refusals import NotPossible, Stale
from postmortems.notices.models import Letter
from tests import make

END = make.T0 + timedelta(minutes=84)  # 19:24 UTC, a Tuesday
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def ian(cast):
    return cast.incident.participants.get()


@pytest.fixture
def jo(cast):
    """Somebody who took part and has no account."""
    return incidents.add_participant(
        incident=cast.incident, by=cast.alice, name="Jo Guest", role="Support", email="jo@example.com",
        zone="Asia/Kathmandu",
    )  # fmt: skip


def ask(person, hours):
    return actions.ask(participant=person, now=END + timedelta(hours=hours))


def test_the_letter_goes_out_once_and_once_more(ian):
    assert ask(ian, 3) == Turn.NOTHING  # the policy says four hours
    assert ask(ian, 4) == Turn.NOTHING  # 23:24 is night
    assert ask(ian, 12) == Turn.FIRST
    assert ask(ian, 12.1) == ask(ian, 35) == Turn.NOTHING
    assert ask(ian, 36) == Turn.NOTHING  # 07:24: the second one keeps decent hours
    assert ask(ian, 38) == Turn.AGAIN
    assert ask(ian, 80) == Turn.NOTHING
    assert Letter.objects.filter(to=ian.user.email).count() == 2


def test_who_wrote_is_not_asked_again_and_who_says_no_never(ian, jo, cast, client):
    assert ask(ian, 12) == ask(jo, 12) == Turn.FIRST
    actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather", version=0)
    where = reverse("interviews:jot_by_link", args=[links.PURPOSE.key(str(jo.pk))])
    client.post(where, {"what": "decline"})
    assert ask(ian, 39) == ask(jo, 39) == Turn.NOTHING


def test_an_invitation_declined_ends_the_asking(ian, cast):
    assert ask(ian, 12) == Turn.FIRST
    make.interview(cast.incident, state="declined")
    assert ask(ian, 38) == Turn.NOTHING


def test_nobody_is_asked_without_a_review_or_without_an_address(ian, cast):
    nameless = incidents.add_participant(incident=cast.incident, by=cast.alice, name="X", role="Support")
    assert ask(nameless, 12) == Turn.NOTHING
    incidents.no_review_needed(incident=cast.incident, by=cast.alice, reason="twice", now=END)
    cast.incident.refresh_from_db()
    ian.incident = cast.incident
    assert ask(ian, 12) == Turn.NOTHING


def test_the_sweep_asks_everybody_once_in_their_own_morning(ian, jo, monkeypatch):
    at = END + timedelta(hours=6)  # 01:24 in UTC, 07:09 in Kathmandu
    monkeypatch.setattr(tasks.timezone, "now", lambda: at)
    tasks.ask_jot_notes()
    tasks.ask_jot_notes()
    assert list(Letter.objects.values_list("to", flat=True)) == ["jo@example.com"]
    at += timedelta(hours=6)
    tasks.ask_jot_notes()
    assert set(Letter.objects.values_list("to", flat=True)) == {"jo@example.com", "ian@example.org"}


def test_from_the_letter_without_an_account(jo, cast):
    assert ask(jo, 6) == Turn.FIRST
    letter = Letter.objects.get()
    where = next(word for word in letter.text.split() if "/jot/" in word).split("8000")[1]
    client = Client()
    page = client.get(where)
    assert page["Cache-Control"] == "no-store, private"
    assert not JotNote.objects.exists()  # looking changes nothing
    answer = client.post(where, {"text": "it looked like weather", "version": 0}, **JSON)
    assert answer.json()["version"] == 1
    assert "it looked like weather" in client.get(where).content.decode()
    client.post(where, {"what": "share", "text": "it looked like weather", "version": 1})
    assert [note.whose for note in JotNote.objects.visible_to(cast.bob)] == ["Jo Guest"]
    assert not JotNote.objects.visible_to(cast.mel).exists()
    client.post(where, {"what": "take_back", "text": "it looked like weather", "version": 1})
    assert not JotNote.objects.visible_to(cast.bob).exists()


def test_the_link_of_somebody_with_an_account_opens_their_own_notes(ian, cast, client):
    actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather", version=0)
    page = client.get(reverse("interviews:jot_by_link", args=[links.PURPOSE.key(str(ian.pk))]))
    assert "weather" in page.content.decode()
    cast.ian.is_active = False
    cast.ian.save()
    assert client.get(page.wsgi_request.path).status_code == 404


def test_an_old_link_opens_nothing_and_gets_a_new_one_by_mail(jo, client, monkeypatch):
    where = reverse("interviews:jot_by_link", args=[links.PURPOSE.key(str(jo.pk))])
    monkeypatch.setattr(links, "PURPOSE", type(links.PURPOSE)(links.PURPOSE.salt, days=-1))
    page = client.get(where)
    assert page.status_code == 404
    assert not Letter.objects.exists()
    client.post(where, {"text": "x", "version": 0})
    assert not JotNote.objects.exists()
    client.post(where, {"what": "again"})
    client.post(where, {"what": "again"})
    assert Letter.objects.get().to == "jo@example.com"
    assert (
        client.post(reverse("interviews:jot_by_link", args=["guessed"]), {"what": "again"}).status_code == 404
    )
    assert Letter.objects.count() == 1


def test_two_windows_lose_nothing(cast, client):
    client.force_login(cast.ian)
    where = reverse("interviews:jot", args=[cast.incident.ref])
    client.post(where, {"text": "first", "version": 0}, **JSON)
    late = client.post(where, {"text": "second", "version": 0}, **JSON)
    assert (late.status_code, late.json()) == (409, {"version": 1, "text": "first"})
    plain = client.post(where, {"text": "second", "version": 0})
    assert plain.status_code == 409
    assert {"first", "second"} <= set(plain.content.decode().replace("<", " ").replace(">", " ").split())
    with pytest.raises(Stale):
        actions.save_jot_note(incident=cast.incident, by=cast.ian, text="x", version=7)


def test_a_window_left_open_over_the_day_of_purging_brings_nothing_back(cast, client):
    note = actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather", version=0)
    note.delete()
    with pytest.raises(NotPossible, match="removed"):
        actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather!", version=1)
    client.force_login(cast.ian)
    where = reverse("interviews:jot", args=[cast.incident.ref])
    assert client.post(where, {"text": "weather!", "version": 1}, **JSON).status_code == 410


def test_the_trail_does_not_say_who_keeps_notes(cast):
    actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather", version=0)
    told = Entry.objects.filter(verb__startswith="jot_note")
    assert [(entry.by, entry.by_id) for entry in told] == [("Second Story", None)]
    assert "Ian" not in told.get().sentence
    actions.save_jot_note(incident=cast.incident, by=cast.ian, text="weather, again", version=1)
    assert told.count() == 1


def test_nothing_empty_is_shared(cast, client):
    client.force_login(cast.ian)
    where = reverse("interviews:jot", args=[cast.incident.ref])
    page = client.post(where, {"text": " ", "version": 0, "what": "share"})
    assert page.status_code == 200
    assert "nothing to share" in page.content.decode()


def test_the_day_on_which_they_go_is_told_on_the_page_and_in_the_letter(jo, client):
    ask(jo, 6)
    page = client.get(reverse("interviews:jot_by_link", args=[links.PURPOSE.key(str(jo.pk))]))
    assert "Removed for good on" in page.content.decode()
    assert "It is removed on" in Letter.objects.get().text
