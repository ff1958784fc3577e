import datetime
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import timelines.models.live
import timelines.words
from postmortems.web.immutable import freeze


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incidents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("basis", models.CharField(max_length=64)),
                ("names", models.JSONField(default=list)),
                ("further_names", models.PositiveIntegerField(default=0)),
                ("clocks", models.JSONField(default=list)),
                ("same", models.JSONField(default=list)),
                ("further_same", models.PositiveIntegerField(default=0)),
                ("cut", models.JSONField(default=list)),
                ("begin", models.DateTimeField(null=True)),
                ("end", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comparison",
                        to="incidents.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("alertmanager", "Alertmanager"),
                            ("grafana", "Grafana"),
                            ("pagerduty", "PagerDuty"),
                            ("opsgenie", "Opsgenie"),
                            ("github", "GitHub"),
                            ("gitlab", "GitLab"),
                            ("statuspage", "Statuspage"),
                            ("generic", "Anything that can sign"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "key",
                    models.CharField(
                        default=timelines.models.live.new_key, editable=False, max_length=64, unique=True
                    ),
                ),
                ("secret", models.BinaryField()),
                ("older_secret", models.BinaryField(null=True)),
                ("unsigned", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        related_name="groups",
                        to="incidents.incident",
                    ),
                ),
            ],
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
                ("editions", models.PositiveSmallIntegerField(db_default=1, default=1)),
                ("digest", models.BinaryField(max_length=32, null=True)),
                ("pinned", models.BooleanField(db_default=False, default=False)),
                ("caption", models.CharField(blank=True, db_default="", default="", max_length=300)),
                ("hidden", models.BooleanField(db_default=False, default=False)),
                ("hidden_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
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
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "ends_phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "–"),
                            ("detect", "Detect"),
                            ("diagnose", "Diagnose"),
                            ("mitigate", "Mitigate"),
                            ("recover", "Recover"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="incidents.incident",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="timelines.group",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "sequence", "id"],
            },
        ),
        migrations.CreateModel(
            name="Hypothesis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sentence", models.CharField(max_length=300)),
                ("held_by", models.CharField(blank=True, max_length=200)),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Still open"),
                            ("confirmed", "It held"),
                            ("refuted", "It did not hold"),
                            ("left", "Left aside"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("became", models.CharField(blank=True, max_length=300)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "events",
                    models.ManyToManyField(blank=True, related_name="hypotheses", to="timelines.event"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hypotheses",
                        to="incidents.incident",
                    ),
                ),
                (
                    "participants",
                    models.ManyToManyField(blank=True, related_name="+", to="incidents.participant"),
                ),
            ],
            options={
                "ordering": ["begins_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("begins_at")), _connector="OR"
                        ),
                        name="hypothesis_ends_after_it_begins",
                    )
                ],
            },
        ),
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
                ("day", models.DateField(blank=True, null=True)),
                ("captured", models.DateTimeField(blank=True, null=True)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("names", models.JSONField(blank=True, default=list)),
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
                ("form_key", models.CharField(blank=True, default="", editable=False, max_length=64)),
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
            name="Indicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("unit", models.CharField(blank=True, max_length=20)),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("good", "Share of good requests (0–1)"),
                            ("bad", "Share of bad requests (0–1)"),
                            ("at_most", "A value that should be at most the threshold, such as latency"),
                            ("at_least", "A value that should be at least the threshold, such as throughput"),
                        ],
                        default="good",
                        max_length=10,
                    ),
                ),
                ("threshold", models.FloatField(blank=True, null=True)),
                ("objective", models.DecimalField(decimal_places=7, max_digits=9)),
                ("window_days", models.PositiveSmallIntegerField(default=28)),
                ("spent_before", models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True)),
                ("step_seconds", models.FloatField()),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None),
                ),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(null=True), size=None
                    ),
                ),
                ("shown", models.BooleanField(default=True)),
                ("filename", models.CharField(blank=True, max_length=255)),
                ("file", models.FileField(blank=True, max_length=300, upload_to="evidence/%Y/%m")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "added_by",
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
                        related_name="indicators",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "A person"),
                            ("bot", "A bot or an integration"),
                            ("system", "A system"),
                        ],
                        default="person",
                        max_length=10,
                    ),
                ),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known_as",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                ("begins_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=400)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="questions",
                        to="timelines.event",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["begins_at", "id"],
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
            ],
        ),
        migrations.AddField(
            model_name="event",
            name="raw",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="timelines.rawrecord",
            ),
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
                ("clock_pairs", models.JSONField(blank=True, default=list)),
                ("clock_before", models.DurationField(blank=True, null=True)),
                ("tally", models.JSONField(blank=True, default=dict, editable=False)),
                ("counted", models.BooleanField(db_default=False, default=False, editable=False)),
                ("count_stamp", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "format", "name"), name="one_source_of_a_name"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="rawrecord",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="raw_records",
                to="timelines.source",
            ),
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
        migrations.AddField(
            model_name="event",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="timelines.source",
            ),
        ),
        migrations.CreateModel(
            name="Intervention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sentence", models.CharField(max_length=300)),
                ("tried_by", models.CharField(blank=True, max_length=200)),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("helped", "It helped"),
                            ("partly", "It helped in part"),
                            ("none", "Nothing changed"),
                            ("worse", "Things got worse"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("seen", models.CharField(blank=True, max_length=300)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "events",
                    models.ManyToManyField(blank=True, related_name="interventions", to="timelines.event"),
                ),
                (
                    "hypothesis",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="interventions",
                        to="timelines.hypothesis",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interventions",
                        to="incidents.incident",
                    ),
                ),
                (
                    "participants",
                    models.ManyToManyField(blank=True, related_name="+", to="incidents.participant"),
                ),
            ],
            options={
                "ordering": ["begins_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("begins_at")), _connector="OR"
                        ),
                        name="intervention_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
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
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="timelines.group",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.incident"
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timelines.event"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timelines.event"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="one_answer_about_two_events"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="the_earlier_row_first"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotThisPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(max_length=40)),
                ("actor_id", models.CharField(blank=True, max_length=200)),
                ("actor", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timelines.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "format", "actor_id", "actor"), name="one_refusal_of_a_suggestion"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(max_length=40)),
                ("actor_id", models.CharField(blank=True, max_length=200)),
                ("actor", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="timelines.person",
                    ),
                ),
            ],
            options={
                "ordering": ["format", "actor", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("actor_id", ""), _negated=True),
                        fields=("format", "actor_id"),
                        name="one_person_of_an_actor_id",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("actor_id", "")),
                        fields=("format", "actor"),
                        name="one_person_of_an_actor_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor_id", ""), _negated=True),
                            models.Q(("actor", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="alias_names_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=80)),
                ("pattern", models.CharField(max_length=200)),
                (
                    "does",
                    models.CharField(
                        choices=[
                            ("attach", "attach it to the newest open incident"),
                            (
                                "open",
                                "open an incident, or attach it to one that a rule opened in the last hours",
                            ),
                            ("ignore", "keep it out of the inbox"),
                        ],
                        max_length=10,
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(default=12)),
                ("place", models.PositiveIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
                (
                    "connection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="timelines.connection",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.service",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.severity",
                    ),
                ),
            ],
            options={
                "ordering": ["place", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("does", "open"), _negated=True),
                            models.Q(("severity", None), _negated=True),
                            _connector="OR",
                        ),
                        name="opening_has_a_severity",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("delivery_key", models.CharField(max_length=200)),
                ("received_at", models.DateTimeField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("inbox", "In the inbox"),
                            ("filed", "On a timeline"),
                            ("ignored", "Left out"),
                            ("failed", "Could not be read"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=400)),
                ("facts", models.JSONField(default=dict)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="timelines.connection",
                    ),
                ),
                (
                    "handled_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="incidents.incident",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="timelines.rule",
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["received_at"],
                        name="delivery_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "inbox")),
                        fields=["connection", "subject"],
                        name="delivery_inbox",
                    ),
                    models.Index(fields=["connection", "-received_at"], name="delivery_of_connection"),
                    models.Index(
                        condition=models.Q(("handled_at", None), _negated=True),
                        fields=["handled_by", "handled_at"],
                        name="delivery_handled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "delivery_key"), name="one_delivery_of_a_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("query", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "by", "name"), name="one_saved_view_of_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("column", models.CharField(default="text", max_length=10)),
                ("kind", models.CharField(max_length=60)),
                ("mask", models.CharField(max_length=120)),
                ("value", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("masked", "Masked, nobody looked yet"),
                            ("kept", "Masked for good"),
                            ("shown", "Shown: it is harmless"),
                        ],
                        default="masked",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to="timelines.event",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["event", "id"],
                "indexes": [models.Index(fields=["incident", "state", "digest"], name="secret_answers")],
            },
        ),
        migrations.AddConstraint(
            model_name="rawrecord",
            constraint=models.UniqueConstraint(
                fields=("source", "external_id", "digest"), name="one_raw_record_of_a_content"
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                condition=models.Q(("form_key", ""), _negated=True),
                fields=("form_key",),
                name="one_import_of_a_form",
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
                condition=models.Q(("kind", "customer message")), fields=["incident", "at"], name="event_told"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("until", None), _negated=True),
                fields=["incident", "until"],
                name="event_until",
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
                condition=models.Q(("ends_phase", ""), _negated=True),
                fields=["incident", "at"],
                name="event_ends_phase",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("group", None), _negated=True), fields=["group"], name="event_group"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(timelines.words.Words(), name="event_words"),
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
        migrations.CreateModel(
            name="Density",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveIntegerField(
                        choices=[(60, "Minute"), (300, "Five Minutes"), (3600, "Hour"), (86400, "Day")]
                    ),
                ),
                ("begins", models.DateTimeField()),
                ("events", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="density",
                        to="timelines.source",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "level", "begins"), name="one_density_of_a_bin")
                ],
            },
        ),
        freeze("timelines_rawrecord", except_columns=("imported_id",)),
    ]
