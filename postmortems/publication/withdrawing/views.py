from __future__ import annotations

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.publication.withdrawing import actions


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label="Why it is withdrawn", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Whoever comes to its address reads this, so leave out what must not be read.",
    )  # fmt: skip


@incident_view(Permission.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, incident, number):
    """What withdrawing means here, and the reason; a POST does it."""
    revision = get_object_or_404(
        incident.revisions.standing().defer("content", "html", "words"), number=number
    )
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(
                revision=revision, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
            )
            messages.success(request, "It is withdrawn. Its address says so, and why.")
        except actions.AlreadyWithdrawn:
            messages.info(request, "Somebody withdrew it in the meantime.")
        return redirect("publication:readiness", incident.ref)
    covered = incident.revisions.standing().filter(number__lte=number)
    context = {
        "incident": incident,
        "revision": revision,
        "form": form,
        "earlier": sorted(covered.exclude(number=number).values_list("number", flat=True)),
        "stands": incident.revisions.filter(number__gt=number).exists(),
        "twins": incident.twins.filter(revision__number__lte=number).standing().count(),
        "open_items": incident.items.exclude(status__in=["verified", "dropped"]).count(),
    }
    return TemplateResponse(request, "publication/withdraw.html", context, status=422 if form.errors else 200)
