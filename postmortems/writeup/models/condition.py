from __future__ import annotations

from django.db import models
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.models import Event


class ConditionKind(models.Model):
    """A sort of condition, as the organisation sees it. `helped`: it made things better, and is no part of the why."""

    key = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    sentence = models.CharField("what belongs here", max_length=200, blank=True)
    helped = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)  # keeps its conditions, takes no new ones

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class ConditionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ConditionQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))


class Standing(models.Manager.from_queryset(ConditionQuerySet)):
    """Those that nobody removed: what every relation and every list speaks of."""

    def get_queryset(self) -> ConditionQuerySet:
        return super().get_queryset().filter(removed_at=None)


class Condition(models.Model):
    """A contributing condition: one of several things without which it would have gone otherwise.

    A removed one keeps its row, its number, its events and its items, so that it can be brought back as it was.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="conditions")
    number = models.PositiveSmallIntegerField()  # C1, C2, … never reused
    kind = models.ForeignKey(ConditionKind, on_delete=models.PROTECT, related_name="conditions")
    sentence = models.CharField(max_length=300)
    made_sense = models.TextField("how it made sense at the time", blank=True)
    events = models.ManyToManyField(Event, blank=True, related_name="conditions")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = Standing()
    ever = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_condition_of_a_number"),
            models.CheckConstraint(condition=~Q(sentence=""), name="condition_says_something"),
        ]

    def __str__(self) -> str:
        return f"C{self.number} {self.sentence}"
