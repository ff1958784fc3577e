"""People: who is still to be heard, whose words carry a name, who approves."""

from __future__ import annotations

from collections.abc import Iterator

from postmortems.publication import attributed
from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule


def _heard(facts: Facts) -> Iterator[Found]:
    """Conversations that are still to come; what was decided about the deadline says whether that is as it should be."""
    if not facts.to_be_heard:
        return
    many = facts.to_be_heard != 1
    still = (
        f"{facts.to_be_heard} people are still to be heard." if many else "One person is still to be heard."
    )
    decision = facts.window_decision
    if decision and decision.way == "preliminary":
        day = decision.full_edition_at
        still += f" As decided, this edition is preliminary; the full one follows by {day:%-d %B %Y}."
    elif decision and decision.way == "waiver":
        still += " The deadline was waived so that they can be."
    yield Found(still, facts.page("interviews:board"))


def _attributed(facts: Facts) -> Iterator[Found]:
    for claim in facts.claims:
        if claim.state != "approved":
            did = "did not agree" if claim.state == "refused" else "did not agree yet"
            yield Found(
                f"{claim.person.name} {did} to the words with their name in {attributed.place(claim.wording.where, facts.document)}."
                " Ask them below, or take the name away.",
                f"{facts.page('publication:readiness')}#attributed",
            )


def _approved(facts: Facts) -> Iterator[Found]:
    if not facts.incident.severity.approvals_needed:
        yield from _awaited(facts)


def _quorum(facts: Facts) -> Iterator[Found]:
    if facts.incident.severity.approvals_needed:
        yield from _awaited(facts)


def _awaited(facts: Facts) -> Iterator[Found]:
    address = f"{facts.page('publication:readiness')}#approval"
    for sentence in facts.approval_awaited:
        yield Found(sentence, address)


RULES = (
    Rule("not-everybody-heard", "people", "Everybody who was invited to a conversation was heard.", "advisory", _heard),
    Rule("attributed", "people", "Whoever is published with their name agreed to exactly these words.", "blocking", _attributed, final=True),
    Rule("approval", "people", "The approvers approved exactly this text.", "blocking", _approved),
    Rule("quorum", "people", "As many approvers as the severity asks for approved exactly this text.", "blocking", _quorum, final=True),
)  # fmt: skip
