"""A year later: who had a part in it is asked whether the remedies held; once, and only of what they may open."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from postmortems.accounts.models import User
from postmortems.archive.models import Recalled, Subscription
from postmortems.archive.recalling import actions, letters, sending
from postmortems.incidents.models import CircleMember, Incident
from postmortems.notices.models import Letter
from postmortems.remediation.models import EffectCheck, Item
from tests import make
from tests.archive.recalling.house import moments, promised, recalled

THEN = datetime(2025, 3, 11, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)  # a Thursday


@pytest.fixture
def told(cast):
    return promised(cast.alice, "A retry storm", at=THEN, due=date(2025, 5, 1), count=3)


def test_it_tells_what_became_of_the_promises(cast, told):
    held, done, _ = Item.objects.filter(incident=told).order_by("number")
    verified = {"status": "verified", "done_at": THEN, "verified_at": THEN, "verified_by": cast.bob}
    Item.objects.filter(pk=held.pk).update(**verified)
    EffectCheck.objects.create(item=held, held="partly", would_have_changed="yes", by=cast.bob)
    Item.objects.filter(pk=done.pk).update(status="done", done_at=THEN)
    sending.recall_due(now=NOW)
    (letter,) = recalled(cast.alice, "year")
    assert letter.subject == "A year ago: A retry storm. Did the remedies hold?"
    for words in (
        "published on 11 March 2025", "3 items: 1 verified, 1 done, 1 not done.", "verified, and it held in part",
        "done; nobody has looked at it yet", "not done yet, promised for 1 May 2025", f"/archive/{told.ref}/",
    ):  # fmt: skip
        assert words in letter.text, words
    assert "Bob" not in letter.text + letter.html


def test_whom_it_reaches(cast, told):
    team = make.team("Platform", cast.mel)
    told.teams.add(team)
    Item.objects.filter(incident=told, number=1).update(owner=cast.rev)
    Subscription.objects.create(user=cast.rita, facet="all:")
    Subscription.objects.create(user=cast.ian, facet="tag:dns")
    Subscription.objects.create(user=cast.bob, facet="all:", how="never")
    Subscription.objects.create(user=cast.gone, facet="all:")
    actions.choose_recalling(by=cast.rev, monthly=None, anniversaries=False)
    sending.recall_due(now=NOW)
    to = set(Letter.objects.filter(about__startswith="year").values_list("to", flat=True))
    assert to == {cast.alice.email, cast.mel.email, cast.rita.email}


def test_of_a_restricted_one_its_circle_hears_the_number_alone(cast, told):
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    told.teams.add(make.team("Platform", cast.mel))
    Item.objects.filter(incident=told, number=1).update(owner=cast.rev)
    Subscription.objects.create(user=cast.rita, facet="all:")
    sending.recall_due(now=NOW)
    (letter,) = Letter.objects.filter(about__startswith="year")
    assert letter.to == cast.alice.email
    assert told.ref in letter.subject
    assert "retry storm" not in letter.subject + letter.text + letter.html
    assert "Answer" not in letter.text + letter.html


def test_what_was_shut_since_is_taken_back(cast, told):
    Subscription.objects.create(user=cast.rita, facet="all:")
    sending.recall_due(now=NOW)
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    sending.recall_due(now=NOW + timedelta(minutes=15))
    assert [letter.state for letter in recalled(cast.rita, "year")] == ["withdrawn"]
    assert not Recalled.objects.filter(user=cast.rita, incident=told).exists()


def test_many_of_one_week_are_one_letter_and_the_next_waits_a_week(cast):
    for number in range(10):
        promised(cast.alice, f"Number {number}", at=THEN + timedelta(hours=number), due=date(2025, 5, 1))
    promised(cast.alice, "Two days on", at=THEN + timedelta(days=2), due=date(2025, 5, 1))
    for now in moments(NOW, 14):
        sending.recall_due(now=now)
    first, second = recalled(cast.alice, "year")
    assert first.subject == "A year ago: Number 0 and 9 more. Did the remedies hold?"
    assert "and 2 more of these weeks" in first.text
    assert "Two days on" in second.subject
    assert second.written_at - first.written_at >= timedelta(days=7)


def test_what_resembles_it_since_is_named(cast, told):
    make.condition(cast.incident, "x")
    incident = promised(
        cast.alice, "A second retry storm", at=NOW - timedelta(days=9), due=date(2026, 5, 1),
        impact_began_at=NOW - timedelta(days=20),
        detected_at=None, acknowledged_at=None, mitigated_at=None, resolved_at=NOW - timedelta(days=19),
    )  # fmt: skip
    sending.recall_due(now=NOW)
    assert f"something like it: A second retry storm ({incident.ref})" in recalled(cast.alice, "year")[0].text


@pytest.mark.parametrize(
    ("at", "due"), [(datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2025, 2, 28, 13, tzinfo=UTC))]
)
def test_of_a_leap_day_on_the_last_of_february(cast, at, due):
    promised(cast.alice, "Leapt", at=at, due=date(2024, 5, 1))
    sending.recall_due(now=due - timedelta(days=1))
    assert not recalled(cast.alice, "year")
    sending.recall_due(now=due)
    assert len(recalled(cast.alice, "year")) == 1


@pytest.mark.slow
def test_half_a_year_with_workers_that_die(cast, monkeypatch):
    """Every write-up is told once to each of its readers, however often a worker dies; none after its month."""
    chance, died = random.Random(3), []
    for number in range(8):
        at = THEN + timedelta(days=chance.randrange(80), hours=chance.randrange(24))
        told = promised(cast.alice, f"Number {number}.", at=at, due=date(2025, 9, 1))
        CircleMember.objects.create(incident=told, user=cast.bob, role="co")
    promised(cast.alice, "Too long ago.", at=THEN - timedelta(days=40), due=date(2025, 9, 1))
    User.objects.filter(pk=cast.bob.pk).update(zone="Asia/Kolkata")
    write = letters._send

    def may_die(*given):
        written = write(*given) if (late := chance.random() < 0.5) else None
        if chance.random() < 0.4:
            died.append(late)
            raise ConnectionError("the worker is gone")
        return written if late else write(*given)

    monkeypatch.setattr(letters, "_send", may_die)
    for now in moments(NOW - timedelta(days=2), 120, every=24):
        sending.recall_due(now=now)
    assert set(died) == {True, False}
    for person in (cast.alice, User.objects.get(pk=cast.bob.pk)):
        text = "\n".join(letter.text for letter in recalled(person, "year"))
        for number in range(8):
            assert len(re.findall(rf"Number {number}\. \(INC-[\d-]+\), published", text)) == 1, (
                person,
                number,
            )
        assert "Too long ago" not in text
