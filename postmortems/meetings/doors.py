"""From an incident to its meeting, and who may write in it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from postmortems.accounts.permissions import Permission
from postmortems.incidents.models import Incident
from postmortems.meetings.models import Meeting


def current(incident: Incident) -> Meeting | None:
    """The meeting that is planned; without one the last that was held."""
    rows = incident.meetings.select_related("facilitator", "note_taker").exclude(
        state=Meeting.State.CANCELLED
    )
    found = sorted(rows, key=lambda one: (one.state == Meeting.State.PLANNED, one.starts_at, one.pk))
    for one in found[-1:]:
        one.incident = incident
        return one
    return None


def the_meeting(incident: Incident) -> Meeting:
    meeting = current(incident)
    if meeting is None:
        raise Http404("No meeting of this review is planned.")
    return meeting


def may_write(request: HttpRequest, meeting: Meeting) -> bool:
    """Who may write in the review, and whoever takes the notes of this meeting."""
    return Permission.WRITE in request.permissions or meeting.note_taker_id == request.user.pk


def written_by(request: HttpRequest, incident: Incident) -> Meeting:
    """The meeting for somebody who may write in it; 403 to others who may read."""
    meeting = the_meeting(incident)
    if not may_write(request, meeting):
        raise PermissionDenied(
            "The agenda, the minutes and who came are written by reviewers and by who takes the notes."
        )
    return meeting
