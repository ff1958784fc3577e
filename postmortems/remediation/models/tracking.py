from __future__ import annotations

import secrets
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dateparse import parse_date

from postmortems.remediation.models.items import Item


def new_key() -> str:
    return secrets.token_urlsafe(24)


def new_marker() -> str:
    return secrets.token_hex(10)


class Tracker(models.Model):
    """A project in another tool in which items are issues: how to reach it, and how it is doing."""

    class Kind(models.TextChoices):
        GITHUB = "github", "GitHub"
        GITLAB = "gitlab", "GitLab"
        JIRA = "jira", "Jira Cloud"
        JIRA_DC = "jira_dc", "Jira Data Center"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80, unique=True)
    address = models.CharField(max_length=300)  # as in a browser, without a slash at the end
    project = models.CharField(max_length=200)  # owner/repository, group/project, or a key such as SHOP
    account = models.CharField(max_length=200, blank=True)  # Jira Cloud: the mail address that owns the token
    issue_type = models.CharField(max_length=60, blank=True)  # Jira: what an issue is made as
    token = models.BinaryField(editable=False)  # sealed; see postmortems.web.sealed
    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)  # of its webhook
    secret = models.BinaryField(editable=False)  # sealed, too: what its webhook signs with
    unsigned = models.BooleanField(default=False)  # an older Data Center signs nothing
    # what its states mean here, where that is not what they usually mean: {"closed": "done", …}
    meanings = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    # how it is
    answered_at = models.DateTimeField(null=True)  # the last time it did what was asked of it
    heard_at = models.DateTimeField(null=True)  # the last knock of its webhook
    away_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)  # nothing is asked before
    # the regular look at what changed
    check_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True)
    seen_until = models.DateTimeField(null=True)  # on the tracker's clock
    etag = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("address", Lower("project"), name="one_tracker_of_a_project"),
        ]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Tracker {self.pk} {self.name}>"

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc.lower()


class TrackerLogin(models.Model):
    """Who somebody is at a tracker's host: an assignee there is the owner here, and nobody is guessed."""

    host = models.CharField(max_length=255)
    login = models.CharField(max_length=128)  # as the tracker's API tells it
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["login"]
        constraints = [
            models.UniqueConstraint("host", Lower("login"), name="one_person_of_a_login"),
            models.UniqueConstraint(fields=["host", "user"], name="one_login_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.login


class Tracked(models.Model):
    """The issue in which an item is worked on, and what both sides last agreed on.

    The row is the work: `look_at` says when the two are to be compared next, `held_until` that a worker does so now.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="tracked")
    tracker = models.ForeignKey(Tracker, on_delete=models.PROTECT, related_name="issues")
    marker = models.CharField(max_length=32, unique=True, default=new_marker, editable=False)
    key = models.CharField(max_length=60, blank=True)  # 12, or SHOP-12; empty until it is made
    url = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    # set before the tracker is first asked to make it: from then on it may be there
    asked_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict)  # what it last said: title, state, assignee, due
    seen_at = models.DateTimeField(null=True)  # when that was so, on the tracker's clock
    agreed = models.JSONField(default=dict)  # status, due, assignee and owner, when both said the same
    conflict = models.JSONField(default=dict)  # field → {"ours", "theirs", "why"}
    gone = models.CharField(max_length=300, blank=True)  # it was deleted or moved, in words
    trouble = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(null=True, default=timezone.now)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tracker", "key"], condition=~Q(key=""), name="one_item_of_an_issue"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="issues_to_look_at"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.tracker.project}#{self.key}" if self.key.isdigit() else self.key or self.tracker.project
        )

    @property
    def due_there(self) -> date | None:
        return parse_date(self.seen.get("due") or "")
