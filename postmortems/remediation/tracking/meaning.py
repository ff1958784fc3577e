"""What the states of a tracker mean here, and who of two sides moved since they last agreed. Pure.

A meaning is one of `open`, `in_progress`, `done`, `dropped`; an empty one says nothing. What is verified here is done
there, and nothing there ever verifies: that somebody looked at the effect is said here alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from postmortems.remediation.way import NEXT

MEANINGS = {
    "open": "open",
    "in progress": "in_progress",
    "done": "done",
    "dropped": "dropped",
    "nothing": "",
}
OF_STATUS = {
    "parked": "open", "proposed": "open", "accepted": "open", "in_progress": "in_progress", "done": "done",
    "verified": "done", "dropped": "dropped",
}  # fmt: skip
USUAL: dict[str, dict[str, str]] = {
    "github": {"open": "open", "completed": "done", "closed": "done", "not_planned": "dropped", "duplicate": "dropped"},
    "gitlab": {"opened": "open", "closed": "done"},
    # categories, which every status of Jira has, and resolutions that say that it was not done
    "jira": {
        "new": "open", "indeterminate": "in_progress", "done": "done", "won't do": "dropped", "won't fix": "dropped",
        "declined": "dropped", "duplicate": "dropped", "cannot reproduce": "dropped",
    },
}  # fmt: skip
USUAL["jira_dc"] = USUAL["jira"]
MOST_LINES = 60


class Unreadable(ValueError):
    """A sentence about the line that cannot be read."""


def usual(kind: str, own: Mapping[str, str]) -> dict[str, str]:
    return {**USUAL[kind], **own}


def meaning_of(states: Sequence[str], meanings: Mapping[str, str]) -> str:
    """The meaning of the first state that has one; an issue tells its states from the most particular on."""
    return next((meanings[one.lower()] for one in states if one.lower() in meanings), "")


def parse(text: str) -> dict[str, str]:
    """Lines such as `in review = in progress`. Raises Unreadable."""
    found: dict[str, str] = {}
    for line in text.replace("\x00", "").splitlines()[: MOST_LINES + 1]:
        state, equals, meaning = (part.strip().lower() for part in line.rpartition("="))
        if not line.strip():
            continue
        if not equals or not state or len(state) > 80 or meaning not in MEANINGS:
            raise Unreadable(f"“{line.strip()[:60]}” should be a state, =, and one of {', '.join(MEANINGS)}.")
        found[state] = MEANINGS[meaning]
    if len(found) > MOST_LINES:
        raise Unreadable(f"At most {MOST_LINES} states.")
    return found


def written(meanings: Mapping[str, str]) -> str:
    words = {value: word for word, value in MEANINGS.items()}
    return "\n".join(f"{state} = {words.get(meaning, 'nothing')}" for state, meaning in meanings.items())


def told_as(status: str, tells: frozenset[str]) -> str:
    """What a status here is to a tracker that tells only some meanings apart."""
    meaning = OF_STATUS[status]
    if meaning in tells:
        return meaning
    return {"in_progress": "open", "dropped": "done"}.get(meaning, meaning)


def way_to(status: str, meaning: str) -> list[str]:
    """The steps that bring an item to what a tracker says; empty where it is that already.

    What was done and is opened again is in progress; what was dropped and is opened again has to be decided on anew.
    """
    if not meaning or OF_STATUS[status] == meaning:
        return []
    wanted = {"in_progress": "in_progress", "done": "done", "dropped": "dropped"}.get(meaning)
    if meaning == "open":
        wanted = {"done": "in_progress", "verified": "in_progress", "dropped": "proposed"}.get(
            status, "accepted"
        )
    paths: deque[list[str]] = deque([[status]])
    seen = {status}
    while paths:
        path = paths.popleft()
        if path[-1] == wanted:
            return path[1:]
        for step in NEXT[path[-1]]:
            if step not in seen and step not in ("verified", "parked"):
                seen.add(step)
                paths.append([*path, step])
    return []


class Verdict(StrEnum):
    SAME = "same"
    TAKE = "take"  # it changed there
    TELL = "tell"  # it changed here
    CONFLICT = "conflict"


def compare(base: Sequence[Any] | None, there: Any, here: Any) -> Verdict:
    """Who moved since both agreed. `base` is what it was then, there and here; None for two that meet first."""
    if there == here:
        return Verdict.SAME
    if base is None:
        return Verdict.TELL if not there else Verdict.TAKE if not here else Verdict.CONFLICT
    moved_there, moved_here = there != base[0], here != base[1]
    if moved_there and moved_here:
        return Verdict.CONFLICT
    return Verdict.TAKE if moved_there else Verdict.TELL if moved_here else Verdict.SAME
