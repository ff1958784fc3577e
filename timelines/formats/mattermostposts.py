"""A post of Mattermost as a record, wherever it was read."""

from __future__ import annotations

import re
from typing import Any

from timelines.formats import chat
from timelines.formats.base import Moment, any_time, clean, compact, get
from timelines.formats.records import Record

KINDS = {
    "system_join_channel": "join", "system_add_to_channel": "join", "system_join_team": "join", "system_add_to_team": "join",
    "system_guest_join_channel": "join", "system_add_guest_to_chan": "join", "enter": "join", "previously-joined": "join",
    "system_leave_channel": "leave", "system_remove_from_channel": "leave", "system_leave_team": "leave",
    "system_remove_from_team": "leave", "leave": "leave", "system_header_change": "topic", "system_purpose_change": "topic",
    "system_displayname_change": "rename", "system_channel_deleted": "archive", "system_channel_restored": "archive",
    "attachment": "file",
}  # fmt: skip
MOVED = re.compile(r"^\S+ (?:has )?(joined|left|was added to|was removed from) the (?:channel|team)\b")


def record(
    moment: Moment, key: str, post: dict, author: dict, where: str, *, written: Any, place: str, thread: str = "",
    edited: Moment | None = None, gone: Moment | None = None, raw: bytes = b"",
    files: list[dict[str, str]] | None = None, reactions: dict[str, int] | None = None,
) -> Record:  # fmt: skip
    kind = str(post.get("type") or "")
    message = clean(post.get("message"))
    props = post.get("props") if isinstance(post.get("props"), dict) else {}
    moved = MOVED.match(message) if not kind else None  # as plain posts in old versions
    what = KINDS.get(kind) or (
        "join" if moved and moved[1] in ("joined", "was added to") else "leave" if moved else "message"
    )
    extra: dict[str, Any] = {"type": kind} if kind else {}
    named = [file["name"] for file in files or [] if file["name"]]
    extra |= {
        name: value
        for name, value in (("files", files), ("reactions", reactions or _reactions(post)))
        if value
    }
    if edited and moment.at < edited.at:
        extra["edited"] = {"at": edited.at.isoformat()}
    if post.get("is_pinned"):
        extra["pinned"] = True
    return Record(
        at=moment.at,
        external_id=key,
        text=chat.told(message, *chat.cards(props.get("attachments")))
        or chat.told(*(f"[file] {n}" for n in named)),
        kind="deleted message" if gone else what,
        precision=moment.precision,
        written=str(written),
        zone=moment.zone,
        place=clean(place),
        thread=thread,
        where=where,
        raw=raw or compact(post),
        noise=kind.startswith("system_") or what in ("join", "leave"),
        deleted=gone is not None,
        revised=gone.at if gone else edited.at if edited else None,
        extra=extra,
        **author,
    )


def _reactions(post: dict) -> dict[str, int]:
    return chat.counted(get(one, "emoji_name") for one in listed(get(post, "metadata", "reactions")))


def listed(value: Any) -> list:
    return value if isinstance(value, list) else []


def later(value: Any) -> Moment | None:
    """The moment of a change, where 0 and nothing say that there was none."""
    if value in (None, "", 0, "0") or str(value).startswith("1970-01-01"):
        return None
    return any_time(value)


def is_robot(props: dict) -> bool:
    return any(str(props.get(name)).lower() == "true" for name in ("from_webhook", "from_bot", "from_plugin"))
