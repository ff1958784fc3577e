from __future__ import annotations

import re

from django.db import models
from django.utils import timezone

# how post.deliver keeps it: SMTPRecipientsRefused: {'ana@example.org': (550, b'No such user')}
REFUSED = re.compile(r"SMTPRecipientsRefused: .*\(5\d\d, ")


class Letter(models.Model):
    """A letter to one address. Written in the transaction that causes it, sent afterwards by a worker.

    `key` is unique: the same occasion never makes two letters, however often it is retried.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given up"
        WITHDRAWN = "withdrawn"

    key = models.CharField(max_length=200, unique=True)
    about = models.CharField(max_length=100, blank=True)  # by which it can be withdrawn: "interview 3f…"
    to = models.EmailField()
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.BinaryField(null=True)  # an iTIP message, attached as invite.ics
    calendar_method = models.CharField(max_length=10, blank=True)  # REQUEST or CANCEL
    # where a click of the mail program, without a page between, ends letters of this sort (RFC 8058)
    unsubscribe = models.CharField(max_length=500, blank=True)
    # whose decent hours it waits for, as calendars.decent keeps a reader; None goes at any hour
    reader = models.JSONField(null=True, blank=True)
    not_after = models.DateTimeField(null=True)  # from then on it is of no use, and is not sent
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["about"], condition=~models.Q(about=""), name="letter_about"),
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="letter_waiting"),
        ]

    @property
    def refused(self) -> bool:
        """Whether the mail server has refused the address for good: a reply that begins with 5 (RFC 5321, 4.2.1)."""
        return bool(REFUSED.match(self.trouble))


class Channel(models.Model):
    """A place in a chat that takes messages at a web address. The address is the secret: sealed, never shown again."""

    class Kind(models.TextChoices):
        SLACK = "slack", "Slack"
        MATTERMOST = "mattermost", "Mattermost"
        TEAMS = "teams", "Microsoft Teams"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=80)  # as its people call it: #platform
    address = models.BinaryField()
    host = models.CharField(max_length=253)  # shown, so that it can be told from others
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ChatMessage(models.Model):
    """A message to one channel: as a letter, written in the transaction that causes it and sent afterwards."""

    key = models.CharField(max_length=200, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    title = models.CharField(max_length=300)
    lines = models.JSONField(default=list)  # [[text, address or ""], …]
    state = models.CharField(max_length=10, choices=Letter.State.choices, default=Letter.State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="message_waiting")
        ]
