"""A gentle question in place of one that closes the conversation, fitted to its words where they can be read. Pure.

Each function takes the question without its lead-in and its closing mark, and answers the new one or "" where
the words give no hold; `GENERAL` then has one that always fits. Suggestions are read by a person before use.
"""

from __future__ import annotations

import re

from postmortems.interviews.listening.verbs import gerund, inflect, past, third

GENERAL = {
    "fix": "What made this hard at the time?",
    "counterfactual": "What had your attention at that moment?",
    "blame": "What did the situation look like to you at that moment?",
    "why": "What did you see just then?",
    "who": "How did that come about?",
    "leading": "How did it look to you at that moment?",
    "yes or no": "What did you see at that moment?",
    "hindsight": "What did you know at that moment?",
    "empty": "What came first for you?",
}
SUBJECT = r"(?P<subject>it|this|that|they|he|she|we|there|everybody|everyone|nobody|no one|somebody|someone|(?:the|a|an|your|our|their|its|this|that|these|those|his|her) [\w-]+(?: (?:of|in|on|for) (?:the |your )?[\w-]+)?|\w+)"
THOUGHT = r"(?:think|believe|assume|suspect|expect|guess|feel|figure|conclude|decide that|suppose|imagine)"
CHECK = r"(?:check|checked|look(?:ed)? (?:at|into)|read|see|seen|saw|notice[d]?|consult(?:ed)?|watch(?:ed)?|verif(?:y|ied)|confirm(?:ed)?|test(?:ed)?|spot(?:ted)?|consider(?:ed)?|know(?:n)?(?: about)?|hear(?:d)?(?: about)?|realis(?:e|ed)|realiz(?:e|ed)|review(?:ed)?|observe[d]?|miss(?:ed)?|overlook(?:ed)?|ignore[d]?|forget|forgot(?:ten)?|neglect(?:ed)?|recogni[sz]ed?)"
ENOUGH = r"(?= ?\b(?:before|first|earlier|sooner|instead|when|while|after|until|till|right|immediately|properly|carefully|more|better|in time|at|then|again|and|or|so|too|as|next|by|if|rather)\b|[,.;:?!]|$)"
NOT_AN_OBJECT = {"more", "better", "it", "first", "so", "too", "then", "in", "on", "at", "differently", "up", "down", "harder", "anything", "something", "nothing", ""}  # fmt: skip


def rephrase(kind: str, question: str, names: str = "") -> str:
    """The fitted form, or ""."""
    if names:
        question = re.sub(rf"(?<!\w)(?:{names})(?!\w)", "somebody", question, flags=re.I)
    return _tidy(FORMS[kind](question.strip())) if kind in FORMS else ""


def _tidy(text: str) -> str:
    """One spaced sentence with a question mark."""
    text = " ".join(text.split()).strip(" ,;:-–—")
    return f"{text[0].upper()}{text[1:].rstrip('?.! ')}?" if text else ""


def looked_at(question: str) -> str:
    """What somebody is asked to have checked, seen or known: "the logs"."""
    found = re.search(rf"\b{CHECK} (?:that )?(?P<thing>(?:[\w'/.-]+ ?){{1,5}}?){ENOUGH}", question, re.I)
    thing = found["thing"].strip() if found else ""
    thing = re.sub(r"^(?:any|some|all|more|at|a|an)(?= )", "the", thing, flags=re.I)
    return (
        "" if thing.lower() in NOT_AN_OBJECT or thing.lower().startswith(("to ", "how ", "what ")) else thing
    )


# --- why, who ---------------------------------------------------------------------------------------


def _why(question: str) -> str:
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


def _subject_did(subject: str, verb: str) -> str:
    return f"How did it come about that {subject} {inflect(verb, past)}"


def _subject_was(be: str, subject: str, state: str) -> str:
    return f"How did it come about that {subject} {be} {state}"


WHYS = (
    (
        rf"(?:did|do|would|'d) you (?:(?:first|ever|then|even|immediately|just) )?{THOUGHT}(?: that)? (?P<what>.+)",
        lambda what: f"What did you see that made it look as if {what}",
    ),
    (r"(?:did(?:n't)?|do(?:n't)?|would(?:n't)?) you not (?P<verb>.+)", _not_done),
    (r"(?:didn't|don't|wouldn't|didnt) you (?P<verb>.+)", _not_done),
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
    (
        rf"(?:didn't|did not) {SUBJECT} (?P<verb>.+)",
        lambda subject, verb: f"How did it come about that {subject} did not {verb}",
    ),
    (
        rf"did {SUBJECT} not (?P<verb>.+)",
        lambda subject, verb: f"How did it come about that {subject} did not {verb}",
    ),
    (rf"did {SUBJECT} (?P<verb>.+)", _subject_did),
    (
        rf"does {SUBJECT} (?P<verb>.+)",
        lambda subject, verb: f"How does it come about that {subject} {inflect(verb, third)}",
    ),
    (
        rf"(?P<be>wasn't|weren't) {SUBJECT} (?P<state>.+)",
        lambda be, subject, state: f"How did it come about that {subject} {be[:-3]} not {state}",
    ),
    (
        rf"(?P<be>was|were|is|are|has|had|have) {SUBJECT} (?P<state>.+)",
        _subject_was,
    ),
    (
        r"not (?:just |simply |first )?(?P<verb>.+)",
        lambda verb: f"What did you know at that moment about {inflect(verb, gerund)}",
    ),
    (r"the (?P<thing>.+)", lambda thing: f"What was going on around the {thing}"),
)


def _who(question: str) -> str:
    rest = re.sub(r"^.*?\b(?:who(?:m|se|'s|'d)?|which \w+(?: of (?:you|them))?|which one of you)\b *", "", question, count=1, flags=re.I)  # fmt: skip
    low = rest.lower()
    if re.match(r"(?:else )?(?:should|could|can|might|do|would) (?:i|we)\b", low):
        return "What would somebody in another seat have seen that you could not"
    if found := re.match(r"told you (?:that |about )?(?P<what>.+)", rest, re.I):
        return f"How did you learn about {found['what']}" if "about" in low else f"How did you learn that {found['what']}"  # fmt: skip
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


# --- yes or no, leading -----------------------------------------------------------------------------


def _yes_or_no(question: str) -> str:
    question = re.sub(r"^(?:(?:can|could|would|will) you )?(?:please )?(?:tell|say|explain)(?: to)?(?: me| us)? (?:if|whether) ", "was it that ", question, flags=re.I)  # fmt: skip
    question = re.sub(
        r",? ?(?:or not|or what|at all|by any chance)$", "", question.rstrip("?.! "), flags=re.I
    )
    for pattern, answer in YES_OR_NOS:
        if found := re.match(pattern, question, re.I):
            return answer(**{name: value or "" for name, value in found.groupdict().items()})
    return ""


def _part(verb: str) -> str:
    return f"What part did {inflect(verb, gerund)} play at that moment"


YES_OR_NOS = (
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
        rf"(?:was|wasn't|were|weren't|is|isn't|are|aren't) (?!you|he|she|they|it){SUBJECT}(?: .*)?",
        lambda subject: f"What was {subject} like at that moment" if subject[:4].lower() in {"the ", "your", "our "} else "",
    ),
    (
        rf"(?:did|didn't|does|doesn't|do) (?!you|he|she|they){SUBJECT}(?: .*)?",
        lambda subject: f"What did {subject} do at that moment" if subject.lower().startswith(("the ", "your ", "our ", "it")) else "",
    ),
)  # fmt: skip


def inflect_free(what: str) -> str:
    """What is remembered, as a noun: "seeing the alert", "what you saw first"."""
    return what


def _leading(question: str) -> str:
    bare = re.sub(
        r"[,;–—-]? *(?:right|correct|no|yes|or not|true|yeah|ok|okay|agreed|(?:is|was|do|did|are|were|have|had|does)(?:n't)? (?:it|you|they|that|there))$",
        "", question.rstrip("?.! "), flags=re.I,
    )  # fmt: skip
    bare = re.sub(r"\b(?:surely|obviously|clearly|of course|undoubtedly|presumably|no doubt|i (?:assume|suppose|guess|take it|think|believe)(?: that)?),? *", "", bare, flags=re.I).strip()  # fmt: skip
    if re.match(r"(?:don't|didn't|do|would(?:n't)?) you (?:think|agree|find|feel|believe|say)(?: that)? ", bare, re.I):  # fmt: skip
        bare = re.sub(r"^.*?(?:think|agree|find|feel|believe|say)(?: that)? ", "", bare, count=1, flags=re.I)
        return f"How did it look to you then: what spoke for and what against “{bare}”"
    if re.match(r"(?:so |and |then )*you (?:were|are|must|had|have)\b", bare, re.I):
        return "How was it for you at that moment"
    if found := re.match(r"(?:so |and |then )*you (?:just |then |also )?(?P<did>\w+(?:ed|ew|ent|an|old|ook|aw|ote|oke|ut|ade)\b .+)", bare, re.I):  # fmt: skip
        return f"What did you see just before you {found['did']}"
    return ""


# --- if only, blame, fixes, knowing the end ---------------------------------------------------------


def _counterfactual(question: str) -> str:
    if re.search(r"differently|instead|better|sooner|earlier", question, re.I) and not looked_at(question):
        return "Which ways did you see at that moment, and what mattered most to you"
    if re.match(r"(?:what )?if\b|.*\bif (?:you|only|the|we|they)\b", question, re.I):
        return "What did you expect to happen next, at that moment"
    thing = looked_at(question)
    return f"What did you know about {thing} at that moment" if thing else ""


def _blame(question: str) -> str:
    if thing := looked_at(question):
        return f"What did you see of {thing} at that moment"
    if found := re.search(r"\b(?:break|broke|caus(?:e|ed)|ruin(?:ed)?|bring down|brought down|take down|took down|crash(?:ed)?) (?P<thing>(?:the|our|all) [\w-]+)", question, re.I):  # fmt: skip
        return f"What did you see just before {found['thing']} changed"
    return ""


def _fix(question: str) -> str:
    found = re.search(
        rf"\b(?:fix|improve|change|automate|repair) (?P<thing>(?:the|our|your) [\w -]+?){ENOUGH}",
        question,
        re.I,
    )
    return f"How did {found['thing']} work for you during the incident" if found else ""


def _hindsight(question: str) -> str:
    if found := re.search(r"\byou (?P<did>ran|restarted|deployed|typed|pushed|merged|rolled back|chose|picked|approved|made|entered|executed|started|changed|deleted|applied|clicked|pressed)\b(?: (?:the|a|an|that|this))?(?: wrong| bad| fatal| faulty| risky)? (?P<thing>[\w-]+)", question, re.I):  # fmt: skip
        return f"What did you expect to happen when you {found['did']} the {found['thing']}"
    if re.search(r"\b(?:signs?|flags?|signals?)\b", question, re.I):
        return "What were you looking at then, and what did it tell you"
    if re.search(r"took .*so|so long|too (?:late|slow|long)", question, re.I):
        return "What filled the time between first seeing it and knowing what it was"
    return ""


FORMS = {
    "why": _why,
    "who": _who,
    "yes or no": _yes_or_no,
    "leading": _leading,
    "counterfactual": _counterfactual,
    "blame": _blame,
    "fix": _fix,
    "hindsight": _hindsight,
}
