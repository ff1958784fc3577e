"""Whose words they are: what customers wrote, what a screen or a manual says, and words that are only mentioned are
taken out before a sentence is judged. What participants say stays in, also when it stands in quotation marks."""

from __future__ import annotations

import re

from postmortems.language.words import HIDDEN

_QUOTED = re.compile(r"[\"“„]([^\"“”„\n]{1,400})[\"”“]|(?<!\w)[‘']([^'‘’\n]{3,200})[’'](?!\w)")
_CUSTOMERS = (
    r"(?:customer|user|client|subscriber|passenger|patient|player|shopper|guest|travell?er|merchant|visitor|reader|caller|parent|father"
    r"|mother|resident|citizen|hospital|clinic|school|pharmac(?:y|ie)|shop|press|newspaper|headline|paper|tweet|reviewer on the app store"
    r"|complaint|letter|survey|forum|public|regulator)s?"
)
_SAYS = (
    r"(?:say|says|said|told|tell|wrote|write|writes|called|call|calls|described|describes|complained|reported|posted|asked|used|put|named|termed"
    r"|labelled|felt|found|were angry|was angry|speaks?|spoke|thought|reads?)"
)
_FROM_CUSTOMERS = re.compile(rf"\b{_CUSTOMERS}\b[^.;\n]{{0,60}}?\b{_SAYS}\b", re.I)
_BY_CUSTOMERS = re.compile(rf"\b{_SAYS}\b[^.;\n]{{0,25}}\b{_CUSTOMERS}\b", re.I)
_SPOKEN_BY = re.compile(rf"[,.]?\s+(?:\w+\s+){{0,3}}{_CUSTOMERS}\b[^.;\n]{{0,30}}?\b{_SAYS}\b", re.I)
_FROM_THINGS = re.compile(
    r"\b(?:runbook|manual|guide|page|wiki|card|dialog(?:ue)?|prompt|screen|button|message|banner|label|sign|text|help|form|option|menu|title"
    r"|error|log|alert|documentation|docs|readme|template|policy|email|mail|notice|tool|field|entry|button|console|playbook|checklist"
    r"|script|website|spec|standard|licen[cs]e|contract)s?\b[^.;\n\"“]{0,40}"
    r"\b(?:say|says|said|read|reads|ask|asks|asked|shows?|showed|states?|stated|is|was|names?|called|answers?|has|with|set to|reported)\b[^\"“\n]{0,25}$",
    re.I,
)
_MENTION = re.compile(
    r"(?:\b(?:words?|phrases?|wording|terms?|label(?:led|ling|s)?|expressions?|calling|call(?:ed)? (?:it|this)|instead of|rather than|replaced?|avoid(?:ed)?"
    r"|struck|strike|removed?|taken out|reject(?:ed)?|not (?:write|say|use|call)|wrote|marked as|category|tag(?:ged)?)\b[^\"“\n]{0,40}$)",
    re.I,
)
_MENTION_AFTER = re.compile(
    r"^[^\"“\n]{0,12}\b(?:is|was|are) (?:a|an|the|just a|only a|not an?|no) (?:label|word|term|phrase|explanation|finding|conclusion|answer|box|option|choice|category|entry|default|heading|name)\b"
    r"|^[^\"“\n]{0,10}\b(?:says?|tells?|explains?) nothing\b|^[^\"“\n]{0,10}\bwas the word\b|^[^.\n]{0,10}(?:wrote|said|complained) (?:one |a |an |the |several |many )?"
    + _CUSTOMERS,
    re.I,
)
_REJECTED = re.compile(
    r"\b(?:not|never|no longer|without|rather than|instead of|avoid|reject(?:s|ed)?|calling (?:this|it|that))\s+(?:\w+\s+){0,4}?"
    r"((?:human|operator|pilot|user) errors?|(?:a |the |one |single |any )*root cause\b(?! (?:was|is|of))|blam(?:e|ing|ed)(?: \w+)?|negligence|careless(?:ness)?)",
    re.I,
)


def ours(sentence: str) -> str:
    """The sentence, as long as before, with other people's and other things' words hidden."""
    if _FROM_CUSTOMERS.search(sentence) or _BY_CUSTOMERS.search(sentence):
        return _hide_after_speech(sentence)
    sentence = _QUOTED.sub(lambda match: _hidden(match, sentence), sentence)
    return _REJECTED.sub(lambda match: _cover(match, 1), sentence)


def _hide_after_speech(sentence: str) -> str:
    match = _FROM_CUSTOMERS.search(sentence)
    if match is None:
        return _QUOTED.sub(lambda found: HIDDEN * len(found.group()), sentence)
    before = _QUOTED.sub(  # “…”, one customer wrote
        lambda found: (
            HIDDEN * len(found.group()) if _SPOKEN_BY.match(sentence, found.end()) else found.group()
        ),
        sentence[: match.start()],
    )
    sentence = before + sentence[match.start() :]
    stop = re.search(r"[.;]|, (?:and|but|so|as|since) (?:we|the|our|it)\b", sentence[match.end() :])
    end = match.end() + stop.start() if stop else len(sentence)
    return sentence[: match.end()] + re.sub(r"\S", HIDDEN, sentence[match.end() : end]) + sentence[end:]


def _hidden(match: re.Match[str], sentence: str) -> str:
    before, after = (
        sentence[max(0, match.start() - 90) : match.start()],
        sentence[match.end() : match.end() + 60],
    )
    if _FROM_THINGS.search(before) or _MENTION.search(before) or _MENTION_AFTER.search(after):
        return HIDDEN * len(match.group())
    return match.group()


def _cover(match: re.Match[str], group: int) -> str:
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    found = match.group()
    return found[:start] + HIDDEN * (end - start) + found[end:]
