import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from postmortems.archive.keeping import keep_cards


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("incidents", "0001_initial"),
        ("notices", "0001_initial"),
        ("publication", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="card",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("published_at", models.DateTimeField()),
                ("first_published_at", models.DateTimeField()),
                ("happened_at", models.DateTimeField()),
                ("restricted", models.BooleanField()),
                (
                    "facets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("search", django.contrib.postgres.search.SearchVectorField()),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="card",
                        to="publication.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at", "-incident"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["search"], name="card_search"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["facets"], name="card_facets"
                    ),
                    models.Index(fields=["-published_at", "-incident"], name="card_newest"),
                    models.Index(
                        condition=models.Q(("restricted", True)), fields=["incident"], name="card_restricted"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateTimeField()),
                ("figures", models.JSONField(null=True)),
                ("printed", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ["-as_of"],
                "get_latest_by": "as_of",
            },
        ),
        migrations.CreateModel(
            name="ToSpell",
            fields=[
                (
                    "card",
                    models.OneToOneField(
                        db_column="incident_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="archive.card",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Declined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("address"), name="an_address_declines_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_key",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HouseChannel",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="house",
                        to="notices.channel",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Recalling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "monthly",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="a letter on what the month taught"
                    ),
                ),
                (
                    "anniversaries",
                    models.BooleanField(
                        default=True, verbose_name="a word a year after what I had a part in"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recalling",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facet", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["facet"], name="tally_facet")],
            },
        ),
        migrations.CreateModel(
            name="TeamRead",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id",
                        "team_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("on", models.DateField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_by_teams",
                        to="incidents.incident",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ToldItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("what", models.TextField()),
                (
                    "card",
                    models.ForeignKey(
                        db_column="incident_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="archive.card",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
                (
                    "slips",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["slips"], name="word_slips"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("to_followers", models.BooleanField(default=True, verbose_name="those who follow it")),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.EmailField(max_length=254), blank=True, default=list, size=None
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("channels", models.ManyToManyField(blank=True, related_name="+", to="notices.channel")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcements",
                        to="incidents.incident",
                    ),
                ),
                (
                    "revision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcement",
                        to="publication.revision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revision", None)),
                        fields=("incident",),
                        name="one_announcement_prepared",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Later",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.incident"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="later",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [models.UniqueConstraint(fields=("user", "incident"), name="put_aside_once")],
            },
        ),
        migrations.CreateModel(
            name="Recalled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(null=True)),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incident",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("incident__isnull", False), ("month", None)),
                            models.Q(("incident", None), ("month__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_month_or_a_write_up_is_recalled",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("month__isnull", False)),
                        fields=("user", "month"),
                        name="a_month_is_told_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("incident__isnull", False)),
                        fields=("user", "incident"),
                        name="a_year_is_told_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("because", models.CharField(max_length=300, verbose_name="worth reading, because")),
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
                        related_name="recommendation",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True),
                        name="a_recommendation_has_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facet", models.TextField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("at once", "When it is published"),
                            ("weekly", "In one letter a week"),
                            ("never", "Not at present"),
                        ],
                        default="at once",
                        max_length=8,
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="notices.channel",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="subscriptions",
                        to="accounts.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["facet"], name="subscription_facet")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel__isnull", False), ("user", None)),
                            models.Q(("channel", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_subscription_has_one_reader",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("user", "facet"),
                        name="one_subscription_of_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("channel__isnull", False)),
                        fields=("channel", "facet"),
                        name="one_subscription_of_a_channel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="published",
                        max_length=10,
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("asked_for", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("passed", "Passed")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("look_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="notices.channel",
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
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="publication.revision",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["look_at"], name="tellings_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("user__isnull", False)),
                        fields=["user", "state"],
                        name="tellings_of_a_person",
                    ),
                    models.Index(
                        condition=models.Q(("channel__isnull", False)),
                        fields=["channel", "state"],
                        name="tellings_of_a_channel",
                    ),
                    models.Index(
                        condition=models.Q(("address", ""), _negated=True),
                        fields=["address", "state"],
                        name="tellings_of_an_address",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("channel", None), ("user__isnull", False)),
                            models.Q(("address", ""), ("channel__isnull", False), ("user", None)),
                            models.Q(
                                ("channel", None), ("user", None), models.Q(("address", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_telling_has_one_reader",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("revision", "what", "user"),
                        name="a_person_is_told_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("channel__isnull", False)),
                        fields=("revision", "what", "channel"),
                        name="a_channel_is_told_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("address", ""), _negated=True),
                        fields=("revision", "what", "address"),
                        name="an_address_is_told_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ToldCondition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("kind", models.TextField()),
                ("helped", models.BooleanField()),
                ("sentence", models.TextField()),
                ("cited", models.PositiveIntegerField()),
                (
                    "card",
                    models.ForeignKey(
                        db_column="incident_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conditions",
                        to="archive.card",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind"], name="told_condition_kind")],
            },
        ),
        keep_cards(),
    ]
