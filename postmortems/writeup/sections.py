"""What a write-up consists of: the 3 R's and the texts in them, with the guidance shown beside each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Text:
    key: str
    r: str  # "", "regret", "reason" or "remedy"
    title: str
    question: str
    guidance: tuple[str, ...]
    example: str
    required: bool = True


R = {
    "regret": ("Regret", "Acknowledge the impact, and apologise."),
    "reason": (
        "Reason",
        "One line from the first sign to the resolution, and the conditions that made it possible.",
    ),
    "remedy": ("Remedy", "What makes this less likely, or cheaper when it comes back."),
}

TEXTS = (
    Text(
        "summary", "", "In short",
        "What would you tell somebody in the lift?",
        ("Three or four sentences: what happened, to whom, what made it possible, what changes.",
         "Write it last. Most people will read only this."),
        "For 84 minutes on Tuesday evening, one booking in six was not confirmed. A retry setting and a slow "
        "replica made each other worse. Bookings are now confirmed from the primary when a replica lags.",
    ),
    Text(
        "impact", "regret", "Who was hurt, and how much",
        "Who could not do what, for how long, in numbers?",
        ("A number and its unit, or “unknown, because …”.",
         "Name what people could not do. Say “outage” only where everything was down."),
        "Between 18:02 and 19:26 UTC, 1,914 people saw an endless spinner when paying; 312 of them gave up.",
    ),
    Text(
        "told", "regret", "What people were told, and when",
        "Who told whom what, at which moment, and what did we not know then?",
        ("Times with their zone.", "Include what turned out to be wrong: it was the best knowledge of that moment."),
        "18:31: status page, “some payments are slow”. 18:58: corrected to “one payment in six is not confirmed”.",
        required=False,
    ),
    Text(
        "apology", "regret", "The apology",
        "What do we want those people to hear from us?",
        ("Plain words, no excuse clause. “We are sorry that …”, not “we are sorry if …”.",),
        "We are sorry. People had planned an evening, and we left them not knowing whether they had seats.",
    ),
    Text(
        "story", "reason", "The story",
        "How did it unfold for the people in it, moment by moment?",
        ("Go forward in time. Tell what was known at each point, not what is known now.",
         "Roles rather than names: “the on-call responder”.",
         "The pinned events stand below as the timeline; the story connects them."),
        "At 18:09 the pager showed a lag alert that had fired and cleared four times that week, so the on-call "
        "responder looked at the replica first.",
    ),
    Text(
        "sense", "reason", "How it made sense at the time",
        "What made each decision the reasonable one, given what people saw and needed?",
        ("Goals in conflict, what the screens showed, what usually works, what the runbook said.",),
        "The dashboard averages over all shops. At 18:20 it was green while the busiest shop was failing.",
        required=False,
    ),
    Text(
        "well", "reason", "What went well",
        "What kept it from being worse, and will we have it next time?",
        ("Luck counts, if it is called luck.",),
        "Support noticed a pattern in three calls and told the incident channel within two minutes.",
        required=False,
    ),
    Text(
        "remedies", "remedy", "What we will do",
        "What do the items together change?",
        ("The items stand below, each with an owner, a date and the condition it answers.",
         "Wait two working days after the meeting before deciding: ideas need a soak, too."),
        "The first two items take the sharp edge off: a lagging replica no longer decides what a customer sees.",
        required=False,
    ),
    Text(
        "not_done", "remedy", "What we decided not to do",
        "Which remedies were weighed and left, and why?",
        ("A recorded “no” saves the next review an hour.",),
        "We will not remove retries: they hide ten small failures a day, and a budget bounds them now.",
        required=False,
    ),
)  # fmt: skip

BY_KEY = {text.key: text for text in TEXTS}


def of(r: str) -> tuple[Text, ...]:
    return tuple(text for text in TEXTS if text.r == r)


@dataclass(frozen=True)
class Sections:
    """What one write-up consists of, in order."""

    texts: tuple[Text, ...]

    @cached_property
    def by_key(self) -> dict[str, Text]:
        return {text.key: text for text in self.texts}

    def of(self, r: str) -> tuple[Text, ...]:
        return tuple(text for text in self.texts if text.r == r)
