"""Plans beside interviews that keep their time break no rule, whatever stands already."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant, Severity
from postmortems.interviews.models import Interview
from postmortems.interviews.scheduling.bounds import Standing
from postmortems.interviews.scheduling.planning import make_plan
from postmortems.interviews.scheduling.schedule import Host, House, key_of, key_of_user
from postmortems.interviews.scheduling.telling import Choice
from postmortems.interviews.scheduling.whom import Seen
from postmortems.interviews.scheduling.window import of_policy
from tests.interviews.scheduling.conftest import NOW, RESOLVED

ZONES = ("Europe/Lisbon", "Asia/Kathmandu", "America/Bogota")
HOSTS = [User(pk=100 + n, name=f"Host {n}", zone=ZONES[n], is_active=True) for n in range(2)]
PEOPLE = [Participant(pk=n, name=f"P{n}", zone=ZONES[n % 3], role="Support") for n in range(1, 8)]

minutes = st.integers(-600, 6 * 1440).map(lambda quarter: quarter * 5)
standing = st.lists(st.tuples(st.integers(0, 1), minutes), max_size=4)


def house_with(kept: list[tuple[int, int]]) -> House:
    """The first people have an interview at these times, good or bad; the others have none."""
    policy = Severity(soak_hours=24, fade_hours=120, meeting_days=None, publish_days=28)
    interviews = [
        Interview(pk=number + 1, participant=PEOPLE[number], interviewer=HOSTS[host], starts_at=RESOLVED + timedelta(minutes=later),
                  ends_at=RESOLVED + timedelta(minutes=later + 45), state="accepted", kept=True)
        for number, (host, later) in enumerate(kept)
    ]  # fmt: skip
    return House(
        incident=Incident(ref="INC-1", zone="UTC", severity=policy, resolved_at=RESOLVED, impact_began_at=RESOLVED - timedelta(hours=1)),
        window=of_policy(policy, RESOLVED), now=NOW, participants={one.pk: one for one in PEOPLE},
        seen={one.pk: Seen(one.pk, one.name, one.role) for one in PEOPLE}, unknown=[], standing=interviews,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(standing, st.integers(1, 3), st.data())
def test_no_rule_is_broken_and_what_stands_counts(kept, limit, data):
    house = house_with(kept)
    waiting = PEOPLE[len(kept) :]
    after = {one.pk: data.draw(st.sampled_from([(), (PEOPLE[0].pk,), (waiting[0].pk,)])) for one in waiting}
    hosts = [Host(user, limit) for user in HOSTS]
    choices = [Choice(one.pk, 1, tuple(pk for pk in after[one.pk] if pk != one.pk)) for one in waiting]
    outcome = make_plan(house, choices, hosts)
    assert {slot["participant"] for slot in outcome.slots} | {left.participant for left in outcome.left} == {
        one.pk for one in waiting
    }
    by_pk = {one.pk: one for one in PEOPLE}
    placed = [
        Standing(
            key_of(by_pk[slot["participant"]]), key_of_user(slot["interviewer"]), slot["start"], slot["end"]
        )
        for slot in outcome.slots
    ]
    for slot, own in zip(outcome.slots, placed, strict=True):
        person, host = (
            by_pk[slot["participant"]],
            next(one for one in hosts if one.user.pk == slot["interviewer"]),
        )
        bounds, _ = house.bounds_for(person, host, after=after[person.pk], starts=[slot["start"]])
        bounds.others += [one for one in placed if one != own]
        assert bounds.broken(own.person, own.interviewer, slot["start"]) == []
    for left in outcome.left:
        assert left.sentence.endswith(".")
        assert bool(left.offer) == (left.constraint is not None)
