"""One event as a row of the list.

Made here and not in a template: fifty rows took forty milliseconds there and take two here, and the page is
opened more often than any other. Every text passes `escape`; addresses are relative to the timeline's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from html import escape

from django.utils.safestring import SafeString, mark_safe

from timelines.models import Event, Source

CLOCKS = {"day": "", "hour": "%H h", "minute": "%H:%M"}
LONGEST = 600  # characters of a text
SAID = 60  # characters of a text that names its event for screen readers


@dataclass(frozen=True)
class Reader:
    """For whom rows are made: their zone, whether they may curate, and what is known about the events."""

    zone: tzinfo
    may_write: bool
    sources: Mapping[int, Source]
    names: Mapping[tuple[str, str, str], str] = field(
        default_factory=dict
    )  # (format, actor id, actor) → person
    fellows: Mapping[int, Sequence[Event]] = field(default_factory=dict)  # group → its other events


def rows(events: Sequence[Event], reader: Reader) -> SafeString:
    """The rows, with a heading for each day of the reader's zone."""
    made, day = [], None
    for event in events:
        today = event.at.astimezone(reader.zone).date()
        if today != day:
            made.append(f'<li class="day">{today:%A} {today.day} {today:%B %Y}</li>')
            day = today
        made.append(row(event, reader))
    return mark_safe("".join(made))  # noqa: S308 every text is escaped above


def row(event: Event, reader: Reader) -> SafeString:
    source = reader.sources[event.source_id]
    look = "event" + (" pinned" if event.pinned else "") + (" hidden-event" if event.hidden else "")
    look += " recollection" if event.is_recollection else ""
    caption = f'<p class="caption" dir="auto">{escape(event.caption)}</p>' if event.caption else ""
    return mark_safe(  # noqa: S308 every text is escaped
        f'<li class="{look}" id="event-{event.pk}" data-event="{event.pk}" tabindex="-1">'
        f'<div class="when">{_when(event, reader.zone)} <small><span class="lane lane-{source.lane}" title="{escape(source.name)}">{escape(source.name)}</span></small></div>'
        f'<div class="told">{caption}<p class="text" dir="auto">{_words(event, source, reader)}</p>{_graph(event)}{_fellows(event, reader)}'
        f'<div class="tools"><span class="meta">{_facts(event)}</span>{_tools(event, reader)}</div></div></li>'
    )


def _when(event: Event, zone: tzinfo) -> str:
    around = "<small>around</small> " if event.certainty == "approximate" else ""
    until = f" <small>to {_clock(event.until, event.precision, zone)}</small>" if event.until else ""
    return around + _clock(event.at, event.precision, zone) + until


def _clock(at: datetime, precision: str, zone: tzinfo) -> str:
    """The time of day, never finer than its source knew it; pointing at it tells UTC and the reader's own."""
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    shown = local.strftime(CLOCKS.get(precision, "%H:%M:%S")) or "that day"
    return (
        f'<time class="says" tabindex="0" datetime="{utc:%Y-%m-%dT%H:%M:%SZ}"'
        f' data-says="{utc:%Y-%m-%d %H:%M:%S} UTC · {local:%Y-%m-%d %H:%M:%S} {escape(local.tzname() or "")}">{shown}</time>'
    )


def _words(event: Event, source: Source, reader: Reader) -> str:
    actor = ""
    if event.actor:
        person = reader.names.get((source.format, event.actor_id, event.actor))
        title = (
            f' title="{escape(source.name)} says {escape(event.actor)}"'
            if person and person != event.actor
            else ""
        )
        actor = f"<strong{title}>{escape(person or event.actor)}</strong> "
    place = f'<span class="muted small">{escape(event.place)}</span> ' if event.place else ""
    text = event.text if len(event.text) <= LONGEST else event.text[: LONGEST - 1] + "…"
    return f"{actor}{place}{escape(text)}"


def _graph(event: Event) -> str:
    """What a picture of the write-up shows, small. Which one it is the write-up knows, behind this address."""
    if event.kind != "graph" or event.raw_id:
        return ""
    return (
        f'<a class="graph" href="../images/of/{event.pk}/"><img src="../images/of/{event.pk}/" loading="lazy"'
        f' alt="The picture of it: {escape(event.text[:SAID])}"></a>'
    )


def _facts(event: Event) -> str:
    facts = [f"<span>{escape(event.kind)}</span>"]
    if event.phase:
        facts.append(f'<span class="tag accent">{event.get_phase_display()} begins</span>')
    if event.ends_phase:
        facts.append(f'<span class="tag accent">{event.get_ends_phase_display()} ends</span>')
    if event.raw_id and event.editions > 1:
        facts.append(f"<span>{event.editions} editions</span>")
    if event.deleted:
        facts.append('<span class="tag caution">deleted at its source</span>')
    if event.hidden:
        facts.append(f'<span class="tag quiet">hidden: {escape(event.hidden_reason)}</span>')
    if event.certainty in ("assumed zone", "derived"):
        facts.append(f"<span>time {event.certainty}</span>")
    return "".join(facts)


def _fellows(event: Event, reader: Reader) -> str:
    """The same moment as other sources saw it, folded under the one that leads."""
    others = reader.fellows.get(event.group_id, ()) if event.group_id else ()
    if not others:
        return ""
    lines = "".join(
        f'<li>{_clock(other.at, other.precision, reader.zone)} <span class="lane lane-{other.source.lane}">'
        f'{escape(other.source.name)}</span> <a href="{other.pk}/" dir="auto">{escape(other.text[:160])}</a></li>'
        for other in others
    )
    count = len(others)
    return f'<details class="small"><summary>Also seen by {count} other{"" if count == 1 else "s"}</summary><ul>{lines}</ul></details>'


def _tools(event: Event, reader: Reader) -> str:
    pk = event.pk
    named = escape(event.text[:SAID])
    evidence = f'<a class="small" href="{pk}/">Evidence<span class="for-readers"> of {named}</span></a>'
    if not reader.may_write:
        return f'<span class="acts">{evidence}</span>'
    swaps = 'hx-target="closest li" hx-swap="outerHTML"'
    wanted = 0 if event.pinned else 1
    pin = (  # htmx leaves out the value of a button that belongs to a form: hx-vals says it again
        f'<button class="button small" form="on-events" formaction="{pk}/pin/" hx-post="{pk}/pin/" {swaps} data-pin'
        f' hx-vals=\'{{"pinned": {wanted}}}\' name="pinned" value="{wanted}" aria-pressed="{"true" if event.pinned else "false"}">'
        f"{'Pinned' if event.pinned else 'Pin'}</button>"
    )
    note = (
        f'<a class="small" href="{pk}/#annotate" hx-get="{pk}/annotate/" hx-target="#event-{pk} .tools" hx-swap="beforeend"'
        f' data-annotate>Caption, phase, hide<span class="for-readers"> of {named}</span></a>'
    )
    show = (
        f'<button class="button small" form="on-events" formaction="{pk}/show/" hx-post="{pk}/show/" {swaps}>Show again</button>'
        if event.hidden
        else ""
    )
    return f'<span class="acts">{pin}{evidence}{note}{show}</span>'
