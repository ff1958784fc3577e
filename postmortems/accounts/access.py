"""The door of pages that belong to no incident."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from postmortems.accounts.permissions import Permission


def organisation_view(permission: Permission) -> Callable:
    """403 to those whose role does not allow it."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied(
                    f"This needs somebody who may {permission.value}. Ask an administrator."
                )
            return view(request, *args, **kwargs)

        inner.permission = permission
        return inner

    return decorate
