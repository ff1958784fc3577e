from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Incident
from postmortems.publication.approving import actions as approving
from postmortems.publication.approving.showing import approvals_of
from postmortems.publication.models import Audience, HouseReplacement, Twin
from postmortems.publication.outside import addresses
from postmortems.publication.twin import actions, showing
from postmortems.publication.twin.drafting import Drafted, draft
from postmortems.publication.twin.parts import Part
from postmortems.publication.withdrawing import actions as withdrawing
from postmortems.publication.withdrawing.views import WithdrawalForm

PAGE = 60  # parts: what one decides about in one sitting, and a browser shows at once
CHANGED = "It changed while you were reading. Please look once more."


def _audience(data) -> str:
    return data.get("for") if data.get("for") in (Audience.PUBLIC, Audience.PARTNER) else Audience.PUBLIC


def _page(incident: Incident, audience: str) -> str:
    return f"{reverse('publication:twin', args=[incident.ref])}?for={audience}"


def _drafted(incident: Incident, audience: str) -> Drafted:
    made = draft(incident, audience)
    if made is None:
        raise Http404("Nothing of this incident is published yet.")
    return made


@incident_view(Permission.READ)
@require_safe
def twin(request, incident):
    """The newest revision part by part, and beside it what outsiders will read of it."""
    audience = _audience(request.GET)
    made = draft(incident, audience)
    if made is None:
        return TemplateResponse(request, "publication/twin.html", {"incident": incident})
    return TemplateResponse(request, "publication/twin.html", _context(request, made))


def _context(request: HttpRequest, made: Drafted) -> dict[str, object]:
    parts = showing.in_order(made)
    page = Paginator(parts, PAGE).get_page(request.GET.get("page"))
    return {
        **_told(request, made),
        "page": page,
        "page_number": page.number,
        "groups": showing.groups(made, page.object_list, parts),
        "fallen": showing.fallen(made),
    }


def _told(request: HttpRequest, made: Drafted) -> dict[str, object]:
    """What changes with every decision."""
    incident, audience = made.incident, made.audience
    replaced = showing.swapped(made)
    gaps = "1" in (request.GET.get("gaps"), request.POST.get("gaps"))
    approvals = approvals_of(
        made.text,
        approve_at=f"{reverse('publication:approve_twin', args=[incident.ref])}?for={audience}",
        ask_at=f"{reverse('publication:ask_about_twin', args=[incident.ref])}?for={audience}",
    )
    twins = incident.twins.standing().filter(audience=audience).defer("content", "html", "words")
    return {
        "incident": incident,
        "made": made,
        "audience": audience,
        "preview": showing.preview(made),
        "with_gaps": gaps,
        "page_number": _page_number(request),
        "gaps": showing.gaps(made) if gaps else [],
        "replaced": replaced,
        "taken_out": showing.taken_out(made, replaced),
        "asked": showing.asked(made),
        "undecided": sum(part.place not in made.choices for part in made.parts),
        "approvals": approvals,
        "may_approve": approvals.may_approve(request.user),
        "twins": [(one, addresses.path(one)) for one in twins.order_by("-number")],
    }


# --- decisions -------------------------------------------------------------------------------------


def _answer(request: HttpRequest, incident: Incident, at: str = "") -> HttpResponse:
    """To a page without script the page; else the part of it that a decision changes."""
    audience = _audience(request.POST)
    if not request.htmx:
        gaps = "&gaps=1" if request.POST.get("gaps") == "1" else ""
        return redirect(
            f"{_page(incident, audience)}{gaps}&page={_page_number(request)}{_anchor(request, at)}"
        )
    made = _drafted(incident, audience)
    return TemplateResponse(
        request,
        "publication/twin.html#told",
        _told(request, made),
    )


def _page_number(request: HttpRequest) -> int:
    """Of the parts on the left, to come back to."""
    said = request.POST.get("page", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 1


def _anchor(request: HttpRequest, at: str = "") -> str:
    at = at or request.POST.get("at", "")
    return f"#{at}" if at and all(sign.isalnum() or sign in "-_" for sign in at) else ""


@incident_view(Permission.WRITE)
@require_POST
def mark(request, incident):
    """For whom parts are: each by its name in the form, or `all` of a group."""
    made = _drafted(incident, _audience(request.POST))
    chosen = _chosen(request, made.parts)
    changed = actions.mark(incident=incident, by=request.user, choices=chosen, now=timezone.now())
    if not chosen:
        messages.warning(request, CHANGED)
    elif not request.htmx:
        messages.success(request, f"{changed} part{'s are' if changed != 1 else ' is'} for other readers now.")  # fmt: skip
    return _answer(request, incident)


def _chosen(request: HttpRequest, parts: list[Part]) -> dict[tuple[str, str, str], str]:
    every, group = request.POST.get("all", ""), request.POST.get("group", "")
    if every in Audience:
        return {part.place: every for part in parts if part.group == group}
    said = ((part, request.POST.get(part.id, "")) for part in parts)
    return {part.place: audience for part, audience in said if audience in Audience}


@incident_view(Permission.WRITE)
@require_POST
def instead(request, incident):
    made = _drafted(incident, _audience(request.POST))
    part = next((one for one in made.parts if one.id == request.POST.get("part")), None)
    if part is None:
        messages.warning(request, CHANGED)
    else:
        actions.say_instead(
            incident=incident, by=request.user, place=part.place, instead=request.POST.get(f"i-{part.id}", ""), now=timezone.now()
        )  # fmt: skip
        messages.success(request, "Outsiders read it like this.")
    return _answer(request, incident, part.id if part else "")


@incident_view(Permission.WRITE)
@require_POST
def words(request, incident):
    """Words that were found, or that somebody thought of: replaced, cleared, or asked about again."""
    data, now = request.POST, timezone.now()
    try:
        if data.get("what") == "stay":
            actions.let_stay(incident=incident, by=request.user, words=data.get("words", ""), now=now)
        elif data.get("what") == "again":
            row = incident.replacements.filter(words=data.get("words", "")).first()
            if row is not None:
                actions.ask_again(replacement=row, by=request.user)
        else:
            actions.replace(
                incident=incident, by=request.user, words=data.get("words", ""), instead=data.get("instead", ""), now=now
            )  # fmt: skip
    except actions.NoWords:
        messages.warning(request, "Say which words, and what outsiders read in their place.")
    return _answer(request, incident)


@incident_view(Permission.WRITE)
@require_POST
def all_found(request, incident):
    """All that was found of a kind at once: as we would, or all of it may stay."""
    made = _drafted(incident, _audience(request.POST))
    stay = request.POST.get("what") == "stay"
    for one in made.found:
        if one.kind == request.POST.get("kind") and one not in made.stubborn:
            decide = {"incident": incident, "by": request.user, "words": one.words, "now": timezone.now()}
            if stay or one.instead is None:
                actions.let_stay(**decide)
            else:
                actions.replace(instead=one.instead, **decide)
    return _answer(request, incident)


# --- approving and publishing ----------------------------------------------------------------------


@incident_view(Permission.APPROVE)
@require_POST
def approve(request, incident):
    made = _drafted(incident, _audience(request.GET))
    try:
        approving.approve(
            text=made.text, by=request.user, digest=request.POST.get("digest", ""), now=timezone.now()
        )
        messages.success(request, "You approved exactly this text.")
    except actions.Changed:
        messages.warning(request, CHANGED)
    except approving.NotNamed:
        messages.warning(
            request, "Only who is named as approver approves. Who leads the review can name you."
        )
    return redirect(_page(incident, made.audience))


@incident_view(Permission.WRITE)
@require_POST
def ask(request, incident):
    made = _drafted(incident, _audience(request.GET))
    asked = approving.ask_approvers(text=made.text, by=request.user, now=timezone.now())
    said = (
        f"{asked} {'person is' if asked == 1 else 'people are'} asked to read and approve, at a decent hour."
    )
    messages.success(request, said if asked else "Everybody was asked about exactly these words already.")
    return redirect(_page(incident, made.audience))


@incident_view(Permission.LEAD)
@require_POST
def publish(request, incident):
    audience = _audience(request.POST)
    try:
        made = actions.publish_twin(
            incident=incident, by=request.user, audience=audience, change_note=request.POST.get("change_note", ""),
            now=timezone.now(), digest=request.POST.get("digest", ""), restricted_too=request.POST.get("restricted_too") == "on",
        )  # fmt: skip
        messages.success(request, f"Number {made.number} is published. The PDF is being set.")
    except actions.NotReady as not_ready:
        messages.error(request, f"Not published yet. {not_ready}")
    except actions.Changed:
        messages.warning(request, CHANGED)
    except actions.Unchanged:
        messages.warning(request, "Nothing changed since the last one, so no new one was made.")
    return redirect(_page(incident, audience))


@incident_view(Permission.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, incident, pk):
    found = get_object_or_404(
        Twin.objects.standing().filter(incident=incident).defer("content", "html", "words"), pk=pk
    )
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdrawing.withdraw_twin(
                twin=found, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
            )
            messages.success(request, "It is withdrawn. Its address says so, and why.")
        except withdrawing.AlreadyWithdrawn:
            messages.info(request, "Somebody withdrew it in the meantime.")
        return redirect(_page(incident, found.audience))
    context = {"incident": incident, "twin": found, "form": form, "address": addresses.path(found)}
    return TemplateResponse(
        request, "publication/twin_withdraw.html", context, status=422 if form.errors else 200
    )


# --- words of the whole house ----------------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def house(request):
    """Words that no write-up tells outsiders. One a line may be brought in: `words = what stands in their place`."""
    if request.method == "POST":
        _change_house(request)
        return redirect("publication:house_words")
    return TemplateResponse(
        request, "publication/house_words.html", {"kept": HouseReplacement.objects.select_related("by")}
    )


def _change_house(request: HttpRequest) -> None:
    data, now = request.POST, timezone.now()
    if data.get("what") == "out":
        chosen = data.get("pk", "")
        row = HouseReplacement.objects.filter(pk=chosen if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0).first()  # fmt: skip
        if row is not None:
            actions.let_out(kept=row, by=request.user)
        return
    lines = [line.partition("=") for line in data.get("words", "").splitlines() if line.strip()][:1000]
    for said, _, read in lines:
        if said.strip():
            actions.keep_inside(
                by=request.user, words=said, instead=read.strip() or data.get("instead", ""), now=now
            )
    if lines:
        messages.success(
            request, f"{len(lines)} wording{'s stay' if len(lines) != 1 else ' stays'} in the house."
        )
