from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.remediation import actions, vague
from postmortems.remediation.items.access import item_of
from postmortems.remediation.items.forms import ItemForm
from postmortems.remediation.lists.effects import due_from
from postmortems.remediation.models import EffectCheck, Item, Tracker
from postmortems.remediation.way import NEXT, asks_why
from postmortems.writeup.citing.references import references_of


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
    items = list(incident.items.for_list())
    return {
        "incident": incident,
        "items": items,
        "something_follows": any(item.status != Item.Status.DROPPED for item in items),
        "today": timezone.localdate(),
    }


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, incident):
    number = request.GET.get("condition", "")  # from the page of conditions
    answers = incident.conditions.filter(number=number) if number.isascii() and number.isdigit() else ()
    form = ItemForm(request.POST or None, incident=incident, initial={"conditions": answers})
    if request.method == "POST" and form.is_valid():
        item = actions.add_item(
            incident=incident, by=request.user, conditions=form.cleaned_data["conditions"], **form.values()
        )
        return _saved(request, item)
    return TemplateResponse(request, "remediation/edit.html", {"incident": incident, "form": form})


@incident_view(Permission.READ)
@require_POST
def check(request, incident):
    """What a kind editor would ask about an item as it is typed; nothing is kept."""
    typed = {name: request.POST.get(name, "")[:300] for name in ("what", "how_we_know")}
    asked = vague.questions(
        **typed, owner=bool(request.POST.get("owner")), due=bool(request.POST.get("due_on"))
    )
    return TemplateResponse(
        request, "remediation/edit.html#asked", {"questions": asked, "typed": bool(typed["what"].strip())}
    )


def asked_of(item: Item) -> list[str]:
    return vague.questions(
        what=item.what, how_we_know=item.how_we_know, owner=bool(item.owner_id), due=bool(item.due_on)
    )


def _saved(request, item):
    asked = asked_of(item)
    messages.success(request, f"R{item.number} is saved.")
    if asked:
        messages.warning(request, "A kind editor would ask: " + " ".join(asked))
    return redirect("remediation:item", item.incident.ref, item.number)


@require_safe
def item(request, ref, number):
    item = item_of(request, ref, number, change=False)
    now = timezone.now()
    effect_from = due_from(item)
    return TemplateResponse(
        request,
        "remediation/item.html",
        {
            "incident": item.incident,
            "item": item,
            "next": [(key, Item.Status(key).label, asks_why(item.status, key)) for key in NEXT[item.status]]
            if item.may_change
            else [],
            "settling": item.is_settling(now),
            "today": timezone.localdate(),
            "questions": asked_of(item),
            # whoever only owns the item sees the words of a citation, and nothing of the evidence
            "refer": references_of(item.incident, [item.detail])
            if Permission.READ in request.permissions
            else None,
            "steps": item.steps.select_related("by"),
            "links": item.links.all(),
            "tracked": getattr(item, "tracked", None),
            "trackers": item.may_change and Tracker.objects.filter(active=True).exists(),
            "effect": EffectCheck.objects.filter(item=item).select_related("by").first(),
            "effect_from": effect_from,
            "effect_due": bool(effect_from and effect_from <= now),
            "answers": EffectCheck.Answer.choices,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, ref, number):
    item = item_of(request, ref, number, change=True)
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
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, saved)
    return TemplateResponse(
        request,
        "remediation/edit.html",
        {"incident": item.incident, "form": form, "item": item, "standing": standing},
    )


@require_POST
def move(request, ref, number):
    item = item_of(request, ref, number, change=True)
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


@require_POST
def link(request, ref, number):
    item = item_of(request, ref, number, change=True)
    try:
        actions.add_link(
            item=item, by=request.user, url=request.POST.get("url", ""), title=request.POST.get("title", "")
        )
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return redirect("remediation:item", item.incident.ref, item.number)


@require_POST
def unlink(request, ref, number, pk):
    item = item_of(request, ref, number, change=True)
    actions.remove_link(link=get_object_or_404(item.links, pk=pk), by=request.user)
    messages.success(request, "The link is gone.")
    return redirect("remediation:item", item.incident.ref, item.number)


@require_POST
def effect(request, ref, number):
    item = item_of(request, ref, number, change=True)
    try:
        actions.check_effect(
            item=item, by=request.user, held=request.POST.get("held", ""),
            would_have_changed=request.POST.get("would_have_changed", ""), words=request.POST.get("words", ""),
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, "Thank you. The archive learns from it, too.")
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return redirect("remediation:item", item.incident.ref, item.number)
