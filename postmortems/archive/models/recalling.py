from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.incidents.models import Incident
from postmortems.notices.models import Letter


class Recalling(models.Model):
    """Which letters of the archive one person wants; who has none gets what their role suggests."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recalling")
    # empty: as the role suggests, administrators yes and everybody else no
    monthly = models.BooleanField("a letter on what the month taught", null=True, blank=True)
    anniversaries = models.BooleanField("a word a year after what I had a part in", default=True)


class Recalled(models.Model):
    """That one reader was told of a month, or of the year that went by since a write-up: once each.

    Written in the transaction that writes the letter; without one there was nothing to tell.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(null=True)  # its first day
    incident = models.ForeignKey(Incident, null=True, on_delete=models.CASCADE, related_name="+")
    # the incidents whose write-ups stand in the letter: one that waits is taken back when one of them is shut
    names = ArrayField(models.BigIntegerField(), default=list)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(month=None, incident__isnull=False) | Q(month__isnull=False, incident=None),
                name="a_month_or_a_write_up_is_recalled",
            ),
            models.UniqueConstraint(
                fields=["user", "month"], condition=Q(month__isnull=False), name="a_month_is_told_once"
            ),
            models.UniqueConstraint(
                fields=["user", "incident"], condition=Q(incident__isnull=False), name="a_year_is_told_once"
            ),
        ]
