"""Which stamped lines are new, changed or gone between two versions of the notes. Pure.

A line that stands as it stood has nothing to say: what its passage became since is the interviewee's. A line is
the changed form of another when it has its mark, or most of its words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from postmortems.interviews.listening.stamps import Stamp

ALIKE = 0.6
COMPARED = 40  # lines on each side that are compared by their words


@dataclass
class Changes:
    new: list[Stamp] = field(default_factory=list)
    changed: list[tuple[Stamp, Stamp]] = field(default_factory=list)  # as it was, as it is
    gone: list[Stamp] = field(default_factory=list)


def changes(before: list[Stamp], after: list[Stamp]) -> Changes:
    was, now = _only_in(before, after), _only_in(after, before)
    found = Changes()
    for alike in (_same_mark, _same_words):
        for old in list(was):
            if new := next((one for one in now if alike(old, one, len(was) * len(now))), None):
                found.changed.append((old, new))
                was.remove(old)
                now.remove(new)
    found.new, found.gone = now, was
    return found


def _only_in(these: list[Stamp], those: list[Stamp]) -> list[Stamp]:
    """Those of `these` beyond what `those` have, each as often as it stands; a place that became known counts."""
    there = Counter((one.key, one.earliest, one.latest) for one in those)
    only = []
    for one in these:
        if there[one.key, one.earliest, one.latest]:
            there[one.key, one.earliest, one.latest] -= 1
        else:
            only.append(one)
    return only


def _same_mark(old: Stamp, new: Stamp, _: int) -> bool:
    return old.mark == new.mark


def _same_words(old: Stamp, new: Stamp, pairs: int) -> bool:
    if old.text == new.text:
        return True
    if pairs > COMPARED**2:
        return False
    return SequenceMatcher(None, old.text[:400], new.text[:400], autojunk=False).ratio() >= ALIKE
