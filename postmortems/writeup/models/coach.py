from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Incident
from postmortems.language.kinds import Kind

KINDS = [(kind.value, kind.value) for kind in Kind]


class Dismissal(models.Model):
    """Somebody let a mark of the coach stand as it is, with a word why. It holds for that passage as it is worded."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="dismissals")
    section = models.CharField(max_length=30)
    key = models.CharField(max_length=80)  # of the mark: `language.marks.key_of`
    word = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "section", "key"], name="one_dismissal_of_a_mark")
        ]


class HouseWord(models.Model):
    """Words that the organisation wants marked wherever they stand, as a kind of mark."""

    kind = models.CharField(max_length=20, choices=KINDS)
    words = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "words"]
        constraints = [models.UniqueConstraint(fields=["kind", "words"], name="one_house_word_of_a_kind")]


class SilencedKind(models.Model):
    """A kind of mark that the organisation does not want to see, and why."""

    kind = models.CharField(max_length=20, choices=KINDS, unique=True)
    why = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
