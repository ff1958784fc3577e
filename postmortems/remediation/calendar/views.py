from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.calendars import ics
from postmortems.remediation.calendar import actions, feed
from postmortems.web import fetched


@login_not_required
@require_safe
def subscribe(request, key):
    """The feed itself: calendar programs have no session, the address is the secret."""
    found = feed.key_of(key)
    if found is None:
        raise Http404("There is no calendar at this address.")
    data = feed.calendar(found, now=timezone.now())
    return fetched.answer(request, data, kind=ics.TYPE, filename="items.ics")


@require_POST
def change(request):
    what = request.POST.get("what", "")
    if what == "make":
        actions.make_item_calendar(
            by=request.user, with_teams=request.POST.get("with_teams") == "1", now=timezone.now()
        )
        messages.success(request, "This is the address now. An earlier one no longer works.")
    elif what == "remove":
        actions.remove_item_calendar(by=request.user)
        messages.success(request, "The address no longer works.")
    return redirect("remediation:hearing")
