"""Slack: workspace export (zip, folder, one day file) and pages of conversations.history / replies.

Source: Slack's help pages on exports and its documentation of message events. An id is (channel, ts):
`ts` is unique inside one channel alone, and is compared as text or two integers, never as a float. Day
files are cut in a local zone, so nothing but `ts` says when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

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
from timelines.formats.records import Record, Skipped

DAY = re.compile(r"(?:^|.*/)([^/]+)/(\d{4}-\d\d-\d\d)\.json$")
DAY_ALONE = re.compile(r"\d{4}-\d\d-\d\d\.json$")
NOISE = {
    "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
    "channel_unarchive", "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive",
    "bot_add", "bot_remove", "bot_enable", "bot_disable", "pinned_item", "unpinned_item", "reminder_add",
    "channel_convert_to_private", "channel_posting_permissions", "tombstone",
}  # fmt: skip
REFERENCE = re.compile(r"<([^<>\n]*)>")
ADDRESS = re.compile(r"(?:https?|mailto|tel|ftp|slack):")
BESIDE_TEXT = ("attachments", "files", "file", "comment")  # where words stand that “text” does not have
TS = re.compile(r"(\d{9,11})\.(\d{6})$")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    days = sum(1 for name in bundle.names if DAY.match(name))
    if days and any(
        name.rsplit("/", 1)[-1] in ("channels.json", "users.json", "groups.json", "dms.json")
        for name in bundle.names
    ):
        return f"it has channels or users beside {days} day files, as a Slack export does"
    if len(bundle.names) > 1:
        return (
            f"it holds {days} day files in folders, as a Slack export does"
            if days > len(bundle.names) / 2
            else None
        )
    start = head[:65536]
    if re.search(rb'"ts"\s*:\s*"\d{9,11}\.\d{6}"', start) and re.search(
        rb'"(?:type|messages|user|bot_id|thread_ts)"\s*:', start
    ):
        return "its messages have Slack's “ts”"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    people = _people(bundle)
    channels = _channels(bundle)
    names = Names(people, {key: name for name, key in channels.items()})
    found = False
    for name in sorted(bundle.names):
        day = DAY.match(name)
        if day:
            folder = day[1]
            place = channels.get(folder, folder)
            yield from _file(bundle, name, names, channel=place, shown=folder)
            found = True
        elif len(bundle.names) == 1:
            channel = context.mapping.get("channel") or (
                "" if DAY_ALONE.match(name.rsplit("/", 1)[-1]) else stem(name)
            )
            yield from _file(bundle, name, names, channel=channel, shown=channel)
            found = True
    if not found:
        raise Unreadable(
            f"{bundle.name} has no day files (channel/2026-03-10.json). Give the whole export as Slack delivers it, or one day file."
        )


def _file(bundle: Bundle, name: str, names: Names, *, channel: str, shown: str) -> Iterator[Record | Skipped]:
    size = bundle.size(name)
    try:
        with bundle.open(name) as file:
            if size > DOCUMENT_LIMIT:
                messages: Any = elements(file, size, name)
            else:
                messages = load(file, size, name)
                if isinstance(messages, dict):
                    messages = _page(messages, name)
                if not isinstance(messages, list):
                    raise Unreadable(f"{name} is JSON, but not a list of Slack messages.")
            yield from each(
                messages,
                lambda number: f"{name}#/{number}",
                lambda message, where: _message(message, where, names, channel, shown),
            )
    except Unreadable as error:
        if len(bundle.names) == 1:
            raise
        yield Skipped(name, str(error))  # one broken day does not take the other days with it


def _page(document: dict, name: str) -> list:
    """The messages of an API page, or of one event of the Events API."""
    if isinstance(document.get("messages"), list):
        return document["messages"]
    if isinstance(document.get("event"), dict):
        return [document["event"]]
    if "ts" in document:
        return [document]
    raise Unreadable(f"{name} is JSON, but holds no Slack messages (no “messages”, no “ts”).")


def _message(message: dict, where: str, names: Names, channel: str, shown: str) -> Iterator[Record | Skipped]:
    subtype = message.get("subtype") or ""
    for name in ("channel", "channel_name"):
        if isinstance(message.get(name), str) and not channel:
            channel = shown = message[name]
    if subtype in ("message_changed", "message_deleted") and "ts" in message:
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
    if ("files" in message or "file" in message) and (files := [_file_of(f) for f in _files(message)]):
        extra["files"] = files
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
        link=message.get("permalink") or "",
        where=where,
        raw=compact(message),
        noise=subtype in NOISE,
        deleted=deleted,
        revised=moment(edited)[0] if edited else None,
        order=int(ts.partition(".")[2] or 0) if seconds else 0,
        extra=extra,
    )


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


def _files(message: dict) -> list[dict]:
    files = message.get("files") or ([message["file"]] if isinstance(message.get("file"), dict) else [])
    return [file for file in files if isinstance(file, dict)]


def _file_of(file: dict) -> dict:
    return {
        "name": clean(file.get("name") or file.get("title") or "file"),
        "type": clean(file.get("mimetype") or file.get("filetype") or ""),
        "url": file.get("permalink") or file.get("url_private") or "",
    }


def _people(bundle: Bundle) -> dict[str, dict]:
    found: dict[str, dict] = {}
    for name in bundle.names:
        if name.rsplit("/", 1)[-1] in ("users.json", "org_users.json"):
            with bundle.open(name) as file:
                try:
                    people = load(file, bundle.size(name), name)
                except Unreadable:
                    continue
            if isinstance(people, list):
                found |= {p["id"]: p for p in people if isinstance(p, dict) and isinstance(p.get("id"), str)}
    return found


def _channels(bundle: Bundle) -> dict[str, str]:
    """Folder name → channel id. Direct messages have their id as the folder's name."""
    found: dict[str, str] = {}
    for name in bundle.names:
        if name.rsplit("/", 1)[-1] in ("channels.json", "groups.json", "mpims.json", "dms.json"):
            with bundle.open(name) as file:
                try:
                    channels = load(file, bundle.size(name), name)
                except Unreadable:
                    continue
            for channel in channels if isinstance(channels, list) else []:
                if isinstance(channel, dict) and isinstance(channel.get("id"), str):
                    found.setdefault(channel.get("name") or channel["id"], channel["id"])
    return found


class Names:
    """Ids to the names people read, and marked-up text to plain text."""

    def __init__(self, people: dict[str, dict], channels: dict[str, str]) -> None:
        self.people, self.channels = people, channels
        self.named: dict[str, str] = {}  # a workspace has few people, and a million messages of them

    def person(self, key: str) -> str:
        name = self.named.get(key)
        if name is None:
            name = self._name(key)
            if key in self.people:
                self.named[key] = name
        return name

    def _name(self, key: str) -> str:
        person = self.people.get(key) or {}
        for name in (
            get(person, "profile", "display_name"),
            person.get("real_name"),
            get(person, "profile", "real_name"),
            person.get("name"),
        ):
            if name:
                return clean(name)
        return key

    def author(self, message: dict) -> tuple[str, str, str]:
        key = message.get("user") or get(message, "comment", "user") or get(message, "file", "user") or ""
        if key and not message.get("bot_id"):
            kind = "bot" if get(self.people.get(key), "is_bot") else "person"
            if key == "USLACKBOT":
                kind = "bot"
            if key not in self.people:
                profile = message.get("user_profile") or {}
                named = profile.get("display_name") or profile.get("real_name") or profile.get("name")
                return key, clean(named) or key, kind
            return key, self.person(key), kind
        bot = message.get("bot_id") or key
        named = (
            message.get("username")
            or get(message, "bot_profile", "name")
            or (self.person(key) if key else "")
        )
        return bot or clean(named), clean(named) or bot or "unknown", "bot"

    def text(self, message: dict) -> str:
        """The text, and for bots what stands in attachments and blocks."""
        parts = [self.plain(message.get("text") or "")]
        if parts[0] and message.keys().isdisjoint(BESIDE_TEXT):
            return parts[0]
        if not parts[0] and message.get("blocks"):
            parts.append(self.plain("\n".join(_block_text(message["blocks"]))))
        for attachment in message.get("attachments") or []:
            if isinstance(attachment, dict):
                parts += self._attachment(attachment)
        for file in _files(message):
            named = clean(file.get("title") or file.get("name") or "")
            if named and not parts[0]:
                parts.append(f"[file] {named}")
        comment = get(message, "comment", "comment")
        if comment and not parts[0]:
            parts.append(self.plain(comment))
        seen = dict.fromkeys(part for part in parts if part)
        return "\n".join(seen)

    def _attachment(self, attachment: dict) -> list[str]:
        parts = [self.plain(attachment.get(name) or "") for name in ("pretext", "title", "text")]
        for entry in attachment.get("fields") or []:
            if isinstance(entry, dict):
                title, value = (
                    self.plain(str(entry.get("title") or "")),
                    self.plain(str(entry.get("value") or "")),
                )
                parts.append(f"{title}: {value}" if title and value else title or value)
        if attachment.get("blocks"):
            parts.append(self.plain("\n".join(_block_text(attachment["blocks"]))))
        if not any(parts):
            parts.append(self.plain(attachment.get("fallback") or ""))
        return [part for part in parts if part]

    def plain(self, text: str) -> str:
        """mrkdwn to plain text; entities are decoded exactly once, last."""
        if not isinstance(text, str):
            return ""
        if "<" in text:
            text = REFERENCE.sub(self._reference, text)
        if "&" in text:
            text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return clean(text)

    def _reference(self, match: re.Match) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return "@" + (label or self.person(target[1:])).lstrip("@")
        if target.startswith("#"):
            return "#" + (label or self.channels.get(target[1:], target[1:])).lstrip("#")
        if target.startswith("!subteam^"):
            return label or "@" + target.partition("^")[2]
        if target.startswith("!date^"):
            return label or target
        if target.startswith("!"):
            return "@" + target[1:]
        if ADDRESS.match(target):
            bare = target.removeprefix("mailto:").removeprefix("tel:")
            return (
                f"{label} ({bare})" if label and label not in (target, bare) and label not in bare else bare
            )
        return match[0]


def _block_text(blocks: Any, depth: int = 0) -> Iterator[str]:
    """The words of Block Kit, in order, to a nesting far beyond what Slack allows."""
    if depth > 40:
        return
    if isinstance(blocks, list):
        for block in blocks:
            yield from _block_text(block, depth + 1)
    elif isinstance(blocks, dict):
        kind = blocks.get("type")
        if kind in ("plain_text", "mrkdwn") and isinstance(blocks.get("text"), str):
            yield blocks["text"]
        elif kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(_inline(element) for element in blocks.get("elements") or [])
        else:
            for name in ("title", "text", "fields", "elements", "accessory", "description"):
                if name in blocks:
                    yield from _block_text(blocks[name], depth + 1)


def _inline(element: Any) -> str:
    kind = get(element, "type")
    if kind == "text":
        return str(element.get("text", ""))
    if kind == "link":
        return f"<{element.get('url', '')}|{element.get('text', '')}>"
    if kind == "user":
        return f"<@{element.get('user_id', '')}>"
    if kind == "channel":
        return f"<#{element.get('channel_id', '')}>"
    if kind == "usergroup":
        return f"<!subteam^{element.get('usergroup_id', '')}>"
    if kind == "broadcast":
        return f"<!{element.get('range', 'here')}>"
    if kind == "emoji":
        return f":{element.get('name', '')}:"
    return ""


FORMAT = Format(
    key="slack",
    label="Slack",
    about="A workspace export (zip, folder or one day file), or a page of the conversations API",
    sniff=sniff,
    read=read,
)
