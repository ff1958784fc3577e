from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.incidents.models import Participant
from timelines.models import Event


class Approval(models.Model):
    """Whether a participant agrees to these very words being published with their name.

    `digest` is that of the wording (`releasing.attribution`): any other wording is another row. A row exists
    once somebody saw that consent is needed; the letter follows when the words have stood still for a while.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="approvals")
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals"
    )  # the recollection; none for a quotation in the write-up
    digest = models.CharField(max_length=64)
    wanted_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "digest"], name="one_approval_of_a_wording"),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(refused_at=None), name="approval_is_yes_or_no"
            ),
        ]
