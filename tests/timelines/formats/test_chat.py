"""Chat: Mattermost, Discord, Teams, Rocket.Chat, Zulip and Telegram, in every form their exports take."""

from __future__ import annotations

import json
import random
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from timelines.formats import base, hypertext
from timelines.formats.records import Record, Skipped
from timelines.reading import NeedsAnswer, Reading, Unreadable


def read(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    assert all(record.raw and record.where for record in records), "every record leads back to its bytes"
    return records, reading.report()


def zipped(path, files: dict) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content if isinstance(content, (str, bytes)) else json.dumps(content))


def lines(*values) -> str:
    return "\n".join(json.dumps(value) for value in values)


# --- the samples -------------------------------------------------------------------------------------


def test_the_sample_of_discord():
    records, report = read("discord/chatexporter_general.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("discord", 7, 0)
    assert (report["first"], report["last"]) == ("2026-01-01T09:00:00Z", "2026-01-01T10:25:00Z")
    assert [r.kind for r in records] == ["message"] * 3 + ["join"] + ["message"] * 2 + ["pin"]
    assert len({r.actor_id for r in records}) == 4
    assert [r.actor for r in records if r.actor_kind == "bot"] == ["Test Bot"]
    assert [len(r.extra["files"]) for r in records if "files" in r.extra] == [1]
    assert {r.thread for r in records} == {"", "100/msg001"}
    assert {r.place for r in records} == {"#general"}
    assert [r.noise for r in records] == [False, False, False, True, False, False, True]


def test_the_sample_of_mattermost():
    records, report = read("mattermost/post_with_replies.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("mattermost", 4, 0)
    assert (report["first"], report["last"]) == ("2026-01-20T13:36:41.357000Z", "2026-01-20T13:38:04.233000Z")
    assert len({r.actor for r in records}) == 3
    root, *replies = records
    assert {r.thread for r in replies} == {root.external_id}
    assert [r.at for r in replies] == sorted((r.at for r in replies), reverse=True)


# --- Mattermost --------------------------------------------------------------------------------------

POST = {
    "id": "a" * 26, "create_at": 1770000000123, "update_at": 1770000000123, "edit_at": 0, "delete_at": 0, "user_id": "u" * 26,
    "channel_id": "c" * 26, "root_id": "", "original_id": "", "message": "the queue is full", "type": "", "props": {},
}  # fmt: skip
BULK = {
    "team": "ops",
    "channel": "alerts",
    "user": "ana",
    "message": "rolled back",
    "create_at": 1770000000123,
    "edit_at": 0,
}


def page(*posts) -> dict:
    return {"order": [p["id"] for p in posts], "posts": {p["id"]: p for p in posts}, "next_post_id": ""}


def test_a_page_of_mattermost_is_known_by_its_ids(told):
    reply = POST | {"id": "b" * 26, "root_id": POST["id"], "create_at": 1770000001000, "message": "looking"}
    records, skipped = told(page(reply, POST), name="page.json")
    assert not skipped
    assert {r.external_id: (r.text, r.thread, r.precision) for r in records} == {
        "a" * 26: ("the queue is full", "", "millisecond"),
        "b" * 26: ("looking", "a" * 26, "millisecond"),
    }


def test_what_an_edit_left_behind_is_an_earlier_edition(told):
    former = POST | {
        "id": "d" * 26,
        "original_id": POST["id"],
        "delete_at": 1770000009000,
        "message": "the queue",
    }
    now = POST | {"edit_at": 1770000009000}
    records, _ = told(page(former, now), name="page.json")
    assert {r.external_id for r in records} == {POST["id"]}
    assert not any(r.deleted for r in records)
    assert {r.text: r.revised is None for r in records} == {"the queue": True, "the queue is full": False}


def test_a_deleted_post_is_told_as_deleted(told):
    (record,), _ = told(page(POST | {"delete_at": 1770000009000}), name="page.json")
    assert (record.deleted, record.kind) == (True, "deleted message")


def test_a_bulk_export_names_its_people_before_their_posts(tmp_path):
    zipped(
        tmp_path / "export.zip",
        {
            "import.jsonl": lines(
                {"type": "version", "version": 1},
                {"type": "team", "team": {"name": "ops"}},
                {"type": "user", "user": {"username": "ana", "first_name": "Ana", "last_name": "Lima", "nickname": ""}},
                {"type": "bot", "bot": {"username": "hal", "display_name": "Deploys"}},
                {"type": "post", "post": BULK},
                {"type": "post", "post": BULK | {"user": "hal", "message": "", "props": {"attachments": [{"title": "v42", "fields": [{"title": "env", "value": "prod"}]}]}}},
                {"type": "direct_post", "direct_post": {"channel_members": ["bo", "ana"], "user": "bo", "message": "hi", "create_at": 1770000005000}},
            ),
            "data/20260101/cat.png": b"\x89PNG\r\n" + bytes(9_000_000),
        },
    )  # fmt: skip
    reading = Reading(tmp_path / "export.zip")
    records = list(reading)
    assert reading.detection.format.key == "mattermost"
    assert [(r.actor, r.actor_kind, r.text, r.place) for r in records] == [
        ("Ana Lima", "person", "rolled back", "#alerts"),
        ("Deploys", "bot", "v42\nenv: prod", "#alerts"),
        ("bo", "person", "hi", "direct: ana, bo"),
    ]


def test_a_bulk_export_is_recognised_also_where_people_fill_its_beginning(told):
    people = [{"type": "user", "user": {"username": f"u{n}", "email": "x" * 200}} for n in range(400)]
    records, _ = told(
        lines(
            {"type": "version", "version": 1, "info": {"generator": "mattermost-server"}},
            *people,
            {"type": "post", "post": BULK},
        ),
        name="import.jsonl",
    )
    assert [r.text for r in records] == ["rolled back"]


def test_an_edited_post_of_a_bulk_export_stays_the_same_event(told):
    first, second = (
        told(lines({"type": "version", "version": 1}, {"type": "post", "post": post}), name="e.jsonl")[0][0]
        for post in (BULK, BULK | {"message": "rolled back to v41", "edit_at": 1770000100000})
    )
    assert first.external_id == second.external_id
    assert (first.revised, second.revised.timestamp()) == (None, 1770000100)


def test_two_alerts_of_one_bot_in_one_millisecond_are_two(told):
    bot = BULK | {"props": {"from_webhook": "true", "override_username": "Alerts"}}
    posts = [bot | {"message": "db down"}, bot | {"message": "web down"}]
    records, _ = told(lines(*({"type": "post", "post": post} for post in posts)), name="e.jsonl")
    assert len({r.external_id for r in records}) == 2
    assert {r.actor for r in records} == {"Alerts"}


def test_joins_of_old_versions_are_plain_posts(told):
    old = BULK | {"message": "ana has joined the channel."}
    (record,), _ = told(lines({"type": "post", "post": old}), name="e.jsonl")
    assert (record.kind, record.noise) == ("join", True)


def test_a_broken_line_or_reply_does_not_take_the_others_with_it(told):
    good = {
        "type": "post",
        "post": BULK
        | {
            "replies": [
                None,
                {"user": "bo", "message": "x"},
                {"user": "bo", "message": "y", "create_at": 1770000000999},
            ]
        },
    }
    records, skipped = told(
        lines(good) + '\n{"type": "post", "po\n' + lines(good), name="e.jsonl", format="mattermost"
    )
    assert [r.text for r in records] == ["rolled back", "y"] * 2
    assert len(skipped) == 5


COMPLIANCE = (
    "Post Creation Time,Post Update Time,Post Update Type,Team Id,Team Name,Channel Id,Channel Name,Channel Type,User Id,User Email,"
    "Username,Post Id,Edited By Post Id,Replied to Post Id,Post Message,Post Type,User Type,Previews Post Id\n"
    '1770000000123,1770000000123,,t1,ops,c1,alerts,public,u1,a@x.test,ana,p1,,,"two\nlines, ""quoted""",message,user,\n'
    "1770000000123,1770000009000,EditedOriginalMsg,t1,ops,c1,alerts,public,u1,a@x.test,ana,p0,p1,,before,message,user,\n"
    "1770000000500,,,t1,ops,c1,alerts,public,u1,a@x.test,ana,p1,,,trace.txt,attachment,user,\n"
    "1770000000900,,,t1,ops,c1,alerts,public,u2,b@x.test,bo,,,,b@x.test joined,enter,user,\n"
    "nonsense,,,t1,ops,c1,alerts,public,u2,b@x.test,bo,p9,,p1,late,message,user,\n"
)  # fmt: skip


def test_a_compliance_export_of_mattermost(told):
    records, skipped = told(COMPLIANCE, name="posts.csv")
    assert [r.text for r in records] == ['two\nlines, "quoted"', "before", "trace.txt", "b@x.test joined"]
    assert [r.external_id for r in records][:2] == ["p1", "p1"]
    assert (records[0].revised is not None, records[1].revised) == (True, None)
    assert [r.kind for r in records][2:] == ["file", "join"]
    assert b"lines" in records[0].raw
    assert [s.where for s in skipped] == ["posts.csv:7"]


# --- Discord -----------------------------------------------------------------------------------------

SAID = {
    "id": "1190000000000000000", "type": "Default", "timestamp": "2024-01-01T07:00:00.1234567+07:00", "timestampEdited": None,
    "content": "on it", "author": {"id": "7", "name": "bo", "nickname": "Bo", "isBot": False}, "attachments": [], "embeds": [],
}  # fmt: skip


def exported(*messages, part: str = "") -> dict:
    return {
        "guild": {"id": "9", "name": "Ops"},
        "channel": {"id": "12", "name": "war-room"},
        "dateRange": {},
        "messages": list(messages),
        "messageCount": 1,
    }


def test_discord_keeps_offset_and_seven_digits(told):
    (record,), _ = told(exported(SAID), name="e.json")
    assert record.at == datetime(2024, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert (record.nanoseconds, record.precision, record.zone) == (700, "nanosecond", "+07:00")


def test_a_message_of_discord_is_the_same_from_exporter_and_api(told):
    api = [{"id": SAID["id"], "channel_id": "12", "type": 19, "timestamp": "2024-01-01T00:00:00.123000+00:00", "edited_timestamp": None, "content": "on it",
            "author": {"id": "7", "username": "bo", "global_name": "Bo", "discriminator": "0"}, "message_reference": {"message_id": "5", "channel_id": "12"}}]  # fmt: skip
    (one,), _ = told(exported(SAID), name="e.json")
    (other,), _ = told(api, name="api.json")
    assert one.external_id == other.external_id == "12/1190000000000000000"
    assert (one.actor, other.actor, other.thread) == ("Bo", "Bo", "12/5")


def test_what_an_alert_says_in_discord_stands_in_its_embeds(told):
    embed = {
        "title": "Disk full",
        "description": "on <@7> at <t:1704067200:R> <:fire:123456789>",
        "fields": [{"name": "host", "value": "db1"}],
    }
    (record,), _ = told(
        exported(SAID | {"content": "", "embeds": [embed], "mentions": [{"id": "7", "nickname": "Bo"}]}),
        name="e.json",
    )
    assert record.text == "Disk full\non @Bo at 2024-01-01 00:00 UTC :fire:\nhost: db1"


def test_a_call_in_discord_has_an_end(told):
    call = SAID | {"type": "Call", "content": "", "callEndedTimestamp": "2024-01-01T08:00:00+07:00"}
    (record,), _ = told(exported(call), name="e.json")
    assert (record.kind, record.until) == ("call", datetime(2024, 1, 1, 1, tzinfo=UTC))


def test_a_large_channel_of_discord_still_knows_its_name(told, monkeypatch):
    whole, _ = told(exported(SAID, SAID | {"id": "2"}), name="e.json")
    monkeypatch.setattr("timelines.formats.documents.DOCUMENT_LIMIT", 10)
    streamed, _ = told(json.dumps(exported(SAID, SAID | {"id": "2"}), indent=2), name="e.json")
    assert [(r.external_id, r.place, r.link) for r in streamed] == [
        (r.external_id, r.place, r.link) for r in whole
    ]
    assert {r.place for r in streamed} == {"#war-room"}


def test_a_broken_part_does_not_take_the_others_with_it(tmp_path):
    zipped(
        tmp_path / "parts.zip",
        {
            "war-room [part 1].json": exported(SAID),
            "war-room [part 2].json": '{"guild": {',
            "_media/cat.png": b"\x89PNG",
        },
    )
    found = list(Reading(tmp_path / "parts.zip"))
    assert [f.where for f in found if isinstance(f, Skipped)] == ["war-room [part 2].json"]
    assert len(found) == 2


@pytest.mark.parametrize("modern", [True, False])
def test_the_data_package_of_discord(tmp_path, modern):
    key = str(((1704067200123 - 1420070400000) << 22) + 5)
    messages = (
        {
            "messages.json": [
                {"ID": int(key), "Timestamp": "2024-01-01 00:00:00", "Contents": "mine", "Attachments": ""}
            ]
        }
        if modern
        else {
            "messages.csv": f'ID,Timestamp,Contents,Attachments\n{key},2024-01-01 00:00:00.123000+00:00,"mi,\nne",\nx,2024-01-01,bad,\n'
        }
    )
    folder = "messages/c123456/"
    zipped(
        tmp_path / "package.zip",
        {folder + name: content for name, content in messages.items()}
        | {
            "messages/index.json": {"123456": "war-room in Ops"},
            "account/user.json": {"id": "7", "username": "bo"},
        },
    )
    found = list(Reading(tmp_path / "package.zip"))
    record = found[0]
    assert (record.at, record.precision) == (datetime(2024, 1, 1, 0, 0, 0, 123000, tzinfo=UTC), "millisecond")
    assert (record.external_id, record.place, record.actor) == (f"123456/{key}", "war-room in Ops", "bo")
    assert record.text == ("mine" if modern else "mi,\nne")
    assert [isinstance(f, Skipped) for f in found[1:]] == ([] if modern else [True])


# --- Teams -------------------------------------------------------------------------------------------

GRAPH = {
    "id": "1704067200123", "replyToId": None, "etag": "1704067200123", "messageType": "message", "createdDateTime": "2024-01-01T00:00:00.12Z",
    "lastModifiedDateTime": "2024-01-01T05:00:00Z", "lastEditedDateTime": None, "deletedDateTime": None, "subject": None,
    "importance": "urgent", "from": {"user": {"id": "u1", "displayName": "Ana"}}, "channelIdentity": {"teamId": "t", "channelId": "19:x@thread.tacv2"},
    "body": {"contentType": "html", "content": "<p>Hi <at id=\"0\">Bo</at> &amp;lt;b&amp;gt;<br>see <a href=\"https://x.test/a\">the page</a></p><attachment id=\"1\"></attachment>"},
    "attachments": [], "mentions": [], "reactions": [{"reactionType": "like", "createdDateTime": "2024-01-01T05:00:00Z"}],
}  # fmt: skip


def pascal(value):
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: pascal(inner) for name, inner in value.items()}
    return [pascal(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "shape",
    [
        lambda m: {"@odata.context": "x", "value": [m]},
        lambda m: [pascal(m)],
        lambda m: {"value": [pascal(m)]},
    ],
)
def test_a_message_of_teams_in_either_spelling(told, shape):
    (record,), skipped = told(shape(GRAPH), name="page.json")
    assert not skipped
    assert record.text == "Hi Bo &lt;b&gt;\nsee the page (https://x.test/a)"
    assert (record.at, record.precision) == (datetime(2024, 1, 1, 0, 0, 0, 120000, tzinfo=UTC), "millisecond")
    assert (record.external_id, record.actor, record.actor_id) == (
        "19:x@thread.tacv2/1704067200123",
        "Ana",
        "u1",
    )
    assert record.revised is None, "a reaction is no edit"
    assert (record.extra["importance"], record.extra["reactions"]) == ("urgent", {"like": 1})


def test_replies_edits_deletions_and_events_of_teams(told):
    event = {"messageType": "systemEventMessage", "from": None, "body": {"contentType": "html", "content": "<systemEventMessage/>"},
             "eventDetail": {"@odata.type": "#microsoft.graph.membersAddedEventMessageDetail", "members": [{"displayName": "Bo"}],
                             "initiator": {"user": {"id": "u2", "displayName": "Cy"}}}}  # fmt: skip
    records, skipped = told(
        {"value": [
            GRAPH | {"id": "2", "replyToId": "1704067200123", "lastEditedDateTime": "2024-01-01T00:05:00Z"},
            GRAPH | {"id": "3", "deletedDateTime": "2024-01-01T00:06:00Z", "body": {"contentType": "text", "content": ""}},
            GRAPH | {"id": "4"} | event,
            GRAPH | {"id": "5", "createdDateTime": "yesterday"},
        ]},
        name="page.json",
    )  # fmt: skip
    reply, deleted, joined = records
    assert reply.thread == "19:x@thread.tacv2/1704067200123"
    assert reply.revised == datetime(2024, 1, 1, 0, 5, tzinfo=UTC)
    assert (deleted.deleted, deleted.kind) == (True, "deleted message")
    assert (joined.kind, joined.noise, joined.text, joined.actor) == ("join", True, "members added: Bo", "Cy")
    assert [s.where for s in skipped] == ["page.json#/value/3"]


def test_a_card_in_teams_is_read_in_words(told):
    card = {
        "type": "AdaptiveCard",
        "body": [
            {"type": "TextBlock", "text": "Disk full"},
            {"type": "FactSet", "facts": [{"title": "host", "value": "db1"}]},
        ],
    }
    message = GRAPH | {"from": {"application": {"id": "a", "displayName": "Alerts"}}, "body": {"contentType": "html", "content": '<attachment id="1"></attachment>'},
                       "attachments": [{"id": "1", "contentType": "application/vnd.microsoft.card.adaptive", "content": json.dumps(card)}]}  # fmt: skip
    (record,), _ = told({"value": [message]}, name="page.json")
    assert (record.text, record.actor_kind) == ("Disk full\nhost: db1", "bot")


def test_the_archive_of_a_teams_account(told):
    message = {"id": "1704067200123", "displayName": None, "originalarrivaltime": "2024-01-01T00:00:00.123Z", "messagetype": "RichText/Html",
               "content": "<b>hi</b>", "conversationid": "19:y", "from": "8:ana"}  # fmt: skip
    records, _ = told(
        {"userId": "8:ana", "conversations": [{"id": "19:y", "displayName": "War room", "MessageList": [message, message | {"id": "2", "messagetype": "ThreadActivity/AddMember"}]}]},
        name="messages.json",
    )  # fmt: skip
    assert [(r.text, r.place, r.actor, r.noise) for r in records] == [
        ("hi", "War room", "ana", False),
        ("hi", "War room", "ana", True),
    ]


def test_a_tenant_export_of_teams_names_channels_and_people_in_lists_of_their_own(tmp_path):
    nothing = {"MembersAdded": None, "CallEnded": None, "EventType": None}
    event = {
        "Initiator": {"User": {"Id": "u2", "DisplayName": None}},
        **nothing,
        "MembersAdded": {"Members": [{"Id": "u1"}]},
    }
    message = pascal(GRAPH | {"eventDetail": None})
    zipped(
        tmp_path / "export.zip",
        {
            "teams/t/messages_t.json": [
                message,
                message
                | {"Id": "2", "From": None, "MessageType": "unknownFutureValue", "EventDetail": event},
            ],
            "teams/t/channels_t.json": [
                {
                    "Id": "19:x@thread.tacv2",
                    "CreatedDateTime": "2024-01-01T00:00:00Z",
                    "DisplayName": "Incidents",
                }
            ],
            "teams/t/teamInstalledApps_t.json": [{"Id": "z"}],
            "users/usersList.json": [{"Id": "u1", "DisplayName": "Ana"}, {"Id": "u2", "DisplayName": "Cy"}],
        },
    )
    said, joined = list(Reading(tmp_path / "export.zip"))
    assert (said.place, said.actor) == ("Incidents", "Ana")
    assert (joined.kind, joined.text, joined.actor, joined.noise) == (
        "join",
        "members added: Ana",
        "Cy",
        True,
    )


# --- Rocket.Chat -------------------------------------------------------------------------------------

ROCKET = {
    "_id": "m1",
    "rid": "GENERAL",
    "msg": "db is back",
    "ts": "2024-01-01T00:00:00.123Z",
    "u": {"_id": "u1", "username": "ana", "name": "Ana"},
    "_updatedAt": "2024-01-01T00:00:00.123Z",
}


@pytest.mark.parametrize(
    "ts",
    [
        "2024-01-01T00:00:00.123Z",
        {"$date": "2024-01-01T00:00:00.123Z"},
        {"$date": 1704067200123},
        {"$date": {"$numberLong": "1704067200123"}},
    ],
)
def test_times_of_rocketchat(told, ts):
    (record,), _ = told(
        lines(
            ROCKET | {"ts": ts},
        )
        + "\n",
        name="export.json",
    )
    assert (record.at, record.precision) == (datetime(2024, 1, 1, 0, 0, 0, 123000, tzinfo=UTC), "millisecond")


def test_a_page_of_rocketchat(told):
    records, skipped = told(
        {"messages": [
            ROCKET | {"_id": "m3", "t": "uj", "msg": "bo"},
            ROCKET | {"_id": "m2", "tmid": "m1", "msg": "thanks", "reactions": {":+1:": {"usernames": ["a", "b"]}}},
            ROCKET | {"editedAt": "2024-01-01T00:09:00.000Z", "editedBy": {"_id": "u1", "username": "ana"}},
            ROCKET | {"_id": "old", "parent": "m1", "_hidden": True, "msg": "db is bac", "editedAt": "2024-01-01T00:09:00.000Z"},
            {"_id": "m9"},
        ], "count": 4, "offset": 0, "total": 4, "success": True},
        name="page.json",
    )  # fmt: skip
    join, reply, now, before = records
    assert (join.kind, join.noise, join.text) == ("join", True, "joined bo")
    assert (reply.thread, reply.extra["reactions"]) == ("m1", {":+1:": 2})
    assert now.external_id == before.external_id == "m1"
    assert (before.revised, now.revised) == (None, datetime(2024, 1, 1, 0, 9, tzinfo=UTC))
    assert len(skipped) == 1


def test_a_room_rocketchat_exported(told):
    records, _ = told(
        [
            {"msg": "a", "username": "ana", "ts": "2024-01-01T00:00:00.123Z"},
            {"msg": "b", "username": "bo", "ts": "2024-01-01T00:00:00.123Z"},
        ],
        name="room.json",
    )
    assert [(r.text, r.actor) for r in records] == [("a", "ana"), ("b", "bo")]
    assert len({r.external_id for r in records}) == 2


# --- Zulip -------------------------------------------------------------------------------------------

ZULIP = {"id": 41, "sender_id": 7, "sender_full_name": "Ana", "sender_email": "ana@x.test", "timestamp": 1704067200, "type": "stream", "display_recipient": "ops",
         "stream_id": 3, "subject": "db1", "content": "<p>5 &lt; 6 <span class=\"emoji\" title=\"x\">:x:</span></p>", "content_type": "text/html", "reactions": []}  # fmt: skip


def test_a_page_of_zulip(told):
    moved = ZULIP | {
        "id": 42,
        "last_edit_timestamp": 1704067800,
        "edit_history": [{"timestamp": 1704067800, "prev_topic": "disk"}],
    }
    direct = ZULIP | {
        "id": 43,
        "type": "private",
        "display_recipient": [{"full_name": "Bo"}, {"full_name": "Ana"}],
        "subject": "",
        "content": "as *is* <p>",
        "content_type": "text/x-markdown",
    }
    records, _ = told(
        {"result": "success", "msg": "", "messages": [ZULIP, moved, direct], "found_newest": True},
        name="page.json",
    )
    first, second, third = records
    assert (first.external_id, first.text, first.place, first.extra["topic"], first.precision) == (
        "41",
        "5 < 6 :x:",
        "#ops > db1",
        "db1",
        "second",
    )
    assert second.revised == datetime(2024, 1, 1, 0, 10, tzinfo=UTC)
    assert second.extra["former topics"] == ["disk"]
    assert (third.place, third.text) == ("direct: Ana, Bo", "as *is* <p>")


def test_an_export_of_zulip_has_the_ids_of_its_pages(tmp_path, told):
    message = {
        "id": 41,
        "sender": 7,
        "recipient": 20,
        "subject": "db1",
        "content": "5 < 6",
        "rendered_content": "<p>5 &lt; 6</p>",
        "date_sent": 1704067200.25,
        "last_edit_time": None,
        "edit_history": None,
    }
    realm = {
        "zerver_userprofile": [{"id": 7, "full_name": "Ana", "email": "ana@x.test", "is_bot": False}],
        "zerver_stream": [{"id": 3, "name": "ops"}],
        "zerver_recipient": [{"id": 20, "type": 2, "type_id": 3}],
    }
    zipped(
        tmp_path / "zulip-export.zip",
        {
            "realm.json": realm,
            "messages-000001.json": {
                "zerver_message": [message],
                "zerver_usermessage": [{"id": 1, "user_profile": 7}],
            },
            "attachment.json": {"zerver_attachment": []},
        },
    )
    (record,) = list(Reading(tmp_path / "zulip-export.zip"))
    (page_record,), _ = told({"messages": [ZULIP]}, name="page.json")
    assert (record.external_id, record.place) == (page_record.external_id, page_record.place)
    assert (record.text, record.actor, record.place, record.at.microsecond) == (
        "5 < 6",
        "Ana",
        "#ops > db1",
        250000,
    )


# --- Telegram ----------------------------------------------------------------------------------------

TELEGRAM = {"id": 5, "type": "message", "date": "2024-01-01T03:00:00", "date_unixtime": "1704067200", "from": "Ana", "from_id": "user7",
            "text": ["see ", {"type": "text_link", "text": "the page", "href": "https://x.test/"}, " now"], "reply_to_message_id": 4}  # fmt: skip
OLD = {name: value for name, value in TELEGRAM.items() if name != "date_unixtime"}


def test_one_chat_of_telegram(told):
    service = {
        "id": 6,
        "type": "service",
        "date": "2024-01-01T03:00:01",
        "date_unixtime": "1704067201",
        "actor": "Bo",
        "actor_id": "user8",
        "action": "invite_members",
        "members": ["Cy"],
        "text": "",
    }
    records, _ = told(
        {"name": "War room", "type": "private_group", "id": 99, "messages": [service, TELEGRAM]},
        name="result.json",
    )
    joined, said = records
    assert (joined.kind, joined.noise, joined.text, joined.actor) == ("join", True, "added Cy", "Bo")
    assert (said.text, said.thread, said.external_id, said.place) == (
        "see the page (https://x.test/) now",
        "99/4",
        "99/5",
        "War room",
    )
    assert (said.at, said.certainty) == (datetime(2024, 1, 1, tzinfo=UTC), "exact")


def test_all_chats_of_telegram(told):
    chats = [
        {"name": name, "type": "personal_chat", "id": n, "messages": [TELEGRAM]}
        for n, name in enumerate(["A", "B"])
    ]
    records, _ = told(
        {
            "about": "…",
            "personal_information": {},
            "chats": {"about": "…", "list": chats},
            "left_chats": {"list": [chats[0] | {"id": 9}]},
        },
        name="result.json",
    )
    assert [r.external_id for r in records] == ["0/5", "1/5", "9/5"]


def test_an_old_export_of_telegram_asks_for_the_zone(told):
    content = {"name": "A", "type": "personal_chat", "id": 1, "messages": [OLD]}
    with pytest.raises(NeedsAnswer) as question:
        told(content, name="result.json")
    assert question.value.asks_for == "zone"
    (record,), _ = told(content, name="result.json", zone="Europe/Moscow")
    assert (record.at, record.certainty) == (datetime(2024, 1, 1, tzinfo=UTC), "assumed zone")


def test_a_large_export_of_telegram_is_read_message_by_message(told, monkeypatch):
    chats = [
        {"name": name, "type": "personal_chat", "id": n, "messages": [TELEGRAM, TELEGRAM | {"id": 6}]}
        for n, name in enumerate(["A", "B"])
    ]
    for content in ({"chats": {"list": chats}, "left_chats": {"list": []}}, chats[0]):
        whole, _ = told(content, name="result.json")
        with monkeypatch.context() as small:
            small.setattr("timelines.formats.telegram.DOCUMENT_LIMIT", 10)
            streamed, _ = told(content, name="result.json")
        assert [(r.external_id, r.place, r.text) for r in streamed] == [
            (r.external_id, r.place, r.text) for r in whole
        ]


def test_a_message_of_telegram_may_have_neither_date_nor_text(told):
    bare = {
        "id": 7,
        "type": "message",
        "date_unixtime": "1704067200",
        "from": "Ana",
        "from_id": "user7",
        "text_entities": [{"type": "plain", "text": "hi"}],
    }
    (record,), _ = told(
        {"name": "A", "type": "personal_chat", "id": 1, "messages": [bare]}, name="result.json"
    )
    assert (record.text, record.at) == ("hi", datetime(2024, 1, 1, tzinfo=UTC))


def test_many_updates_of_a_bot_are_not_taken_for_an_export(told, monkeypatch):
    message = {
        "message_id": 5,
        "from": {"id": 7, "first_name": "Ana"},
        "chat": {"id": -99},
        "date": 1704067200,
        "text": "hi",
    }
    monkeypatch.setattr("timelines.formats.telegram.DOCUMENT_LIMIT", 10)
    records, _ = told({"ok": True, "result": [{"update_id": 1, "message": message}]}, name="updates.json")
    assert len(records) == 1


def test_updates_of_a_telegram_bot(told):
    message = {
        "message_id": 5,
        "from": {"id": 7, "is_bot": False, "first_name": "Ana"},
        "chat": {"id": -99, "title": "War room", "type": "supergroup"},
        "date": 1704067200,
        "text": "hi",
    }
    records, _ = told(
        {
            "ok": True,
            "result": [
                {"update_id": 1, "message": message},
                {"update_id": 2, "edited_message": message | {"edit_date": 1704067300, "text": "hey"}},
            ],
        },
        name="updates.json",
    )
    first, second = records
    assert first.external_id == second.external_id == "-99/5"
    assert (first.revised, second.revised is not None, second.place) == (None, True, "War room")


# --- all of them -------------------------------------------------------------------------------------

WHOLE = {
    "mattermost": page(POST, POST | {"id": "b" * 26, "root_id": POST["id"]}),
    "discord": exported(SAID, SAID | {"id": "2"}),
    "msteams": {"value": [GRAPH, GRAPH | {"id": "2"}]},
    "rocketchat": {"messages": [ROCKET, ROCKET | {"_id": "m2"}]},
    "zulip": {"result": "success", "messages": [ZULIP, ZULIP | {"id": 42}]},
    "telegram": {"name": "A", "type": "personal_chat", "id": 1, "messages": [TELEGRAM, TELEGRAM | {"id": 6}]},
}


@pytest.mark.parametrize("key", WHOLE)
def test_each_is_recognised_by_itself(told, key, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(WHOLE[key], indent=2))
    assert Reading(tmp_path / "x.json").detection.format.key == key
    assert len(told(WHOLE[key], name="y.json")[0]) == 2


@pytest.mark.parametrize("key", WHOLE)
def test_the_last_half_of_an_emoji_is_no_reason_to_refuse_a_file(told, key):
    text = (
        json.dumps(WHOLE[key]).replace("queue is full", "queue \\ud83d is").replace("on it", "on \\ude00 it")
    )
    records, _ = told(text.replace("hi", "h\\ud83di"), name="y.json", format=key)
    assert len(records) == 2
    assert not any("\ud83d" in r.text or "\ude00" in r.text for r in records)


def test_half_a_pair_becomes_a_replacement_mark_and_whole_ones_stay():
    assert base.parse(rb'["\ud83d\ude00", "\ud83d", "\ude00x", "\\ud83d", "\ud83d\ud83d\ude00"]', "x") == [
        "😀", "\ufffd", "\ufffdx", "\\ud83d", "\ufffd😀",
    ]  # fmt: skip


LISTED = {
    "discord": "messages",
    "msteams": "value",
    "rocketchat": "messages",
    "zulip": "messages",
    "telegram": "messages",
}


@pytest.mark.parametrize("key", LISTED)
@settings(
    max_examples=25,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(range(8)), cut=st.integers(1, 7), overlap=st.integers(0, 3))
def test_however_messages_are_dealt_to_pages_they_tell_the_same(tmp_path_factory, key, order, cut, overlap):
    name = "_id" if key == "rocketchat" else "id"
    first = WHOLE[key][LISTED[key]][0]
    messages = [
        first | {name: f"{1190000000000000000 + n}" if key in ("discord", "rocketchat") else n}
        for n in range(8)
    ]
    shuffled = [messages[n] for n in order]

    def read_all(*pages: list[dict]) -> set:
        folder = tmp_path_factory.mktemp("pages")
        for number, some in enumerate(pages):
            (folder / f"page{number}.json").write_text(json.dumps(WHOLE[key] | {LISTED[key]: some}))
        return {(r.external_id, r.at, r.text, r.actor) for r in Reading(folder)}

    assert read_all(shuffled[: cut + overlap], shuffled[cut:]) == read_all(messages)
    assert len(read_all(messages)) == 8


def test_messages_of_one_second_keep_the_order_of_their_ids(told):
    records, _ = told({"messages": [ZULIP | {"id": 42}, ZULIP]}, name="page.json")
    assert [r.order for r in records] == [42, 41]


def test_the_pages_telegram_makes_to_look_at_are_refused_with_what_to_do(tmp_path):
    (tmp_path / "messages.html").write_text(
        '<html><div class="message default clearfix" id="message1">hi</div></html>'
    )
    with pytest.raises(Unreadable, match="Machine-readable JSON"):
        list(Reading(tmp_path / "messages.html"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.sampled_from([[], {}, "2024-01-01", 1770000000123]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def mutated(value, pick: random.Random, replacement):
    """`value` with something in it replaced."""
    if isinstance(value, dict) and value and pick.random() < 0.85:
        key = pick.choice(sorted(value))
        return value | {key: mutated(value[key], pick, replacement)}
    if isinstance(value, list) and value and pick.random() < 0.85:
        place = pick.randrange(len(value))
        return [*value[:place], mutated(value[place], pick, replacement), *value[place + 1 :]]
    return replacement


@settings(
    max_examples=150,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    key=st.sampled_from(sorted(WHOLE)),
    seed=st.integers(0, 10**6),
    replacement=VALUES,
    cut=st.integers(0, 4000),
)
def test_whatever_stands_in_an_export_is_a_record_a_note_or_a_sentence(tmp_path, key, seed, replacement, cut):
    path = tmp_path / "x.json"
    text = json.dumps(mutated(WHOLE[key], random.Random(seed), replacement))
    for content in (text, text[:cut]):
        path.write_text(content or " ")
        try:
            found = list(Reading(path, format=key))
        except Unreadable:
            continue
        assert all(isinstance(f, (Record, Skipped)) for f in found)
        for record in found:
            if isinstance(record, Record):
                assert isinstance(record.text, str)
                assert isinstance(record.external_id, str)
                assert record.at.tzinfo is not None
                json.dumps(record.extra, default=None)


@settings(
    max_examples=100,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(key=st.sampled_from(sorted(WHOLE)), content=st.binary(max_size=300))
def test_any_bytes_are_a_record_a_note_or_a_sentence(tmp_path, key, content):
    (tmp_path / "x.json").write_bytes(content or b" ")
    try:
        found = list(Reading(tmp_path / "x.json", format=key))
    except Unreadable:
        return
    assert all(isinstance(f, (Record, Skipped)) for f in found)


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(
    pieces=st.lists(
        st.sampled_from(
            ["<a ", "<!--", "<", ">", '"', "'", "&#", "<p>", "</p>", "<script>", "a=", "x", "&lt;", "\n"]
        ),
        max_size=6,
    ),
    times=st.integers(1, 20_000),
)
def test_html_is_read_in_linear_time(pieces, times):
    assert isinstance(hypertext.plain("".join(pieces) * times), str)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a</p><p>b<br>c</p>", "a\nb\nc"),
        ("a &amp;lt; &lt;b&gt; 3 < 4", "a &lt; <b> 3 < 4"),
        ('<a href="https://x.test/">https://x.test</a>', "https://x.test"),
        ('<a href="https://x.test/?a=1&amp;b=2">here</a>', "here (https://x.test/?a=1&b=2)"),
        ("<script>bad()</script><style>p{}</style>good<!-- no -->", "good"),
        ('<img alt="a > b"><ul><li>one<li>two</ul>', "a > b\n- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("never <closed", "never <closed"),
    ],
)
def test_html_reads_as_it_shows(html, words):
    assert hypertext.plain(html) == words
