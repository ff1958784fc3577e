"""Rocket.Chat: pages of its REST API, exports of rooms and of the database, outgoing webhooks.

Source: Rocket.Chat's developer documentation of messages and MongoDB's extended JSON. A message is known by
its `_id`. What an edit leaves behind is a message marked `_hidden` whose `parent` is the one that was edited:
an earlier edition of it. A thread is the message that `tmid` names. `{"$date": …}` holds milliseconds, text,
or a number in text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timelines.formats import chat
from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Moment,
    any_time,
    clean,
    compact,
    get,
)
from timelines.formats.documents import found, records
from timelines.formats.records import Record, Skipped

SYSTEM = {
    "uj": ("join", "joined"), "ujt": ("join", "joined the team"), "au": ("join", "was added"), "ult": ("leave", "left the team"),
    "ul": ("leave", "left"), "ru": ("leave", "was removed"), "room_changed_topic": ("topic", "changed the topic"),
    "room_changed_description": ("topic", "changed the description"), "room_changed_announcement": ("topic", "changed the announcement"),
    "r": ("rename", "renamed the room"), "message_pinned": ("pin", "pinned a message"), "room-archived": ("archive", "archived the room"),
    "discussion-created": ("discussion", "started a discussion"), "videoconf": ("call", "started a call"),
    "jitsi_call_started": ("call", "started a call"), "rm": ("deleted message", "deleted a message"),
}  # fmt: skip
NATIVE = re.compile(rb'"rid"\s*:\s*"')
EXPORTED = re.compile(rb'\s*(?:\[\s*)?\{\s*"msg"\s*:')
LISTS = ("messages", "messages.messages")
HEAD = 8192  # bytes in which an exported room shows its first message


def sniff(bundle: Bundle, head: bytes) -> str | None:
    for start in chat.heads(bundle, head, (".json", ".jsonl")):
        if NATIVE.search(start) and b'"_id"' in start and b'"msg"' in start and b'"ts"' in start:
            return "it holds messages of Rocket.Chat (rid, msg, ts)"
        if EXPORTED.match(start) and b'"username"' in start[:HEAD] and b'"ts"' in start[:HEAD]:
            return "it is a room as Rocket.Chat exports it"
        if all(
            name in start for name in (b'"message_id"', b'"channel_id"', b'"user_name"', b'"bot"', b'"text"')
        ):
            return "it is an outgoing webhook of Rocket.Chat"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    documents = chat.Some(bundle, lambda name: name.lower().endswith((".json", ".jsonl")))
    yield from records(
        found(documents, LISTS), lambda element: iter([_element(element.value, element.where)])
    )


def _element(value: dict, where: str) -> Record:
    if isinstance(value.get("message"), dict):  # chat.postMessage, chat.getMessage
        value = value["message"]
    if "message_id" in value and "text" in value:
        return _webhook(value, where)
    if "ts" not in value or not ({"msg", "t", "attachments", "file"} & value.keys()):
        raise BadTime("This is no message of Rocket.Chat.")
    return _message(value, where)


def moment(value: Any) -> Moment:
    """ISO, milliseconds, or `{"$date": …}` around either or around `{"$numberLong": "…"}`."""
    for _ in range(2):
        if isinstance(value, dict):
            value = value.get("$date", value.get("$numberLong"))
    return any_time(value)


def _id(value: Any) -> str:
    return chat.is_name(value.get("$oid") if isinstance(value, dict) else value)


def _message(message: dict, where: str) -> Record:
    said = moment(message["ts"])
    kind, words = SYSTEM.get(str(message.get("t") or ""), ("system" if message.get("t") else "message", ""))
    room = _id(message.get("rid"))
    former = _id(message.get("parent")) if message.get("_hidden") else ""
    key = former or _id(message.get("_id"))
    user = message.get("u") if isinstance(message.get("u"), dict) else {}
    name = clean(message.get("alias") or user.get("name") or user.get("username") or message.get("username"))
    text = _text(message)
    if not key:  # exports of a room keep no ids
        key = f"{said.at.isoformat()}/{clean(user.get('username') or message.get('username'))}/{chat.digest(text)}"
    edited = moment(message["editedAt"]) if message.get("editedAt") else None
    if former:  # an earlier edition must never win over the one it became
        edited = None
    thread = _id(message.get("tmid"))
    return Record(
        at=said.at,
        external_id=key,
        text=" ".join(part for part in (words, text) if part) if message.get("t") else text,
        kind=kind,
        precision=said.precision,
        written=str(message["ts"])[:120],
        zone=said.zone,
        actor=name,
        actor_id=_id(user.get("_id")) or clean(message.get("username")),
        actor_kind="bot" if message.get("bot") or message.get("integrationId") else "person" if name else "",
        place=chat.is_name(message.get("channel")) or room,
        thread=thread if thread != key else "",
        where=where,
        raw=compact(message),
        noise=bool(message.get("t")) and kind != "deleted message",
        deleted=kind == "deleted message",
        revised=edited.at if edited else None,
        extra=_extra(message, edited),
    )


def _text(message: dict) -> str:
    said = clean(message.get("msg"))
    told = chat.told(said, *chat.cards(message.get("attachments")))
    return told or chat.told(*(f"[file] {file['name']}" for file in _files(message)))


def _files(message: dict) -> list[dict[str, str]]:
    given = message.get("files") if isinstance(message.get("files"), list) else [message.get("file")]
    return [
        {"name": clean(file.get("name")), "type": clean(file.get("type"))}
        for file in given
        if isinstance(file, dict) and file.get("name") and not str(file["name"]).startswith("thumb-")
    ]


def _extra(message: dict, edited: Moment | None) -> dict[str, Any]:
    reactions = message.get("reactions")
    counted = {
        clean(name): len(get(who, "usernames", default=[]))
        for name, who in (reactions.items() if isinstance(reactions, dict) else ())
    }
    by = clean(get(message, "editedBy", "username", default=""))
    extra = {
        "type": clean(message.get("t")),
        "files": _files(message),
        "reactions": counted,
        "edited": {"at": edited.at.isoformat()} | ({"by": by} if by else {}) if edited else None,
        "pinned": message.get("pinned") is True,
    }
    return {name: value for name, value in extra.items() if value}


def _webhook(message: dict, where: str) -> Record:
    said = moment(message["timestamp"])
    name = clean(message.get("user_name"))
    return Record(
        at=said.at,
        external_id=str(message["message_id"]),
        text=clean(message["text"]),
        kind="message",
        precision=said.precision,
        written=str(message["timestamp"]),
        zone=said.zone,
        actor=clean(message.get("alias")) or name,
        actor_id=clean(message.get("user_id")),
        actor_kind="bot" if message.get("bot") else "person",
        place=chat.is_name(message.get("channel_name")) or chat.is_name(message.get("channel_id")),
        where=where,
        raw=compact({name: value for name, value in message.items() if name != "token"}),
    )


FORMAT = Format(
    key="rocketchat",
    label="Rocket.Chat",
    about="Pages of channels.messages, groups.history and their like, exported rooms, lines of mongoexport",
    sniff=sniff,
    read=read,
)
