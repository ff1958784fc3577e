"""The conditions of a write-up as a page shows them. Reads only, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.incidents.models import Incident
from postmortems.writeup.models import Condition, ConditionKind

SECOND_STORY = 2  # so many at least: with one it is the first story still


@dataclass(frozen=True)
class Conditions:
    """Those without which it would have gone otherwise, those that helped, and those that somebody removed."""

    hurting: list[Condition]
    helped: list[Condition]
    removed: list[Condition]
    kinds: list[ConditionKind]  # in use, that contributed
    helping: ConditionKind | None  # the first kind in use for what helped

    @property
    def standing(self) -> list[Condition]:
        return [*self.hurting, *self.helped]

    @property
    def asks_for_the_second_story(self) -> bool:
        return len(self.hurting) < SECOND_STORY

    @property
    def unasked(self) -> list[ConditionKind]:
        """Kinds that nothing is recorded of yet: each is a place to look."""
        there = {condition.kind_id for condition in self.hurting}
        return [kind for kind in self.kinds if kind.key not in there]


def conditions_of(incident: Incident) -> Conditions:
    # items are of a later stage, and known here by the name of the relation alone
    every = list(
        Condition.ever.filter(incident=incident).select_related("kind").prefetch_related("events", "items")
    )
    standing = [condition for condition in every if condition.removed_at is None]
    kinds = list(ConditionKind.objects.filter(retired_at=None))
    return Conditions(
        hurting=[condition for condition in standing if not condition.kind.helped],
        helped=[condition for condition in standing if condition.kind.helped],
        removed=sorted((one for one in every if one.removed_at), key=lambda one: one.removed_at, reverse=True)[:20],
        kinds=[kind for kind in kinds if not kind.helped],
        helping=next((kind for kind in kinds if kind.helped), None),
    )  # fmt: skip
