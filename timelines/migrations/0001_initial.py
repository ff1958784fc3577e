import datetime
import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from postmortems.web.immutable import freeze


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incidents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("file", models.FileField(max_length=300, upload_to="evidence/%Y/%m")),
                ("filename", models.CharField(max_length=255)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("format", models.CharField(default="auto", max_length=40)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("detected", models.CharField(blank=True, max_length=300)),
                ("zone", models.CharField(blank=True, max_length=60)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("running", "Reading"),
                            ("asking", "Has a question"),
                            ("done", "Done"),
                            ("failed", "Could not be read"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("message", models.TextField(blank=True)),
                ("asks_for", models.CharField(blank=True, max_length=20)),
                ("bytes_read", models.BigIntegerField(default=0)),
                ("bytes_total", models.BigIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("starts", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "form_key",
                    models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("where", models.CharField(max_length=300)),
                ("why", models.CharField(max_length=500)),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skips",
                        to="timelines.import",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("zone", models.CharField(blank=True, max_length=60)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("clock_offset", models.DurationField(default=datetime.timedelta)),
                ("lane", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["lane", "id"],
            },
        ),
        migrations.CreateModel(
            name="RawRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=300)),
                ("digest", models.BinaryField(max_length=32)),
                ("place", models.CharField(max_length=400)),
                ("body", models.BinaryField()),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "imported",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="timelines.import",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="raw_records",
                        to="timelines.source",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="import",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imports",
                to="timelines.source",
            ),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField()),
                ("nanoseconds", models.PositiveSmallIntegerField(default=0)),
                ("precision", models.CharField(default="second", max_length=12)),
                ("certainty", models.CharField(default="exact", max_length=14)),
                ("written", models.CharField(blank=True, max_length=120)),
                ("zone", models.CharField(blank=True, max_length=60)),
                ("sequence", models.BigIntegerField(default=0)),
                ("kind", models.CharField(max_length=60)),
                ("actor", models.CharField(blank=True, max_length=200)),
                ("actor_id", models.CharField(blank=True, max_length=200)),
                ("actor_kind", models.CharField(blank=True, max_length=10)),
                ("place", models.CharField(blank=True, max_length=300)),
                ("thread", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("link", models.TextField(blank=True)),
                ("extra", models.JSONField(default=dict)),
                ("noise", models.BooleanField(default=False)),
                ("deleted", models.BooleanField(default=False)),
                ("revised", models.DateTimeField(null=True)),
                ("editions", models.PositiveSmallIntegerField(default=1)),
                ("digest", models.BinaryField(max_length=32, null=True)),
                ("pinned", models.BooleanField(default=False)),
                ("caption", models.CharField(blank=True, max_length=300)),
                ("hidden", models.BooleanField(default=False)),
                ("hidden_reason", models.CharField(blank=True, max_length=300)),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "–"),
                            ("detect", "Detect"),
                            ("diagnose", "Diagnose"),
                            ("mitigate", "Mitigate"),
                            ("recover", "Recover"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="incidents.incident",
                    ),
                ),
                (
                    "raw",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="timelines.rawrecord",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="timelines.source",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "sequence", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                fields=("incident", "format", "name"), name="one_source_of_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="rawrecord",
            constraint=models.UniqueConstraint(
                fields=("source", "external_id", "digest"), name="one_raw_record_of_a_content"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BTreeIndex(
                fields=["incident", "at", "sequence", "id"], name="event_line"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("pinned", True)), fields=["incident", "at"], name="event_pinned"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("phase", ""), _negated=True),
                fields=["incident", "at"],
                name="event_phase",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("thread", ""), _negated=True),
                fields=["source", "thread"],
                name="event_thread",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="one_event_of_an_id"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("at")), _connector="OR"),
                name="event_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hidden", False), models.Q(("hidden_reason", ""), _negated=True), _connector="OR"
                ),
                name="hiding_has_a_reason",
            ),
        ),
        freeze("timelines_rawrecord", except_columns=("imported_id",)),
    ]
