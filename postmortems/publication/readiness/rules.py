"""What a rule is, and how much it weighs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postmortems.publication.readiness.facts import Facts

WEIGHTS = {"blocking": "blocks", "advisory": "advises", "off": "is not asked"}


@dataclass(frozen=True)
class Found:
    """Something a rule did not find as it should be: what is missing, where it is mended, and which text it is of."""

    sentence: str
    address: str
    section: str = ""
    part: str = ""  # where it is told, when that is not the part of its rule


@dataclass(frozen=True)
class Rule:
    """`asks` is what is met when nothing is found, as a reader of the settings would say it."""

    code: str
    part: str  # "" for the incident, "regret", "reason", "remedy", "draft" or "people"
    asks: str
    weight: str  # of WEIGHTS, where the severity says nothing else
    check: Callable[[Facts], Iterable[Found]]
    final: bool = False  # blocks whatever the policy says, and no reason overrules it


@dataclass(frozen=True)
class Reason:
    code: str
    sentence: str
    address: str
    blocks: bool = True
    final: bool = False  # no reason overrules it
    part: str = ""
    section: str = ""


def weight_of(rule: Rule, policy: Mapping[str, str]) -> str:
    """As the policy has it; a word of it that is no weight counts as none said."""
    said = policy.get(rule.code)
    return rule.weight if rule.final or said not in WEIGHTS else said
