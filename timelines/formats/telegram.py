"""Telegram: result.json of Telegram Desktop (one chat or all of them), updates and webhooks of the Bot API.

Source: Telegram's description of the export's format and the Bot API reference. A message is known by
(chat, id). `date` of an export is the exporting computer's local time without a zone; `date_unixtime`
beside it says when. Exports before 2021 lack it, and then the zone is asked for. Text is a string, or a
list of strings and marked-up pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ijson

from timelines.formats import chat
from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    Guarded,
    Moment,
    NeedsAnswer,
    Unreadable,
    clean,
    compact,
    epoch,
    get,
    iso,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

LISTS = ("messages", "chats.list", "left_chats.list", "result")
UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_message",
    "edited_business_message",
)
MEDIA = ("photo", "document", "video", "audio", "voice", "animation", "video_note", "sticker")
PAGE = b'class="message default clearfix'
WORDS = {
    "invite_members": "added", "remove_members": "removed", "join_group_by_link": "joined by link",
    "join_group_by_request": "joined", "create_group": "created the group", "create_channel": "created the channel",
    "edit_group_title": "renamed the group", "edit_group_photo": "changed the photo", "pin_message": "pinned a message",
    "phone_call": "called", "group_call": "group call", "migrate_to_supergroup": "made the group a supergroup",
    "topic_created": "opened the topic", "topic_edit": "changed the topic",
}  # fmt: skip
KINDS = {
    "invite_members": "join", "join_group_by_link": "join", "join_group_by_request": "join", "remove_members": "leave",
    "edit_group_title": "rename", "pin_message": "pin", "phone_call": "call", "group_call": "call", "topic_edit": "topic",
}  # fmt: skip
MESSAGES = ("messages.item", "chats.list.item.messages.item", "left_chats.list.item.messages.item")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if PAGE in head:
        return "it is a chat as Telegram Desktop shows it"
    for start in chat.heads(bundle, head, (".json",)):
        if (
            b'"from_id"' in start
            and b'"text"' in start
            and b'"type"' in start
            and (b'"date"' in start or b'"date_unixtime"' in start)
        ):
            return "it is a chat as Telegram Desktop exports it (from_id, date)"
        if b'"date_unixtime"' in start or (b'"personal_information"' in start and b'"chats"' in start):
            return "it is an export of Telegram Desktop"
        if b'"update_id"' in start and any(f'"{name}"'.encode() in start for name in UPDATES):
            return "it holds updates of Telegram's Bot API"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    documents = chat.Some(bundle, lambda name: name.lower().endswith((".json", ".jsonl")))
    if not documents.names or documents.names[0].lower().endswith((".html", ".htm")):
        raise Unreadable(
            f"{bundle.name} is a page to look at. In Telegram Desktop, export the history as “Machine-readable JSON”."
        )
    for name in documents.names:
        one = chat.Some(bundle, lambda other, name=name: other == name)
        told = _streamed(bundle, name) if _is_large_export(bundle, name) else found(one, LISTS)
        said = records(told, lambda element: _element(element, context))
        yield from said if len(documents.names) == 1 else chat.noted(said, name)


def _is_large_export(bundle: Bundle, name: str) -> bool:
    if bundle.size(name) <= DOCUMENT_LIMIT:
        return False
    with bundle.open(name) as file:
        return b'"update_id"' not in file.read(chat.HEAD)


def _streamed(bundle: Bundle, name: str) -> Iterator[Found]:
    """The messages of an export too large to be held, each with the name and id of its chat, which stand before them."""
    about: dict[str, Any] = {}
    building, number = None, 0
    with bundle.open(name) as file:
        try:
            for prefix, event, value in ijson.parse(Guarded(file, name), use_float=True):
                if building:
                    building.event(event, value)
                    if event == "end_map" and prefix.endswith("messages.item"):
                        yield Found(building.value, f"{name}#/messages/{number}", "messages", dict(about))
                        building, number = None, number + 1
                elif event == "start_map" and prefix in MESSAGES:
                    building = ijson.ObjectBuilder()
                    building.event(event, value)
                elif event == "start_map" and prefix.endswith("list.item"):
                    about = {}
                elif event in ("string", "number") and prefix.rpartition(".")[2] in ("name", "type", "id"):
                    about[prefix.rpartition(".")[2]] = value
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise Unreadable(
                f"{name} breaks off or is not JSON: {str(error).splitlines()[0][:120]}"
            ) from error


def _element(element: Found, context: Context) -> Iterator[Record | Skipped]:
    value, where = element.value, element.where
    if isinstance(value.get("messages"), list):  # a chat of a whole export
        about = {name: value.get(name) for name in ("name", "type", "id")}
        told = [
            Found(one, f"{where}/messages/{n}", "messages", about) for n, one in enumerate(value["messages"])
        ]
        yield from records(told, lambda e: _element(e, context))
    elif "update_id" in value:
        for name in UPDATES:
            if isinstance(value.get(name), dict):
                yield _bot(value[name], where)
    elif "message_id" in value:
        yield _bot(value, where)
    elif "id" in value and ("date" in value or "date_unixtime" in value):
        yield _exported(value, where, element.page, context)
    elif not ({"about", "personal_information", "chats"} & value.keys()):
        raise BadTime("This is no message of Telegram.")


# --- Telegram Desktop --------------------------------------------------------------------------------


def _exported(message: dict, where: str, about: dict, context: Context) -> Record:
    moment, certainty = _moment(message, "date", context)
    edited = _moment(message, "edited", context)[0] if message.get("edited") else None
    service = message.get("type") == "service"
    action = clean(message.get("action"))
    scope = chat.is_name(about.get("id"))
    sender = chat.is_name(message.get("from_id") or message.get("actor_id"))
    answered = chat.is_name(message.get("reply_to_message_id"))
    told = _marked(message.get("text") or message.get("text_entities"))
    return Record(
        at=moment.at,
        external_id=f"{scope}/{message['id']}",
        text=_service(message, action) if service else chat.told(told, *(() if told else _sent(message))),
        kind=KINDS.get(action, "system") if service else "message",
        precision=moment.precision,
        certainty=certainty,
        written=str(message.get("date") or message["date_unixtime"]),
        zone=moment.zone,
        actor=clean(message.get("from") or message.get("actor")) or sender,
        actor_id=sender,
        actor_kind="system" if service and not sender else "person",
        place=clean(about.get("name")) or clean(about.get("type")).replace("_", " "),
        thread=f"{scope}/{answered}" if answered else "",
        where=where,
        raw=compact(message),
        order=chat.number(message["id"]),
        noise=service,
        revised=edited.at if edited else None,
        extra=_extra(message, edited),
    )


def _moment(message: dict, name: str, context: Context) -> tuple[Moment, str]:
    if str(message.get(f"{name}_unixtime") or "").isdecimal():
        return epoch(message[f"{name}_unixtime"]), "exact"
    written = message[name]
    if isinstance(written, (int, float)):
        return epoch(written), "exact"
    if context.zone is None and isinstance(written, str) and len(written) <= 26:
        raise NeedsAnswer(
            "zone", "This export states local times without a zone. Which zone was the exporting computer in?"
        )
    return iso(written, context.zone), "assumed zone"


def _marked(text: Any) -> str:
    """Text, or pieces of it; a link behind words is told with them."""
    if isinstance(text, str):
        return clean(text)
    parts = []
    for piece in text if isinstance(text, list) else []:
        words = piece if isinstance(piece, str) else get(piece, "text", default="")
        address = get(piece, "href")
        parts.append(f"{words} ({address})" if isinstance(address, str) and address != words else str(words))
    return clean("".join(parts))


def _sent(message: dict) -> list[str]:
    """What a message without words holds."""
    named = message.get("file_name") or message.get("media_type") or ("photo" if message.get("photo") else "")
    parts = [f"[file] {clean(named)}"] if named or message.get("file") else []
    if question := clean(get(message, "poll", "question")):
        parts.append(f"[poll] {question}")
    if place := get(message, "location_information"):
        parts.append(f"[place] {get(place, 'latitude')}, {get(place, 'longitude')}")
    return parts


def _service(message: dict, action: str) -> str:
    members = message.get("members")
    named = (
        ", ".join(clean(name) for name in members if isinstance(name, str))
        if isinstance(members, list)
        else ""
    )
    words = WORDS.get(action) or action.replace("_", " ") or "system message"
    return " ".join(
        part for part in (words, named or clean(message.get("title")), _marked(message.get("text"))) if part
    )


def _extra(message: dict, edited: Moment | None) -> dict[str, Any]:
    reactions = {}
    given = message.get("reactions")
    for reaction in given if isinstance(given, list) else []:
        name, count = get(reaction, "emoji"), get(reaction, "count")
        if isinstance(name, str) and isinstance(count, int):
            reactions[clean(name)] = count
    file = (
        clean(message.get("file_name"))
        or clean(message.get("file") or message.get("photo")).rsplit("/", 1)[-1]
    )
    extra = {
        "files": [{"name": file, "type": clean(message.get("mime_type"))}]
        if file and not file.startswith("(")
        else None,
        "reactions": reactions,
        "edited": {"at": edited.at.isoformat()} if edited else None,
        "forwarded from": clean(message.get("forwarded_from")),
        "via": clean(message.get("via_bot")),
    }
    return {name: value for name, value in extra.items() if value}


# --- the Bot API -------------------------------------------------------------------------------------


def _bot(message: dict, where: str) -> Record:
    moment = epoch(message["date"])
    edited = epoch(message["edit_date"]) if message.get("edit_date") else None
    scope = chat.is_name(get(message, "chat", "id"))
    sender = message.get("from") or message.get("sender_chat") or {}
    title = (
        get(message, "chat", "title")
        or get(message, "chat", "username")
        or get(message, "chat", "first_name")
    )
    answered = chat.is_name(get(message, "reply_to_message", "message_id"))
    joined, left = message.get("new_chat_members"), message.get("left_chat_member")
    words = clean(message.get("text") or message.get("caption"))
    kind = "join" if joined else "leave" if left else "message"
    return Record(
        at=moment.at,
        external_id=f"{scope}/{message['message_id']}",
        text=words or _unspoken(message, joined, left),
        kind=kind,
        precision=moment.precision,
        written=str(message["date"]),
        zone=moment.zone,
        actor=_name(sender),
        actor_id=chat.is_name(get(sender, "id")),
        actor_kind="bot" if get(sender, "is_bot") is True else "person",
        place=clean(title) or scope,
        thread=f"{scope}/{answered}" if answered else "",
        where=where,
        raw=compact(message),
        order=chat.number(message["message_id"]),
        noise=kind != "message",
        revised=edited.at if edited else None,
        extra={"edited": {"at": edited.at.isoformat()}} if edited else {},
    )


def _name(person: Any) -> str:
    whole = f"{clean(get(person, 'first_name'))} {clean(get(person, 'last_name'))}".strip()
    return whole or clean(get(person, "title")) or clean(get(person, "username"))


def _unspoken(message: dict, joined: Any, left: Any) -> str:
    if joined or left:
        people = joined if isinstance(joined, list) else [left]
        return f"{'joined' if joined else 'left'}: {', '.join(_name(person) for person in people)}"
    named = clean(get(message, "document", "file_name")) or next(
        (name for name in MEDIA if message.get(name)), ""
    )
    return f"[file] {named}" if named else ""


FORMAT = Format(
    key="telegram",
    label="Telegram",
    about="result.json of Telegram Desktop (one chat or all), updates of the Bot API",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
