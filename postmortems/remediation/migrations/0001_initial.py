import datetime

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import postmortems.remediation.models.tracking


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("incidents", "0001_initial"),
        ("notices", "0001_initial"),
        ("writeup", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sentence", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["by", "-at"], name="remediation_by_id_429c67_idx")],
            },
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("daily", "In one letter a day, on days on which there is something"),
                            ("weekly", "In one letter a week"),
                            ("never", "Not by mail; I look at the page"),
                        ],
                        default="daily",
                        max_length=8,
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(default=9, verbose_name="not before")),
                ("ahead", models.BooleanField(default=True, verbose_name="a week before a date")),
                ("of_teams", models.BooleanField(default=True, verbose_name="what is overdue in my teams")),
                (
                    "of_all",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="what is two weeks overdue anywhere"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hearing",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("prevent", "Prevent"),
                            ("detect", "Detect"),
                            ("mitigate", "Mitigate"),
                            ("recover", "Recover"),
                            ("learn", "Learn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("what", models.CharField(max_length=300)),
                ("detail", models.TextField(blank=True)),
                (
                    "how_we_know",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="how we will know that it worked"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("dated_at", models.DateTimeField(blank=True, null=True)),
                ("promised_on", models.DateField(blank=True, null=True)),
                (
                    "by_when",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "due_on", models.Value(datetime.date(9999, 12, 31))
                        ),
                        output_field=models.DateField(),
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        blank=True, choices=[("s", "Hours"), ("m", "Days"), ("l", "Weeks")], max_length=1
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("parked", "Parked"),
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("verified", "Verified"),
                            ("dropped", "Dropped"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                ("dropped_reason", models.CharField(blank=True, max_length=300)),
                ("decide_from", models.DateTimeField(blank=True, null=True)),
                ("early_reason", models.CharField(blank=True, max_length=300)),
                (
                    "tracker_url",
                    models.URLField(blank=True, max_length=500, verbose_name="in the team's tracker"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("remind_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "conditions",
                    models.ManyToManyField(blank=True, related_name="items", to="writeup.condition"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="incidents.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_items",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="accounts.team",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["owner", "status", "by_when", "id"], name="items_of_a_person"),
                    models.Index(fields=["team", "status", "by_when", "id"], name="items_of_a_team"),
                    models.Index(fields=["status", "by_when", "id"], name="items_of_a_status"),
                    models.Index(fields=["by_when", "id"], name="items_by_date"),
                    models.Index(
                        condition=models.Q(
                            ("status__in", ("parked", "proposed", "accepted", "in_progress", "done"))
                        ),
                        fields=["by_when", "id"],
                        name="items_that_are_open",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("owner", None),
                            ("status__in", ("parked", "proposed", "accepted", "in_progress", "done")),
                        ),
                        fields=["by_when", "id"],
                        name="items_nobody_owns",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="items_to_look_at",
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Coalesce("promised_on", "due_on"),
                        models.F("id"),
                        name="items_by_promise",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.SearchVector(
                            "what", "detail", "how_we_know", config="english"
                        ),
                        name="items_by_word",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="one_item_of_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "dropped"), _negated=True),
                            models.Q(("dropped_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="dropping_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verified_at", None), ("verified_by", None)),
                            models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="verified_at_goes_with_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EffectCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "held",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("partly", "In part"),
                            ("no", "No"),
                            ("untested", "Nothing has tested it yet"),
                        ],
                        max_length=10,
                        verbose_name="did it hold",
                    ),
                ),
                (
                    "would_have_changed",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("partly", "In part"),
                            ("no", "No"),
                            ("untested", "Nothing has tested it yet"),
                        ],
                        max_length=10,
                        verbose_name="would it have changed the incident it answers",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="what shows it")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effect",
                        to="remediation.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField()),
                ("version", models.PositiveIntegerField()),
                (
                    "bulk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="remediation.bulk",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="remediation.item"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ItemCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("with_teams", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="item_calendar",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ItemLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.URLField(max_length=500)),
                ("title", models.CharField(max_length=160)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="remediation.item",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("parked", "Parked"),
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("verified", "Verified"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("parked", "Parked"),
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("verified", "Verified"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="remediation.item",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="TeamChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("zone", models.CharField(default="UTC", max_length=60, verbose_name="time zone")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.channel"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="NoneNeeded",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("why", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="none_needed",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="none_needed_has_a_reason"
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
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("by", "name"), name="one_view_of_items_of_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=12)),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("passed", "Passed")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="remediation.item",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notices.letter",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notices.chatmessage",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="remediation.teamchannel",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["person"],
                        name="reminders_of_a_person",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["channel"],
                        name="reminders_of_a_channel",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("item", "rule", "due_on", "person"),
                        name="one_reminder_of_a_rule_to_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("channel__isnull", False)),
                        fields=("item", "rule", "due_on", "channel"),
                        name="one_reminder_of_a_rule_to_a_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person", None), ("channel__isnull", False)),
                            models.Q(("person__isnull", False), ("channel", None)),
                            _connector="OR",
                        ),
                        name="a_reminder_has_one_reader",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tracker",
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
                            ("github", "GitHub"),
                            ("gitlab", "GitLab"),
                            ("jira", "Jira Cloud"),
                            ("jira_dc", "Jira Data Center"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("address", models.CharField(max_length=300)),
                ("project", models.CharField(max_length=200)),
                ("account", models.CharField(blank=True, max_length=200)),
                ("issue_type", models.CharField(blank=True, max_length=60)),
                ("token", models.BinaryField()),
                (
                    "key",
                    models.CharField(
                        default=postmortems.remediation.models.tracking.new_key,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("secret", models.BinaryField()),
                ("unsigned", models.BooleanField(default=False)),
                ("meanings", models.JSONField(blank=True, default=dict)),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("away_since", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("paused_until", models.DateTimeField(null=True)),
                ("check_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("held_until", models.DateTimeField(null=True)),
                ("seen_until", models.DateTimeField(null=True)),
                ("etag", models.CharField(blank=True, max_length=300)),
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
                "constraints": [
                    models.UniqueConstraint(
                        models.F("address"),
                        django.db.models.functions.text.Lower("project"),
                        name="one_tracker_of_a_project",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tracked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "marker",
                    models.CharField(
                        default=postmortems.remediation.models.tracking.new_marker,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=60)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_at", models.DateTimeField(null=True)),
                ("seen", models.JSONField(default=dict)),
                ("seen_at", models.DateTimeField(null=True)),
                ("agreed", models.JSONField(default=dict)),
                ("conflict", models.JSONField(default=dict)),
                ("gone", models.CharField(blank=True, max_length=300)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("look_at", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracked",
                        to="remediation.item",
                    ),
                ),
                (
                    "tracker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="remediation.tracker",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)),
                        fields=["look_at"],
                        name="issues_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("tracker", "key"),
                        name="one_item_of_an_issue",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackerLogin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=255)),
                ("login", models.CharField(max_length=128)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["login"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("host"),
                        django.db.models.functions.text.Lower("login"),
                        name="one_person_of_a_login",
                    ),
                    models.UniqueConstraint(fields=("host", "user"), name="one_login_of_a_person"),
                ],
            },
        ),
    ]
