"""Parked ideas are decided once they have settled; before that it takes a reason, and whoever leads is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.meetings import tasks
from postmortems.meetings.deciding import actions
from postmortems.meetings.deciding.actions import Decision
from postmortems.meetings.deciding.due import due_on
from postmortems.meetings.models import Meeting
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.sitting import actions as sitting
from postmortems.notices.models import Letter
from tests import make

NOW = make.T0.replace(hour=12) + timedelta(days=3)
STARTS = NOW + timedelta(days=7)
DURING = STARTS + timedelta(minutes=50)
SETTLED = DURING + timedelta(days=4)  # held on a Friday
DUE = (make.T0 + timedelta(days=60)).date()


@pytest.fixture
def meeting(cast) -> Meeting:
    made = make.meeting(cast.incident, now=NOW, starts_at=STARTS, facilitator=cast.alice)
    sitting.park(meeting=made, by=cast.ian, what="Serve bookings from the primary", now=DURING)
    return sitting.hold(meeting=made, by=cast.alice, now=DURING)


@pytest.fixture
def item(meeting):
    return meeting.incident.items.get()


def decide(item, by, *, now=SETTLED, version=None, **given):
    decision = Decision(**({"how": "accept", "owner": by, "due_on": DUE} | given))
    return actions.decide(item=item, by=by, decision=decision, version=version or item.version, now=now)


def test_accepting_gives_it_an_owner_and_a_date(cast, item):
    item = decide(item, cast.alice, owner=cast.bob, type="detect")
    assert (item.status, item.owner, item.due_on, item.type) == ("accepted", cast.bob, DUE, "detect")


def test_half_a_decision_is_none(cast, item):
    with pytest.raises(NotPossible, match="owner and a due date"):
        decide(item, cast.alice, owner=None)
    item.refresh_from_db()
    assert (item.status, item.due_on) == ("parked", None)


def test_dropping_says_why(cast, item):
    with pytest.raises(NotPossible, match="why it is dropped"):
        decide(item, cast.alice, how="drop")
    assert (
        decide(item, cast.alice, how="drop", reason="The cure is worse").dropped_reason == "The cure is worse"
    )


def test_before_it_has_settled_a_decision_takes_a_reason_which_is_kept(cast, item):
    early = SETTLED - timedelta(seconds=1)
    for how in ("accept", "propose", "drop"):
        with pytest.raises(NotPossible, match="settled"):
            decide(item, cast.alice, how=how, reason="no", now=early)
    item.refresh_from_db()
    assert item.status == "parked"
    decided = decide(item, cast.alice, how="propose", early_reason="It happened again", now=early)
    assert (decided.status, decided.early_reason) == ("proposed", "It happened again")


def test_what_somebody_changed_meanwhile_is_not_decided_unseen(cast, item):
    for how in ("accept", "drop"):
        with pytest.raises(Stale):
            decide(item, cast.alice, how=how, reason="no", version=item.version + 1)


def test_the_lead_reviewer_is_told_once_when_the_time_has_come(cast, meeting):
    assert not actions.ask_to_decide(meeting=meeting, now=SETTLED - timedelta(seconds=1))
    assert actions.ask_to_decide(meeting=meeting, now=SETTLED)
    assert not actions.ask_to_decide(meeting=meeting, now=SETTLED)
    letter = Letter.objects.get(about=f"decide {meeting.pk}")
    assert letter.to == "alice@example.org"
    assert "Serve bookings from the primary" in letter.text


def test_nobody_is_told_of_nothing(cast, meeting, item):
    decide(item, cast.alice, how="drop", reason="no")
    assert not actions.ask_to_decide(meeting=meeting, now=SETTLED)
    assert not Letter.objects.filter(about=f"decide {meeting.pk}").exists()


def test_the_clock_finds_what_has_settled(cast, meeting):
    tasks.keep_time()
    tasks.keep_time()
    assert Letter.objects.filter(about=f"decide {meeting.pk}").count() == 1


def test_deciding_on_the_page(cast, client, item):
    client.force_login(cast.alice)
    page = reverse("meetings:decide", args=[cast.incident.ref])
    assert "Serve bookings from the primary" in client.get(page).content.decode()
    where = reverse("meetings:decide_one", args=[cast.incident.ref, item.number])
    form = {"r1-version": item.version, "r1-type": "prevent", "r1-due_on": DUE.isoformat(), "how": "accept"}
    refused = client.post(where, form)
    assert refused.status_code == 422
    assert "owned and dated" in refused.content.decode()
    assert client.post(where, form | {"r1-owner": cast.bob.pk}).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.owner) == ("accepted", cast.bob)
    assert client.post(where, form | {"r1-owner": cast.bob.pk}).status_code == 302
    assert "Decided" in client.get(page).content.decode()


@pytest.mark.parametrize(
    "given", [{"how": "x"}, {"r1-version": "x"}, {"r1-type": "x"}, {"r1-due_on": "x"}, {"r1-owner": "x"}, {}]
)
def test_nonsense_is_answered_with_a_sentence(cast, client, item, given):
    client.force_login(cast.alice)
    where = reverse("meetings:decide_one", args=[cast.incident.ref, item.number])
    form = {"r1-version": item.version, "r1-type": "prevent", "how": "propose"} | given
    assert client.post(where, form).status_code in (302, 422)


def test_an_accepted_remedy_is_due_by_the_policy(cast):
    today = (make.T0 + timedelta(days=12)).date()
    assert due_on(cast.incident, today) == (make.T0 + timedelta(days=30)).date()
    late = (make.T0 + timedelta(days=40)).date()
    assert due_on(cast.incident, late) == late + timedelta(days=30)


def test_the_page_of_a_settling_idea_says_until_when(cast, client):
    made = make.meeting(cast.incident, now=timezone.now(), starts_at=timezone.now() + timedelta(days=9))
    sitting.park(meeting=made, by=cast.ian, what="Page two people", now=timezone.now())
    client.force_login(cast.alice)
    page = client.get(reverse("meetings:decide", args=[cast.incident.ref])).content.decode()
    assert "settles until" in page
    assert "Deciding now takes a reason" in page
