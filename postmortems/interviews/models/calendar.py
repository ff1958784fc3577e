from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.incidents.models import Participant


class CalendarKey(models.Model):
    """The secret part of the address at which one person's calendar program finds their appointments."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_key"
    )
    key = models.CharField(max_length=64, unique=True)
    discreet = models.BooleanField(default=False)  # entries say "Conversation" and no more
    made_at = models.DateTimeField(default=timezone.now)


class BusyCalendar(models.Model):
    """Where a person's calendar can be read, so that nobody is asked in the middle of something else.

    The address is stored encrypted and never shown again; of what is behind it only the stretches in
    which the person is busy are kept, without their titles, as pairs of ISO instants in UTC.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="busy_calendar",
    )
    participant = models.OneToOneField(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="busy_calendar"
    )
    address = models.BinaryField()
    host = models.CharField(max_length=253)  # shown, so that a person knows which calendar it is
    busy = models.JSONField(default=list, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    next_read_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(max_length=300, blank=True)  # one sentence for its owner

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(participant=None), name="busy_calendar_has_one_owner"
            )
        ]
        indexes = [models.Index(fields=["next_read_at"])]
