"""Slack: workspace export (zip, folder, one day file), pages of conversations.history, replies and search, text.

Source: Slack's help pages on exports and its documentation of message events. An id is (channel, ts):
`ts` is unique inside one channel alone, and is compared as text or two integers, never as a float. Day
files are cut in a local zone, so nothing but `ts` says when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from timelines.formats import chat, slacktext, slackwords
from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    compact,
    each,
    elements,
    get,
    in_range,
    load,
    stem,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

DAY = re.compile(r"(.*/)?([^/]+)/(\d{4}-\d\d-\d\d)\.json$")
DAY_ALONE = re.compile(r"\d{4}-\d\d-\d\d\.json$")
NOISE = {
    "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
    "channel_unarchive", "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive",
    "bot_add", "bot_remove", "bot_enable", "bot_disable", "pinned_item", "unpinned_item", "reminder_add",
    "channel_convert_to_private", "channel_posting_permissions", "tombstone",
}  # fmt: skip
PEOPLE = ("users.json", "org_users.json")
LISTED = ("channels.json", "groups.json", "mpims.json", "dms.json")
TELLING = (*PEOPLE, *LISTED)
BESIDE = (
    *TELLING, "integration_logs.json", "canvases.json", "content_flags.json", "lists.json", "file_conversations.json",
)  # fmt: skip
LISTS = ("messages", "messages.matches")
PAGED = re.compile(r"(?:^|[-_. ]+)(?:(?:page|part|p)[-_. ]?\d+|\(\d+\))$", re.I)
NO_CHANNEL = (
    "messages", "history", "replies", "response", "page", "search", "conversations", "conversations.history", "conversations.replies",
)  # fmt: skip
ARCHIVED = re.compile(r"/archives/([A-Z0-9]{6,})/p\d")
AROUND = ("message_changed", "message_deleted", "message_replied")  # events that hold a message
TS = re.compile(r"(\d{9,11})\.(\d{6})$")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    days = sum(1 for name in bundle.names if DAY.match(name))
    if days and any(_last(name) in TELLING for name in bundle.names):
        return f"it has channels or users beside {days} day files, as a Slack export does"
    if len(bundle.names) > 1:
        if days > len(bundle.names) / 2:
            return f"it holds {days} day files in folders, as a Slack export does"
        return slacktext.sniff(bundle, head)
    start = head[:65536]
    if re.search(rb'"ts"\s*:\s*"\d{9,11}\.\d{6}"', start) and re.search(
        rb'"(?:type|messages|user|bot_id|thread_ts)"\s*:', start
    ):
        return "its messages have Slack's “ts”"
    return slacktext.sniff(bundle, head)


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    """Day files where there are any, otherwise pages, otherwise text."""
    days = [name for name in sorted(bundle.names) if DAY.match(name)]
    names = slackwords.Names(_people(bundle), {})
    channels = _channels(bundle)
    names.channels = {key: name.rpartition("/")[2] for name, key in channels.items()}
    for name in days:
        workspace, folder = DAY.match(name)[1] or "", DAY.match(name)[2]
        told = _day(bundle, name, names, channels.get(workspace + folder, folder), folder)
        yield from told if len(bundle.names) == 1 else chat.noted(told, name)
    if days:
        return
    pages = [name for name in sorted(bundle.names) if _is_page(bundle, name)]
    for name in pages:
        channel = str(context.mapping.get("channel") or "") or _named(name)
        told = _pages(bundle, name, names, channel)
        yield from told if len(bundle.names) == 1 else chat.noted(told, name)
    texts = (
        []
        if pages
        else [n for n in sorted(bundle.names) if len(bundle.names) == 1 or slacktext.TEXTS.search(n)]
    )
    if not pages and not texts:
        raise Unreadable(
            f"{bundle.name} has no day files (channel/2026-03-10.json). Give the whole export as Slack delivers it, or one day file."
        )
    for name in texts:
        yield from slacktext.read(bundle, name, context)


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _is_page(bundle: Bundle, name: str) -> bool:
    if len(bundle.names) > 1 and (not name.lower().endswith((".json", ".jsonl")) or _last(name) in BESIDE):
        return False
    with bundle.open(name) as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _named(name: str) -> str:
    """The channel a file is named for, or "": `ops-page2.json` and `ops (1).json` are pages of `ops`."""
    whole = _last(name)
    if DAY_ALONE.match(whole):
        return ""
    called = PAGED.sub("", stem(whole))
    return "" if called.lower() in NO_CHANNEL else called


def _day(
    bundle: Bundle, name: str, names: slackwords.Names, channel: str, shown: str
) -> Iterator[Record | Skipped]:
    size = bundle.size(name)
    with bundle.open(name) as file:
        messages: Any = elements(file, size, name) if size > DOCUMENT_LIMIT else load(file, size, name)
        if isinstance(messages, dict):
            raise Unreadable(f"{name} is JSON, but not a list of Slack messages.")
        yield from each(
            messages,
            lambda number: f"{name}#/{number}",
            lambda message, where: _message(message, where, names, channel, shown),
        )


def _pages(bundle: Bundle, name: str, names: slackwords.Names, channel: str) -> Iterator[Record | Skipped]:
    """Pages of the API, events, one message a line: whatever is no day file of an export."""
    follows = False
    for element in found(chat.Some(bundle, lambda other: other == name), LISTS):
        if isinstance(element, Found):
            follows = follows or element.page.get("has_more") is True
        yield from records([element], lambda told: _element(told, names, channel, channel))
    if follows and len(bundle.names) == 1:
        yield Skipped(name, "Slack says that more messages follow (“has_more”): fetch the next pages too.")


def _element(element: Found, names: slackwords.Names, channel: str, shown: str) -> Iterator[Record | Skipped]:
    """A message, an event around one, or what Slack answers instead."""
    message = element.value
    if isinstance(message.get("event"), dict):
        message = message["event"]
    if "ts" not in message and message.get("ok") is False:
        raise BadTime(f"Slack answered {clean(message.get('error'))!r} instead of messages.")
    page = element.page
    told = chat.is_name(page.get("channel_id") or page.get("channel"))
    channel, shown = told or channel, chat.is_name(page.get("name")) or told or shown
    yield from _message(message, element.where, names, channel, shown)
    replies = message.get("slackdump_thread_replies")
    inner = [
        Found(reply, f"{element.where}/replies/{n}", "", page)
        for n, reply in enumerate(replies if isinstance(replies, list) else [])
    ]
    yield from records(inner, lambda e: _element(e, names, channel, shown))


def _message(
    message: dict, where: str, names: slackwords.Names, channel: str, shown: str
) -> Iterator[Record | Skipped]:
    subtype = message.get("subtype") or ""
    if not channel or "channel" in message:
        channel, shown = _place(message, names, channel, shown)
    if subtype in AROUND and "ts" in message:
        inner = message.get("message") or message.get("previous_message") or {}
        if subtype == "message_deleted":
            inner = {**inner, "ts": message.get("deleted_ts") or inner.get("ts"), "_deleted": True}
        message, subtype = inner, inner.get("subtype") or ""
    at, seconds = moment(message.get("ts"))
    ts = message["ts"]
    actor_id, actor, kind_of_actor = names.author(message)
    deleted = bool(message.get("_deleted")) or subtype == "tombstone"
    edited = get(message, "edited", "ts") if "edited" in message else None
    thread = message.get("thread_ts")
    team = message.get("team") or ""
    extra: dict[str, Any] = {}
    if subtype:
        extra["subtype"] = subtype
    if reactions := message.get("reactions"):
        extra["reactions"] = {
            r["name"]: r.get("count", len(r.get("users", []))) for r in reactions if "name" in r
        }
    if ("files" in message or "file" in message) and (
        sent := [slackwords.file_of(file) for file in slackwords.files(message)]
    ):
        extra["files"] = sent
    if edited:
        extra["edited"] = {
            "at": moment(edited)[0].isoformat(),
            "by": names.person(get(message, "edited", "user", default="")),
        }
    if subtype in ("thread_broadcast", "reply_broadcast"):
        extra["broadcast"] = True
    if team:
        extra["team"] = team
    yield Record(
        at=at,
        external_id=f"{channel}/{ts}",
        text=names.text(message),
        kind="deleted message" if deleted else KINDS.get(subtype, "message"),
        precision="microsecond",
        written=ts,
        zone="Z",
        actor=actor,
        actor_id=actor_id,
        actor_kind=kind_of_actor,
        place=f"#{shown}" if shown else "",
        thread=f"{channel}/{thread}" if thread and thread != ts else "",
        link=link if isinstance(link := message.get("permalink"), str) else "",
        where=where,
        raw=compact(message),
        noise=subtype in NOISE,
        deleted=deleted,
        revised=moment(edited)[0] if edited else None,
        order=int(ts.partition(".")[2] or 0) if seconds else 0,
        extra=extra,
    )


def _place(message: dict, names: slackwords.Names, channel: str, shown: str) -> tuple[str, str]:
    """What the message itself says of its channel, where neither folder nor page does: searches and events name it."""
    given = (
        message.get("channel")
        if isinstance(message.get("channel"), (str, dict))
        else message.get("channel_name")
    )
    key = chat.is_name(get(given, "id")) if isinstance(given, dict) else chat.is_name(given)
    linked = ARCHIVED.search(str(message.get("permalink") or ""))
    key = key or (linked[1] if linked else "")
    called = chat.is_name(get(given, "name")) or names.channels.get(key, "")
    if channel and not called and not isinstance(given, dict):
        return channel, shown
    return (key or channel), (called or shown or key)


KINDS = {
    "channel_join": "join",
    "group_join": "join",
    "channel_leave": "leave",
    "group_leave": "leave",
    "channel_topic": "topic",
    "channel_purpose": "topic",
    "file_share": "file",
    "file_comment": "comment",
    "pinned_item": "pin",
    "channel_name": "rename",
    "channel_archive": "archive",
}


def moment(ts: Any) -> tuple[datetime, int]:
    """`1433558207.760577` as an instant, without a float in between."""
    match = TS.match(ts) if isinstance(ts, str) else None
    if not match:
        raise BadTime(f"{str(ts)[:40]!r} is not a Slack “ts” (seconds, a point, six digits).")
    at = datetime.fromtimestamp(int(match[1]), UTC) + timedelta(microseconds=int(match[2]))
    return in_range(at), int(match[1])


def _people(bundle: Bundle) -> dict[str, dict]:
    told: dict[str, dict] = {}
    for name in bundle.names:
        if _last(name) in PEOPLE:
            people = chat.document(bundle, name)
            if isinstance(people, list):
                told |= {p["id"]: p for p in people if isinstance(p, dict) and isinstance(p.get("id"), str)}
    return told


def _channels(bundle: Bundle) -> dict[str, str]:
    """Folder → channel id. Workspaces of one organisation may each have a #general, in a folder of their own."""
    told: dict[str, str] = {}
    for name in bundle.names:
        if _last(name) in LISTED:
            folder = name.removesuffix(_last(name))
            channels = chat.document(bundle, name)
            for channel in channels if isinstance(channels, list) else []:
                if isinstance(channel, dict) and isinstance(channel.get("id"), str):
                    told.setdefault(folder + str(channel.get("name") or channel["id"]), channel["id"])
    return told


FORMAT = Format(
    key="slack",
    label="Slack",
    about="A workspace export (zip, folder, one day file, a member's TXT), pages of the conversations API, text copied from a channel",
    sniff=sniff,
    read=read,
    asks=("zone", "day"),
)
