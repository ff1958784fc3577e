from postmortems.archive.models.cards import (
    Card,
    CardQuerySet,
    Reckoning,
    Tally,
    ToldCondition,
    ToldItem,
    ToSpell,
    Word,
)
from postmortems.archive.models.feeding import FeedKey

__all__ = [
    "Card",
    "CardQuerySet",
    "FeedKey",
    "Reckoning",
    "Tally",
    "ToSpell",
    "ToldCondition",
    "ToldItem",
    "Word",
]
