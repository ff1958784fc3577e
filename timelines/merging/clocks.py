"""How far the clocks of two sources are apart, from moments that both saw. Pure.

1. Of every trace that both sources have, all differences within `FARTHEST` are looked at.
2. The stretch of differences on which the most moments agree is the offset; an event counts once.
3. The offset is the median there, its spread the median deviation; the other moments are named as outliers.
4. Fewer than three agreeing moments say nothing, but that two do when both share exact ids and nothing disagrees;
   nor does an offset on which no majority of the moments agrees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from statistics import median

from timelines.merging.traces import EXACT, SOME, WEAK, Moment, Trace

FARTHEST = 15 * 3600.0  # seconds; no two zones are farther apart in the same moment of two people's work
STRETCH = 60.0  # seconds within which mirrored moments lie, beyond what the sources round
CENTRES = 40  # differences that are tried as the offset
REPEATS = 8  # a trace that one source has more often is no moment, it is a topic
AGREEING = 5.0  # seconds that nobody would call a difference
DELIVERY = 120.0  # seconds that an alert may need to reach a chat
ZONE = 1800.0


class Verdict(StrEnum):
    AGREE = "agree"
    DELAY = "delay"
    ZONE = "zone"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Pair:
    """One moment in both sources; `apart` is how many seconds later the other source has it."""

    trace: str
    weight: int
    one: int
    other: int
    apart: float


@dataclass(frozen=True, slots=True)
class Offset:
    """By how many seconds the other source is later than the one, and what tells so."""

    apart: float
    spread: float
    fine: float  # seconds that the sources round away
    pairs: tuple[Pair, ...]
    outliers: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """The moments of one source by what they tell, without what it repeats too often to be a moment."""

    by_trace: dict[Trace, list[Moment]]
    fine: float

    @classmethod
    def of(cls, moments: Iterable[Moment]) -> Traced:
        found: dict[Trace, list[Moment]] = defaultdict(list)
        fine = 0.0
        for moment in moments:
            fine = max(fine, moment.fine)
            for trace in moment.traces:
                found[trace].append(moment)
            if moment.words:
                found[Trace(f"“{moment.words}”", "", EXACT)].append(moment)
        return cls({trace: same for trace, same in found.items() if len(same) <= REPEATS}, fine)


def offset(one: Traced, other: Traced) -> Offset | None:
    """The offset between two sources, or nothing where too little tells of it. The other way round it is its negative.

    Names alone are asked only where ids, tickets and links do not tell.
    """
    candidates = _candidates(one.by_trace, other.by_trace)
    fine = max(one.fine, other.fine)
    for least in (SOME, WEAK):
        asked = [pair for pair in candidates if pair.weight >= least]
        agreed = _densest(asked, STRETCH + 2 * min(fine, 60.0))
        if _enough(agreed, _moments(asked)):
            apart = median(pair.apart for pair in agreed)
            spread = median(abs(pair.apart - apart) for pair in agreed)
            return Offset(apart, spread, fine, tuple(agreed), tuple(_outliers(asked, agreed, apart)))
    return None


def _candidates(ones: dict[Trace, list[Moment]], others: dict[Trace, list[Moment]]) -> list[Pair]:
    """Every two events that share a trace, once, with the one that says the most."""
    weights = {trace: trace.weight for trace in ones}
    found: dict[tuple[int, int], Pair] = {}
    for trace in sorted(ones.keys() & others.keys(), key=lambda t: (-weights[t], t.thing, t.act)):
        for a, b in product(ones[trace], others[trace]):
            if abs(b.at - a.at) <= FARTHEST and (a.id, b.id) not in found:
                name = f"{trace.thing} {trace.act}".strip()
                found[a.id, b.id] = Pair(name, weights[trace], a.id, b.id, b.at - a.at)
    return sorted(found.values(), key=lambda pair: (pair.apart, pair.one, pair.other))


def _densest(candidates: list[Pair], stretch: float) -> list[Pair]:
    """The stretch of differences on which the most moments agree; of equal ones that of the smallest difference."""
    ones: Counter[int] = Counter()
    others: Counter[int] = Counter()
    best, begin = (0, 0.0, 0, 0), 0
    for end, pair in enumerate(candidates):
        ones[pair.one] += 1
        others[pair.other] += 1
        while pair.apart - candidates[begin].apart > stretch:
            _forget(ones, candidates[begin].one)
            _forget(others, candidates[begin].other)
            begin += 1
        middle = abs(pair.apart + candidates[begin].apart)
        best = max(best, (min(len(ones), len(others)), -middle, -begin, end + 1))
    inside = candidates[-best[2] : best[3]]
    return _sharpest(candidates, inside[0].apart, inside[-1].apart, stretch) if inside else []


def _sharpest(candidates: list[Pair], low: float, high: float, stretch: float) -> list[Pair]:
    """In and around a dense stretch, the difference at which the most events pair one to one, and nearest to it.

    Alerts that follow one another within seconds make a stretch in which their cross-pairs agree nearly as well.
    """
    near = [pair for pair in candidates if low - stretch <= pair.apart <= high + stretch]
    centres = sorted({pair.apart for pair in near})
    best: tuple[int, float, float] = (0, 0.0, 0.0)
    paired: list[Pair] = []
    for centre in centres[:: len(centres) // CENTRES + 1]:
        found = _each_once((pair for pair in near if abs(pair.apart - centre) <= stretch / 2), centre)
        score = len(found), -sum(abs(pair.apart - centre) for pair in found), -abs(centre)
        if not paired or score > best:
            best, paired = score, found
    return paired


def _forget(counted: Counter[int], key: int) -> None:
    counted[key] -= 1
    if not counted[key]:
        del counted[key]


def _each_once(pairs: Iterable[Pair], apart: float) -> list[Pair]:
    """The pairs nearest to a difference, so that every event stands in one."""
    ones: set[int] = set()
    others: set[int] = set()
    found = []
    for pair in sorted(pairs, key=lambda pair: (abs(pair.apart - apart), -pair.weight, pair.one, pair.other)):
        if pair.one not in ones and pair.other not in others:
            found.append(pair)
            ones.add(pair.one)
            others.add(pair.other)
    return sorted(found, key=lambda pair: (-pair.weight, pair.one, pair.other))


def _outliers(candidates: list[Pair], agreed: list[Pair], apart: float) -> list[Pair]:
    held = {pair.one for pair in agreed}, {pair.other for pair in agreed}
    rest = [pair for pair in candidates if pair.one not in held[0] and pair.other not in held[1]]
    return _each_once(rest, apart)


def _moments(pairs: list[Pair]) -> int:
    return min(len({pair.one for pair in pairs}), len({pair.other for pair in pairs}))


def _enough(agreed: list[Pair], moments: int) -> bool:
    if len(agreed) >= 3:
        return 2 * len(agreed) > moments
    return len(agreed) == 2 == moments and all(pair.weight >= EXACT for pair in agreed)


def verdict(found: Offset, *, hears: bool) -> tuple[Verdict, float]:
    """What the offset looks like, and by how many seconds the other source would have to be shifted.

    `hears`: the other source is a chat or a mailbox, which has a moment only after it was delivered.
    """
    rounded = max(AGREEING, 2 * found.spread, found.fine)
    if abs(found.apart) <= rounded:
        return Verdict.AGREE, 0.0
    zones = round(found.apart / ZONE) * ZONE
    if zones and abs(found.apart - zones) <= max(DELIVERY if hears else 90.0, 2 * found.spread):
        return Verdict.ZONE, -zones
    shift = -round(found.apart, 0 if found.spread >= 0.5 or found.fine >= 1 else 3)
    if hears and 0 < found.apart <= DELIVERY:
        return Verdict.DELAY, shift
    return Verdict.CLOCK, shift


# Services keep their clocks by profession, hosts by care, people and tables as it happens.
_KEPT_WELL = {
    "pagerduty", "opsgenie", "github", "gitlab", "bitbucket", "slack", "teams", "discord", "statuspage", "cloudtrail", "gcpaudit",
    "azure", "circleci",
}  # fmt: skip
_KEPT_BY_CHANCE = {"shell", "irc", "table", "mail", "calendar", "asciinema", "powershell"}
HEARING = {
    "slack",
    "teams",
    "discord",
    "mattermost",
    "rocketchat",
    "zulip",
    "telegram",
    "irc",
    "mail",
    "statuspage",
}
REMEMBERED = {"hand", "recollection"}  # nobody's memory is a clock


def trust(format: str) -> int:
    """How well a clock is kept, by the kind of source; more is better."""
    return 2 if format in _KEPT_WELL else 0 if format in _KEPT_BY_CHANCE else 1


def astray(
    relations: Iterable[tuple[int, int, Verdict]], trusted: dict[int, int]
) -> dict[tuple[int, int], int]:
    """For every two sources that disagree, which one is more likely off: the one that more sources contradict.

    Where that is equal, the one whose kind keeps its clock less well; then the one that was added later.
    """
    relations = list(relations)
    against: Counter[int] = Counter()
    for one, other, said in relations:
        for source in (one, other):
            against[source] += -1 if said is Verdict.AGREE else 1
    return {
        (one, other): max((one, other), key=lambda source: (against[source], -trusted[source], source))
        for one, other, said in relations
        if said is not Verdict.AGREE
    }
