from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.incidents.models import CircleMember, Incident
from postmortems.publication.models import Revision


class CardQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CardQuerySet:
        """Cards of write-ups this reader may open: the rule of `Incident.visible_to`, on the card itself."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(restricted=False) | Q(pk__in=_circles(user)))

    def for_everybody(self) -> CardQuerySet:
        """Without what is restricted: what statistics are made of, for every reader the same."""
        return self.filter(restricted=False)

    def of_ones_circles(self, user: User) -> CardQuerySet:
        """The restricted ones this reader may open."""
        return self.filter(restricted=True, pk__in=_circles(user))

    def newest(self) -> CardQuerySet:
        return self.order_by("-published_at", "-incident")


def _circles(user: User):
    return CircleMember.objects.filter(user=user).values("incident")


class Card(models.Model):
    """What the archive finds and counts a published write-up by; one for each incident, of its newest revision.

    Cards and what hangs on them are written by the database itself (`archive.keeping`), in the transaction that
    publishes a revision, restricts an incident or changes its services. `facets` are words such as `service:12`,
    `tag:dns`, `year:2026`; `all:` stands on every card.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="card")
    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="card")
    title = models.CharField(max_length=200)
    published_at = models.DateTimeField()
    first_published_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    restricted = models.BooleanField()
    facets = ArrayField(models.TextField(), default=list)
    search = SearchVectorField()

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-incident"]
        indexes = [
            GinIndex(fields=["search"], name="card_search", fastupdate=False),
            GinIndex(fields=["facets"], name="card_facets", fastupdate=False),
            models.Index(fields=["-published_at", "-incident"], name="card_newest"),
            models.Index(fields=["incident"], condition=Q(restricted=True), name="card_restricted"),
        ]

    def __str__(self) -> str:
        return self.title


class ToldCondition(models.Model):
    """A contributing condition as the newest revision tells it."""

    card = models.ForeignKey(
        Card, on_delete=models.CASCADE, related_name="conditions", db_column="incident_id"
    )
    number = models.PositiveIntegerField()
    kind = models.TextField()  # its name when it was published
    helped = models.BooleanField()
    sentence = models.TextField()
    cited = models.PositiveIntegerField()  # events it rests on

    class Meta:
        indexes = [models.Index(fields=["kind"], name="told_condition_kind")]


class ToldItem(models.Model):
    """A remediation item in the words of the newest revision; how it fares stands in `remediation.Item`."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="items", db_column="incident_id")
    number = models.PositiveIntegerField()
    what = models.TextField()


class Tally(models.Model):
    """How many unrestricted cards carry a facet: the sum of `n` over its rows.

    A ledger: every change of a card adds rows, so that nobody waits for anybody, and a sweep adds them up.
    """

    facet = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["facet"], name="tally_facet")]


class Word(models.Model):
    """A word as it is spelled in some write-up. Never shown unless a reader finds something with it.

    `slips` are the word and what is left when one of its letters is: two words of which a slip is the same are one
    wrong letter apart, or two that lie together.
    """

    word = models.TextField(primary_key=True)
    slips = ArrayField(models.TextField())

    class Meta:
        indexes = [GinIndex(fields=["slips"], name="word_slips", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class ToSpell(models.Model):
    """That the words of a write-up are not among `Word` yet. A table of its own: to change a card is to index it anew."""

    card = models.OneToOneField(
        Card, on_delete=models.CASCADE, primary_key=True, db_column="incident_id", related_name="+"
    )


class Reckoning(models.Model):
    """What the pages on what recurs and what gets fixed say, as of one moment, of unrestricted write-ups alone.

    Restricting a write-up removes every reckoning, so that none outlives what it was made from. The row is there
    before the counting begins (without figures), so that a restriction in between is seen by its absence.
    """

    as_of = models.DateTimeField()
    figures = models.JSONField(null=True)
    printed = models.BinaryField(null=True)  # the same as a PDF, once somebody asked for it

    class Meta:
        ordering = ["-as_of"]
        get_latest_by = "as_of"
