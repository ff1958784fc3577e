from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CommentQuerySet:
        return self.filter(incident__in=Incident.objects.readable_by(user))

    def shown(self) -> CommentQuerySet:
        """Those that began a thread, unless all of it was removed."""
        answered = Comment.objects.filter(parent=models.OuterRef("pk"), removed_at=None)
        return self.filter(models.Exists(answered) | Q(removed_at=None), parent=None)

    def open(self) -> CommentQuerySet:
        """Threads, by their first comment, that nobody has resolved."""
        return self.shown().filter(resolved_at=None)


class Comment(models.Model):
    """Something said about a passage of the write-up, or an answer to it.

    The passage is remembered as the characters `start` to `end` (code points) of the text numbered `version`, and by
    its words: where it stands in a later text is found anew each time. A comment may suggest other words for it.
    """

    class Decided(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="answers"
    )
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(
        null=True, blank=True
    )  # its words are gone, its place in the thread stays

    section = models.CharField(max_length=30, blank=True)  # empty: about the whole write-up
    version = models.PositiveIntegerField(default=0)  # of the section's text
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)

    suggestion = models.TextField(null=True, blank=True)  # noqa: DJ001 to suggest nothing and to suggest no words differ
    decided = models.CharField(max_length=8, choices=Decided.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | Q(suggestion=None, resolved_at=None, start=None),
                name="answers_have_no_place_of_their_own",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__lt=models.F("end")),
                name="comment_is_on_something",
            ),
        ]

    @property
    def thread(self) -> Comment:
        """The comment that begins it."""
        return self.parent or self


class Mention(models.Model):
    """Somebody named in a comment, who is told by mail once."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentioned_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="one_mention_in_a_comment")]
