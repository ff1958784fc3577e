from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from postmortems.accounts.models import Team
from postmortems.incidents.models import Incident
from postmortems.notices.models import Channel, ChatMessage, Letter
from postmortems.publication.models import Revision


class HouseChannel(models.Model):
    """A place in the chat of the whole organisation, where publications may be announced."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="house")
    zone = models.CharField("time zone", max_length=60, default="UTC")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.channel)


class SubscriptionQuerySet(models.QuerySet):
    def heard(self) -> SubscriptionQuerySet:
        """Those that something is sent for."""
        return self.exclude(how=Subscription.How.NEVER)


class Subscription(models.Model):
    """What one person hears of by letter, or one channel in chat, when it is published.

    `facet` is one that cards carry: `all:`, `service:12`, `tag:dns`. `team` is the one that reads it: of a channel its
    team, of a person the team they follow it for, if any. A team is subscribed when there is such a row.
    """

    class How(models.TextChoices):
        AT_ONCE = "at once", "When it is published"
        WEEKLY = "weekly", "In one letter a week"
        NEVER = "never", "Not at present"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="subscriptions")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="subscriptions")
    facet = models.TextField()
    how = models.CharField(max_length=8, choices=How.choices, default=How.AT_ONCE)
    since = models.DateTimeField(default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, channel__isnull=False) | Q(user__isnull=False, channel=None),
                name="a_subscription_has_one_reader",
            ),
            models.UniqueConstraint(
                fields=["user", "facet"],
                condition=Q(user__isnull=False),
                name="one_subscription_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["channel", "facet"],
                condition=Q(channel__isnull=False),
                name="one_subscription_of_a_channel",
            ),
        ]
        indexes = [models.Index(fields=["facet"], name="subscription_facet")]


class Announcement(models.Model):
    """What is said of a publication, and to whom beside those who follow it.

    It may be prepared before there is a revision; the next one that is published takes it up. Every revision has one
    in the end: where nobody wrote any, it is an empty one, and says that whoever follows was looked up.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="announcements")
    revision = models.OneToOneField(
        Revision, null=True, on_delete=models.CASCADE, related_name="announcement"
    )
    text = models.TextField(blank=True)  # plain words; the summary where there are none
    to_followers = models.BooleanField("those who follow it", default=True)
    channels = models.ManyToManyField(Channel, blank=True, related_name="+")
    addresses = ArrayField(models.EmailField(), default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(revision=None), name="one_announcement_prepared"
            )
        ]


class Telling(models.Model):
    """That one reader is told of a revision, or that it was withdrawn: once each.

    Written when there is something to tell, it waits for its reader's hour. The letter or message that tells it is
    written in the same transaction as its state, so that a worker that dies leaves it waiting, and never half sent.
    """

    class What(models.TextChoices):
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        PASSED = "passed"  # withdrawn, restricted or followed no more before it could be told

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="tellings")
    what = models.CharField(max_length=10, choices=What.choices, default=What.PUBLISHED)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(blank=True)  # of somebody without an account
    asked_for = models.BooleanField(default=False)  # by who announced it; the others follow it
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    look_at = models.DateTimeField(
        default=timezone.now
    )  # not worth a look before: it is night, or not Monday yet
    sent_at = models.DateTimeField(null=True)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey(ChatMessage, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, channel=None, address="")
                | Q(user=None, channel__isnull=False, address="")
                | Q(user=None, channel=None) & ~Q(address=""),
                name="a_telling_has_one_reader",
            ),
            models.UniqueConstraint(
                fields=["revision", "what", "user"],
                condition=Q(user__isnull=False),
                name="a_person_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["revision", "what", "channel"],
                condition=Q(channel__isnull=False),
                name="a_channel_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["revision", "what", "address"],
                condition=~Q(address=""),
                name="an_address_is_told_once",
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(state="waiting"), name="tellings_waiting"),
            models.Index(
                fields=["user", "state"], condition=Q(user__isnull=False), name="tellings_of_a_person"
            ),
            models.Index(
                fields=["channel", "state"], condition=Q(channel__isnull=False), name="tellings_of_a_channel"
            ),
            models.Index(
                fields=["address", "state"], condition=~Q(address=""), name="tellings_of_an_address"
            ),
        ]


class Declined(models.Model):
    """An address without an account whose owner wants no announcements any more."""

    address = models.EmailField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("address"), name="an_address_declines_once")]
