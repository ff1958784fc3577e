from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident


class SectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SectionQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))


class Section(models.Model):
    """One text of the write-up, in Markdown. What the sections are is told in `writeup.sections`.

    A row exists once somebody wrote in it. `version` is the number of the text that stands; a save names the number
    of the text it started from.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "key"], name="one_text_of_a_section")]


class SectionText(models.Model):
    """Every text that was ever sent, for comparison and restoring. Append-only.

    A text that was written from an older one than the one that stood is `aside`: it is kept as it came, and what
    stands next is both brought together (`joins` names the text that was brought in).
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    restored_from = models.PositiveIntegerField(null=True)
    written_from = models.PositiveIntegerField(
        default=0
    )  # the number of the text it started from; 0 for none
    aside = models.BooleanField(default=False)
    joins = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="one_text_of_a_version")]


class Clash(models.Model):
    """Words that two people changed differently. What stands keeps its place until somebody decides; see `writing.merging`."""

    class Settled(models.TextChoices):
        STANDS = "stands", "What stands was kept"
        WRITTEN = "written", "The other words were taken"
        BOTH = "both", "Both were kept"

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="clashes")
    version = models.PositiveIntegerField()  # the text, set aside, that the other words come from
    at = models.PositiveIntegerField()  # where the standing words began, in characters
    was = models.TextField(blank=True)
    stands = models.TextField(blank=True)
    written = models.TextField(blank=True)
    settled = models.CharField(max_length=8, choices=Settled.choices, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled="", settled_by=None, settled_at=None)
                | (~Q(settled="") & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="clash_is_settled_by_somebody",
            )
        ]
