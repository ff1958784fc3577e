from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from postmortems.incidents.models import Incident, Service, Severity


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Connection(models.Model):
    """A tool that sends what happens as it happens: an address of its own, and the secret it signs with."""

    class Kind(models.TextChoices):
        ALERTMANAGER = "alertmanager", "Alertmanager"
        GRAFANA = "grafana", "Grafana"
        PAGERDUTY = "pagerduty", "PagerDuty"
        OPSGENIE = "opsgenie", "Opsgenie"
        GITHUB = "github", "GitHub"
        GITLAB = "gitlab", "GitLab"
        STATUSPAGE = "statuspage", "Statuspage"
        GENERIC = "generic", "Anything that can sign"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=80, unique=True)
    key = models.CharField(
        max_length=64, unique=True, default=new_key, editable=False
    )  # the end of its address
    secret = models.BinaryField(editable=False)  # sealed; see postmortems.web.sealed
    older_secret = models.BinaryField(null=True, editable=False)  # still good while the other side is changed
    # tools that cannot sign: who knows the address may send
    unsigned = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """What becomes of deliveries that look like this, without anybody's click. The first rule that fits is taken."""

    class Does(models.TextChoices):
        ATTACH = "attach", "attach it to the newest open incident"
        OPEN = "open", "open an incident, or attach it to one that a rule opened in the last hours"
        IGNORE = "ignore", "keep it out of the inbox"

    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.CASCADE, related_name="rules"
    )  # None: of all
    field = models.CharField(max_length=80)  # service, repository, severity, title, or a label's own name
    pattern = models.CharField(max_length=200)  # with * for anything; capital letters do not matter
    does = models.CharField(max_length=10, choices=Does.choices)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    severity = models.ForeignKey(Severity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(default=12)  # how old an incident may be to be attached to
    place = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(does="open") | ~Q(severity=None), name="opening_has_a_severity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} is {self.pattern}: {self.get_does_display()}"


class Delivery(models.Model):
    """One message as it came. The row is the work: a worker that dies leaves it to the next."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        INBOX = "inbox", "In the inbox"
        FILED = "filed", "On a timeline"
        IGNORED = "ignored", "Left out"
        FAILED = "failed", "Could not be read"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    delivery_key = models.CharField(max_length=200)  # the sender's own id of it, or a digest of the body
    received_at = models.DateTimeField()
    headers = models.JSONField(default=dict)  # those that say what the body is; never a secret
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=400, blank=True)  # how it came to where it is, or what was wrong
    # what it is about: title, service, repository, severity, labels; and what repeats of it share
    facts = models.JSONField(default=dict)
    subject = models.CharField(max_length=300, blank=True)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    rule = models.ForeignKey(Rule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handled_at = models.DateTimeField(null=True, blank=True)  # the same of all that one click moved

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "delivery_key"], name="one_delivery_of_a_key"),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["connection", "subject"], condition=Q(state="inbox"), name="delivery_inbox"),
            models.Index(fields=["connection", "-received_at"], name="delivery_of_connection"),
            models.Index(
                fields=["handled_by", "handled_at"], condition=~Q(handled_at=None), name="delivery_handled"
            ),
        ]

    @property
    def began_at(self) -> datetime:
        """When what it tells of began, as the sender says it; its arrival where it says nothing, or a later moment."""
        told = parse_datetime(self.facts.get("began", ""))
        return min(told, self.received_at) if told else self.received_at
