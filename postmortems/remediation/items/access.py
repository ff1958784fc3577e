"""The door of one item: its owner, its team, and those who may read the incident."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import permissions
from postmortems.remediation.models import Item


def item_of(request: HttpRequest, ref: str, number: int, *, change: bool) -> Item:
    """404 to everybody else; where it is to be changed, 403 to those who may only read."""
    item = get_object_or_404(
        Item.objects.visible_to(request.user).for_list().select_related("incident__severity"),
        incident__ref=ref.upper(),
        number=number,
    )
    granted = permissions(request.user, item.incident)
    request.permissions = granted
    promised = item.owner_id == request.user.pk or (
        item.team_id and request.user.teams.filter(pk=item.team_id).exists()
    )
    if Permission.READ not in granted and not promised:
        raise Http404
    item.may_change = Permission.WRITE in granted or promised
    if change and not item.may_change:
        raise PermissionDenied("An item is changed by its owner, its team, or a reviewer.")
    return item
