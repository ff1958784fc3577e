from __future__ import annotations

import difflib
import re
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.markdown import to_html
from postmortems.writeup import actions, merging, sections
from postmortems.writeup.models import Clash, Condition, Section


@incident_view(Permission.READ)
@require_safe
def edit(request, incident):
    return TemplateResponse(request, "writeup/edit.html", _page(incident))


def _page(incident) -> dict:
    written = {section.key: section for section in incident.sections.select_related("saved_by")}
    open_clashes = list(
        Clash.objects.filter(section__incident=incident, settled="").select_related("section")
    )

    def parts(r: str) -> list[dict]:
        return [
            {
                "about": about,
                "section": written.get(about.key),
                "clashes": [clash for clash in open_clashes if clash.section.key == about.key],
            }
            for about in sections.of(r)
        ]

    return {
        "incident": incident,
        "opening": parts(""),
        "rs": [
            {"key": key, "name": name, "sentence": sentence, "parts": parts(key)}
            for key, (name, sentence) in sections.R.items()
        ],
        "conditions": incident.conditions.prefetch_related("events__source"),
        "pinned": incident.events.pinned().select_related("source").in_order()[:200],
    }


@incident_view(Permission.WRITE)
@require_POST
def save(request, incident, key):
    """Keep a text. Whoever wrote in the meantime, both stand; asked for JSON it says so in JSON."""
    if key not in sections.BY_KEY:
        raise Http404("There is no such section.")
    version = request.POST.get("version", "0")
    saved = actions.save_section(
        incident=incident,
        key=key,
        text=request.POST.get("text", ""),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        by=request.user,
    )
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(_told(saved, request.POST.get("text", "")))
    title = sections.BY_KEY[key].title
    if saved.clashes:
        messages.warning(
            request, f"“{title}” is saved. Somebody else changed the same words: both are shown there."
        )
    elif saved.joined:
        messages.success(request, f"“{title}” is saved, together with what somebody else wrote meanwhile.")
    else:
        messages.success(request, f"“{title}” is saved.")
    return redirect(f"{_address(incident)}#{key}")


def _told(saved: actions.Saved, text: str) -> dict:
    """For the page: under which number its own text is kept, and what stands when that is something else."""
    section = saved.section
    told = {"version": section.version, "mine": saved.mine, "saved_at": section.saved_at.isoformat()}
    if saved.joined:
        told["text"] = section.text
        told["moves"] = merging.moves(text, section.text)
        told["clashes"] = len(saved.clashes)
    return told


@incident_view(Permission.WRITE)
@require_POST
def settle(request, incident, pk):
    """Decide between words that two people changed differently."""
    clash = get_object_or_404(Clash.objects.filter(section__incident=incident), pk=pk)
    try:
        section = actions.settle(
            clash=clash, by=request.user, how=request.POST.get("how", ""), now=timezone.now()
        )
    except ValueError:
        messages.error(request, "Choose which words stand.")
        return redirect(f"{_address(incident)}#{clash.section.key}")
    messages.success(request, "Decided. The other words are in the history.")
    return redirect(f"{_address(incident)}#{section.key}")


def _address(incident) -> str:
    return reverse("writeup:edit", args=[incident.ref])


@incident_view(Permission.READ)
@require_POST
def preview(request, incident):
    name = "writeup/preview.html#preview" if request.htmx else "writeup/preview.html"
    text = mark_safe(to_html(request.POST.get("text", "")))  # noqa: S308 the sanitiser is its last step
    return TemplateResponse(request, name, {"incident": incident, "text": text})


@incident_view(Permission.READ)
@require_safe
def history(request, incident, key):
    about = sections.BY_KEY.get(key)
    if about is None:
        raise Http404("There is no such section.")
    section = Section.objects.filter(incident=incident, key=key).first()
    texts = list(section.history.select_related("saved_by")[:200]) if section else []
    chosen = next(
        (t for t in texts if str(t.version) == request.GET.get("version")), texts[0] if texts else None
    )
    before = next((t for t in texts if chosen and t.version == chosen.written_from), None)
    return TemplateResponse(
        request,
        "writeup/history.html",
        {
            "incident": incident,
            "about": about,
            "section": section,
            "texts": texts,
            "chosen": chosen,
            # the first text is all new, and easier to read without saying so
            "difference": difference((before or chosen).text, chosen.text) if chosen else "",
        },
    )


@incident_view(Permission.WRITE)
@require_POST
def restore(request, incident, key, version):
    section = get_object_or_404(Section, incident=incident, key=key)
    text = get_object_or_404(section.history, version=version)
    actions.save_section(
        incident=incident,
        key=key,
        text=text.text,
        version=section.version,
        by=request.user,
        restored_from=text.version,
    )
    messages.success(request, f"The text of version {version} stands again; the others are kept.")
    return redirect(f"{_address(incident)}#{key}")


def difference(before: str, after: str) -> str:
    """Word by word, as HTML of ins and del around escaped text."""
    one, two = (_words(text) for text in (before, after))
    parts = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if what in ("replace", "delete"):
            parts.append(f"<del>{escape(''.join(one[a:b]))}</del>")
        if what in ("replace", "insert"):
            parts.append(f"<ins>{escape(''.join(two[c:d]))}</ins>")
        if what == "equal":
            parts.append(escape("".join(one[a:b])))
    return mark_safe("".join(parts))  # noqa: S308 every part was escaped


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


# --- conditions ------------------------------------------------------------------------------------


class ConditionForm(forms.Form):
    sentence = forms.CharField(
        label="The condition, in one sentence", max_length=300,
        help_text="Something without which it would have gone otherwise. There are always several.",
    )  # fmt: skip
    kind = forms.ChoiceField(choices=Condition.Kind.choices)
    made_sense = forms.CharField(
        label="How it made sense at the time", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why was this reasonable, or invisible, before that day?",
    )  # fmt: skip
    events = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="The events it rests on", widget=forms.CheckboxSelectMultiple,
        help_text="Pinned events can be cited. Pin what matters on the timeline first.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, incident, condition=None, **kwargs):
        super().__init__(*args, **kwargs)
        cited = condition.events.values("pk") if condition else []
        self.fields["events"].queryset = (
            (incident.events.pinned() | incident.events.filter(pk__in=cited)).distinct().in_order()
        )
        self.fields["events"].label_from_instance = lambda event: f"{_clock(event, incident)} {event}"
        if condition:
            self.initial = {
                "sentence": condition.sentence, "kind": condition.kind, "made_sense": condition.made_sense,
                "events": condition.events.all(), "version": condition.version,
            }  # fmt: skip


def _clock(event, incident) -> str:
    """The time of an event in the incident's zone, as it will be published: no more precise than its source."""
    at = event.at.astimezone(ZoneInfo(incident.zone))
    if event.certainty == "approximate":
        return f"~{at:%H:%M}"
    return at.strftime("%H:%M" if event.precision in ("minute", "hour", "day") else "%H:%M:%S")


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def condition(request, incident, number=None):
    found = get_object_or_404(incident.conditions, number=number) if number else None
    form = ConditionForm(request.POST or None, incident=incident, condition=found)
    standing = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        version = data.pop("version") or 1
        try:
            saved = actions.save_condition(
                incident=incident, by=request.user, condition=found, version=version, **data
            )
        except actions.ConditionStale as stale:
            standing = stale.condition
            form.data = form.data.copy()
            form.data["version"] = standing.version
        else:
            messages.success(request, f"C{saved.number} is recorded.")
            return redirect(f"{_address(incident)}#conditions")
    return TemplateResponse(
        request,
        "writeup/condition.html",
        {"incident": incident, "form": form, "condition": found, "standing": standing},
    )


@incident_view(Permission.WRITE)
@require_POST
def remove_condition(request, incident, number):
    actions.remove_condition(condition=get_object_or_404(incident.conditions, number=number), by=request.user)
    messages.success(request, f"C{number} is removed; its number will not be used again.")
    return redirect(f"{_address(incident)}#conditions")
