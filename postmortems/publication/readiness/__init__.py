"""What stands between a draft and its publication: reasons, each with a code, a sentence and an address.

A reason that blocks can be overruled by somebody who says why, except those that are not theirs to overrule:
nobody's words are published with their name against their will. The others are advice. Which rule weighs how is the
severity's policy; page, editor and API ask the same rules.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from postmortems.incidents.models import Incident
from postmortems.publication import content
from postmortems.publication.readiness import draft, people, reason, regret, remedy
from postmortems.publication.readiness import incident as of_incident
from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import WEIGHTS, Reason, Rule, weight_of

__all__ = ["BY_CODE", "PARTS", "RULES", "WEIGHTS", "Reason", "Rule", "reasons", "weight_of"]

RULES: tuple[Rule, ...] = (
    *of_incident.RULES, *regret.RULES, *reason.RULES, *remedy.RULES, *draft.RULES, *people.RULES,
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
PARTS = {
    "": "The incident and the opening",
    "regret": "Regret",
    "reason": "Reason",
    "remedy": "Remedy",
    "draft": "The draft as a whole",
    "people": "People and their words",
}


def reasons(
    incident: Incident,
    document: dict[str, Any] | None = None,
    *,
    weights: Collection[str] = ("blocking", "advisory"),
    parts: Collection[str] = tuple(PARTS),
    facts: Facts | None = None,
) -> list[Reason]:
    """Everything that is not met and weighs so, in the order of the 3 R's; an empty list is a write-up that is ready.

    What only asks for some weights or parts does not read what the other rules look at. A page that tells more of
    the `facts` hands them in, and they are read once.
    """
    facts = facts or Facts(incident, document or content.of(incident))
    return [
        Reason(rule.code, found.sentence, found.address, weight == "blocking", rule.final, found.part or rule.part, found.section)
        for rule in RULES
        if rule.part in parts and (weight := weight_of(rule, incident.severity.readiness)) in weights
        for found in rule.check(facts)
    ]  # fmt: skip
