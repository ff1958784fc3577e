"""Which events are one moment: the rule alone."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from timelines.merging.same import MOST, NEAR, Proposal, pairs, propose
from timelines.merging.traces import EXACT, RECORD, SOME, WEAK, Moment, Trace


def moment(
    id: int, source: int, at: float, *things: str, act: str = "begins", weight: int = EXACT, **fields
) -> Moment:
    return Moment(id, source, at, 0.0, frozenset(Trace(thing, act, weight) for thing in things), **fields)


def sets(found: list[Proposal]) -> list[set[int]]:
    return [set(one.events) for one in found]


def test_the_same_thing_at_the_same_step_in_several_sources_is_one_moment():
    told = [
        moment(1, 1, 0, "id PCONF1"), moment(2, 2, 20, "id PCONF1"), moment(3, 3, 50, "id PCONF1"),
        moment(4, 2, 90, "id PCONF1", act="taken"), moment(5, 2, 5000, "id PCONF1"),
    ]  # fmt: skip
    assert propose(told) == [Proposal((1, 2, 3), ("id PCONF1",), EXACT)]


def test_one_source_alone_joins_only_two_records_of_one_instant():
    assert propose([moment(1, 1, 0, "id A1B2C3"), moment(2, 1, 30, "id A1B2C3")]) == []
    assert sets(propose([moment(1, 1, 0, "id A1B2C3"), moment(2, 1, 1, "id A1B2C3")])) == [{1, 2}]
    assert propose([moment(1, 1, 0, "link x/y", weight=SOME), moment(2, 1, 1, "link x/y", weight=SOME)]) == []


def test_a_name_needs_to_be_closer_than_an_id():
    near, far = (
        moment(2, 2, 50, "ReplicaLagHigh", weight=WEAK),
        moment(2, 2, 90, "ReplicaLagHigh", weight=WEAK),
    )
    assert sets(propose([moment(1, 1, 0, "ReplicaLagHigh", weight=WEAK), near])) == [{1, 2}]
    assert propose([moment(1, 1, 0, "ReplicaLagHigh", weight=WEAK), far]) == []


def test_a_thing_without_a_step_is_a_topic_and_lines_of_logs_are_not_joined_by_it():
    assert propose([moment(1, 1, 0, "id A1B2C3", act=""), moment(2, 2, 1, "id A1B2C3", act="")]) == []
    assert propose([moment(1, 1, 0, "id A1B2C3", log=True), moment(2, 2, 1, "id A1B2C3", log=True)]) == []


def test_very_words_are_one_moment_also_of_people():
    words = "we are rolling back the release of this morning"
    told = [moment(1, 1, 0, words=words, prose=True), moment(2, 2, 100, words=words, prose=True)]
    assert propose(told) == [Proposal((1, 2), ("the very words",), EXACT)]


def test_a_mirror_adds_its_greeting():
    told = [
        moment(1, 1, 0, words="disk usage above ninety percent on archive seven"),
        moment(2, 2, 12, words="warning from the watch disk usage above ninety percent on archive seven"),
        moment(3, 2, 14, words="disk usage fine"),
    ]
    assert propose(told) == [Proposal((1, 2), ("nearly all words",), WEAK)]


def test_an_export_brought_in_twice_as_two_sources():
    told = [
        moment(
            n + 100 * source + 1, source, float(n), f"record slack/C/{n}", act="", weight=RECORD, prose=True
        )
        for n in range(100)
        for source in (0, 1)
    ]
    assert sets(propose(told)) == [{n + 1, n + 101} for n in range(100)]


def test_what_a_person_said_to_be_two_stays_two_also_by_a_third():
    told = [moment(1, 1, 0, "id A1B2C3"), moment(2, 2, 10, "id A1B2C3"), moment(3, 3, 30, "id A1B2C3")]
    assert propose(told, refused={frozenset({1, 2})}) == [Proposal((2, 3), ("id A1B2C3",), EXACT)]


def test_a_group_grows_and_two_groups_stay_two():
    told = [
        moment(1, 1, 0, "id A1B2C3"),
        moment(2, 2, 10, "id A1B2C3"),
        moment(3, 3, 20, "id A1B2C3"),
        moment(4, 4, 21, "id A1B2C3"),
    ]
    assert sets(propose(told, held={1: 7, 2: 7})) == [{1, 2, 3, 4}]
    assert propose(told, held={1: 7, 2: 7, 3: 8, 4: 8}) == []


MOMENTS = st.lists(
    st.builds(
        lambda source, at, thing, act, weight, words, prose: (source, at, thing, act, weight, words, prose),
        st.integers(1, 4), st.floats(0, 2000), st.sampled_from(["id A", "id B", "link c", "Name"]), st.sampled_from(["", "begins", "ends"]),
        st.sampled_from([RECORD, EXACT, SOME, WEAK]), st.sampled_from(["", "replica lag above thirty seconds", "watch replica lag above thirty seconds now"]),
        st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


def made(drawn) -> list[Moment]:
    return [
        Moment(n, source, at, 0.0, frozenset({Trace(thing, act, {"id": EXACT, "link": SOME}.get(thing[:4].strip(), weight))}), words, prose)
        for n, (source, at, thing, act, weight, words, prose) in enumerate(drawn, 1)
    ]  # fmt: skip


@given(
    MOMENTS,
    st.randoms(use_true_random=False),
    st.sets(st.tuples(st.integers(1, 25), st.integers(1, 25)), max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_proposals_are_the_same_in_any_order_short_small_and_never_what_was_refused(drawn, random, said):
    moments, refused = made(drawn), {frozenset(pair) for pair in said if pair[0] != pair[1]}
    found = propose(moments, refused=refused)
    random.shuffle(moments)
    assert propose(moments, refused=refused) == found
    at = {moment.id: moment.at for moment in moments}
    events = [event for one in found for event in one.events]
    assert len(events) == len(set(events))
    for one in found:
        assert 2 <= len(one.events) <= MOST
        assert at[one.events[-1]] - at[one.events[0]] <= NEAR
        assert one.why
        assert not any(frozenset(pair) in refused for pair in combinations(one.events, 2))


@given(MOMENTS)
@settings(max_examples=100, deadline=None)
def test_accepting_everything_leaves_nothing_to_propose_and_refusing_everything_neither(drawn):
    moments = made(drawn)
    found = propose(moments)
    held = {event: number for number, one in enumerate(found) for event in one.events}
    assert propose(moments, held=held) == []
    refused: set[frozenset[int]] = set()
    for _ in range(len(moments) + 1):
        refused |= {
            frozenset(pair) for one in propose(moments, refused=refused) for pair in pairs(one.events)
        }
    assert propose(moments, refused=refused) == []
