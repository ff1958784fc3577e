from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Person(models.Model):
    """Somebody, or a bot, as all sources together know them: mapped once, remembered for the organisation.

    With an account the account names them; without one `name` does.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "A person"
        BOT = "bot", "A bot or an integration"
        SYSTEM = "system", "A system"

    name = models.CharField(max_length=120)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="known_as"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.user.name if self.user else self.name


class Alias(models.Model):
    """A name by which sources of one format know a person: the native id where there is one, else the name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    format = models.CharField(max_length=40)  # a key of timelines.formats; "" for every format
    actor_id = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["format", "actor", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["format", "actor_id"], condition=~Q(actor_id=""), name="one_person_of_an_actor_id"
            ),
            models.UniqueConstraint(
                fields=["format", "actor"], condition=Q(actor_id=""), name="one_person_of_an_actor_name"
            ),
            models.CheckConstraint(condition=~Q(actor_id="") | ~Q(actor=""), name="alias_names_somebody"),
        ]

    def __str__(self) -> str:
        return self.actor or self.actor_id


class NotThisPerson(models.Model):
    """A suggestion that a person refused, so that it is not made again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(max_length=40)
    actor_id = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "format", "actor_id", "actor"], name="one_refusal_of_a_suggestion"
            ),
        ]
