from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.releasing.keeping import purge_day


class JotNoteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> JotNoteQuerySet:
        """One's own; and those others shared, to people who may read the incident."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(author=user) | Q(shared_at__isnull=False, incident__in=Incident.objects.readable_by(user))
        )

    def written_by(self, incident: Incident, author: User | Participant) -> JotNoteQuerySet:
        """Those of one incident by an account, or by a participant without one."""
        mine = {"author": author} if isinstance(author, User) else {"participant": author}
        return self.filter(incident=incident, **mine).select_related("incident__severity")


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
    purge_on = models.DateField(
        null=True, blank=True, db_index=True
    )  # the day on which it goes, unless shared

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

    def save(self, *args, **options) -> None:
        if self._state.adding and self.purge_on is None:
            self.purge_on = purge_day(
                days=self.incident.severity.notes_keep_days, resolved_at=self.incident.resolved_at,
                opened_at=self.incident.opened_at, began_at=self.written_at,
            )  # fmt: skip
        super().save(*args, **options)

    @property
    def whose(self) -> str:
        return str(self.author or self.participant)


class JotRequest(models.Model):
    """That a participant was asked for first impressions: once, once more, or never again."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="jot_request")
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
