"""Forms of English verbs, as far as a question about work on systems needs them. Pure.

A verb that is in no list is taken as a regular one. The forms are used in suggestions that a person reads
before using, so a rare wrong form costs a smile and nothing else.
"""

from __future__ import annotations

import re

PAST = {
    "be": "were", "become": "became", "begin": "began", "bet": "bet", "bind": "bound", "blow": "blew", "break": "broke",
    "bring": "brought", "build": "built", "buy": "bought", "catch": "caught", "choose": "chose", "come": "came", "cost": "cost",
    "cut": "cut", "deal": "dealt", "dig": "dug", "do": "did", "draw": "drew", "drive": "drove", "eat": "ate", "fall": "fell",
    "feed": "fed", "feel": "felt", "fight": "fought", "find": "found", "fly": "flew", "forget": "forgot", "freeze": "froze",
    "get": "got", "give": "gave", "go": "went", "grow": "grew", "hang": "hung", "have": "had", "hear": "heard", "hide": "hid",
    "hit": "hit", "hold": "held", "keep": "kept", "know": "knew", "lay": "laid", "lead": "led", "leave": "left", "let": "let",
    "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "mistake": "mistook", "overlook": "overlooked",
    "override": "overrode", "overwrite": "overwrote", "pay": "paid", "put": "put", "read": "read", "rebuild": "rebuilt",
    "redo": "redid", "reset": "reset", "rerun": "reran", "rewrite": "rewrote", "rise": "rose", "run": "ran", "say": "said",
    "see": "saw", "seek": "sought", "sell": "sold", "send": "sent", "set": "set", "shake": "shook", "shut": "shut", "sit": "sat",
    "sleep": "slept", "speak": "spoke", "spend": "spent", "spin": "spun", "split": "split", "spread": "spread", "stand": "stood",
    "steal": "stole", "stick": "stuck", "strike": "struck", "swap": "swapped", "swing": "swung", "take": "took", "teach": "taught",
    "tear": "tore", "tell": "told", "think": "thought", "throw": "threw", "undo": "undid", "understand": "understood",
    "upset": "upset", "wake": "woke", "wear": "wore", "win": "won", "withdraw": "withdrew", "write": "wrote",
}  # fmt: skip
# verbs of more than one syllable that do not double their last letter
SINGLE = {
    "alter", "answer", "cancel", "change", "cover", "deliver", "develop", "discover", "edit", "enter", "exit", "filter",
    "follow", "gather", "happen", "hover", "inherit", "install", "limit", "listen", "monitor", "offer", "open", "order",
    "poll", "profit", "recover", "register", "remember", "render", "suffer", "target", "trigger", "visit", "wait", "consider",
}  # fmt: skip
DOUBLED = {"commit", "debug", "admit", "refer", "prefer", "occur", "defer", "submit", "permit", "omit", "transfer", "control", "patrol"}  # fmt: skip
ADVERBS = {"just", "then", "ever", "even", "also", "still", "first", "again", "now", "not", "never", "so", "always", "only", "simply"}  # fmt: skip
ARTICLES = {
    "the",
    "a",
    "an",
    "your",
    "our",
    "their",
    "its",
    "this",
    "that",
    "these",
    "those",
    "his",
    "her",
    "my",
}
STATES = {
    "set", "sent", "shut", "kept", "made", "run", "cut", "put", "built", "left", "lost", "read", "told", "seen", "down", "up", "on", "off", "out",
    "in", "at", "under", "over", "behind", "back", "there", "late", "slow", "full", "empty", "red", "green", "high", "low", "different", "two",
    "no", "such", "too", "part", "about", "for", "with", "without", "like", "quiet", "silent", "noisy", "old", "new", "a", "an", "the",
}  # fmt: skip
NOT_ADVERBS = {"apply", "rely", "reply", "comply", "supply", "multiply", "fly", "ally", "rally", "imply"}
VOWELS = "aeiou"
# the other verbs by which the end of a subject is known: the alert threshold / fire
COMMON = {
    "fire", "alert", "restart", "reboot", "deploy", "escalate", "fail", "look", "happen", "stop", "start", "finish", "appear",
    "change", "drop", "crash", "time", "retry", "recover", "work", "stay", "wait", "show", "tell", "report", "load", "open", "close",
    "skip", "decide", "notice", "check", "call", "page", "ack", "acknowledge", "merge", "push", "roll", "revert", "use", "try", "need",
    "want", "seem", "clear", "trigger", "drain", "turn", "move", "switch", "reach", "arrive", "end", "last", "touch", "allow", "accept", "reject",
}  # fmt: skip


def _doubles(verb: str) -> bool:
    """Whether the last letter is written twice before an ending: stop, plan, commit; not open, wait, fix."""
    if verb in DOUBLED:
        return True
    if verb in SINGLE or len(verb) < 3 or verb[-1] in "wxy" or verb[-1] in VOWELS:
        return False
    one_syllable = len(re.findall(r"[aeiouy]+", verb)) == 1
    return one_syllable and verb[-2] in VOWELS and verb[-3] not in VOWELS


def past(verb: str) -> str:
    """restart → restarted, roll → rolled, see → saw."""
    low = verb.lower()
    if low in PAST:
        return PAST[low]
    if re.match(r"(re|un|over|under|out|fore|mis)", low):
        prefix = re.match(r"(re|un|over|under|out|fore|mis)-?", low).group()
        if low[len(prefix) :] in PAST and len(low) - len(prefix) > 2:
            return verb[: len(prefix)] + PAST[low[len(prefix) :]]
    if low.endswith("e"):
        return f"{verb}d"
    if low.endswith("y") and len(low) > 1 and low[-2] not in VOWELS:
        return f"{verb[:-1]}ied"
    return f"{verb}{verb[-1]}ed" if _doubles(low) else f"{verb}ed"


def gerund(verb: str) -> str:
    """restart → restarting, run → running, take → taking."""
    low = verb.lower()
    if low.endswith("ie"):
        return f"{verb[:-2]}ying"
    if low.endswith("e") and not low.endswith(("ee", "oe", "ye")) and low != "be":
        return f"{verb[:-1]}ing"
    if low in {"begin", "forget", "reset", "rerun", "upset"} or _doubles(low):
        return f"{verb}{verb[-1]}ing"
    return f"{verb}ing"


def third(verb: str) -> str:
    """fire → fires, go → goes, retry → retries."""
    low = verb.lower()
    if low in {"be", "have"}:
        return {"be": "is", "have": "has"}[low]
    if low.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if low.endswith("y") and len(low) > 1 and low[-2] not in VOWELS:
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _leading_adverbs(words: list[str]) -> int:
    """How many words stand before the verb itself: just, then, actually, suddenly."""
    count = 0
    while count < len(words) - 1 and (
        words[count].lower() in ADVERBS
        or (words[count].lower().endswith("ly") and words[count].lower() not in NOT_ADVERBS)
    ):
        count += 1
    return count


def inflect(phrase: str, form) -> str:
    """The verb of a phrase in another form, the rest as it is: "just roll it back" → "just rolled it back".

    A second verb joined by "and" follows: "go and restart it" → "went and restarted it".
    """
    words = phrase.split()
    if not words:
        return ""
    at = _leading_adverbs(words)
    words[at] = form(words[at])
    if len(words) > at + 2 and words[at + 1].lower() in {"and", "ahead"}:
        joined = at + 2 if words[at + 1].lower() == "and" else at + 3
        if joined < len(words) and (words[joined - 1].lower() == "and"):
            words[joined] = form(words[joined])
    return " ".join(words)


def split_subject(phrase: str) -> tuple[str, str]:
    """A subject and the verb phrase in its plain form behind it: "the alert threshold fire late" → at the verb.

    Where no verb is known the subject is one word, or two with an article.
    """
    words = phrase.split()
    least = 2 if words and words[0].lower() in ARTICLES else 1
    for at in range(least, min(len(words), 6)):
        if words[at].lower() in PAST or words[at].lower() in COMMON or words[at].lower() in ADVERBS:
            return " ".join(words[:at]), " ".join(words[at:])
    return " ".join(words[:least]), " ".join(words[least:])


def split_state(phrase: str) -> tuple[str, str]:
    """A subject and what is said of it: "the alert threshold set to 90" → at "set"."""
    words = phrase.split()
    least = 2 if words and words[0].lower() in ARTICLES else 1
    for at in range(least, min(len(words), 6)):
        low = words[at].lower()
        if low in STATES or low in ADVERBS or low.endswith(("ed", "ing", "en", "ly", "able", "ible", "ful")):
            return " ".join(words[:at]), " ".join(words[at:])
    return " ".join(words[:least]), " ".join(words[least:])
