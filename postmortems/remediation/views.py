from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.models import Team, User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view, permissions
from postmortems.remediation import actions, vague
from postmortems.remediation.models import OPEN_STATUSES, Item
from postmortems.web.paging import page_of


class ItemForm(forms.ModelForm):
    tracker_url = forms.URLField(
        label="In the team's tracker", required=False, max_length=500, assume_scheme="https"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Item
        fields = [
            "what",
            "type",
            "how_we_know",
            "owner",
            "team",
            "due_on",
            "size",
            "conditions",
            "detail",
            "tracker_url",
        ]
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "conditions": forms.CheckboxSelectMultiple,
            "detail": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "what": "What will be done",
            "conditions": "The conditions it answers",
            "detail": "More, where it helps",
        }
        help_texts = {
            "what": "Begin with a verb: “Serve bookings from the primary while a replica lags by more than 5 s”."
        }

    def __init__(self, *args, incident, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conditions"].queryset = incident.conditions.all()
        self.fields["owner"].queryset = User.objects.active()
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in actions.FIELDS}


@require_safe
def mine(request):
    """What I promised, and what my teams did: overdue first, then by date."""
    items = (
        Item.objects.filter(status__in=OPEN_STATUSES)
        .visible_to(request.user)
        .for_list()
        .order_by("due_on", "pk")
    )
    return _list(
        request,
        "mine",
        [
            ("Mine", items.filter(owner=request.user)),
            (
                "Of my teams, owned by others",
                items.filter(team__in=request.user.teams.all()).exclude(owner=request.user),
            ),
        ],
        "Items I promised",
    )


@require_safe
def everything(request):
    items = Item.objects.visible_to(request.user).for_list().order_by("due_on", "pk")
    status = request.GET.get("status", "open")
    if status == "open":
        items = items.filter(status__in=OPEN_STATUSES)
    elif status == "unowned":
        items = items.filter(status__in=OPEN_STATUSES, owner=None)
    elif status == "overdue":
        items = items.overdue(timezone.localdate())
    elif status in Item.Status.values:
        items = items.filter(status=status)
    return _list(request, "all", [("Items", items)], "All items", status=status)


@require_safe
def of_team(request, slug):
    team = get_object_or_404(Team, slug=slug)
    items = (
        Item.objects.visible_to(request.user).filter(team=team).for_list().order_by("status", "due_on", "pk")
    )
    return _list(request, "team", [("Items", items)], f"Items of {team.name}")


def _list(request, which, groups, title, **more):
    return TemplateResponse(
        request,
        "remediation/list.html",
        {
            "which": which,
            "title": title,
            "groups": [(name, page_of(request, items, size=50)) for name, items in groups],
            "today": timezone.localdate(),
            "statuses": Item.Status.choices,
            **more,
        },
    )


@incident_view(Permission.READ)
@require_safe
def of_incident(request, incident):
    return TemplateResponse(request, "remediation/of_incident.html", _of(request, incident))


@incident_view(Permission.READ)
@require_safe
def fragment(request, incident):
    """The items by themselves, for the Remedy part of the write-up."""
    return TemplateResponse(request, "remediation/of_incident.html#items", _of(request, incident))


def _of(request, incident) -> dict:
    items = incident.items.for_list()
    return {"incident": incident, "items": items, "today": timezone.localdate()}


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, incident):
    form = ItemForm(request.POST or None, incident=incident)
    if request.method == "POST" and form.is_valid():
        item = actions.add_item(
            incident=incident, by=request.user, conditions=form.cleaned_data["conditions"], **form.values()
        )
        return _saved(request, item)
    return TemplateResponse(request, "remediation/edit.html", {"incident": incident, "form": form})


def _saved(request, item):
    asked = vague.questions(
        what=item.what, how_we_know=item.how_we_know, owner=bool(item.owner_id), due=bool(item.due_on)
    )
    messages.success(request, f"R{item.number} is saved.")
    if asked:
        messages.warning(request, "A kind editor would ask: " + " ".join(asked))
    return redirect("remediation:item", item.incident.ref, item.number)


def _item(request, ref, number, *, change: bool):
    """An item its owner, its team, and those who may read the incident can open; 403 to those who may only read."""
    item = get_object_or_404(
        Item.objects.visible_to(request.user).for_list(), incident__ref=ref.upper(), number=number
    )
    granted = permissions(request.user, item.incident)
    request.permissions = granted
    promised = item.owner_id == request.user.pk or (
        item.team_id and request.user.teams.filter(pk=item.team_id).exists()
    )
    if Permission.READ not in granted and not promised:
        raise Http404
    item.may_change = Permission.WRITE in granted or promised
    if change and not item.may_change:
        raise PermissionDenied("An item is changed by its owner, its team, or a reviewer.")
    return item


@require_safe
def item(request, ref, number):
    item = _item(request, ref, number, change=False)
    return TemplateResponse(
        request,
        "remediation/item.html",
        {
            "incident": item.incident,
            "item": item,
            "next": [(key, Item.Status(key).label) for key in actions.NEXT[item.status]]
            if item.may_change
            else [],
            "settling": item.is_settling(timezone.now()),
            "today": timezone.localdate(),
            "questions": vague.questions(
                what=item.what, how_we_know=item.how_we_know, owner=bool(item.owner_id), due=bool(item.due_on)
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, ref, number):
    item = _item(request, ref, number, change=True)
    form = ItemForm(request.POST or None, incident=item.incident, instance=Item.objects.get(pk=item.pk))
    standing = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.edit_item(
                item=item,
                by=request.user,
                version=form.cleaned_data["version"] or 0,
                conditions=form.cleaned_data["conditions"],
                **form.values(),
            )
        except actions.Stale as stale:
            standing = stale.item
            form.data = form.data.copy()
            form.data["version"] = standing.version
        else:
            return _saved(request, saved)
    return TemplateResponse(
        request,
        "remediation/edit.html",
        {"incident": item.incident, "form": form, "item": item, "standing": standing},
    )


@require_POST
def move(request, ref, number):
    item = _item(request, ref, number, change=True)
    try:
        item = actions.move(
            item=item,
            by=request.user,
            status=request.POST.get("status", ""),
            reason=request.POST.get("reason", ""),
            early_reason=request.POST.get("early_reason", ""),
        )
        messages.success(request, f"R{item.number} is {item.get_status_display().lower()}.")
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return redirect("remediation:item", item.incident.ref, item.number)
