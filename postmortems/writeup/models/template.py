from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.incidents.models import Incident, Severity


class Template(models.Model):
    """What a kind of write-up consists of, as the organisation wants it. Its sections are in its versions."""

    name = models.CharField(max_length=80, unique=True)
    sentence = models.CharField("when to use it", max_length=200, blank=True)
    severities = models.ManyToManyField(
        Severity, blank=True, related_name="templates"
    )  # new incidents of these begin with it
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """One state of a template, append-only. `sections` holds what `writeup.sections.Text` holds, in order."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sections = models.JSONField()
    note = models.CharField("what changed", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_of_a_template")
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"


class Outline(models.Model):
    """Which version of which template a write-up follows, from its first word on; None is what comes with the house.

    Without a row nobody has written yet, and it follows the newest version of the template of its severity.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="outline")
    version = models.ForeignKey(
        TemplateVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="outlines"
    )
    left = models.ForeignKey(
        TemplateVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # a newer one that was looked at and not accepted
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
