"""The draft as a whole: what is still being talked about, and what leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule

CITED = {"event": "an event", "condition": "a condition", "item": "an item", "role": "somebody's role", "image": "a picture"}  # fmt: skip


def _clashes(facts: Facts) -> Iterator[Found]:
    for key in facts.clashes:
        title = facts.sections.by_key[key].title if key in facts.sections.by_key else key
        yield facts.of_text(key, f"In “{title}” two wordings of the same words wait for a decision.")


def _comments(facts: Facts) -> Iterator[Found]:
    if count := facts.open_comments:
        words = "One comment is" if count == 1 else f"{count} comments are"
        yield Found(f"{words} still open.", facts.page("writeup:comments"))


def _marks(facts: Facts) -> Iterator[Found]:
    if count := len(facts.open_marks):
        words = "One passage is" if count == 1 else f"{count} passages are"
        yield Found(
            f"{words} asked about by the coach and neither reworded nor let stand.",
            facts.page("writeup:coach"),
        )


def _citations(facts: Facts) -> Iterator[Found]:
    for place, kind, number in facts.broken_citations:
        what = CITED.get(kind, "something")
        yield Found(
            f"“{place.title}” cites {what} that is no longer there ({kind} {number}).",
            place.address,
            place.key,
        )


def _pictures(facts: Facts) -> Iterator[Found]:
    for use in facts.pictures_without_words:
        yield Found(
            f"Picture {use.number} in “{use.place.title}” has no words for those who do not see it.",
            facts.page("writeup:images"),
            use.place.key,
        )


RULES = (
    Rule("two-wordings", "draft", "Words that two people changed differently are decided on.", "advisory", _clashes),
    Rule("comments-open", "draft", "Every comment is resolved.", "advisory", _comments),
    Rule("marks-open", "draft", "Every passage that the coach asks about is reworded or let stand with a word.", "advisory", _marks),
    Rule("citation-broken", "draft", "Every citation leads to something that is still there.", "advisory", _citations),
    Rule("picture-words", "draft", "Every picture has words for those who do not see it.", "advisory", _pictures),
)  # fmt: skip
