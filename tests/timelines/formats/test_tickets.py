"""Jira, ServiceNow, Redmine, Phabricator, Bugzilla and Dispatch: what they write that is easily misread."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.samples import sample
from timelines.formats.adf import text_of
from timelines.formats.base import BadTime, NeedsAnswer, Unreadable
from timelines.formats.moments import day_order, placed
from timelines.formats.records import Record
from timelines.reading import Reading


def of(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    assert all(record.raw and record.where for record in records), "every record leads back to its bytes"
    return records, reading.report()


# --- times as people's settings write them -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "order", "moment", "precision"),
    [
        ("25/Jan/21 11:09 AM", "", "2021-01-25 11:09:00", "minute"),
        ("25/janv./21 23:09", "", "2021-01-25 23:09:00", "minute"),
        ("25-Mär-2021 11:09:27", "", "2021-03-25 11:09:27", "second"),
        ("Jan 25, 2021 12:09:27 AM", "", "2021-01-25 00:09:27", "second"),
        ("Mon, 25 Jan 2021 11:09:27 +0800", "", "2021-01-25 03:09:27", "second"),
        ("29-02-2016 01:16", "", "2016-02-29 01:16:00", "minute"),
        ("02/29/2016 01:16 PM", "", "2016-02-29 13:16:00", "minute"),
        ("03/04/2016 01:16", "dmy", "2016-04-03 01:16:00", "minute"),
        ("03/04/2016 01:16", "mdy", "2016-03-04 01:16:00", "minute"),
        ("25.01.2021 11:09", "", "2021-01-25 11:09:00", "minute"),
        ("2021/01/25 11:09:27,5", "", "2021-01-25 11:09:27.500000", "millisecond"),
        ("2021-01-25", "", "2021-01-25 00:00:00", "day"),
    ],
)
def test_written_times(written, order, moment, precision):
    found = placed(written, ZoneInfo("UTC"), order)
    assert (str(found.at.replace(tzinfo=None)), found.precision) == (moment, precision)


@pytest.mark.parametrize("written", ["03/04/2016 01:16", "1/2/20 9:00 AM"])
def test_a_date_that_may_be_two_days_is_asked_about(written):
    with pytest.raises(NeedsAnswer) as asked:
        placed(written)
    assert asked.value.asks_for == "mapping"


@pytest.mark.parametrize(
    "written", ["soon", "", None, True, "32/Jan/21 11:09", "25/Foo/21 11:09", "25/Jan/21 13:09 PM", "25/Jan/213 11:09", "9" * 500, "1/" * 400]
)  # fmt: skip
def test_nonsense_is_no_time(written):
    with pytest.raises(BadTime):
        placed(written, ZoneInfo("UTC"))


def test_one_date_shows_the_order_of_all():
    assert day_order(["01/02/2016 1:00", "x", "13/02/2016 1:00"]) == "dmy"
    assert day_order(["01/02/2016 1:00", "01/22/2016 1:00"]) == "mdy"
    assert day_order(["01/02/2016 1:00", "2016-01-22"]) == ""


# --- Jira ----------------------------------------------------------------------------------------------


def test_the_changelog_of_the_sample():
    records, report = of("jira/changelog_13491.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("jira", 79, 0)
    assert (report["first"], report["last"]) == ("2021-01-29T07:01:13.722000Z", "2021-02-09T02:34:26.754000Z")
    assert Counter(field for r in records for field in r.extra["fields"]) == {
        "remoteissuelink": 77,
        "link": 1,
        "resolution": 1,
        "status": 1,
    }
    assert (len({r.actor for r in records}), {r.zone for r in records}) == (2, {"+0800"})
    assert sum(r.noise for r in records) >= 77
    (both,) = [r for r in records if len(r.extra["fields"]) == 2]
    assert (both.kind, both.text.count("\n")) == ("ticket status changed", 1)


HISTORY = {
    "id": "9", "author": {"accountId": "a1", "displayName": "Ann", "accountType": "atlassian"}, "created": "2026-03-10T19:00:00.000+0100",
    "items": [{"field": "status", "from": "1", "fromString": "Open", "to": "3", "toString": "Done"}],
}  # fmt: skip
DOC = {
    "type": "doc",
    "version": 1,
    "content": [
        {
            "type": "paragraph",
            "content": [{"type": "text", "text": "rolled "}, {"type": "text", "text": "back"}],
        }
    ],
}
COMMENT = {
    "id": "5",
    "author": {"displayName": "Ann"},
    "body": DOC,
    "created": "2026-03-10T19:01:00.000+0100",
    "updated": "2026-03-10T19:05:00.000+0100",
}
ISSUE = {
    "id": "100", "key": "OPS-1", "self": "https://acme.atlassian.net/rest/api/3/issue/100",
    "fields": {"summary": "Slow", "created": "2026-03-10T18:30:00.000+0100", "creator": {"displayName": "Bob"}, "resolutiondate": "2026-03-10T19:00:00.000+0100",
               "comment": {"comments": [COMMENT], "total": 1}},
    "changelog": {"histories": [HISTORY], "total": 3},
}  # fmt: skip


def test_one_history_is_one_event_in_every_call_and_in_the_webhook(told):
    page = {
        "self": ISSUE["self"] + "/changelog",
        "isLast": False,
        "startAt": 0,
        "maxResults": 1,
        "total": 3,
        "values": [HISTORY],
    }
    bulk = {
        "issueChangeLogs": [{"issueId": "100", "changeHistories": [HISTORY | {"created": 1773165600000}]}]
    }
    hook = {
        "timestamp": 1773165600000,
        "webhookEvent": "jira:issue_updated",
        "user": HISTORY["author"],
        "issue": ISSUE,
        "changelog": {"id": "9", "items": HISTORY["items"]},
    }
    found = [
        next(r for r in told(document, name="a.json")[0] if r.kind == "ticket status changed")
        for document in (page, bulk, hook, {"issues": [ISSUE]})
    ]
    assert len({(r.external_id, r.at) for r in found}) == 1
    assert {r.text for r in found} == {"status: Open → Done"}
    assert "one page of several" in told(page, name="a.json")[1][0].why


def test_an_issue_tells_its_creation_its_comments_and_what_was_cut(told):
    records, skipped = told(ISSUE, name="a.json")
    assert [(r.kind, r.text, r.place) for r in records] == [
        ("ticket created", "OPS-1 created: Slow", "OPS-1"), ("ticket status changed", "status: Open → Done", "OPS-1"), ("comment", "rolled back", "OPS-1"),
    ]  # fmt: skip
    assert records[0].link == "https://acme.atlassian.net/browse/OPS-1"
    assert records[2].revised == datetime(2026, 3, 10, 18, 5, tzinfo=UTC)
    assert "3 changelog, of which this export holds 1" in skipped[0].why


def test_a_deleted_comment_is_the_same_comment(told):
    hook = {
        "timestamp": 1773165600000,
        "webhookEvent": "comment_deleted",
        "issue": {"id": "100", "key": "OPS-1"},
        "comment": COMMENT,
    }
    (record,), _ = told(hook, name="a.json")
    assert (record.external_id, record.deleted) == ("comment/5", True)


def test_a_customer_s_desk_writes_times_four_ways(told):
    page = {"_links": {"self": "https://x/rest/servicedeskapi/request/OPS-1/comment"}, "isLastPage": True, "values": [
        {"id": "7", "body": "hello", "public": True, "author": {"displayName": "Ann"}, "created": {"iso8601": "2026-03-10T19:00:00+0100", "jira": "x", "friendly": "Today", "epochMillis": 1773165600000}}]}  # fmt: skip
    (record,), _ = told(page, name="a.json")
    assert (record.at.hour, record.extra["public"]) == (18, True)


def test_the_document_format_of_comments():
    document = {"type": "doc", "content": [
        {"type": "heading", "content": [{"type": "text", "text": "What"}]},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [
            {"type": "mention", "attrs": {"text": "@Ann"}}, {"type": "text", "text": " saw "}, {"type": "text", "text": "this", "marks": [{"type": "link", "attrs": {"href": "https://x.example"}}]}]}]}]},
        {"type": "codeBlock", "content": [{"type": "text", "text": "a < b"}]}, {"type": "unheard_of", "content": [{"type": "text", "text": "kept"}]},
        {"type": "date", "attrs": {"timestamp": "1773165600000"}}, {"type": "inlineCard", "attrs": {"url": "https://y.example"}}]}  # fmt: skip
    assert text_of(document).split("\n") == [
        "What",
        "- @Ann saw this (https://x.example)",
        "a < b",
        "kept2026-03-10https://y.example",
    ]
    deep: dict = {"type": "text", "text": "deep"}
    for _ in range(5000):
        deep = {"type": "paragraph", "content": [deep]}
    assert text_of(deep) == ""


CSV = 'Summary,Issue key,Issue id,Status,Created,Resolved,Comment,Comment\n"Slow\nAPI",OPS-1,100,Done,25/Jan/21 11:09 AM,,"25/Jan/21 11:10 AM;ann;she said ""no"";\nand left",25/Jan/21 11:11 AM;bob;x\n'
XML = """<!--
RSS generated by JIRA (8.5.1)
--><rss version="0.92"><channel><item><title>[OPS-1] Slow</title><link>https://jira.example.com/browse/OPS-1</link><key id="100">OPS-1</key><summary>Slow &amp; odd</summary>
<reporter username="bob">Bob</reporter><created>Mon, 25 Jan 2021 11:09:00 +0000</created><resolved>Mon, 25 Jan 2021 12:00:00 +0000</resolved>
<comments><comment id="5" author="ann" created="Mon, 25 Jan 2021 11:10:00 +0000">&lt;p&gt;a &amp;lt; b&lt;/p&gt;</comment></comments></item></channel></rss>"""


def test_csv_asks_for_its_zone_and_reads_comments_over_lines(told):
    with pytest.raises(NeedsAnswer) as asked:
        told(CSV, name="a.csv")
    assert asked.value.asks_for == "zone"
    records, skipped = told(CSV, name="a.csv", zone="Europe/Lisbon")
    assert [(r.kind, r.text, r.actor) for r in records] == [
        ("ticket created", "OPS-1 created: Slow\nAPI", "Jira"), ("comment", 'she said "no";\nand left', "ann"), ("comment", "x", "bob"),
    ]  # fmt: skip
    assert skipped == []


def test_xml_tells_the_same_issue_as_rest(told):
    records, _ = told(XML, name="a.xml")
    assert [(r.external_id, r.text) for r in records] == [
        ("issue/100/created", "OPS-1 created: Slow & odd"), ("issue/100/resolved", "OPS-1 resolved: Slow & odd"), ("comment/5", "a < b"),
    ]  # fmt: skip
    assert told(CSV, name="a.csv", zone="UTC")[0][0].external_id == "issue/100/created"


# --- ServiceNow ----------------------------------------------------------------------------------------


def test_the_log_of_the_sample():
    with pytest.raises(NeedsAnswer):
        of("servicenow/incident_event_log_part.csv")
    records, report = of("servicenow/incident_event_log_part.csv", zone="UTC")
    rows = [r for r in records if r.kind != "ticket opened"]
    assert (report["format"], len(rows), report["skipped_count"]) == ("servicenow", 400, 0)
    assert (report["first"], report["last"]) == ("2016-02-29T01:16:00Z", "2016-04-17T15:07:00Z")
    assert Counter(r.extra["state"] for r in rows) == {
        "New": 141, "Resolved": 68, "Closed": 65, "Active": 85, "Awaiting User Info": 38, "Awaiting Problem": 3,
    }  # fmt: skip
    assert len({r.extra["number"] for r in rows}) == sum(r.kind == "ticket opened" for r in records) == 66


def test_what_became_known_later_is_not_read_from_an_earlier_row(told):
    row = "INC1,New,0,29-02-2016 01:16,29-02-2016 01:23,Resolved by 149,29-02-2016 11:29"
    records, _ = told(
        f"number,incident_state,sys_mod_count,opened_at,sys_updated_at,resolved_by,resolved_at\n{row}\n",
        name="a.csv",
        zone="UTC",
    )
    assert [(r.kind, f"{r.at:%H:%M}") for r in records] == [
        ("ticket opened", "01:16"),
        ("ticket new", "01:23"),
    ]
    assert "149" not in records[1].text


RAW = {
    "sys_id": "a" * 32, "number": "INC1", "state": "6", "short_description": "Slow", "opened_at": "2026-03-10 18:00:00", "sys_updated_on": "2026-03-10 20:00:00",
    "sys_mod_count": "3", "resolved_at": "2026-03-10 19:00:00", "resolved_by": {"link": "https://x/y", "value": "u1"},
}  # fmt: skip


def test_raw_values_are_utc_and_displayed_ones_are_not(told):
    records, _ = told({"result": [RAW]}, name="a.json", zone="Asia/Tokyo")
    assert [(r.kind, r.at.hour, r.certainty) for r in records] == [
        ("ticket opened", 18, "exact"), ("ticket updated", 20, "exact"), ("ticket resolved", 19, "exact"),
    ]  # fmt: skip
    shown = RAW | {"state": "Resolved"}
    with pytest.raises(NeedsAnswer):
        told({"result": [shown]}, name="a.json")
    records, _ = told({"result": [shown]}, name="a.json", zone="Asia/Tokyo")
    assert (records[0].at.hour, records[0].certainty) == (9, "assumed zone")


def test_both_values_give_the_raw_time_and_the_shown_words(told):
    both = {
        name: {"value": value, "display_value": value}
        for name, value in RAW.items()
        if isinstance(value, str)
    }
    both |= {
        "state": {"value": "6", "display_value": "Resolved"},
        "opened_at": {"value": "2026-03-10 18:00:00", "display_value": "11/03/2026 03:00"},
    }
    both["work_notes"] = {
        "value": "",
        "display_value": "2026-03-11 03:30:00 - Ann B (Work notes)\nrolled back\nagain\n\n2026-03-11 03:20:00 - Bob (Additional comments)\nhello\n\n",
    }
    records, _ = told({"result": both}, name="a.json", zone="Asia/Tokyo")
    assert [(r.kind, f"{r.at:%H:%M}", r.text.partition(": ")[2]) for r in records if r.kind == "comment"] == [
        ("comment", "18:30", "rolled back\nagain"), ("comment", "18:20", "hello"),
    ]  # fmt: skip
    assert records[0].at.hour == 18


def test_audit_and_journal(told):
    audit = {"sys_id": "b" * 32, "tablename": "incident", "fieldname": "assigned_to", "oldvalue": "", "newvalue": "ann", "user": "bob", "documentkey": "a" * 32, "sys_created_on": "2026-03-10 18:00:00"}  # fmt: skip
    journal = {"sys_id": "c" * 32, "element": "work_notes", "element_id": "a" * 32, "name": "incident", "value": "on it", "sys_created_by": "ann", "sys_created_on": "2026-03-10 18:00:00"}  # fmt: skip
    records, _ = told({"result": [audit, journal]}, name="a.json")
    assert [(r.kind, r.text, r.actor, r.at.hour) for r in records] == [
        ("ticket assigned", "assigned_to: ann", "bob", 18),
        ("comment", "on it", "ann", 18),
    ]


def test_a_list_with_labels_and_an_unload(told):
    sheet = "Number,Opened,Short description,State,Updated\nINC1,2026-03-10 18:00:00,Slow,New,2026-03-10 19:00:00\n"
    records, _ = told(sheet, name="a.csv", zone="UTC")
    assert [r.kind for r in records] == ["ticket opened", "ticket updated"]
    xml = "<unload><incident><number>INC1</number><state>6</state><opened_at>2026-03-10 18:00:00</opened_at><sys_updated_on>2026-03-10 20:00:00</sys_updated_on><assigned_to display_value='Ann'>x</assigned_to></incident></unload>"  # fmt: skip
    unloaded, _ = told(xml, name="a.xml")
    assert (unloaded[0].external_id, unloaded[1].extra["assignee"]) == (records[0].external_id, "Ann")


# --- Dispatch ------------------------------------------------------------------------------------------


def test_the_events_of_dispatch_in_the_sample():
    records, report = of("dispatch/incident_events_2_4.tsv")
    assert (report["format"], report["events"], report["skipped_count"]) == ("dispatch", 29, 0)
    assert (report["first"], report["last"]) == ("2021-07-27T19:47:56.293577Z", "2021-07-28T17:13:49.192243Z")
    assert Counter(r.place for r in records) == {"incident 4": 16, "incident 2": 13}
    assert Counter(r.extra["source"] for r in records)["Dispatch Core App"] == 20


def test_a_dump_is_unescaped_once_and_nothing_is_nothing(told):
    dump = 'uuid\tstarted_at\tended_at\tsource\tdescription\tcreated_at\towner\nu1\t2026-03-10 18:00:00\t\\N\tDispatch Core App\ta\\tb\\\\n "c\t2026-03-10 20:00:00\t\\N\n'
    (record,), _ = told(dump, name="a.tsv")
    assert (record.text, record.until, record.extra["noted"], record.actor_kind) == (
        'a\tb\\n "c',
        None,
        "2026-03-10 20:00:00",
        "system",
    )


# --- Redmine, Phabricator, Bugzilla ----------------------------------------------------------------------

JOURNAL = {
    "id": 7,
    "user": {"id": 3, "name": "Ann"},
    "notes": "on it",
    "created_on": "2026-03-10T18:00:00Z",
    "details": [{"property": "attr", "name": "status_id", "old_value": "1", "new_value": "2"}],
}
REDMINE = {"id": 12, "project": {"id": 1, "name": "Ops"}, "tracker": {"id": 1, "name": "Bug"}, "status": {"id": 2, "name": "Busy"}, "author": {"id": 4, "name": "Bob"}, "subject": "Slow", "created_on": "2026-03-10T17:00:00Z", "closed_on": None, "journals": [JOURNAL]}  # fmt: skip
REDMINE_XML = """<?xml version="1.0"?><issue><id>12</id><project id="1" name="Ops"/><tracker id="1" name="Bug"/><status id="2" name="Busy"/><author id="4" name="Bob"/><subject>Slow</subject>
<created_on>2026-03-10T17:00:00Z</created_on><closed_on/><journals type="array"><journal id="7"><user id="3" name="Ann"/><notes>on it</notes><created_on>2026-03-10T18:00:00Z</created_on>
<details type="array"><detail property="attr" name="status_id"><old_value>1</old_value><new_value>2</new_value></detail></details></journal></journals></issue>"""


def test_redmine_as_json_and_xml(told):
    one, _ = told({"issue": REDMINE}, name="a.json")
    two, _ = told(REDMINE_XML, name="a.xml")
    assert [(r.external_id, r.kind, r.text, r.actor) for r in one] == [
        ("issue/12/created", "ticket created", "#12 created: Slow", "Bob"), ("journal/7", "comment", "on it\nstatus: 1 → 2", "Ann"),
    ]  # fmt: skip
    assert [(r.external_id, r.text, r.actor, r.at) for r in one] == [
        (r.external_id, r.text, r.actor, r.at) for r in two
    ]


def test_phabricator_s_two_calls_tell_one_transaction(told):
    old = {
        "taskID": "12",
        "transactionID": "5",
        "transactionPHID": "PHID-XACT-TASK-1",
        "transactionType": "status",
        "oldValue": "open",
        "newValue": "resolved",
        "comments": None,
        "authorPHID": "PHID-USER-1",
        "dateCreated": "1773165600",
    }
    new = {
        "id": 5,
        "phid": "PHID-XACT-TASK-1",
        "type": "status",
        "authorPHID": "PHID-USER-1",
        "objectPHID": "PHID-TASK-1",
        "dateCreated": 1773165600,
        "comments": [],
        "fields": {"old": "open", "new": "resolved"},
    }
    (one,), _ = told({"result": {"12": [old]}, "error_code": None}, name="a.json")
    (two,), skipped = told({"result": {"data": [new], "cursor": {"after": "5"}}}, name="b.json")
    assert (one.external_id, one.at, one.text) == (two.external_id, two.at, two.text)
    assert "one page of several" in skipped[0].why


def test_the_newest_version_of_a_comment_counts(told):
    comment = {"id": 5, "phid": "PHID-XACT-TASK-1", "type": "comment", "authorPHID": "PHID-USER-1", "dateCreated": 1773165600, "fields": {}, "comments": [
        {"version": 1, "content": {"raw": "first"}, "dateModified": 1773165600, "removed": False}, {"version": 2, "content": {"raw": "better"}, "dateModified": 1773165700, "removed": False}]}  # fmt: skip
    (record,), _ = told({"result": {"data": [comment]}}, name="a.json")
    assert (record.text, record.kind, record.revised.minute) == ("better", "comment", 1)


def test_bugzilla(told):
    history = {"bugs": [{"id": 35, "alias": [], "history": [
        {"when": "2026-03-10T18:00:00Z", "who": "ann@example.com", "changes": [{"field_name": "status", "removed": "NEW", "added": "RESOLVED"}, {"field_name": "resolution", "removed": "", "added": "FIXED"}]},
        {"when": "2026-03-10T18:01:00Z", "who": "bob@example.com", "changes": [{"field_name": "cc", "removed": "", "added": "bob@example.com"}]}]}]}  # fmt: skip
    records, _ = told(history, name="a.json")
    assert [(r.kind, r.noise) for r in records] == [
        ("ticket status changed", False),
        ("ticket changed", True),
    ]
    assert records[0].text == "status: NEW → RESOLVED\nresolution: FIXED"
    rest = {
        "bugs": {
            "35": {
                "comments": [
                    {
                        "id": 75,
                        "bug_id": 35,
                        "text": "hi",
                        "creator": "ann@example.com",
                        "creation_time": "2026-03-10T18:00:00Z",
                    }
                ]
            }
        },
        "comments": {},
    }
    xml = """<bugzilla version="5.0"><bug><bug_id>35</bug_id><creation_ts>2026-03-10 17:00:00 +0000</creation_ts><short_desc>Slow</short_desc><reporter name="Ann">ann@example.com</reporter>
        <long_desc isprivate="0"><commentid>75</commentid><who name="Ann">ann@example.com</who><bug_when>2026-03-10 18:00:00 +0000</bug_when><thetext>hi</thetext></long_desc></bug></bugzilla>"""
    (one,), _ = told(rest, name="b.json")
    two, _ = told(xml, name="a.xml")
    assert (one.external_id, one.at, one.text) == (two[1].external_id, two[1].at, two[1].text)


# --- all of them ---------------------------------------------------------------------------------------

KEYS = ["jira", "servicenow", "redmine", "phabricator", "bugzilla", "dispatch"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "content", [{"recipes": 1}, "[", "7", "null", '{"data": 5}', "<a>", "<a/>", "x", "x,y\n"]
)
def test_other_files_are_refused_in_a_sentence(told, key, content):
    with pytest.raises(Unreadable) as refused:
        told(content, name="a.json", format=key)
    assert str(refused.value).endswith((".", "?"))


def test_one_broken_file_of_several_does_not_take_the_others(told, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "1.json").write_text(json.dumps({"values": [HISTORY]}))
    (folder / "2.json").write_text("{broken")
    (folder / "3.xml").write_text("<rss><channel/></rss>")
    found = list(Reading(folder, format="jira"))
    assert [isinstance(f, Record) for f in found] == [True, False, False]


def test_a_quotation_mark_that_is_never_closed_costs_its_row(told):
    text = CSV + '"open,OPS-2,101,New,25/Jan/21 11:09 AM,,,\n'
    records, skipped = told(text, name="a.csv", zone="UTC")
    assert (len(records), "never closed" in skipped[0].why or "not closed" in skipped[0].why) == (3, True)


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_source_that_always_says_its_zone_is_not_asked_about_one_time_that_does_not(told, zone):
    good = HISTORY | {"id": "8"}
    records, skipped = told(
        {"values": [HISTORY | {"created": "2026-03-10 18:00:00"}, good]}, name="a.json", zone=zone
    )
    assert (len(records), "states no zone" in skipped[0].why) == (1, True)


def test_older_bugzilla_leaves_out_that_it_means_utc(told):
    comment = {
        "id": 75,
        "bug_id": 35,
        "text": "hi",
        "creator": "ann@example.com",
        "creation_time": "2026-03-10T18:00:00",
    }
    (record,), _ = told({"bugs": {"35": {"comments": [comment]}}, "comments": {}}, name="a.json")
    assert (record.at.hour, record.written, record.zone) == (18, "2026-03-10T18:00:00", "")


def test_equal_comments_without_ids_are_two(told):
    twice = "Summary,Issue key,Issue id,Created,Comment,Comment\nSlow,OPS-1,100,25/Jan/21 11:09 AM,25/Jan/21 11:10 AM;ann;+1,25/Jan/21 11:10 AM;ann;+1\n"
    records, _ = told(twice, name="a.csv", zone="UTC")
    assert len({r.external_id for r in records if r.kind == "comment"}) == 2
    notes = "2026-03-11 03:30:00 - Ann (Work notes)\n+1\n\n2026-03-11 03:30:00 - Ann (Work notes)\n+1\n"
    records, _ = told({"result": [RAW | {"state": "New", "work_notes": notes}]}, name="a.json", zone="UTC")
    assert len({r.external_id for r in records if r.kind == "comment"}) == 2
