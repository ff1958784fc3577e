from __future__ import annotations

from datetime import UTC

from django.conf import settings
from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.models.evidence import RawRecord, Source
from timelines.words import Words


class Group(models.Model):
    """One moment that several sources saw: its events stand as one on the line, each with its own evidence.

    A person makes a group and anybody who may curate undoes it; deleting the row gives the events back.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="groups")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)


class NotTheSame(models.Model):
    """Two events that a person looked at and said to be two, so that nobody is asked again."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    one = models.ForeignKey("timelines.Event", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("timelines.Event", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # said by leaving an event out of this group; it goes with the group
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_answer_about_two_events"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="the_earlier_row_first"),
        ]


class EventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> EventQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))

    def shown(self) -> EventQuerySet:
        """Without what somebody hid, what is noise by nature, and what its source deleted."""
        return self.filter(hidden=False, deleted=False).exclude(noise=True, pinned=False)

    def pinned(self) -> EventQuerySet:
        return self.filter(pinned=True, hidden=False)

    def in_order(self) -> EventQuerySet:
        """By instant, then by the order of the source, then by import: never by arrival alone."""
        return self.order_by("at", "sequence", "id")


class Event(models.Model):
    """One thing that happened. What was read is never edited by a person; it is annotated.

    `at` is the instant shown: the source's own instant (`read_at`) plus its clock offset.
    """

    class Phase(models.TextChoices):
        NONE = "", "–"
        DETECT = "detect", "Detect"
        DIAGNOSE = "diagnose", "Diagnose"
        MITIGATE = "mitigate", "Mitigate"
        RECOVER = "recover", "Recover"

    # both are the beginning of an index of several columns, so they need none of their own
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="events", db_index=False)
    external_id = models.CharField(max_length=300)
    raw = models.ForeignKey(
        RawRecord, null=True, on_delete=models.PROTECT, related_name="+"
    )  # newest edition

    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField()
    nanoseconds = models.PositiveSmallIntegerField(default=0)  # beyond the microsecond, 0…999
    precision = models.CharField(max_length=12, default="second")
    certainty = models.CharField(max_length=14, default="exact")
    written = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    sequence = models.BigIntegerField(default=0)  # order inside the source when instants are equal

    kind = models.CharField(max_length=60)
    actor = models.CharField(max_length=200, blank=True)
    actor_id = models.CharField(max_length=200, blank=True)
    actor_kind = models.CharField(max_length=10, blank=True)
    place = models.CharField(max_length=300, blank=True)
    thread = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    link = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    noise = models.BooleanField(default=False)
    deleted = models.BooleanField(default=False)  # its source says so
    revised = models.DateTimeField(null=True)  # when its source last changed it, where it says so
    editions = models.PositiveSmallIntegerField(default=1, db_default=1)
    digest = models.BinaryField(max_length=32, null=True)  # content identity of the newest edition

    # annotation; the database knows the defaults too, so that COPY need not send them a million times
    pinned = models.BooleanField(default=False, db_default=False)
    caption = models.CharField(max_length=300, blank=True, default="", db_default="")
    hidden = models.BooleanField(default=False, db_default=False)
    hidden_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    # the phase that begins with it, and the one that ends
    phase = models.CharField(max_length=10, choices=Phase.choices, blank=True, default="", db_default="")
    ends_phase = models.CharField(max_length=10, choices=Phase.choices, blank=True, default="", db_default="")
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="events", db_index=False
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
    )  # fmt: skip

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "sequence", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_event_of_an_id"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("at")), name="event_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(hidden=False) | ~Q(hidden_reason=""), name="hiding_has_a_reason"
            ),
        ]
        indexes = [
            BTreeIndex(fields=["incident", "at", "sequence", "id"], name="event_line"),
            models.Index(fields=["incident", "at"], condition=Q(pinned=True), name="event_pinned"),
            models.Index(fields=["incident", "at"], condition=Q(kind="customer message"), name="event_told"),
            models.Index(fields=["incident", "until"], condition=~Q(until=None), name="event_until"),
            models.Index(fields=["incident", "at"], condition=~Q(phase=""), name="event_phase"),
            models.Index(fields=["incident", "at"], condition=~Q(ends_phase=""), name="event_ends_phase"),
            models.Index(fields=["group"], condition=~Q(group=None), name="event_group"),
            GinIndex(Words(), name="event_words"),
            models.Index(fields=["source", "thread"], condition=~Q(thread=""), name="event_thread"),
        ]

    def __str__(self) -> str:
        return self.caption or (self.text if len(self.text) <= 80 else f"{self.text[:79]}…")

    @property
    def clock(self) -> str:
        """How the time of day is written: never finer than the source knew it."""
        return {"day": "day", "hour": "hour", "minute": "clock minute"}.get(self.precision, "clock")

    @property
    def exactly(self) -> str:
        """The instant in UTC to the last digit that the source gave."""
        utc = self.at.astimezone(UTC)
        if self.precision in ("day", "hour", "minute"):
            return utc.strftime(
                {"day": "%Y-%m-%d", "hour": "%Y-%m-%d %H h", "minute": "%Y-%m-%d %H:%M"}[self.precision]
            )
        digits = {"millisecond": 3, "microsecond": 6, "nanosecond": 9}.get(self.precision, 0)
        fraction = f"{utc.microsecond:06}{self.nanoseconds:03}"[:digits]
        return utc.strftime("%Y-%m-%d %H:%M:%S") + (f".{fraction}" if fraction else "")

    @property
    def at_utc(self) -> str:
        return self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @property
    def is_shown(self) -> bool:
        """The same as `EventQuerySet.shown`, of one event."""
        return not self.hidden and not self.deleted and (self.pinned or not self.noise)

    @property
    def is_recollection(self) -> bool:
        return self.kind == "recollection"
