"""Reasons as a page tells them: by part, what blocks first, many of one rule cut short. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from postmortems.publication.readiness import PARTS, RULES, Reason, Rule, weight_of

SHOWN = 5  # reasons of one rule


@dataclass(frozen=True)
class Told:
    """What one rule did not find."""

    rule: Rule
    blocks: bool
    shown: tuple[Reason, ...]
    more: int


@dataclass(frozen=True)
class Part:
    key: str
    name: str
    told: tuple[Told, ...]
    met: tuple[Rule, ...]

    @property
    def blocks(self) -> bool:
        return any(one.blocks for one in self.told)


def parts(found: Iterable[Reason], policy: Mapping[str, str]) -> list[Part]:
    """Every part with a rule that is asked; `found` is what `reasons` gave under this policy."""
    missing: dict[tuple[str, str], list[Reason]] = {}
    for reason in found:
        missing.setdefault((reason.part, reason.code), []).append(reason)
    unmet = {code for _, code in missing}
    asked = [rule for rule in RULES if weight_of(rule, policy) != "off"]
    return [
        Part(
            key, name,
            tuple(sorted((_told(rule, missing[key, rule.code]) for rule in asked if (key, rule.code) in missing),
                         key=lambda told: not told.blocks)),
            tuple(rule for rule in asked if rule.part == key and rule.code not in unmet),
        )
        for key, name in PARTS.items()
    ]  # fmt: skip


def _told(rule: Rule, reasons: list[Reason]) -> Told:
    return Told(rule, reasons[0].blocks, tuple(reasons[:SHOWN]), max(0, len(reasons) - SHOWN))


def in_a_line(found: list[Reason]) -> str:
    """For a message: the first of them, and how many more there are."""
    sentences = " ".join(reason.sentence for reason in found[:SHOWN])
    return f"{sentences} And {len(found) - SHOWN} more." if len(found) > SHOWN else sentences
