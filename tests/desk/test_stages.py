from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortems.desk.stages import STAGES, Facts, next_step, stages
from tests.make import T0

NOW, DAY = T0 + timedelta(days=12), timedelta(days=1)

counts = st.integers(0, 9)
facts = st.builds(
    Facts,
    resolved_at=st.none() | st.just(T0),
    soak_until=st.none() | st.just(T0 + timedelta(hours=24)),
    fade_at=st.none() | st.just(T0 + timedelta(days=7)),
    participants=counts, events=counts, pinned=counts, interviews_standing=counts, interviews_done=counts, interviews_planned=counts, interviews_asked=counts,
    interviews_answered=counts,
    texts_written=st.integers(0, 4), conditions=counts, items=counts, items_open=counts, blocking=counts, revisions=st.integers(0, 2),
    meeting_expected=st.booleans(), meeting_at=st.none() | st.just(T0 + timedelta(days=8)), meeting_held=st.booleans(), parked=counts,
    decide_from=st.none() | st.just(T0 + timedelta(days=10)),
    planned_at=st.none() | st.just(T0 + timedelta(days=14)), closed=st.booleans(), skipped=st.frozensets(st.sampled_from(STAGES)),
)  # fmt: skip


@given(facts, st.integers(0, 400))
def test_the_path_has_every_stage_once_and_one_now_at_most(given_facts, hours):
    found = stages(given_facts, T0 + timedelta(hours=hours))
    assert [stage.key for stage in found] == list(STAGES)
    assert sum(stage.state == "now" for stage in found) <= 1
    assert all(stage.said for stage in found)


@given(facts, st.integers(0, 400))
def test_there_is_a_next_step_with_a_reason_unless_it_is_closed(given_facts, hours):
    step = next_step(given_facts, T0 + timedelta(hours=hours))
    assert (step is None) == given_facts.closed
    assert step is None or (step.sentence and step.why and step.address and step.label)


def test_nobody_is_to_be_interviewed_while_they_rest():
    resting = Facts(
        resolved_at=T0,
        soak_until=T0 + timedelta(hours=24),
        fade_at=T0 + timedelta(days=7),
        events=5,
        participants=2,
        pinned=2,
        interviews_standing=2,
        interviews_planned=2,
        interviews_asked=2,
    )
    assert next_step(resting, T0 + timedelta(hours=5)).sentence == "Let people rest"
    assert next_step(resting, T0 + timedelta(hours=30)).sentence == "Hold 2 interviews"


# --- the meeting ------------------------------------------------------------------------------------

READY = {
    "resolved_at": NOW - 10 * DAY, "soak_until": NOW - 9 * DAY, "participants": 2, "events": 9, "pinned": 3,
    "interviews_standing": 1, "interviews_done": 1, "texts_written": 4, "conditions": 2,
}  # fmt: skip


def step(**more):
    return next_step(Facts(**(READY | more)), NOW)


def test_where_the_policy_wants_a_meeting_it_is_planned_before_publishing():
    assert step(meeting_expected=True).address == "meetings:plan"
    assert step(meeting_expected=False).address == "publication:readiness"
    assert step(meeting_expected=True, skipped=frozenset({"review"})).address == "publication:readiness"


def test_a_planned_meeting_is_told_and_one_whose_time_has_come_is_held():
    assert "in 2 days" in step(meeting_expected=True, meeting_at=NOW + 2 * DAY).sentence
    assert step(meeting_at=NOW - DAY).sentence == "Hold the review meeting"


def test_what_was_parked_is_decided_once_it_has_settled():
    held = {"meeting_at": NOW - 4 * DAY, "meeting_held": True, "parked": 2}
    assert step(**held, decide_from=NOW).sentence == "Decide on 2 parked remedies"
    assert step(**held, decide_from=NOW + DAY).address == "publication:readiness"
    assert step(**held | {"parked": 0}, decide_from=NOW).address == "publication:readiness"


def test_the_path_says_what_is_true_of_the_meeting():
    def said(**more):
        return {stage.key: (stage.state, stage.said) for stage in stages(Facts(**(READY | more)), NOW)}[
            "review"
        ]

    assert said(meeting_expected=True) == ("now", "no meeting yet")
    assert said(meeting_expected=True, meeting_at=NOW + 3 * DAY) == ("now", "meeting in 3 days")
    assert said(meeting_expected=True, meeting_at=NOW - DAY) == ("now", "meeting is due")
    assert said(meeting_expected=True, meeting_at=NOW - DAY, meeting_held=True) == ("done", "talked through")
    assert said() == ("done", "nothing open")


def test_the_path_tells_how_far_the_conversations_are():
    def said(**known) -> str:
        return next(stage.said for stage in stages(Facts(**known), T0) if stage.key == "interview")

    assert said() == "none planned"
    assert said(interviews_standing=4) == "4 planned"
    assert said(interviews_standing=4, interviews_asked=3) == "3 of 4 asked"
    assert said(interviews_standing=4, interviews_asked=3, interviews_answered=2) == "2 of 4 answered"
    assert (
        said(interviews_standing=4, interviews_asked=4, interviews_answered=4, interviews_done=1)
        == "1 of 4 held"
    )


def test_times_that_nobody_knows_of_are_to_be_sent():
    planned = Facts(
        resolved_at=T0, soak_until=T0 + timedelta(hours=24), fade_at=T0 + timedelta(days=7), events=5, participants=2, pinned=2,
        interviews_standing=2, interviews_planned=2,
    )  # fmt: skip
    assert next_step(planned, T0).sentence == "Send 2 invitations"


def test_a_publication_to_come_is_told_with_its_moment():
    ready = Facts(
        resolved_at=T0, soak_until=T0, participants=1, events=3, pinned=3, interviews_standing=1, interviews_done=1, texts_written=4,
        conditions=2, items=1, planned_at=NOW + 3 * DAY,
    )  # fmt: skip
    assert next_step(ready, NOW).sentence == "It is published in 3 days"
    assert {stage.key: stage.said for stage in stages(ready, NOW)}["publish"] == "in 3 days"
    assert next_step(ready, NOW + 4 * DAY).sentence == "It is published at any moment"
