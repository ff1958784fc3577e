from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Incident


class Indicator(models.Model):
    """A service level indicator over the incident: one series, its objective, and the window it is promised for.

    `times` and `values` are of one length, in order of time; a value of None is a moment that was not
    measured. What a value means is said by `meaning`.
    """

    class Meaning(models.TextChoices):
        GOOD = "good", "Share of good requests (0–1)"
        BAD = "bad", "Share of bad requests (0–1)"
        AT_MOST = "at_most", "A value that should be at most the threshold, such as latency"
        AT_LEAST = "at_least", "A value that should be at least the threshold, such as throughput"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=120)
    labels = models.JSONField(default=dict, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    meaning = models.CharField(max_length=10, choices=Meaning.choices, default=Meaning.GOOD)
    threshold = models.FloatField(null=True, blank=True)  # for at_most and at_least, in `unit`
    objective = models.DecimalField(max_digits=9, decimal_places=7)  # share of good, such as 0.999
    window_days = models.PositiveSmallIntegerField(default=28)
    # spent of the window's budget before the incident began, 0…1 and more; None where nobody knows
    spent_before = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    step_seconds = models.FloatField()
    times = ArrayField(models.DateTimeField())
    values = ArrayField(models.FloatField(null=True))
    shown = models.BooleanField(default=True)  # as the curve of the picture; one of an incident
    filename = models.CharField(max_length=255, blank=True)
    file = models.FileField(upload_to="evidence/%Y/%m", max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
