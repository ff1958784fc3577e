from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.scheduling.whom import Seen, propose
from tests.make import T0

UTC = ZoneInfo("UTC")


def at(minutes: float):
    return T0 + timedelta(minutes=minutes)


def whys(*people: Seen) -> dict[str, str]:
    return {asked.name: asked.why for asked in propose(people, UTC)}


def test_who_acted_is_asked_first_whatever_their_role():
    told = propose(
        [
            Seen(1, "Ada", "Incident commander", events=40, messages=40, first_at=at(5)),
            Seen(
                2,
                "Ben",
                "Observer",
                events=2,
                commands=1,
                first_at=at(9),
                acted_at=at(9),
                rolled_back_at=at(9),
            ),
            Seen(
                3,
                "Cleo",
                "On-call responder",
                events=3,
                messages=2,
                first_at=at(3),
                acted_at=at(4),
                paged_at=at(1),
            ),
        ],
        UTC,
    )
    assert [(one.name, one.rank) for one in told] == [("Cleo", 1), ("Ben", 1), ("Ada", 2)]
    assert (
        told[0].why
        == "On-call responder, acted first by the evidence, at 18:04, was paged at 18:01 and joined within 2 minutes"
    )
    assert told[1].why == "Observer, typed the rollback at 18:09"
    assert told[2].why == "Incident commander, in the evidence from 18:05 on"


def test_silence_is_a_question():
    told = whys(
        Seen(1, "Ada", "Support", present=True),
        Seen(2, "Ben", "Support"),
        Seen(3, "Cleo", "On-call responder", paged_at=at(1)),
        Seen(4, "Dev", "Subject expert", paged_at=at(9), events=3, messages=3, first_at=at(2)),
        Seen(5, "Eve", "Subject expert", paged_at=at(9), events=3, messages=3, first_at=at(9)),
    )
    assert told["Ada"] == "Support, was there and wrote nothing"
    assert told["Ben"] == "Support, not heard in the evidence yet"
    assert "was paged at 18:01; no trace shows that they joined" in told["Cleo"]
    assert "was paged at 18:09, and there already" in told["Dev"]
    assert "was paged at 18:09 and joined at once" in told["Eve"]


def test_of_two_who_handed_over_the_nearer_one_is_asked_first():
    told = {
        one.name: one
        for one in propose(
            [
                Seen(1, "Ada", "On-call responder", events=9, acted_at=at(2), first_at=at(1), handed_to=(2,)),
                Seen(2, "Ben", "Subject expert", events=9, first_at=at(30)),
            ],
            UTC,
        )
    }
    assert (told["Ada"].after, told["Ben"].after) == ((), (1,))
    assert "handed over to Ben" in told["Ada"].why
    assert "took over from Ada" in told["Ben"].why


moments = st.none() | st.integers(0, 600).map(at)
seen = st.builds(
    Seen, id=st.integers(1, 9), name=st.text(max_size=5), role=st.sampled_from(["Support", "On-call responder", "", "x"]), events=st.integers(0, 3),
    messages=st.integers(0, 3), commands=st.integers(0, 2), deploys=st.integers(0, 2), first_at=moments, acted_at=moments, rolled_back_at=moments,
    paged_at=moments, present=st.booleans(), tried=st.integers(0, 1), handed_to=st.lists(st.integers(1, 9), max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(seen, max_size=9, unique_by=lambda one: one.id), st.randoms())
def test_everybody_is_there_once_in_one_order_and_nobody_waits_for_somebody_later(people, random):
    told = propose(people, UTC)
    assert sorted(one.id for one in told) == sorted(one.id for one in people)
    shuffled = people[:]
    random.shuffle(shuffled)
    assert [one.id for one in propose(shuffled, UTC)] == [one.id for one in told]
    before: set[int] = set()
    for one in told:
        assert set(one.after) <= before
        assert one.why
        before.add(one.id)


@given(st.lists(seen, max_size=5, unique_by=lambda one: one.id), st.integers(2, 50))
def test_how_much_somebody_did_changes_nothing(people, times):
    more = [
        Seen(**vars(one) | {"events": one.events * times, "messages": one.messages * times, "commands": one.commands * times, "deploys": one.deploys * times})
        for one in people
    ]  # fmt: skip
    assert propose(more, UTC) == propose(people, UTC)
