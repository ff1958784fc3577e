"""Remedy: a committed item or a decision for none; each item owned, dated, verifiable, and answering a condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule
from postmortems.remediation import vague


def _committed(facts: Facts) -> Iterator[Found]:
    if not facts.committed and not facts.document.get("none_needed"):
        yield Found(
            "There is neither a committed item nor a recorded decision that none is needed.",
            facts.page("remediation:of_incident"),
            "remedies",
        )


def _both(facts: Facts) -> Iterator[Found]:
    if facts.committed and facts.document.get("none_needed"):
        yield Found(
            "It is decided that no item is needed, and there are committed ones. Which of the two holds?",
            facts.page("remediation:of_incident"),
            "remedies",
        )


def _lacking(name: str, words: str):
    def check(facts: Facts) -> Iterator[Found]:
        for item in facts.going_on:
            if not item[name]:
                yield _of_item(facts, item, words)

    return check


def _vague(facts: Facts) -> Iterator[Found]:
    for item in facts.going_on:
        if asked := vague.questions(
            what=item["what"], how_we_know=item["how_we_know"] or "later", owner=True, due=True
        ):
            yield _of_item(facts, item, f"could not be checked as it is worded. {asked[0]}")


def _of_item(facts: Facts, item: dict[str, Any], words: str) -> Found:
    return Found(f"R{item['number']} {words}", facts.page("remediation:item", item["number"]), "remedies")


RULES = (
    Rule("no-remedy", "remedy", "There is a committed item, or a recorded decision that none is needed.", "blocking", _committed),
    Rule("remedy-undecided", "remedy", "A decision for no item and committed items do not stand side by side.", "advisory", _both),
    Rule("item-owner", "remedy", "Every item has an owner.", "advisory", _lacking("owner", "has no owner.")),
    Rule("item-date", "remedy", "Every item has a date.", "advisory", _lacking("due_on", "has no date.")),
    Rule("item-verifiable", "remedy", "Every item says how we will know that it worked.", "advisory",
         _lacking("how_we_know", "does not say how we will know that it worked.")),
    Rule("item-condition", "remedy", "Every item answers a condition.", "advisory", _lacking("conditions", "answers no condition.")),
    Rule("item-vague", "remedy", "Every item is worded so that it can be checked.", "advisory", _vague),
)  # fmt: skip
