from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortems.desk.stages import STAGES, Facts, next_step, stages
from tests.make import T0

counts = st.integers(0, 9)
facts = st.builds(
    Facts,
    resolved_at=st.none() | st.just(T0),
    soak_until=st.none() | st.just(T0 + timedelta(hours=24)),
    fade_at=st.none() | st.just(T0 + timedelta(days=7)),
    participants=counts, events=counts, pinned=counts, interviews_standing=counts, interviews_done=counts, interviews_planned=counts,
    texts_written=st.integers(0, 4), conditions=counts, items=counts, items_open=counts, blocking=counts, revisions=st.integers(0, 2),
    closed=st.booleans(), skipped=st.frozensets(st.sampled_from(STAGES)),
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
    )
    assert next_step(resting, T0 + timedelta(hours=5)).sentence == "Let people rest"
    assert next_step(resting, T0 + timedelta(hours=30)).sentence == "Hold 2 interviews"
