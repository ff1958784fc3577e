"""How far two clocks are apart: recovered from noise, never made of too little."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timelines.merging import clocks
from timelines.merging.clocks import Offset, Pair, Traced, Verdict, astray, verdict
from timelines.merging.traces import EXACT, SOME, WEAK, Moment, Trace


def offset(one: list[Moment], other: list[Moment]) -> Offset | None:
    return clocks.offset(Traced.of(one), Traced.of(other))


def moment(
    number: int, source: int, at: float, thing: str = "", weight: int = EXACT, fine: float = 0.0
) -> Moment:
    return Moment(
        source * 10_000 + number,
        source,
        at,
        fine,
        frozenset({Trace(thing or f"id {number}", "begins", weight)}),
    )


def both(
    count: int, apart: float, weight: int = EXACT, noise=lambda n: 0.0
) -> tuple[list[Moment], list[Moment]]:
    ones = [moment(n, 1, n * 600.0, weight=weight) for n in range(count)]
    return ones, [moment(n, 2, n * 600.0 + apart + noise(n), weight=weight) for n in range(count)]


TIMES = st.lists(st.floats(0, 86_400), min_size=3, max_size=30, unique=True)


@given(TIMES, st.floats(-50_000, 50_000), st.randoms(use_true_random=False), st.integers(0, 9))
@settings(max_examples=60)
def test_an_offset_is_recovered_from_noise(times, apart, random, strangers):
    ones = [moment(n, 1, at) for n, at in enumerate(times)]
    others = [moment(n, 2, at + apart + random.uniform(-8, 8)) for n, at in enumerate(times)]
    strangers = min(strangers, len(times) - 1)
    for n in range(strangers):  # the same id, at another time
        key, at = 5_000 + n, random.uniform(0, 86_400)
        ones.append(moment(key, 1, at))
        others.append(
            moment(
                key,
                2,
                at + apart + random.choice([-1, 1]) * random.uniform(200 * (n + 1), 200 * (n + 1) + 20),
            )
        )
    random.shuffle(ones)
    random.shuffle(others)
    found = offset(ones, others)
    assert found is not None
    assert abs(found.apart - apart) <= 8
    assert found.spread <= 8
    assert len(found.pairs) == len(times)
    back = offset(others, ones)
    assert abs(found.apart + back.apart) < 1e-6
    assert {(p.one, p.other) for p in found.outliers} == {(p.other, p.one) for p in back.outliers}


@given(st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_order_of_events_does_not_matter(random, count):
    ones, others = both(count, 77, noise=lambda n: (n * 7) % 5)
    expected = offset(ones, others)
    random.shuffle(ones)
    random.shuffle(others)
    assert offset(ones, others) == expected


@pytest.mark.parametrize(("count", "weight", "told"), [(1, EXACT, False), (2, EXACT, True), (2, SOME, False), (2, WEAK, False), (3, SOME, True), (3, WEAK, True)])  # fmt: skip
def test_too_few_moments_tell_nothing(count, weight, told):
    assert (offset(*both(count, 90, weight)) is not None) is told


def test_two_exact_ids_that_disagree_tell_nothing():
    assert offset(*both(2, 90, noise=lambda n: n * 4000)) is None


def test_without_a_majority_nothing_is_said():
    ones, others = both(9, 90, noise=lambda n: 0 if n < 4 else n * 900.0)
    assert offset(ones, others) is None


def test_what_repeats_is_matched_to_its_own_repetition():
    """One alert that fires four times, and is late in the other source by the same 40 seconds."""
    ones = [moment(n, 1, n * 1000.0, "ReplicaLagHigh", WEAK) for n in range(4)]
    others = [moment(n, 2, n * 1000.0 + 40, "ReplicaLagHigh", WEAK) for n in range(4)]
    found = offset(ones, others)
    assert found.apart == 40
    assert [(pair.one - 10_000, pair.other - 20_000) for pair in found.pairs] == [(n, n) for n in range(4)]


def test_a_topic_is_no_moment():
    ones = [moment(n, 1, n * 10.0, "db-1") for n in range(30)]
    assert offset(ones, [moment(n, 2, n * 10.0 + 5, "db-1") for n in range(30)]) is None


def test_one_event_stands_in_one_pair():
    one = Moment(1, 1, 0.0, 0.0, frozenset({Trace("id A", ""), Trace("id B", ""), Trace("id C", "")}))
    other = Moment(2, 2, 50.0, 0.0, one.traces)
    assert offset([one], [other]) is None


def apart(seconds: float, spread: float = 0.2, fine: float = 0.0) -> Offset:
    return Offset(seconds, spread, fine, (Pair("id", EXACT, 1, 2, seconds),), ())


@pytest.mark.parametrize(
    ("seconds", "hears", "expected"),
    [
        (3, False, (Verdict.AGREE, 0.0)),
        (-4.9, True, (Verdict.AGREE, 0.0)),
        (40, True, (Verdict.DELAY, -40.0)),
        (40, False, (Verdict.CLOCK, -40.0)),
        (-40, True, (Verdict.CLOCK, 40.0)),  # nobody hears of it before it happens
        (7200, False, (Verdict.ZONE, -7200.0)),
        (7260, True, (Verdict.ZONE, -7200.0)),
        (-19_770, False, (Verdict.ZONE, 19_800.0)),
        (754.3, False, (Verdict.CLOCK, -754.3)),
    ],
)
def test_what_an_offset_looks_like(seconds, hears, expected):
    assert verdict(apart(seconds), hears=hears) == expected


def test_what_a_source_rounds_away_is_no_difference():
    assert verdict(apart(31, fine=60), hears=False)[0] is Verdict.AGREE


def test_who_is_off_is_whom_more_sources_contradict_then_whose_clock_is_kept_less_well():
    trusted = {1: 2, 2: 2, 3: 2}
    relations = [(1, 2, Verdict.CLOCK), (2, 3, Verdict.CLOCK), (1, 3, Verdict.AGREE)]
    assert astray(relations, trusted) == {(1, 2): 2, (2, 3): 2}
    assert astray([(1, 2, Verdict.CLOCK)], {1: 0, 2: 2}) == {(1, 2): 1}
    assert astray([(1, 2, Verdict.AGREE)], {1: 0, 2: 2}) == {}


def test_moments_close_to_one_another_are_paired_one_to_one():
    ones = [moment(n, 1, n * 20.0, "ReplicaLagHigh", WEAK) for n in range(4)]
    others = [moment(n, 2, n * 20.0 + 300, "ReplicaLagHigh", WEAK) for n in range(4)]
    found = offset(ones, others)
    assert found.apart == 300
    assert [(pair.one, pair.other) for pair in found.pairs] == [(10_000 + n, 20_000 + n) for n in range(4)]
