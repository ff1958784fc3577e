from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.accounts.permissions import ORGANISATION_ROLES, REVIEW_ROLES
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.publication.models import Revision, Twin, Withdrawal
from postmortems.publication.outside.keeping import changing
from postmortems.publication.withdrawing.covering import is_withdrawn, of_twin


class NoReason(Exception):
    """A withdrawal says why."""


class AlreadyWithdrawn(Exception):
    """It was withdrawn before, itself or with a later one."""


def withdraw(*, revision: Revision, by: User, reason: str, now: datetime) -> Withdrawal:
    """Take a revision back, with every one before it and the twins that were made from them.

    In this transaction the database takes the card of the archive away, unless a later revision stands; what is
    answered to outsiders is forgotten. The frozen texts stay. Raises NoReason and AlreadyWithdrawn.
    """
    with transaction.atomic():
        incident = _locked(revision.incident_id, reason)
        if is_withdrawn(revision):
            raise AlreadyWithdrawn
        for twin in incident.twins.filter(revision__number__lte=revision.number).standing():
            changing(twin)
        made = Withdrawal.objects.create(
            revision=revision, reason=reason.strip(), by=by, role=role_of(by, incident), at=now
        )
        record(
            by=by, verb="revision.withdrawn", subject=incident.ref, digest=revision.digest,
            sentence=f"withdrew revision {revision.number}" + (" and those before it" if revision.number > 1 else ""),
        )  # fmt: skip
    return made


def withdraw_twin(*, twin: Twin, by: User, reason: str, now: datetime) -> Withdrawal:
    """Take back what outsiders read, with the earlier numbers for the same readers; the revision stays."""
    with transaction.atomic():
        incident = _locked(twin.incident_id, reason)
        if of_twin(twin):
            raise AlreadyWithdrawn
        changing(twin)
        made = Withdrawal.objects.create(
            twin=twin, reason=reason.strip(), by=by, role=role_of(by, incident), at=now
        )
        record(
            by=by, verb="twin.withdrawn", subject=incident.ref, digest=twin.digest,
            sentence=f"withdrew number {twin.number} of what is told to {'partners' if twin.audience == 'partner' else 'everybody'}",
        )  # fmt: skip
    return made


def role_of(user: User, incident: Incident) -> str:
    """What they are on the review, or else in the organisation."""
    places = set(incident.circle.filter(user=user).values_list("role", flat=True))
    return next(
        (role.name for key, role in REVIEW_ROLES.items() if key in places), ORGANISATION_ROLES[user.role].name
    )


def _locked(incident_id: int, reason: str) -> Incident:
    if not reason.strip():
        raise NoReason
    return Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
