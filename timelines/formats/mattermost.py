"""Mattermost: bulk export, posts of the REST API, compliance exports as CSV and XML, legal holds, outgoing webhooks, socket events.

Source: Mattermost's bulk loading data format, its API reference (version 4) and compliance export pages.
Times are milliseconds. A post of the API and of a CSV is known by its id; the former wording an edit leaves
behind names the post in `original_id` and is an earlier edition of it. A bulk export has no ids: a post is
known by (team, channel, author, create_at). That stays when the text is edited. Where one author may well
have two posts in one millisecond – bots, cards, and histories taken over with whole seconds – the words
belong to the id too. Posts stand in no order, and replies may be older than their root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timelines.formats import chat, mattermosttable, mattermostxml
from timelines.formats import mattermostposts as posts
from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    any_time,
    clean,
    compact,
    epoch,
    get,
    parse,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

JSON = (".jsonl", ".json", ".ndjson")
BULK = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"type"\s*:\s*"(version|team|channel|user|bot|post|direct_post)"\s*,\s*"(\w+)"'
)
NEXT = re.compile(
    rb'"type"\s*:\s*"(?:role|scheme|emoji|team|channel|user|bot|post|direct_channel|direct_post)"'
)
OUTGOING = ("team_domain", "channel_name", "post_id", "user_name")
TOLD = ("post", "direct_post")
SILENT = {
    "version", "info", "role", "scheme", "emoji", "team", "direct_channel", "bot", "user", "channel",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    for start in chat.heads(bundle, head, (*JSON, ".csv", ".xml")):
        if reason := _reason(start):
            return reason
    return None


def _reason(start: bytes) -> str | None:
    if mattermostxml.is_export(start):
        return "it is a compliance export of Mattermost in the XML of Actiance (FileDump)"
    kind = BULK.match(start)
    if kind and (NEXT.search(start) if kind[1] == b"version" else kind[1] == kind[2]):
        return "its lines are those of a Mattermost bulk export"
    if (
        b'"create_at"' in start
        and b'"message"' in start
        and b'"channel_id"' in start
        and b'"root_id"' in start
    ):
        return "it holds posts of Mattermost's API (create_at, channel_id, root_id)"
    first = chat.PLAIN.sub("", start.partition(b"\n")[0].decode("utf-8", "replace").lower())
    if first.startswith(("postcreationtime", "teamname")) and "postid" in first and "postmessage" in first:
        return "it has the columns of a Mattermost compliance export"
    if all(f'"{name}"'.encode() in start for name in OUTGOING):
        return "it is an outgoing webhook of Mattermost"
    if b'"event"' in start and b'"channel_display_name"' in start and b'"sender_name"' in start:
        return "it is an event of Mattermost's socket"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    if dumps := _dumps(bundle):
        for name in dumps:
            yield from mattermostxml.read(bundle, name)
        return
    tables = [name for name in bundle.names if name.lower().endswith(".csv")]
    documents = chat.Some(bundle, lambda name: name.lower().endswith(JSON))
    if len(bundle.names) == 1:
        with bundle.open(bundle.name if bundle.name in bundle.names else bundle.names[0]) as file:
            tables = (
                []
                if file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
                else bundle.names
            )
        documents.names = [] if tables else bundle.names
    if not tables and not documents.names:
        raise Unreadable(
            f"{bundle.name} holds no posts: a bulk export is a .jsonl file, a compliance export a .csv or .xml."
        )
    house = House()
    yield from records(found(documents, ("posts",)), lambda element: _element(element, house))
    for name in tables:
        yield from mattermosttable.read(bundle, name)


def _dumps(bundle: Bundle) -> list[str]:
    """The files of a compliance export as XML; what lies beside them was attached, or tells of the export itself."""
    found = []
    for name in bundle.names:
        if len(bundle.names) == 1 or name.lower().endswith(".xml"):
            with bundle.open(name) as file:
                if mattermostxml.is_export(file.read(2000)):
                    found.append(name)
    return found


class House:
    """Names learned on the way: a bulk export tells its users and bots before their posts."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.bots: set[str] = set()

    def learn(self, kind: str, value: dict) -> None:
        key = chat.is_name(value.get("username"))
        if kind == "user":
            whole = f"{clean(value.get('first_name'))} {clean(value.get('last_name'))}".strip()
            self.people[key] = clean(value.get("nickname")) or whole or key
        elif kind == "bot":
            self.bots.add(key)
            self.people[key] = clean(value.get("display_name")) or key

    def author(self, post: dict, key: str) -> dict[str, Any]:
        props = post.get("props") if isinstance(post.get("props"), dict) else {}
        robot = key in self.bots or posts.is_robot(props)
        named = chat.is_name(props.get("override_username")) or chat.is_name(post.get("username"))
        system = str(post.get("type") or "").startswith("system_") and not key
        return {
            "actor": clean(named or self.people.get(key) or chat.is_name(props.get("username")) or key),
            "actor_id": clean(key),
            "actor_kind": "system" if system else "bot" if robot else "person" if key else "",
        }


def _element(element: Found, house: House) -> Iterator[Record | Skipped]:
    value, where = element.value, element.where
    kind = value.get("type")
    if kind in TOLD and isinstance(value.get(kind), dict):
        yield from _bulk(value[kind], where, house)
    elif kind in SILENT and (isinstance(value.get(kind), (dict, int)) or kind == "version"):
        if isinstance(value.get(kind), dict):
            house.learn(kind, value[kind])
    elif isinstance(value.get("posts"), dict):
        for key, post in value["posts"].items():
            pointed = Found(post, f"{where}#/posts/{key}")
            yield from records([pointed], lambda e: iter([_api(e.value, e.where, house)]))
    elif isinstance(get(value, "data", "post"), str):
        yield _event(value, where, house)
    elif "create_at" in value and "id" in value and "message" in value:
        yield _api(value, where, house)
    elif "post_id" in value and "text" in value:
        yield _webhook(value, where)
    elif "username" in value and "id" in value:
        house.people[str(value["id"])] = clean(value.get("nickname")) or clean(value["username"])
    else:
        raise BadTime("This is no post of Mattermost.")


def _event(value: dict, where: str, house: House) -> Record:
    """posted, post_edited, post_deleted: the post is text inside the event."""
    data = value["data"]
    try:
        post = parse(data["post"].encode("utf-8", "replace"), where)
    except Unreadable as error:
        raise BadTime(str(error)) from error
    record = _api(post, where, house, channel=chat.is_name(data.get("channel_name")))
    record.actor = clean(data.get("sender_name")).lstrip("@") or record.actor
    if value.get("event") == "post_deleted":
        record.deleted, record.kind = True, "deleted message"
    return record


# --- posts with ids: the API, sockets, webhooks ------------------------------------------------------


def _api(post: dict, where: str, house: House, channel: str = "") -> Record:
    moment = epoch(post["create_at"])
    former = chat.is_name(post.get("original_id"))
    gone = posts.later(post.get("delete_at")) if not former else None
    edited = posts.later(post.get("edit_at"))
    key = former or str(post["id"])
    return posts.record(
        moment, key, post, house.author(post, chat.is_name(post.get("user_id"))), where,
        written=post["create_at"], place=f"#{channel}" if channel else chat.is_name(post.get("channel_id")), thread=chat.is_name(post.get("root_id")),
        edited=edited, gone=gone, files=_files(post),
    )  # fmt: skip


def _files(post: dict) -> list[dict[str, str]]:
    """Names where the page tells them, otherwise ids; content is not part of any export but the bulk one."""
    told = get(post, "metadata", "files")
    if isinstance(told, list):
        return [
            {"name": clean(f.get("name")), "type": clean(f.get("mime_type"))}
            for f in told
            if isinstance(f, dict)
        ]
    given = post.get("attachments") or post.get("file_ids") or []
    return [
        {"name": clean(file.get("path") if isinstance(file, dict) else file).rsplit("/", 1)[-1], "type": ""}
        for file in (given if isinstance(given, list) else [])
    ]


def _webhook(post: dict, where: str) -> Record:
    moment = any_time(post["timestamp"])
    author = {
        "actor": clean(post.get("user_name")),
        "actor_id": clean(post.get("user_id")),
        "actor_kind": "person",
    }
    said = {"message": post.get("text")}
    return posts.record(
        moment, str(post["post_id"]), said, author, where,
        written=post["timestamp"], place=f"#{chat.is_name(post.get('channel_name'))}", raw=compact({name: value for name, value in post.items() if name != "token"}),
    )  # fmt: skip


# --- the bulk export ---------------------------------------------------------------------------------


def _bulk(post: dict, where: str, house: House) -> Iterator[Record | Skipped]:
    members = post.get("channel_members")
    if isinstance(members, list):
        place = "direct: " + ", ".join(sorted(chat.is_name(name) for name in members))[:250]
        scope = place
    else:
        channel = chat.is_name(post.get("channel"))
        place, scope = f"#{channel}", f"{chat.is_name(post.get('team'))}/{channel}"
    root = None
    for record in records(
        [Found(post, where)], lambda e: iter([_own(e.value, e.where, house, scope, place, "")])
    ):
        root = record.external_id if isinstance(record, Record) else None
        yield record
    replies = post.get("replies")
    told = [
        Found(
            {"channel": post.get("channel")} | reply if isinstance(reply, dict) else reply,
            f"{where}/replies/{number}",
        )
        for number, reply in enumerate(replies if isinstance(replies, list) else [])
    ]
    yield from records(told, lambda e: iter([_own(e.value, e.where, house, scope, place, root or "")]))


def _own(post: dict, where: str, house: House, scope: str, place: str, thread: str) -> Record:
    """One post or reply, without the replies below it."""
    moment = epoch(post["create_at"])
    user, message = chat.is_name(post.get("user")), str(post.get("message") or "")
    props = post.get("props") if isinstance(post.get("props"), dict) else {}
    key = f"{scope}/{post['create_at']}/{user}"
    if (
        posts.is_robot(props)
        or props.get("attachments")
        or post.get("type")
        or int(post["create_at"]) % 1000 == 0
    ):
        key += "/" + chat.digest(message, post.get("type") or "", props.get("attachments") or [])
    alone = {name: value for name, value in post.items() if name != "replies"}
    return posts.record(
        moment, key, alone, house.author(post, user), where, written=post["create_at"], place=place, thread=thread,
        edited=posts.later(post.get("edit_at")), files=_files(post),
        reactions=chat.counted(get(reaction, "emoji_name") for reaction in posts.listed(post.get("reactions"))),
    )  # fmt: skip


FORMAT = Format(
    key="mattermost",
    label="Mattermost",
    about="A bulk export (zip or JSON Lines), pages of posts from the API, a compliance export (CSV)",
    sniff=sniff,
    read=read,
)
