from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.models import Event


class SectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SectionQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))


class Section(models.Model):
    """One text of the write-up, in Markdown. What the sections are is told in `writeup.sections`.

    A row exists once somebody wrote in it. `version` counts accepted texts; a save names the version it started from.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "key"], name="one_text_of_a_section")]


class SectionText(models.Model):
    """Every text that was ever accepted, for comparison and restoring. Append-only."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    restored_from = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="one_text_of_a_version")]


class ConditionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ConditionQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))


class Condition(models.Model):
    """A contributing condition: one of several things without which it would have gone otherwise."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", "Technical"
        ORGANISATIONAL = "organisational", "Organisational"
        EXTERNAL = "external", "External"
        KNOWLEDGE = "knowledge", "Knowledge"
        COORDINATION = "coordination", "Coordination"
        HELPED = "helped", "What helped"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="conditions")
    number = models.PositiveSmallIntegerField()  # C1, C2, … never reused
    kind = models.CharField(max_length=15, choices=Kind.choices)
    sentence = models.CharField(max_length=300)
    made_sense = models.TextField("how it made sense at the time", blank=True)
    events = models.ManyToManyField(Event, blank=True, related_name="conditions")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_condition_of_a_number"),
            models.CheckConstraint(condition=~Q(sentence=""), name="condition_says_something"),
        ]

    def __str__(self) -> str:
        return f"C{self.number} {self.sentence}"
