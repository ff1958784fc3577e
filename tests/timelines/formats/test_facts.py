"""The facts of the samples: counts, ids, first and last instants, authors, computed by somebody else's scripts."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.samples import sample
from timelines.formats.records import Record
from timelines.reading import Reading


def read(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    assert all(record.raw and record.where for record in records), "every record leads back to its bytes"
    return records, reading.report()


def people() -> list[str]:
    found = json.loads(sample("slack/houstondatavis-export/users.json").read_bytes())
    return [person["id"] for person in found]


@pytest.mark.parametrize("name", ["slack/houstondatavis-export", "slack/houstondatavis-export.zip"])
def test_slack_export(name):
    records, report = read(name)
    assert (report["format"], report["events"], report["skipped_count"]) == ("slack", 829, 0)
    assert (report["first"], report["last"]) == ("2015-06-06T02:36:47.760577Z", "2016-07-27T20:21:38.000041Z")
    assert Counter(r.place for r in records) == {
        "#datajam": 173,
        "#general": 476,
        "#meetup": 2,
        "#meetup-": 147,
        "#team-d3": 31,
    }
    subtypes = Counter(r.extra.get("subtype") for r in records)
    assert subtypes == {
        None: 611, "channel_join": 177, "file_share": 27, "file_comment": 6, "channel_topic": 2, "channel_archive": 2,
        "pinned_item": 1, "bot_add": 1, "channel_name": 1, "channel_purpose": 1,
    }  # fmt: skip
    assert {json.loads(r.raw).get("user") for r in records} - {None} <= set(people())
    assert len({json.loads(r.raw).get("user") for r in records} - {None}) == 71
    assert sum("edited" in r.extra for r in records) == 22
    assert sum("reactions" in r.extra for r in records) == 61
    assert len({r.written for r in records}) == 806
    # the six comments on files have their author in the comment
    assert all(
        r.actor and r.actor_id.startswith("U") for r in records if r.extra.get("subtype") == "file_comment"
    )
    assert (
        sum(
            r.at.strftime("%Y-%m-%d") != r.where.rsplit("/", 2)[-2][:10]
            for r in records
            if ".json" in r.where
        )
        == 233
    )
    assert not [r for r in records if "<@U" in r.text or "&lt;" in r.text]
    assert all(r.noise for r in records if r.extra.get("subtype") == "channel_join")


def test_slack_zip_and_folder_tell_the_same():
    one, two = (read(name)[0] for name in ("slack/houstondatavis-export", "slack/houstondatavis-export.zip"))
    assert {(r.external_id, r.at, r.text, r.raw) for r in one} == {
        (r.external_id, r.at, r.text, r.raw) for r in two
    }


def test_prometheus_matrix():
    records, report = read("prometheus/query_range_cpu.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("prometheus", 248, 0)
    assert (report["first"], report["last"]) == ("2025-08-25T05:25:00Z", "2025-08-25T05:55:00Z")
    assert len({r.text.rpartition(" ")[0] for r in records}) == 8
    values = [float(r.extra["value"]) for r in records]
    assert (min(values), max(values)) == (0.0, 0.9652438271604846)


def test_slack_thread_with_a_broadcast():
    records, report = read("slack/thread_with_broadcast_reply.json")
    assert report["events"] == 3
    assert (report["first"], report["last"]) == ("2015-06-12T19:58:22.000002Z", "2015-06-12T19:58:24.000002Z")
    assert len({r.actor_id for r in records}) == 2
    assert [bool(r.thread) for r in records] == [False, True, True]


def test_alertmanager_webhook():
    records, report = read("alertmanager/webhook_v4_firing.json")
    assert report["events"] == 2
    assert len({r.extra["alert"] for r in records}) == 2, "same labels, same start, two alerts"
    assert {r.kind for r in records} == {"alert firing"}
    assert {(r.at.isoformat(), r.nanoseconds) for r in records} == {("2020-02-06T00:17:58.432911+00:00", 368)}


def test_grafana_webhook_reads_each_alert_by_its_own_status():
    records, report = read("grafana/webhook_unified_mixed.json")
    assert Counter(r.kind for r in records) == {"alert firing": 3, "alert resolved": 2}
    assert (report["first"], report["last"]) == ("2022-06-17T01:03:00.782137Z", "2022-06-17T01:08:28.652747Z")
    assert {r.nanoseconds for r in records if r.kind == "alert firing"} == {894}
    assert len({r.extra["alert"] for r in records}) == 3


def test_alertmanager_api_list_has_no_ends():
    records, report = read("alertmanager/api_v2_alerts.json")
    assert report["events"] == 9
    assert {r.kind for r in records} == {"alert firing"}
    assert (report["first"], report["last"]) == ("2022-01-03T10:14:16.042000Z", "2022-01-04T14:49:16.272000Z")
    assert Counter(r.extra["severity"] for r in records) == {"warning": 7, "critical": 1, "none": 1}


def test_pagerduty_incidents():
    records, _ = read("pagerduty/incidents.json")
    triggered = [r for r in records if r.kind == "page triggered"]
    assert {r.extra["incident"] for r in triggered} == {"Q3YON8WNWTZMRQ", "Q3CZAU7Q4008QD", "Q1OHFWFP3GPXOG"}
    assert sorted(r.extra["number"] for r in triggered) == [4, 5, 6]
    state = [
        r for r in records if r.external_id.startswith("incident/")
    ]  # what stands on the incidents themselves
    assert Counter(r.kind for r in state) == {
        "page triggered": 3,
        "page assigned": 3,
        "page acknowledged": 1,
        "page resolved": 1,
    }
    assert [f"{r.at:%H:%M:%S}" for r in triggered] == ["06:23:06", "06:44:28", "06:45:36"]
    assert [f"{r.at:%H:%M:%S}" for r in records if r.kind == "page resolved"] == ["06:51:44"]


@pytest.mark.parametrize(
    ("name", "id", "at", "words", "actor"),
    [
        (
            "webhook_v3_triggered",
            "01BZYIL05THJDFF2Y08X9SVMTU",
            "2021-06-04T13:35:29.781000Z",
            "Test Incident 3",
            "PIG 208",
        ),
        (
            "webhook_v3_annotated",
            "01GI0KTE33V5QXBVIJDEVJFUNE",
            "2026-04-01T02:18:59.674000Z",
            "Running KILL on long-running",
            "Harsh Santwani",
        ),
    ],
)
def test_pagerduty_webhooks(name, id, at, words, actor):
    (record,), report = read(f"pagerduty/{name}.json")
    assert record.external_id.endswith(id)
    assert report["first"] == at
    assert words in record.text
    assert record.actor == actor


def test_github_runs():
    records, report = read("github/actions_runs.json")
    assert report["events"] == 35
    assert (report["first"], report["last"]) == ("2022-06-25T04:17:45Z", "2022-09-03T05:16:16Z")
    assert Counter(r.extra["conclusion"] for r in records) == {
        "success": 18, "": 5, "failure": 3, None: 2, "cancelled": 1, "timed_out": 1, "startup_failure": 1, "neutral": 1,
        "skipped": 1, "stale": 1, "action_required": 1,
    }  # fmt: skip
    assert Counter(r.extra["event"] for r in records) == {"schedule": 11, "pull_request": 21, "push": 3}
    assert sum(r.extra["attempt"] > 1 for r in records) == 21
    assert len({r.actor for r in records}) == 3


@pytest.mark.parametrize(
    ("name", "at", "kind"),
    [
        ("check_run.completed", "2019-05-15T15:21:12Z", "job success"),
        ("deployment", "2019-05-15T15:20:53Z", "deploy created"),
        ("deployment_status.gh-pages", "2022-01-03T01:28:40Z", "deploy in_progress"),
        ("deployment_status", "2019-05-15T15:20:55Z", "deploy success"),
        ("issue_comment.edited", "2019-05-15T15:20:21Z", "comment"),
        ("pull_request.closed", "2019-05-15T15:21:18Z", "pull request closed"),
        ("push", "2019-05-15T15:20:57Z", "push"),
        ("push.with-no-username-committer", "2019-05-15T15:20:57Z", "push"),  # its commit is older
        ("release.published", "2019-05-15T15:20:53Z", "release"),
        ("status", "2019-05-15T15:20:55Z", "check success"),
        ("workflow_job.in_progress", "2021-09-13T02:21:13Z", "job in_progress"),
        ("workflow_run.completed", "2020-10-05T16:33:24Z", "run success"),
    ],
)
def test_github_webhooks(name, at, kind):
    (record,), report = read(f"github/webhooks/{name}.payload.json")
    assert report["first"] == at
    assert record.kind == kind
    assert record.actor


def test_syslog_rfc3164_with_traps():
    records, report = read("syslog/rfc3164_mixed.log", zone="UTC", year=2012)
    classic = [r for r in records if r.place]
    assert len(classic) == 13
    assert {r.place for r in classic} == {"myhostname.myhost.com", "victoria"}
    assert Counter(r.extra["program"] for r in classic)["CRON"] == 3
    assert [s for s in report["skipped"] if "MMM" in s["why"]]
    assert [r.extra["repeated"] for r in records if "repeated" in r.extra] == [5]
    assert [r for r in records if "\n" in r.text]
    assert [r for r in records if (r.at.month, r.at.day) == (2, 29)]


def test_syslog_rfc5424():
    records, report = read("syslog/rfc5424_rsyslog.log")
    assert report["events"] == 9
    assert (report["first"], report["last"]) == ("2021-03-06T04:07:38.251122Z", "2021-03-06T04:07:38.269077Z")
    assert sum("\n" in r.text for r in records) == 1
    assert Counter((r.extra["facility"], r.extra["severity"]) for r in records)[(3, "informational")] == 3


def test_syslog_iso():
    records, report = read("syslog/iso_rsyslog.log")
    assert (report["events"], report["first"], report["last"]) == (
        5,
        "2020-05-31T00:00:45.698463Z",
        "2020-05-31T00:00:47.044800Z",
    )
    assert [r.extra["repeated"] for r in records if "repeated" in r.extra] == [76]


def test_syslog_asks_for_year_and_zone():
    from timelines.reading import NeedsAnswer

    with pytest.raises(NeedsAnswer) as asked:
        list(Reading(sample("syslog/cron.log")))
    assert asked.value.asks_for == "year"
    with pytest.raises(NeedsAnswer) as asked:
        list(Reading(sample("syslog/cron.log"), year=2015))
    assert asked.value.asks_for == "zone"
    records, _ = read("syslog/cron.log", year=2015, zone="UTC")
    assert len(records) == 9
    assert len({r.place for r in records}) == 3
    assert {r.certainty for r in records} == {"assumed zone", "derived"}


def test_linux_log():
    records, report = read("loghub/Linux_2k.log", year=2005, zone="UTC")
    assert (report["events"], report["skipped_count"]) == (2000, 0)
    programs = Counter(r.extra.get("program") for r in records)
    assert (
        programs["ftpd"],
        programs["sshd(pam_unix)"],
        programs["su(pam_unix)"],
        programs["kernel"],
        programs["klogind"],
    ) == (916, 677, 172, 76, 46)
    assert {r.place for r in records} == {"combo"}
    assert (records[0].written, records[-1].written) == ("Jun 14 15:16:01", "Jul 27 14:42:00")


def test_journal_export():
    records, report = read("journald/multiple-boots.export")
    assert (report["events"], report["skipped_count"]) == (6, 2)
    assert (report["first"], report["last"]) == ("2024-09-17T15:09:15.776730Z", "2024-09-20T16:42:43.817127Z")
    assert len({r.extra["boot"] for r in records}) == 3
    assert all(r.external_id.startswith("s=") for r in records)


def test_journal_json():
    (record,), report = read("journald/one_entry.jsonl")
    assert report["first"] == "2024-08-19T15:20:55.230058Z"
    assert record.extra["priority"] == 6


def test_bash_history():
    records, report = read("shell/bash_history")
    assert (report["events"], report["first"], report["last"]) == (
        4,
        "2013-10-01T12:36:17Z",
        "2021-06-10T22:30:36Z",
    )
    assert records[-1].text.count("\n") == 3


def test_zsh_history():
    records, report = read("shell/zsh_extended_history.txt")
    assert (report["events"], report["first"], report["last"]) == (
        4,
        "2016-03-12T08:26:50Z",
        "2016-03-26T11:54:57Z",
    )
    assert sum("\n" in r.text for r in records) == 1


def test_downtime_table():
    records, report = read("csv/downtime_windows.csv")
    assert (report["events"], report["first"], report["last"]) == (
        631,
        "2022-03-24T19:11:00Z",
        "2026-08-13T18:27:00Z",
    )
    assert all(r.until and r.until >= r.at for r in records)
    assert Counter(r.extra["columns"]["impact"] for r in records) == {
        "minor": 472,
        "maintenance": 18,
        "major": 101,
        "none": 27,
        "critical": 13,
    }


def test_dispatch_table():
    records, report = read("dispatch/incident_events_2_4.tsv", format="table", zone="UTC")
    assert (report["events"], report["first"], report["last"]) == (
        29,
        "2021-07-27T19:47:56.293577Z",
        "2021-07-28T17:13:49.192243Z",
    )
    assert Counter(r.actor for r in records)["Dispatch Core App"] == 20
    assert Counter(r.extra["columns"]["incident_id"] for r in records) == {"4": 16, "2": 13}
    assert len({r.external_id for r in records}) == 29


def test_servicenow_table():
    records, report = read(
        "servicenow/incident_event_log_part.csv", format="table", zone="UTC", mapping={"dates": "dmy"}
    )
    assert report["events"] == 400
    assert report["last"] == "2016-04-17T15:07:00Z"
    assert Counter(r.extra["columns"]["incident_state"] for r in records) == {
        "New": 141, "Active": 85, "Resolved": 68, "Closed": 65, "Awaiting User Info": 38, "Awaiting Problem": 3,
    }  # fmt: skip
    assert len({r.extra["columns"]["number"] for r in records}) == 66
