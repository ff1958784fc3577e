"""Two short lists of write-ups: those worth reading, and those one put aside. Each holds what this reader may open."""

from __future__ import annotations

from django.db.models import QuerySet

from postmortems.accounts.models import User
from postmortems.archive.models import Card, Later, Recommendation

NEW_FOR = 60  # days during which somebody who joined is shown what is worth reading


def worth_reading(user: User) -> QuerySet[Recommendation]:
    """The newest recommendation first; what was withdrawn or is shut to this reader is left out."""
    return (
        Recommendation.objects.filter(incident__in=Card.objects.visible_to(user).values("pk"))
        .select_related("incident__severity", "incident__card")
        .defer("incident__card__search")
    )


def put_aside(user: User) -> QuerySet[Later]:
    """The longest waiting first."""
    return (
        Later.objects.filter(user=user, incident__in=Card.objects.visible_to(user).values("pk"))
        .select_related("incident__severity", "incident__card")
        .defer("incident__card__search")
        .order_by("at", "pk")
    )
