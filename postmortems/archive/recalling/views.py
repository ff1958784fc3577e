from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from postmortems.accounts.models import User
from postmortems.archive.models import Recalling
from postmortems.archive.recalling import actions, links


class LettersForm(forms.Form):
    monthly = forms.BooleanField(
        label="What the month taught",
        required=False,
        help_text="In the first days of a month: what was published, what came back, which promises were kept and which not, and one write-up worth reading again. None when nothing happened.",
    )
    anniversaries = forms.BooleanField(
        label="A year later",
        required=False,
        help_text="A year after a write-up was published that you, your teams or your items had a part in, or that you follow: whether the remedies held. One letter a week at most.",
    )


def standing_of(person: User) -> dict[str, bool]:
    """What somebody gets who was never asked, or what they chose."""
    chosen = Recalling.objects.filter(user=person).first() or Recalling(user=person)
    monthly = person.role == "administrator" if chosen.monthly is None else chosen.monthly
    return {"monthly": monthly, "anniversaries": chosen.anniversaries}


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request):
    """Which letters of the archive I want."""
    form = LettersForm(request.POST or None, initial=standing_of(request.user))
    if request.method == "POST":
        form = LettersForm(request.POST)
        if form.is_valid():
            actions.choose_recalling(by=request.user, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("archive:letters")
    return TemplateResponse(request, "archive/letters.html", {"form": form})


@csrf_exempt  # a mail program presses the button, without a page and a cookie; the key is the secret
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, key):
    """GET changes nothing: mail scanners follow links. A POST ends the letters, also by one click (RFC 8058)."""
    found = links.of(key)
    if found is None:
        raise Http404("This address is not complete. Copy it whole from the letter.")
    person, sort = found
    if request.method == "POST":
        actions.choose_recalling(by=person, **{**standing_of(person), sort: False})
    return TemplateResponse(
        request,
        "archive/end_recalling.html",
        {"ended": request.method == "POST", "monthly": sort == "monthly"},
    )
