from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.incidents.models import Incident
from postmortems.publication.models.revisions import Revision
from postmortems.publication.models.twins import Audience, Twin


class ApprovedText(models.Model):
    """A document that somebody approved, kept so that an approver can be shown what changed since. Frozen."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="approved_texts")
    digest = models.CharField(max_length=64)
    audience = models.CharField(max_length=10, choices=Audience.choices)  # internal: the write-up itself
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "digest"], name="one_approved_text")]


class Approval(models.Model):
    """Somebody named as approver agreed to exactly this text: `digest` is that of the document they read.

    A draft and a twin that is about to be published are approved alike; other words have another digest. Frozen:
    whoever thinks otherwise later asks for other words.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "by", "digest"], name="one_approval_of_a_text")
        ]


class Planned(models.Model):
    """That a draft is to be published at a moment to come: exactly the text with this digest, or nothing."""

    class State(models.TextChoices):
        WAITING = "waiting"
        PUBLISHED = "published"
        STOPPED = "stopped"  # called off, or it could not be published: `trouble` says why

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="planned")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    change_note = models.CharField(max_length=500, blank=True)
    despite = models.TextField(blank=True)
    overruled = models.JSONField(
        default=list
    )  # codes of what blocked when it was planned; `despite` is about these
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    trouble = models.CharField(max_length=1000, blank=True)
    revision = models.OneToOneField(Revision, null=True, on_delete=models.PROTECT, related_name="planned")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="waiting"), name="one_publication_planned"
            )
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state="waiting"), name="planned_waiting")]


class Withdrawal(models.Model):
    """A revision was withdrawn, and with it every one before and their twins; or a twin, and those before it alone.

    Their addresses tell so, and why. The frozen texts stay, so that the chain can be checked, and nobody reads them.
    What is published afterwards is read again. Which texts are covered: `RevisionQuerySet.standing`,
    `TwinQuerySet.standing`.
    """

    revision = models.OneToOneField(Revision, null=True, on_delete=models.PROTECT, related_name="withdrawal")
    twin = models.OneToOneField(Twin, null=True, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(
        max_length=60
    )  # of whoever did it, at that time: readers are told this, and no name
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revision=None, twin__isnull=False) | Q(revision__isnull=False, twin=None),
                name="a_withdrawal_is_of_one_text",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_withdrawal_has_a_reason"),
        ]
