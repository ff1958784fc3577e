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
from postmortems.archive.models.reading import Later, Recommendation, TeamRead
from postmortems.archive.models.recalling import Recalled, Recalling

__all__ = [
    "Announcement",
    "Card",
    "CardQuerySet",
    "Declined",
    "FeedKey",
    "HouseChannel",
    "Later",
    "Recalled",
    "Recalling",
    "Reckoning",
    "Recommendation",
    "Subscription",
    "Tally",
    "TeamRead",
    "Telling",
    "ToSpell",
    "ToldCondition",
    "ToldItem",
    "Word",
]
