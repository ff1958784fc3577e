"""The second vote: how likely a sentence carries each kind, by logistic regression over `features`.

The weights lie in `data/weights.json`, written by `dev/train_coach.py`; nothing but the standard library reads them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from postmortems.language.lexicon import DATA


@dataclass(frozen=True)
class Scorer:
    names: tuple[str, ...]
    """The kinds, and `any` for blame of whichever kind."""
    weights: dict[str, tuple[tuple[int, float], ...]]
    """feature → (number of the name, weight)"""
    thresholds: dict[str, float]

    def scores(self, told: Iterable[str]) -> dict[str, float]:
        """name → probability. The features are summed in their sorted order, so that the same text has the same score."""
        sums = [0.0] * len(self.names)
        weights = self.weights
        for feature in sorted(told & weights.keys()):
            for number, weight in weights[feature]:
                sums[number] += weight
        return {name: 1 / (1 + math.exp(-max(-60.0, min(60.0, total)))) for name, total in zip(self.names, sums, strict=True)}


@cache
def scorer() -> Scorer:
    stored = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    return Scorer(
        names=tuple(stored["names"]),
        weights={
            feature: tuple((int(pairs[at]), pairs[at + 1] / stored["scale"]) for at in range(0, len(pairs), 2))
            for feature, pairs in stored["weights"].items()
        },
        thresholds=stored["thresholds"],
    )
