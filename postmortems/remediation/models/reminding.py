from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import Team
from postmortems.notices.models import Channel, ChatMessage, Letter
from postmortems.remediation.models.items import Item


class Hearing(models.Model):
    """How one person wants to hear of items; who has none gets a letter a day at most."""

    class How(models.TextChoices):
        DAILY = "daily", "In one letter a day, on days on which there is something"
        WEEKLY = "weekly", "In one letter a week"
        NEVER = "never", "Not by mail; I look at the page"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hearing")
    how = models.CharField(max_length=8, choices=How.choices, default=How.DAILY)
    hour = models.PositiveSmallIntegerField("not before", default=9)  # on the reader's clock
    ahead = models.BooleanField("a week before a date", default=True)
    of_teams = models.BooleanField("what is overdue in my teams", default=True)
    # empty: as the role suggests, administrators yes and everybody else no
    of_all = models.BooleanField("what is two weeks overdue anywhere", null=True, blank=True)


class TeamChannel(models.Model):
    """Where a team hears of its items in chat."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="channels")
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="+")
    zone = models.CharField("time zone", max_length=60, default="UTC")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.channel)


class Reminder(models.Model):
    """That somebody is to be reminded of an item by a rule: once for each date that was promised.

    It is written when the rule's day comes and waits until its reader can be written to. What went out with it is
    written in the same transaction, so that a worker that dies leaves it waiting, and never half sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        PASSED = "passed"  # the item was finished or another date set, or a later rule says more

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reminders")
    rule = models.CharField(max_length=12)
    due_on = models.DateField()  # the date that the rule counts from
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.ForeignKey(TeamChannel, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey(ChatMessage, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rule", "due_on", "person"], condition=Q(person__isnull=False),
                name="one_reminder_of_a_rule_to_a_person",
            ),
            models.UniqueConstraint(
                fields=["item", "rule", "due_on", "channel"], condition=Q(channel__isnull=False),
                name="one_reminder_of_a_rule_to_a_channel",
            ),
            models.CheckConstraint(
                condition=Q(person=None) & Q(channel__isnull=False) | Q(person__isnull=False) & Q(channel=None),
                name="a_reminder_has_one_reader",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person"], condition=Q(state="waiting"), name="reminders_of_a_person"),
            models.Index(fields=["channel"], condition=Q(state="waiting"), name="reminders_of_a_channel"),
        ]
