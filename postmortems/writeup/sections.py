"""What a write-up consists of: the 3 R's and the texts in them, with the guidance shown beside each.

`TEXTS` is what a write-up has without a template of the organisation. What one write-up has is
`writeup.templating.outline.sections_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Text:
    key: str
    r: str  # "", "regret", "reason" or "remedy"
    title: str
    question: str
    guidance: tuple[str, ...] = ()
    example: str = ""
    weak: str = ""  # an example of what says too little, and why it does
    required: bool = True
    starter: str = ""  # what a writer may begin with, in Markdown: a table to fill, headings
    left: bool = False  # the template has it no longer; it is there while it has words


@dataclass(frozen=True)
class Sections:
    """What one write-up consists of, in order."""

    texts: tuple[Text, ...]

    @cached_property
    def by_key(self) -> dict[str, Text]:
        return {text.key: text for text in self.texts}

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(text.key for text in self.texts if text.required)

    def of(self, r: str) -> tuple[Text, ...]:
        return tuple(text for text in self.texts if text.r == r)

    def written(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts with words of their own: what is still as its starter was says nothing yet."""
        starters = {text.key: text.starter.strip() for text in self.texts}
        return {
            key: text for key, text in texts.items() if text.strip() and text.strip() != starters.get(key)
        }


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
         "Write it last. Most people will read only this.",
         "Words a new colleague in another department knows. The names of systems can wait."),
        "For 84 minutes on Tuesday evening, one booking in six was not confirmed. A retry setting and a slow "
        "replica made each other worse. Bookings are now confirmed from the primary when a replica lags.",
        "“On 10 March we experienced a degradation of the booking service due to a database issue, which was promptly "
        "resolved.” – Who was hit, and how many? What kind of issue, and could it happen tonight? Every incident "
        "could be told in this sentence.",
    ),
    Text(
        "impact", "regret", "Who was hurt, and how much",
        "Who could not do what, for how long, in numbers?",
        ("A number and its unit, or “unknown, because …”.",
         "Name what people could not do. Say “outage” only where everything was down.",
         "Colleagues count: who was woken, who answered the telephone for five hours?",
         "Say how the number was found, so that somebody can find it again."),
        "Between 18:02 and 19:26 UTC, 1,914 people saw an endless spinner when paying; 312 of them gave up. Support "
        "answered 140 calls. Counted from the payment log; people who never reached the page are not in it.",
        "“A small number of users may have experienced increased latency.” – How many is small, to one of them? "
        "Did they wait, or did they leave without what they came for?",
    ),
    Text(
        "told", "regret", "What people were told, and when",
        "Who told whom what, at which moment, and what did we not know then?",
        ("Times with their zone.",
         "Include what turned out to be wrong: it was the best knowledge of that moment.",
         "If nobody was told, say so, and why that seemed right."),
        "18:31 UTC: status page, “some payments are slow”. 18:58: corrected to “one payment in six is not confirmed”; "
        "until then we looked at averages. 19:40: letter to the 1,914 people, with what to do about a double booking.",
        "“Customers were kept informed throughout.” – By whom, where, when was the first word, and did it turn out "
        "to be true?",
        required=False,
    ),
    Text(
        "apology", "regret", "The apology",
        "What do we want those people to hear from us?",
        ("Plain words, no excuse clause. “We are sorry that …”, not “we are sorry if …”.",
         "Say what it meant for them, not what it meant for us.",
         "No promise that it will never happen again: nobody can keep it."),
        "We are sorry. People had planned an evening, and we left them not knowing whether they had seats.",
        "“We apologise for any inconvenience this may have caused.” – It caused some, and we know which. The sentence "
        "leaves it to the reader to find out whether they are meant.",
    ),
    Text(
        "story", "reason", "The story",
        "How did it unfold for the people in it, moment by moment?",
        ("Go forward in time. Tell what was known at each point, not what is known now.",
         "Roles rather than names: “the on-call responder”.",
         "Tell the wrong turns, too: each looked like the way at the time.",
         "The pinned events stand below as the timeline; the story connects them."),
        "At 18:09 the pager showed a lag alert that had fired and cleared four times that week, so the on-call "
        "responder looked at the replica first.",
        "“The on-call responder failed to notice the error rate and wasted 20 minutes on the replica.” – What was on "
        "the screen in those 20 minutes? “Failed to” is told from the end; nobody in the story knew the end.",
    ),
    Text(
        "sense", "reason", "How it made sense at the time",
        "What made each decision the reasonable one, given what people saw and needed?",
        ("Goals in conflict, what the screens showed, what usually works, what the runbook said.",
         "Ask of each turn: why would a careful colleague do this again tomorrow?",
         "If a step still looks strange, there is a conversation to be had."),
        "The dashboard averages over all shops. At 18:20 it was green while the busiest shop was failing. Rolling back "
        "had ended the last three such evenings, so it was tried first.",
        "“In hindsight, it was obvious that the replica was not the problem.” – To whom, with which screen open? What "
        "made the replica the better guess?",
        required=False,
    ),
    Text(
        "well", "reason", "What went well",
        "What kept it from being worse, and will we have it next time?",
        ("People, habits, tools, practice: what stood between this and a worse evening?",
         "Luck counts, if it is called luck."),
        "Support noticed a pattern in three calls and told the incident channel within two minutes. By luck, the two "
        "people who know the payment queue were still in the office.",
        "“Everybody worked hard and did a great job.” – Kind, and nobody can repeat it. Which habit, screen or "
        "decision helped, and is it there at three in the morning?",
        required=False,
    ),
    Text(
        "remedies", "remedy", "What we will do",
        "What do the items together change?",
        ("The items stand below, each with an owner, a date and the condition it answers.",
         "Wait two working days after the meeting before deciding: ideas need a soak, too.",
         "Prefer what changes the work over what asks people to be more careful."),
        "The first two items take the sharp edge off: a lagging replica no longer decides what a customer sees. The "
        "third makes the next one cheaper: the dashboard shows the worst shop, not the average.",
        "“We will be more vigilant and improve monitoring.” – Who will see what that nobody saw this time, and how "
        "would we know?",
        required=False,
    ),
    Text(
        "not_done", "remedy", "What we decided not to do",
        "Which remedies were weighed and left, and why?",
        ("A recorded “no” saves the next review an hour.",
         "Say what would make you think again."),
        "We will not remove retries: they hide ten small failures a day, and a budget bounds them now. If the budget "
        "runs out twice in a quarter, we look again.",
        "“Other options were considered out of scope.” – Which, and whose scope? The next team will consider them "
        "again from the beginning.",
        required=False,
    ),
)  # fmt: skip
BUILT_IN = Sections(TEXTS)
BY_KEY = BUILT_IN.by_key
