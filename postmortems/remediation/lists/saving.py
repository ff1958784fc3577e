"""Questions to the list of items under a name: one's own, or shared with everybody, who each see what they may."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.lists.asked import Asked
from postmortems.remediation.models import SavedView

MOST = 40  # of one person; of shared ones as many are shown


def visible(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(by=user) | Q(shared=True)).select_related("by")


def save_view(*, by: User, name: str, query: dict[str, str], shared: bool = False) -> SavedView:
    """Keep a question. One of one's own under the same name becomes this one."""
    name = " ".join(name.replace("\x00", "").split())[:80]
    if not name:
        raise NotPossible("Give the view a name, such as “Overdue at Platform”.")
    asked = Asked.of(query)
    if not asked.any:
        raise NotPossible("There is nothing to keep: no filter is set.")
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=by.pk)
        own = SavedView.objects.filter(by=by)
        if own.count() >= MOST and not own.filter(name=name).exists():
            raise NotPossible(f"You have {MOST} views already. Forget one that you no longer need.")
        view, _ = SavedView.objects.update_or_create(
            by=by, name=name, defaults={"query": asked.asked_for, "shared": shared}
        )
        if shared:
            record(
                by=by, verb="view.shared", subject="items", sentence=f"shared the view “{name}” of the items"
            )
    return view


def forget_view(*, view: SavedView, by: User) -> None:
    if view.by_id != by.pk:
        raise NotPossible(f"Only {view.by} can forget this view.")
    view.delete()
