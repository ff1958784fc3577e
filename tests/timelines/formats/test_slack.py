"""What Slack writes that is easily misread."""

from __future__ import annotations

import contextlib
import json
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timelines.formats.records import Record
from timelines.reading import NeedsAnswer, Reading, Unreadable

SAID = {"type": "message", "user": "U1", "ts": "1773165600.000100", "text": "a"}


@pytest.fixture
def slack(told):
    return lambda *messages: told(list(messages), name="ops.json", format="slack")[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &amp;lt; b", "a &lt; b"),
        ("&lt;@U1&gt; is no mention", "<@U1> is no mention"),
        ("<https://x.test/?a=1&amp;b=2|the page>", "the page (https://x.test/?a=1&b=2)"),
        ("<https://x.test/>", "https://x.test/"),
        ("<!here> <#C1|ops> <@U9|ann>", "@here #ops @ann"),
        ("<!subteam^S1|@oncall> look", "@oncall look"),
        ("&quot; stays", "&quot; stays"),
    ],
)
def test_references_and_entities_are_decoded_once(slack, written, read):
    (record,) = slack(SAID | {"text": written})
    assert record.text == read


def test_one_moment_in_two_channels_is_two_messages(tmp_path):
    for channel in ("ops", "ops-"):
        (tmp_path / "export" / channel).mkdir(parents=True)
        (tmp_path / "export" / channel / "2026-03-10.json").write_text(json.dumps([SAID]))
    records = [r for r in Reading(tmp_path / "export") if isinstance(r, Record)]
    assert {(r.place, r.external_id) for r in records} == {
        ("#ops", "ops/1773165600.000100"),
        ("#ops-", "ops-/1773165600.000100"),
    }


def test_the_fraction_is_kept_to_the_last_digit(slack):
    (record,) = slack(SAID | {"ts": "1433558207.760577"})
    assert record.at.isoformat() == "2015-06-06T02:36:47.760577+00:00"


def test_a_tombstone_is_a_deleted_message(slack):
    (record,) = slack(SAID | {"subtype": "tombstone", "text": "This message was deleted."})
    assert record.deleted
    assert record.noise


def test_an_edit_and_a_deletion_are_editions_of_the_same_message(slack):
    first, changed, gone = slack(
        SAID,
        {
            "type": "message",
            "subtype": "message_changed",
            "ts": "1773165700.000100",
            "message": SAID | {"text": "b", "edited": {"user": "U1", "ts": "1773165700.000000"}},
            "previous_message": SAID,
        },
        {
            "type": "message",
            "subtype": "message_deleted",
            "ts": "1773165800.000100",
            "deleted_ts": SAID["ts"],
            "previous_message": SAID,
        },
    )
    assert first.external_id == changed.external_id == gone.external_id
    assert (changed.at, changed.text, changed.revised > changed.at) == (first.at, "b", True)
    assert (gone.deleted, gone.text, gone.at) == (True, "a", first.at)


def test_what_a_bot_says_stands_in_attachments_or_blocks(slack):
    bot = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "Deploys", "text": ""}
    attached, block, fallback = slack(
        bot
        | {
            "ts": "1773165601.000100",
            "attachments": [
                {"title": "v42", "text": "is &lt;live&gt;", "fields": [{"title": "env", "value": "prod"}]}
            ],
        },
        bot
        | {
            "ts": "1773165602.000100",
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "error *rate* high"}}],
        },
        bot | {"ts": "1773165603.000100", "attachments": [{"fallback": "disk is full"}]},
    )
    assert attached.text == "v42\nis <live>\nenv: prod"
    assert block.text == "error *rate* high"
    assert fallback.text == "disk is full"
    assert {(r.actor, r.actor_kind) for r in (attached, block, fallback)} == {("Deploys", "bot")}


def test_blocks_nested_without_reason_are_no_trouble(slack):
    blocks: list = []
    for _ in range(200):
        blocks = [blocks]
    assert [r.text for r in slack(SAID | {"text": "", "blocks": blocks}, SAID | {"text": "kept"})][
        -1
    ] == "kept"


def test_a_comment_on_a_file_is_by_who_wrote_the_comment(slack):
    (record,) = slack(
        {
            "type": "message",
            "subtype": "file_comment",
            "ts": SAID["ts"],
            "text": "commented",
            "comment": {"user": "U7", "comment": "look"},
        }
    )
    assert record.actor_id == "U7"


def test_a_page_of_the_api_may_be_newest_first(told):
    page = {"ok": True, "messages": [SAID | {"ts": "1773165700.000100"}, SAID], "has_more": False}
    records, _ = told(page, name="page.json")
    assert {r.written for r in records} == {"1773165700.000100", "1773165600.000100"}


@settings(max_examples=40, deadline=None)
@given(days=st.lists(st.integers(1, 5), min_size=10, max_size=10), order=st.permutations(range(10)))
def test_however_messages_are_dealt_to_day_files_they_tell_the_same(days, order):
    """Day files are cut in a local zone nobody states, so which day a message lies in says nothing."""

    def told(dealt: dict[int, list[dict]]) -> set:
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(Path(folder) / "export.zip", "w") as made:
                made.writestr("channels.json", json.dumps([{"id": "C1", "name": "ops"}]))
                for day, messages in dealt.items():
                    made.writestr(f"ops/2026-03-0{day}.json", json.dumps(messages))
            found = list(Reading(Path(folder) / "export.zip"))
        return {(r.external_id, r.at, r.text) for r in found}

    messages = [SAID | {"ts": f"17731656{n:02d}.000{n}00", "text": f"text {n}"} for n in range(10)]
    dealt: dict[int, list[dict]] = {}
    for n in order:
        dealt.setdefault(days[n], []).append(messages[n])
    assert told(dealt) == told({1: messages})
    assert len(told(dealt)) == 10


# --- pages, events and dumps -------------------------------------------------------------------------


def test_pages_of_one_channel_know_it_by_the_name_without_its_number(told):
    first, _ = told({"ok": True, "messages": [SAID], "has_more": False}, name="ops-page1.json")
    again, _ = told({"ok": True, "messages": [SAID], "has_more": False}, name="ops (2).json")
    other, _ = told({"ok": True, "messages": [SAID], "has_more": False}, name="ops-12.json")
    assert first[0].external_id == again[0].external_id == "ops/1773165600.000100"
    assert other[0].external_id == "ops-12/1773165600.000100"


def test_pages_one_a_line_or_gathered_in_a_list(told):
    page = {"ok": True, "messages": [SAID]}
    later = {"ok": True, "messages": [SAID | {"ts": "1773165700.000100"}]}
    for content in (
        json.dumps([page, later]),
        json.dumps(page) + "\n" + json.dumps(later),
        json.dumps(page, indent=1) + "\n" + json.dumps(later, indent=1),
    ):
        assert [r.written for r in told(content, name="ops.json")[0]] == [
            "1773165600.000100",
            "1773165700.000100",
        ]


def test_a_page_says_that_more_follow(told):
    _, skipped = told({"ok": True, "messages": [SAID], "has_more": True}, name="ops.json")
    assert ["has_more" in s.why for s in skipped] == [True]


def test_an_error_of_the_api_is_told_in_its_words(told):
    with pytest.raises(Unreadable, match="channel_not_found"):
        told({"ok": False, "error": "channel_not_found"}, name="ops.json", format="slack")


def test_a_search_and_an_event_name_their_channel(told):
    found = {
        "ok": True,
        "messages": {"total": 1, "matches": [SAID | {"channel": {"id": "C0000001", "name": "ops"}}]},
    }
    event = {"type": "event_callback", "event": SAID | {"channel": "C0000001"}}
    linked = [SAID | {"permalink": "https://x.slack.com/archives/C0000001/p1773165600000100"}]
    ids = [told(content, name="page.json")[0][0].external_id for content in (found, event, linked)]
    assert set(ids) == {"C0000001/1773165600.000100"}
    assert told(found, name="page.json")[0][0].place == "#ops"


def test_a_dump_of_slackdump_tells_its_threads(told):
    reply = SAID | {"ts": "1773165700.000100", "thread_ts": SAID["ts"], "text": "b"}
    records, _ = told(
        {
            "channel_id": "C0000001",
            "name": "ops",
            "messages": [SAID | {"thread_ts": SAID["ts"], "slackdump_thread_replies": [reply]}],
        },
        name="C0000001.json",
    )
    assert [(r.place, r.text, r.thread) for r in records] == [
        ("#ops", "a", ""),
        ("#ops", "b", "C0000001/1773165600.000100"),
    ]


def test_two_workspaces_of_one_organisation_each_have_a_general(tmp_path):
    with zipfile.ZipFile(tmp_path / "org.zip", "w") as made:
        made.writestr("org_users.json", json.dumps([{"id": "U1", "real_name": "Ana"}]))
        made.writestr("canvases.json", json.dumps([{"id": "F1", "ts": "1773165600.000100"}]))
        for number, team in enumerate(("red", "blue"), 1):
            made.writestr(f"{team}/channels.json", json.dumps([{"id": f"C{number}", "name": "general"}]))
            made.writestr(f"{team}/general/2026-03-10.json", json.dumps([SAID]))
    records = list(Reading(tmp_path / "org.zip"))
    assert {r.external_id for r in records} == {"C1/1773165600.000100", "C2/1773165600.000100"}
    assert {(r.actor, r.place) for r in records} == {("Ana", "#general")}


# --- text --------------------------------------------------------------------------------------------

COPIED = {
    "brackets": "Ana Lima [10:42 AM]\ndb1 is down\n[10:43]\nrestarting\nit\nDeploys APP [12:05 PM]\nv42 is live\n",
    "spaces": "Ana Lima  10:42 AM\ndb1 is down\n10:43\nrestarting\nit\nDeploys APP  12:05 PM\nv42 is live\n3 replies\n:tada: 2\n",
    "lines": "Ana Lima\n  10:42 AM\ndb1 is down\n10:43\nrestarting\nit (edited) \nDeploys\n  APP  12:05 PM\nv42 is live\n",
    "beside": "Ana Lima [10:42] db1 is down\n[10:43] restarting\nit\nDeploys APP [12:05] v42 is live\n",
}  # fmt: skip


@pytest.mark.parametrize("form", COPIED)
def test_text_copied_from_a_channel(told, form):
    records, skipped = told(COPIED[form], name="paste.txt", zone="Europe/Berlin", day=date(2026, 3, 10))
    assert not skipped
    assert [(f"{r.at:%d %H:%M}", r.actor, r.text, r.actor_kind) for r in records] == [
        ("10 09:42", "Ana Lima", "db1 is down", "person"),
        ("10 09:43", "Ana Lima", "restarting\nit", "person"),
        ("10 11:05", "Deploys", "v42 is live", "bot"),
    ]
    assert {(r.precision, r.certainty) for r in records} == {("minute", "assumed zone")}


def test_what_belongs_to_no_message_is_noted(told):
    records, skipped = told(
        "end of an older one\nsee above\n\n" + COPIED["lines"],
        name="paste.txt",
        zone="UTC",
        day=date(2026, 3, 10),
        format="slack",
    )
    assert [s.where for s in skipped] == ["paste.txt:1", "paste.txt:2"]
    assert len(records) == 3


def test_copied_text_asks_for_its_day_and_zone(told):
    with pytest.raises(NeedsAnswer) as question:
        told(COPIED["brackets"], name="paste.txt", zone="UTC")
    assert question.value.asks_for == "day"
    with pytest.raises(NeedsAnswer) as question:
        told(COPIED["brackets"], name="paste.txt", day=date(2026, 3, 10))
    assert question.value.asks_for == "zone"


def test_noon_and_midnight_in_copied_text(told):
    text = "Ana Lima [11:58 AM]\na\n[12:01]\nb\n[1:05]\nc\nBo [11:59 PM]\nd\n[12:01]\ne\n"
    records, _ = told(text, name="paste.txt", zone="UTC", day=date(2026, 3, 10))
    assert [f"{r.at:%d %H:%M}" for r in records] == [
        "10 11:58",
        "10 12:01",
        "10 13:05",
        "10 23:59",
        "11 00:01",
    ]


@pytest.mark.parametrize("line", ["", "x", "x" * 70_000])
def test_a_message_without_end_is_cut_and_says_so(told, line):
    records, _ = told(
        "Ana Lima [10:42]\nfirst\n" + f"{line}\n" * 100_000
        if len(line) < 2
        else f"Ana Lima [10:42]\nfirst\n{line}\nx\n",
        name="paste.txt",
        zone="UTC",
        day=date(2026, 3, 10),
    )
    assert len(records) == 1
    assert len(records[0].text) < 70_000
    assert records[0].text.startswith("first")
    assert records[0].text.endswith("[cut]") or not line


def test_a_divider_steps_the_day(told):
    text = "Ana Lima  10:42 AM\na\n\nWednesday, March 11th\nBo  9:00 AM\nb\nToday\nBo  9:01 AM\nVersion 12\n"
    records, _ = told(text, name="paste.txt", zone="UTC", day=date(2026, 3, 10))
    assert [(f"{r.at:%d %H:%M}", r.text) for r in records] == [
        ("10 10:42", "a"),
        ("11 09:00", "b"),
        ("11 09:01", "Version 12"),
    ]


def test_equal_words_of_one_minute_are_two_and_stay_the_same(told):
    text = "Ana Lima [10:42]\nok\n[10:42]\nok\n"
    answers = {"zone": "UTC", "day": date(2026, 3, 10), "name": "paste.txt"}
    short, _ = told(text, **answers)
    long, _ = told(text + "Bo [10:50]\nbye\n", **answers)
    assert len({r.external_id for r in short}) == 2
    assert {r.external_id for r in short} < {r.external_id for r in long}


def test_a_text_dump_states_everything_itself(told):
    text = "> Ana Lima [U1] @ 10/03/2026 18:00:00 Z:\nis it up?\n\n|   > Bo [U2] @ 10/03/2026 19:00:05 +0100:\n|   yes\n"
    records, _ = told(text, name="C1.txt")
    assert [(r.at.isoformat(), r.actor, r.actor_id, r.certainty) for r in records] == [
        ("2026-03-10T18:00:00+00:00", "Ana Lima", "U1", "exact"),
        ("2026-03-10T18:00:05+00:00", "Bo", "U2", "exact"),
    ]
    assert [r.text for r in records] == ["is it up?", "yes"]


def test_the_text_export_of_one_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "member.zip", "w") as made:
        made.writestr(
            "channels/ops.txt",
            "[2026-03-10 10:42:00 UTC] <Ana> db1 is down\n[2026-03-10 10:43:00 UTC] <Ana> up\n",
        )
        made.writestr("dms/bo.txt", "2026-03-10 10:42:00 Ana Lima: hi\nthere\n")
        made.writestr("files/list.txt", "trace.txt\n")
    reading = Reading(tmp_path / "member.zip", zone="UTC")
    records = list(reading)
    assert reading.detection.format.key == "slack"
    assert [(r.place, r.actor, r.text) for r in records] == [
        ("#ops", "Ana", "db1 is down"),
        ("#ops", "Ana", "up"),
        ("#bo", "Ana Lima", "hi\nthere"),
    ]


@settings(
    max_examples=80,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                *COPIED.values(),
                "Ana [",
                " ",
                "  ",
                "[10:42",
                "10:42",
                " AM",
                ":",
                "> a [U1] @ ",
                "x" * 50,
                "\n",
                "March 31st\n",
                "\ufeff",
                "Ana  10:99 AM\n",
                "é",
            ]
        ),
        max_size=8,
    ),
    times=st.integers(1, 300),
)
def test_any_text_is_a_record_a_note_or_a_sentence(tmp_path, pieces, times):
    (tmp_path / "x.txt").write_text("".join(pieces * times) or " ")
    with contextlib.suppress(Unreadable):
        list(Reading(tmp_path / "x.txt", format="slack", zone="UTC", day=date(2026, 3, 10)))


@pytest.mark.parametrize(
    "text",
    [
        "10:42 AM we saw it\n10:50 AM rolled back\n",
        "# Notes\n\nAna  10:42 AM\n",
        "[10:42] <ana> hi\n[10:43] <bo> hi\n",
        "Mar 10 10:42:00 web1 sshd[10]: x\n",
    ],
)
def test_what_was_not_copied_from_slack_is_not_claimed(tmp_path, text):
    (tmp_path / "x.txt").write_text(text)
    with contextlib.suppress(Unreadable):
        assert Reading(tmp_path / "x.txt").detection.format.key != "slack"


def test_an_event_that_a_thread_grew_holds_its_root(slack):
    (record,) = slack(
        {
            "type": "message",
            "subtype": "message_replied",
            "ts": "1773165700.000100",
            "message": SAID | {"thread_ts": SAID["ts"]},
        }
    )
    assert (record.written, record.text, record.thread) == (SAID["ts"], "a", "")


@pytest.mark.parametrize("odd", [None, 7, True, [], ["x"], {"a": 1}])
@pytest.mark.parametrize(
    "field",
    ["user", "bot_id", "permalink", "username", "thread_ts", "team", "subtype", "text", "files", "edited"],
)
def test_a_field_of_another_shape_is_words_or_a_note_never_an_object(told, field, odd):
    records, skipped = told([SAID | {field: odd}], name="ops.json", format="slack")
    assert len(records) + len(skipped) == 1
    for record in records:
        told_of = (
            record.text,
            record.actor,
            record.actor_id,
            record.link,
            record.place,
            record.thread,
            record.kind,
        )
        assert all(isinstance(value, str) for value in told_of)
