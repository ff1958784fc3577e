"""Code, builds and deployments: what GitLab, CircleCI, Bitbucket, Jenkins, Argo CD and Flux write that is easily misread."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from tests.timelines.conftest import bring_in
from timelines.formats.records import Record
from timelines.models import Event
from timelines.reading import NeedsAnswer, Reading, Unreadable


def read(name: str) -> tuple[list[Record], dict]:
    reading = Reading(sample(name))
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records)
    assert all(record.raw and record.where and record.text for record in records)
    return records, reading.report()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- GitLab ----------------------------------------------------------------------------------------


def test_gitlab_deployments():
    records, report = read("gitlab/deployments.json")
    assert (report["format"], report["events"], report["skipped_count"]) == ("gitlab", 8, 0)
    assert [int(r.extra["deployment"]) for r in records] == [
        13426753, 13432654, 13432768, 13436532, 13436763, 13436778, 13436986, 13436915,
    ]  # fmt: skip
    assert report["first"] == "2019-03-13T14:14:24.109000Z"
    assert {r.extra["status"] for r in records} == {
        "success", "completed", "failed", "canceled", "created", "running", "blocked", "undeployed",
    }  # fmt: skip
    assert Counter(r.extra["environment"] for r in records) == {"staging": 5, "production": 3}
    assert len({r.actor_id for r in records}) == 2
    done = records[0]
    assert done.until == at("2019-03-13T14:17:47.640")  # when its job finished, not when it was made
    assert {r.kind for r in records if r.until is None} == {
        "deploy created",
        "deploy running",
        "deploy blocked",
        "deploy failed",
    }


def pipeline_hook(status="running", **more) -> dict:
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": 31, "iid": 3, "ref": "main", "sha": "bcbb5ec396a2c0f828686f14fac9b80b780504f2", "source": "push", "status": status,
            "created_at": "2026-03-10 17:59:00 UTC", "finished_at": None, "duration": None, "url": "https://gitlab.example/shop/web/-/pipelines/31",
        } | more,
        "user": {"id": 1, "name": "Ann", "username": "ann"}, "project": {"path_with_namespace": "shop/web"},
        "builds": [
            {"id": 380, "stage": "deploy", "name": "production", "status": status, "created_at": "2026-03-10 17:59:00 UTC", "started_at": "2026-03-10 18:00:00 UTC", "finished_at": None,
             "user": {"id": 1, "name": "Ann"}, "environment": {"name": "production", "action": "start"}},
            {"id": 381, "stage": "after", "name": "tell", "status": "created", "created_at": "2026-03-10 17:59:00 UTC", "started_at": None, "finished_at": None},
        ],
    }  # fmt: skip


def test_a_gitlab_pipeline_is_one_event_while_it_runs_when_it_ended_and_in_the_api(told):
    running, _ = told(pipeline_hook())
    ended, _ = told(pipeline_hook("success", finished_at="2026-03-10 18:09:00 UTC", duration=500))
    api, _ = told([{
        "id": 31, "iid": 3, "project_id": 1, "sha": "bcbb5ec3", "ref": "main", "status": "success", "source": "push", "created_at": "2026-03-10T17:59:00.000Z",
        "started_at": "2026-03-10T18:00:00.000Z", "finished_at": "2026-03-10T18:09:00.000Z", "updated_at": "2026-03-10T18:09:01.000Z",
        "web_url": "https://gitlab.example/shop/web/-/pipelines/31",
    }])  # fmt: skip
    assert [r.external_id for r in running] == ["pipeline/31", "job/380"]  # what has not begun is left out
    assert {records[0].external_id for records in (running, ended, api)} == {"pipeline/31"}
    assert {records[0].at for records in (running, ended, api)} == {at("2026-03-10T18:00:00")}
    assert (running[0].until, ended[0].until, api[0].until) == (
        None,
        at("2026-03-10T18:09:00"),
        at("2026-03-10T18:09:00"),
    )
    assert running[0].revised < ended[0].revised < api[0].revised
    assert running[1].extra["environment"] == "production"
    assert {records[0].place for records in (running, api)} == {"shop/web"}


def test_a_gitlab_deployment_webhook_has_the_offset_of_the_server(told):
    hook = {
        "object_kind": "deployment", "status": "success", "status_changed_at": "2021-04-28 21:50:00 +0200", "deployment_id": 15, "deployable_id": 796,
        "environment": "staging", "project": {"path_with_namespace": "shop/web"}, "short_sha": "279484c0", "user": {"name": "Ann", "username": "ann"}, "ref": "main",
        "commit_title": "Add new file",
    }  # fmt: skip
    (record,), _ = told(hook)
    assert (record.at, record.zone, record.kind, record.actor) == (
        at("2021-04-28T19:50:00"),
        "+0200",
        "deploy success",
        "Ann",
    )
    (running,), _ = told(hook | {"status": "running", "status_changed_at": "2021-04-28 21:49:00 +0200"})
    assert running.external_id != record.external_id  # each of its states is a moment of its own


def test_a_gitlab_push_is_as_old_as_its_newest_commit_and_one_without_commits_has_no_moment(told):
    push = {
        "object_kind": "push", "before": "a" * 40, "after": "b" * 40, "ref": "refs/heads/main", "checkout_sha": "b" * 40, "user_name": "Ann", "user_username": "ann", "user_id": 4,
        "project": {"path_with_namespace": "shop/web"}, "total_commits_count": 30,
        "commits": [{"id": "b" * 40, "message": "Limit the pool\n\nlong", "timestamp": "2026-03-10T18:00:00+02:00", "url": "https://gitlab.example/c"}],
    }  # fmt: skip
    (record,), _ = told(push)
    assert (record.at, record.certainty) == (at("2026-03-10T16:00:00"), "derived")
    assert record.text == "30 commits pushed to main: Limit the pool"
    with pytest.raises(Unreadable, match="does not say when a push happened"):
        told(push | {"commits": [], "after": "0" * 40, "checkout_sha": None})


def test_a_gitlab_merge_is_the_same_in_a_webhook_and_in_the_api(told):
    hook = {
        "object_kind": "merge_request", "user": {"id": 1, "name": "Ann"}, "project": {"path_with_namespace": "shop/web"},
        "object_attributes": {"id": 99, "iid": 1, "title": "Limit the pool", "state": "merged", "action": "merge", "created_at": "2026-03-10 10:00:00 UTC",
                              "updated_at": "2026-03-10 18:00:00 UTC", "url": "https://gitlab.example/shop/web/-/merge_requests/1"},
    }  # fmt: skip
    api = {"id": 99, "iid": 1, "title": "Limit the pool", "state": "merged", "created_at": "2026-03-10T10:00:00Z", "merged_at": "2026-03-10T18:00:00.123Z", "source_branch": "limit",
           "merge_user": {"id": 1, "name": "Ann"}, "web_url": "https://gitlab.example/shop/web/-/merge_requests/1"}  # fmt: skip
    (one,), _ = told(hook)
    (two,), _ = told([api])
    assert (
        (one.external_id, one.kind, one.actor)
        == (two.external_id, two.kind, two.actor)
        == ("merge_request/99/merged", "merge request merged", "Ann")
    )


def test_a_gitlab_incident_timeline_happened_when_it_says_and_not_when_it_was_written(told):
    answer = {"data": {"project": {"fullPath": "shop/web", "incidentManagementTimelineEvents": {"nodes": [
        {"id": "gid://gitlab/IncidentManagement::TimelineEvent/7", "note": "Checkout fails", "noteHtml": "<p>Checkout fails</p>", "action": "comment", "occurredAt": "2026-03-10T18:00:00Z",
         "createdAt": "2026-03-11T09:00:00Z", "updatedAt": "2026-03-11T09:30:00Z", "author": {"id": "gid://gitlab/User/1", "name": "Ann"},
         "timelineEventTags": {"nodes": [{"name": "Start time"}]}},
    ]}}}}  # fmt: skip
    (record,), _ = told(answer)
    assert (record.at, record.precision, record.external_id) == (
        at("2026-03-10T18:00:00"),
        "minute",
        "timeline_event/7",
    )
    assert (record.text, record.actor, record.actor_id) == ("Checkout fails [Start time]", "Ann", "1")
    assert record.revised == at("2026-03-11T09:30:00")
    assert record.extra["recorded"] == "2026-03-11T09:00:00Z"


def test_a_gitlab_pipeline_of_graphql_is_that_of_rest(told):
    node = {"id": "gid://gitlab/Ci::Pipeline/31", "iid": "3", "status": "FAILED", "ref": "main", "sha": "abc", "createdAt": "2026-03-10T17:59:00Z", "startedAt": "2026-03-10T18:00:00Z",
            "finishedAt": "2026-03-10T18:09:00Z", "updatedAt": "2026-03-10T18:09:00Z", "user": {"name": "Ann"}}  # fmt: skip
    (record,), _ = told(
        {"data": {"project": {"fullPath": "shop/web", "pipelines": {"edges": [{"node": node}]}}}},
        format="gitlab",
    )
    assert (record.external_id, record.kind, record.place) == ("pipeline/31", "run failed", "shop/web")


def test_notes_of_gitlab_made_by_gitlab_are_noise(told):
    note = {
        "id": 5,
        "body": "looks good",
        "system": False,
        "noteable_type": "MergeRequest",
        "noteable_iid": 1,
        "created_at": "2026-03-10T18:00:00Z",
        "author": {"name": "Ann"},
    }
    records, _ = told(
        [
            {
                "id": "d1",
                "individual_note": False,
                "notes": [note, note | {"id": 6, "body": "changed the title", "system": True}],
            }
        ]
    )
    assert [(r.kind, r.noise) for r in records] == [("comment", False), ("change", True)]
    assert records[0].text == "On !1: looks good"


def test_times_of_gitlab_without_a_zone_are_asked_for(told):
    hook = {
        "object_kind": "issue",
        "object_attributes": {
            "id": 1,
            "iid": 2,
            "title": "x",
            "action": "open",
            "created_at": "2026-03-10 18:00:00",
        },
        "project": {},
    }
    with pytest.raises(NeedsAnswer) as asked:
        told(hook)
    assert asked.value.asks_for == "zone"
    (record,), _ = told(hook, zone="Europe/Berlin")
    assert (record.at, record.certainty) == (at("2026-03-10T17:00:00"), "assumed zone")


# --- CircleCI --------------------------------------------------------------------------------------


def test_a_circleci_workflow_is_the_same_in_the_api_and_in_its_webhook(told):
    api = {"id": "w1", "name": "deploy", "project_slug": "gh/shop/web", "pipeline_id": "p1", "pipeline_number": 130, "status": "success", "created_at": "2026-03-10T18:00:00.616Z",
           "stopped_at": "2026-03-10T18:00:31.170Z", "started_by": "u1"}  # fmt: skip
    hook = {
        "type": "workflow-completed", "id": "e1", "happened_at": "2026-03-10T18:00:31.317Z", "webhook": {"id": "h", "name": "x"},
        "workflow": {"id": "w1", "name": "deploy", "created_at": "2026-03-10T18:00:00.616Z", "stopped_at": "2026-03-10T18:00:31.170Z", "status": "success", "url": "https://app.circleci.com/x"},
        "pipeline": {"id": "p1", "number": 130, "created_at": "2026-03-10T18:00:00.544Z", "trigger": {"type": "webhook"}, "vcs": {"branch": "main", "revision": "1dc6aa69"}},
        "project": {"id": "1", "name": "web", "slug": "github/shop/web"}, "organization": {"name": "shop"},
    }  # fmt: skip
    (one,), _ = told({"items": [api], "next_page_token": None})
    (two,), _ = told(hook)
    for record in (one, two):
        assert (record.external_id, record.kind, record.place) == ("workflow/w1", "run success", "shop/web")
        assert (record.at, record.until) == (at("2026-03-10T18:00:00.616"), at("2026-03-10T18:00:31.170"))


def test_a_circleci_job_is_known_by_its_number_and_empty_strings_are_no_times(told):
    job = {
        "id": "j1",
        "job_number": 4,
        "name": "build",
        "type": "build",
        "project_slug": "gh/shop/web",
        "status": "running",
        "started_at": "2026-03-10T18:00:00Z",
        "stopped_at": "",
        "dependencies": [],
    }
    approval = {
        "id": "j2",
        "name": "hold",
        "type": "approval",
        "project_slug": "gh/shop/web",
        "status": "on_hold",
        "started_at": "",
        "stopped_at": None,
        "approval_request_id": "j2",
    }
    records, skipped = told({"items": [job, approval], "next_page_token": "next"})
    assert [(r.external_id, r.until) for r in records] == [("job/shop/web/4", None)]
    assert "no time" in skipped[0].why
    assert "one page of several" in skipped[1].why
    (old,), _ = told(
        [
            {
                "build_num": 4,
                "username": "shop",
                "reponame": "web",
                "outcome": "success",
                "start_time": "2026-03-10T18:00:00Z",
                "stop_time": "2026-03-10T18:01:00Z",
            }
        ]
    )
    assert old.external_id == "job/shop/web/4"


# --- Bitbucket -------------------------------------------------------------------------------------


def test_bitbucket_pipelines_and_deployments(told):
    pipeline = {
        "type": "pipeline", "uuid": "{8a4f-1}", "build_number": 12, "creator": {"display_name": "Ann", "uuid": "{u1}"}, "repository": {"full_name": "shop/web"},
        "target": {"type": "pipeline_ref_target", "ref_name": "main", "commit": {"hash": "4be1c2a"}}, "created_on": "2026-03-10T18:00:00.123456Z",
        "completed_on": "2026-03-10T18:04:00.5Z", "state": {"name": "COMPLETED", "type": "pipeline_state_completed", "result": {"name": "FAILED"}},
    }  # fmt: skip
    deployment = {
        "type": "deployment", "uuid": "{d1}", "environment": {"name": "Production", "uuid": "{e}"}, "release": {"name": "#12", "commit": {"hash": "4be1c2a"}, "pipeline": {"uuid": "{8a4f-1}"}},
        "state": {"name": "COMPLETED", "status": {"name": "SUCCESSFUL"}, "started_on": "2026-03-10T18:01:00Z", "completed_on": "2026-03-10T18:03:00Z", "deployer": {"display_name": "Ann"}},
    }  # fmt: skip
    records, skipped = told(
        {
            "pagelen": 10,
            "values": [pipeline, deployment],
            "page": 1,
            "size": 2,
            "next": "https://api.bitbucket.org/2.0/x",
        }
    )
    assert [(r.external_id, r.kind) for r in records] == [
        ("pipeline/8a4f-1", "run failed"),
        ("deployment/d1", "deploy successful"),
    ]
    assert (records[0].precision, records[0].until) == ("microsecond", at("2026-03-10T18:04:00.500"))
    assert (records[1].at, records[1].actor, records[1].extra["environment"]) == (
        at("2026-03-10T18:01:00"),
        "Ann",
        "Production",
    )
    assert "one page of several" in skipped[0].why


def test_a_bitbucket_push_of_several_changes(told):
    hook = {
        "actor": {"display_name": "Ann", "uuid": "{u1}"}, "repository": {"full_name": "shop/web", "links": {"self": {"href": "https://api.bitbucket.org/2.0/x"}}},
        "push": {"changes": [
            {"new": {"type": "branch", "name": "main", "target": {"hash": "b" * 40, "date": "2026-03-10T18:00:00+00:00", "message": "Limit the pool\n"}},
             "old": {"type": "branch", "name": "main", "target": {"hash": "a" * 40}}, "commits": [{"hash": "b" * 40, "message": "Limit the pool\n"}], "truncated": False, "forced": True},
            {"new": None, "old": {"type": "branch", "name": "old", "target": {"hash": "c" * 40, "date": "2020-01-01T00:00:00+00:00"}}, "closed": True},
        ]},
    }  # fmt: skip
    (record,), skipped = told(hook)
    assert record.text == "1 commit pushed to main, rewriting it: Limit the pool"
    assert record.certainty == "derived"
    assert skipped[0].where.endswith("/push/changes/1")


def test_a_bitbucket_server_webhook_has_the_moment_in_the_servers_offset(told):
    hook = {
        "eventKey": "pr:merged", "date": "2017-09-19T10:39:36+1000", "actor": {"name": "ann", "id": 2, "displayName": "Ann", "type": "NORMAL"},
        "pullRequest": {"id": 9, "title": "Limit the pool", "state": "MERGED", "createdDate": 1505781560908, "updatedDate": 1505781576361, "closedDate": 1505781576361,
                        "fromRef": {"displayId": "limit"}, "toRef": {"displayId": "main", "repository": {"slug": "web", "project": {"key": "SHOP"}}},
                        "properties": {"mergeCommit": {"id": "7e48f426f0a6e20f263d9b3c53a8b0a63e1c0b4e"}}},
    }  # fmt: skip
    (record,), _ = told(hook)
    assert (record.at, record.external_id, record.actor) == (
        at("2017-09-19T00:39:36"),
        "pull_request/SHOP/web/9/merged",
        "Ann",
    )
    (api,), _ = told({"size": 1, "isLastPage": True, "values": [hook["pullRequest"]]})
    assert (api.external_id, api.at) == (record.external_id, at("2017-09-19T00:39:36.361"))


def test_a_bitbucket_build_state_is_told_again_under_its_key(told):
    status = {"type": "build", "key": "ci", "name": "CI", "state": "INPROGRESS", "created_on": "2026-03-10T18:00:00Z", "updated_on": "2026-03-10T18:00:00Z",
              "commit": {"hash": "4be1c2a"}, "url": "https://ci.example/1"}  # fmt: skip
    hook = {"actor": {"display_name": "CI"}, "repository": {"full_name": "shop/web"}, "commit_status": status}
    (running,), _ = told(hook, format="bitbucket")
    (ended,), _ = told(
        hook | {"commit_status": status | {"state": "SUCCESSFUL", "updated_on": "2026-03-10T18:05:00Z"}},
        format="bitbucket",
    )
    assert running.external_id == ended.external_id
    assert (running.until, ended.until) == (None, at("2026-03-10T18:05:00"))


# --- Jenkins ---------------------------------------------------------------------------------------


def test_jenkins_builds():
    records, report = read("jenkins/builds.json")
    assert (report["events"], report["skipped_count"], report["first"]) == (
        14,
        0,
        "2022-04-15T10:05:53.775000Z",
    )
    assert sorted(int(r.extra["number"]) for r in records) == [
        1,
        11,
        17,
        21,
        23,
        27,
        31,
        37,
        47,
        10001,
        10002,
        10003,
        10004,
        10005,
    ]
    assert Counter(r.extra["result"] for r in records) == {
        "SUCCESS": 10,
        "FAILURE": 1,
        "ABORTED": 1,
        "NOT_BUILD": 1,
        "UNSTABLE": 1,
    }
    assert max(r.at for r in records) == at("2022-09-08T15:40:13.681")
    assert round(sum((r.until - r.at).total_seconds() for r in records if r.until) * 1000) == 23243


def build(**more) -> dict:
    return {"_class": "hudson.model.FreeStyleBuild", "number": 7, "timestamp": 1773165600000, "duration": 1500, "result": "SUCCESS", "building": False, "fullDisplayName": "shop » deploy #7",
            "url": "https://ci.example/job/shop/job/deploy/7/"} | more  # fmt: skip


def test_a_jenkins_build_has_a_duration_of_zero_while_it_runs(told):
    (running,), _ = told({"builds": [build(duration=0, result=None, building=True)]})
    (ended,), _ = told({"builds": [build()]})
    assert (running.kind, running.until) == ("run running", None)
    assert (ended.kind, ended.until) == ("run success", at("2026-03-10T18:00:01.500"))
    assert running.external_id == ended.external_id == "build/shop/deploy/7"
    assert running.revised < ended.revised


def test_jenkins_folders_hold_jobs_that_hold_builds(told):
    bare = {"number": 7, "timestamp": 1773165600000, "duration": 1, "result": "FAILURE"}
    tree = {
        "_class": "hudson.model.Hudson",
        "jobs": [
            {"name": "shop", "jobs": [{"name": "deploy", "builds": [bare]}, {"name": "empty", "builds": []}]}
        ],
    }
    (record,), _ = told(tree)
    assert (record.external_id, record.place) == ("build/shop/deploy/7", "shop/deploy")


def test_jenkins_in_xml_tells_what_json_tells(told):
    xml = """<?xml version='1.1' encoding='UTF-8'?>
<workflowJob _class='org.jenkinsci.plugins.workflow.job.WorkflowJob'><build _class='org.jenkinsci.plugins.workflow.job.WorkflowRun'><action><cause>
<shortDescription>Started by user Ann</shortDescription><userId>ann</userId><userName>Ann</userName></cause></action><building>false</building><duration>1500</duration>
<number>7</number><result>SUCCESS</result><timestamp>1773165600000</timestamp><url>https://ci.example/job/shop/job/deploy/7/</url></build></workflowJob>"""
    (record,), _ = told(xml)
    (same,), _ = told({"builds": [build()]})
    assert (record.external_id, record.at, record.until, record.kind) == (
        same.external_id,
        same.at,
        same.until,
        same.kind,
    )
    assert (record.actor, record.actor_id) == ("Ann", "ann")


def test_xml_of_jenkins_that_breaks_off_or_declares_entities_is_refused(told):
    start = "<freeStyleBuild _class='hudson.model.FreeStyleBuild'><timestamp>1773165600000</timestamp>"
    for text in (start, "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>" + start + "</freeStyleBuild>"):
        with pytest.raises(Unreadable):
            told(text, format="jenkins")


def test_stages_of_a_jenkins_run_are_told_beside_it(told):
    run = {"id": "7", "name": "#7", "status": "FAILED", "startTimeMillis": 1773165600000, "endTimeMillis": 1773165660000, "durationMillis": 60000,
           "_links": {"self": {"href": "/job/shop/job/deploy/7/wfapi/describe"}},
           "stages": [{"id": "6", "name": "Deploy", "status": "FAILED", "startTimeMillis": 1773165610000, "durationMillis": 50000},
                      {"id": "9", "name": "Tell", "status": "NOT_EXECUTED", "startTimeMillis": 1773165660000, "durationMillis": 0}]}  # fmt: skip
    records, _ = told([run])
    assert [(r.external_id, r.kind) for r in records] == [
        ("build/shop/deploy/7", "run failed"),
        ("build/shop/deploy/7/stage/6", "job failed"),
    ]
    assert records[1].until == at("2026-03-10T18:01:00")


def test_stages_of_jenkins_alone_belong_to_their_build(told):
    def stage(number, **more):
        href = f"/job/Auto%20Init/{number}/execution/node/6/wfapi/describe"
        return {
            "_links": {"self": {"href": href}},
            "id": "6",
            "name": "init",
            "status": "FAILED",
            "startTimeMillis": 1773165600000,
            "durationMillis": 588,
        } | more

    records, _ = told([stage(2, error={"message": "script returned exit code 1"}), stage(3)])
    assert [r.external_id for r in records] == ["build/Auto Init/2/stage/6", "build/Auto Init/3/stage/6"]
    assert records[0].text == "Stage “init”: failed – script returned exit code 1"


def test_a_notification_of_jenkins_ends_the_build_it_began(told):
    hook = {
        "name": "deploy",
        "url": "job/shop/job/deploy/",
        "build": {
            "full_url": "https://ci.example/job/shop/job/deploy/7/",
            "number": 7,
            "phase": "STARTED",
            "timestamp": 1773165600000,
        },
    }
    (began,), _ = told(hook)
    (ended,), _ = told(
        hook | {"build": hook["build"] | {"phase": "COMPLETED", "status": "FAILURE", "duration": 9000}}
    )
    assert began.external_id == ended.external_id == "build/shop/deploy/7"
    assert (began.kind, ended.kind) == ("run running", "run failure")
    assert began.revised < ended.revised


CONSOLE = """\
Started by user Ann
Running on agent1 in /workspace
[2026-03-10T18:00:00.123Z] [Pipeline] sh
[2026-03-10T18:00:02.123Z] + make deploy
  a line that goes on
[2026-03-10T18:00:02.123Z] retry
[2026-03-10T18:00:02.123Z] retry
Finished: FAILURE
"""


def test_a_console_log_of_jenkins(told):
    records, skipped = told(CONSOLE)
    assert skipped == []
    assert [r.text for r in records] == [
        "Started by user Ann", "Running on agent1 in /workspace", "[Pipeline] sh", "+ make deploy\na line that goes on", "retry", "retry", "Finished: FAILURE",
    ]  # fmt: skip
    assert [r.certainty for r in records] == [
        "derived",
        "derived",
        "exact",
        "exact",
        "exact",
        "exact",
        "derived",
    ]
    assert [r.noise for r in records] == [False, False, True, False, False, False, False]
    assert (records[-1].kind, records[-1].at) == ("run failure", at("2026-03-10T18:00:02.123"))
    assert len({r.external_id for r in records}) == 7
    cut, _ = told(CONSOLE[: CONSOLE.index("  a line")])
    assert {r.external_id for r in cut} <= {r.external_id for r in records}


def test_a_console_log_with_a_wall_clock_needs_its_day_and_zone_and_passes_midnight(told):
    text = "Started by user Ann\n23:59:59  [Pipeline] sh\n00:00:01  + make deploy\nFinished: SUCCESS\n"
    with pytest.raises(NeedsAnswer) as asked:
        told(text, name="console.log")
    assert asked.value.asks_for == "day"
    with pytest.raises(NeedsAnswer) as asked:
        told(text, name="console-2026-03-10.log")
    assert asked.value.asks_for == "zone"
    records, _ = told(text, name="console-2026-03-10.log", zone="UTC")
    assert [r.at for r in records[1:3]] == [at("2026-03-10T23:59:59"), at("2026-03-11T00:00:01")]


# --- Argo CD and Flux ------------------------------------------------------------------------------


def application(**status) -> dict:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": "argocd", "uid": "a1"},
        "status": status,
    }


HISTORY = [
    {
        "id": 0,
        "revision": "a" * 40,
        "deployStartedAt": "2026-03-09T18:00:00Z",
        "deployedAt": "2026-03-09T18:00:05Z",
        "initiatedBy": {"automated": True},
        "source": {"path": "charts/web"},
    },
    {
        "id": 1,
        "revision": "b" * 40,
        "deployStartedAt": "2026-03-10T18:00:00Z",
        "deployedAt": "2026-03-10T18:00:07Z",
        "initiatedBy": {"username": "ann"},
        "source": {"path": "charts/web"},
    },
]


def operation(phase="Succeeded", **more) -> dict:
    return {"phase": phase, "message": "successfully synced", "startedAt": "2026-03-10T18:00:00Z", "finishedAt": "2026-03-10T18:00:07Z",
            "operation": {"initiatedBy": {"username": "ann"}}, "syncResult": {"revision": "b" * 40}} | more  # fmt: skip


def test_the_last_sync_of_argocd_is_told_once(told):
    (running,), _ = told(application(operationState=operation("Running", finishedAt=None)))
    records, _ = told({"kind": "List", "items": [application(history=HISTORY, operationState=operation())]})
    assert [(r.kind, r.actor) for r in records] == [
        ("deploy succeeded", "Argo CD"),
        ("deploy succeeded", "ann"),
    ]
    assert (running.kind, running.external_id) == ("deploy running", records[1].external_id)
    assert (records[1].at, records[1].until) == (at("2026-03-10T18:00:00"), at("2026-03-10T18:00:07"))
    assert running.revised < records[1].revised


def test_a_sync_of_argocd_that_failed_is_in_no_history(told):
    failed = operation("Failed", message="one or more objects failed to apply", startedAt="2026-03-10T19:00:00Z", finishedAt="2026-03-10T19:00:09Z",
                       syncResult={"revision": "c" * 40, "resources": [{"kind": "Deployment", "name": "web", "status": "SyncFailed"}]})  # fmt: skip
    condition = {
        "type": "SyncError",
        "message": "Failed sync attempt",
        "lastTransitionTime": "2026-03-10T19:00:10Z",
    }
    records, _ = told(
        application(
            history=HISTORY,
            operationState=failed,
            conditions=[condition],
            health={"status": "Degraded", "lastTransitionTime": "2026-03-10T19:01:00Z"},
        )
    )
    assert [r.kind for r in records] == [
        "deploy succeeded",
        "deploy succeeded",
        "deploy failed",
        "deploy warning",
        "health degraded",
    ]
    assert records[2].extra["failed"] == ["Deployment/web"]


def test_a_watch_and_a_notification_of_argocd_hold_the_application(told):
    app = application(history=HISTORY)
    for wrapped in ({"result": {"type": "MODIFIED", "application": app}}, {"app": app}):
        assert len(told(wrapped, format="argocd")[0]) == 2


def test_the_table_of_an_argocd_history(told):
    records, _ = told(
        "ID  DATE                           REVISION\n0   2026-03-09 18:00:05 +0000 UTC  HEAD (aaaaaaa)\n1   2026-03-10 20:00:07 +0200 CEST  HEAD (bbbbbbb)\n"
    )
    assert [r.at for r in records] == [at("2026-03-09T18:00:05"), at("2026-03-10T18:00:07")]


def test_a_notification_of_flux_has_no_id_and_is_known_by_what_it_says(told):
    notice = {"involvedObject": {"kind": "Kustomization", "namespace": "flux-system", "name": "web", "uid": "u"}, "severity": "error", "timestamp": "2026-03-10T18:00:00Z",
              "message": "health check failed", "reason": "HealthCheckFailed", "metadata": {"kustomize.toolkit.fluxcd.io/revision": "main@sha1:4be1c2a"},
              "reportingController": "kustomize-controller", "reportingInstance": "kustomize-controller-1"}  # fmt: skip
    one, two = (told(notice | {"reportingInstance": f"k-{n}"})[0][0] for n in range(2))
    assert one.external_id == two.external_id
    assert (one.kind, one.place, one.extra["sha"]) == ("deploy warning", "flux-system/web", "4be1c2a")


# --- GitHub ----------------------------------------------------------------------------------------

HERE = {
    "repository": {"full_name": "shop/web", "pushed_at": 1773165600},
    "sender": {"login": "ann", "id": 1, "type": "User"},
}
RUN = {"id": 7, "node_id": "x", "name": "CI", "run_attempt": 1, "run_number": 3, "head_sha": "abc", "head_branch": "main", "status": "completed", "conclusion": "success",
       "created_at": "2026-03-10T18:00:00Z", "updated_at": "2026-03-10T18:05:00Z", "actor": {"login": "ann"}, "pull_requests": [], "url": "https://api.github.com/repos/shop/web/actions/runs/7"}  # fmt: skip
PUSH = {"ref": "refs/heads/main", "before": "a" * 40, "after": "b" * 40, "pusher": {"name": "ann"}, "compare": "https://github.com/shop/web/compare",
        "head_commit": {"timestamp": "2026-03-01T10:00:00+02:00", "message": "Limit the pool"}, "commits": [{"id": "b" * 40}]} | HERE  # fmt: skip


def test_a_log_of_deliveries_of_github_tells_what_was_delivered_and_a_redelivery_nothing_new(told):
    delivery = {
        "id": 1,
        "guid": "g1",
        "delivered_at": "2026-03-10T18:00:01Z",
        "redelivery": False,
        "event": "push",
        "request": {"headers": {"X-GitHub-Event": "push"}, "payload": PUSH},
    }
    again = delivery | {"id": 2, "redelivery": True, "delivered_at": "2026-03-11T09:00:00Z"}
    records, _ = told(f"{json.dumps(delivery)}\n{json.dumps(again)}\n")
    assert {r.external_id for r in records} == {f"push/refs/heads/main/{'a' * 40}/{'b' * 40}"}
    as_text = {"headers": {"X-GitHub-Event": "push"}, "body": json.dumps(PUSH)}
    assert told(as_text)[0][0].external_id == records[0].external_id
    _, skipped = told([{key: value for key, value in delivery.items() if key != "request"}], format="github")
    assert "does not hold what was delivered" in skipped[0].why


def test_a_push_to_github_is_not_as_old_as_its_commit(told):
    (hook,), _ = told(PUSH, format="github")
    assert (hook.at, hook.certainty) == (at("2026-03-10T18:00:00"), "derived")
    (shown,), _ = told([{"id": "9", "type": "PushEvent", "actor": {"login": "ann"}, "repo": {"name": "shop/web"}, "created_at": "2026-03-10T18:00:00Z",
                         "payload": {"ref": "refs/heads/main", "before": "a" * 40, "head": "b" * 40, "size": 1, "commits": []}}], format="github")  # fmt: skip
    (logged,), _ = told([{"id": 5, "node_id": "x", "before": "a" * 40, "after": "b" * 40, "ref": "refs/heads/main", "timestamp": "2026-03-10T18:00:00Z", "activity_type": "push",
                          "actor": {"login": "ann"}}])  # fmt: skip
    assert {hook.external_id, shown.external_id, logged.external_id} == {hook.external_id}
    assert (shown.certainty, logged.certainty) == ("exact", "exact")


def test_runs_of_github_in_a_list_that_is_no_page(told):
    records, _ = told([RUN, RUN | {"id": 8}])
    assert [r.external_id for r in records] == ["run/7/1", "run/8/1"]


def test_what_gh_prints_is_what_the_api_says(told):
    printed = {"databaseId": 7, "attempt": 1, "workflowName": "CI", "name": "CI", "number": 3, "headSha": "abc", "headBranch": "main", "status": "completed", "conclusion": "success",
               "createdAt": "2026-03-10T18:00:00Z", "updatedAt": "2026-03-10T18:05:00Z", "displayTitle": "Limit the pool", "event": "push"}  # fmt: skip
    (one,), _ = told([printed])
    (two,), _ = told({"total_count": 1, "workflow_runs": [RUN]})
    assert (one.external_id, one.at, one.until, one.kind) == (two.external_id, two.at, two.until, two.kind)


def test_deployments_of_githubs_graphql(told):
    node = {"id": "DE_1", "databaseId": 145, "createdAt": "2026-03-10T18:00:00Z", "environment": "production", "commitOid": "f95f852bd8", "ref": {"name": "main"}, "creator": {"login": "ann"},
            "state": "ACTIVE", "statuses": {"nodes": [{"id": "DES_1", "state": "SUCCESS", "createdAt": "2026-03-10T18:03:00Z", "creator": {"login": "deploy[bot]"}}]}}  # fmt: skip
    records, skipped = told(
        {"data": {"repository": {"nameWithOwner": "shop/web", "deployments": {"nodes": [node]}}}}
    )
    assert skipped == []
    assert [(r.external_id, r.kind, r.place) for r in records] == [
        ("deployment/145", "deploy created", "shop/web"),
        ("deployment_status/DES_1", "deploy success", "shop/web"),
    ]
    assert records[1].extra["environment"] == "production"
    assert records[1].actor_kind == "bot"


def test_the_last_status_of_a_deployment_in_graphql(told):
    node = {"id": "DE_2", "createdAt": "2026-03-10T18:00:00Z", "environment": "production", "commit": {"oid": "f95f852bd8", "messageHeadline": "Limit"},
            "latestStatus": {"state": "FAILURE", "updatedAt": "2026-03-10T18:03:00Z", "creator": {"login": "ann"}}}  # fmt: skip
    answer = {
        "data": {"repository": {"nameWithOwner": "shop/web", "deployments": {"edges": [{"node": node}]}}}
    }
    records, skipped = told(answer)
    assert skipped == []
    assert [(r.kind, r.extra["sha"]) for r in records] == [
        ("deploy created", "f95f852bd8"),
        ("deploy failure", "f95f852bd8"),
    ]


def test_pull_requests_and_what_happened_to_them_in_graphql(told):
    node = {"id": "PR_1", "databaseId": 5, "number": 2, "title": "Limit the pool", "mergedAt": "2026-03-10T18:00:00Z", "mergedBy": {"login": "bob"}, "author": {"login": "ann"},
            "mergeCommit": {"oid": "4be1c2a"}, "url": "https://github.com/shop/web/pull/2",
            "timelineItems": {"nodes": [{"__typename": "ReopenedEvent", "id": "RE_1", "createdAt": "2026-03-10T12:00:00Z", "actor": {"login": "ann"}}]},
            "reviews": {"nodes": [{"id": "PRR_1", "state": "APPROVED", "submittedAt": "2026-03-10T17:00:00Z", "author": {"login": "eve"}, "body": ""}]}}  # fmt: skip
    records, skipped = told(
        {"data": {"repository": {"nameWithOwner": "shop/web", "pullRequests": {"nodes": [node]}}}}
    )
    assert skipped == []
    assert [(r.external_id, r.kind, r.actor) for r in records] == [
        ("pull_request/5/merged", "pull request merged", "bob"),
        ("issue_event/RE_1", "issue reopened", "ann"),
        ("review/PRR_1", "pull request approved", "eve"),
    ]


def test_a_pull_request_of_github_that_was_touched_is_noise_and_merged_once(told):
    request = {"id": 5, "number": 2, "title": "Limit the pool", "state": "open", "created_at": "2026-03-10T10:00:00Z", "updated_at": "2026-03-10T11:00:00Z", "closed_at": None, "merged_at": None,
               "user": {"login": "ann"}, "merge_commit_sha": None, "html_url": "https://github.com/shop/web/pull/2"}  # fmt: skip
    merged = request | {
        "state": "closed",
        "closed_at": "2026-03-10T18:00:00Z",
        "merged_at": "2026-03-10T18:00:00Z",
        "updated_at": "2026-03-10T18:00:00Z",
        "merged_by": {"login": "bob"},
    }
    first, second, done = (
        told({"action": action, "pull_request": body} | HERE, format="github")[0][0]
        for action, body in (
            ("synchronize", request),
            ("synchronize", request | {"updated_at": "2026-03-10T12:00:00Z"}),
            ("closed", merged),
        )
    )
    assert first.external_id != second.external_id
    assert (first.noise, done.noise, done.kind, done.actor) == (True, False, "pull request merged", "bob")
    assert told([merged | {"node_id": "x"}])[0][0].external_id == done.external_id


@pytest.mark.parametrize(
    ("event", "payload", "kind"),
    [
        ("create", {"ref": "v2", "ref_type": "tag", "master_branch": "main", "description": None}, "tag created"),
        ("delete", {"ref": "old", "ref_type": "branch", "pusher_type": "user"}, "branch deleted"),
        ("page_build", {"id": 4, "build": {"url": "https://api.github.com/x/9", "status": "built", "pusher": {"login": "ann"}, "commit": "abc", "created_at": "2026-03-10T18:00:00Z", "updated_at": "2026-03-10T18:01:00Z"}}, "deploy built"),
        ("check_suite", {"action": "completed", "check_suite": {"id": 1, "head_branch": "main", "status": "completed", "conclusion": "failure", "created_at": "2026-03-10T18:00:00Z", "updated_at": "2026-03-10T18:01:00Z"}}, "run failure"),
        ("issues", {"action": "labeled", "issue": {"id": 3, "number": 1, "title": "Down", "updated_at": "2026-03-10T18:00:00Z"}, "label": {"name": "sev1"}}, "issue labeled"),
        ("pull_request_review", {"action": "submitted", "review": {"id": 8, "state": "APPROVED", "submitted_at": "2026-03-10T18:00:00Z", "body": None, "user": {"login": "bob"}}, "pull_request": {"number": 2}}, "pull request approved"),
        ("commit_comment", {"action": "created", "comment": {"id": 8, "body": "why", "commit_id": "abc", "created_at": "2026-03-10T18:00:00Z", "user": {"login": "bob"}}}, "comment"),
        ("dependabot_alert", {"action": "created", "alert": {"number": 1, "state": "open", "created_at": "2026-03-10T18:00:00Z"}}, "dependabot alert created"),
        ("star", {"action": "created", "starred_at": "2026-03-10T18:00:00Z"}, "star created"),
    ],
)  # fmt: skip
def test_webhooks_of_github_that_mark_a_moment(told, event, payload, kind):
    (record,), _ = told({"headers": {"X-GitHub-Event": event}, "payload": payload | HERE})
    assert (record.kind, record.at, record.place) == (kind, at("2026-03-10T18:00:00"), "shop/web")


def test_a_webhook_of_github_without_a_moment_says_so(told):
    with pytest.raises(Unreadable, match="ping"):
        told(
            {
                "headers": {"X-GitHub-Event": "ping"},
                "payload": {"zen": "Keep it simple.", "hook_id": 1} | HERE,
            }
        )


def test_the_timeline_of_an_issue_on_github_mixes_its_shapes(told):
    mixed = [
        {"event": "committed", "sha": "abc", "node_id": "x", "author": {"name": "Ann", "date": "2026-03-10T17:00:00Z"}, "committer": {"date": "2026-03-10T17:30:00Z"}, "message": "Limit"},
        {"event": "reviewed", "id": 1, "node_id": "x", "user": {"login": "bob"}, "submitted_at": "2026-03-10T17:40:00Z", "state": "approved", "body": ""},
        {"event": "commented", "id": 2, "node_id": "x", "actor": {"login": "ann"}, "created_at": "2026-03-10T17:45:00Z", "body": "going out"},
        {"event": "merged", "id": 3, "node_id": "x", "actor": {"login": "ann"}, "created_at": "2026-03-10T18:00:00Z", "commit_id": "def"},
        {"event": "subscribed", "id": 4, "node_id": "x", "actor": {"login": "ann"}, "created_at": "2026-03-10T18:00:00Z"},
        {"event": "cross-referenced", "actor": {"login": "ann"}, "created_at": "2026-03-10T18:10:00Z", "source": {"type": "issue", "issue": {"number": 9, "title": "Later"}}},
    ]  # fmt: skip
    records, skipped = told(mixed)
    assert skipped == []
    assert [r.kind for r in records] == [
        "commit",
        "pull request approved",
        "comment",
        "issue merged",
        "issue subscribed",
        "issue cross referenced",
    ]
    assert [r.certainty for r in records][:2] == ["derived", "exact"]
    assert [r.noise for r in records][3:5] == [False, True]


# --- all of them -----------------------------------------------------------------------------------

PAGES = {
    "gitlab": [{"id": n, "iid": n, "sha": "abc", "ref": "main", "status": "success", "created_at": f"2026-03-10T18:{n:02}:00Z", "web_url": "https://g.example/a/b/-/pipelines/1"} for n in range(9)],
    "circleci": [{"id": f"w{n}", "name": "ci", "pipeline_number": n, "project_slug": "gh/a/b", "status": "success", "created_at": f"2026-03-10T18:{n:02}:00Z", "stopped_at": ""} for n in range(9)],
    "bitbucket": [{"type": "pipeline", "uuid": f"{{p{n}}}", "build_number": n, "created_on": f"2026-03-10T18:{n:02}:00Z", "state": {"name": "IN_PROGRESS"}} for n in range(9)],
    "jenkins": [build(number=n, timestamp=1773165600000 + n, url="", fullDisplayName=f"a » b #{n}") for n in range(9)],
    "github": [RUN | {"id": n} for n in range(9)],
}  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), key=st.sampled_from(sorted(PAGES)), cut=st.integers(1, 8))
def test_shuffled_split_and_overlapping_pages_are_the_same_events(told, data, key, cut):
    page = PAGES[key]
    whole = {(r.external_id, r.at, r.text) for r in told(page)[0]}
    assert len(whole) == 9
    order = data.draw(st.permutations(page))
    parts = [
        told(order[:cut])[0],
        told("\n".join(json.dumps(one) for one in order[cut - 1 :]), format=key)[0],
    ]
    assert {(r.external_id, r.at, r.text) for part in parts for r in part} == whole


SEEDS = {
    "gitlab": [pipeline_hook(), *PAGES["gitlab"][:1]],
    "circleci": PAGES["circleci"][:1],
    "bitbucket": PAGES["bitbucket"][:1],
    "jenkins": [build(), {"jobs": [{"name": "a", "builds": [build()]}]}],
    "argocd": [application(history=HISTORY, operationState=operation(), health={"status": "Degraded", "lastTransitionTime": "2026-03-10T19:01:00Z"})],
    "github": [RUN, PUSH, {"action": "closed", "pull_request": {"id": 1, "number": 2, "title": "x", "merged_at": "2026-03-10T18:00:00Z"}} | HERE],
}  # fmt: skip
WEIRD = [
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
    "0001-01-01T00:00:00Z",
    "2026-03-10 18:00",
    1e300,
]


def mutated(value, draw):
    if draw(st.integers(0, 11)) == 0:
        return draw(st.sampled_from(WEIRD))
    if isinstance(value, dict):
        return {name: mutated(inner, draw) for name, inner in value.items()}
    return [mutated(inner, draw) for inner in value] if isinstance(value, list) else value


@settings(
    max_examples=150,
    deadline=2000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), key=st.sampled_from(sorted(SEEDS)), other=st.sampled_from(sorted(SEEDS)))
def test_mutated_records_are_read_or_noted(told, data, key, other):
    seed = data.draw(st.sampled_from(SEEDS[other]))
    with contextlib.suppress(Unreadable):
        records, skipped = told([mutated(seed, data.draw), 7, seed], format=key)
        assert all(r.text and r.external_id and r.kind and r.at.tzinfo for r in records)
        assert all(s.why.endswith((".", "?")) for s in skipped)


@settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    noise=st.binary(min_size=1, max_size=60),
    place=st.integers(0, len(CONSOLE)),
    key=st.sampled_from(["jenkins", "argocd", "gitlab", "auto"]),
)
def test_broken_bytes_are_read_or_refused(told, noise, place, key):
    raw = CONSOLE.encode()
    with contextlib.suppress(Unreadable):
        told(raw[:place] + noise + raw[place:], format=key, zone="UTC", day=at("2026-03-10T00:00:00").date())


# --- brought in ------------------------------------------------------------------------------------


def running_and_ended(key: str) -> tuple[object, object]:
    if key == "gitlab":
        return pipeline_hook(), pipeline_hook("success", finished_at="2026-03-10 18:09:00 UTC")
    if key == "jenkins":
        return {"builds": [build(duration=0, result=None, building=True)]}, {"builds": [build()]}
    if key == "argocd":
        return application(operationState=operation("Running", finishedAt=None)), application(
            history=HISTORY[1:]
        )
    running = RUN | {"status": "in_progress", "conclusion": None, "updated_at": "2026-03-10T18:01:00Z"}
    return {"workflow_runs": [running]}, {"workflow_runs": [RUN]}


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["gitlab", "jenkins", "argocd", "github"])
def test_what_ran_has_ended_and_an_older_export_does_not_start_it_again(incident, alice, key):
    running, ended = (json.dumps(told).encode() for told in running_and_ended(key))
    for content in (running, ended, running):
        imported = bring_in(incident, alice, f"{key}.json", content, format=key)
        assert imported.state == "done"
    event = Event.objects.exclude(kind__startswith="job").get()
    assert event.until is not None
    assert event.kind in ("run success", "deploy succeeded")
