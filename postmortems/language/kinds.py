"""The fourteen kinds of blame and bias, and why each of them is worth a second look."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    COUNTERFACTUAL = "counterfactual"
    HUMAN_ERROR = "human_error"
    FOLK_LABEL = "folk_label"
    OMISSION = "omission"
    HINDSIGHT = "hindsight"
    OUTCOME_BIAS = "outcome_bias"
    AVAILABILITY = "availability"
    ATTRIBUTION = "attribution"
    SINGLE_CAUSE = "single_cause"
    ASSUMPTION = "assumption"
    RETRIBUTIVE = "retributive"
    YOU_THEY = "you_they"
    JUDGEMENT = "judgement"
    VAGUE_REMEDY = "vague_remedy"


TITLES = {
    Kind.COUNTERFACTUAL: "A past that did not happen",
    Kind.HUMAN_ERROR: "A person as the cause",
    Kind.FOLK_LABEL: "A big word for conduct",
    Kind.OMISSION: "What was not done",
    Kind.HINDSIGHT: "Known afterwards",
    Kind.OUTCOME_BIAS: "Judged by the outcome",
    Kind.AVAILABILITY: "The first cause that came to mind",
    Kind.ATTRIBUTION: "Character as explanation",
    Kind.SINGLE_CAUSE: "One cause as the whole story",
    Kind.ASSUMPTION: "Thoughts of others as fact",
    Kind.RETRIBUTIVE: "Rule, verdict, sanction",
    Kind.YOU_THEY: "Reproach, or two camps",
    Kind.JUDGEMENT: "Verdict in place of observation",
    Kind.VAGUE_REMEDY: "Nothing to check",
}

REASONS = {
    Kind.COUNTERFACTUAL: "It measures what happened against a past that did not happen, "
    "which hides why the real course made sense.",
    Kind.HUMAN_ERROR: "It offers a person as the cause; that is where the questions begin, not where they end.",
    Kind.FOLK_LABEL: "It puts a big word where an observation belongs; the word explains nothing by itself.",
    Kind.OMISSION: "It describes people by what they did not do, which says nothing about what they did and saw.",
    Kind.HINDSIGHT: "It makes knowledge from after the event look like knowledge from before it.",
    Kind.OUTCOME_BIAS: "It judges a decision or a habit by how it turned out, "
    "not by what was known when it was made.",
    Kind.AVAILABILITY: "It picks the cause that comes to mind first; "
    "the evidence of this incident may point elsewhere.",
    Kind.ATTRIBUTION: "It explains what happened by what somebody is like; "
    "the next person in the same place is not protected by that.",
    Kind.SINGLE_CAUSE: "It tells one cause as the whole story; an incident needs several conditions at once.",
    Kind.ASSUMPTION: "It states what others thought, felt or wanted as a fact, without saying how that is known.",
    Kind.RETRIBUTIVE: "It asks who broke which rule and what they get for it; "
    "people who expect that stop telling what happened.",
    Kind.YOU_THEY: "It speaks against somebody rather than with them, and they will defend rather than tell.",
    Kind.JUDGEMENT: "It gives a verdict where the reader needs what was seen, what it did to people "
    "and what was needed.",
    Kind.VAGUE_REMEDY: "It names nothing that could be checked later: no change, no measure, no owner, no date.",
}
