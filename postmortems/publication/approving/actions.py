from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.publication.approving import letters
from postmortems.publication.approving.named import approvers, named, waiting_for
from postmortems.publication.approving.texts import Changed, Text
from postmortems.publication.models import Approval, ApprovedText


class NotNamed(Exception):
    """Whoever wants to approve is no approver of this incident."""


def approve(*, text: Text, by: User, digest: str, now: datetime) -> bool:
    """Agree to exactly the text with this digest; False when `by` did already.

    The lock on the incident lets the last of those whose agreement is needed know that they are the last: who leads
    the review gets one letter. Raises Changed and NotNamed.
    """
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).get(pk=text.incident.pk)
        if by not in approvers(incident):
            raise NotNamed
        if text.digest != digest:
            raise Changed
        ApprovedText.objects.get_or_create(
            incident=incident, digest=digest, defaults={"content": text.document, "audience": text.audience}
        )
        _, new = Approval.objects.get_or_create(incident=incident, by=by, digest=digest, defaults={"at": now})
        if new:
            record(by=by, verb="draft.approved", subject=incident.ref, sentence=f"approved {text.name}", digest=digest)  # fmt: skip
            letters.take_back(incident, by)
            if not waiting_for(incident, digest):
                letters.tell_complete(text, now=now)
    return new


def ask_approvers(*, text: Text, by: User, now: datetime) -> int:
    """Ask those who are named to read and approve, each once for a text; the number of letters."""
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).get(pk=text.incident.pk)
        needed = incident.severity.approvals_needed
        silent = [
            user
            for user, one in named(incident, text.digest)
            if one.agreed_at is None and one.counts(needed) and user.is_active
        ]
        asked = [user for user in silent if letters.ask(text, user, by=by, now=now)]
        if asked:
            record(
                by=by, verb="approval.asked", subject=incident.ref,
                sentence=f"asked {', '.join(map(str, asked))} to approve {text.name}", digest=text.digest,
            )  # fmt: skip
    return len(asked)
