"""Yes or no, and leading: questions that have their answer in them, opened. Pure."""

from __future__ import annotations

import re

from postmortems.interviews.listening.rephrasing.things import SUBJECT, THOUGHT
from postmortems.interviews.listening.verbs import gerund, inflect


def yes_or_no(question: str) -> str:
    question = re.sub(r"^(?:(?:can|could|would|will) you )?(?:please )?(?:tell|say|explain)(?: to)?(?: me| us)? (?:if|whether) ", "was it that ", question, flags=re.I)  # fmt: skip
    question = re.sub(
        r",? ?(?:or not|or what|at all|by any chance)$", "", question.rstrip("?.! "), flags=re.I
    )
    for pattern, answer in YES_OR_NOS:
        if found := re.match(pattern, question, re.I):
            return answer(**{name: value or "" for name, value in found.groupdict().items()})
    return ""


def _part(verb: str) -> str:
    first = verb.split()[0].lower()
    return f"What part did {verb if first.endswith('ing') else inflect(verb, gerund)} play at that moment"


OTHERS = r"(?:any|some)(?:one|body)(?: else)?"
YES_OR_NOS = (
    (r"(?P<be>are|were) you (?:quite |really |absolutely )?(?:sure|certain|confident)\b.*", lambda be: f"How sure {be.lower()} you"),
    (r"(?:were|are) you (?:even )?aware (?:of|that) (?P<what>.+)", lambda what: f"What did you know about {what} at that moment"),
    (r"(?:is|was) there anything (?:else|more).*", lambda: "What else is there"),
    (
        rf"(?:did|has|had|have) {OTHERS} (?:tell|told|inform|informed|mention|mentioned|warn|warned)(?: it)?(?: to)? you (?:about|of|that) (?P<what>.+)",
        lambda what: f"How did you hear about {what}",
    ),
    (rf"did {OTHERS} (?P<verb>.+)", lambda verb: _part(verb)),
    (rf"(?:was|were|is|are) {OTHERS}\b.*", lambda: "What did you know about the others at that moment"),
    (r"did you (?:really )?feel .+", lambda: "How did you feel at that moment"),
    (r"(?:did|does) (?P<it>it|that|this) (?P<verb>seem|look|feel|sound)\b.*", lambda it, verb: f"How did {it} {verb} to you"),
    (r"did you (?:ever )?try (?:to )?(?P<verb>.+)", lambda verb: _part(verb)),
    (r"(?:do|did) you (?:usually |normally |still )?have (?:any )?(?P<what>.+)", lambda what: f"What was there by way of {what}"),
    (rf"do you {THOUGHT}(?: that)? (?P<what>.+)", lambda what: f"What speaks for and what against the idea that {what}"),
    (
        r"(?:do|did|can|could) you (?:still |happen to )?(?:remember|recall|know) (?:if|whether) .+",
        lambda: "What do you remember of that moment",
    ),
    (
        r"(?:do|did|can|could) you (?:still |happen to )?(?:remember|recall) (?P<what>.+)",
        lambda what: f"What do you remember of {inflect_free(what)}",
    ),
    (
        r"(?:do|did|didn't|don't|had) you (?:already |even |happen to )?know(?:n)? (?:about |of )?(?P<what>(?:what|how|which|where|when) .+)",
        lambda what: f"What did you know at that moment about {what}",
    ),
    (
        r"(?:do|did|didn't|don't|had) you (?:already |even )?know(?:n)? that (?P<what>.+)",
        lambda what: f"What did you know at that moment about whether {what}",
    ),
    (
        r"(?:did|didn't|had|have|could|couldn't|can) you (?:even |also |ever |already |not )?(?:see|seen|notice|noticed|spot|hear|heard|read|look at|looked at|watch) (?P<what>.+)",
        lambda what: f"What did you see of {what}",
    ),
    (
        r"(?:did|didn't|had|have) you (?:even |also |ever |already )?(?:check|checked|verify|verified|test|tested|review|reviewed|know|known|consider|considered|confirm|confirmed)(?: about| of)? (?P<what>(?!if\b|whether\b|that\b).+)",
        lambda what: f"What did you know about {what} at that moment",
    ),
    (
        r"(?:did|didn't|had|have) you (?:even |also )?(?:tell|inform|page|call|ask|warn|notify|told|informed|paged|called|asked|message|ping) (?P<what>the [\w -]+|anybody|anyone|somebody|someone)(?: .*)?",
        lambda what: f"How did word reach {'others' if what.split()[0].startswith(('any', 'some')) else what}",
    ),
    (
        rf"did(?:n't)? you (?:really |ever |already )?{THOUGHT}(?: that)? (?P<what>.+)",
        lambda what: f"What did you see that spoke for or against the idea that {what}",
    ),
    (
        r"(?:were|weren't) you \w+ing .*",
        lambda: "What were you doing at that moment",
    ),
    (
        r"(?:were|weren't|are) you (?P<state>.+)",
        lambda state: "How were you at that moment",
    ),
    (
        r"(?:have|had|haven't) you (?:ever )?(?:seen|had|met|encountered|experienced|done) (?P<what>.+?)(?: before| already| ever)?",
        lambda what: f"What earlier experience did you have with {'this' if what in {'this', 'it', 'that'} else what}",
    ),
    (
        r"did(?:n't)? you (?P<verb>.+)",
        _part,
    ),
    (
        r"(?:was|wasn't|is|isn't|were|are) there (?:any |no |some |already )?(?P<what>.+)",
        lambda what: f"What was there by way of {what}",
    ),
    (r"(?:was|wasn't|is|isn't) (?:it|this|that) .+", lambda: "What did it look like to you at that moment"),
    (
        rf"(?P<be>was|were|is|are)(?:n't)? (?!you|he|she|they|it){SUBJECT}(?: .*)?",
        lambda be, subject: f"What {'were' if be.lower() in ('were', 'are') else 'was'} {subject} like at that moment" if subject[:4].lower() in {"the ", "your", "our "} else "",
    ),
    (
        rf"(?:has|had|have)(?:n't)? (?!you|he|she|they|it|we|i\b){SUBJECT} .*",
        lambda subject: f"What do you know about {subject}" if subject[:4].lower() in {"the ", "your", "our ", "that", "this"} else "",
    ),
    (r"(?:has|have|had)(?:n't)? you .*", lambda: "What earlier experience did you bring to that moment"),
    (r"(?:do|does)(?:n't)? (?:you|your|the|they|we|people)\b.*", lambda: "How does that usually go"),
    (
        rf"(?:did|didn't|does|doesn't|do) (?!you|he|she|they){SUBJECT}(?: .*)?",
        lambda subject: f"What did {subject} do at that moment" if subject.lower().startswith(("the ", "your ", "our ", "it")) else "",
    ),
)  # fmt: skip


def inflect_free(what: str) -> str:
    """What is remembered, as a noun: "seeing the alert", "what you saw first"."""
    return what


def leading(question: str) -> str:
    bare = re.sub(
        r"[,;–—-]? *(?:right|correct|no|yes|or not|true|yeah|ok|okay|agreed|(?:is|was|do|did|are|were|have|had|does)(?:n't)? (?:it|you|they|that|there))$",
        "", question.rstrip("?.! "), flags=re.I,
    )  # fmt: skip
    bare = re.sub(r"\b(?:surely|obviously|clearly|of course|undoubtedly|presumably|no doubt|i (?:assume|suppose|guess|take it|think|believe)(?: that)?),? *", "", bare, flags=re.I).strip()  # fmt: skip
    if re.match(r"(?:don't|didn't|do|would(?:n't)?) you (?:think|agree|find|feel|believe|say)(?: that)? ", bare, re.I):  # fmt: skip
        bare = re.sub(r"^.*?(?:think|agree|find|feel|believe|say)(?: that)? ", "", bare, count=1, flags=re.I)
        return f"How did it look to you then: what spoke for and what against “{bare}”"
    if re.match(r"(?:so |and |then )*(?:you (?:were|are|must|had|have)|(?:that|it|this) must)\b", bare, re.I):
        return "How was it for you at that moment"
    if found := re.match(r"(?:so |and |then )*you (?:just |then |also )?(?P<did>\w+(?:ed|ew|ent|an|old|ook|aw|ote|oke|ut|ade)\b .+)", bare, re.I):  # fmt: skip
        return f"What did you see just before you {found['did']}"
    return ""
