"""What a page tells of the approvals of a text: who is named, what they said, and what changed since somebody agreed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.incidents.models import CircleMember
from postmortems.publication.approving import quorum
from postmortems.publication.approving.named import named
from postmortems.publication.approving.quorum import Named
from postmortems.publication.approving.texts import Text
from postmortems.publication.models import Approval, ApprovedText
from postmortems.publication.reading.comparing import changes


@dataclass(frozen=True)
class Row:
    """One approver. `earlier` is their approval of other words, void since; `changed` are the parts that are others now."""

    place: CircleMember
    said: Named
    counts: bool
    earlier: Approval | None = None
    changed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Approvals:
    """`approve_at` and `ask_at` are the addresses where this text is approved, and where approvers are asked to."""

    text: Text
    needed: int
    rows: list[Row]
    missing: list[str]
    approve_at: str
    ask_at: str

    @property
    def silent(self) -> bool:
        """Whether somebody can still be asked."""
        return any(
            row.counts and row.said.agreed_at is None and row.place.user.is_active for row in self.rows
        )

    def may_approve(self, user: User) -> bool:
        return any(row.place.user_id == user.pk and row.said.agreed_at is None for row in self.rows)


def approvals_of(text: Text, *, approve_at: str = "", ask_at: str = "") -> Approvals:
    incident = text.incident
    needed = incident.severity.approvals_needed
    said = {user.pk: one for user, one in named(incident, text.digest)}
    places = [
        place
        for place in incident.circle.filter(role="approver").select_related("user").order_by("pk")
        if place.user_id in said
    ]
    earlier = _earlier(text)
    kept = {one.digest: one for one in ApprovedText.objects.filter(incident=incident, digest__in={one.digest for one in earlier.values()})}  # fmt: skip
    rows = []
    for place in places:
        one = said[place.user_id]
        before = earlier.get(place.user_id) if one.agreed_at is None else None
        changed = (
            [part.title for part in changes(kept[before.digest].content, text.document)] if before else []
        )
        rows.append(Row(place, one, one.counts(needed), before, changed))
    return Approvals(
        text, needed, rows, quorum.missing(needed, said.values()),
        approve_at or reverse("publication:approve", args=[incident.ref]), ask_at or reverse("publication:ask_approvers", args=[incident.ref]),
    )  # fmt: skip


def _earlier(text: Text) -> dict[int, Approval]:
    """By approver the last thing they approved that was meant for the same readers, and reads otherwise now."""
    same = ApprovedText.objects.filter(incident=text.incident, audience=text.audience).values("digest")
    given = text.incident.approvals.filter(digest__in=same).exclude(digest=text.digest).order_by("at", "pk")
    return {one.by_id: one for one in given}
