from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import Team
from postmortems.incidents.models import Incident


class Recommendation(models.Model):
    """That a write-up is worth reading, and why, in one sentence. Whoever changes the sentence signs it."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="recommendation")
    because = models.CharField("worth reading, because", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(because=""), name="a_recommendation_has_a_reason")]

    def __str__(self) -> str:
        return self.because


class Later(models.Model):
    """A write-up that one person means to read; nobody else sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="later")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "incident"], name="put_aside_once")]


class TeamRead(models.Model):
    """That somebody of a team read a write-up, and on which day that was first the case.

    Who it was is not kept, nor at what time of the day; and there is no number that would tell in which order.
    """

    pk = models.CompositePrimaryKey("incident_id", "team_id")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="read_by_teams")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
