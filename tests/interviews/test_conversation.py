from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions as scheduling
from tests import make

NOW = make.T0 + timedelta(days=1)
EARLY = make.T0 + timedelta(hours=2)


@pytest.fixture
def interview(cast):
    return make.interview(cast.incident, state="proposed", invited_at=None)


def test_an_early_interview_needs_a_reason(cast, interview):
    early = cast.incident.resolved_at + timedelta(hours=3)
    with pytest.raises(NotPossible, match="needs a reason, which is kept"):
        scheduling.set_time(interview=interview, by=cast.alice, starts_at=early, early_reason=" ", now=EARLY)
    moved = scheduling.set_time(
        interview=interview,
        by=cast.alice,
        starts_at=early,
        early_reason="leaves tomorrow",
        now=EARLY,
    )
    assert moved.early_reason == "leaves tomorrow"


def test_the_plan_keeps_soak_and_fade(client, cast):
    ended = timezone.now() - timedelta(hours=30)
    incident = make.incident(
        by=cast.rev,
        impact_began_at=ended - timedelta(hours=1),
        detected_at=None,
        acknowledged_at=None,
        mitigated_at=None,
        resolved_at=ended,
    )
    from postmortems.incidents.actions import add_participant

    add_participant(incident=incident, by=cast.rev, name="", user=cast.ian, role="On-call responder")
    client.force_login(cast.rev)
    client.post(
        reverse("interviews:plan", args=[incident.ref]),
        {"person": incident.participants.get().pk, "interviewer": cast.rev.pk},
    )
    planned = incident.interviews.get()
    assert ended + timedelta(hours=24) <= planned.starts_at
    assert planned.ends_at <= ended + timedelta(hours=incident.severity.fade_hours)


def test_two_windows_of_one_interviewer_lose_nothing(client, cast, interview):
    client.force_login(cast.alice)
    where = reverse("interviews:save_note", args=[cast.incident.ref, interview.pk])
    client.post(where, {"text": "first", "version": 0})
    answer = client.post(where, {"text": "second", "version": 0})
    assert answer.status_code == 409
    assert "first" in answer.content.decode()
    assert "second" in answer.content.decode()


def test_nobody_interviews_themselves(cast):
    with pytest.raises(NotPossible):
        scheduling.add(
            incident=cast.incident,
            by=cast.alice,
            participant=cast.incident.participants.get(),
            interviewer=cast.ian,
        )


def test_what_the_evidence_leaves_open_stands_beside_the_notes(client, cast):
    from timelines.merging import actions as merging

    interview = make.interview(cast.incident, interviewer=cast.alice)
    merging.ask(incident=cast.incident, by=cast.alice, text="What did the dashboard show then?")
    closed = merging.ask(incident=cast.incident, by=cast.alice, text="Which region was it?")
    merging.answer(question=closed, by=cast.alice, text="The north.")
    client.force_login(cast.alice)
    page = client.get(reverse("interviews:conduct", args=[cast.incident.ref, interview.pk])).content.decode()
    assert "What did the dashboard show then?" in page
    assert "Which region was it?" not in page
