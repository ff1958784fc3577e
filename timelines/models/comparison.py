from __future__ import annotations

from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Incident


class Comparison(models.Model):
    """What stands out when the sources of an incident are laid side by side: names, clocks, moments seen twice.

    Kept by `timelines.merging.comparing`; never a truth of its own, and made anew from the events at any time.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="comparison")
    basis = models.CharField(max_length=64)  # of which evidence, under which clocks
    names = models.JSONField(default=list)
    further_names = models.PositiveIntegerField(default=0)  # beyond those that are kept
    clocks = models.JSONField(default=list)
    same = models.JSONField(default=list)
    further_same = models.PositiveIntegerField(default=0)  # beyond those that are kept
    cut = models.JSONField(default=list)  # names of sources of which only the beginning was looked at
    begin = models.DateTimeField(null=True)  # the stretch that was looked at for moments seen twice
    end = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
