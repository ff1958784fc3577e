"""Events of Kubernetes: series, both APIs, watches, and tables that know ages only."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from timelines.formats.records import Record
from timelines.reading import NeedsAnswer, Reading, Unreadable

PRINTED = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def read(name: str) -> tuple[list[Record], dict]:
    reading = Reading(sample(name))
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records)
    return records, reading.report()


def test_facts_of_a_list():
    records, report = read("kubernetes/eventlist_velero_part.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("kubernetes", 22, 0)
    assert (report["first"], report["last"]) == ("2022-04-12T00:30:26Z", "2022-04-12T00:56:09Z")
    assert Counter(r.extra["type"] for r in records) == {"Normal": 21, "Warning": 1}
    assert Counter(r.extra["reason"] for r in records) == {
        "Pulled": 7,
        "Created": 6,
        "Started": 6,
        "Scheduled": 2,
        "BackOff": 1,
    }
    assert sum(r.extra["count"] for r in records) == 120
    assert sum(r.until is not None for r in records) == 4
    assert sum(r.precision == "microsecond" for r in records) == 2  # the ones with eventTime alone
    assert all(b"managedFields" not in r.raw for r in records)


def test_facts_of_a_shortened_copy():
    records, report = read("kubernetes/insights_events_min.json")
    assert (report["first"], report["last"]) == ("2022-08-24T09:40:44Z", "2022-08-24T09:41:05Z")
    assert {r.zone for r in records} == {"+02:00"}
    assert {r.kind for r in records} == {"cluster warning"}


def event(uid="u1", **more) -> dict:
    return {
        "apiVersion": "v1", "kind": "Event", "metadata": {"uid": uid, "name": "web.1", "namespace": "shop", "creationTimestamp": "2026-03-10T17:00:00Z"},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-1"}, "reason": "BackOff", "message": "Back-off restarting", "type": "Warning",
        "count": 9, "firstTimestamp": "2026-03-10T17:00:00Z", "lastTimestamp": "2026-03-10T17:16:00Z", "eventTime": None, "source": {"component": "kubelet", "host": "n1"},
    } | more  # fmt: skip


def test_a_series_is_an_interval_and_says_how_often(told):
    (record,), _ = told({"kind": "List", "items": [event()]})
    assert (record.at.hour, record.until.minute, record.extra["count"]) == (17, 16, 9)
    assert record.text == "BackOff: Back-off restarting (×9)"
    assert (record.place, record.actor, record.actor_kind) == ("shop/Pod/web-1", "kubelet", "system")


def test_a_later_export_is_the_same_event_with_a_later_end(told):
    (first,), _ = told({"items": [event()]})
    (later,), _ = told({"items": [event(count=12, lastTimestamp="2026-03-10T17:40:00Z")]})
    assert first.external_id == later.external_id
    assert first.revised < later.revised


def test_the_newer_api_names_the_same_things_otherwise(told):
    newer = {
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"uid": "u2", "namespace": "shop"}, "regarding": {"kind": "Node", "name": "n1"},
        "reason": "NodeNotReady", "note": "Node is not ready", "type": "Warning", "eventTime": "2026-03-10T17:00:00.123456Z", "action": "Watching",
        "reportingController": "node-controller", "series": {"count": 4, "lastObservedTime": "2026-03-10T17:05:00.000001Z"}, "deprecatedFirstTimestamp": None,
    }  # fmt: skip
    (record,), _ = told({"apiVersion": "events.k8s.io/v1", "kind": "EventList", "items": [newer]})
    assert (record.at.microsecond, record.until.microsecond, record.extra["count"]) == (123456, 1, 4)
    assert (record.place, record.text) == ("Node/n1", "NodeNotReady: Node is not ready (×4)")


def test_a_watch_is_a_change_a_line_and_the_end_of_keeping_is_no_deletion(told):
    lines = [
        {"type": "ADDED", "object": event(count=1, lastTimestamp="2026-03-10T17:00:00Z")},
        {"type": "MODIFIED", "object": event()},
        {"type": "BOOKMARK", "object": {"kind": "Event", "metadata": {"resourceVersion": "9"}}},
        {"type": "DELETED", "object": event()},
        {"type": "ERROR", "object": {"kind": "Status", "message": "too old resource version"}},
    ]
    records, skipped = told("\n".join(json.dumps(line) for line in lines))
    assert {r.external_id for r in records} == {"event/u1"}
    assert not any(r.deleted for r in records)
    assert "too old resource version" in skipped[0].why


def test_the_audit_log_is_another_format(told):
    audit = {
        "kind": "EventList",
        "apiVersion": "audit.k8s.io/v1",
        "items": [{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get"}],
    }
    with pytest.raises(Unreadable, match="audit log"):
        told(audit, format="kubernetes")


def test_what_is_no_event_is_noted(told):
    records, skipped = told(
        {
            "kind": "List",
            "items": [event(), {"kind": "Pod", "metadata": {}}, 7, event("u3", firstTimestamp="yesterday")],
        }
    )
    assert len(records) == 1
    assert [("Pod" in s.why, "int" in s.why, "not a time" in s.why) for s in skipped] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


TABLE = """\
NAMESPACE     LAST SEEN            TYPE      REASON      OBJECT        MESSAGE
kube-system   2m                   Normal    NodeReady   node/n1       Node is ready
shop          44m (x9 over 60m)    Warning   BackOff     pod/web-1     Back-off restarting
shop          3m14s                Normal    Pulled      pod/web-2     Image "web:7" pulled
shop          <unknown>            Normal    Pulled      pod/web-3     Image "web:7" pulled
"""


def test_ages_ask_for_the_moment_they_were_printed(told):
    with pytest.raises(NeedsAnswer) as asked:
        told(TABLE)
    assert asked.value.asks_for == "captured"


def test_ages_become_approximate_moments(told):
    records, skipped = told(TABLE, captured=PRINTED)
    ready, backoff, pulled = records
    assert (ready.at.hour, ready.at.minute, ready.precision, ready.certainty) == (
        17,
        58,
        "minute",
        "approximate",
    )
    assert (backoff.at.isoformat(), backoff.until.isoformat()) == (
        "2026-03-10T17:00:00+00:00",
        "2026-03-10T17:16:00+00:00",
    )
    assert (backoff.written, backoff.extra["count"], backoff.place) == (
        "44m (x9 over 60m)",
        9,
        "shop/pod/web-1",
    )
    assert (pulled.at.second, pulled.precision) == (46, "second")
    assert "<unknown>" in skipped[0].why


def test_the_same_table_is_the_same_events(told):
    ids = [
        {r.external_id for r in told(text, captured=PRINTED)[0]}
        for text in (TABLE, f"$ kubectl get events -A\r\n{TABLE}".replace("\n", "\r\n"))
    ]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3


def test_two_rows_that_are_equal_are_two(told):
    row = "shop   5s   Normal   Pulled   pod/web-2   Image pulled\n"
    records, _ = told(
        f"NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n{row}{row}", captured=PRINTED
    )
    assert len({r.external_id for r in records}) == 2


def test_rows_of_a_watch_do_not_keep_to_their_columns(told):
    text = "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n0s          Warning   Unhealthy              pod/calico-node-with-a-long-name-4fpgp   Readiness probe failed: a  b\n"
    (record,), _ = told(text, captured=PRINTED)
    assert (record.place, record.text) == (
        "pod/calico-node-with-a-long-name-4fpgp",
        "Unhealthy: Readiness probe failed: a  b",
    )


def test_wide_and_older_tables_say_first_and_last_apart(told):
    wide = """\
LAST SEEN   TYPE      REASON    OBJECT      SUBOBJECT   SOURCE        MESSAGE               FIRST SEEN   COUNT   NAME
5m          Warning   BackOff   pod/web-1               kubelet, n1   Back-off restarting   60m          94      web-1.17a
"""
    older = """\
LAST SEEN   FIRST SEEN   COUNT     NAME      KIND      SUBOBJECT   TYPE      REASON    SOURCE        MESSAGE
5m          60m          94        web-1     Pod                   Warning   BackOff   kubelet, n1   Back-off restarting
"""
    for text, place in ((wide, "pod/web-1"), (older, "Pod/web-1")):
        (record,), _ = told(text, captured=PRINTED)
        assert (record.at.hour, record.at.minute, record.until.minute) == (17, 0, 55)
        assert (record.place, record.actor, record.text) == (
            place,
            "kubelet",
            "BackOff: Back-off restarting (×94)",
        )


def test_the_end_of_describe_knows_its_object(told):
    text = """\
Name:             web-1
Namespace:        shop
Events:
  Type     Reason     Age                  From               Message
  ----     ------     ----                 ----               -------
  Normal   Scheduled  44m                  default-scheduler  Successfully assigned shop/web-1 to n1
  Warning  BackOff    4m12s (x94 over 44m)  kubelet            Back-off restarting failed container

Name:             web-2
"""
    records, skipped = told(text, captured=PRINTED)
    assert [(r.place, r.actor, r.extra["count"]) for r in records] == [
        ("shop/web-1", "default-scheduler", 1),
        ("shop/web-1", "kubelet", 94),
    ]
    assert "4 lines" in skipped[0].why


def test_a_message_goes_on_below(told):
    text = "LAST SEEN   TYPE      REASON       OBJECT        MESSAGE\n78s         Warning   TestFailed   HelmRelease/x   2 errors:\n            * pod a failed\n            * pod b failed\n"
    (record,), _ = told(text, captured=PRINTED)
    assert record.text == "TestFailed: 2 errors:\n* pod a failed\n* pod b failed"


def test_text_without_a_table_is_refused_with_what_to_do(told):
    with pytest.raises(Unreadable, match="-o json"):
        told("No resources found in shop namespace.\n", format="kubernetes")


EVENTS = [event(f"u{n}", reason=f"R{n}", firstTimestamp=f"2026-03-10T17:{n:02}:00Z") for n in range(12)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(EVENTS), cut=st.integers(0, 12))
def test_shuffled_and_split_lists_are_the_same_events(told, order, cut):
    whole = {(r.external_id, r.at, r.text) for r in told({"items": EVENTS})[0]}
    parts = [told({"items": part})[0] for part in (order[:cut], order[max(0, cut - 2) :]) if part]
    assert {(r.external_id, r.at, r.text) for part in parts for r in part} == whole


def call(stage="ResponseComplete", **more) -> dict:
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "c1", "stage": stage, "requestURI": "/api/v1/namespaces/shop/pods/web-1", "verb": "delete",
        "user": {"username": "ann@shop.example", "groups": []}, "sourceIPs": ["192.0.2.7"], "objectRef": {"resource": "pods", "namespace": "shop", "name": "web-1", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200}, "requestReceivedTimestamp": "2026-03-10T18:00:00.123456Z", "stageTimestamp": "2026-03-10T18:00:00.200000Z",
    } | more  # fmt: skip


def test_the_stages_of_a_request_are_one_event(told):
    stages = [call("RequestReceived", stageTimestamp="2026-03-10T18:00:00.123456Z"), call()]
    records, _ = told("\n".join(json.dumps(stage) for stage in stages))
    assert {r.external_id for r in records} == {"audit/c1"}
    assert records[0].revised < records[1].revised
    assert (records[1].kind, records[1].text, records[1].actor) == (
        "cluster change",
        "delete pods/web-1 in shop",
        "ann@shop.example",
    )


def test_what_only_reads_is_out_of_sight_unless_it_was_refused(told):
    refused = {"code": 403, "message": "forbidden"}
    records, _ = told(
        {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [
            call(verb="list"), call(verb="get", auditID="c2", responseStatus=refused), call(verb="update", auditID="c3", objectRef={"resource": "leases", "name": "x"}),
            call(verb="create", auditID="c4", objectRef={"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-1"}, user={"username": "system:serviceaccount:ci:bot"}),
        ]}
    )  # fmt: skip
    assert [r.noise for r in records] == [True, False, True, False]
    assert records[1].text.endswith("403: forbidden")
    assert (records[3].text, records[3].actor_kind) == ("create pods/exec of web-1 in shop", "bot")


def test_what_argo_cd_and_flux_leave_in_the_cluster_is_about_deployments(told):
    about = [
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "namespace": "argocd", "name": "web"},
        {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "namespace": "flux-system", "name": "web"},
    ]  # fmt: skip
    items = [
        event(f"u{n}", involvedObject=one, reason="OperationCompleted", type="Normal")
        for n, one in enumerate(about)
    ]
    records, _ = told({"kind": "EventList", "apiVersion": "v1", "items": items})
    assert [(r.kind, r.place) for r in records] == [
        ("deploy event", "argocd/Application/web"),
        ("deploy event", "flux-system/Kustomization/web"),
    ]


WEIRD = st.sampled_from(
    [
        "",
        None,
        0,
        -1,
        10**40,
        True,
        [],
        {},
        [None],
        "x",
        "\x00",
        "9999-12-31T23:59:59Z",
        "2026-03-10 18:00",
        "<unknown>",
        "99999y",
    ]
)


@settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), key=st.sampled_from(["kubernetes", "k8saudit"]))
def test_mutated_events_are_read_or_noted(told, data, key):
    mutated = {name: data.draw(WEIRD | st.just(value)) for name, value in (event() | call()).items()}
    with contextlib.suppress(Unreadable):
        records, skipped = told({"items": [mutated, 7, event()]}, format=key, captured=PRINTED)
        assert all(r.text and r.external_id and r.at.tzinfo for r in records)


@settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=40), place=st.integers(0, len(TABLE)))
def test_a_broken_table_is_read_or_refused(told, noise, place):
    raw = TABLE.encode()
    with contextlib.suppress(Unreadable):
        told(raw[:place] + noise + raw[place:], format="kubernetes", captured=PRINTED)
