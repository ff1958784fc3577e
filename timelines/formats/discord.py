"""Discord: what DiscordChatExporter writes as JSON, messages of the API, and the data package a member can request.

Source: DiscordChatExporter's documentation, Discord's developer reference on messages and snowflakes. A message
is known by (channel, id) in all three. Ids beyond 2^53 are text; the upper bits of one count milliseconds
since 2015, which dates the rows of a data package: its times state no zone and are UTC. A data package
holds one person's own messages alone. Exports come in parts, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from timelines.formats import chat
from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Moment,
    clean,
    compact,
    get,
    in_range,
    iso,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

BEGAN = datetime(2015, 1, 1, tzinfo=UTC)
SNOWFLAKE = re.compile(r"\d{15,20}$")
OWN = re.compile(r"(?:^|/)messages/c?(\d{5,20})/messages\.(csv|json)$", re.I)
EXPORTED = re.compile(rb'"(?:guild|channel)"\s*:\s*\{')
MARK = re.compile(
    r"<(?:@[!&]?(\d{5,20}|[\w.-]{1,40})|#(\d{5,20})|a?:(\w{1,40}):\d{5,20}|t:(\d{1,12})(?::\w)?)>"
)
TYPES = {
    0: "Default", 1: "RecipientAdd", 2: "RecipientRemove", 3: "Call", 4: "ChannelNameChange", 5: "ChannelIconChange",
    6: "ChannelPinnedMessage", 7: "GuildMemberJoin", 12: "ChannelFollowAdd", 18: "ThreadCreated", 19: "Reply",
    20: "ChatInputCommand", 21: "ThreadStarterMessage", 23: "ContextMenuCommand", 24: "AutoModerationAction",
}  # fmt: skip
SPOKEN = {
    "Default",
    "Reply",
    "ChatInputCommand",
    "ContextMenuCommand",
    "AutoModerationAction",
    "ThreadStarterMessage",
}
KINDS = {
    "GuildMemberJoin": "join", "RecipientAdd": "join", "RecipientRemove": "leave", "ChannelPinnedMessage": "pin",
    "ChannelNameChange": "rename", "Call": "call",
}  # fmt: skip
WORDS = {
    "GuildMemberJoin": "joined", "RecipientAdd": "added somebody", "RecipientRemove": "removed somebody",
    "ChannelPinnedMessage": "pinned a message", "ChannelNameChange": "renamed the channel", "Call": "started a call",
    "ThreadCreated": "started a thread",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if len(bundle.names) > 1 and any(OWN.search(name) for name in bundle.names):
        return "it has messages in folders by channel, as Discord's data package does"
    for start in chat.heads(bundle, head, (".json",)):
        if (
            EXPORTED.search(start)
            and b'"messages"' in start
            and (b'"timestampEdited"' in start or b'"dateRange"' in start)
        ):
            return "it is a channel as DiscordChatExporter writes it"
        if b'"edited_timestamp"' in start and b'"discriminator"' in start and b'"channel_id"' in start:
            return "it holds messages of Discord's API"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    own = [name for name in bundle.names if OWN.search(name)]
    if own:
        yield from _package(bundle, own)
        return
    documents = chat.Some(bundle, lambda name: name.lower().endswith(".json"))
    begun = chat.Begun(bundle, ("guild", "channel"))
    yield from records(
        found(documents, ("messages",)), lambda element: _message(element, begun.page(element))
    )


def _message(element: Found, page: dict) -> Iterator[Record | Skipped]:
    message, where = element.value, element.where
    if "ID" in message:
        yield _own(message, where, Own())
        return
    if "id" not in message or not ({"content", "embeds", "timestamp"} & message.keys()):
        raise BadTime("This is no message of Discord.")
    channel = chat.is_name(get(page, "channel", "id")) or chat.is_name(message.get("channel_id"))
    guild = chat.is_name(get(page, "guild", "id")) or chat.is_name(message.get("guild_id"))
    key, kind = str(message["id"]), _type(message.get("type"))
    moment, written = _moment(message, key)
    edited = message.get("timestampEdited") or message.get("edited_timestamp")
    ended = message.get("callEndedTimestamp") or get(message, "call", "ended_timestamp")
    revised = iso(edited).at if edited else None
    answered = get(message, "reference", default=message.get("message_reference"))
    thread = chat.is_name(get(answered, "messageId", default=get(answered, "message_id")))
    name = chat.is_name(get(page, "channel", "name"))
    yield Record(
        at=moment.at,
        until=iso(ended).at if ended else None,
        external_id=f"{channel}/{key}",
        text=_text(message) or WORDS.get(kind, ""),
        kind=KINDS.get(kind, "message"),
        precision=moment.precision,
        nanoseconds=moment.nanoseconds,
        written=written,
        zone=moment.zone,
        place=f"#{name}" if name else channel,
        thread=f"{channel}/{thread}" if thread and kind in SPOKEN else "",
        link=_link(guild, channel, key),
        where=where,
        raw=compact(message),
        order=int(key) if SNOWFLAKE.match(key) and int(key) < 2**63 else 0,
        noise=kind not in SPOKEN,
        revised=revised,
        extra=_extra(message, kind, page, edited),
        **_author(message),
    )


def _type(given: Any) -> str:
    if isinstance(given, int):
        return TYPES.get(given, str(given))
    return given if isinstance(given, str) else "Default"


def _moment(message: dict, key: str) -> tuple[Moment, str]:
    written = message.get("timestamp")
    if not written and SNOWFLAKE.match(key):
        return snowflake(key), key
    return iso(written), str(written)


def snowflake(key: str) -> Moment:
    at = BEGAN + timedelta(milliseconds=int(key) >> 22)
    return Moment(in_range(at), "millisecond", "Z")


def _author(message: dict) -> dict[str, Any]:
    author = message.get("author") if isinstance(message.get("author"), dict) else {}
    named = (author.get(name) for name in ("nickname", "global_name", "name", "username"))
    return {
        "actor": clean(next((name for name in named if name), "")),
        "actor_id": chat.is_name(author.get("id")),
        "actor_kind": "bot"
        if author.get("isBot") or author.get("bot") or message.get("webhook_id")
        else "person",
    }


def _link(guild: str, channel: str, key: str) -> str:
    if not (SNOWFLAKE.match(channel) and SNOWFLAKE.match(key)):
        return ""
    house = guild if SNOWFLAKE.match(guild) else "@me"
    return f"https://discord.com/channels/{house}/{channel}/{key}" if guild else ""


# --- words -------------------------------------------------------------------------------------------


def _text(message: dict) -> str:
    """What was said; for bots also the words of their embeds; otherwise the names of what was sent."""
    said = _plain(message.get("content"), message)
    embeds = [line for embed in _dicts(message.get("embeds")) for line in _embed(embed, message)]
    forwarded = [
        _plain(get(shot, "message", "content", default=shot.get("content")), message)
        for shot in _dicts(message.get("message_snapshots") or message.get("forwardedMessage"))
    ]
    text = chat.told(said, *forwarded, *(line for line in embeds if line not in said))
    sent = [f"[file] {file['name']}" for file in _files(message)]
    stickers = _dicts(message.get("stickers") or message.get("sticker_items"))
    return text or chat.told(*sent, *(f"[sticker] {clean(sticker.get('name'))}" for sticker in stickers))


def _embed(embed: dict, message: dict) -> list[str]:
    lines = [_plain(embed.get(name), message) for name in ("title", "description")]
    lines += [
        chat.pair(_plain(entry.get("name"), message), _plain(entry.get("value"), message))
        for entry in _dicts(embed.get("fields"))
    ]
    return [line for line in lines if line]


def _plain(text: Any, message: dict) -> str:
    people = {
        chat.is_name(person.get("id")): clean(person.get("nickname") or person.get("global_name") or person.get("name") or person.get("username"))
        for person in _dicts(message.get("mentions"))
    }  # fmt: skip

    def shown(match: re.Match) -> str:
        person, channel, emoji, seconds = match.groups()
        if person:
            return f"@{people[person]}" if people.get(person) else match[0]
        if emoji:
            return f":{emoji}:"
        if seconds and int(seconds) < 4_000_000_000:
            return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M} UTC"
        return match[0]

    return clean(MARK.sub(shown, text)) if isinstance(text, str) else ""


def _files(message: dict) -> list[dict[str, str]]:
    return [
        {
            "name": clean(file.get("fileName") or file.get("filename") or "file"),
            "type": clean(file.get("content_type") or ""),
            "url": url if str(url := file.get("url") or "").startswith(("http:", "https:")) else "",
        }
        for file in _dicts(message.get("attachments"))
    ]


def _extra(message: dict, kind: str, page: dict, edited: Any) -> dict[str, Any]:
    reactions = {}
    for reaction in _dicts(message.get("reactions")):
        name = clean(get(reaction, "emoji", "name"))
        if name and isinstance(reaction.get("count"), int):
            reactions[name] = reaction["count"]
    extra = {
        "type": kind if kind != "Default" else "",
        "server": clean(get(page, "guild", "name")),
        "files": _files(message),
        "reactions": reactions,
        "edited": {"at": iso(edited).at.isoformat()} if edited else None,
        "pinned": message.get("isPinned") is True or message.get("pinned") is True,
    }
    return {name: value for name, value in extra.items() if value}


def _dicts(value: Any) -> list[dict]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


# --- the data package --------------------------------------------------------------------------------


class Own:
    """Whose package it is, and what the channels are called."""

    def __init__(self, bundle: Bundle | None = None) -> None:
        self.channels: dict[str, str] = {}
        self.owner: dict[str, Any] = {"actor": "", "actor_id": "", "actor_kind": "person"}
        for name in bundle.names if bundle else []:
            end = name.lower().rsplit("/", 1)[-1]
            if end == "user.json" or (end == "index.json" and "messages" in name.lower()):
                self._learn(end, chat.document(bundle, name))

    def _learn(self, end: str, told: Any) -> None:
        if not isinstance(told, dict):
            return
        if end == "index.json":
            self.channels = {key: clean(value) for key, value in told.items() if isinstance(value, str)}
        else:
            self.owner["actor"] = clean(told.get("global_name") or told.get("username"))
            self.owner["actor_id"] = chat.is_name(told.get("id"))


def _package(bundle: Bundle, names: list[str]) -> Iterator[Record | Skipped]:
    own = Own(bundle)
    for name in names:
        channel = OWN.search(name)[1]
        if name.lower().endswith(".csv"):
            for row in chat.rows(bundle, name):
                if isinstance(row, Skipped):
                    yield row
                else:
                    where, cells, raw = row
                    named = {"ID": cells.get("id"), "Timestamp": cells.get("timestamp"), "Contents": cells.get("contents"),
                             "Attachments": cells.get("attachments")}  # fmt: skip
                    yield from records(
                        [Found(named, where)],
                        lambda e, c=channel, r=raw: iter([_own(e.value, e.where, own, c, r)]),
                    )
        else:
            several = chat.Some(bundle, lambda other, name=name: other == name)
            told = records(found(several, ()), lambda e, c=channel: iter([_own(e.value, e.where, own, c)]))
            yield from chat.noted(told, name)


def _own(message: dict, where: str, own: Own, channel: str = "", raw: bytes = b"") -> Record:
    key = str(message["ID"] or "")
    if not SNOWFLAKE.match(key):
        raise BadTime(f"{key[:40]!r} is not the id of a message.")
    moment = snowflake(key)
    files = [
        {"name": part.rsplit("/", 1)[-1].partition("?")[0], "type": "", "url": part}
        for part in str(message.get("Attachments") or "").split()
    ]
    return Record(
        at=moment.at,
        external_id=f"{channel}/{key}",
        text=clean(message.get("Contents")) or chat.told(*(f"[file] {file['name']}" for file in files)),
        kind="message",
        precision=moment.precision,
        written=str(message.get("Timestamp") or key),
        zone="Z",
        place=own.channels.get(channel) or channel,
        where=where,
        raw=raw or compact(message),
        extra={"files": files} if files else {},
        **own.owner,
    )  # fmt: skip


FORMAT = Format(
    key="discord",
    label="Discord",
    about="JSON of DiscordChatExporter (one file or a folder of parts), messages of the API, a member's data package",
    sniff=sniff,
    read=read,
)
