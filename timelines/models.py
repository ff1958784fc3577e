from __future__ import annotations

import uuid
from datetime import UTC

from django.conf import settings
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident


class Source(models.Model):
    """Where evidence came from: a chat workspace, a pager, a host's log, somebody's memory.

    `zone` and `year` are what a person answered once for sources that state none; `clock_offset` is
    added to every time of the source when it is shown, and never to what is stored as written.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sources")
    format = models.CharField(max_length=40)  # a key of timelines.formats, or "hand" or "recollection"
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    clock_offset = models.DurationField(default=timezone.timedelta)
    lane = models.PositiveSmallIntegerField(default=1)  # 1…8: colour and shape in the picture
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["lane", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "format", "name"], name="one_source_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One reading of one file into one source. The row is the work: a worker that dies leaves it to the next."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Reading"
        ASKING = "asking", "Has a question"  # needs a zone, a year or a mapping
        DONE = "done", "Done"
        FAILED = "failed", "Could not be read"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="imports")
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.CASCADE, related_name="imports"
    )
    file = models.FileField(upload_to="evidence/%Y/%m", max_length=300)
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    format = models.CharField(max_length=40, default="auto")
    name = models.CharField(max_length=120, blank=True)  # of the source, where the person gave one
    detected = models.CharField(max_length=300, blank=True)  # why this format was chosen
    zone = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    mapping = models.JSONField(default=dict, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)  # the question, or what was wrong and what to do
    asks_for = models.CharField(max_length=20, blank=True)  # "zone", "year", "mapping"
    bytes_read = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)  # last sign of life of the worker
    starts = models.PositiveSmallIntegerField(
        default=0
    )  # how often a worker began, since it was last asked for

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # the same form sent twice is one import
    form_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)  # noqa: DJ001

    class Meta:
        ordering = ["-asked_at"]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class Skip(models.Model):
    """Something a reader could not read, with its place and reason; the first thousand of an import are kept."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="skips")
    where = models.CharField(max_length=300)
    why = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]


class RawRecord(models.Model):
    """The bytes one event was read from, as they came. Never changed; a trigger of the database refuses it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="raw_records")
    imported = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=300)
    digest = models.BinaryField(max_length=32)  # SHA-256 of body
    place = models.CharField(max_length=400)  # file and line, or file and JSON pointer
    body = models.BinaryField()
    stored_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id", "digest"], name="one_raw_record_of_a_content"
            ),
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

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="events")
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
    editions = models.PositiveSmallIntegerField(default=1)
    digest = models.BinaryField(max_length=32, null=True)  # content identity of the newest edition

    # annotation
    pinned = models.BooleanField(default=False)
    caption = models.CharField(max_length=300, blank=True)
    hidden = models.BooleanField(default=False)
    hidden_reason = models.CharField(max_length=300, blank=True)
    phase = models.CharField(max_length=10, choices=Phase.choices, blank=True, default="")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

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
            models.Index(fields=["incident", "at"], condition=~Q(phase=""), name="event_phase"),
            models.Index(fields=["source", "thread"], condition=~Q(thread=""), name="event_thread"),
        ]

    def __str__(self) -> str:
        return self.caption or self.text[:80]

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
    def is_recollection(self) -> bool:
        return self.kind == "recollection"
