from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.releasing.keeping import purge_day


class InterviewQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> InterviewQuerySet:
        """That an interview is planned is known to who may read the incident; what is said in it is not (see Note)."""
        return self.filter(
            Q(incident__in=Incident.objects.readable_by(user))
            | Q(interviewer=user)
            | Q(participant__user=user)
        )

    def locked(self, interview: Interview) -> Interview:
        """The interview as it stands now, held until the transaction ends."""
        return (
            self.select_for_update(of=("self",))
            .select_related("incident__severity", "participant__user", "interviewer")
            .get(pk=interview.pk)
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
    # needed before the soak is over, and wherever else a rule of the plan gave way; `overruled` has which
    early_reason = models.CharField(max_length=300, blank=True)
    overruled = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    kept = models.BooleanField(default=False)  # somebody chose this time: a new plan leaves it alone
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    wishes = models.CharField(max_length=500, blank=True)  # what the interviewee answered to the invitation
    # who of the two wants a letter an hour before as well
    hour_before_person = models.BooleanField(default=False)
    hour_before_host = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)  # iTIP SEQUENCE
    invited_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    # after the conversation: asked to read, right as it stands
    read_asked_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    # the promise made when the interview was planned: the private words go on this day
    purge_on = models.DateField(null=True, blank=True, db_index=True)
    longer_until = models.DateField(null=True, blank=True)  # what the interviewer asks for instead
    purged_at = models.DateTimeField(null=True, blank=True)

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

    def save(self, *args, **options) -> None:
        """The day of purging is told from the first letter on, so it is fixed when the row is made."""
        if self._state.adding and self.purge_on is None:
            self.purge_on = purge_day(
                days=self.incident.severity.notes_keep_days, resolved_at=self.incident.resolved_at,
                opened_at=self.incident.opened_at, began_at=self.proposed_at,
            )  # fmt: skip
        super().save(*args, **options)


class NotAsked(models.Model):
    """That a participant need not be asked, and why."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="not_asked")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Plan(models.Model):
    """What the last plan of an incident was asked and what it could not do; its interviews are rows of their own.

    `choices` are those of the form: whom to ask, in which order, and who asks. `unplaced` has for each person left
    out the constraint that binds, and `late` who is talked to after the deadline.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="plan")
    choices = models.JSONField(default=dict)
    unplaced = models.JSONField(default=list)
    late = models.JSONField(default=list)
    proven = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)


class WindowDecision(models.Model):
    """What was chosen for the window of this review: when it and a deadline could not both be kept, or when
    somebody finds no time in it. The last one stands.
    """

    class Way(models.TextChoices):
        PRELIMINARY = "preliminary", "A preliminary edition first"
        SHORTER = "shorter", "A shorter window"
        WAIVER = "waiver", "The deadline is waived"
        LONGER = "longer", "A longer window"
        POLICY = "policy", "As the policy has it"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="window_decisions")
    way = models.CharField(max_length=12, choices=Way.choices)
    reason = models.CharField(max_length=300, blank=True)
    soak_hours = models.PositiveSmallIntegerField(null=True, blank=True)  # of this review, with `shorter`
    fade_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    full_edition_at = models.DateTimeField(
        null=True, blank=True
    )  # with `preliminary`: by when the whole follows
    deadline = models.DateTimeField(null=True, blank=True)  # the one that could not be kept
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        get_latest_by = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["preliminary", "policy"]) | ~Q(reason=""),
                name="window_decision_has_a_reason",
            )
        ]
