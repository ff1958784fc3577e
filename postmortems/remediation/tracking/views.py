from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.items.access import item_of
from postmortems.remediation.models import Item, Tracked, Tracker, TrackerLogin
from postmortems.remediation.tracking import actions, knocking
from postmortems.remediation.tracking.forms import AddForm, ChangeForm, LoginForm
from postmortems.remediation.tracking.looking import words_for
from postmortems.remediation.tracking.meaning import written

TROUBLED = 20  # items of a tracker that its page lists

# --- trackers ----------------------------------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def trackers(request):
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tracker, secret = actions.add_tracker(by=request.user, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            _try(request, tracker)
            return _tracker(request, tracker, secret=secret)
    found = Tracker.objects.annotate(count=Count("issues"))
    return TemplateResponse(request, "remediation/tracking/trackers.html", {"trackers": found, "form": form})


@organisation_view(Permission.MANAGE_SETTINGS)
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def tracker(request, pk):
    tracker = get_object_or_404(Tracker, pk=pk)
    form = _form(tracker, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_tracker(tracker=tracker, by=request.user, now=timezone.now(), **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            tracker.refresh_from_db()
            _try(request, tracker)
            return redirect("remediation:tracker", tracker.pk)
    return _tracker(request, tracker, form=form)


def _form(tracker: Tracker, data=None) -> ChangeForm:
    initial = {name: getattr(tracker, name) for name in ("name", "account", "issue_type", "unsigned")}
    return ChangeForm(data, kind=tracker.kind, initial=initial | {"meanings": written(tracker.meanings)})


def _tracker(request, tracker: Tracker, *, form: ChangeForm | None = None, secret: str = "") -> HttpResponse:
    tracker.refresh_from_db()
    troubled = Item.objects.visible_to(request.user).filter(tracked__tracker=tracker)
    troubled = troubled.exclude(tracked__conflict={}, tracked__gone="", tracked__trouble="")
    counted = tracker.issues.aggregate(
        all=Count("pk"), waiting=Count("pk", filter=Q(key="") | Q(look_at__lte=timezone.now()))
    )
    context = {
        "tracker": tracker, "form": form or _form(tracker), "secret": secret, "counted": counted, "logins_form": LoginForm(),
        "address": request.build_absolute_uri(reverse("remediation:knock", args=[tracker.key])),
        "logins": TrackerLogin.objects.filter(host=tracker.host).select_related("user"),
        "troubled": troubled.for_list().order_by("pk")[:TROUBLED],
    }  # fmt: skip
    return TemplateResponse(request, "remediation/tracking/tracker.html", context)


def _try(request, tracker: Tracker) -> None:
    works, sentence = actions.try_tracker(tracker=tracker, by=request.user, now=timezone.now())
    (messages.success if works else messages.error)(request, sentence)


@organisation_view(Permission.MANAGE_SETTINGS)
@sensitive_post_parameters("secret")
@require_POST
def change_tracker(request, pk, what):
    tracker = get_object_or_404(Tracker, pk=pk)
    try:
        if what == "try":
            _try(request, tracker)
        elif what == "secret":
            own = request.POST.get("secret", "")
            secret = actions.new_secret(tracker=tracker, by=request.user, secret=own)
            return _tracker(request, tracker, secret="" if own else secret)
        elif what == "remove":
            actions.remove_tracker(tracker=tracker, by=request.user)
            messages.success(request, "The tracker is taken away. Its issues stay where they are.")
            return redirect("remediation:trackers")
        else:
            actions.set_active(tracker=tracker, by=request.user, active=what == "start")
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("remediation:tracker", pk)


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def add_login(request, pk):
    tracker = get_object_or_404(Tracker, pk=pk)
    form = LoginForm(request.POST)
    try:
        if not form.is_valid():
            raise NotPossible("Choose a person, and say how they are called there.")
        actions.set_login(tracker=tracker, by=request.user, now=timezone.now(), **form.cleaned_data)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(reverse("remediation:tracker", args=[pk]) + "#people")


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def remove_login(request, pk, login):
    tracker = get_object_or_404(Tracker, pk=pk)
    found = get_object_or_404(TrackerLogin.objects.select_related("user"), host=tracker.host, pk=login)
    actions.remove_login(login=found, by=request.user)
    return redirect(reverse("remediation:tracker", args=[pk]) + "#people")


# --- the issue of an item ----------------------------------------------------------------------------


@require_safe
def issue(request, ref, number):
    """What an issue would say, and where one is made or linked."""
    item = item_of(request, ref, number, change=True)
    if Tracked.objects.filter(item=item).exists():
        return redirect("remediation:item", item.incident.ref, item.number)
    context = {
        "incident": item.incident, "item": item, "trackers": Tracker.objects.filter(active=True),
        "words": words_for(Tracked(item=item)),
    }  # fmt: skip
    return TemplateResponse(request, "remediation/tracking/issue.html", context)


@require_POST
def change_issue(request, ref, number, what):
    item = item_of(request, ref, number, change=True)
    try:
        if what in ("make", "link"):
            _begin(request, item, what)
        else:
            _go_on(
                request,
                get_object_or_404(Tracked.objects.select_related("item__incident", "tracker"), item=item),
                what,
            )
    except NotPossible as error:
        messages.error(request, str(error))
        if what in ("make", "link"):
            return redirect("remediation:issue", item.incident.ref, item.number)
    return redirect(reverse("remediation:item", args=[item.incident.ref, item.number]) + "#issue")


def _begin(request, item: Item, what: str) -> None:
    chosen = request.POST.get("tracker", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else 0
    tracker = Tracker.objects.filter(pk=number, active=True).first()
    if tracker is None:
        raise NotPossible("Choose a tracker.")
    now = timezone.now()
    if what == "make":
        actions.make_issue(
            item=item, tracker=tracker, by=request.user, now=now, openly=request.POST.get("openly") == "1"
        )
        messages.success(request, f"An issue is made in {tracker}.")
    else:
        actions.link_issue(
            item=item, tracker=tracker, by=request.user, now=now, address=request.POST.get("address", "")
        )
        messages.success(request, "They are linked, and compared in a moment.")


def _go_on(request, tracked: Tracked, what: str) -> None:
    soon = "in a moment" if tracked.tracker.active else f"as soon as {tracked.tracker} goes on"
    if what == "unlink":
        actions.unlink_issue(tracked=tracked, by=request.user)
        messages.success(request, "The item and its issue go their own ways.")
    elif what == "settle":
        actions.settle(
            tracked=tracked, by=request.user, field=request.POST.get("field", ""), keep=request.POST.get("keep", ""),
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, f"It is done {soon}.")
    else:
        knocking.changed_here(item=tracked.item, now=timezone.now())
        messages.success(request, f"They are compared {soon}.")
