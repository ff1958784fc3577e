"""The incident itself, and that every text is there."""

from __future__ import annotations

from collections.abc import Iterator

from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule


def _resolved(facts: Facts) -> Iterator[Found]:
    if not facts.document["times"]["resolved"] and "resolved" not in facts.incident.not_applicable:
        yield Found("The incident has no time of resolution.", facts.page("incidents:edit"))


def _durations(facts: Facts) -> Iterator[Found]:
    for duration in facts.document["durations"]:
        if duration["state"] == "contradictory":
            yield Found(f"{duration['name']}: {duration['why']}.", facts.page("incidents:edit"))


def _unwritten(facts: Facts) -> Iterator[Found]:
    for about in facts.sections.texts:
        if about.required and about.key not in facts.texts:
            yield facts.of_text(about.key, f"“{about.title}” is not written yet. {about.question}", about.r)


RULES = (
    Rule("not-resolved", "", "The incident has a time of resolution, or says that none applies.", "blocking", _resolved),
    Rule("contradictory-times", "", "No duration contradicts another: times stand in an order that can be.", "blocking", _durations),
    Rule("unwritten", "", "Every text that the template asks for is written.", "blocking", _unwritten),
)  # fmt: skip
