from __future__ import annotations

import re
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils import timezone

from postmortems.accounts.models import Team, User
from postmortems.accounts.permissions import REVIEW_ROLE_CHOICES
from postmortems.incidents.durations import Duration, durations

MOST_WORDS = 12  # that somebody looks for


class Severity(models.Model):
    """A step of the organisation's scale, with the policy that its reviews follow.

    Periods are counted from the end of impact (`resolved_at`): hours as hours, working days as
    working days of the lead reviewer. The defaults are those of docs/policies.md.
    """

    key = models.SlugField(max_length=20, unique=True)  # sev1
    name = models.CharField(max_length=40)  # SEV1
    sentence = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField(unique=True)  # 1 is the gravest

    review_expected = models.BooleanField(default=True)
    owner_hours = models.PositiveSmallIntegerField("lead reviewer named within, hours", default=24)
    jot_notes_hours = models.PositiveSmallIntegerField("jot-notes asked after, hours", default=4)
    preliminary_days = models.PositiveSmallIntegerField(
        "preliminary edition within, working days", null=True, blank=True, default=2
    )
    soak_hours = models.PositiveSmallIntegerField("interviews not before, hours", default=24)
    fade_hours = models.PositiveSmallIntegerField("interviews not after, hours", default=168)
    notes_keep_days = models.PositiveSmallIntegerField("private notes purged after, days", default=90)
    meeting_days = models.PositiveSmallIntegerField(
        "review meeting within, days", null=True, blank=True, default=14
    )
    remedy_soak_days = models.PositiveSmallIntegerField(
        "remedies decided after the meeting, working days", default=2
    )
    survey_days = models.PositiveSmallIntegerField("survey of the meeting open for, days", default=7)
    publish_days = models.PositiveSmallIntegerField("published within, days", default=28)
    remedies_days = models.PositiveSmallIntegerField("remedies due within, days", default=30)
    remedies_high_days = models.PositiveSmallIntegerField("pressing remedies due within, days", default=30)
    effect_days = models.PositiveSmallIntegerField(
        "effect checked after, days", null=True, blank=True, default=90
    )

    approvals_needed = models.PositiveSmallIntegerField(
        "approvers who have to agree", default=0, help_text="Nought: everybody who is named as approver."
    )

    # rules of readiness that weigh otherwise than by default: {code: "blocking", "advisory" or "off"}
    readiness = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "severities"

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    about = models.CharField(max_length=200, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="services")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


# The parts of a reference are words of their own: 2026, 0007.
WORDS = SearchVector("title", "summary", config="english") + SearchVector(
    Replace("ref", Value("-"), Value(" ")), config="simple"
)


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> IncidentQuerySet:
        """Incidents whose existence `user` may know: all that are not restricted, and those whose circle they are in."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(
            Q(restricted=False) | Q(pk__in=CircleMember.objects.filter(user=user).values("incident"))
        )

    def readable_by(self, user: User) -> IncidentQuerySet:
        """Incidents whose drafts, timeline and items `user` may read; the rule of `access.permissions` as a query."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Q(pk__in=CircleMember.objects.filter(user=user).values("incident"))
        if user.role in ("reviewer", "administrator"):
            return self.filter(Q(restricted=False) | mine)
        return self.filter(mine)

    def matching(self, words: str) -> IncidentQuerySet:
        """Those in which each of the words, or one that begins with it, stands in reference, title or summary."""
        if not words.strip():
            return self
        terms = re.findall(r"\w+", words)[:MOST_WORDS]
        found = self.annotate(words=WORDS) if terms else self.none()
        for term in terms:
            begun = [
                SearchQuery(f"'{term}':*", search_type="raw", config=name) for name in ("english", "simple")
            ]
            found = found.filter(words=begun[0] | begun[1])
        return found

    def for_list(self) -> IncidentQuerySet:
        """With everything a row of a list shows, in a constant number of queries."""
        return self.select_related("severity").prefetch_related("services", "teams")


class Incident(models.Model):
    """What happened, to what, when; and its one review.

    A later look at the same incident is a new revision of the same review, not a second review.
    """

    class State(models.TextChoices):
        REVIEWING = "reviewing", "In review"
        NO_REVIEW = "no_review", "No review needed"
        CLOSED = "closed", "Closed"

    ref = models.CharField(max_length=20, unique=True)  # INC-2026-0007
    title = models.CharField(max_length=200)
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="incidents")
    summary = models.TextField(
        blank=True, help_text="Two or three sentences for somebody who was not there. Markdown is welcome."
    )
    services = models.ManyToManyField(Service, blank=True, related_name="incidents")
    teams = models.ManyToManyField(Team, blank=True, related_name="incidents")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    zone = models.CharField(
        "time zone of the incident",
        max_length=60,
        default="UTC",
        help_text="Where two people must agree on a time.",
    )

    impact_began_at = models.DateTimeField("impact began", null=True, blank=True)
    detected_at = models.DateTimeField("detected", null=True, blank=True)
    acknowledged_at = models.DateTimeField("acknowledged", null=True, blank=True)
    mitigated_at = models.DateTimeField("mitigated", null=True, blank=True)
    resolved_at = models.DateTimeField("resolved", null=True, blank=True)
    # times that will never be known or never were: names of the fields above
    not_applicable = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    state = models.CharField(max_length=12, choices=State.choices, default=State.REVIEWING)
    no_review_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    restricted = models.BooleanField(default=False, help_text="Seen by its circle alone.")

    # stages somebody chose to go past, with their reason: {"interview": "…"}
    skipped_stages = models.JSONField(default=dict, blank=True)

    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    # the same form sent twice opens one incident; empty for those that came from no form
    form_key = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["-opened_at", "-id"]),
            models.Index(fields=["state", "severity"]),
            GinIndex(WORDS, name="incidents_by_word"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="no_review") | ~Q(no_review_reason=""), name="no_review_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(state="reviewing"), name="reviewing_is_not_closed"
            ),
            models.UniqueConstraint(
                fields=["form_key"], condition=~Q(form_key=""), name="one_incident_of_a_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("desk:overview", args=[self.ref])

    @property
    def times(self) -> dict:
        return {name: getattr(self, f"{name}_at") for name in TIME_NAMES}

    @property
    def durations(self) -> list[Duration]:
        return durations(self.times, not_applicable=set(self.not_applicable))


TIME_NAMES = ("impact_began", "detected", "acknowledged", "mitigated", "resolved")


class ImpactFigure(models.Model):
    """How much it hurt, as a number with its unit, or why that is not known."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="impact_figures")
    what = models.CharField(max_length=160)  # bookings that were not confirmed
    number = models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)  # bookings, %, EUR
    unknown_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=False, unknown_because="") & ~Q(unit="")
                | Q(number=None) & ~Q(unknown_because=""),
                name="impact_is_a_number_or_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def written(self) -> str | None:
        """The number as a reader writes it, without trailing zeros: 1914, 0.75."""
        if self.number is None:
            return None
        text = f"{self.number:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @property
    def shown(self) -> str:
        """The same for reading: 1,914."""
        return f"{Decimal(self.written):,}" if self.written else ""


class Link(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(max_length=500)
    title = models.CharField(max_length=160)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class Participant(models.Model):
    """Somebody who took part in the incident, with or without an account, and in which role."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="took_part"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    zone = models.CharField(max_length=60, default="UTC")
    # of somebody without an account, as on User; empty means the default hours of calendars.hours
    hours = models.JSONField("working hours", default=dict, blank=True)
    role = models.CharField(max_length=60)  # incident commander, on-call, …: free text with suggestions
    # names by which sources know this person: chat ids, nicks, logins
    known_as = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "user"], condition=~Q(user=None), name="one_participation_per_account"
            )
        ]

    def __str__(self) -> str:
        return self.name


INCIDENT_ROLES = [
    "Incident commander",
    "On-call responder",
    "Subject expert",
    "Communications",
    "First reporter",
    "Note-taker",
    "Support",
    "Observer",
]


class CircleMember(models.Model):
    """What a person is on the review: lead reviewer, co-reviewer, participant, approver."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="circle")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="circles")
    role = models.CharField(max_length=12, choices=REVIEW_ROLE_CHOICES)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "user", "role"], name="one_place_of_each_kind_in_the_circle"
            ),
            models.UniqueConstraint(fields=["incident"], condition=Q(role="lead"), name="one_lead_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
