"""The second vote: how likely a sentence carries each kind, by logistic regression over `features`.

The weights lie in `data/weights.json`, written by `dev/train_coach.py`; nothing but the standard library reads them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from postmortems.language.lexicon import DATA


@dataclass(frozen=True)
class Scorer:
    names: tuple[str, ...]
    """The kinds, and `any` for blame of whichever kind."""
    weights: dict[str, tuple[tuple[int, int], ...]]
    """feature → (number of the name, weight). Whole numbers: their sum does not depend on the order."""
    weights_of_any: dict[str, int]
    scale: int
    thresholds: dict[str, float]

    def any(self, told: Set[str]) -> float:
        """How likely it is that a sentence carries anything: asked first, as most sentences carry nothing."""
        weights = self.weights_of_any
        return self._likely(sum(weights[feature] for feature in told & weights.keys()))

    def scores(self, told: Set[str]) -> dict[str, float]:
        """name → probability."""
        sums = [0] * len(self.names)
        for feature in told & self.weights.keys():
            for number, weight in self.weights[feature]:
                sums[number] += weight
        return {name: self._likely(total) for name, total in zip(self.names, sums, strict=True)}

    def _likely(self, total: int) -> float:
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total / self.scale))))


@cache
def scorer() -> Scorer:
    return from_stored(json.loads((DATA / "weights.json").read_text(encoding="utf-8")))


def from_stored(stored: dict[str, Any]) -> Scorer:
    last = stored["names"].index("any")
    weights = {
        feature: tuple((pairs[at], pairs[at + 1]) for at in range(0, len(pairs), 2))
        for feature, pairs in stored["weights"].items()
    }
    return Scorer(
        names=tuple(stored["names"]),
        weights=weights,
        weights_of_any={
            feature: weight
            for feature, pairs in weights.items()
            for number, weight in pairs
            if number == last
        },
        scale=stored["scale"],
        thresholds=stored["thresholds"],
    )
