from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from postmortems.incidents.models import Incident
from postmortems.publication.models.revisions import Revision


class Audience(models.TextChoices):
    """For whom words are. Whoever is further out reads what is for them alone; nothing is, until somebody says so."""

    INTERNAL = "internal", "Internal"
    PARTNER = "partner", "Partners"
    PUBLIC = "public", "Public"


class Mark(models.Model):
    """For whom a part of the write-up is. It holds for exactly the words it was set on: other words are internal again.

    `key` says which part: of a passage its section, of an event its id, of a condition, item or picture its number, of
    a fact its name. `instead` are words to be read in its place.
    """

    class Kind(models.TextChoices):
        TITLE = "title"
        PASSAGE = "passage"  # a paragraph, list, table or other block of a section
        EVENT = "event"
        CONDITION = "condition"
        ITEM = "item"
        IMAGE = "image"
        FIGURE = "figure"
        FACT = "fact"  # severity, services, times, durations, people, meeting, drawing

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)  # the SHA-256 of the words
    audience = models.CharField(max_length=10, choices=Audience.choices)
    instead = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "key", "digest"], name="one_mark_of_a_part")
        ]


class Replacement(models.Model):
    """Words of an incident that outsiders read otherwise, wherever they stand; or that were looked at and may stay."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="replacements")
    words = models.CharField(max_length=300)
    instead = models.CharField(max_length=300, blank=True)
    stays = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "words"], name="one_replacement_of_words"),
            models.CheckConstraint(
                condition=Q(stays=True, instead="") | Q(stays=False), name="what_stays_is_not_replaced"
            ),
        ]


class HouseReplacement(models.Model):
    """Words that never leave the house as they are, in no write-up: a customer's name, a code name, a domain."""

    words = models.CharField(max_length=300)
    instead = models.CharField(max_length=300, default="a customer")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = [Lower("words"), "id"]
        constraints = [
            models.UniqueConstraint(Lower("words"), name="one_house_replacement_of_words"),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(instead=""), name="a_house_replacement_has_words"
            ),
        ]


class TwinQuerySet(models.QuerySet):
    def standing(self) -> TwinQuerySet:
        """Those that are not withdrawn: neither they or a later one of their audience, nor the revision they were made from."""
        return self.exclude(self._withdrawn())

    def withdrawn(self) -> TwinQuerySet:
        return self.filter(self._withdrawn())

    @staticmethod
    def _withdrawn() -> Q:
        withdrawals = apps.get_model("publication", "Withdrawal").objects
        itself = withdrawals.filter(
            twin__incident=models.OuterRef("incident"), twin__audience=models.OuterRef("audience"), twin__number__gte=models.OuterRef("number")
        )  # fmt: skip
        revision = withdrawals.filter(
            revision__incident=models.OuterRef("incident"), revision__number__gte=models.OuterRef("revision__number")
        )  # fmt: skip
        return Q(models.Exists(itself)) | Q(models.Exists(revision))


class Twin(models.Model):
    """A write-up as partners or everybody may read it, numbered and frozen as a revision is.

    `content` has the shape of `publication.content`, with everything taken out that is not for this audience; nothing
    of the incident is looked up when it is read. `key` is its address: secret for partners, the same for all its
    numbers.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="twins")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="twins")  # made from it
    audience = models.CharField(max_length=10, choices=Audience.choices[1:])
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    content = models.JSONField()
    html = models.TextField()
    words = models.TextField()
    change_note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)

    objects = TwinQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "audience", "number"], name="one_twin_of_a_number"),
            models.UniqueConstraint(fields=["key", "number"], name="one_twin_at_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_audience_display().lower()}, {self.number})"
