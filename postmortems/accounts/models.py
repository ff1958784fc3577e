from __future__ import annotations

import zoneinfo
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from postmortems.accounts.permissions import ORGANISATION_ROLES, ROLE_CHOICES, Permission
from postmortems.calendars import away
from postmortems.calendars.decent import Reader
from postmortems.calendars.holidays import UnknownCountry, public_holidays


def zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        return self.create_user(email, password, role="administrator", **fields)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)

    def active(self) -> models.QuerySet:
        return self.filter(is_active=True)


class User(AbstractBaseUser):
    """A person with an account. There is no superuser who sees everything: a role is all anybody has."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, default="member")
    zone = models.CharField("time zone", max_length=60, default="UTC")
    country = models.CharField(
        max_length=10,
        blank=True,
        help_text="For public holidays: a country, or country and region, such as PT or US-CA.",
    )
    # {"mon": [["09:00", "12:30"], …], …}; empty means the default hours of calendars.hours
    hours = models.JSONField("working hours", default=dict, blank=True)
    # as calendars.away has it; never why
    absences = models.JSONField("days away", default=list, blank=True)
    theme = models.CharField(
        max_length=5,
        blank=True,
        choices=[("", "As my device"), ("light", "Light"), ("dark", "Dark")],
    )
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address"),
            models.CheckConstraint(
                condition=models.Q(role__in=list(ORGANISATION_ROLES)), name="user_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def may(self, permission: Permission) -> bool:
        """Whether the organisation role alone allows it; on one incident ask `incidents.access`."""
        return self.is_active and permission in ORGANISATION_ROLES[self.role].may

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        try:
            return zoneinfo.ZoneInfo(self.zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo("UTC")

    @property
    def reader(self) -> Reader:
        """Whose decent hours a letter to this person keeps."""
        return Reader.working(self.zone, self.hours, self.country, self.absences)

    def days_off(self, first: date, last: date) -> frozenset[date]:
        """Public holidays and days away between two dates, both included."""
        try:
            free = frozenset(public_holidays(self.country, first, last))
        except UnknownCountry:
            free = frozenset()
        return free | away.dates(self.absences, first, last)


class Team(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    about = models.CharField(max_length=200, blank=True)
    members = models.ManyToManyField(User, related_name="teams", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A letter that lets one address make one account, for two weeks."""

    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, default="member")
    teams = models.ManyToManyField(Team, blank=True)
    token = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def about(self) -> str:
        """By which its letter is found again."""
        return f"invitation {self.pk}"

    def is_open(self, now) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
