"""What Alertmanager, Grafana, PagerDuty and GitHub write that is easily misread."""

from __future__ import annotations

import pytest

START, END, NEVER = "2026-03-10T18:00:00.123456789Z", "2026-03-10T18:09:00Z", "0001-01-01T00:00:00Z"


def webhook(*alerts, **more) -> dict:
    return {"version": "4", "status": "firing", "truncatedAlerts": 0, "alerts": list(alerts)} | more


def alert(status="firing", ends=NEVER, **more) -> dict:
    return {
        "status": status,
        "labels": {"alertname": "HighErrors", "severity": "page"},
        "annotations": {"summary": "5 % errors"},
        "startsAt": START,
        "endsAt": ends,
        "fingerprint": "f1",
    } | more


@pytest.mark.parametrize("never", [NEVER, "0001-01-01T00:00:00+00:00", "", None])
def test_an_alert_without_an_end_has_not_ended(told, never):
    records, skipped = told(webhook(alert(ends=never)), format="alertmanager")
    assert [r.kind for r in records] == ["alert firing"]
    assert (records[0].nanoseconds, records[0].precision, skipped) == (789, "nanosecond", [])


def test_a_firing_alert_may_promise_an_end(told):
    records, _ = told(webhook(alert(ends="2026-03-10T19:00:00Z")), format="alertmanager")
    assert [r.kind for r in records] == ["alert firing"]


def test_sent_again_it_is_the_same_alert_and_its_end_joins_it(told):
    first, _ = told(webhook(alert()), format="alertmanager")
    again, _ = told(webhook(alert(), receiver="other"), format="alertmanager")
    ended, _ = told(webhook(alert("resolved", END)), format="alertmanager")
    assert first[0].external_id == again[0].external_id == ended[0].external_id
    assert [r.kind for r in ended] == ["alert firing", "alert resolved"]
    assert len({r.extra["alert"] for r in [*first, *ended]}) == 1


def test_two_alerts_of_the_same_labels_and_start_are_told_apart(told):
    records, _ = told(webhook(alert(), alert(fingerprint="f2")), format="alertmanager")
    assert len({r.external_id for r in records}) == 2


def test_a_missing_fingerprint_is_made_of_the_labels_in_any_order(told):
    one, _ = told(webhook(alert(fingerprint=None, labels={"a": "1", "b": "2"})), format="alertmanager")
    two, _ = told(webhook(alert(fingerprint=None, labels={"b": "2", "a": "1"})), format="alertmanager")
    assert one[0].external_id == two[0].external_id


def test_alerts_left_out_by_the_sender_are_told(told):
    _, skipped = told(webhook(alert(), truncatedAlerts=3), format="alertmanager")
    assert "left out 3 alerts" in skipped[0].why


@pytest.mark.parametrize(
    "starts", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:60Z", "9999-12-31T23:00:00-09:00", "soon", 7]
)
def test_a_start_that_is_no_moment_is_noted(told, starts):
    records, skipped = told(webhook(alert(startsAt=starts), alert()), format="alertmanager")
    assert (len(records), len(skipped)) == (1, 1)
    assert skipped[0].where.endswith("#/alerts/0")


def entry(kind: str, **more) -> dict:
    return {
        "id": f"R-{kind}",
        "type": f"{kind}_log_entry",
        "summary": f"{kind} by Ann",
        "created_at": "2026-03-10T18:00:00+01:00",
        "agent": {"id": "PU1", "type": "user_reference", "summary": "Ann"},
        "incident": {"id": "PI1", "summary": "[#7] Errors"},
    } | more


def test_log_entries_of_every_type(told):
    kinds = [
        "acknowledge", "annotate", "assign", "delegate", "escalate", "exhaust_escalation_path", "notify", "reach_ack_limit",
        "reach_trigger_limit", "repeat_escalation_path", "resolve", "snooze", "trigger", "unacknowledge", "urgency_change",
        "field_value_change", "custom_field_value_change", "something_new",
    ]  # fmt: skip
    records, skipped = told({"log_entries": [entry(kind) for kind in kinds], "more": False}, name="a.json")
    assert (len(records), skipped) == (len(kinds), [])
    assert [r.extra["type"] for r in records if r.noise] == ["notify_log_entry"]
    assert {r.at.isoformat() for r in records} == {"2026-03-10T17:00:00+00:00"}
    assert {r.actor for r in records} == {"Ann"}
    assert len({r.external_id for r in records}) == len(kinds)


def test_a_resolve_by_a_service_is_by_no_person(told):
    agent = {"id": "PS1", "type": "service_reference", "summary": "checkout"}
    (record,), _ = told({"log_entries": [entry("resolve", agent=agent)]}, name="a.json")
    assert (record.actor, record.actor_kind) == ("checkout", "system")


def test_a_note_is_read_from_its_channel(told):
    (record,), _ = told(
        {"log_entries": [entry("annotate", channel={"type": "web", "content": "rolled back"})]}, name="a.json"
    )
    assert "rolled back" in record.text


def test_one_page_of_several_says_so(told):
    _, skipped = told({"log_entries": [entry("trigger")], "more": True}, name="a.json")
    assert "one page of several" in skipped[0].why


def test_a_webhook_delivered_again_is_the_same_event(told):
    event = {
        "id": "E1",
        "event_type": "incident.acknowledged",
        "occurred_at": "2026-03-10T18:00:00Z",
        "agent": None,
        "data": {"id": "PI1", "title": "Errors"},
    }
    one, two = (told({"event": event}, name="a.json")[0][0] for _ in range(2))
    assert (one.external_id, one.raw) == (two.external_id, two.raw)


def run(**more) -> dict:
    return {
        "id": 7,
        "name": "CI",
        "run_attempt": 1,
        "run_number": 3,
        "head_sha": "abc",
        "head_branch": "main",
        "status": "in_progress",
        "conclusion": None,
        "created_at": "2026-03-10T18:00:00Z",
        "updated_at": "2026-03-10T18:05:00Z",
        "actor": {"login": "ann", "id": 1},
    } | more


@pytest.mark.parametrize("conclusion", [None, ""])
def test_a_run_without_a_conclusion_still_runs(told, conclusion):
    (record,), _ = told({"workflow_runs": [run(conclusion=conclusion)]}, name="a.json")
    assert (record.kind, record.until) == ("run in_progress", None)


def test_a_run_started_again_is_another_event_under_the_same_id(told):
    again = run(
        run_attempt=2, run_started_at="2026-03-11T09:00:00Z", status="completed", conclusion="success"
    )
    records, _ = told({"workflow_runs": [run(), again]}, name="a.json")
    assert [r.external_id for r in records] == ["run/7/1", "run/7/2"]
    assert records[1].extra["attempt_started"] == "2026-03-11T09:00:00Z"


def test_a_push_delivered_again_is_the_same_push_and_a_deleted_branch_has_no_commit(told):
    push = {
        "ref": "refs/heads/old", "before": "a" * 40, "after": "0" * 40, "deleted": True, "head_commit": None, "commits": [],
        "pusher": {"name": "ann"}, "repository": {"full_name": "a/b", "pushed_at": 1773165600}, "compare": "https://api.github.com/",
    }  # fmt: skip
    one, two = (told(push, name="a.json")[0][0] for _ in range(2))
    assert one.external_id == two.external_id
    assert ("old deleted" in one.text, one.certainty, one.at.year) == (True, "derived", 2026)


def test_someone_who_left_github_is_a_ghost(told):
    (record,), _ = told({"workflow_runs": [run(actor=None)]}, name="a.json")
    assert record.actor == "ghost"
