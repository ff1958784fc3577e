from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from timelines.actions import NotPossible
from timelines.masking import actions, listing
from timelines.models import Secret

SHOWN = 25


@never_cache
@incident_view(Permission.WRITE)
@require_safe
def masked(request, incident):
    """The values themselves are here and nowhere else, for those who curate; `?answered` are the ones looked at."""
    answered = "answered" in request.GET
    page = page_of(request, (listing.decided if answered else listing.waiting)(incident), size=SHOWN)
    return TemplateResponse(
        request,
        "timelines/masked.html",
        {
            "incident": incident,
            "answered": answered,
            "page": page,
            "values": listing.with_surroundings(page.object_list),
            "others": (listing.waiting if answered else listing.decided)(incident).count(),
        },
    )


@incident_view(Permission.WRITE)
@require_POST
def decide(request, incident):
    """`answer` is the state wanted, `seen` the one that stood on the page, `value` the digests of the values."""
    try:
        digests = [bytes.fromhex(value[:64]) for value in request.POST.getlist("value")[:SHOWN]]
        state, seen = (Secret.State(request.POST.get(name, "")) for name in ("answer", "seen"))
        with transaction.atomic():
            events = sum(
                actions.decide(incident=incident, by=request.user, digest=digest, seen=seen, state=state)
                for digest in digests
            )
    except ValueError:
        messages.error(request, "Choose one of the answers on the page.")
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        where = "one event" if events == 1 else f"{events} events"
        answered = reverse("timelines:masked", args=[incident.ref]) + "?answered"
        messages.success(request, format_html(_DONE[state], where=where, answered=answered))
    return redirect("timelines:masked", incident.ref)


_DONE = {
    Secret.State.KEPT: 'It stays masked in {where}, and wherever it is imported again. <a href="{answered}">Undo</a>',
    Secret.State.SHOWN: 'It is shown in {where} now. <a href="{answered}">Mask it again</a>',
    Secret.State.MASKED: "It is masked in {where}, and waits for an answer.",
}
