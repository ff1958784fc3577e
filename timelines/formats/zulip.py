"""Zulip: pages of its API, the organisation's export, outgoing webhooks.

Source: Zulip's API documentation of messages and its description of exports. Ids count the whole server, so a
message is known by its id alone, in an export as on a page. A channel's topic is the thread; moving a
message rewrites it, so it is told with the channel and is no part of the id. Content of a page is
HTML unless it was asked for as Markdown; that of an export is Markdown.
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
    clean,
    compact,
    epoch,
    get,
    parse,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.hypertext import plain
from timelines.formats.records import Record, Skipped

PAGE = re.compile(r"(?:^|/)messages-\d{6,}\.json$")
HOUSE = re.compile(r"(?:^|/)realm\.json$")
HTML = re.compile(r"<(?:p|div|ul|ol|blockquote|pre|table|h[1-6]|hr|time|a|span)[ >/]")
NOTICES = ("notification-bot@", "welcome-bot@")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if any(PAGE.search(name) for name in bundle.names) and any(HOUSE.search(name) for name in bundle.names):
        return "it has messages-000001.json beside realm.json, as an export of Zulip does"
    for start in chat.heads(bundle, head, (".json",)):
        if b'"zerver_message"' in start or (b'"date_sent"' in start and b'"rendered_content"' in start):
            return "it holds messages of a Zulip export"
        if b'"sender_full_name"' in start and b'"display_recipient"' in start:
            return "it holds messages of Zulip's API"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    house = House(bundle)
    pages = chat.Some(bundle, lambda name: bool(PAGE.search(name)))
    if not pages.names:
        pages = chat.Some(bundle, lambda name: name.lower().endswith((".json", ".jsonl")))
    elements = found(pages, ("zerver_message", "messages"))
    yield from records(elements, lambda element: iter([_element(element, house)]))


class House:
    """Who and where, as realm.json of an export tells it: senders and recipients are numbers there."""

    def __init__(self, bundle: Bundle) -> None:
        self.people: dict[Any, dict] = {}
        self.places: dict[Any, str] = {}
        for name in bundle.names:
            if HOUSE.search(name) and isinstance(told := chat.document(bundle, name), dict):
                self._learn(told)

    def _learn(self, told: dict) -> None:
        for list_of in (
            "zerver_userprofile",
            "zerver_userprofile_crossrealm",
            "zerver_userprofile_mirrordummy",
        ):
            self.people |= {person.get("id"): person for person in _dicts(told.get(list_of))}
        channels = {
            channel.get("id"): clean(channel.get("name")) for channel in _dicts(told.get("zerver_stream"))
        }
        for recipient in _dicts(told.get("zerver_recipient")):
            if recipient.get("type") == 2:
                self.places[recipient.get("id")] = f"#{channels.get(recipient.get('type_id'), '')}"
            else:
                self.places[recipient.get("id")] = "direct message"


def _element(element: Found, house: House) -> Record:
    message = element.value
    for _ in range(2):  # webhooks, events and single messages have it inside
        message = message["message"] if isinstance(message.get("message"), dict) else message
    if "id" not in message or "content" not in message:
        raise BadTime("This is no message of Zulip.")
    if "date_sent" in message:
        return _record(message, element.where, _exported(message, house), message["date_sent"])
    return _record(message, element.where, _told(message), message["timestamp"])


def _exported(message: dict, house: House) -> dict[str, Any]:
    sender = _hash(message.get("sender"))
    person = house.people.get(sender) or {}
    email = clean(person.get("delivery_email") or person.get("email"))
    return {
        "actor": clean(person.get("full_name")) or (f"user {sender}" if sender is not None else ""),
        "actor_id": chat.is_name(sender),
        "actor_kind": _kind(email, person.get("is_bot") is True),
        "place": house.places.get(_hash(message.get("recipient")), ""),
    }


def _hash(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else None


def _told(message: dict) -> dict[str, Any]:
    to = message.get("display_recipient")
    if isinstance(to, list):
        names = sorted(clean(get(person, "full_name")) for person in to)
        place = f"direct: {', '.join(names)}"
    else:
        place = f"#{clean(to)}" if to else ""
    return {
        "actor": clean(message.get("sender_full_name")),
        "actor_id": chat.is_name(message.get("sender_id")),
        "actor_kind": _kind(str(message.get("sender_email") or ""), message.get("sender_is_bot") is True),
        "place": place,
    }


def _kind(email: str, is_bot: bool) -> str:
    if email.startswith(NOTICES):
        return "system"
    return "bot" if is_bot or re.search(r"-bot@", email) else "person"


def _record(message: dict, where: str, who: dict[str, Any], sent: Any) -> Record:
    moment = epoch(sent)
    content = message["content"] if isinstance(message["content"], str) else ""
    is_html = message.get("content_type") == "text/html" or (
        "content_type" not in message and bool(HTML.match(content))
    )
    edited = _changed(message)
    topic = clean(message.get("subject") or message.get("topic"))
    deleted = message.get("deleted") is True
    if topic and who["place"].startswith("#"):
        who["place"] = f"{who['place']} > {topic}"
    return Record(
        at=moment.at,
        external_id=str(message["id"]),
        text=plain(content) if is_html else clean(content),
        kind="deleted message" if deleted else "message",
        precision=moment.precision,
        written=str(sent),
        zone=moment.zone,
        link=_link(message),
        where=where,
        raw=compact(message),
        order=chat.number(message["id"]),
        noise=who["actor_kind"] == "system",
        deleted=deleted,
        revised=edited.at if edited else None,
        extra=_extra(message, topic, edited),
        **who,
    )


def _changed(message: dict) -> Moment | None:
    """When the words were edited, or the message moved."""
    given = [message.get("last_edit_timestamp"), message.get("last_edit_time")]
    given += [get(change, "timestamp") for change in _history(message)]
    moments = [epoch(value) for value in given if isinstance(value, (int, float)) and value]
    return max(moments, key=lambda moment: moment.at, default=None)


def _history(message: dict) -> list[dict]:
    """The edits, which an export holds as text."""
    history = message.get("edit_history")
    if isinstance(history, str) and history.strip():
        try:
            history = parse(history.encode("utf-8", "replace"), "edit_history")
        except Unreadable:
            return []
    return _dicts(history)


def _link(message: dict) -> str:
    url = message.get("url")
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else ""


def _extra(message: dict, topic: str, edited: Moment | None) -> dict[str, Any]:
    moved = [
        clean(get(change, "prev_topic", default=get(change, "prev_subject"))) for change in _history(message)
    ]
    extra = {
        "topic": topic,
        "former topics": list(dict.fromkeys(name for name in moved if name and name != topic)),
        "edited": {"at": edited.at.isoformat()} if edited else None,
        "reactions": chat.counted(one.get("emoji_name") for one in _dicts(message.get("reactions"))),
    }
    return {name: value for name, value in extra.items() if value}


def _dicts(value: Any) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


FORMAT = Format(
    key="zulip",
    label="Zulip",
    about="Pages of GET /messages, the unpacked export of an organisation, outgoing webhooks",
    sniff=sniff,
    read=read,
)
