from __future__ import annotations

import re

from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.models import Event

MARKS = re.compile(r"[\\\[\]*`<]")  # what would end or change the words of an image in Markdown


class ImageQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ImageQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))

    def standing(self) -> ImageQuerySet:
        return self.filter(removed_at=None)


class Image(models.Model):
    """A picture in the texts of a write-up, named there by its number; it may be evidence for a moment.

    The file was written anew by us from what was sent: nothing but the picture itself is in it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="images")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to="images/%Y", max_length=300)
    name = models.CharField(max_length=200)  # of the file as it was sent
    alt = models.CharField("alternative text", max_length=500, blank=True)
    kind = models.CharField(max_length=20)  # image/png, image/jpeg or image/webp
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)  # of what was sent: the same picture twice is one
    digest = models.CharField(max_length=64)  # SHA-256 of the file as it is kept: what revisions name it by
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="images")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # taken out of the draft; kept for a while, and for good where a revision shows it
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_image_of_a_number"),
            models.UniqueConstraint(fields=["incident", "sha256"], name="one_image_of_a_file"),
        ]
        indexes = [models.Index(fields=["incident", "digest"], name="image_digest")]

    def __str__(self) -> str:
        return self.alt or self.name

    @property
    def markdown(self) -> str:
        """As it is written into a text."""
        words = MARKS.sub(r"\\\g<0>", " ".join(self.alt.split()))
        return f"![{words}](image:{self.number})"
