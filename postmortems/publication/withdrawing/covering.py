"""Which withdrawal covers a text: its own, or that of a later one."""

from __future__ import annotations

from django.db.models import Q

from postmortems.publication.models import Revision, Twin, Withdrawal


def of_revision(revision: Revision) -> Withdrawal | None:
    """The first that covers it, as it told readers then."""
    found = Withdrawal.objects.filter(
        revision__incident=revision.incident_id, revision__number__gte=revision.number
    )
    return found.select_related("revision").order_by("at", "pk").first()


def of_twin(twin: Twin) -> Withdrawal | None:
    """The first that covers it: of itself or a later one for the same readers, or of the revision it was made from."""
    itself = Q(twin__incident=twin.incident_id, twin__audience=twin.audience, twin__number__gte=twin.number)
    revision = Q(revision__incident=twin.incident_id, revision__number__gte=twin.revision.number)
    found = Withdrawal.objects.filter(itself | revision)
    return found.select_related("revision", "twin").order_by("at", "pk").first()


def is_withdrawn(revision: Revision) -> bool:
    return of_revision(revision) is not None
