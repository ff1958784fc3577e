from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from postmortems.accounts.models import Team, User
from postmortems.incidents.models import CircleMember, Incident
from postmortems.writeup.models import Condition

WORDS = SearchVector("what", "detail", "how_we_know", config="english")


class ItemQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ItemQuerySet:
        """Items of incidents whose drafts one may read, and those one owns or whose team one is in."""
        return self._reached(user, roles=None)

    def changeable_by(self, user: User) -> ItemQuerySet:
        """Items one promised, alone or as a team, and those of reviews one writes."""
        return self._reached(user, roles=("lead", "co"))

    def _reached(self, user: User, roles: tuple[str, ...] | None) -> ItemQuerySet:
        """By owner, team or incident. What a person is in is few, and asked first: with the numbers before it
        the planner takes three small indexes instead of walking half a million rows.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        places = CircleMember.objects.filter(user=user)
        if roles:
            places = places.filter(role__in=roles)
        incidents = list(places.values_list("incident", flat=True).distinct())
        teams = list(user.teams.values_list("pk", flat=True))
        reached = Q(owner=user) | Q(team__in=teams) | Q(incident__in=incidents)
        if user.role in ("reviewer", "administrator"):
            reached |= Q(incident__restricted=False)
        return self.filter(reached)

    def open(self) -> ItemQuerySet:
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, today: date) -> ItemQuerySet:
        """Past its date and not done; what is done waits for somebody to look, not for its owner."""
        return self.filter(status__in=UNDONE_STATUSES, by_when__lt=today)

    def due_between(self, first: date, last: date) -> ItemQuerySet:
        return self.filter(status__in=UNDONE_STATUSES, by_when__range=(first, last))

    def unowned(self) -> ItemQuerySet:
        """Open, and nobody who is here owns it: who has left can do nothing about it, and hears nothing."""
        left = list(User.objects.filter(is_active=False).values_list("pk", flat=True))
        return self.open().filter(Q(owner=None) | Q(owner__in=left) if left else Q(owner=None))

    def unsettled(self) -> ItemQuerySet:
        """Open, and their issue says something else, or is gone: somebody has to decide."""
        told = ~Q(tracked__conflict={}) | ~Q(tracked__gone="")
        return self.open().filter(told, tracked__isnull=False)

    def for_list(self) -> ItemQuerySet:
        return self.select_related("incident", "owner", "team", "tracked__tracker").prefetch_related(
            "conditions"
        )

    def matching(self, query) -> ItemQuerySet:
        return self.annotate(words=WORDS).filter(words=query)


UNDONE_STATUSES = (
    "proposed",
    "accepted",
    "in_progress",
)  # what has a date to be kept; a parked idea has none
PROMISED_STATUSES = ("accepted", "in_progress")
OPEN_STATUSES = ("parked", "proposed", "accepted", "in_progress", "done")  # done is open until it is verified


class Item(models.Model):
    """A remediation item: actionable, owned, dated, tied to the conditions it answers, open until verified."""

    class Type(models.TextChoices):
        PREVENT = "prevent", "Prevent"
        DETECT = "detect", "Detect"
        MITIGATE = "mitigate", "Mitigate"
        RECOVER = "recover", "Recover"
        LEARN = "learn", "Learn"

    class Status(models.TextChoices):
        PARKED = "parked", "Parked"
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        VERIFIED = "verified", "Verified"
        DROPPED = "dropped", "Dropped"

    class Size(models.TextChoices):
        SMALL = "s", "Hours"
        MEDIUM = "m", "Days"
        LARGE = "l", "Weeks"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()  # R1, R2, … never reused
    type = models.CharField(max_length=10, choices=Type.choices)
    what = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    how_we_know = models.CharField("how we will know that it worked", max_length=300, blank=True)
    # the indexes below begin with owner and team; one of their own would be taken in their place, and be slower
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_items",
        db_index=False,
    )  # fmt: skip
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    due_on = models.DateField("due", null=True, blank=True)
    dated_at = models.DateTimeField(null=True, blank=True)  # when this date was set
    promised_on = models.DateField(null=True, blank=True)  # the date it was first accepted with
    # lists go by date, what has none last; a column of its own, so that a page can begin after any row
    by_when = models.GeneratedField(
        expression=Coalesce("due_on", models.Value(date.max)),
        output_field=models.DateField(),
        db_persist=True,
    )
    size = models.CharField(max_length=1, choices=Size.choices, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    dropped_reason = models.CharField(max_length=300, blank=True)
    # an idea that is parked settles until then; deciding on it before takes a reason, which is kept
    decide_from = models.DateTimeField(null=True, blank=True)
    early_reason = models.CharField(max_length=300, blank=True)
    conditions = models.ManyToManyField(Condition, blank=True, related_name="items")
    tracker_url = models.URLField("in the team's tracker", max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # when somebody may have to be reminded next; empty when nothing more will come
    remind_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_item_of_a_number"),
            models.CheckConstraint(
                condition=~Q(status="dropped") | ~Q(dropped_reason=""), name="dropping_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="verified_at_goes_with_by",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "status", "by_when", "id"], name="items_of_a_person"),
            models.Index(fields=["team", "status", "by_when", "id"], name="items_of_a_team"),
            models.Index(fields=["status", "by_when", "id"], name="items_of_a_status"),
            models.Index(fields=["by_when", "id"], name="items_by_date"),
            models.Index(
                fields=["by_when", "id"], condition=Q(status__in=OPEN_STATUSES), name="items_that_are_open"
            ),
            models.Index(
                fields=["by_when", "id"],
                condition=Q(status__in=OPEN_STATUSES, owner=None),
                name="items_nobody_owns",
            ),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="items_to_look_at"),
            models.Index(Coalesce("promised_on", "due_on"), "id", name="items_by_promise"),
            GinIndex(WORDS, name="items_by_word"),
        ]

    def __str__(self) -> str:
        return f"R{self.number} {self.what}"

    def is_overdue(self, today: date) -> bool:
        return self.status in UNDONE_STATUSES and self.due_on is not None and self.due_on < today

    @property
    def address_elsewhere(self) -> str:
        """Where it is worked on: its issue, or what somebody wrote down."""
        tracked = getattr(self, "tracked", None)
        return tracked.url if tracked and tracked.url else self.tracker_url

    def is_settling(self, now: datetime) -> bool:
        """Whether it is an idea whose time to be decided on has not come."""
        return self.status == self.Status.PARKED and self.decide_from is not None and now < self.decide_from


class NoneNeeded(models.Model):
    """It was decided that nothing follows from an incident, and why."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="none_needed")
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="none_needed_has_a_reason")]


class Step(models.Model):
    """One step of an item on its way, and why where a reason was asked for."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=12, choices=Item.Status.choices)
    after = models.CharField(max_length=12, choices=Item.Status.choices)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]


class ItemLink(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(max_length=500)
    title = models.CharField(max_length=160)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class EffectCheck(models.Model):
    """Some weeks after an item was done: whether it held, and whether it would have changed the event it answers."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "In part"
        NO = "no", "No"
        UNTESTED = "untested", "Nothing has tested it yet"

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="effect")
    held = models.CharField("did it hold", max_length=10, choices=Answer.choices)
    would_have_changed = models.CharField(
        "would it have changed the incident it answers", max_length=10, choices=Answer.choices
    )
    words = models.CharField("what shows it", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
