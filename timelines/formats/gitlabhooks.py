"""GitLab's webhooks, by object_kind, with the ids that the API gives the same things.

A push says nothing about when it happened; the newest commit it brings is the nearest moment it knows, and one
that brings none is noted as such. `… UTC` and `… +0200` follow the times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats import gitlabtalk
from timelines.formats.base import BadTime, clean, compact, get
from timelines.formats.changes import (
    address,
    branch,
    first,
    given,
    happened,
    latest,
    short,
    some,
    title,
    words,
)
from timelines.formats.documents import guarded, under
from timelines.formats.gitlabwords import WAITING, who
from timelines.formats.records import Record, Skipped

NOTHING = "0" * 40
ACTIONS = {
    "open": "opened", "close": "closed", "reopen": "reopened", "merge": "merged", "approved": "approved", "approval": "approval",
    "unapproved": "approval withdrawn", "unapproval": "approval withdrawn", "update": "updated",
}  # fmt: skip


def told(hook: dict, where: str, zone: Any) -> Iterator[Record | Skipped]:
    kind = words(hook.get("object_kind") or hook.get("event_name"))
    if kind == "pipeline":
        yield from _pipeline(hook, where, zone)
    else:
        yield MAKERS.get(kind, _other)(hook, where, zone)


def _place(hook: dict) -> str:
    homepage = words(get(hook, "repository", "homepage"))
    return (
        words(get(hook, "project", "path_with_namespace"))
        or (homepage.partition("://")[2].partition("/")[2])
        or words(hook.get("project_name"))
        or words(hook.get("path_with_namespace"))
    )


def _deployment(h: dict, where: str, zone: Any) -> Record:
    state, environment = words(h.get("status")) or "unknown", words(h.get("environment"))
    said = title(get(h, "approval", "comment", default="")) or title(h.get("commit_title"))
    approval = words(get(h, "approval", "id"))
    return happened(
        h.get("status_changed_at"), f"deployment/{h['deployment_id']}/{state}{f'/{approval}' if approval else ''}", f"deploy {state}",
        f"Deployment of {words(h.get('short_sha'))} ({branch(h.get('ref'))}) to {environment or 'an environment'}: {state}" + (f" – {said}" if said else ""),
        h, where, zone=zone, who=who(h.get("approver") or h.get("user")), place=_place(h), link=address(h.get("deployable_url")), noise=state in WAITING,
        order=0 if state == "running" else 1,
        extra=some(
            environment=environment, status=state, sha=words(h.get("short_sha")), ref=branch(h.get("ref")), deployment=words(h.get("deployment_id")),
            job=h.get("deployable_id"), tier=h.get("environment_tier"),
        ),
    )  # fmt: skip


def _pipeline(h: dict, where: str, zone: Any) -> Iterator[Record | Skipped]:
    """The pipeline and those of its jobs that have begun."""
    p = h["object_attributes"]
    state = words(p.get("status")) or "unknown"
    jobs = [build for build in h.get("builds") or [] if isinstance(build, dict)]
    began = min((b["started_at"] for b in jobs if isinstance(given(b.get("started_at")), str)), default=None)
    ended = p.get("finished_at")
    yield happened(
        began or p.get("created_at"), f"pipeline/{p['id']}", f"run {state}", f"Pipeline #{p['id']} on {branch(p.get('ref'))}: {state}", h, where, zone=zone,
        until=ended, known=(p.get("created_at"), *(b.get("finished_at") for b in jobs)), who=who(h.get("user")), place=_place(h), link=address(p.get("url")),
        extra=some(
            status=state, sha=words(p.get("sha")), ref=branch(p.get("ref")), source=p.get("source"), pipeline=words(p.get("id")), created=p.get("created_at"),
            running_seconds=p.get("duration"), queued_seconds=p.get("queued_duration"),
        ),
    )  # fmt: skip
    for number, build in enumerate(jobs):
        if given(build.get("started_at")) is not None:
            place = under(where, "builds", number)
            yield from guarded(place, lambda b=build, p=place: iter([_job_of(h, b, p, zone)]))


def _job_of(h: dict, build: dict, where: str, zone: Any) -> Record:
    flat = {
        f"build_{name}": build.get(name)
        for name in (
            "id",
            "name",
            "stage",
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "failure_reason",
        )
    }
    pipeline = h["object_attributes"]
    more = {
        "environment": build.get("environment"),
        "pipeline_id": pipeline.get("id"),
        "ref": pipeline.get("ref"),
        "sha": pipeline.get("sha"),
    }
    record = _job(flat | more | {"user": build.get("user"), "project": h.get("project")}, where, zone)
    record.raw = compact(build)
    return record


def _job(h: dict, where: str, zone: Any) -> Record:
    state, name, stage = (
        words(h.get("build_status")) or "unknown",
        words(h.get("build_name")),
        words(h.get("build_stage")),
    )
    reason = words(h.get("build_failure_reason")).replace("_", " ").replace("unknown failure", "")
    return happened(
        first(h.get("build_started_at"), h.get("build_created_at")), f"job/{h['build_id']}", f"job {state}",
        f"Job “{name}”{f' ({stage})' if stage else ''}: {state}" + (f", {reason}" if reason and state == "failed" else ""), h, where, zone=zone,
        until=h.get("build_finished_at"), known=(h.get("build_created_at"),), who=who(h.get("user")), place=_place(h), noise=state in WAITING,
        extra=some(
            status=state, stage=stage, sha=words(h.get("sha")), ref=branch(h.get("ref")), pipeline=h.get("pipeline_id"), job=words(h.get("build_id")),
            environment=words(get(h, "environment", "name")),
        ),
    )  # fmt: skip


def _release(h: dict, where: str, zone: Any) -> Record:
    tag, name, action = words(h.get("tag")), words(h.get("name")), words(h.get("action"))
    said = title(h.get("description"))
    return happened(
        first(h.get("released_at"), h.get("created_at")), f"release/{_place(h)}/{tag}", "release",
        f"Release {tag}{f' {name}' if name and name != tag else ''} {'deleted' if action == 'delete' else 'published'}" + (f": {said}" if said else ""), h,
        where, zone=zone, known=(h.get("created_at"),), deleted=action == "delete", who=who(get(h, "commit", "author")), place=_place(h), link=address(h.get("url")),
        extra=some(tag=tag, sha=words(get(h, "commit", "id")), action=action),
    )  # fmt: skip


def _request(h: dict, where: str, zone: Any) -> Record:
    """A merge request or an issue; `update` is kept, hidden, except where somebody approved."""
    a, merge = h["object_attributes"], h.get("object_kind") == "merge_request"
    action = words(a.get("action")) or {"opened": "open", "merged": "merge", "closed": "close"}.get(
        words(a.get("state")), "update"
    )
    what = ACTIONS.get(action, action)
    kind = "merge request" if merge else "incident" if words(a.get("type")).lower() == "incident" else "issue"
    when = first(
        *(
            [a.get("created_at")]
            if action == "open"
            else [a.get("merged_at"), a.get("closed_at") if action == "close" else None]
        ),
        a.get("updated_at"),
        a.get("created_at"),
    )
    once = action in ("open", "merge", "close")
    key = f"{'merge_request' if merge else 'issue'}/{a['id']}/{what}" + ("" if once else f"/{when}")
    return happened(
        when, key, f"{kind} {what}", f"{kind.capitalize()} {'!' if merge else '#'}{a.get('iid')} {what}: {clean(a.get('title'))}", h, where, zone=zone,
        known=(a.get("updated_at"),), who=who(h.get("user")), place=_place(h), link=address(a.get("url")), noise=action == "update",
        extra=some(
            number=a.get("iid"), sha=words(a.get("merge_commit_sha")), head=words(get(a, "last_commit", "id")), source=branch(a.get("source_branch")),
            target=branch(a.get("target_branch")), severity=a.get("severity"), changed=sorted(h["changes"]) if isinstance(h.get("changes"), dict) else None,
        ),
    )  # fmt: skip


def _note(h: dict, where: str, zone: Any) -> Record:
    a = h["object_attributes"]
    about = next((h[name] for name in ("merge_request", "issue") if isinstance(h.get(name), dict)), {})
    n = a | {
        "body": a.get("note") or a.get("description"),
        "author": h.get("user"),
        "noteable_iid": about.get("iid"),
    }
    record = gitlabtalk.note(n, where, zone)
    record.place, record.link, record.raw = _place(h), address(a.get("url")), compact(h)
    return record


def _push(h: dict, where: str, zone: Any) -> Record:
    commits = [commit for commit in h.get("commits") or [] if isinstance(commit, dict)]
    ref, after = branch(h.get("ref")), words(h.get("after"))
    when = latest([commit.get("timestamp") for commit in commits], zone)
    if when is None:
        what = "deletes" if after == NOTHING else "brings no commit to"
        raise BadTime(f"This push {what} {ref}, and GitLab does not say when a push happened.")
    total = h.get("total_commits_count")
    count = total if type(total) is int else len(commits)
    newest = next(
        (c for c in commits if words(c.get("id")) == words(h.get("checkout_sha") or after)), commits[-1]
    )
    return happened(
        when.isoformat(), f"push/{_place(h)}/{words(h.get('ref'))}/{words(h.get('before'))}/{after}", "push",
        f"{count} commit{'s' if count != 1 else ''} pushed to {ref}: {title(newest.get('title') or newest.get('message'))}", h, where, zone=zone, certainty="derived",
        who=who({"name": h.get("user_name"), "username": h.get("user_username"), "id": h.get("user_id")}), place=_place(h), link=address(newest.get("url")),
        extra=some(ref=words(h.get("ref")), after=after, before=words(h.get("before")), sha=short(after), commits=[words(c.get("id")) for c in commits]),
    )  # fmt: skip


def _other(h: dict, where: str, zone: Any) -> Record:
    """What else has a time: milestones, members, access tokens, reactions, wiki pages. Kept, hidden."""
    kind = words(h.get("object_kind") or h.get("event_name")).replace("_", " ")
    a = h["object_attributes"] if isinstance(h.get("object_attributes"), dict) else h
    when = first(
        *(
            value
            for name in ("updated_at", "awarded_at", "created_at")
            for value in (a.get(name), h.get(name))
        )
    )
    if when is None:
        raise BadTime(f"A “{kind[:60]}” webhook of GitLab states no moment.")
    said = words(a.get("title") or a.get("name") or h.get("user_name"))
    action = words(a.get("action") or h.get("action"))
    return happened(
        when, f"{kind.replace(' ', '_')}/{words(a.get('id')) or words(h.get('user_id'))}/{action}/{when}", kind, " ".join(part for part in (kind, action, said) if part), h,
        where, zone=zone, who=who(h.get("user") or {"name": h.get("user_name")}), place=_place(h), link=address(a.get("url")), noise=True,
    )  # fmt: skip


MAKERS = {
    "deployment": _deployment, "build": _job, "job": _job, "release": _release, "merge_request": _request, "issue": _request, "work_item": _request,
    "incident": _request, "note": _note, "push": _push, "tag_push": _push,
}  # fmt: skip
