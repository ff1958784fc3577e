"""Why and who, as the course of events instead. Pure."""

from __future__ import annotations

import re

from postmortems.interviews.listening.rephrasing.things import THOUGHT, looked_at
from postmortems.interviews.listening.verbs import gerund, inflect, past, split_state, split_subject, third


def why(question: str) -> str:
    rest = re.sub(
        r"^.*?\b(?:why(?:'s|'d)?|how come|what for|reasons?|rationale|justification|excuse)\b(?: (?:that|why|for|on earth|the hell|ever|exactly|was it that|is it that|behind)(?= |$))*[ ,]*",
        "",
        question,
        count=1,
        flags=re.I,
    )
    if not rest:
        return ""
    for pattern, answer in WHYS:
        if found := re.match(pattern, rest, re.I):
            return answer(**found.groupdict())
    return f"How did it come about that {rest}" if re.match(r"(?:you|the|it|there|they|nobody|your)\b", rest, re.I) else ""  # fmt: skip


def _you_did(verb: str) -> str:
    return f"What did you see just before you {inflect(verb, past)}"


def _not_done(verb: str) -> str:
    thing = looked_at(verb)
    return f"What did you know about {thing} at that moment" if thing else "What had your attention at that moment, and which ways did you see"  # fmt: skip


def _came_about(phrase: str, form) -> str:
    """What somebody or something did, told as a course of events; `form` puts the verb in its place."""
    subject, verb = split_subject(phrase)
    return f"How did it come about that {subject} {inflect(verb, form)}" if verb else ""


def _not_so(phrase: str) -> str:
    subject, verb = split_subject(phrase)
    return f"How did it come about that {subject} did not {verb}" if verb else ""


def _was_so(be: str, phrase: str) -> str:
    subject, state = split_state(phrase)
    be, no = (be[:-3], "not ") if be.endswith("n't") else (be, "")
    return f"How did it come about that {subject} {be} {no}{state}" if state else ""


WHYS = (
    (
        rf"(?:did|do|would|'d) you (?:(?:first|ever|then|even|immediately|just) )?{THOUGHT}(?: that)? (?P<what>.+)",
        lambda what: f"What did you see that made it look as if {what}",
    ),
    (r"(?:did(?:n't)?|do(?:n't)?|would(?:n't)?) you not (?P<verb>.+)", _not_done),
    (r"(?:didn't|don't|wouldn't|didnt) you (?P<verb>.+)", _not_done),
    (r"did you (?:really |even )?feel (?P<how>.+)", lambda how: f"How did you come to feel {how}"),
    (
        r"did you and [\w ]+? (?P<verb>(?!and\b)\w+ .+|\w+)",
        lambda verb: f"What did the two of you see just before you {inflect(verb, past)}",
    ),
    (r"did you (?P<verb>.+)", _you_did),
    (
        r"(?:couldn't|can't|could not) you (?P<verb>.+)",
        lambda verb: f"What happened when you tried to {verb}",
    ),
    (
        r"were you (?P<verb>\w+ing\b.*)",
        lambda verb: f"What did you see just before you started {verb}",
    ),
    (r"(?:do) you (?P<verb>.+)", lambda verb: f"How does it usually go when you {verb}"),
    (r"(?:hadn't|haven't|had not|have not|hasn't) you (?P<verb>.+)", _not_done),
    (r"(?:didn't|did not|don't|doesn't) (?P<phrase>.+)", _not_so),
    (
        r"did (?P<subject>.+?) not (?P<verb>.+)",
        lambda subject, verb: f"How did it come about that {subject} did not {verb}",
    ),
    (r"did (?P<phrase>.+)", lambda phrase: _came_about(phrase, past)),
    (r"does (?P<phrase>.+)", lambda phrase: _came_about(phrase, third)),
    (r"do (?P<phrase>.+)", lambda phrase: f"How did it come about that {phrase}"),
    (
        r"(?P<be>was|were|is|are|has|had|have|wasn't|weren't|isn't|aren't|hasn't|hadn't) (?P<phrase>.+)",
        _was_so,
    ),
    (
        r"not (?:just |simply |first )?(?P<verb>.+)",
        lambda verb: f"What did you know at that moment about {inflect(verb, gerund)}",
    ),
    (r"the (?P<thing>.+)", lambda thing: f"What was going on around the {thing}"),
)


def who(question: str) -> str:
    rest = re.sub(r"^.*?\b(?:who(?:m|se|'s|'d)?|which \w+(?: of (?:you|them))?|which one of you)\b *", "", question, count=1, flags=re.I)  # fmt: skip
    low = rest.lower()
    if re.match(r"(?:else )?(?:should|could|can|might|do|would) (?:i|we)\b", low):
        return "What would somebody in another seat have seen that you could not"
    if found := re.match(r"told you (?:that |about )?(?P<what>.+)", rest, re.I):
        return f"How did you learn about {found['what']}" if "about" in low else f"How did you learn that {found['what']}"  # fmt: skip
    if re.match(r"(?:was|were) (?:supposed|meant|responsible|expected|the)\b", low):
        return "How were the roles shared out at that moment"
    if re.match(r"(?:is|are|has|have|owns?|runs?|maintains?|can|may)\b", low):
        return "How are roles and access shared out here"
    if re.match(r"(?:noticed|saw|heard|knew|found)(?: (?:it|this|that))?(?: first)?$", low):
        return "How was it first noticed"
    if found := re.match(
        r"(?:knew|knows|had known|noticed|saw|heard) (?:about |of |that )?(?P<what>.+)", rest, re.I
    ):
        return f"How did word travel about {found['what']}"
    if re.match(r"(?:was|is|were|are) (?:on[ -]call|in charge|there|present|involved|on the)", low):
        return "How were the roles shared out at that moment"
    if re.match(r"(?:did|do) (?:you|they)\b", low):
        return "How did word reach the others at that moment"
    if re.match(r"\w+ed\b|(?:made|took|gave|broke|ran|sent|wrote|did|brought|put|shut|set|let|began)\b", low):
        return f"What was going on when somebody {rest}"
    return ""
