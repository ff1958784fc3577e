"""The one door from a reference in the address to the incident the caller may read or write.

404 to strangers, who cannot tell a hidden incident from none; 403 to those who may see it but not do this.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from postmortems.accounts.models import User
from postmortems.accounts.permissions import ORGANISATION_ROLES, REVIEW_ROLES, Permission
from postmortems.incidents.models import Incident


def permissions(user: User, incident: Incident) -> frozenset[Permission]:
    """Everything `user` may do on `incident`: their organisation role, unless it is restricted, and their places in the circle."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    granted: set[Permission] = set()
    if not incident.restricted:
        granted |= ORGANISATION_ROLES[user.role].may
    for member in incident.circle.all():
        if member.user_id == user.pk:
            granted |= REVIEW_ROLES[member.role].may
    return frozenset(granted)


def people_with(incident: Incident, permission: Permission) -> QuerySet[User]:
    """Everybody who holds `permission` on `incident`, by name: the rule of `permissions` as a query."""
    roles = [key for key, role in ORGANISATION_ROLES.items() if permission in role.may]
    places = [key for key, role in REVIEW_ROLES.items() if permission in role.may]
    # of the circle as rows, so that nobody stands in the list twice
    holds = Q(pk__in=incident.circle.filter(role__in=places).values("user"))
    if not incident.restricted:
        holds |= Q(role__in=roles)
    return User.objects.active().filter(holds).order_by("name", "pk")


def require(request: HttpRequest, ref: str, permission: Permission) -> Incident:
    """The incident behind `ref`, with `request.permissions` set. Raises Http404 or PermissionDenied."""
    incident = (
        Incident.objects.select_related("severity")
        .prefetch_related("circle__user")
        .filter(ref=ref.upper())
        .first()
    )
    granted = permissions(request.user, incident) if incident else frozenset()
    if Permission.SEE not in granted:
        raise Http404("There is no incident with this reference that you can see.")
    if permission not in granted:
        raise PermissionDenied(
            f"This needs somebody who may {permission.value}. Ask the lead reviewer of {incident.ref}."
        )
    request.permissions = granted
    request.incident = incident
    return incident


def incident_view(permission: Permission) -> Callable:
    """Turns the `ref` of the address into the incident the caller has `permission` on."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, ref: str, *args, **kwargs) -> HttpResponse:
            return view(request, require(request, ref, permission), *args, **kwargs)

        inner.permission = permission
        return inner

    return decorate
