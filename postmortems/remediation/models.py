from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import Team, User
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Condition


class ItemQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ItemQuerySet:
        """Items of incidents whose drafts one may read, and those one owns or whose team one is in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(incident__in=Incident.objects.readable_by(user)) | Q(owner=user) | Q(team__in=user.teams.all())
        ).distinct()

    def open(self) -> ItemQuerySet:
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, today) -> ItemQuerySet:
        return self.open().filter(due_on__lt=today)

    def for_list(self) -> ItemQuerySet:
        return self.select_related("incident", "owner", "team").prefetch_related("conditions")


OPEN_STATUSES = ("parked", "proposed", "accepted", "in_progress", "done")  # done is open until it is verified


class Item(models.Model):
    """A remediation item: actionable, owned, dated, tied to the conditions it answers, open until verified."""

    class Type(models.TextChoices):
        PREVENT = "prevent", "Prevent"
        DETECT = "detect", "Detect"
        MITIGATE = "mitigate", "Mitigate"
        RECOVER = "recover", "Recover"
        LEARN = "learn", "Learn"

    class Status(models.TextChoices):
        PARKED = "parked", "Parked"
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        VERIFIED = "verified", "Verified"
        DROPPED = "dropped", "Dropped"

    class Size(models.TextChoices):
        SMALL = "s", "Hours"
        MEDIUM = "m", "Days"
        LARGE = "l", "Weeks"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()  # R1, R2, … never reused
    type = models.CharField(max_length=10, choices=Type.choices)
    what = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    how_we_know = models.CharField("how we will know that it worked", max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_items"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    due_on = models.DateField("due", null=True, blank=True)
    size = models.CharField(max_length=1, choices=Size.choices, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    dropped_reason = models.CharField(max_length=300, blank=True)
    # an idea that is parked settles until then; deciding on it before takes a reason, which is kept
    decide_from = models.DateTimeField(null=True, blank=True)
    early_reason = models.CharField(max_length=300, blank=True)
    conditions = models.ManyToManyField(Condition, blank=True, related_name="items")
    tracker_url = models.URLField("in the team's tracker", max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_item_of_a_number"),
            models.CheckConstraint(
                condition=~Q(status="dropped") | ~Q(dropped_reason=""), name="dropping_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="verified_at_goes_with_by",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "status", "due_on"]),
            models.Index(fields=["team", "status", "due_on"]),
        ]

    def __str__(self) -> str:
        return f"R{self.number} {self.what}"

    def is_settling(self, now: datetime) -> bool:
        """Whether it is an idea whose time to be decided on has not come."""
        return self.status == self.Status.PARKED and self.decide_from is not None and now < self.decide_from


class NoneNeeded(models.Model):
    """It was decided that nothing follows from an incident, and why."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="none_needed")
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="none_needed_has_a_reason")]
