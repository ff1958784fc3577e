"""Who is expected at a meeting, and who may lead it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.accounts.models import User
from postmortems.accounts.permissions import REVIEW_ROLES, Permission
from postmortems.calendars.decent import Reader
from postmortems.calendars.holidays import UnknownCountry, public_holidays
from postmortems.calendars.hours import DEFAULT_HOURS, Hours, ZoneError, zone_called
from postmortems.incidents.access import people_with, permissions
from postmortems.incidents.models import Incident, Participant

MOST = 200  # people who are offered to choose from
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Expected:
    """Somebody the meeting is about or for: with an account, or by name and address."""

    name: str
    why: str
    user: User | None = None
    participant: Participant | None = None

    @property
    def key(self) -> str:
        return f"u{self.user.pk}" if self.user else f"p{self.participant.pk}"

    @property
    def email(self) -> str:
        return self.user.email if self.user else self.participant.email

    @property
    def zone(self) -> str:
        return self.user.zone if self.user else self.participant.zone

    @property
    def hours(self) -> Hours:
        return (self.user.hours if self.user else self.participant.hours) or DEFAULT_HOURS


def expected(incident: Incident) -> list[Expected]:
    """The circle of the review and everybody who took part in the incident, each once, by name."""
    found: dict[str, Expected] = {}
    for person in incident.participants.select_related("user"):
        if person.user is None or person.user.is_active:
            one = Expected(str(person.user or person), person.role, person.user, person)
            found.setdefault(one.key, one)
    for member in incident.circle.select_related("user"):
        one = Expected(str(member.user), member.get_role_display(), member.user)
        if member.user.is_active:
            found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda one: one.name.lower())


@dataclass(frozen=True)
class Suggested:
    user: User
    why: str


def facilitators(incident: Incident) -> list[Suggested]:
    """Who may lead the meeting: people who may write in the review and did not take part in the incident.

    Those who know the review from its side come first, the lead reviewer, who wrote the draft, last.
    """
    places = {member.user_id: member.role for member in incident.circle.all()}
    order = {"co": 0, None: 1, "approver": 1, "lead": 2}
    found = []
    for user in people_with(incident, Permission.WRITE).exclude(took_part__incident=incident)[:MOST]:
        place = places.get(user.pk)
        why = (
            REVIEW_ROLES[place].name.lower()
            if place
            else f"{user.get_role_display().lower()}, not in this review"
        )
        found.append((order.get(place, 1), user.name.lower(), Suggested(user, f"{why}, took no part")))
    return [one for *_, one in sorted(found, key=lambda row: row[:2])]


def note_takers(incident: Incident) -> list[User]:
    return list(people_with(incident, Permission.READ)[:MOST])


def no_facilitator(incident: Incident, user: User) -> str:
    """Why that person cannot lead the meeting, in a sentence; nothing when they can."""
    if incident.participants.filter(user=user).exists():
        return (
            f"{user} took part in the incident. Somebody who was in it tells their own story in the meeting;"
            " leading it is for somebody who was not."
        )
    return _cannot(incident, user, Permission.WRITE, "lead the meeting")


def no_note_taker(incident: Incident, user: User, facilitator: User | None) -> str:
    if facilitator is not None and user.pk == facilitator.pk:
        return "Who leads the meeting listens; let somebody else take the notes."
    return _cannot(incident, user, Permission.READ, "take notes")


def _cannot(incident: Incident, user: User, permission: Permission, what: str) -> str:
    if permission in permissions(user, incident):
        return ""
    return (
        f"{user} cannot {what}: this needs somebody who may {permission.value}. Add them to the circle first."
    )


def lead_of(incident: Incident) -> User:
    """The lead reviewer; until somebody is, who opened the incident."""
    place = incident.circle.filter(role="lead").select_related("user").first()
    return place.user if place else incident.opened_by


def holidays_of(country: str, since: datetime) -> dict[date, str]:
    """Public holidays of the year from then on; none of a country of which nobody knows them."""
    try:
        return public_holidays(country, since.date() - timedelta(days=1), (since + A_YEAR).date())
    except UnknownCountry:
        return {}


def zone_of(name: str) -> ZoneInfo:
    try:
        return zone_called(name)
    except ZoneError:
        return ZoneInfo("UTC")


def reader(user: User | None, zone: str) -> Reader:
    """When a letter may reach somebody."""
    return user.reader if user else Reader(zone)
