from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """Meetings of incidents whose existence the user may know: anybody may come."""
        return self.filter(incident__in=Incident.objects.visible_to(user))


class Meeting(models.Model):
    """A sitting in which the review is talked through: to learn, not to decide."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)  # a room, or a link to a call
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="facilitates"
    )
    note_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agenda = models.TextField(blank=True)
    agenda_version = models.PositiveIntegerField(default=1)
    notes = models.TextField(blank=True)
    notes_version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)  # iTIP SEQUENCE
    invited_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(facilitator=None) | Q(note_taker=None) | ~Q(facilitator=F("note_taker")),
                name="facilitator_takes_no_notes",
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="planned"), name="one_planned_meeting"
            ),
        ]


class Attendance(models.Model):
    """Somebody asked to come, or who came; with an account, or by name and address."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    zone = models.CharField(max_length=60, default="UTC")
    came = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=~Q(user=None), name="one_attendance_per_account"
            )
        ]


class Survey(models.Model):
    """What the meeting was worth, asked of those who came. Answers stand apart from people."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="survey")
    opened_at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)


class SurveyKey(models.Model):
    """That one attendance was asked, and whether it answered; nothing leads from here to an answer."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="keys")
    attendance = models.OneToOneField(Attendance, on_delete=models.CASCADE, related_name="survey_key")
    used = models.BooleanField(default=False)


class SurveyAnswer(models.Model):
    """One answer, of nobody: a random key, and no moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    learned = models.BooleanField(null=True)  # something that changes how I work
    again = models.BooleanField(null=True)  # would attend again
    safe = models.BooleanField(null=True)  # felt safe to say what I saw
    better = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
