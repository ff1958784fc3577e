from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.templatetags.web import period
from timelines.actions import NotPossible
from timelines.merging import actions, comparing
from timelines.merging.clocks import REMEMBERED, Verdict
from timelines.models import Comparison, Event, Source

SOON = 30.0  # seconds that a message may take without being worth a word


@incident_view(Permission.READ)
@require_safe
def clocks(request, incident):
    comparison, current = comparing.current(incident)
    sources = {source.pk: source for source in incident.sources.all()}
    relations = _relations(comparison, sources, incident)
    told = {pk for one in comparison.clocks for pk in (one["one"], one["other"])}
    return TemplateResponse(
        request,
        "timelines/clocks.html",
        {
            "incident": incident,
            "current": current,
            "cut": comparison.cut,
            "apart": [one for one in relations if not one["in_step"]],
            "agreeing": [one for one in relations if one["in_step"]],
            "shifted": [
                (
                    source,
                    _signed(source.clock_offset.total_seconds()),
                    _signed(source.clock_before.total_seconds()),
                )
                for source in sources.values()
                if source.clock_before is not None
            ],
            "alone": [s for s in sources.values() if s.pk not in told and s.format not in REMEMBERED],
        },
    )


def _relations(comparison: Comparison, sources: dict, incident) -> list[dict]:
    """What was found, with the sources and events it speaks of; one query for all events."""
    found = [dict(one) for one in comparison.clocks if one["one"] in sources and one["other"] in sources]
    ids = {
        pair[side] for one in found for pair in (*one["pairs"], *one["outliers"]) for side in ("one", "other")
    }
    events = incident.events.defer("extra").in_bulk(ids)
    for one in found:
        soon = one["verdict"] == Verdict.DELAY and one["apart"] <= SOON
        off, other = (one["off"], one["other"] if one["off"] == one["one"] else one["one"])
        one |= {
            "off": sources[off],
            "right": sources[other],
            "shift": _signed(_shift_of(one, off)),
            "back": _signed(_shift_of(one, other)),
            "off_before": _microseconds(sources[off].clock_offset),
            "right_before": _microseconds(sources[other].clock_offset),
            "late": (one["apart"] > 0) == (off == one["other"]),
            "apart": timedelta(seconds=abs(one["apart"])),
            "spread": timedelta(seconds=one["spread"]),
            "in_step": soon or one["verdict"] == Verdict.AGREE,
            "zone": one["verdict"] == Verdict.ZONE,
            "delay": one["verdict"] == Verdict.DELAY,
            "pairs": [
                _pair(one, pair, events)
                for pair in one["pairs"]
                if pair["one"] in events and pair["other"] in events
            ],
            "outliers": [
                _pair(one, pair, events)
                for pair in one["outliers"]
                if pair["one"] in events and pair["other"] in events
            ],
            "sources": (sources[one["one"]], sources[one["other"]]),
        }
    return found


def _shift_of(one: dict, source: int) -> float:
    """By how many seconds a source would be shifted: what is kept is said of the other one of the two."""
    return one["shift"] if source == one["other"] else -one["shift"]


def _microseconds(offset: timedelta) -> int:
    return offset // timedelta(microseconds=1)


def _signed(seconds: float) -> str:
    """`+7.582 s`, and from two minutes on `+13 min 0 s`: what fits a column, and can be compared with the eye."""
    sign = "−" if seconds < 0 else "+"
    size = abs(seconds)
    return f"{sign}{period(timedelta(seconds=round(size)))}" if size >= 120 else f"{sign}{round(size, 3):g} s"


def _clock(event: Event) -> str:
    """The time of day in UTC as its source knew it, to the millisecond, so that two columns can be compared."""
    return event.exactly[11:23] or event.exactly


def _pair(one: dict, pair: dict, events: dict) -> dict:
    remains = pair["apart"] + one["shift"]
    return {
        "trace": pair["trace"],
        "one": events[pair["one"]],
        "other": events[pair["other"]],
        "at_one": _clock(events[pair["one"]]),
        "at_other": _clock(events[pair["other"]]),
        "apart": _signed(pair["apart"]),
        "remains": _signed(remains),
    }


@incident_view(Permission.WRITE)
@require_POST
def accept(request, incident):
    """Shift the source that a person chose by what the two were found to be apart; the pairs stay with it."""
    source = incident.sources.filter(pk=_number(request.POST.get("source", ""))).first()
    try:
        found = _found(request, incident, source)
        actions.accept_clock(
            source=source,
            by=request.user,
            before=timedelta(microseconds=_number(request.POST.get("before", "")) or 0),
            shift=timedelta(seconds=_shift_of(found, source.pk)),
            pairs=found["pairs"],
        )
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{source.name} is shifted. What it wrote is kept as it was.")
    return redirect("timelines:clocks", incident.ref)


def _found(request, incident, source: Source | None) -> dict:
    """What was found between the two sources that the form names, of which `source` is one."""
    asked = tuple(_number(request.POST.get(name, "")) for name in ("one", "other"))
    kept = Comparison.objects.filter(incident=incident).first()
    for told in kept.clocks if kept and source and source.pk in asked else ():
        if (told["one"], told["other"]) == asked and told["verdict"] != Verdict.AGREE:
            return told
    raise NotPossible("The evidence changed meanwhile, and tells nothing like this any more. Look again.")


@incident_view(Permission.WRITE)
@require_POST
def take_back(request, incident, pk):
    source = get_object_or_404(incident.sources, pk=pk)
    try:
        actions.take_back_clock(source=source, by=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The clock of {source.name} is what it was before.")
    return redirect("timelines:clocks", incident.ref)


def _number(text: str) -> int | None:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None
