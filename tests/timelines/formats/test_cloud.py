"""Audits of clouds: the same act by whatever way it was exported is one event; what only reads stays out of sight."""

from __future__ import annotations

import base64
import copy
import csv
import gzip
import io
import json
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from timelines.formats.records import Record, Skipped
from timelines.reading import NeedsAnswer, Reading, Unreadable


def table(*rows: dict) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# --- AWS -------------------------------------------------------------------------------------------


def test_cloudtrail_facts():
    reading = Reading(sample("cloud/aws_cloudtrail_lookup.jsonl"))
    records = [found for found in reading if isinstance(found, Record)]
    report = reading.report()
    assert (report["format"], report["events"], report["skipped_count"]) == ("cloudtrail", 6, 0)
    assert [r.text.split(" (")[0] for r in records] == [
        "DescribeInstances", "TerminateInstances", "StopInstances", "SharedSnapshotVolumeCreated", "RunInstances", "CreateSecurityGroup",
    ]  # fmt: skip
    assert [r.at.isoformat()[11:19] for r in records] == [
        "22:23:37",
        "22:23:18",
        "22:23:03",
        "22:19:07",
        "22:19:05",
        "22:19:04",
    ]
    assert {(r.at.date().isoformat(), r.zone) for r in records} == {("2022-02-07", "Z")}
    assert len({r.external_id for r in records}) == 6
    assert records[1].text == "TerminateInstances (ec2): i-01234567890123456"
    assert [r.noise for r in records] == [True, False, False, False, False, False]


ACT = {
    "eventVersion": "1.08", "eventTime": "2026-03-10T18:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "RebootDBInstance",
    "awsRegion": "eu-west-1", "eventID": "e-1", "readOnly": False, "recipientAccountId": "1", "sourceIPAddress": "192.0.2.1",
    "requestParameters": {"dBInstanceIdentifier": "shop"},
    "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/oncall/ann@example.org", "principalId": "A:ann@example.org",
                     "sessionContext": {"sessionIssuer": {"userName": "oncall"}}},
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {"Records": [ACT]},
        [ACT],
        {"Events": [{"EventId": "e-1", "EventTime": "2026-03-10T19:00:00+01:00", "CloudTrailEvent": json.dumps(ACT)}]},
        {"version": "0", "id": "other", "detail-type": "AWS API Call via CloudTrail", "time": "2026-03-10T18:00:00Z", "detail": ACT},
        gzip.compress(json.dumps({"Records": [ACT]}).encode()),
        json.dumps(ACT) + "\n" + json.dumps(ACT | {"eventID": "e-2"}) + "\n",
    ],
)  # fmt: skip
def test_one_act_by_all_ways(told, content):
    records, skipped = told(content, name="x.json.gz")
    assert skipped == []
    record = records[0]
    assert (record.external_id, record.text) == ("e-1", "RebootDBInstance (rds): shop")
    assert (record.actor, record.actor_kind, record.place) == (
        "ann@example.org as oncall",
        "person",
        "1/eu-west-1",
    )
    assert record.raw == told({"Records": [ACT]})[0][0].raw


def test_the_console_download_and_athena(told):
    row = {"Event ID": "e-1", "Event time": "2026-03-10T18:00:00Z", "User name": "ann", "Event name": "RebootDBInstance", "Resource name": "shop",
           "AWS region": "eu-west-1", "Error code": "AccessDenied", "Event source": "rds.amazonaws.com", "Read-only": "false"}  # fmt: skip
    (record,), skipped = told(table(row), name="event_history.csv")
    assert skipped == []
    assert (record.external_id, record.actor, record.text) == (
        "e-1",
        "ann",
        "RebootDBInstance (rds): shop – AccessDenied",
    )
    row = {
        "eventid": "e-1",
        "eventtime": "2026-03-10T18:00:00Z",
        "eventname": "DescribeTags",
        "eventsource": "ec2.amazonaws.com",
        "useridentity": "{}",
    }
    (record,), _ = told(table(row), name="athena.csv")
    assert (record.external_id, record.noise) == ("e-1", True)


def test_who_called(told):
    identities = [
        ({"type": "IAMUser", "userName": "ann", "arn": "arn:aws:iam::1:user/ann"}, ("ann", "person")),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, ("root", "person")),
        ({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, ("autoscaling.amazonaws.com", "system")),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/deploy/i-0123", "sessionContext": {"sessionIssuer": {"userName": "deploy"}}}, ("i-0123 as deploy", "bot")),
        (None, ("", "")),
    ]  # fmt: skip
    acts = [ACT | {"eventID": f"e-{n}", "userIdentity": who} for n, (who, _) in enumerate(identities)]
    records, _ = told({"Records": acts})
    assert [(r.actor, r.actor_kind) for r in records] == [expected for _, expected in identities]


def test_sign_ins_that_failed_and_insights(told):
    failed = ACT | {
        "eventID": "e-2",
        "eventName": "ConsoleLogin",
        "errorMessage": "Failed authentication",
        "requestParameters": None,
    }
    insight = {key: value for key, value in ACT.items() if key not in ("eventName", "requestParameters")} | {
        "eventID": "e-3", "insightDetails": {"state": "Start", "eventName": "DeleteBucket", "insightType": "ApiCallRateInsight"},
    }  # fmt: skip
    records, skipped = told({"Records": [failed, insight]})
    assert skipped == []
    assert records[0].text == "ConsoleLogin (rds) – Failed authentication"
    assert records[1].text == "Insight: unusual ApiCallRateInsight of DeleteBucket (Start) (rds)"


# --- Google Cloud ----------------------------------------------------------------------------------

ENTRY = {
    "insertId": "i1", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity", "timestamp": "2026-03-10T18:00:00.123456789Z",
    "receiveTimestamp": "2026-03-10T18:00:01Z", "severity": "NOTICE", "operation": {"id": "op-1", "first": True},
    "resource": {"type": "gke_cluster", "labels": {"project_id": "shop", "cluster_name": "prod"}},
    "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": "google.container.v1.ClusterManager.UpdateCluster",
                     "serviceName": "container.googleapis.com", "resourceName": "clusters/prod",
                     "authenticationInfo": {"principalEmail": "ann@example.org"}, "requestMetadata": {"callerIp": "192.0.2.1"}},
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        [ENTRY],
        {"entries": [ENTRY], "nextPageToken": "x"},
        json.dumps(ENTRY) + "\n",
        {"message": {"data": base64.b64encode(json.dumps(ENTRY).encode()).decode(), "messageId": "1"}},
    ],
)
def test_an_entry_of_google_by_all_ways(told, content):
    records, skipped = told(content, format="gcpaudit")
    assert skipped == []
    (record,) = records
    assert (
        record.text == "google.container.v1.ClusterManager.UpdateCluster (container): clusters/prod (start)"
    )
    assert (record.at.microsecond, record.nanoseconds, record.precision) == (123456, 789, "nanosecond")
    assert (record.actor, record.actor_kind, record.place) == ("ann@example.org", "person", "shop/prod")
    assert record.extra["operation"] == "op-1"
    assert record.external_id.startswith("i1/2026-03-10T18:00:00.123456789Z/")
    assert not record.noise


def test_google_is_recognised_and_read_from_its_console(told):
    records, _ = told([ENTRY])
    assert len(records) == 1
    row = {"insertId": "i1", "logName": ENTRY["logName"], "timestamp": ENTRY["timestamp"], "protoPayload.methodName": "x.Update",
           "protoPayload.serviceName": "container.googleapis.com", "protoPayload.authenticationInfo.principalEmail": "ann@example.org"}  # fmt: skip
    (record,), skipped = told(table(row), name="downloaded-logs.csv")
    assert (skipped, record.external_id, record.text) == ([], records[0].external_id, "x.Update (container)")


def test_data_access_is_out_of_sight_unless_it_failed(told):
    reading = copy.deepcopy(ENTRY) | {
        "insertId": "i2",
        "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Fdata_access",
    }
    failed = copy.deepcopy(reading) | {"insertId": "i3"}
    failed["protoPayload"]["status"] = {"code": 7}
    records, _ = told([reading, failed])
    assert [r.noise for r in records] == [True, False]
    assert records[1].text.endswith("– permission denied")


def test_other_log_entries_of_google(told):
    entries = [
        {"insertId": "a", "logName": "projects/shop/logs/stderr", "timestamp": "2026-03-10T18:00:00Z", "textPayload": "lost", "severity": "ERROR"},
        {"insertId": "b", "logName": "projects/shop/logs/app", "timestamp": "2026-03-10T18:00:00Z", "jsonPayload": {"message": "json"}, "severity": "DEBUG"},
    ]  # fmt: skip
    records, _ = told(entries)
    assert [(r.text, r.noise, r.extra["severity"]) for r in records] == [
        ("lost", False, "error"),
        ("json", True, "debug"),
    ]


# --- Microsoft -------------------------------------------------------------------------------------

ACTIVITY = {
    "eventDataId": "AB-1", "correlationId": "c-1", "operationId": "o-1", "caller": "ann@example.org", "level": "Informational",
    "eventTimestamp": "2026-03-10T18:00:00.1234567Z", "submissionTimestamp": "2026-03-10T18:02:00.0000000Z",
    "operationName": {"value": "Microsoft.Compute/virtualMachines/restart/action", "localizedValue": "Restart Virtual Machine"},
    "status": {"value": "Succeeded", "localizedValue": "Succeeded"}, "resourceGroupName": "shop",
    "resourceId": "/subscriptions/s/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web1",
}  # fmt: skip


@pytest.mark.parametrize(
    "content", [[ACTIVITY], {"value": [ACTIVITY], "nextLink": "https://…"}, json.dumps(ACTIVITY) + "\n"]
)
def test_azure_activity_by_all_ways(told, content):
    (record,), skipped = told(content, name="activity.json")
    assert skipped == []
    assert record.text == "Restart Virtual Machine: virtualMachines/web1 – succeeded"
    assert (record.at.microsecond, record.nanoseconds, record.external_id) == (123456, 700, "ab-1")
    assert (record.actor, record.actor_kind, record.place, record.noise) == (
        "ann@example.org",
        "person",
        "shop",
        False,
    )


def snake(value):
    if isinstance(value, dict):
        return {
            re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), key): snake(inner)
            for key, inner in value.items()
        }
    return value


def test_other_spellings_of_the_same_entry_are_the_same_event(told):
    (plain,), _ = told([ACTIVITY])
    row = {"TimeGenerated": ACTIVITY["eventTimestamp"], "EventDataId": "AB-1", "OperationNameValue": "Microsoft.Compute/virtualMachines/restart/action",
           "ActivityStatusValue": "Success", "Caller": "ann@example.org", "_ResourceId": ACTIVITY["resourceId"], "ResourceGroup": "shop"}  # fmt: skip
    for content, name in (
        ([snake(ACTIVITY)], "sdk.json"),
        (table(row), "query.csv"),
        ({"schemaId": "x", "data": {"context": {"activityLog": ACTIVITY}}}, "alert.json"),
    ):
        (record,), skipped = told(content, name=name)
        assert skipped == []
        assert (record.external_id, record.at, record.nanoseconds, record.actor, record.place) == (
            plain.external_id, plain.at, plain.nanoseconds, plain.actor, plain.place,
        )  # fmt: skip


def test_each_status_of_an_act_is_an_event(told):
    steps = [
        ACTIVITY | {"eventDataId": f"AB-{n}", "status": {"value": s}}
        for n, s in enumerate(("Started", "Accepted", "Failed"))
    ]
    records, _ = told(steps)
    assert [(r.noise, r.extra.get("severity")) for r in records] == [
        (False, "informational"),
        (True, "informational"),
        (False, "informational"),
    ]
    assert {r.extra["correlation"] for r in records} == {"c-1"}


def test_the_portal_and_what_azure_exports(told):
    row = {"Correlation id": "c-1", "Operation name": "Restart Virtual Machine", "Status": "Failed", "Event category": "Administrative", "Level": "Error",
           "Time": "2026-03-10T18:00:00.1234567Z", "Subscription": "s", "Event initiated by": "ann@example.org", "Resource group": "shop", "Resource": "web1"}  # fmt: skip
    (record,), _ = told("\ufeff" + table(row), name="QueryResult.csv")
    assert (record.text, record.extra["severity"]) == ("Restart Virtual Machine: web1 – failed", "error")
    exported = {"time": "2026-03-10T18:00:00Z", "resourceId": ACTIVITY["resourceId"].upper(), "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RESTART/ACTION",
                "resultType": "Success", "correlationId": "c-1", "callerIpAddress": "192.0.2.1",
                "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "ann@example.org"}}}  # fmt: skip
    (record,), _ = told({"records": [exported]})
    assert (record.actor, record.place, record.text.rsplit(": ", 1)[-1]) == (
        "ann@example.org",
        "shop",
        "virtualmachines/web1 – success",
    )


OFFICE = {"Id": "m-1", "CreationTime": "2026-03-10T18:00:00", "Operation": "New-InboxRule", "Workload": "Exchange", "UserId": "ann@example.org",
          "UserKey": "1003", "UserType": 0, "ObjectId": "ann\\rule", "ClientIP": "192.0.2.1", "ResultStatus": "True", "RecordType": 1}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        [OFFICE],
        table({"RecordId": "m-1", "CreationDate": "3/10/2026 7:00:00 PM", "RecordType": "1", "Operation": "New-InboxRule", "UserId": "ann", "AuditData": json.dumps(OFFICE)}),
        [{"CreationDate": "/Date(1773165600000)/", "UserIds": "ann", "Operations": "New-InboxRule", "AuditData": json.dumps(OFFICE)}],
        {"value": [{"id": "g", "createdDateTime": "2026-03-10T18:00:00Z", "operation": "x", "auditData": OFFICE}]},
    ],
)  # fmt: skip
def test_the_unified_audit_is_in_utc_without_saying_so(told, content):
    (record,), skipped = told(content, name="audit.csv", format="azure", zone="Asia/Tokyo")
    assert skipped == []
    assert (record.at.isoformat(), record.zone, record.certainty) == (
        "2026-03-10T18:00:00+00:00",
        "",
        "exact",
    )
    assert (record.external_id, record.text, record.actor, record.actor_id) == (
        "m-1",
        "New-InboxRule: ann\\rule",
        "ann@example.org",
        "1003",
    )


def test_the_unified_audit_is_recognised(told):
    records, _ = told([OFFICE, OFFICE | {"Id": "m-2", "Operation": "FileAccessed"}])
    assert [r.noise for r in records] == [False, True]


def test_entra(told):
    audit = {"id": "d1", "activityDateTime": "2026-03-10T18:00:00Z", "activityDisplayName": "Add member to role", "result": "success",
             "initiatedBy": {"user": {"userPrincipalName": "ann@example.org"}}, "targetResources": [{"userPrincipalName": "ben@example.org"}]}  # fmt: skip
    (record,), _ = told({"value": [audit]})
    assert (record.text, record.actor) == ("Add member to role: ben@example.org", "ann@example.org")
    sign_in = {"id": "s1", "createdDateTime": "2026-03-10T18:00:00Z", "userPrincipalName": "ann@example.org", "appDisplayName": "Portal",
               "status": {"errorCode": 50126, "failureReason": "Invalid password"}}  # fmt: skip
    (record,), _ = told([sign_in])
    assert (record.text, record.noise) == ("sign-in to Portal – Invalid password", False)


# --- trouble ---------------------------------------------------------------------------------------


def test_a_bad_record_does_not_take_the_others_with_it(told):
    broken = [
        ACT,
        {"eventName": "x"},
        ACT | {"eventTime": "9999-99-99"},
        ACT | {"eventID": None},
        7,
        ACT | {"eventID": "e-9"},
    ]
    records, skipped = told({"Records": broken}, format="cloudtrail")
    assert ([r.external_id for r in records], len(skipped)) == (["e-1", "e-9"], 4)


def test_tables_and_documents_in_one_archive(tmp_path):
    row = {
        "eventid": "e-5",
        "eventtime": "2026-03-10T18:00:00Z",
        "eventname": "X",
        "eventsource": "ec2.amazonaws.com",
    }
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("one.csv", table(row))
        made.writestr("two.json", json.dumps({"Records": [ACT | {"eventID": f"e-{n}"} for n in range(3)]}))
        made.writestr("broken.json", '{"Records": [')
    found = list(Reading(tmp_path / "a.zip"))
    assert {f.external_id for f in found if isinstance(f, Record)} == {"e-5", "e-0", "e-1", "e-2"}
    assert [f.where for f in found if isinstance(f, Skipped)] == ["broken.json"]


def test_a_quotation_never_closed_is_noted(told):
    text = table(
        {"eventid": "e-1", "eventtime": "2026-03-10T18:00:00Z", "eventname": "X", "eventsource": "a", "z": ""}
    )
    records, skipped = told(
        text + 'e-2,"' + "x" * 200_000 + "\n" + "e-3,2026-03-10T18:00:00Z,Y,a,\n",
        name="a.csv",
        format="cloudtrail",
    )
    assert [r.external_id for r in records] == ["e-1", "e-3"]
    assert "quotation mark" in skipped[0].why


SAMPLES = {"cloudtrail": ACT, "gcpaudit": ENTRY, "azure": ACTIVITY}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("key", list(SAMPLES))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_records_crash_no_reader(told, key, data):
    chosen = [SAMPLES[key], OFFICE, {"AuditData": OFFICE}][
        data.draw(st.integers(0, 2)) if key == "azure" else 0
    ]
    record = copy.deepcopy(chosen)
    place = record
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        if isinstance(place[name], dict) and place[name] and data.draw(st.booleans()):
            place = place[name]
            continue
        place[name] = data.draw(json_values)
        break
    try:
        records, skipped = told([record, chosen], format=key)
    except (Unreadable, NeedsAnswer):
        return
    assert all(isinstance(s, Skipped) for s in skipped)
    assert len(records) >= 1
