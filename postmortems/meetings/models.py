from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import CircleMember, Incident


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """Meetings of incidents whose existence the user may know: anybody may come."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def asking(self, user: User, now: datetime) -> MeetingQuerySet:
        """Meetings ahead that the user was asked to and has not answered."""
        mine = Attendance.objects.filter(user=user, coming=None).values("meeting")
        return self.filter(
            pk__in=mine, state=Meeting.State.PLANNED, invited_at__isnull=False, ends_at__gt=now
        )

    def locked(self, meeting: Meeting) -> Meeting:
        """The meeting as it stands now, held until the transaction ends."""
        rows = self.select_for_update(of=("self",)).select_related("incident__severity", "facilitator")
        return rows.get(pk=meeting.pk)


class Meeting(models.Model):
    """A sitting in which the review is talked through: to learn, not to decide."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)  # a room, or a link to a call
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="facilitates"
    )
    note_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # why people have less than a day to read the draft before it
    early_reason = models.CharField(max_length=300, blank=True)
    agenda = models.TextField(blank=True)
    agenda_version = models.PositiveIntegerField(default=0)
    notes = models.TextField(blank=True)
    notes_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    invited_at = models.DateTimeField(null=True, blank=True)
    draft_sent_at = models.DateTimeField(null=True, blank=True)  # to those whom it concerns, to read before
    held_at = models.DateTimeField(null=True, blank=True)
    # from when on parked remedies are decided, and when the lead reviewer was told that the time has come
    decide_from = models.DateTimeField(null=True, blank=True)
    decide_asked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(facilitator=None) | Q(note_taker=None) | ~Q(facilitator=F("note_taker")),
                name="facilitator_takes_no_notes",
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="planned"), name="one_planned_meeting"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_at__isnull=False), name="held_has_a_moment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["decide_from"],
                condition=Q(state="held", decide_asked_at=None),
                name="meeting_to_decide",
            )
        ]

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class MeetingText(models.Model):
    """Every agenda and every minutes that was ever accepted, for comparison and restoring. Rows are only added."""

    class What(models.TextChoices):
        AGENDA = "agenda", "Agenda"
        NOTES = "notes", "Minutes"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="texts")
    what = models.CharField(max_length=6, choices=What.choices)
    version = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    restored_from = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "what", "version"], name="one_meeting_text_of_a_version"
            )
        ]


class AttendanceQuerySet(models.QuerySet):
    def who_may_know(self) -> AttendanceQuerySet:
        """Without accounts that were closed, and without those to whom a restricted incident does not exist."""
        circle = CircleMember.objects.filter(incident=OuterRef("meeting__incident"), user=OuterRef("user"))
        return self.filter(
            Q(user=None)
            | (Q(user__is_active=True) & (Q(meeting__incident__restricted=False) | Exists(circle)))
        )


class Attendance(models.Model):
    """Somebody asked to come, or who came; with an account, or by name and address.

    Each has an event of their own in their calendar: `uid` and the `sequence` of the last message about it.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)  # of somebody without an account
    zone = models.CharField(max_length=60, default="UTC")
    coming = models.BooleanField(null=True, blank=True)  # nothing: did not say
    came = models.BooleanField(default=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)  # iTIP SEQUENCE
    # whether their calendar holds it: a request went out and no cancellation after it
    told = models.BooleanField(default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=~Q(user=None), name="one_attendance_per_account"
            )
        ]

    def __str__(self) -> str:
        return self.user.name if self.user else self.name

    @property
    def address(self) -> str:
        return self.user.email if self.user else self.email


class Survey(models.Model):
    """What the meeting was worth, asked of those who came.

    While it is open the answers lie in `box`, sealed, in no order; when it closes the box goes and `result`
    holds counts, or nothing when fewer than five answered. See docs/decisions/0012-answers-of-nobody.md.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="survey")
    opened_at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    box = models.BinaryField(null=True, editable=False)
    result = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(box=None), name="closed_survey_keeps_no_box"
            ),
            models.CheckConstraint(
                condition=Q(result=None) | Q(closed_at__isnull=False), name="open_survey_shows_nothing"
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="survey_open")]


class SurveyKey(models.Model):
    """That one attendance was asked, and whether it answered; nothing leads from here to an answer."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="keys")
    attendance = models.OneToOneField(Attendance, on_delete=models.CASCADE, related_name="survey_key")
    used = models.BooleanField(default=False)
