"""The fourteen kinds of marks, in four families that look alike in a text, and an example of each."""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.language.kinds import REASONS, TITLES, Kind

FAMILIES = {
    "people": (
        "About people",
        (Kind.HUMAN_ERROR, Kind.FOLK_LABEL, Kind.OMISSION, Kind.ATTRIBUTION, Kind.RETRIBUTIVE, Kind.YOU_THEY),
    ),
    "afterwards": (
        "Seen from the end",
        (Kind.COUNTERFACTUAL, Kind.HINDSIGHT, Kind.OUTCOME_BIAS),
    ),
    "certain": (
        "More certain than what was seen",
        (Kind.SINGLE_CAUSE, Kind.AVAILABILITY, Kind.ASSUMPTION, Kind.JUDGEMENT),
    ),
    "open": ("Nothing to check", (Kind.VAGUE_REMEDY,)),
}
EXAMPLES = {
    Kind.COUNTERFACTUAL: "The approver should have opened the plan.",
    Kind.HUMAN_ERROR: "The outage was caused by operator error.",
    Kind.FOLK_LABEL: "Complacency had crept in.",
    Kind.OMISSION: "The night shift failed to call.",
    Kind.HINDSIGHT: "It was bound to fail.",
    Kind.OUTCOME_BIAS: "It worked, so skipping the check was right.",
    Kind.AVAILABILITY: "It is always DNS.",
    Kind.ATTRIBUTION: "He is always sloppy.",
    Kind.SINGLE_CAUSE: "The root cause was a full disk.",
    Kind.ASSUMPTION: "They did not care.",
    Kind.RETRIBUTIVE: "The operator will be disciplined.",
    Kind.YOU_THEY: "Why did you restart it?",
    Kind.JUDGEMENT: "This was simply unacceptable.",
    Kind.VAGUE_REMEDY: "Be more careful.",
}
FAMILY_OF = {kind: key for key, (_, kinds) in FAMILIES.items() for kind in kinds}


@dataclass(frozen=True)
class About:
    """What the house says about a kind of mark."""

    kind: Kind
    title: str
    reason: str
    example: str
    family: str


def about(kind: Kind) -> About:
    return About(kind, TITLES[kind], REASONS[kind], EXAMPLES[kind], FAMILY_OF[kind])
