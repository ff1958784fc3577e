"""Views of the timeline under a name: a reader's own, or shared with all who read the incident."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from timelines.actions import NotPossible
from timelines.asked import NAMES, Asked
from timelines.models import SavedView

MOST = 40  # of one incident, for one reader


def visible(incident: Incident, user: User) -> QuerySet[SavedView]:
    return incident.saved_views.filter(Q(by=user) | Q(shared=True)).select_related("by")


def save(
    *, incident: Incident, by: User, name: str, query: dict[str, str], shared: bool = False
) -> SavedView:
    """Keep a question to the timeline. A view of one's own under the same name becomes this one."""
    name = " ".join(name.replace("\x00", "").split())[:80]
    if not name:
        raise NotPossible("Give the view a name, such as “What the on-call saw”.")
    asked = Asked.of(query)
    if not asked.any:
        raise NotPossible("There is nothing to keep: no filter is set and no stretch of time chosen.")
    kept = {part: str(query[part])[:300] for part in NAMES if query.get(part)}
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        if (
            visible(incident, by).count() >= MOST
            and not incident.saved_views.filter(by=by, name=name).exists()
        ):
            raise NotPossible(f"There are {MOST} views already. Forget one that nobody needs.")
        view, _ = SavedView.objects.update_or_create(
            incident=incident, by=by, name=name, defaults={"query": kept, "shared": shared}
        )
        if shared:
            record(
                by=by,
                verb="view.shared",
                subject=incident.ref,
                sentence=f"shared the view “{name}” of the timeline",
            )
    return view


def forget(*, view: SavedView, by: User) -> None:
    """Take a view away; only whoever saved it does."""
    if view.by_id != by.pk:
        raise NotPossible(f"Only {view.by} can forget this view.")
    view.delete()
