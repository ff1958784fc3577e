from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.calendars import ics
from postmortems.interviews.inviting import actions, feed
from postmortems.interviews.models import BusyCalendar, CalendarKey
from postmortems.interviews.private import private_page
from postmortems.interviews.refusals import NotPossible
from postmortems.web import fetched


@login_not_required
@require_safe
def subscribe(request, key):
    """The feed itself: calendar programs have no session, the address is the secret."""
    found = feed.key_of(key)
    if found is None:
        raise Http404("There is no calendar at this address.")
    data = feed.calendar(found, now=timezone.now())
    return fetched.answer(request, data, kind=ics.TYPE, filename="conversations.ics")


@require_safe
@private_page
def my_calendar(request):
    """A page of its own, and a part of the account's page."""
    key = CalendarKey.objects.filter(user=request.user).first()
    return TemplateResponse(
        request,
        "interviews/my_calendar.html" + ("#calendars" if request.htmx else ""),
        {
            "key": key,
            "address": feed.address_of(key) if key else "",
            "calendar": BusyCalendar.objects.filter(user=request.user).first(),
        },
    )


@require_POST
@private_page
def change_feed(request):
    what = request.POST.get("what", "")
    if what == "make":
        actions.make_calendar_key(by=request.user, now=timezone.now())
        messages.success(request, "This is the address now. An earlier one no longer works.")
    elif what == "remove":
        actions.remove_calendar_key(by=request.user)
        messages.success(request, "The address no longer works.")
    elif what == "discreet":
        actions.set_discreet(by=request.user, discreet=request.POST.get("discreet") == "1")
        messages.success(request, "Saved.")
    return redirect("interviews:my_calendar")


@require_POST
@private_page
def change_busy(request):
    try:
        if request.POST.get("what") == "forget":
            actions.forget_calendar(owner=request.user)
            messages.success(request, "Forgotten, with all that was read from it.")
        else:
            actions.name_calendar(
                owner=request.user, address=request.POST.get("address", ""), now=timezone.now()
            )
            messages.success(request, "It is read in a moment.")
    except NotPossible as refused:
        messages.error(request, str(refused))
    return redirect("interviews:my_calendar")
