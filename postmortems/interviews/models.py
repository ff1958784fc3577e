from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant
from timelines.models import Event


class JotNoteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> JotNoteQuerySet:
        """One's own; and those others shared, to people who may read the incident."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(author=user) | Q(shared_at__isnull=False, incident__in=Incident.objects.readable_by(user))
        )


class JotNote(models.Model):
    """First impressions, written at hour zero for oneself. Seen by the author alone until shared."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="jot_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    shared_at = models.DateTimeField(null=True, blank=True)

    objects = JotNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "author"], name="one_jot_note_each"),
        ]


class InterviewQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> InterviewQuerySet:
        """That an interview is planned is known to who may read the incident; what is said in it is not (see Note)."""
        return self.filter(
            Q(incident__in=Incident.objects.readable_by(user))
            | Q(interviewer=user)
            | Q(participant__user=user)
        )

    def standing(self) -> InterviewQuerySet:
        return self.exclude(state__in=[Interview.State.DECLINED, Interview.State.CANCELLED])


class Interview(models.Model):
    """A conversation with one participant, between soak and fade."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        INVITED = "invited", "Invited"
        ACCEPTED = "accepted", "Accepted"
        MOVING = "moving", "Another time asked for"
        WRITING = "writing", "Answers in writing"
        DONE = "done", "Done"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="interviews")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="interviews")
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conducts"
    )
    why = models.CharField(max_length=300, blank=True)  # why this person: "was paged first", …
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    early_reason = models.CharField(max_length=300, blank=True)  # needed before the soak is over
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    wishes = models.CharField(max_length=500, blank=True)  # what the interviewee answered to the invitation
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)  # iTIP SEQUENCE
    invited_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="interview_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["incident", "participant"],
                condition=~Q(state__in=["declined", "cancelled"]),
                name="one_standing_interview_each",
            ),
        ]


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> NoteQuerySet:
        """The interviewer and the interviewee, nobody else: no administrator, no lead reviewer."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(interview__interviewer=user) | Q(interview__participant__user=user))


class Note(models.Model):
    """What was said, as the interviewer or (in writing) the interviewee put it down. Private to the two."""

    interview = models.OneToOneField(Interview, on_delete=models.CASCADE, related_name="note")
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()


class Passage(models.Model):
    """A stretch of the notes that the interviewee lets out, as a recollection on the timeline.

    Proposed by either; released by the interviewee alone. Once released it is an event, and the
    passage keeps what was agreed: the words, the time as remembered, with or without the name.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        RELEASED = "released", "Released"
        STRUCK = "struck", "Struck"

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="passages")
    text = models.TextField()
    about = models.CharField(max_length=80, blank=True)  # the time as remembered: "around 02:10"
    earliest = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    with_name = models.BooleanField(default=False)
    event = models.OneToOneField(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="passage"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()  # as private as the notes they come from

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="released_has_a_moment"
            )
        ]
