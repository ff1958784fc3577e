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
from postmortems.archive.models.following import (
    Announcement,
    Declined,
    HouseChannel,
    Subscription,
    Telling,
)

__all__ = [
    "Announcement",
    "Card",
    "CardQuerySet",
    "Declined",
    "FeedKey",
    "HouseChannel",
    "Reckoning",
    "Subscription",
    "Tally",
    "Telling",
    "ToSpell",
    "ToldCondition",
    "ToldItem",
    "Word",
]
