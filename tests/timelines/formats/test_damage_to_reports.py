"""Exports of pagers, status pages, tickets and incident tools, damaged: records, notes, or a sentence, and quickly."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timelines.formats import test_paging_and_status as reports
from tests.timelines.formats import test_tickets as tickets
from timelines.formats import FORMATS
from timelines.formats.base import Context, Unreadable
from timelines.formats.records import Record, Skipped

LINES = {
    "dispatch": "uuid\tstarted_at\tended_at\tsource\tdescription\tcreated_at\nu1\t2026-03-10 18:00:00\t\\N\tx\ta\\tb\t2026-03-10 20:00:00\n",
    "jira": tickets.CSV, "servicenow": "number,state,sys_mod_count,opened_at,sys_updated_at\nINC1,New,0,29-02-2016 01:16,29-02-2016 01:23\n",
    "status-feed": reports.POSTED,
}  # fmt: skip
MARKUP = {
    "jira": tickets.XML, "redmine": tickets.REDMINE_XML, "status-feed": reports.small(("Jan 2, 08:00 UTC", "Update", "we look")),
    "servicenow": "<unload><incident><number>INC1</number><state>6</state><sys_updated_on>2026-03-10 20:00:00</sys_updated_on></incident></unload>",
    "bugzilla": "<bugzilla><bug><bug_id>3</bug_id><long_desc><commentid>7</commentid><bug_when>2026-03-10 18:00:00 +0000</bug_when><thetext>x</thetext></long_desc></bug></bugzilla>",
}  # fmt: skip
DOCUMENTS: list[tuple[str, Any]] = [
    *((key, document) for key, document in reports.MIXED.items()),
    *(("incident-timeline", tool[0]) for tool in reports.TOOLS.values()),
    ("opsgenie", reports.hook("AddNote", note="x")),
    ("pagerduty", {"messages": [{"id": "M", "event": "incident.resolve", "created_on": "2026-03-10T18:00:00Z", "incident": {"id": "x"}}]}),
    ("status-json", reports.CACHET),
    ("jira", {"issues": [tickets.ISSUE]}),
    ("servicenow", {"result": [tickets.RAW]}),
    ("redmine", {"issue": tickets.REDMINE}),
    ("grafana", [{"id": 1, "time": 1773165600000, "timeEnd": 1773165600000, "text": "<b>d</b>", "tags": ["x"], "panelId": 2}]),
    ("alertmanager", {"version": "4", "alerts": [{"status": "resolved", "labels": {"a": "b"}, "annotations": {}, "startsAt": reports.AT, "endsAt": reports.NOTED}]}),
]  # fmt: skip
JUNK = [
    None, 0, -1, 1e308, 10**30, True, "", "x", [], {}, [[]], [None], {"a": 1}, ["a", {"id": None}], "A" * 3000, "2026-13-40T99:99:99Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "2026-03-10T18:00:00+99:99", 1773165600, {"type": "doc", "content": [{"content": 5}]},
]  # fmt: skip
EITHER = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


class OneFile:
    name, names = "evidence", ["evidence"]

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def open(self, name: str):
        return io.BufferedReader(io.BytesIO(self.raw), 1 << 17)

    def size(self, name: str) -> int:
        return len(self.raw)


def read(key: str, raw: bytes) -> float:
    """Reads to the end; anything but records, notes and a sentence fails. Returns the seconds it took."""
    begun = time.perf_counter()
    context = Context(zone=ZoneInfo("Europe/Lisbon"), captured=datetime(2026, 3, 10, tzinfo=UTC))
    sentence = "It was read."
    try:
        for found in FORMATS[key].read(OneFile(raw), context):
            assert isinstance(found, (Record, Skipped))
            if isinstance(found, Record):
                assert found.text
                assert found.external_id
                assert found.at.tzinfo is not None
    except Unreadable as error:
        sentence = str(error).rstrip()
    assert sentence.endswith((".", "?"))
    return time.perf_counter() - begun


def paths(value: Any, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in inner for deeper in paths(child, (*path, key)))]


def replaced(value: Any, path: tuple, by: Any) -> Any:
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


@pytest.mark.parametrize(("key", "document"), DOCUMENTS)
def test_any_part_of_a_document_may_be_anything(key, document):
    for path in paths(document):
        for junk in JUNK:
            read(key, json.dumps(replaced(document, path, junk)).encode())


@EITHER
@given(data=st.data())
def test_bytes_may_be_changed_cut_and_doubled(data):
    pool = [(key, json.dumps(document)) for key, document in DOCUMENTS] + [*LINES.items(), *MARKUP.items()]
    key, text = data.draw(st.sampled_from(pool))
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        raw[at : at + data.draw(st.integers(0, 20))] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b"<", b"]]>", b"\x00", b"\n", b"&"])
        )
    assert read(key, bytes(raw)) < 5


@EITHER
@given(
    key=st.sampled_from(sorted({key for key, _ in DOCUMENTS} | set(LINES) | {"phabricator", "bugzilla"})),
    raw=st.binary(max_size=2000),
)
def test_any_bytes(key, raw):
    read(key, raw)


@pytest.mark.parametrize("key", ["status-feed", "jira", "servicenow", "dispatch"])
@pytest.mark.parametrize(
    "piece", ["Posted ", "Posted Jan 2, ", "<", "<a ", "<small>", "&amp;", '"', "\t", ",", "- ", "Jan 2, 08:00 UTC\n", "\\", " "]
)  # fmt: skip
def test_long_hostile_text_takes_no_time(key, piece):
    head = {"jira": "Issue key,Issue id,Created\n", "servicenow": "number,sys_updated_on\n", "dispatch": "uuid\tstarted_at\tsource\tdescription\n"}.get(key, "<!doctype html>Posted Jan 2, 2026 - 08:00 UTC")  # fmt: skip
    assert read(key, f"{head}{piece * (400_000 // len(piece))}".encode()) < 5


def test_nesting_beyond_reason_is_noted():
    deep = '{"a":[' * 450 + "1" + "]}" * 450
    for key, document in DOCUMENTS:
        for path in paths(document):
            read(key, json.dumps(replaced(document, path, "@@")).replace('"@@"', deep).encode())
