"""Deciding about the window when it and a deadline cannot both be kept."""

from __future__ import annotations

from datetime import datetime

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.interviews.forms import attempt, number
from postmortems.interviews.scheduling import actions
from postmortems.web.times import parse_local


@incident_view(Permission.WRITE)
@require_POST
def decide(request, incident):
    attempt(
        request,
        lambda: actions.decide(
            incident=incident, by=request.user, way=request.POST.get("way", ""), reason=request.POST.get("reason", ""),
            soak_hours=number(request, "soak_hours"), fade_hours=number(request, "fade_hours"),
            full_edition_at=_day(request), now=timezone.now(),
        ),
        "Noted. Times already planned stay as they are; plan again to use the window.",
    )  # fmt: skip
    return redirect("interviews:board", incident.ref)


def _day(request) -> datetime | None:
    """The end of the working day of the date that was chosen, on the reader's clock."""
    try:
        return parse_local(
            f"{datetime.fromisoformat(request.POST.get('full_edition_on', '')).date()}T18:00", request.user.tz
        )
    except (ValueError, OverflowError):
        return None
