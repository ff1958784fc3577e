"""The window of one review, the deadline, and the three ways where both cannot be kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from postmortems.audit.models import Entry
from postmortems.incidents.models import Severity
from postmortems.interviews.models import WindowDecision
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions
from postmortems.interviews.scheduling.window import of_policy, window_of, windows_of
from postmortems.publication.readiness import reasons
from tests import make
from tests.interviews.scheduling.conftest import NOW, RESOLVED, person, planned

HOUR = timedelta(hours=1)


def policy(**fields) -> Severity:
    return Severity(
        **({"soak_hours": 24, "fade_hours": 168, "meeting_days": 14, "publish_days": 28} | fields)
    )


def test_the_deadline_is_a_day_before_the_meeting_or_the_day_of_publication():
    assert of_policy(policy(), RESOLVED).deadline.at == RESOLVED + timedelta(days=13)
    assert of_policy(policy(meeting_days=None), RESOLVED).deadline.at == RESOLVED + timedelta(days=28)
    strict = of_policy(policy(publish_days=3, meeting_days=3), RESOLVED)
    assert strict.deadline.at == RESOLVED + timedelta(days=2)
    assert strict.squeezed
    assert not strict.impossible
    assert of_policy(policy(publish_days=1, meeting_days=None), RESOLVED).impossible


def test_each_way_does_what_it_says():
    strict = policy(publish_days=3, meeting_days=None)

    def decided(way: str, **fields):
        return of_policy(strict, RESOLVED, WindowDecision(way=way, **fields))

    shorter = decided("shorter", soak_hours=16, fade_hours=72)
    assert (shorter.opens_at, shorter.fades_at) == (RESOLVED + 16 * HOUR, RESOLVED + 72 * HOUR)
    assert not shorter.squeezed
    waived = decided("waiver")
    assert waived.deadline is None
    assert waived.waived.at == RESOLVED + timedelta(days=3)
    later = RESOLVED + timedelta(days=20)
    assert decided("preliminary", full_edition_at=later).deadline.at == later
    assert decided("policy").decision is None


@given(st.integers(0, 200), st.integers(1, 700), st.integers(0, 30), st.integers(1, 60))
def test_what_is_proposed_for_a_shorter_window_is_one(soak, fade, meeting, publish):
    window = of_policy(
        policy(soak_hours=soak, fade_hours=soak + fade, meeting_days=meeting, publish_days=publish), RESOLVED
    )
    assert window.opens_at < window.fades_at
    assert 0 <= window.shorter_soak <= window.policy_soak
    assert 0 < window.shorter_fade <= window.policy_fade


def test_decisions_are_kept_with_their_reason_and_the_last_one_stands(incident, mara):
    with pytest.raises(NotPossible, match="Say why"):
        actions.decide(incident=incident, by=mara, way="waiver", reason=" ", now=NOW)
    with pytest.raises(NotPossible, match="a night"):
        actions.decide(
            incident=incident, by=mara, way="shorter", reason="x", soak_hours=2, fade_hours=50, now=NOW
        )
    with pytest.raises(NotPossible, match="no later"):
        actions.decide(
            incident=incident, by=mara, way="shorter", reason="x", soak_hours=24, fade_hours=999, now=NOW
        )
    actions.decide(
        incident=incident, by=mara, way="shorter", reason="Ben leaves", soak_hours=16, fade_hours=48, now=NOW
    )
    assert window_of(incident).fades_at == RESOLVED + 48 * HOUR
    actions.decide(incident=incident, by=mara, way="policy", now=NOW + HOUR)
    assert window_of(incident).is_of_policy
    assert WindowDecision.objects.count() == 2
    assert Entry.objects.filter(verb="interviews.window").count() == 2
    assert windows_of([incident, make.incident(by=mara, resolved_at=None)]).keys() == {incident.pk}


def test_planning_says_who_would_be_late_and_keeps_the_deadline_where_it_can(incident, mara, ben):
    severity = incident.severity
    severity.publish_days, severity.meeting_days = 2, None
    severity.save()
    outcome, made = planned(incident, mara)
    assert (outcome.late, len(made)) == ([], 1)
    for number in range(6):
        person(incident, f"P{number}")
    outcome, made = planned(incident, mara)
    assert len(made) == 7
    assert len(outcome.late) == 4  # three a day, and one day before the deadline
    page = _page(mara, incident)
    assert "Not everybody can be heard before the deadline" in page
    assert "4 people are heard later than that." in page
    assert page.count("after the deadline") == 4


def _page(user, incident) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.get(reverse("interviews:board", args=[incident.ref])).content.decode()


def test_a_decision_is_told_on_the_board_the_overview_and_before_publishing(incident, mara, ben, client):
    make.interview(
        incident,
        interviewer=mara,
        starts_at=RESOLVED + timedelta(days=1),
        ends_at=RESOLVED + timedelta(days=1, hours=1),
    )
    later = timezone.now() + timedelta(days=30)
    client.force_login(mara)
    client.post(
        reverse("interviews:decide_window", args=[incident.ref]),
        {"way": "preliminary", "full_edition_on": later.date().isoformat()},
    )
    told = client.get(reverse("desk:overview", args=[incident.ref])).content.decode()
    assert "A preliminary edition first." in told
    assert "Full edition" in told
    assert "A preliminary edition first." in _page(mara, incident)
    [reason] = [one for one in reasons(incident) if one.code == "not-everybody-heard"]
    assert (
        reason.sentence
        == "One person is still to be heard. As decided, this edition is preliminary; the full one follows by "
        f"{later:%-d %B %Y}."
    )
    assert not reason.blocks
    client.post(
        reverse("interviews:decide_window", args=[incident.ref]),
        {"way": "waiver", "reason": "people come first"},
    )
    assert "people come first" in _page(mara, incident)
    assert WindowDecision.objects.latest().deadline is not None


def test_nonsense_is_answered_with_a_sentence(incident, mara, client):
    client.force_login(mara)
    where = reverse("interviews:decide_window", args=[incident.ref])
    for data in (
        {},
        {"way": "x"},
        {"way": "shorter", "reason": "x", "soak_hours": "-3", "fade_hours": "9" * 30},
        {"way": "preliminary", "full_edition_on": "0001-01-01"},
    ):
        assert client.post(where, data).status_code == 302
    assert WindowDecision.objects.filter(way__in=["shorter"]).count() == 0
