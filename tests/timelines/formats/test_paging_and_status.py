"""Opsgenie, PagerDuty, Grafana, status pages and incident tools: what they write that is easily misread."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.samples import sample
from timelines.formats.alertmanager import fingerprint
from timelines.formats.base import NeedsAnswer, Unreadable
from timelines.formats.records import Record
from timelines.reading import Reading


def of(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    assert all(record.raw and record.where for record in records), "every record leads back to its bytes"
    return records, reading.report()


# --- Opsgenie ------------------------------------------------------------------------------------------


def test_the_incidents_of_the_sample():
    records, report = of("opsgenie/incidents.json")
    assert report["format"] == "opsgenie"
    opened = [r for r in records if r.kind == "incident opened"]
    assert [r.extra["incident"] for r in opened] == [
        "3a74524a-f492-4172-b3f5-6041c7cb404a",
        "3f84e009-7548-4e7d-832a-fa82c1ceb6b1",
    ]
    assert [r.written for r in opened] == ["2023-09-06T14:30:56.346Z", "2023-09-05T18:20:28.003Z"]
    assert [r.extra["priority"] for r in opened] == ["P3", "P5"]
    assert [r.written for r in records if r.kind == "impact ended"] == ["2023-09-05T18:21:21.49Z"]


def test_the_note_of_the_sample_is_at_its_nanosecond_though_the_alert_was_made_in_milliseconds():
    (record,), _ = of("opsgenie/webhook_addnote.json")
    assert (record.at, record.nanoseconds, record.precision) == (
        datetime(2015, 1, 5, 10, 4, 35, 2000, tzinfo=UTC), 962, "nanosecond",
    )  # fmt: skip
    assert (record.kind, record.extra["alert"]) == ("page note", "052652ac-5d1c-464a-812a-7dd18bbfba8c")
    assert "note to test alert" in record.text


def hook(action: str, **more) -> dict:
    alert = {
        "alertId": "A1",
        "message": "Disk full",
        "updatedAt": 1773165600000000001,
        "createdAt": 1773165500000,
        "username": "ann",
        "userId": "U1",
    }
    return {"action": action, "integrationId": "I1", "integrationName": "hooks", "alert": alert | more}


def test_a_webhook_sent_again_is_the_same_act_and_another_act_is_another(told):
    one, two, other = (told(hook(a), name="a.json")[0][0] for a in ("Acknowledge", "Acknowledge", "Close"))
    assert one.external_id == two.external_id != other.external_id
    assert [one.kind, other.kind] == ["page acknowledged", "page resolved"]


def test_an_action_of_ones_own_keeps_its_name(told):
    (record,), _ = told(hook("Restart pods"), name="a.json")
    assert (record.kind, "Restart pods" in record.text) == ("page action", True)


LOG = {"log": "Acknowledged by ann", "type": "system", "owner": "System", "createdAt": "2026-03-10T18:00:00.142Z", "offset": "1773165600142_1773165600142000042"}  # fmt: skip


def test_pages_of_a_log_tell_the_same_entries_and_say_that_more_follow(told):
    note = {
        "note": "on it",
        "owner": "ann",
        "createdAt": "2026-03-10T18:00:01.001Z",
        "offset": "1773165601001_1773165601001000001",
    }
    first, skipped = told(
        {"data": [LOG, note], "paging": {"next": "https://x/logs?offset=2"}, "took": 0.1}, name="a.json"
    )
    again, _ = told({"data": [note, LOG]}, name="b.json")
    assert {r.external_id for r in first} == {r.external_id for r in again}
    assert "one page of several" in skipped[0].why
    assert [(r.kind, r.actor_kind) for r in first] == [("page log", "system"), ("page note", "person")]


def test_what_an_alert_reports_is_counted_from_its_creation(told):
    alert = {
        "id": "A1", "tinyId": "7", "alias": "disk", "message": "Disk full", "createdAt": "2026-03-10T18:00:00Z",
        "report": {"ackTime": 61000, "closeTime": 600000, "acknowledgedBy": "ann", "closedBy": "bob"},
    }  # fmt: skip
    records, _ = told({"data": [alert]}, name="a.json")
    assert [(r.kind, f"{r.at:%H:%M:%S}", r.certainty) for r in records] == [
        ("page triggered", "18:00:00", "exact"),
        ("page acknowledged", "18:01:01", "derived"),
        ("page resolved", "18:10:00", "derived"),
    ]


# --- PagerDuty -----------------------------------------------------------------------------------------


def test_log_entries_that_come_with_an_incident_are_read_unless_the_incident_says_the_same():
    records, _ = of("pagerduty/incidents.json")
    entries = [r for r in records if r.external_id.startswith("log_entry/")]
    assert Counter(r.kind for r in entries)["page escalated"] == 8
    assert not any(r.kind == "page triggered" for r in entries)
    assert sum(r.noise for r in entries) == sum(r.kind == "page notified" for r in entries) > 10


ENTRY = {
    "id": "R1", "type": "acknowledge_log_entry", "summary": "Acknowledged by Ann.", "created_at": "2026-03-10T18:00:00Z",
    "agent": {"id": "PU1", "type": "user_reference", "summary": "Ann"}, "incident": {"id": "PI1", "summary": "[#7] Errors"},
}  # fmt: skip


def test_a_webhook_of_version_2_and_the_api_tell_one_log_entry(told):
    message = {
        "id": "M1",
        "event": "incident.acknowledge",
        "created_on": "2026-03-10T18:00:00Z",
        "log_entries": [ENTRY],
        "incident": {"id": "PI1"},
    }
    (hooked,), _ = told({"messages": [message]}, name="a.json")
    (asked,), _ = told({"log_entries": [ENTRY]}, name="b.json")
    assert hooked.external_id == asked.external_id == "log_entry/R1"


def test_a_webhook_of_version_2_without_log_entries_tells_its_act(told):
    message = {"id": "M1", "event": "incident.resolve", "created_on": "2026-03-10T18:00:00Z", "incident": {"id": "PI1", "title": "Errors", "incident_number": 7}}  # fmt: skip
    (record,), _ = told({"messages": [message]}, name="a.json", format="pagerduty")
    assert (record.kind, record.text, record.extra["number"]) == ("page resolved", "resolved: Errors", 7)


@pytest.mark.parametrize(
    ("type", "data", "kind", "words"),
    [
        ("incident.responder.replied", {"incident": {"id": "P1", "summary": "Errors"}, "user": {"summary": "Bob"}, "state": "declined"}, "page responder declined", "Bob"),
        ("incident.status_update_published", {"incident": {"id": "P1", "summary": "Errors"}, "message": "We look into it"}, "page status update", "We look into it"),
        ("incident.priority_updated", {"id": "P1", "title": "Errors", "priority": {"summary": "P1"}}, "page priority changed", "P1"),
        ("incident.reassigned", {"id": "P1", "title": "Errors"}, "page assigned", "Errors"),
        ("incident.something.new", {"id": "P1", "title": "Errors"}, "page something new", "Errors"),
    ],
)  # fmt: skip
def test_webhooks_of_version_3(told, type, data, kind, words):
    event = {
        "id": "E1",
        "event_type": type,
        "resource_type": "incident",
        "occurred_at": "2026-03-10T18:00:00Z",
        "agent": None,
        "data": data,
    }
    (record,), _ = told({"event": event}, name="a.json")
    assert (record.kind, words in record.text) == (kind, True)


def test_an_assignment_keeps_its_id_in_another_zone(told):
    incident = {
        "id": "PI1", "incident_number": 7, "urgency": "high", "title": "Errors", "status": "triggered", "created_at": "2026-03-10T18:00:00Z",
        "assignments": [{"at": "2026-03-10T18:00:00Z", "assignee": {"id": "PU1", "type": "user_reference", "summary": "Ann"}}],
    }  # fmt: skip
    elsewhere = json.loads(json.dumps(incident).replace("18:00:00Z", "19:00:00+01:00"))
    one, two = (told({"incidents": [i]}, name="a.json")[0] for i in (incident, elsewhere))
    assert [r.external_id for r in one] == [r.external_id for r in two]


def test_changes_and_alerts_and_notes_of_an_incident(told):
    at, link = "2026-03-10T18:00:00Z", "https://a.pagerduty.com/x"
    for key, thing, kind in (
        ("notes", {"id": "N1", "user": {"type": "user_reference", "summary": "Ann"}, "content": "rolled back", "created_at": at}, "page note"),
        ("alerts", {"id": "A1", "type": "alert", "summary": "5xx", "created_at": at, "status": "triggered"}, "alert firing"),
        ("change_events", {"id": "C1", "type": "change_event", "summary": "deploy 12", "timestamp": at, "source": "ci"}, "change"),
    ):  # fmt: skip
        (record,), _ = told({key: [thing | {"html_url": link}]}, name="a.json")
        assert record.kind == kind


# --- Alertmanager, Grafana -----------------------------------------------------------------------------


def test_the_api_and_the_webhook_of_alertmanager_tell_one_alert(told):
    labels = {"alertname": "Down", "job": "a"}
    hooked = {"version": "4", "alerts": [{"status": "firing", "labels": labels, "annotations": {}, "startsAt": "2026-03-10T18:00:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z"}]}  # fmt: skip
    listed = [{"status": {"state": "active", "silencedBy": []}, "labels": labels, "startsAt": "2026-03-10T18:00:00.123Z", "endsAt": "2026-03-10T19:00:00.000Z"}]  # fmt: skip
    (one,), (two,) = told(hooked, name="a.json")[0], told(listed, name="b.json")[0]
    assert one.external_id == two.external_id


def test_a_missing_fingerprint_is_that_of_prometheus():
    alerts = json.loads(sample("alertmanager/webhook_v4_firing.json").read_bytes())["alerts"]
    assert fingerprint(alerts[0]["labels"]) == alerts[0]["fingerprint"]


def test_alerts_of_prometheus_itself(told):
    alert = {
        "labels": {"alertname": "Down"},
        "annotations": {},
        "state": "pending",
        "activeAt": "2026-03-10T18:00:00Z",
        "value": "1e+00",
    }
    listed, _ = told({"status": "success", "data": {"alerts": [alert]}}, name="a.json")
    ruled, _ = told(
        {"status": "success", "data": {"groups": [{"name": "g", "rules": [{"alerts": [alert]}]}]}},
        name="b.json",
    )
    assert [r.kind for r in listed] == ["alert pending"]
    assert [r.external_id for r in listed] == [r.external_id for r in ruled]


def test_annotations_of_grafana(told):
    point = {
        "id": 1,
        "time": 1773165600000,
        "timeEnd": 1773165600000,
        "text": "<b>deploy</b> 12",
        "tags": ["deploy"],
        "login": "ann",
        "userId": 3,
        "panelId": 2,
    }
    region = point | {"id": 2, "timeEnd": 1773165660000, "login": ""}
    state = {
        "id": 3,
        "time": 1773165600000,
        "timeEnd": 0,
        "text": "",
        "alertName": "5xx",
        "prevState": "ok",
        "newState": "alerting",
        "panelId": 2,
    }
    records, _ = told([point, region, state], name="a.json")
    assert [(r.text, r.kind, r.actor, r.until is not None) for r in records] == [
        ("deploy 12", "annotation", "ann", False), ("deploy 12", "annotation", "Grafana", True), ("5xx firing", "alert firing", "Grafana", False),
    ]  # fmt: skip


def test_a_former_webhook_of_grafana_asks_when_it_came(told):
    former = {
        "ruleId": 1,
        "ruleName": "5xx",
        "state": "alerting",
        "evalMatches": [{"metric": "a", "value": 3}],
        "title": "[Alerting] 5xx",
    }
    with pytest.raises(NeedsAnswer) as asked:
        told(former, name="a.json")
    assert asked.value.asks_for == "captured"
    captured = datetime(2026, 3, 10, 18, tzinfo=UTC)
    (record,), _ = told(former, name="a.json", captured=captured)
    assert (record.at, record.certainty, record.text) == (captured, "derived", "5xx firing [a=3]")


# --- status pages --------------------------------------------------------------------------------------


def test_the_feed_of_the_sample():
    records, report = of("statuspage/github-history.atom")
    assert (report["format"], report["events"], report["skipped_count"]) == ("status-feed", 132, 0)
    assert (report["first"], report["last"]) == ("2023-08-30T20:56:00Z", "2023-10-17T13:49:00Z")
    assert Counter(r.extra["status"] for r in records) == {"update": 82, "resolved": 25, "investigating": 25}
    assert len({r.extra["incident"] for r in records}) == 25
    assert {(r.precision, r.certainty, r.kind) for r in records} == {
        ("minute", "derived", "customer message")
    }
    assert all(r.link.startswith("https://www.githubstatus.com/incidents/") for r in records)


def test_the_gathered_incidents_of_the_sample():
    records, report = of("statuspage/github-incidents.jsonl")
    assert (report["events"], report["first"], report["last"]) == (
        3317,
        "2022-03-24T19:11:00Z",
        "2026-08-18T11:42:00Z",
    )
    assert Counter(r.extra["status"] for r in records) == {
        "Update": 2007, "Resolved": 613, "Investigating": 593, "Monitoring": 50, "Scheduled": 18, "In progress": 18, "Completed": 18,
    }  # fmt: skip
    impacts = {r.extra["incident"]: r.extra["impact"] for r in records}
    assert Counter(impacts.values()) == {
        "minor": 472,
        "major": 101,
        "none": 27,
        "maintenance": 18,
        "critical": 13,
    }


def test_feed_and_gathered_incidents_tell_the_same_updates():
    feed = {r.external_id for r in of("statuspage/github-history.atom")[0]}
    gathered = {r.external_id for r in of("statuspage/github-incidents.jsonl")[0]}
    assert len(feed & gathered) > 0.9 * len(
        [key for key in feed if key.split("/")[0] in {g.split("/")[0] for g in gathered}]
    )


def test_the_webhook_of_the_sample():
    (record,), _ = of("statuspage/webhook_incident_created.json")
    assert (record.external_id, record.extra["incident"], record.extra["impact"]) == (
        "update/qm8bgczn0p2n", "z3lct0r596n4", "none",
    )  # fmt: skip
    assert record.at == datetime(2017, 12, 26, 7, 32, 0, 548000, tzinfo=UTC)


def update(key: str, at: str, **more) -> dict:
    return {
        "id": key,
        "status": "monitoring",
        "body": "A fix is out &amp; we watch",
        "display_at": at,
        "created_at": at,
        "updated_at": at,
    } | more


def page(*updates: dict, **more) -> dict:
    incident = {
        "id": "i1",
        "name": "Slow API",
        "status": "monitoring",
        "impact": "minor",
        "created_at": "2026-03-10T18:00:00Z",
        "incident_updates": list(updates),
    }
    return {
        "page": {"id": "p", "name": "Acme", "url": "https://status.example.com"},
        "incidents": [incident | more],
    }


def test_the_webhook_repeats_every_update_and_each_is_one(told):
    one, two = update("u1", "2026-03-10T10:00:00-08:00"), update("u2", "2026-03-10T10:30:00-08:00")
    first, _ = told(page(one), name="a.json")
    hooked, _ = told(
        {"page": {"id": "p"}, "meta": {}, "incident": page(two, one)["incidents"][0]}, name="b.json"
    )
    assert {r.external_id for r in first} < {r.external_id for r in hooked} == {"update/u1", "update/u2"}
    assert (first[0].at.hour, first[0].zone, first[0].actor) == (18, "-08:00", "Acme")
    assert first[0].text == "Slow API – Monitoring: A fix is out & we watch"


def test_an_update_that_was_set_back_says_when_it_was_entered(told):
    (record,), _ = told(
        page(update("u1", "2026-03-10T18:00:00Z", created_at="2026-03-10T21:00:00Z"), backfilled=True),
        name="a.json",
    )
    assert (record.at.hour, record.extra["entered"], record.extra["backfilled"]) == (
        18,
        "2026-03-10T21:00:00+00:00",
        True,
    )


def test_maintenance_is_announced_for_a_time(told):
    records, _ = told({"page": {"name": "Acme"}, "scheduled_maintenances": [page(update("u1", "2026-03-01T00:00:00Z"), scheduled_for="2026-03-10T18:00:00Z", scheduled_until="2026-03-10T20:00:00Z")["incidents"][0]]}, name="a.json")  # fmt: skip
    assert [(r.kind, r.until and r.until.hour) for r in records] == [
        ("customer message", None),
        ("maintenance", 20),
    ]


def test_a_component_that_changed(told):
    sent = {"page": {"id": "p"}, "component": {"name": "API"}, "component_update": {"id": "c1", "old_status": "operational", "new_status": "major_outage", "created_at": "2026-03-10T18:00:00Z"}}  # fmt: skip
    (record,), _ = told(sent, name="a.json")
    assert (record.kind, record.text) == ("component status", "API: operational → major_outage")


def test_a_page_on_which_nothing_happens_is_no_trouble(told):
    assert told(
        {"page": {"id": "p"}, "components": [], "incidents": [], "scheduled_maintenances": [], "status": {}},
        name="a.json",
    ) == ([], [])


FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Acme Status - Incident History</title>
<entry><id>tag:status.example.com,2005:Incident/7</id><published>{published}</published><updated>{published}</updated>
<link rel="alternate" type="text/html" href="https://status.example.com/incidents/x"/><title>Slow &amp; odd</title>
<content type="html">{content}</content></entry></feed>"""


def small(*updates: tuple[str, str, str], published: str = "2026-01-02T09:00:00Z") -> str:
    pieces = [
        f"&lt;p&gt;&lt;small&gt;{day.split(' ')[0]} &lt;var data-var='date'&gt; {day.split(' ')[1].rstrip(',')}&lt;/var&gt;, "
        f"&lt;var data-var='time'&gt;{day.split(' ')[2]}&lt;/var&gt; {day.split(' ')[3]}&lt;/small&gt;&lt;br&gt;"
        f"&lt;strong&gt;{status}&lt;/strong&gt; - {said}&lt;/p&gt;"
        for day, status, said in updates
    ]
    return FEED.format(published=published, content="".join(pieces))


def test_an_incident_over_new_year_goes_back_a_year(told):
    records, _ = told(
        small(("Jan 2, 09:00 UTC", "Resolved", "done"), ("Dec 31, 23:50 UTC", "Investigating", "we look")),
        name="a.atom",
    )
    assert [f"{r.at:%Y-%m-%d %H:%M}" for r in records] == ["2025-12-31 23:50", "2026-01-02 09:00"]


def test_the_29th_of_february_is_in_a_leap_year(told):
    (record,), _ = told(
        small(("Feb 29, 09:00 UTC", "Resolved", "done"), published="2025-01-02T09:00:00Z"), name="a.atom"
    )
    assert record.at.year == 2024


def test_zones_of_feeds(told):
    (record,), _ = told(small(("Jan 2, 01:00 PST", "Resolved", "done")), name="a.atom")
    assert (record.at.hour, record.zone) == (9, "PST")
    with pytest.raises(NeedsAnswer) as asked:
        told(small(("Jan 2, 09:00 IST", "Resolved", "done")), name="a.atom")
    assert asked.value.asks_for == "zone"
    (record,), _ = told(small(("Jan 2, 14:30 IST", "Resolved", "done")), name="a.atom", zone="Asia/Kolkata")
    assert record.at.hour == 9


def test_two_updates_of_one_minute_and_status_are_two_in_any_later_feed(told):
    one = ("Jan 2, 08:00 UTC", "Update", "first")
    two = ("Jan 2, 08:00 UTC", "Update", "second")
    later = ("Jan 2, 08:00 UTC", "Update", "third")
    before, _ = told(small(two, one), name="a.atom")
    after, _ = told(small(later, two, one), name="a.atom")
    assert {r.external_id: r.text for r in before}.items() <= {r.external_id: r.text for r in after}.items()
    assert len(after) == 3


def test_rss_and_atom_of_one_page_tell_the_same(told):
    atom = small(("Jan 2, 08:00 UTC", "Update", "a &amp;lt; b"))
    content = atom.partition('type="html">')[2].partition("</content>")[0]
    rss = f"""<rss version="2.0"><channel><title>Acme Status</title><item><title>Slow</title><description>{content}</description>
        <pubDate>Fri, 02 Jan 2026 09:00:00 +0000</pubDate><guid>tag:status.example.com,2005:Incident/7</guid></item></channel></rss>"""
    (one,), _ = told(atom, name="a.atom")
    (two,), _ = told(rss, name="a.rss")
    assert (one.external_id, one.at) == (two.external_id, two.at)
    assert one.text.endswith("a < b")


def test_an_entry_that_is_one_message(told):
    rss = """<rss version="2.0"><channel><title>Service status</title><item><title>Service is operating normally</title><description>All is &lt;b&gt;well&lt;/b&gt;.</description>
        <pubDate>Tue, 06 Jan 2026 11:09:27 PST</pubDate><guid>https://status.example.com/#ec2_1</guid></item></channel></rss>"""
    (record,), _ = told(rss, name="a.rss")
    assert (record.at, record.text) == (
        datetime(2026, 1, 6, 19, 9, 27, tzinfo=UTC),
        "Service is operating normally: All is well.",
    )


POSTED = "Acme Status\n\nSlow API\nIncident Report for Acme\n\nResolved\nAll is well.\nPosted 1 year ago. Aug 31, 2023 - 22:11 PDT\nUpdate\nStill looking.\nSecond line.\nPosted Aug 31, 2023 - 21:00 PDT\n"


def test_a_page_copied_as_text_or_saved(told):
    text, _ = told(POSTED, name="a.txt")
    assert [(r.text, f"{r.at:%d %H:%M}") for r in text] == [
        ("Update: Still looking.\nSecond line.", "01 04:00"),
        ("Resolved: All is well.", "01 05:11"),
    ]
    body = "".join(f"<div>{line}</div>" for line in POSTED.split("\n"))
    html, _ = told(
        f"<!DOCTYPE html><html><head><title>Acme Status - Slow API</title></head><body>{body}</body></html>",
        name="a.html",
    )
    assert [r.text for r in html] == [f"Slow API – {r.text}" for r in text]


@pytest.mark.parametrize(
    "bad",
    [
        '<!DOCTYPE f [<!ENTITY a "b">]><feed><title>Status incident</title><entry><title>&a;</title></entry></feed>',
        '<!DOCTYPE f [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed><title>Status incident</title><entry>&a;</entry></feed>',
        "<feed><title>Status incident</title>" + "<a>" * 1000,
        "<feed><title>Status incident</title><entry>",
        "<feed><title>Status incident</title><entry><title>" + "x" * 9_000_000 + "</title></entry></feed>",
    ],
)
def test_hostile_xml_is_refused_in_a_sentence(told, bad):
    with pytest.raises(Unreadable) as refused:
        told(bad, name="a.atom", format="status-feed")
    assert str(refused.value).endswith((".", "?"))


CACHET = {"data": [{
    "id": 1, "name": "Slow", "status": 4, "message": "We look", "occurred_at": "2026-03-10 18:00:00", "created_at": "2026-03-10 18:05:00", "human_status": "Fixed",
    "updates": [{"id": 7, "status": 4, "message": "Fixed now", "created_at": "2026-03-10 19:00:00", "human_status": "Fixed"}],
}]}  # fmt: skip


def test_cachet_does_not_say_its_zone(told):
    with pytest.raises(NeedsAnswer):
        told(CACHET, name="a.json")
    records, _ = told(CACHET, name="a.json", zone="Europe/Lisbon")
    assert [(r.text, r.at.hour, r.certainty) for r in records] == [
        ("Slow – Investigating: We look", 18, "assumed zone"), ("Slow – Fixed: Fixed now", 19, "assumed zone"),
    ]  # fmt: skip


def test_instatus_sorry_and_google(told):
    instatus = [{"id": "c1", "name": "Slow", "started": "2026-03-10T18:00:00.000Z", "status": "RESOLVED", "resolved": "2026-03-10T19:00:00.000Z",
                 "updates": [{"id": "u1", "message": "We look", "messageHtml": "<p>We look</p>", "status": "INVESTIGATING", "notify": True, "started": "2026-03-10T18:01:00.000Z"}]}]  # fmt: skip
    records, _ = told(instatus, name="a.json")
    assert [(r.kind, r.text) for r in records] == [
        ("customer message", "Slow – Investigating: We look"),
        ("impact", "Impact as the status page states it: Slow"),
    ]
    sorry = {"notices": [{"id": 5, "type": "unplanned", "state": "resolved", "timeline_state": "past", "subject": "Slow", "began_at": "2026-03-10T18:00:00Z", "ended_at": None,
                          "updates": [{"id": 9, "content": "<p>We look</p>", "created_at": "2026-03-10T18:01:00Z"}]}]}  # fmt: skip
    (record,), _ = told(sorry, name="a.json")
    assert (record.external_id, record.text) == ("update/9", "Slow – Update: We look")
    when = {
        "created": "2026-03-10T18:30:00+00:00",
        "modified": "2026-03-10T18:31:00+00:00",
        "when": "2026-03-10T18:30:00+00:00",
        "text": "We look",
        "status": "SERVICE_OUTAGE",
    }
    google = [{"id": "abc", "number": "1", "begin": "2026-03-10T18:00:00+00:00", "end": "2026-03-10T19:00:00+00:00", "external_desc": "Storage", "updates": [when], "most_recent_update": when, "service_name": "GCS"}]  # fmt: skip
    records, _ = told(google, name="a.json")
    assert [r.kind for r in records] == ["customer message", "impact"]
    assert records[0].text == "Storage – Service outage: We look"


# --- incident tools ------------------------------------------------------------------------------------

AT, NOTED = "2026-03-10T18:00:00.000Z", "2026-03-10T20:00:00.000Z"
TOOLS = {
    "incident.io": ({"incident_updates": [{"id": "01", "incident_id": "I1", "message": "We look", "new_incident_status": {"name": "Fixing"}, "updater": {"user": {"id": "U1", "name": "Ann"}}, "created_at": AT}]}, "status Fixing: We look", "Ann"),
    "FireHydrant": ({"data": [{"id": "e1", "type": "note", "visibility": "private_to_org", "occurred_at": AT, "created_at": NOTED, "author": {"id": "U1", "name": "Ann", "type": "user"}, "data": {"body": "We look"}}]}, "We look", "Ann"),
    "Rootly": ({"data": [{"id": "e1", "type": "incident_events", "attributes": {"event": "<p>We look</p>", "visibility": "internal", "occurred_at": AT, "created_at": NOTED, "user_display_name": "Ann"}}]}, "We look", "Ann"),
    "Better Stack": ({"data": [{"id": "23", "type": "timeline_item", "attributes": {"item_type": "comment", "at": AT, "data": {"title": None, "content": {"text": "We look", "user": {"id": 1, "name": "Ann"}}}}}]}, "We look", "Ann"),
    "AWS": ({"eventSummaries": [{"eventId": "e1", "eventTime": AT, "eventType": "Custom Event", "eventUpdatedTime": NOTED, "incidentRecordArn": "arn:aws:ssm-incidents::1:incident-record/a/b"}]}, "Custom Event", "AWS Incident Manager"),
    "Grafana": ({"activityItems": [{"activityItemID": "a1", "incidentID": "1", "user": {"userID": "u", "name": "Ann"}, "createdTime": NOTED, "eventTime": AT, "activityKind": "userNote", "body": "We look"}]}, "We look", "Ann"),
    "Splunk": ({"incidents": [{"incidentNumber": "7", "startTime": AT, "service": "api", "transitions": [{"name": "acknowledged", "at": AT, "by": "Ann", "manually": True}]}]}, "#7 acknowledged – api", "Ann"),
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_timelines_of_incident_tools(told, tool):
    content, words, actor = TOOLS[tool]
    (record,), skipped = told(content, name="a.json")
    assert (record.text, record.actor, record.at.hour, skipped) == (words, actor, 18, [])
    if "created_at" in json.dumps(content) and NOTED in json.dumps(content):
        assert record.extra["noted"] == NOTED


def test_entries_that_a_tool_leaves_out_are_told(told):
    gap = {
        "id": "2026-03-10 18:00:00 UTC",
        "type": "timeline_item",
        "attributes": {
            "item_type": "timeline_truncated",
            "at": AT,
            "data": {"title": "Skipping 123 timeline events"},
        },
    }
    records, skipped = told({"data": [*TOOLS["Better Stack"][0]["data"], gap]}, name="a.json")
    assert (len(records), "123" in skipped[0].why) == (1, True)


def test_an_incident_that_states_its_moments(told):
    incident = {
        "id": "9",
        "type": "incidents",
        "attributes": {"title": "Slow", "started_at": AT, "acknowledged_at": None, "resolved_at": NOTED},
    }
    records, _ = told({"data": [incident]}, name="a.json", format="incident-timeline")
    assert [(r.kind, r.at.hour) for r in records] == [("incident started", 18), ("incident resolved", 20)]


# --- all of them ---------------------------------------------------------------------------------------

MIXED = {
    "opsgenie": {"data": [LOG, LOG | {"offset": "2", "createdAt": "2026-03-10T18:00:05Z"}]},
    "pagerduty": {"log_entries": [ENTRY, ENTRY | {"id": "R2"}]},
    "statuspage": page(update("u1", AT), update("u2", NOTED)),
    "incident-timeline": TOOLS["Rootly"][0],
}


@pytest.mark.parametrize("key", MIXED)
def test_order_pages_and_lines_do_not_change_an_id(told, key):
    """One page, the same page shuffled, one record a line, pages after each other, and one that breaks off."""
    document = MIXED[key]
    whole = {r.external_id for r in told(document, name="a.json", format=key)[0]}
    (name, values), rest = next((n, v) for n, v in document.items() if isinstance(v, list)), dict(document)
    shuffled = random.Random(7).sample(values, len(values))
    assert {r.external_id for r in told(rest | {name: shuffled}, name="a.json", format=key)[0]} == whole
    pages = [rest | {name: [value]} for value in values]
    lines = "\n".join(json.dumps(one) for one in pages) + "\n"
    assert {r.external_id for r in told(lines, name="a.jsonl", format=key)[0]} == whole
    after = "\n".join(json.dumps(one, indent=2) for one in [*pages, *pages])
    assert {r.external_id for r in told(after, name="a.json", format=key)[0]} == whole
    cut, skipped = told(lines + '{"brea', name="a.jsonl", format=key)
    assert ({r.external_id for r in cut}, len(skipped)) == (whole, 1)


@pytest.mark.parametrize(
    "key",
    ["opsgenie", "pagerduty", "statuspage", "status-json", "incident-timeline", "grafana", "alertmanager"],
)
@pytest.mark.parametrize("content", [{"recipes": 1}, "[", "7", '"x"', "null", '{"data": 5}'])
def test_other_json_is_refused_in_a_sentence(told, key, content):
    with pytest.raises(Unreadable) as refused:
        told(content, name="a.json", format=key)
    assert str(refused.value).endswith((".", "?"))


def test_atom_may_hold_markup_instead_of_escaped_text(told):
    inner = "<div xmlns='http://www.w3.org/1999/xhtml'><p><small>Jan <var>2</var>, <var>08:00</var> UTC</small><br/><strong>Update</strong> - we <b>look</b> at 1 &lt; 2</p></div>"
    feed = small(("Jan 2, 08:00 UTC", "x", "y")).replace('<content type="html">', '<content type="xhtml">')
    head, _, rest = feed.partition('<content type="xhtml">')
    (record,), _ = told(
        f'{head}<content type="xhtml">{inner}</content>{rest.partition("</content>")[2]}', name="a.atom"
    )
    assert record.text == "Slow & odd – Update: we look at 1 < 2"


def test_an_escalation_of_opsgenie_states_no_time(told):
    sent = {
        "action": "Escalate",
        "alert": {"alertId": "A1"},
        "integrationId": "I1",
        "escalationName": "night",
        "escalationNotify": {"name": "ann", "entity": "user"},
    }
    with pytest.raises(NeedsAnswer) as asked:
        told(sent, name="a.json")
    assert asked.value.asks_for == "captured"
    (record,), _ = told(sent, name="a.json", captured=datetime(2026, 3, 10, 18, tzinfo=UTC))
    assert (record.text, record.certainty) == ("escalated to ann", "derived")
    records, skipped = told(f"{json.dumps(sent)}\n{json.dumps(hook('Close'))}\n", name="a.jsonl")
    assert (len(records), "states no time" in skipped[0].why) == (1, True)


def test_updates_that_were_stripped_of_their_ids(told):
    bare = [
        {name: value for name, value in update("u", at).items() if name in ("status", "body", "created_at")}
        for at in (NOTED, AT, AT)
    ]
    before, _ = told(page(*bare[1:]), name="a.json")
    after, _ = told(page(*bare), name="a.json")
    assert len(before) == 2
    assert {r.external_id for r in before} < {r.external_id for r in after}


def test_webhooks_of_incident_io_put_the_event_under_its_name(told):
    incident = {"id": "01", "reference": "INC-7", "name": "Slow", "created_at": AT, "updated_at": NOTED, "incident_timestamp_values": [
        {"incident_timestamp": {"id": "T1", "name": "Fixed at"}, "value": {"value": NOTED}}, {"incident_timestamp": {"id": "T2", "name": "Closed at"}, "value": None}]}  # fmt: skip
    name = "public_incident.incident_created_v2"
    records, _ = told({"event_type": name, name: incident}, name="a.json")
    assert [(r.kind, r.text, r.at.hour) for r in records] == [
        ("incident opened", "INC-7 Slow opened", 18),
        ("incident fixed at", "INC-7 Slow: Fixed at", 20),
    ]
    name = "public_incident.incident_status_updated_v2"
    (record,), _ = told(
        {
            "event_type": name,
            name: {"incident": incident, "new_status": {"name": "Fixing"}, "message": "on it"},
        },
        name="a.json",
    )
    assert (record.text, record.at.hour) == ("status Fixing: on it", 20)


@pytest.mark.parametrize(
    "text",
    [
        "Posted Jan 12, by Ann. A story about a storm.",
        '{"id": "1", "offset": 5, "owner": "ann", "log": "x", "data": 7}',
        '{"uuid": "1", "started_at": "2026-03-10T18:00:00Z", "source": "push", "description": "build"}',
        '{"human_status": "accepted", "data": []}',
        '{"notes": "see https://acme.pagerduty.com/incidents/P1"}',
        '{"body": "curl https://jira.example.com/rest/api/2/issue/OPS-1"}',
        '{"cause": "x", "incident": 1, "attributes": {}}',
    ],
)
def test_what_only_looks_like_it_is_not_claimed(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    try:
        claimed = Reading(tmp_path / "a.txt").detection.format.key
    except Unreadable:
        return
    assert claimed in ("table", "prose", "container", "applog")


def test_bodies_keep_their_lines_and_lose_their_markup(told):
    lines = update("u1", AT, body="We look.\n\n* one &amp; two\n* three")
    marked = update("u2", AT, body="<p>We look.</p><ul><li>one &amp; two</li></ul>")
    records, _ = told(page(lines, marked), name="a.json")
    assert [r.text.partition(": ")[2] for r in records] == [
        "We look.\n\n* one & two\n* three",
        "We look.\n- one & two",
    ]


def test_every_group_that_was_cut_says_so_once(told):
    alerts = [
        {
            "status": "firing",
            "labels": {"n": str(n)},
            "annotations": {},
            "startsAt": AT,
            "fingerprint": str(n),
        }
        for n in range(2)
    ]
    groups = [{"version": "4", "alerts": alerts, "truncatedAlerts": left} for left in (1, 0, 2)]
    _, skipped = told("\n".join(json.dumps(group) for group in groups), name="a.jsonl")
    assert [("out 1" in s.why or "out 2" in s.why) for s in skipped] == [True, True]


def test_all_pages_in_one_file_are_not_one_page_of_several(told):
    pages = [{"log_entries": [ENTRY | {"id": f"R{n}"}], "more": n < 2} for n in range(3)]
    text = "\n".join(json.dumps(page, indent=1) for page in pages)
    assert (len(told(text, name="a.json")[0]), told(text, name="a.json")[1]) == (3, [])
    records, skipped = told(text[:-40], name="a.json")
    assert (len(records), ["breaks off" in s.why for s in skipped][:1]) == (2, [True])
