import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from postmortems.incidents.scale import seed


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Severity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("sentence", models.CharField(max_length=200)),
                ("rank", models.PositiveSmallIntegerField(unique=True)),
                ("review_expected", models.BooleanField(default=True)),
                (
                    "owner_hours",
                    models.PositiveSmallIntegerField(
                        default=24, verbose_name="lead reviewer named within, hours"
                    ),
                ),
                (
                    "jot_notes_hours",
                    models.PositiveSmallIntegerField(default=4, verbose_name="jot-notes asked after, hours"),
                ),
                (
                    "preliminary_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=2,
                        null=True,
                        verbose_name="preliminary edition within, working days",
                    ),
                ),
                (
                    "soak_hours",
                    models.PositiveSmallIntegerField(default=24, verbose_name="interviews not before, hours"),
                ),
                (
                    "fade_hours",
                    models.PositiveSmallIntegerField(default=168, verbose_name="interviews not after, hours"),
                ),
                (
                    "notes_keep_days",
                    models.PositiveSmallIntegerField(
                        default=90, verbose_name="private notes purged after, days"
                    ),
                ),
                (
                    "meeting_days",
                    models.PositiveSmallIntegerField(
                        blank=True, default=14, null=True, verbose_name="review meeting within, days"
                    ),
                ),
                (
                    "remedy_soak_days",
                    models.PositiveSmallIntegerField(
                        default=2, verbose_name="remedies decided after the meeting, working days"
                    ),
                ),
                (
                    "survey_days",
                    models.PositiveSmallIntegerField(
                        default=7, verbose_name="survey of the meeting open for, days"
                    ),
                ),
                (
                    "publish_days",
                    models.PositiveSmallIntegerField(default=28, verbose_name="published within, days"),
                ),
                (
                    "remedies_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="remedies due within, days"),
                ),
                (
                    "remedies_high_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="pressing remedies due within, days"
                    ),
                ),
                (
                    "effect_days",
                    models.PositiveSmallIntegerField(
                        blank=True, default=90, null=True, verbose_name="effect checked after, days"
                    ),
                ),
                (
                    "approvals_needed",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Nought: everybody who is named as approver.",
                        verbose_name="approvers who have to agree",
                    ),
                ),
                ("readiness", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name_plural": "severities",
                "ordering": ["rank"],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="Two or three sentences for somebody who was not there. Markdown is welcome.",
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        default="UTC",
                        help_text="Where two people must agree on a time.",
                        max_length=60,
                        verbose_name="time zone of the incident",
                    ),
                ),
                ("impact_began_at", models.DateTimeField(blank=True, null=True, verbose_name="impact began")),
                ("detected_at", models.DateTimeField(blank=True, null=True, verbose_name="detected")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                ("mitigated_at", models.DateTimeField(blank=True, null=True, verbose_name="mitigated")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="resolved")),
                (
                    "not_applicable",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reviewing", "In review"),
                            ("no_review", "No review needed"),
                            ("closed", "Closed"),
                        ],
                        default="reviewing",
                        max_length=12,
                    ),
                ),
                ("no_review_reason", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("restricted", models.BooleanField(default=False, help_text="Seen by its circle alone.")),
                ("skipped_stages", models.JSONField(blank=True, default=dict)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.PositiveIntegerField(default=1)),
                ("form_key", models.CharField(blank=True, default="", editable=False, max_length=64)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("teams", models.ManyToManyField(blank=True, related_name="incidents", to="accounts.team")),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Link",
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("about", models.CharField(blank=True, max_length=200)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="services",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="incident",
            name="services",
            field=models.ManyToManyField(blank=True, related_name="incidents", to="incidents.service"),
        ),
        migrations.AddField(
            model_name="incident",
            name="severity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="incidents.severity"
            ),
        ),
        migrations.CreateModel(
            name="ImpactFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=160)),
                ("number", models.DecimalField(blank=True, decimal_places=3, max_digits=20, null=True)),
                ("unit", models.CharField(blank=True, max_length=40)),
                ("unknown_because", models.CharField(blank=True, max_length=300)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="impact_figures",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("number__isnull", False),
                                ("unknown_because", ""),
                                models.Q(("unit", ""), _negated=True),
                            ),
                            models.Q(("number", None), models.Q(("unknown_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="impact_is_a_number_or_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CircleMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("lead", "Lead reviewer"),
                            ("co", "Co-reviewer"),
                            ("participant", "Participant"),
                            ("approver", "Approver"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="circle",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "user", "role"), name="one_place_of_each_kind_in_the_circle"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "lead")), fields=("incident",), name="one_lead_reviewer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("hours", models.JSONField(blank=True, default=dict, verbose_name="working hours")),
                ("role", models.CharField(max_length=60)),
                (
                    "known_as",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="incidents.incident",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="took_part",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("user", None), _negated=True),
                        fields=("incident", "user"),
                        name="one_participation_per_account",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["-opened_at", "-id"], name="incidents_i_opened__7d1036_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["state", "severity"], name="incidents_i_state_c431cc_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector("title", "summary", config="english"),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        django.db.models.functions.text.Replace("ref", models.Value("-"), models.Value(" ")),
                        config="simple",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                name="incidents_by_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "no_review"), _negated=True),
                    models.Q(("no_review_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="no_review_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at", None), models.Q(("state", "reviewing"), _negated=True), _connector="OR"
                ),
                name="reviewing_is_not_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("form_key", ""), _negated=True),
                fields=("form_key",),
                name="one_incident_of_a_form",
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
