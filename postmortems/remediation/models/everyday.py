from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.remediation.models.items import Item


class SavedView(models.Model):
    """A question to the list of items under a name: `query` is what stands in its address."""

    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)  # with everybody; each sees in it what they may
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="one_view_of_items_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return urlencode(self.query)


class Bulk(models.Model):
    """One change of several items at once, or of one on the board, that can be taken back for a while."""

    sentence = models.CharField(max_length=300)  # completes "You …"
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["by", "-at"])]

    def __str__(self) -> str:
        return self.sentence


class BulkChange(models.Model):
    """What one item was before, and the version it had after: whoever changed it since then is not overruled."""

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="changes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField()
    version = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]


class ItemCalendar(models.Model):
    """The secret part of the address at which a calendar program finds the dates one person promised."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="item_calendar"
    )
    key = models.CharField(max_length=64, unique=True)
    with_teams = models.BooleanField(default=False)  # those of one's teams, too
    made_at = models.DateTimeField(default=timezone.now)
