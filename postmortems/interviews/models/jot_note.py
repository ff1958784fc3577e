from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant


class JotNoteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> JotNoteQuerySet:
        """One's own; and those others shared, to people who may read the incident."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(author=user) | Q(shared_at__isnull=False, incident__in=Incident.objects.readable_by(user))
        )


class JotNote(models.Model):
    """First impressions, written at hour zero for oneself. Seen by the author alone until shared.

    The author is an account, or a participant without one who came by the link in their letter.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="jot_notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="jot_notes"
    )
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    shared_at = models.DateTimeField(null=True, blank=True)

    objects = JotNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author=None) ^ Q(participant=None), name="jot_note_has_one_author"
            ),
            models.UniqueConstraint(
                fields=["incident", "author"], condition=~Q(author=None), name="one_jot_note_each"
            ),
            models.UniqueConstraint(
                fields=["participant"], condition=~Q(participant=None), name="one_jot_note_each_participant"
            ),
        ]
