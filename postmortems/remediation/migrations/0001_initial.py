import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("incidents", "0001_initial"),
        ("writeup", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    models.Index(fields=["owner", "status", "due_on"], name="remediation_owner_i_80136f_idx"),
                    models.Index(fields=["team", "status", "due_on"], name="remediation_team_id_74df35_idx"),
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
    ]
