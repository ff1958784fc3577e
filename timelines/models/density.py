from __future__ import annotations

from django.db import models

from timelines.models.evidence import Source


class Density(models.Model):
    """How many shown events a source has in a minute, five minutes, an hour or a day of UTC: what the picture draws from far.

    Kept by `timelines.tally`; never a truth of its own, and made anew from the events at any time.
    """

    class Level(models.IntegerChoices):
        MINUTE = 60
        FIVE_MINUTES = 300
        HOUR = 3600
        DAY = 86400

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="density")
    level = models.PositiveIntegerField(choices=Level.choices)
    begins = models.DateTimeField()
    events = models.PositiveIntegerField()
    people = models.PositiveIntegerField(default=0)  # of them by a person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "level", "begins"], name="one_density_of_a_bin"),
        ]
