from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Incident
from timelines.models.event import Event


class Secret(models.Model):
    """A key, a password or personal data found in an event, and taken out of it before it was stored.

    The event's own columns hold a mask, such as “[masked: GitHub token]”, so that no page, search or
    export can show what nobody looked at; `value` holds what stood there. The raw record keeps all.
    """

    class State(models.TextChoices):
        MASKED = "masked", "Masked, nobody looked yet"
        KEPT = "kept", "Masked for good"
        SHOWN = "shown", "Shown: it is harmless"

    # the beginning of the index of its answers, so it needs none of its own
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="secrets", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="secrets")
    column = models.CharField(max_length=10, default="text")  # of the event: text, link, actor, extra
    kind = models.CharField(max_length=60)
    mask = models.CharField(max_length=120)  # what stands in its place
    value = models.TextField()
    digest = models.BinaryField(max_length=32)  # SHA-256 of value: the same secret is decided once
    state = models.CharField(max_length=10, choices=State.choices, default=State.MASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["event", "id"]
        indexes = [models.Index(fields=["incident", "state", "digest"], name="secret_answers")]

    def __str__(self) -> str:
        return self.kind
