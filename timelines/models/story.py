from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from postmortems.incidents.models import Incident, Participant
from timelines.models.event import Event


class Hypothesis(models.Model):
    """What was believed at the time, by whom, from when, and what became of it. Nobody is measured by it."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Still open"
        CONFIRMED = "confirmed", "It held"
        REFUTED = "refuted", "It did not hold"
        LEFT = "left", "Left aside"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="hypotheses")
    sentence = models.CharField(max_length=300)
    held_by = models.CharField(max_length=200, blank=True)  # as people say it: "the two on the bridge"
    participants = models.ManyToManyField(Participant, blank=True, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    became = models.CharField(max_length=300, blank=True)  # what changed people's minds
    events = models.ManyToManyField(Event, blank=True, related_name="hypotheses")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("begins_at")),
                name="hypothesis_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Intervention(models.Model):
    """What was tried, when, to which end, and what was seen to follow."""

    class Effect(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        HELPED = "helped", "It helped"
        PARTLY = "partly", "It helped in part"
        NONE = "none", "Nothing changed"
        WORSE = "worse", "Things got worse"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="interventions")
    sentence = models.CharField(max_length=300)
    tried_by = models.CharField(max_length=200, blank=True)
    participants = models.ManyToManyField(Participant, blank=True, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    effect = models.CharField(max_length=10, choices=Effect.choices, default=Effect.UNKNOWN)
    seen = models.CharField(max_length=300, blank=True)  # what showed the effect
    hypothesis = models.ForeignKey(
        Hypothesis, null=True, blank=True, on_delete=models.SET_NULL, related_name="interventions"
    )
    events = models.ManyToManyField(Event, blank=True, related_name="interventions")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("begins_at")),
                name="intervention_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Question(models.Model):
    """Something that the evidence leaves open, to be asked in an interview or in the meeting."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=400)
    begins_at = models.DateTimeField(null=True, blank=True)  # the stretch it is about
    ends_at = models.DateTimeField(null=True, blank=True)
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions"
    )
    answer = models.CharField(max_length=400, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["begins_at", "id"]

    def __str__(self) -> str:
        return self.text


class SavedView(models.Model):
    """A question to the timeline under a name: `query` is what stands in its address."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)  # with all who read the incident; else its author's alone
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "by", "name"], name="one_saved_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return urlencode(self.query)
