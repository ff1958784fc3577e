"""What Slack writes that is easily misread."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timelines.formats.records import Record
from timelines.reading import Reading

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
