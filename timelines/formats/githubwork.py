"""What GitHub runs: deployments and their statuses, workflow runs, jobs and checks, page builds, releases.

A deployment is created before anything runs, so its statuses are what tells; a release happens when it is published;
a run that is started again keeps its id and counts attempts; `updated_at` of a completed run is about its end.
"""

from __future__ import annotations

from collections.abc import Iterator

from timelines.formats.base import get
from timelines.formats.changes import address, first, given, happened, short, some, title, words
from timelines.formats.documents import guarded, under
from timelines.formats.githubwords import Told, lower, who
from timelines.formats.graphql import listed
from timelines.formats.records import Record, Skipped

REVIEW = {"since", "approver", "requestor", "requester", "workflow_job_run", "workflow_job_runs"}


def deployment(told: Told, d: dict) -> Iterator[Record | Skipped]:
    """A deployment, and the statuses it brings where it brings any."""
    said = words(d.get("description"))
    environment = words(d.get("environment"))
    yield happened(
        first(d.get("created_at"), d.get("updated_at")), f"deployment/{d['id']}", "deploy created",
        f"Deployment of {short(d.get('sha'))} ({words(d.get('ref'))}) to {environment} created" + (f": {said}" if said else ""), told.thing, told.where,
        known=(d.get("updated_at"),), who=who(d.get("creator")), place=told.repository, link=address(d.get("url")),
        extra=some(environment=environment, sha=words(d.get("sha")), ref=words(d.get("ref")), task=d.get("task"), deployment=words(d.get("id"))),
    )  # fmt: skip
    statuses = listed(d["statuses"]) if isinstance(d.get("statuses"), list) else []
    last = d.get("latest_status")
    if "statuses" not in d and first(
        get(last, "created_at"), get(last, "updated_at")
    ):  # of GraphQL, which need not give its id
        state = lower(last.get("state"))
        statuses = [
            {
                "id": f"{d['id']}/{state}",
                **last,
                "created_at": first(last.get("created_at"), last.get("updated_at")),
            }
        ]
    for number, one in enumerate(statuses):
        place = under(told.where, "statuses", number)
        yield from guarded(place, lambda s=one, p=place: _status(told, s, d, s, p))


def status(told: Told, s: dict) -> Iterator[Record]:
    of = told.thing["deployment"] if isinstance(told.thing.get("deployment"), dict) else {}
    yield from _status(told, s, of, told.thing, told.where)


def _status(told: Told, s: dict, of: dict, raw: dict, where: str) -> Iterator[Record]:
    environment = words(s.get("environment")) or words(of.get("environment"))
    state, sha, said = lower(s.get("state")) or "unknown", words(of.get("sha")), words(s.get("description"))
    key = words(of.get("id")) or words(s.get("deployment_url")).rstrip("/").rsplit("/", 1)[-1]
    yield happened(
        s.get("created_at"), f"deployment_status/{s['id']}", f"deploy {state}",
        f"Deployment{f' of {short(sha)}' if sha else ''} to {environment or 'an environment'}: {state}" + (f" – {said}" if said else ""), raw, where,
        known=(s.get("updated_at"),), who=who(s.get("creator")), place=told.repository,
        link=address(s.get("log_url")) or address(s.get("target_url")), noise=state in ("queued", "pending", "waiting", "inactive"), order=1,
        extra=some(environment=environment, state=state, deployment=key, sha=sha, url=address(s.get("environment_url"))),
    )  # fmt: skip


def _reviewed(told: Told) -> Record:
    """Somebody let a deployment go on, or did not."""
    thing, run_ = told.thing, told.thing["workflow_run"]
    when = first(thing.get("since"), run_.get("updated_at"))
    jobs = [*(thing.get("workflow_job_runs") or []), thing.get("workflow_job_run")]
    environment = words(thing.get("environment")) or ", ".join(
        dict.fromkeys(words(get(job, "environment")) for job in jobs if get(job, "environment"))
    )
    said = words(get(thing, "comment")) if isinstance(thing.get("comment"), str) else ""
    return happened(
        when, f"deployment_review/{run_.get('id')}/{environment}/{told.action}", f"deploy {told.action}",
        f"Deployment to {environment or 'an environment'} {told.action}" + (f": {said}" if said else ""), thing, told.where, who=who(thing.get("approver"), thing.get("requestor"), told.sender),
        place=told.repository, link=address(run_.get("html_url")), extra=some(environment=environment, run=run_.get("id"), sha=words(run_.get("head_sha"))),
    )  # fmt: skip


def run(told: Told, r: dict) -> Iterator[Record]:
    """One attempt of a workflow. `created_at` stays that of the first attempt, whichever is told."""
    if told.thing is not r and told.thing.keys() & REVIEW:
        yield _reviewed(told)
        return
    attempt = r["run_attempt"] if type(r.get("run_attempt")) is int else 1
    name = words(r.get("name")) or words(r.get("display_title")) or "workflow"
    result = lower(r.get("conclusion")) or lower(r.get("status")) or "unknown"
    again = words(r.get("run_started_at")) or words(r.get("started_at")) if attempt > 1 else ""
    text = f"Workflow “{name}” #{r.get('run_number') or r.get('number') or '?'}" + (
        f" (attempt {attempt}{f', started {again}' if again else ''})" if attempt > 1 else ""
    )
    branch = words(r.get("head_branch"))
    record = happened(
        first(r.get("created_at"), r.get("run_started_at"), r.get("started_at")), f"run/{r['id']}/{attempt}", f"run {result}", f"{text}{f' on {branch}' if branch else ''}: {result}",
        told.thing, told.where, until=r.get("updated_at") if r.get("status") == "completed" else None, known=(r.get("updated_at"),),
        who=who(r.get("actor"), r.get("triggering_actor"), told.sender), place=told.repository or words(get(r, "repository", "full_name")),
        link=address(r.get("html_url")) or address(r.get("url")),
        extra={"conclusion": r.get("conclusion"), "status": r.get("status"), "event": r.get("event"), "sha": words(r.get("head_sha")), "attempt": attempt},
    )  # fmt: skip
    if again:
        record.extra["attempt_started"] = again
    yield record


def job(told: Told, j: dict) -> Iterator[Record]:
    """A job of a workflow, which is a check run under the same id."""
    result = lower(j.get("conclusion")) or lower(j.get("status")) or "unknown"
    said = title(get(j, "output", "title", default=""))
    yield happened(
        first(j.get("started_at"), j.get("created_at"), j.get("completed_at")), f"job/{j['id']}", f"job {result}", f"Job “{words(j.get('name'))}”: {result}" + (f" – {said}" if said else ""),
        told.thing, told.where, until=j.get("completed_at"), known=(j.get("created_at"), j.get("completed_at")), who=who(told.sender, get(j, "app", "owner"), get(j, "runner_name")),
        place=told.repository, link=address(j.get("html_url")) or address(j.get("details_url")), noise=result in ("queued", "waiting", "pending", "requested"),
        extra={"conclusion": j.get("conclusion"), "status": j.get("status"), "sha": words(j.get("head_sha"))}
        | some(run=j.get("run_id"), workflow=words(j.get("workflow_name")), attempt=j.get("run_attempt"), suite=get(j, "check_suite", "id")),
    )  # fmt: skip


def suite(told: Told, s: dict) -> Iterator[Record]:
    result = lower(s.get("conclusion")) or lower(s.get("status")) or "unknown"
    app = words(get(s, "app", "name")) or "checks"
    yield happened(
        s.get("created_at"), f"check_suite/{s['id']}", f"run {result}", f"{app} on {words(s.get('head_branch')) or short(s.get('head_sha'))}: {result}", told.thing, told.where,
        until=s.get("updated_at") if s.get("status") in ("completed", None) else None, known=(s.get("updated_at"),), who=who(get(s, "app", "owner"), told.sender),
        place=told.repository, noise=get(s, "app", "slug") == "github-actions", extra=some(conclusion=s.get("conclusion"), status=s.get("status"), sha=words(s.get("head_sha"))),
    )  # fmt: skip


def commit_status(told: Told, s: dict) -> Iterator[Record]:
    state, sha, said = lower(s.get("state")), words(s.get("sha")), words(s.get("description"))
    sha = sha or words(s.get("url")).rsplit("/", 1)[-1]
    yield happened(
        first(s.get("updated_at"), s.get("created_at")), f"status/{s['id']}", f"check {state}", f"{words(s.get('context'))} {state} for {short(sha)}" + (f": {said}" if said else ""),
        told.thing, told.where, who=who(s.get("sender"), s.get("creator"), get(s, "commit", "author")), place=told.repository or words(s.get("name")), link=address(s.get("target_url")),
        extra=some(sha=sha, state=state),
    )  # fmt: skip


def page_build(told: Told, b: dict) -> Iterator[Record]:
    state = lower(b.get("status")) or "unknown"
    error = words(get(b, "error", "message"))
    key = words(b.get("url")).rstrip("/").rsplit("/", 1)[-1] or words(told.thing.get("id"))
    yield happened(
        b.get("created_at"), f"page_build/{told.repository}/{key}", f"deploy {state}", f"GitHub Pages of {short(b.get('commit'))}: {state}" + (f" – {error}" if error else ""), told.thing,
        told.where, until=b.get("updated_at") if state in ("built", "errored") else None, known=(b.get("updated_at"),), who=who(b.get("pusher"), told.sender),
        place=told.repository, extra=some(environment="github-pages", sha=words(b.get("commit")), state=state),
    )  # fmt: skip


def release(told: Told, r: dict) -> Iterator[Record]:
    action = told.action if told.thing is not r else ""
    done = {"deleted": "deleted", "unpublished": "unpublished"}.get(action, "published")
    draft = r.get("draft") is True or r.get("is_draft") is True
    tag, name = words(r.get("tag_name")), words(r.get("name"))
    when = first(r.get("published_at"), r.get("created_at"))
    yield happened(
        when, f"release/{r.get('id') or f'{told.repository}/{tag}'}", "release", f"Release {tag}{f' {name}' if name and name != tag else ''} {'drafted' if draft else done}", told.thing, told.where,
        known=(r.get("updated_at"),), deleted=action == "deleted", who=who(r.get("author"), r.get("user"), told.sender), place=told.repository,
        link=address(r.get("html_url")) or address(r.get("url")), certainty="exact" if given(r.get("published_at")) is not None else "derived", noise=draft,
        extra=some(tag=tag, prerelease=r.get("prerelease") or r.get("is_prerelease"), draft=draft or None, target=words(r.get("target_commitish"))),
    )  # fmt: skip
