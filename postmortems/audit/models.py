from __future__ import annotations

from django.db import models


class EntryQuerySet(models.QuerySet):
    def about(self, subject: str) -> EntryQuerySet:
        """Entries whose subject is this reference, for instance `INC-2026-0007`."""
        return self.filter(subject=subject)


class Entry(models.Model):
    """Who did what, when. Names and texts rather than foreign keys: an entry outlives what it tells of.

    Append-only; a trigger of the database refuses change and removal.
    """

    at = models.DateTimeField(db_index=True)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, db_index=True)
    sentence = models.CharField(max_length=500)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
