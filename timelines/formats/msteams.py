"""Microsoft Teams: messages of Microsoft Graph, its tenant export, and the archive a person can request.

Source: Microsoft's reference of the chatMessage resource and of its export API, and the layout of
messages.json. A message is known by (channel or chat, id): ids are milliseconds and unique in one place
alone. `lastModifiedDateTime` moves with every reaction; only `lastEditedDateTime` tells an edit. Tenant
exports write the same names in PascalCase. Bodies are HTML and read as the words they show.
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
    Unreadable,
    any_time,
    clean,
    compact,
    get,
    iso,
    parse,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.hypertext import plain
from timelines.formats.records import Record, Skipped

DEPTH = 12  # of names turned to camelCase; Graph nests to half of it
EVENTS = re.compile(r"(?<!^)(?=[A-Z])")
MESSAGES = re.compile(r"(?:^|/)messages[^/]*\.json$", re.I)
LISTS = re.compile(r"(?:^|/)(?:channels|users?List|teamMembers)[^/]*\.json$", re.I)
PLACE = re.compile(r"/(?:channels|chats)(?:/|\(')([^/'?)]+)")
FLAGS = {"high": "important", "urgent": "urgent"}
NEVER = "0001-01-01"


def sniff(bundle: Bundle, head: bytes) -> str | None:
    for start in chat.heads(bundle, head, (".json", ".jsonl")):
        low = start.lower()
        if (
            b'"createddatetime"' in low
            and b'"body"' in low
            and (b'"messagetype"' in low or b'"replytoid"' in low)
        ):
            return "it holds messages of Microsoft Teams as Graph gives them (createdDateTime, messageType)"
        if b'"messagelist"' in low and b'"originalarrivaltime"' in low:
            return "it is messages.json of a Teams or Skype archive"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    documents = chat.Some(bundle, lambda name: name.lower().endswith((".json", ".jsonl")))
    if not documents.names:
        raise Unreadable(
            f"{bundle.name} holds no JSON; export messages through Graph or unpack messages.json."
        )
    house = House(documents)
    if house.pages:
        documents.names = house.pages
    elements = found(documents, ("value", "Value", "messages", "conversations"))
    yield from records(elements, lambda element: _element(element.value, element.where, element.page, house))


class House:
    """Names of channels and people, as the lists beside the messages of a tenant export tell them."""

    def __init__(self, documents: chat.Some) -> None:
        self.names: dict[str, str] = {}
        self.pages = (
            [name for name in documents.names if MESSAGES.search(name)] if len(documents.names) > 1 else []
        )
        for name in documents.names if self.pages else []:
            if LISTS.search(name):
                told = chat.document(documents, name)
                for thing in told if isinstance(told, list) else []:
                    key, called = (
                        get(thing, "Id") or get(thing, "id"),
                        get(thing, "DisplayName") or get(thing, "displayName"),
                    )
                    if isinstance(key, str) and isinstance(called, str):
                        self.names[key] = clean(called)


def _element(value: dict, where: str, page: dict, house: House) -> Iterator[Record | Skipped]:
    if isinstance(value.get("MessageList"), list):
        name = clean(value.get("displayName")) or clean(value.get("id"))
        told = [Found(message, f"{where}/MessageList/{n}") for n, message in enumerate(value["MessageList"])]
        yield from records(told, lambda e: iter([_archived(e.value, e.where, name)]))
        return
    message = _camel(value)
    context = page.get("@odata.context")
    yield from _message(message, value, where, context if isinstance(context, str) else "", house)


def _camel(value: Any, depth: int = 0) -> Any:
    if depth < DEPTH and isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _camel(inner, depth + 1) for name, inner in value.items()}
    if depth < DEPTH and isinstance(value, list):
        return [_camel(inner, depth + 1) for inner in value]
    return value


# --- Graph -------------------------------------------------------------------------------------------


def _message(
    message: dict, given: dict, where: str, context: str, house: House
) -> Iterator[Record | Skipped]:
    if "createdDateTime" not in message or "id" not in message:
        raise BadTime("This is no message of Teams.")
    moment = iso(message["createdDateTime"])
    place, scope = _place(message, context, house)
    key = f"{scope}/{message['id']}"
    gone, edited = _changed(message.get("deletedDateTime")), _changed(message.get("lastEditedDateTime"))
    event = get(message, "eventDetail", default={})
    is_event = message.get("messageType") == "systemEventMessage" or bool(event)
    answered = chat.is_name(message.get("replyToId"))
    who = _actor(message.get("from") or get(event, "initiator"), house)
    yield Record(
        at=moment.at,
        external_id=key,
        text=_event(event, house) if is_event else _text(message),
        kind="deleted message" if gone else _kind_of(event) if is_event else "message",
        precision=moment.precision,
        nanoseconds=moment.nanoseconds,
        written=str(message["createdDateTime"]),
        zone=moment.zone,
        place=place,
        thread=f"{scope}/{answered}" if answered and answered != str(message["id"]) else "",
        link=_link(message.get("webUrl")),
        where=where,
        raw=compact(given),
        noise=is_event,
        deleted=gone is not None,
        revised=gone.at if gone else edited.at if edited else None,
        extra=_extra(message, edited),
        **who,
    )
    if "replies" in message and isinstance(message["replies"], list):
        replies = [Found(reply, f"{where}/replies/{n}") for n, reply in enumerate(message["replies"])]
        yield from records(replies, lambda e: _message({"replyToId": message["id"], "channelIdentity": message.get("channelIdentity"),
                           "chatId": message.get("chatId")} | e.value, e.value, e.where, context, house))  # fmt: skip


def _changed(value: Any) -> Moment | None:
    return iso(value) if isinstance(value, str) and value and not value.startswith(NEVER) else None


def _place(message: dict, context: str, house: House) -> tuple[str, str]:
    """What the place is called, and its id: of the message, else of the address of the page it was on."""
    channel = get(message, "channelIdentity", "channelId") or message.get("chatId")
    if not channel and (found := PLACE.search(context)):
        channel = found[1]
    scope = chat.is_name(channel)
    return clean(get(message, "channelIdentity", "channelDisplayName")) or house.names.get(
        scope, scope
    ), scope


def _actor(sender: Any, house: House) -> dict[str, Any]:
    for kind in ("user", "application", "device", "phone"):
        who = get(sender, kind)
        if isinstance(who, dict):
            return {
                "actor": clean(who.get("displayName"))
                or house.names.get(str(who.get("id")))
                or clean(who.get("id")),
                "actor_id": clean(who.get("id")),
                "actor_kind": "person" if kind in ("user", "phone") else "bot",
            }
    return {"actor": "", "actor_id": "", "actor_kind": ""}


def _link(address: Any) -> str:
    return address if isinstance(address, str) and address.startswith("https://") else ""


def _text(message: dict) -> str:
    body = get(message, "body", default={})
    content = get(body, "content", default="")
    content = content if isinstance(content, str) else ""
    said = plain(content) if str(get(body, "contentType")).lower() == "html" else clean(content)
    parts = [clean(message.get("subject")), said]
    attached = message.get("attachments")
    for attachment in attached if isinstance(attached, list) else []:
        parts += _attachment(attachment, said)
    return chat.told(*parts)


def _attachment(attachment: Any, said: str) -> list[str]:
    """Cards in words; a quoted message is what was said elsewhere; a file is named where nothing was said."""
    kind = str(get(attachment, "contentType", default=""))
    if kind.startswith("application/vnd.microsoft.card") and isinstance(get(attachment, "content"), str):
        try:
            return list(_card(parse(attachment["content"].encode("utf-8", "replace"), "card")))
        except Unreadable:
            return [plain(attachment["content"])]
    if kind == "messageReference":
        return []
    name = clean(get(attachment, "name"))
    return [f"[file] {name}"] if name and not said else []


def _card(card: Any, depth: int = 0) -> Iterator[str]:
    """The words of an adaptive, hero or connector card in their order."""
    if depth > 20:
        return
    if isinstance(card, list):
        for part in card:
            yield from _card(part, depth + 1)
    elif isinstance(card, dict):
        if isinstance(card.get("facts"), list):
            for fact in card["facts"]:
                yield chat.pair(get(fact, "title", default=get(fact, "name")), get(fact, "value"))
        for name in (
            "title",
            "activityTitle",
            "activitySubtitle",
            "subtitle",
            "text",
            "activityText",
            "summary",
        ):
            if isinstance(card.get(name), str):
                yield plain(card[name])
        for name in ("body", "items", "columns", "sections", "inlines", "cells", "rows"):
            yield from _card(card.get(name), depth + 1)


def _what(event: Any) -> tuple[str, dict]:
    """What happened, and about what: Graph names it in the type, a tenant export by the only part that is there."""
    told = event if isinstance(event, dict) else {}
    kind = told.get("@odata.type")
    if isinstance(kind, str):
        return kind.rsplit(".", 1)[-1].removesuffix("EventMessageDetail"), told
    parts = [(name, part) for name, part in told.items() if isinstance(part, dict) and name != "initiator"]
    return parts[0] if parts else ("", told)


def _kind_of(event: Any) -> str:
    kind = _what(event)[0].lower()
    if kind in ("membersadded", "membersjoined"):
        return "join"
    if kind in ("membersdeleted", "membersleft"):
        return "leave"
    if "renamed" in kind:
        return "rename"
    return "call" if "call" in kind else "system"


def _event(event: Any, house: House) -> str:
    """`#microsoft.graph.callEndedEventMessageDetail` reads “call ended”, with whom or what it names."""
    kind, about = _what(event)
    members = about.get("members")
    named = [
        clean(get(member, "displayName")) or house.names.get(str(get(member, "id")), "")
        for member in (members if isinstance(members, list) else [])
    ]
    renamed = next(
        (
            clean(value)
            for name, value in about.items()
            if name.endswith("DisplayName") and isinstance(value, str)
        ),
        "",
    )
    told = ", ".join(name for name in named if name) or clean(about.get("callDuration")) or renamed
    return chat.pair(EVENTS.sub(" ", kind).lower() or "system message", told)


def _extra(message: dict, edited: Moment | None) -> dict[str, Any]:
    reactions, attached = message.get("reactions"), message.get("attachments")
    extra = {
        "importance": FLAGS.get(str(message.get("importance")).lower()),
        "reactions": chat.counted(get(r, "reactionType") for r in (reactions if isinstance(reactions, list) else [])),
        "edited": {"at": edited.at.isoformat()} if edited else None,
        "files": [
            {"name": clean(one.get("name")), "type": clean(one.get("contentType")), "url": _link(one.get("contentUrl"))}
            for one in (attached if isinstance(attached, list) else [])
            if isinstance(one, dict) and one.get("name")
        ],
    }  # fmt: skip
    return {name: value for name, value in extra.items() if value}


# --- the archive of one account ----------------------------------------------------------------------


def _archived(message: dict, where: str, conversation: str) -> Record:
    moment = any_time(message["originalarrivaltime"])
    kind = str(message.get("messagetype") or "")
    scope = chat.is_name(message.get("conversationid")) or conversation
    sender = chat.is_name(message.get("from"))
    spoken = kind.lower() in (
        "text",
        "richtext",
        "richtext/html",
        "richtext/media_card",
        "richtext/uriobject",
        "richtext/media_genericfile",
    )
    edited = _edited(get(message, "properties", "edittime"))
    gone = _edited(get(message, "properties", "deletetime"))
    return Record(
        at=moment.at,
        external_id=f"{scope}/{message['id']}",
        text=plain(message.get("content")) or kind,
        kind="deleted message" if gone else "message" if spoken else "system",
        precision=moment.precision,
        nanoseconds=moment.nanoseconds,
        written=str(message["originalarrivaltime"]),
        zone=moment.zone,
        actor=clean(message.get("displayName")) or sender.partition(":")[2] or sender,
        actor_id=sender,
        actor_kind="bot" if sender.startswith("28:") else "person",
        place=conversation,
        where=where,
        raw=compact(message),
        noise=not spoken,
        deleted=gone is not None,
        revised=gone.at if gone else edited.at if edited else None,
    )  # fmt: skip


def _edited(value: Any) -> Moment | None:
    return any_time(str(value)) if value else None


FORMAT = Format(
    key="msteams",
    label="Microsoft Teams",
    about="Pages of Graph's channel and chat messages, a tenant export, messages.json of an archive",
    sniff=sniff,
    read=read,
)
