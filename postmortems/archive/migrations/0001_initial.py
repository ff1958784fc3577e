import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from postmortems.archive.keeping import keep_cards


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incidents", "0001_initial"),
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
        migrations.AddIndex(
            model_name="card",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search"], name="card_search"
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["facets"], name="card_facets"
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["-published_at", "-incident"], name="card_newest"),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("restricted", True)), fields=["incident"], name="card_restricted"
            ),
        ),
        migrations.AddIndex(
            model_name="toldcondition",
            index=models.Index(fields=["kind"], name="told_condition_kind"),
        ),
        keep_cards(),
    ]
