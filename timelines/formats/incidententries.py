"""What incident tools have in common: an entry with an id, a moment, a person and words in some wrapping."""

from __future__ import annotations

import re
from typing import Any

from timelines.formats.adf import text_of
from timelines.formats.base import clean, compact
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record

TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.I)
WRAPPINGS = (
    "text", "text_content", "body", "note", "message", "comment", "description", "title", "summary", "content", "name",
)  # fmt: skip


def entry(
    raw: dict,
    where: str,
    *,
    key: str,
    when: Any,
    text: str,
    kind: str,
    noted: Any = None,
    actor: Any = "",
    actor_id: Any = "",
    person: bool = True,
    extra: dict[str, Any] | None = None,
    **more: Any,
) -> Record:
    """One entry; `noted` is when it was written down, kept where that is another minute than it happened in."""
    moment, extra, name = stamp(when), dict(extra or {}), clean(actor)
    if noted and abs((stamp(noted)["at"] - moment["at"]).total_seconds()) >= 60:
        extra["noted"] = str(noted)
    return Record(
        external_id=key,
        text=text or "(an entry without words)",
        kind=clean(kind).replace("_", " ").lower() or "timeline entry",
        where=where,
        raw=compact(raw),
        actor=name or "unknown",
        actor_id=clean(actor_id) or name,
        actor_kind="person" if person and name else "system",
        extra=extra,
        **moment,
        **more,
    )


def words(value: Any, depth: int = 0) -> str:
    """Plain text, HTML, Atlassian's document format, or an object that has one of them under a usual name."""
    if isinstance(value, dict):
        if value.get("type") == "doc":
            return text_of(value)
        if depth > 10:
            return ""
        return next((said for name in WRAPPINGS if (said := words(value.get(name), depth + 1))), "")
    said = clean(value) if isinstance(value, (str, int, float)) else ""
    return plain(said) if TAG.search(said) else said


def link(thing: dict, *names: str) -> str:
    found = (thing.get(name) for name in names)
    return next((it for it in found if isinstance(it, str) and it.startswith(("http://", "https://"))), "")


def edited(value: Any) -> Any:
    return stamp(value)["at"] if value else None
