from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.text import slugify

from postmortems.accounts.models import Invitation, Team, User
from postmortems.audit.log import record
from postmortems.notices import post

INVITATION_DAYS = 14


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


def invite(*, by: User, email: str, name: str, role: str, teams, now: datetime, site: str) -> Invitation:
    """Send a letter that lets `email` make one account; an open invitation to the same address is replaced.

    Raises NotPossible where the address has an account.
    """
    email = email.strip().lower()
    with transaction.atomic():
        if User.objects.filter(email__iexact=email).exists():
            raise NotPossible(f"{email} has an account already.")
        for former in Invitation.objects.filter(email__iexact=email, accepted_at=None, withdrawn_at=None):
            _take_back(former, now)
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    email=email,
                    name=name,
                    role=role,
                    token=secrets.token_urlsafe(32),
                    invited_by=by,
                    invited_at=now,
                    expires_at=now + timedelta(days=INVITATION_DAYS),
                )
        except IntegrityError as error:
            raise NotPossible(f"{email} is being invited by somebody else at this moment.") from error
        invitation.teams.set(teams)
        record(by=by, verb="person.invited", subject=email, sentence=f"invited {email} as {role}")
        post.send(
            to=email,
            template="emails/accounts/invitation",
            context={
                "invitation": invitation,
                "by": by,
                "address": site + reverse("accounts:accept", args=[invitation.token]),
            },
            key=f"invitation {invitation.pk}",
            about=invitation.about,
        )
    return invitation


def withdraw(*, by: User, invitation: Invitation, now: datetime) -> None:
    with transaction.atomic():
        if not _take_back(invitation, now):
            raise NotPossible("This invitation was used or withdrawn already.")
        record(
            by=by,
            verb="invitation.withdrawn",
            subject=invitation.email,
            sentence=f"withdrew the invitation to {invitation.email}",
        )


def _take_back(invitation: Invitation, now: datetime) -> bool:
    """Whether it was open until now. A letter that has not left yet never leaves."""
    post.withdraw(about=invitation.about)
    still = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    return bool(still.update(withdrawn_at=now))


def accept(*, invitation: Invitation, name: str, password: str, zone: str, now: datetime) -> User:
    """Make the account an invitation is for. Raises NotPossible when it is used, withdrawn or too old."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if not invitation.is_open(now):
            raise NotPossible(
                "This invitation was used already, was withdrawn, or is too old. Ask for another."
            )
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise NotPossible(f"{invitation.email} has an account already. Sign in with it.")
        user = User.objects.create_user(
            invitation.email, password, name=name, role=invitation.role, zone=zone
        )
        for team in invitation.teams.all():
            team.members.add(user)
        invitation.accepted_at = now
        invitation.save()
        record(by=user, verb="person.joined", subject=user.email, sentence="accepted an invitation")
    return user


def set_role(*, by: User, person: User, role: str) -> None:
    """Change what somebody may do. Raises NotPossible rather than leave the house without an administrator."""
    with transaction.atomic():
        administrators = list(
            User.objects.select_for_update()
            .filter(role="administrator", is_active=True)
            .values_list("pk", flat=True)
        )
        if administrators == [person.pk] and role != "administrator":
            raise NotPossible(
                "Somebody has to remain administrator. Make another person administrator first."
            )
        User.objects.filter(pk=person.pk).update(role=role)
        record(by=by, verb="person.role", subject=person.email, sentence=f"made {person} {role}", role=role)


def set_active(*, by: User, person: User, active: bool) -> None:
    with transaction.atomic():
        administrators = list(
            User.objects.select_for_update()
            .filter(role="administrator", is_active=True)
            .values_list("pk", flat=True)
        )
        if not active and administrators == [person.pk]:
            raise NotPossible("The last administrator cannot be signed out for good.")
        User.objects.filter(pk=person.pk).update(is_active=active)
        word = "may sign in again" if active else "may no longer sign in"
        record(by=by, verb="person.active", subject=person.email, sentence=f"said that {person} {word}")


def save_profile(*, by: User, changes: dict) -> None:
    with transaction.atomic():
        for name, value in changes.items():
            setattr(by, name, value)
        by.save(update_fields=list(changes))
        record(by=by, verb="profile.saved", subject=by.email, sentence="changed their own account")


def save_team(*, by: User, name: str, about: str, members, team: Team | None = None) -> Team:
    with transaction.atomic():
        team = team or Team()
        team.name, team.about = name, about
        team.slug = team.slug or free_slug(Team, name)
        team.save()
        team.members.set(members)
        record(by=by, verb="team.saved", subject=team.name, sentence=f"saved the team {team.name}")
    return team


def free_slug(model, name: str) -> str:
    base = slugify(name)[:70] or "x"
    slug, number = base, 1
    while model.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug
