"""The way between the pages of the evidence, with how much waits on each."""

from __future__ import annotations

from django import template

from postmortems.accounts.permissions import Permission
from timelines.formats import FORMATS
from timelines.masking import listing
from timelines.merging import groups, people
from timelines.merging.clocks import Verdict
from timelines.models import Comparison

register = template.Library()


@register.filter
def format_label(key: str) -> str:
    """A format as people call it; of a format that is gone, its key."""
    return FORMATS[key].label if key in FORMATS else key


@register.inclusion_tag("timelines/_evidence_nav.html", takes_context=True)
def evidence_nav(context, incident) -> dict:
    """Counts are of the last comparison; the page itself looks whether it is still true."""
    kept = Comparison.objects.filter(incident=incident).first() or Comparison(incident=incident)
    unknown = [one for one in people.named(kept.names) if one.is_unknown] if kept.names else []
    off = [one for one in kept.clocks if one["verdict"] in (Verdict.CLOCK, Verdict.ZONE)]
    return {
        "incident": incident,
        "here": context["request"].resolver_match.view_name,
        "unknown": len(unknown),
        "off": len(off),
        "same": len(groups.proposed(kept, incident)) if kept.same else 0,
        "open": incident.questions.filter(closed_at=None).count(),
        "may_mask": Permission.WRITE in context["request"].permissions,
        "masked": listing.waiting(incident).count(),
    }
