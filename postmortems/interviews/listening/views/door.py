"""The door to a conversation: whoever conducts it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import permissions
from postmortems.interviews.models import Interview
from postmortems.interviews.private import private_page


def conducted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The first argument becomes the interview: 404 to everybody else, lead reviewers and administrators included."""

    @private_page
    @wraps(view)
    def inner(request: HttpRequest, ref: str, pk: int, **more) -> HttpResponse:
        interview = get_object_or_404(
            Interview.objects.select_related(
                "incident__severity", "participant__user", "interviewer"
            ).prefetch_related("incident__circle"),
            pk=pk,
            incident__ref=ref.upper(),
            interviewer=request.user,
        )
        request.permissions = permissions(request.user, interview.incident)
        if Permission.READ not in request.permissions:
            raise PermissionDenied("You are no longer in the circle of this review.")
        return view(request, interview, **more)

    return inner
