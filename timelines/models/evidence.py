from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

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
    # why the offset is what it is: the pairs of moments that were shown when a person accepted it
    clock_pairs = models.JSONField(default=list, blank=True)
    clock_before = models.DurationField(null=True, blank=True)  # the offset before that, to go back to
    # the most frequent actors and kinds, and whether they are up to date; kept by timelines.tally
    tally = models.JSONField(default=dict, blank=True, editable=False)
    counted = models.BooleanField(default=False, db_default=False, editable=False)
    count_stamp = models.UUIDField(default=uuid.uuid4, editable=False)  # another one with every other count
    lane = models.PositiveSmallIntegerField(default=1)  # 1…8: colour and shape in the picture
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["lane", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "format", "name"], name="one_source_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


INSIDE = " › "  # between the name of an archive and what of it an import reads


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
    day = models.DateField(null=True, blank=True)  # of the first line, where lines state a time of day alone
    captured = models.DateTimeField(null=True, blank=True)  # when "5m ago" was said
    mapping = models.JSONField(default=dict, blank=True)
    # the files of an archive of several tools that this one reads; empty: all of them
    names = models.JSONField(default=list, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)  # the question, or what was wrong and what to do
    asks_for = models.CharField(max_length=20, blank=True)  # "zone", "year", "day", "captured", "mapping"
    bytes_read = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)  # last sign of life of the worker
    # how often a worker began, since it was last asked for
    starts = models.PositiveSmallIntegerField(default=0)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # the same form sent twice is one import; empty for those that came from no form
    form_key = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["form_key"], condition=~Q(form_key=""), name="one_import_of_a_form"
            ),
        ]

    @property
    def original_name(self) -> str:
        """Of the file as it was brought in, of which this may read a part."""
        return self.filename.partition(INSIDE)[0] if self.names else self.filename

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

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="raw_records", db_index=False)
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
