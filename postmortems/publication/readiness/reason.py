"""Reason: one line in order and without unexplained silences, and conditions that rest on it."""

from __future__ import annotations

from collections.abc import Iterator

from postmortems.incidents.durations import LABELS
from postmortems.publication.readiness import order
from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule
from timelines.models import Event


def _events(facts: Facts) -> Iterator[Found]:
    if not facts.document["events"]:
        yield Found(
            "No event is pinned: the reader would see no timeline.", facts.page("timelines:timeline"), "story"
        )


def _order(facts: Facts) -> Iterator[Found]:
    # what somebody remembers is of about then, and stays so
    line = [event for event in facts.pinned if not event.is_recollection]
    for one, other in order.undecided(line):
        yield Found(
            f"At {facts.clock(other.at)}, “{_short(one)}” and “{_short(other)}” stand too close to tell which came first. "
            "Are they one moment, or is one of them enough?",
            facts.page("timelines:event", other.pk),
        )


def _phases(facts: Facts) -> Iterator[Found]:
    for found in order.phases_against(facts.pinned, facts.incident.times):
        phase, side = Event.Phase(found.phase).label, "after" if found.after else "before"
        yield Found(
            f"“{phase}” begins on the timeline at {facts.clock(found.begins)}, {side} “{LABELS[found.time]}” at {facts.clock(found.at)}.",
            facts.page("timelines:timeline"),
        )


def _meet(facts: Facts) -> Iterator[Found]:
    """Times of the incident around which the line says nothing are most often of another day or zone."""
    begin = facts.incident.impact_began_at or facts.incident.detected_at
    end = facts.incident.resolved_at
    if not facts.pinned or not begin or not end or end < begin:
        return
    if not any(begin - order.span(event) <= event.at <= end for event in facts.pinned):
        yield Found(
            f"No pinned event lies between {facts.clock(begin)} and {facts.clock(end)}, when the incident is said to have been.",
            facts.page("incidents:edit"),
        )


def _silences(facts: Facts) -> Iterator[Found]:
    for silence in facts.silences:
        yield Found(
            f"Nobody left evidence from {facts.clock(silence.begin)} to {facts.clock(silence.end)}. What happened then?",
            facts.page("timelines:questions"),
        )


def _questions(facts: Facts) -> Iterator[Found]:
    for question in facts.open_questions:
        yield Found(f"Still open: {question.text}", facts.page("timelines:questions"))


def _second_story(facts: Facts) -> Iterator[Found]:
    if len(facts.hurting) < 2:
        count = "only one contributing condition" if facts.hurting else "no contributing condition"
        yield Found(
            f"There is {count}. What else had to be true for this to happen?",
            f"{facts.page('writeup:edit')}#conditions",
            "conditions",
        )


def _evidence(facts: Facts) -> Iterator[Found]:
    for one in facts.document["conditions"]:
        if not one["events"]:
            yield _of_condition(facts, one, "rests on no event yet. Where can it be seen?")


def _sense(facts: Facts) -> Iterator[Found]:
    for one in facts.hurting:
        if not one["made_sense"].strip():
            yield _of_condition(facts, one, "does not say how it made sense before that day.")


def _helped(facts: Facts) -> Iterator[Found]:
    if len(facts.hurting) == len(facts.document["conditions"]) and "well" not in facts.texts:
        yield Found(
            "Nothing is told that helped. What kept it from being worse?",
            f"{facts.page('writeup:edit')}#conditions",
            "well",
        )


def _of_condition(facts: Facts, one: dict, words: str) -> Found:
    number = one["number"]
    return Found(f"C{number} {words}", facts.page("writeup:condition", number), "conditions")


def _short(event: Event) -> str:
    words = event.caption or event.text
    return words if len(words) <= 60 else words[:59].rstrip() + "…"


RULES = (
    Rule("no-events", "reason", "Events are pinned, so that the reader sees a timeline.", "blocking", _events),
    Rule("order-unclear", "reason", "The pinned events stand in one order: of no two neighbours is it open which came first.", "advisory", _order),
    Rule("phases-disagree", "reason", "The phases of the timeline agree with the times of the incident.", "advisory", _phases),
    Rule("times-apart", "reason", "The timeline tells something between the first and the last time of the incident.", "advisory", _meet),
    Rule("silence-unexplained", "reason", "Every long silence of the evidence was asked about.", "advisory", _silences),
    Rule("questions-open", "reason", "Every question to the evidence is answered or closed.", "advisory", _questions),
    Rule("second-story", "reason", "There are two contributing conditions at least, beside what helped.", "blocking", _second_story),
    Rule("condition-evidence", "reason", "Every condition rests on an event.", "advisory", _evidence),
    Rule("condition-sense", "reason", "Every contributing condition says how it made sense at the time.", "advisory", _sense),
    Rule("nothing-helped", "reason", "It is told what helped.", "advisory", _helped),
)  # fmt: skip
