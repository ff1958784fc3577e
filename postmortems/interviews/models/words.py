from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.interviews.models.interview import Interview
from timelines.models import Event, Hypothesis, Intervention


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
    # off the record since: until it is on again, nothing is written down and no text is taken
    off_since = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()


class Correction(models.Model):
    """A line of the notes as the interviewee would have it. Both stand side by side until the interviewer takes it over."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="corrections")
    line = models.TextField()  # as it stood when they read it
    number = models.PositiveIntegerField(default=0)  # of that line, to tell apart lines that read the same
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["number", "id"]


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> QuestionQuerySet:
        """What somebody prepares to ask is theirs alone."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(interview__interviewer=user)


class Question(models.Model):
    """A question of one interview, prepared or asked, about at most one decision point of the evidence."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=300)
    group = models.CharField(max_length=40, blank=True)  # a group of the question bank
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    hypothesis = models.ForeignKey(
        Hypothesis, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    intervention = models.ForeignKey(
        Intervention, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None, hypothesis=None)
                | Q(event=None, intervention=None)
                | Q(hypothesis=None, intervention=None),
                name="question_is_about_one_point",
            )
        ]


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
    stamp = models.CharField(max_length=40, blank=True)  # the line of the notes it came from: "@02:14"
    about = models.CharField(max_length=80, blank=True)  # the time as remembered: "around 02:10"
    earliest = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    with_name = models.BooleanField(default=False)
    event = models.OneToOneField(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="passage"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)  # from then on it cannot be taken back

    objects = NoteQuerySet.as_manager()  # as private as the notes they come from

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="released_has_a_moment"
            )
        ]


class Purge(models.Model):
    """That the private words of an incident were removed on the day the policy names; nothing of what they were."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="purges")
    conversations = models.PositiveIntegerField(default=0)
    jot_notes = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
