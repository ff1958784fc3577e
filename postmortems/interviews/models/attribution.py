from __future__ import annotations

from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Participant
from timelines.models import Event


class Approval(models.Model):
    """That a participant agreed to these very words being published with their name.

    `digest` is that of the wording agreed to: any other wording is not agreed to.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="approvals")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="approvals")
    digest = models.CharField(max_length=64)
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "event", "digest"], name="one_approval_of_a_wording"
            )
        ]
