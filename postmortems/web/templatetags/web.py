"""The few tags every page uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from postmortems.markdown import Refer, to_html

register = template.Library()

FORMATS = {
    "day": "%-d %b %Y",
    "hour": "%-d %b %Y, %H h",
    "minute": "%-d %b %Y, %H:%M",
    "second": "%-d %b %Y, %H:%M:%S",
    "clock": "%H:%M:%S",
    "clock minute": "%H:%M",
}


@register.filter
def markdown(text: str, headings_from: int = 3) -> SafeString:
    """Safe HTML of a text that a person typed; its headings begin at the level given."""
    return mark_safe(to_html(text or "", headings_from=headings_from))  # noqa: S308 the sanitiser is the last step of to_html


@register.simple_tag
def cited(text: str, refer: Refer | None, headings_from: int = 3) -> SafeString:
    """The same of a text that may cite: its citations lead where `refer` says."""
    return mark_safe(to_html(text or "", headings_from=headings_from, refer=refer or None))  # noqa: S308 the sanitiser is the last step of to_html


@register.simple_tag
def moment(at: datetime | None, how: str = "minute", zone=None) -> SafeString | str:
    """A time in the reader's zone, or in `zone`; hovering or focusing shows UTC and the zone."""
    if at is None:
        return "–"
    shown = FORMATS.get(how, FORMATS["second"])  # a source that knows more than seconds is not asked for them
    local = at.astimezone(zone or timezone.get_current_timezone())
    utc = at.astimezone(UTC)
    return format_html(
        '<time class="tip" tabindex="0" datetime="{}">{}<span role="tooltip">{} UTC<br>{} {}</span></time>',
        utc.isoformat().replace("+00:00", "Z"),
        local.strftime(shown),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        local.tzname(),
    )


@register.filter
def period(value: timedelta | None) -> str:
    """A duration in its two largest units: `1 h 40 min`, `52 s`, `3 d 4 h`."""
    if value is None:
        return "–"
    seconds = int(abs(value).total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds % 86400 // 3600, "h"),
        (seconds % 3600 // 60, "min"),
        (seconds % 60, "s"),
    ]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"


@register.filter
def bytes_of(value: int) -> str:
    """A size of a file: `640 kB`, `2.1 MB`."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value} B"


@register.simple_tag
def severity(severity) -> SafeString:
    return format_html('<span class="severity rank-{}">{}</span>', severity.rank, severity.name)
