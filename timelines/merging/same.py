"""Which events of several sources are one moment, seen by each. Pure; it proposes, a person decides.

1. Two events may be one where they share a trace (the same thing at the same step) or their very words, and
   lie near one another: `NEAR` seconds, or `CLOSE` where only a name or nearly the words are shared.
2. The surest and nearest pairs join first. A join is left out when the whole would last longer than `NEAR`,
   hold more than `MOST` events, two events of which a person said that they are two, or two groups that a
   person made.
3. Two records of one source join only where they share an exact id at the same step within `SAME` seconds.

The order in which events come changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from timelines.merging.traces import EXACT, RECORD, WEAK, Moment

NEAR, CLOSE, SAME = 300.0, 60.0, 2.0  # seconds
MOST = 12
COMMON = 60  # events with a trace: beyond it is a topic, not a moment
RARE = 8  # events with a word
ALIKE = 90  # of 100: nearly the same words


@dataclass(frozen=True, slots=True)
class Proposal:
    """Events that may be one moment, in order of time, and what they share."""

    events: tuple[int, ...]
    why: tuple[str, ...]
    weight: int  # of the surest pair


@dataclass(frozen=True, slots=True)
class _Join:
    weight: int
    apart: float
    one: int
    other: int
    why: str

    @property
    def order(self) -> tuple:
        return -self.weight, self.apart, self.one, self.other, self.why


def propose(
    moments: Iterable[Moment],
    *,
    refused: Set[frozenset[int]] = frozenset(),
    held: Mapping[int, int] | None = None,
) -> list[Proposal]:
    """The moments that several sources saw. `refused` are pairs said to be two; `held` is the group of an event that has one."""
    known = {moment.id: moment for moment in moments}
    sets = _Sets(known, refused, held or {})
    for join in sorted(_joins(list(known.values())), key=lambda join: join.order):
        sets.join(join)
    return sorted(sets.proposals(), key=lambda found: (known[found.events[0]].at, found.events))


class _Sets:
    """Events in sets that only grow, and only where the rules allow it."""

    def __init__(
        self, known: Mapping[int, Moment], refused: Set[frozenset[int]], held: Mapping[int, int]
    ) -> None:
        self.known, self.refused, self.held = known, refused, held
        self.of = {key: key for key in known}
        self.members: dict[int, list[int]] = {key: [key] for key in known}
        self.why: dict[int, list[_Join]] = defaultdict(list)
        together: dict[int, list[int]] = defaultdict(list)
        for event, group in held.items():
            if event in known:
                together[group].append(event)
        for events in together.values():
            for other in sorted(events)[1:]:
                self._unite(min(events), other)

    def join(self, join: _Join) -> None:
        one, other = self.of[join.one], self.of[join.other]
        if one != other:
            if not self._may(self.members[one] + self.members[other], one, other):
                return
            one = self._unite(one, other)
        self.why[one].append(join)

    def _may(self, events: list[int], one: int, other: int) -> bool:
        times = [self.known[event].at for event in events]
        groups = {self.held[event] for event in events if event in self.held}
        between = ((a, b) for a in self.members[one] for b in self.members[other])
        return (
            max(times) - min(times) <= NEAR
            and len(events) <= MOST
            and len(groups) <= 1
            and not any(frozenset(pair) in self.refused for pair in between)
        )

    def _unite(self, one: int, other: int) -> int:
        one, other = sorted((self.of[one], self.of[other]))
        for event in self.members[other]:
            self.of[event] = one
        self.members[one] += self.members.pop(other)
        self.why[one] += self.why.pop(other, [])
        return one

    def proposals(self) -> Iterator[Proposal]:
        for root, events in self.members.items():
            apart = {self.held.get(event, -event) for event in events}  # what is one group already is one
            if len(apart) > 1:
                why = dict.fromkeys(join.why for join in sorted(self.why[root], key=lambda join: join.order))
                ordered = sorted(events, key=lambda event: (self.known[event].at, event))
                yield Proposal(tuple(ordered), tuple(why)[:4], max(join.weight for join in self.why[root]))


def _joins(moments: list[Moment]) -> Iterator[_Join]:
    buckets: dict[tuple, list[Moment]] = defaultdict(list)
    for moment in moments:
        for trace in moment.traces:
            if trace.act or trace.weight == RECORD:
                buckets[trace.weight, trace.thing, trace.act].append(moment)
        if moment.words:
            buckets[EXACT, f"“{moment.words}”", ""].append(moment)
    for (weight, thing, _), same in buckets.items():
        if 1 < len(same) <= COMMON or weight == RECORD:
            yield from _neighbours(sorted(same, key=lambda m: (m.at, m.id)), weight, _said(thing, weight))
    yield from _alike(moments)


def _said(thing: str, weight: int) -> str:
    """What is shared, as it follows “they share”."""
    if thing.startswith("“"):
        return "the very words"
    if weight == RECORD:
        return "one record" if thing.startswith("record ") else "one mail"
    return thing


def _neighbours(same: list[Moment], weight: int, why: str) -> Iterator[_Join]:
    """Each event with the last earlier one of every source; farther ones join through those between."""
    last: dict[int, Moment] = {}
    within = CLOSE if weight <= WEAK else NEAR
    for moment in same:
        for earlier in last.values():
            near = within
            if earlier.source == moment.source:
                near = SAME if weight == EXACT and why != "the very words" else -1.0
            if moment.at - earlier.at <= near and not (moment.log and earlier.log and weight < RECORD):
                yield _Join(weight, moment.at - earlier.at, *sorted((earlier.id, moment.id)), why)
        last[moment.source] = moment


def _alike(moments: list[Moment]) -> Iterator[_Join]:
    """Nearly the same words, of what machines write: a mirror adds its greeting, a mail its subject."""
    told = sorted((m for m in moments if m.words and not m.prose and not m.log), key=lambda m: (m.at, m.id))
    by_word: dict[str, list[Moment]] = defaultdict(list)
    for moment in told:
        for word in {word for word in moment.words.split() if len(word) >= 5}:
            by_word[word].append(moment)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    known = {moment.id: moment for moment in told}
    for same in by_word.values():
        times = [moment.at for moment in same]
        for place, moment in enumerate(same):
            near = same[bisect_left(times, moment.at - CLOSE) : place]
            for earlier in near if len(near) <= RARE else ():
                if earlier.source != moment.source:
                    shared[earlier.id, moment.id] += 1
    for (one, other), words in shared.items():
        a, b = known[one], known[other]
        if words >= 2 and a.words != b.words and fuzz.token_set_ratio(a.words, b.words) >= ALIKE:
            yield _Join(WEAK, b.at - a.at, *sorted((one, other)), "nearly all words")


def pairs(events: Iterable[int]) -> list[tuple[int, int]]:
    """Every two of them, the smaller first: what is written down when a person says that they are not one."""
    return list(combinations(sorted(set(events)), 2))
