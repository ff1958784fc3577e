"""Grafana: annotations of the API, and the webhook of alerting before version 9. (Later alerting speaks as Alertmanager.)

Source: Grafana's documentation of its annotations API and of its former notification channels. Times are
milliseconds since 1970; `timeEnd` equals `time` where an annotation is a point. The former webhook states no
time at all: the moment it was captured is asked for and such a record is derived.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, NeedsAnswer, any_time, clean, compact
from timelines.formats.documents import Found, found, records
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

STATES = {
    "alerting": "firing", "firing": "firing", "ok": "resolved", "normal": "resolved", "no_data": "without data", "nodata": "without data",
    "paused": "paused", "pending": "pending", "error": "in error",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"timeEnd"' in head and (
        b'"dashboardUID"' in head or b'"dashboardId"' in head or b'"panelId"' in head
    ):
        return "it holds annotations of Grafana (timeEnd, panelId)"
    if b'"prevState"' in head and b'"newState"' in head:
        return "it holds annotations of Grafana (newState)"
    if b'"evalMatches"' in head and b'"ruleId"' in head:
        return "it is a webhook of Grafana’s former alerting (ruleId, evalMatches)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(
        found(bundle, ("annotations", "data")), lambda element: iter([_thing(element, context)])
    )


def _thing(element: Found, context: Context) -> Record:
    thing = element.value
    if "ruleId" in thing or "evalMatches" in thing:
        return _notified(thing, element.where, context)
    if "time" in thing:
        return _annotation(thing, element.where)
    raise BadTime("This is no annotation and no alert of Grafana.")


def _annotation(note: dict, where: str) -> Record:
    moment = stamp(note["time"])
    ends = note.get("timeEnd")
    until = any_time(ends).at if ends else None
    state = STATES.get(str(note.get("newState") or "").lower(), "")
    name = clean(note.get("alertName"))
    said = plain(note["text"]) if isinstance(note.get("text"), str) else ""
    tags = [clean(tag) for tag in note.get("tags") or []]
    who = clean(note.get("login") or note.get("userName") or note.get("email"))
    edited = note.get("updated")
    head = f"{name or 'alert'} {state}" if state else ""
    return Record(
        external_id=f"annotation/{note['id']}",
        text=": ".join(part for part in (head, said) if part) or ", ".join(tags) or "annotation",
        kind=f"alert {state}" if state else "annotation",
        until=until if until and until > moment["at"] else None,
        actor=who or "Grafana",
        actor_id=clean(note.get("userId") or "") if who else "",
        actor_kind="person" if who else "system",
        where=where,
        raw=compact(note),
        revised=any_time(edited).at if edited else None,
        extra={"tags": tags, "dashboard": note.get("dashboardUID") or note.get("dashboardId"), "panel": note.get("panelId")},
        **moment,
    )  # fmt: skip


def _notified(hook: dict, where: str, context: Context) -> Record:
    if context.captured is None:
        raise NeedsAnswer("captured", "This webhook of Grafana states no time. When was it received?")
    state = STATES.get(str(hook.get("state") or "").lower(), clean(hook.get("state")) or "changed")
    name, said = clean(hook.get("ruleName") or hook.get("title")), clean(hook.get("message"))
    matches = [_match(match) for match in hook.get("evalMatches") or [] if isinstance(match, dict)]
    link = hook.get("ruleUrl")
    return Record(
        at=context.captured, external_id=f"rule/{hook.get('ruleId')}/{state}/{context.captured:%Y-%m-%dT%H:%M:%S}",
        text=f"{name} {state}" + (f": {said}" if said else f" [{', '.join(matches)}]" if matches else ""), kind=f"alert {state}",
        precision="minute", certainty="derived", actor="Grafana", actor_kind="system", link=link if isinstance(link, str) else "",
        where=where, raw=compact(hook), extra={"rule": hook.get("ruleId"), "matches": matches},
    )  # fmt: skip


def _match(match: dict[str, Any]) -> str:
    return f"{clean(match.get('metric'))}={clean(match.get('value'))}"


FORMAT = Format(
    key="grafana",
    label="Grafana annotations",
    about="Annotations from the API, or a webhook of alerting before version 9",
    sniff=sniff,
    read=read,
    asks=("captured",),
)
