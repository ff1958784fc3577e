"""Mattermost's compliance export in the XML of Actiance (now Smarsh), conversation after conversation.

Source: Mattermost's compliance export pages and the elements its exporter writes. Times are milliseconds.
1. A message is known by its id. An edit writes two: the former wording names the message it became in
   EditedNewMsgId and is an earlier edition of it; the new one carries its own id.
2. A deletion repeats the message under its id with "delete " before its words, and says when.
3. Everybody is said to leave when the export ends; those who leave at the very end of their conversation did not.
Answers are not told apart from other messages: the export does not say what they answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from timelines.formats import chat
from timelines.formats import mattermostposts as posts
from timelines.formats.base import Bundle, any_time, clean, compact, each
from timelines.formats.records import Record, Skipped
from timelines.formats.xmlnodes import Node, nodes

ROOM = re.compile(r"(?P<kind>\w+) - (?P<name>.+) - (?P<id>\w+)$", re.S)
MOVES = {"ParticipantEntered": "enter", "ParticipantLeft": "leave"}
WANTED = ("RoomID", "Message", "FileTransferStarted", "EndTimeUTC", *MOVES)


def is_export(start: bytes) -> bool:
    return b"<FileDump" in start[:2000] and b"XMLSchema-instance" in start[:2000]


def read(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    room, leaving = "", []
    with bundle.open(name) as file:
        for number, node in enumerate(nodes(file, name, WANTED), start=1):
            where = f"{name}#{number}"
            if node.name == "RoomID":
                room = node.text.strip()
            elif node.name == "ParticipantLeft":
                leaving.append((where, node))
            elif node.name == "EndTimeUTC":
                for place, left in leaving:
                    if left.words("DateTimeUTC") != node.text.strip():
                        yield from _guarded(left, room, place)
                leaving = []
            else:
                yield from _guarded(node, room, where)
    for place, left in leaving:  # of a conversation that breaks off
        yield from _guarded(left, room, place)


def _guarded(node: Node, room: str, where: str) -> Iterator[Record | Skipped]:
    return each([{}], lambda _: where, lambda _, __: iter([_record(node, room, where)]))


def _record(node: Node, room: str, where: str) -> Record:
    told = {child.name: child.text.strip() for child in node.children}
    moment = any_time(told.get("DateTimeUTC"))
    login = clean(told.get("LoginName") or told.get("CorporateEmailID"))
    author = {
        "actor": login,
        "actor_id": login,
        "actor_kind": "bot" if told.get("UserType") == "bot" else "person",
    }
    former, updated = told.get("EditedNewMsgId", ""), told.get("UpdatedDateTimeUTC")
    message, what = told.get("Content", ""), told.get("UpdatedType", "")
    kind = MOVES.get(node.name) or ("attachment" if node.name == "FileTransferStarted" else "")
    if kind:
        file = told.get("UserFileName") or told.get("FileName", "")
        moved = f"{login} {'joined' if kind == 'enter' else 'left'}"
        message = f"[file] {file.rpartition('/')[2]}" if kind == "attachment" else moved
        key = f"{kind}/{chat.digest(room, login, told.get('DateTimeUTC'), file)}"
    else:
        key = former or told["MessageId"]
    gone = posts.later(updated) if what == "Deleted" else None
    return posts.record(
        moment, key, {"message": message.removeprefix("delete ") if gone else message, "type": kind}, author, where,
        written=told.get("DateTimeUTC", ""), place=_place(room),
        edited=None if former else posts.later(updated) or moment, gone=gone, raw=compact(told | {"RoomID": room}),
    )  # fmt: skip


def _place(room: str) -> str:
    """`public - ops - <id>` is #ops; a conversation between people bears the names it has."""
    match = ROOM.match(room)
    if not match:
        return room
    return match["name"] if match["kind"] in ("direct", "group") else f"#{match['name']}"
