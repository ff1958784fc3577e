"""Who is named to approve, and what of theirs counts for a text."""

from __future__ import annotations

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.publication.approving import quorum
from postmortems.publication.approving.quorum import Named
from postmortems.publication.content import stamp


def approvers(incident: Incident) -> list[User]:
    """Those with the approver's place in the circle, in the order in which they were named."""
    places = incident.circle.filter(role="approver").select_related("user").order_by("pk")
    return [place.user for place in places]


def named(incident: Incident, digest: str) -> list[tuple[User, Named]]:
    """The approvers, with what they said of the text with this digest."""
    given = dict(incident.approvals.filter(digest=digest).values_list("by", "at"))
    leads = set(incident.circle.filter(role="lead").values_list("user", flat=True))
    return [(user, Named(str(user), given.get(user.pk), user.pk in leads)) for user in approvers(incident)]


def waiting_for(incident: Incident, digest: str) -> list[str]:
    """What is missing, in sentences, before the text with this digest may be published; nothing when it is approved."""
    needed = incident.severity.approvals_needed
    return quorum.missing(needed, [one for _, one in named(incident, digest)])


def agreed(incident: Incident, digest: str) -> list[dict[str, str | None]]:
    """Who approved the text with this digest, as a revision tells it, in the order of their agreeing."""
    needed = incident.severity.approvals_needed
    given = [one for _, one in named(incident, digest) if one.agreed_at and one.counts(needed)]
    return [
        {"name": one.name, "at": stamp(one.agreed_at)} for one in sorted(given, key=lambda one: one.agreed_at)
    ]
