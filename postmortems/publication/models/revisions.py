from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident


class RevisionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RevisionQuerySet:
        """Published work is for everyone with an account; of restricted incidents for their circle. Not what is withdrawn."""
        return self.known_to(user).standing()

    def known_to(self, user: User) -> RevisionQuerySet:
        """Those that are visible to them, or were before they were withdrawn: what tells so is for the same readers."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def standing(self) -> RevisionQuerySet:
        """Those that are not withdrawn."""
        return self.exclude(self._withdrawn())

    def withdrawn(self) -> RevisionQuerySet:
        return self.filter(self._withdrawn())

    @staticmethod
    def _withdrawn() -> models.Exists:
        """Itself, or one that came after it."""
        return models.Exists(
            apps.get_model("publication", "Withdrawal").objects.filter(
                revision__incident=models.OuterRef("incident"),
                revision__number__gte=models.OuterRef("number"),
            )
        )

    def current(self) -> RevisionQuerySet:
        """The newest revision of each incident."""
        newer = Revision.objects.filter(
            incident=models.OuterRef("incident"), number__gt=models.OuterRef("number")
        )
        return self.filter(~models.Exists(newer))


class Revision(models.Model):
    """A published text, numbered and frozen: a trigger of the database refuses any change.

    `content` is everything the page and the PDF are made from (its shape: `publication.content`);
    `html` is the page's article as it was published; `digest` is the SHA-256 over the content and the
    digest of the revision before, so that a chain can be checked.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    content = models.JSONField()
    html = models.TextField()
    words = models.TextField()  # the article as plain text, for search
    change_note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_revision_of_a_number")
        ]
        indexes = [models.Index(fields=["-published_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} (revision {self.number})"


class Printing(models.Model):
    """The PDF of a revision or of a twin: asked for when it is published, set by a worker, and frozen once made."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Being set"
        DONE = "done", "Done"
        FAILED = "failed", "Could not be set"

    revision = models.OneToOneField(Revision, null=True, on_delete=models.PROTECT, related_name="printing")
    twin = models.OneToOneField("Twin", null=True, on_delete=models.PROTECT, related_name="printing")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    file = models.FileField(upload_to="publications/%Y", blank=True, max_length=300)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revision=None, twin__isnull=False)
                | models.Q(revision__isnull=False, twin=None),
                name="a_printing_is_of_one_text",
            )
        ]
