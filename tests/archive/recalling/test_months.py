"""The letter on a month: once each to who wants it, nothing restricted, nothing about anybody, none about nothing."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from postmortems.accounts.models import User
from postmortems.archive.leading.reckoning import reckon
from postmortems.archive.listing import actions as listing
from postmortems.archive.models import Recalled
from postmortems.archive.recalling import actions, letters, month, sending
from postmortems.incidents.models import Incident
from postmortems.notices.models import Letter
from postmortems.remediation.models import Item
from tests.archive.recalling.house import moments, promised, recalled

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 10, tzinfo=UTC)  # a Thursday


@pytest.fixture
def settled(cast):
    """Everybody has been here for long."""
    User.objects.update(joined_at=MARCH - timedelta(days=900))
    return cast


def test_it_tells_what_was_published_what_was_promised_and_what_to_read_again(settled):
    cast = settled
    before = promised(cast.alice, "Old but good", at=MARCH - timedelta(days=60), due=date(2026, 1, 5))
    listing.recommend(incident=before, by=cast.rev, because="it shows how averages hide", now=MARCH)
    told = promised(cast.alice, "A retry storm", at=MARCH, due=date(2026, 3, 20), count=3)
    first, second, _ = Item.objects.filter(incident=told).order_by("number")
    Item.objects.filter(pk=first.pk).update(status="done", done_at=MARCH)
    Item.objects.filter(pk=second.pk).update(status="dropped", dropped_reason="x")
    reckon(APRIL)
    sending.recall_due(now=APRIL)
    (letter,) = recalled(cast.ada, "month")
    assert letter.subject == "March 2026: 1 write-up, 1 of 3 promises kept in time"
    for words in (
        "A retry storm (INC-", "1 done by their day", "1 not done yet", "1 dropped, with a reason",
        "Answer 1 to Old but good", "promised for 5 January 2026", "Old but good", "because it shows how averages hide",
    ):  # fmt: skip
        assert words in letter.text, words
    assert letter.unsubscribe
    assert "Alice" not in letter.text + letter.html
    assert "Rev" not in letter.text


def test_a_month_in_which_nothing_happened_has_no_letter(settled):
    promised(settled.alice, "Long open", at=MARCH - timedelta(days=200), due=date(2025, 10, 1))
    sending.recall_due(now=APRIL)
    assert not recalled(settled.ada, "month")
    assert Recalled.objects.get(user=settled.ada).letter is None  # looked at, and not again
    promised(settled.alice, "Of March, told late", at=MARCH, due=date(2026, 5, 1))
    sending.recall_due(now=APRIL + timedelta(days=1))
    assert not recalled(settled.ada, "month")


def test_who_gets_it(settled):
    cast = settled
    promised(cast.alice, "A retry storm", at=MARCH, due=date(2026, 5, 20))
    actions.choose_recalling(by=cast.rita, monthly=True, anniversaries=True)
    actions.choose_recalling(by=cast.gone, monthly=True, anniversaries=True)
    User.objects.filter(pk=cast.mel.pk).update(joined_at=APRIL - timedelta(hours=20))
    actions.choose_recalling(by=cast.mel, monthly=True, anniversaries=True)
    sending.recall_due(now=APRIL)
    assert set(Letter.objects.filter(about__startswith="month").values_list("to", flat=True)) == {
        cast.ada.email,
        cast.rita.email,
    }
    Letter.objects.all().delete()
    Recalled.objects.all().delete()
    actions.choose_recalling(by=cast.ada, monthly=False, anniversaries=True)
    sending.recall_due(now=APRIL)
    assert not recalled(cast.ada, "month")


def test_on_the_readers_own_clock(settled):
    promised(settled.alice, "A retry storm", at=MARCH, due=date(2026, 5, 20))
    User.objects.filter(pk=settled.ada.pk).update(zone="Pacific/Auckland", country="NZ")
    for hour in range(24):  # Thursday evening to Friday afternoon there; that Friday is a holiday
        sending.recall_due(now=datetime(2026, 4, 2, 6, tzinfo=UTC) + timedelta(hours=hour))
    assert not recalled(User.objects.get(pk=settled.ada.pk), "month")
    sending.recall_due(now=datetime(2026, 4, 6, 22, tzinfo=UTC))  # Tuesday after Easter, 10:00
    assert len(recalled(User.objects.get(pk=settled.ada.pk), "month")) == 1


def test_nothing_restricted_is_told_whoever_reads(settled):
    cast = settled
    hushed = promised(
        cast.ada, "Hushed quokkas", at=MARCH, due=date(2026, 3, 20), restricted=True
    )  # in her own circle
    promised(cast.alice, "Told in the open", at=MARCH, due=date(2026, 5, 20))
    later = promised(cast.alice, "Shut in between", at=MARCH, due=date(2026, 3, 21))
    listing.recommend(incident=hushed, by=cast.ada, because="quokkas", now=MARCH)
    told = month.told_of(date(2026, 3, 1), now=APRIL, reader=cast.ada)
    Incident.objects.filter(pk=later.pk).update(restricted=True)
    letter = sending.tell_month(cast.ada, told, now=APRIL)
    for words in ("quokkas", hushed.ref, "Shut in between", later.ref):
        assert words not in letter.subject + letter.text + letter.html, words
    assert "Told in the open" in letter.text


def test_a_letter_that_waits_is_written_anew_when_something_in_it_is_shut(settled):
    cast = settled
    told = promised(cast.alice, "Soon shut", at=MARCH, due=date(2026, 5, 20))
    promised(cast.alice, "Stays open", at=MARCH, due=date(2026, 5, 20))
    sending.recall_due(now=APRIL)
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    sending.recall_due(now=APRIL + timedelta(minutes=15))
    first, second = recalled(cast.ada, "month")
    assert (first.state, second.state) == ("withdrawn", "waiting")
    assert "Soon shut" in first.text
    assert "Soon shut" not in second.text + second.html
    assert "Stays open" in second.text
    Letter.objects.update(state="sent", sent_at=APRIL)
    sending.recall_due(now=APRIL + timedelta(minutes=30))
    assert len(recalled(cast.ada, "month")) == 2


@pytest.mark.slow
def test_half_a_year_with_workers_that_die(settled, monkeypatch):
    """Every month in which something happened is told once to each, and no other."""
    cast = settled
    actions.choose_recalling(by=cast.rita, monthly=True, anniversaries=False)
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    for at in (begin + timedelta(days=9), begin + timedelta(days=12), begin + timedelta(days=70)):
        promised(cast.alice, f"Of {at:%d %B}", at=at, due=date(2026, 7, 15))  # March and May; a day in July
    chance, died = random.Random(7), []
    monkeypatch.setattr(month, "_words", lambda *given: ())  # of a reckoning, which is not what is tried here
    write = letters._send

    def may_die(*given):
        if chance.random() < 0.3:
            died.append("before")
            raise ConnectionError("the worker is gone")
        written = write(*given)
        if chance.random() < 0.3:
            died.append("after")
            raise ConnectionError("the worker is gone")
        return written

    monkeypatch.setattr(letters, "_send", may_die)
    for now in moments(begin + timedelta(hours=10), 184, every=24):
        sending.recall_due(now=now)
    assert {"before", "after"} == set(died)
    for person in (cast.ada, cast.rita):
        subjects = [letter.subject.partition(":")[0] for letter in recalled(person, "month")]
        assert subjects == ["March 2026", "May 2026", "July 2026"], person
    assert set(Letter.objects.filter(about__startswith="month").values_list("to", flat=True)) == {
        cast.ada.email,
        cast.rita.email,
    }


def test_one_chooses_and_ends_letters_with_a_click(cast, client):
    client.force_login(cast.rita)
    assert client.get("/archive/letters/").status_code == 200
    client.post("/archive/letters/", {"monthly": "on"})
    assert (cast.rita.recalling.monthly, cast.rita.recalling.anniversaries) == (True, False)
    client.logout()
    for sort in ("monthly", "anniversaries"):
        where = sending.letters.links.end_of(cast.ada, sort).partition("localhost:8000")[2]
        assert client.get(where).status_code == 200
        assert client.post(where).status_code == 200
    cast.ada.recalling.refresh_from_db()
    assert (cast.ada.recalling.monthly, cast.ada.recalling.anniversaries) == (False, False)
    assert client.post(where[:-3] + "x/").status_code == 404


def test_to_follow_the_link_ends_nothing(cast, client):
    where = sending.letters.links.end_of(cast.ada, "monthly").partition("localhost:8000")[2]
    client.get(where)
    assert not hasattr(User.objects.get(pk=cast.ada.pk), "recalling")
