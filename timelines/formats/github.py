"""GitHub: deployments and their statuses, workflow runs, releases, pull requests, pushes; pages of the API and webhooks.

Source: GitHub's REST documentation and its published webhook schemas. A deployment is created before
anything runs, so its statuses are what tells; a release happens at `published_at`; a run that is
started again keeps its id and counts `run_attempt`; `updated_at` of a completed run is about its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    any_time,
    clean,
    compact,
    each,
    elements,
    get,
    lines,
    load,
    parse,
)
from timelines.formats.records import Record, Skipped

HINTS = (b'"api.github.com', b"https://api.github.com/", b"github.com/repos/")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"workflow_runs"' in head:
        return "it holds GitHub workflow runs"
    if any(hint in head for hint in HINTS):
        return "its records point to GitHub's API"
    if b'"deployment_status"' in head or (b'"statuses_url"' in head and b'"environment"' in head):
        return "it holds GitHub deployments"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            head = file.peek(1 << 16)
            if head.lstrip()[:1] == b"{" and b"\n{" in head:
                for number, line in lines(file):
                    if line and line.strip():
                        yield from _document(parse(line, f"{name}:{number}"), f"{name}:{number}")
            elif bundle.size(name) > DOCUMENT_LIMIT and head.lstrip()[:1] == b"[":
                yield from each(
                    elements(file, bundle.size(name), name), lambda n, f=name: f"{f}#/{n}", _thing
                )
            else:
                yield from _document(load(file, bundle.size(name), name), name)


def _document(document: Any, where: str) -> Iterator[Record | Skipped]:
    if isinstance(document, list):
        yield from each(document, lambda n: f"{where}#/{n}", _thing)
        return
    if not isinstance(document, dict):
        raise Unreadable(f"{where} is JSON, but nothing of GitHub's.")
    for page in (
        "workflow_runs",
        "jobs",
        "deployments",
        "statuses",
        "items",
        "releases",
        "check_runs",
        "pull_requests",
    ):
        if isinstance(document.get(page), list):
            yield from each(document[page], lambda n, p=page: f"{where}#/{p}/{n}", _thing)
            if page != "deployments" or not isinstance(document.get("statuses"), list):
                return
    if any(isinstance(document.get(page), list) for page in ("deployments",)):
        return
    yield from each([document], lambda _: where, _thing)


def _thing(thing: dict, where: str) -> Iterator[Record | Skipped]:
    """A webhook payload or a record of the API, told apart by what it has."""
    repository = clean(
        get(
            thing,
            "repository",
            "full_name",
            default=get(thing, "base", "repo", "full_name", default=_repo_of(thing)),
        )
    )
    sender = thing.get("sender")
    if isinstance(thing.get("deployment_status"), dict):
        yield _status(thing["deployment_status"], where, repository, thing.get("deployment") or {}, thing)
    elif isinstance(thing.get("deployment"), dict) and "statuses" not in thing["deployment"]:
        yield _deployment(thing["deployment"], where, repository, thing)
    elif isinstance(thing.get("workflow_run"), dict):
        yield from _run(thing["workflow_run"], where, repository, thing)
    elif isinstance(thing.get("workflow_job"), dict):
        yield from _job(thing["workflow_job"], where, repository, thing)
    elif isinstance(thing.get("check_run"), dict):
        yield from _job(thing["check_run"], where, repository, thing)
    elif isinstance(thing.get("release"), dict):
        yield _release(thing["release"], where, repository, thing)
    elif isinstance(thing.get("pull_request"), dict) and "merged_at" in thing["pull_request"]:
        yield _pull_request(thing["pull_request"], where, repository, thing, thing.get("action"), sender)
    elif isinstance(thing.get("comment"), dict):
        yield _comment(thing, where, repository)
    elif isinstance(thing.get("issue"), dict):
        yield _issue(thing, where, repository)
    elif "ref" in thing and "pusher" in thing:
        yield from _push(thing, where, repository)
    elif "state" in thing and "context" in thing and "sha" in thing:
        yield _commit_status(thing, where, repository)
    elif "run_attempt" in thing or ("workflow_id" in thing and "head_sha" in thing):
        yield from _run(thing, where, repository, thing)
    elif "deployment_url" in thing and "state" in thing:
        yield _status(thing, where, repository, {}, thing)
    elif "environment" in thing and "sha" in thing:
        yield _deployment(thing, where, repository, thing)
        for number, status in enumerate(thing.get("statuses") or []):
            yield _status(status, f"{where}/statuses/{number}", repository, thing, status)
    elif "tag_name" in thing:
        yield _release(thing, where, repository, thing)
    elif "merged_at" in thing:
        yield _pull_request(thing, where, repository, thing, None, None)
    elif "commit" in thing and "sha" in thing:
        yield _commit(thing, where, repository)
    elif ("started_at" in thing or "completed_at" in thing) and "conclusion" in thing:
        yield from _job(thing, where, repository, thing)
    else:
        raise BadTime("Nothing here marks a moment of a deployment, run, release, pull request or push.")


def _repo_of(thing: dict) -> str:
    """owner/name from the address of the record itself."""
    for name in ("url", "deployment_url", "repository_url", "html_url"):
        address = thing.get(name)
        if isinstance(address, str):
            _, found, rest = address.partition("/repos/")
            if not found and "github.com/" in address:
                rest = address.partition("github.com/")[2]
            parts = rest.split("/")
            if len(parts) >= 2:
                return "/".join(parts[:2])
    return ""


def _who(user: Any) -> dict[str, str]:
    name = clean(get(user, "login", default=get(user, "name", default="")))
    bot = get(user, "type") == "Bot" or name.endswith("[bot]")
    return {
        "actor": name or "ghost",
        "actor_id": str(get(user, "id", default=name)),
        "actor_kind": "bot" if bot else "person",
    }


def _made(
    when: Any,
    external_id: str,
    kind: str,
    text: str,
    user: Any,
    where: str,
    repository: str,
    raw: Any,
    **more: Any,
) -> Record:
    moment = any_time(when)
    return Record(
        at=moment.at, external_id=external_id, text=clean(text), kind=kind, precision=moment.precision,
        written=str(when), zone=moment.zone, place=repository, where=where, raw=compact(raw), **_who(user), **more,
    )  # fmt: skip


def _deployment(d: dict, where: str, repository: str, raw: dict) -> Record:
    words = clean(d.get("description") or "")
    return _made(
        d.get("created_at"), f"deployment/{d['id']}", "deploy created",
        f"Deployment of {str(d.get('sha', ''))[:10]} ({clean(d.get('ref'))}) to {clean(d.get('environment'))} created" + (f": {words}" if words else ""),
        d.get("creator"), where, repository, raw, link=d.get("url") or "",
        extra={"environment": d.get("environment"), "sha": d.get("sha"), "ref": d.get("ref"), "task": d.get("task")},
    )  # fmt: skip


def _status(s: dict, where: str, repository: str, deployment: dict, raw: dict) -> Record:
    environment = clean(s.get("environment") or deployment.get("environment") or "")
    of = str(deployment.get("sha") or "")[:10]
    words = clean(s.get("description") or "")
    key = deployment.get("id") or str(s.get("deployment_url", "")).rstrip("/").rsplit("/", 1)[-1]
    return _made(
        s.get("created_at"), f"deployment_status/{s['id']}", f"deploy {s.get('state', '')}".strip(),
        f"Deployment{' of ' + of if of else ''} to {environment or 'an environment'}: {s.get('state')}" + (f" – {words}" if words else ""),
        s.get("creator"), where, repository, raw, link=s.get("log_url") or s.get("target_url") or "",
        noise=s.get("state") in ("queued", "pending", "inactive"), order=1,
        extra={"environment": environment, "state": s.get("state"), "deployment": key, "sha": deployment.get("sha")},
    )  # fmt: skip


def _run(run: dict, where: str, repository: str, raw: dict) -> Iterator[Record]:
    attempt = run.get("run_attempt") or 1
    repository = repository or clean(get(run, "repository", "full_name", default=""))
    name = clean(run.get("name") or run.get("display_title") or "workflow")
    result = run.get("conclusion") or run.get("status") or "unknown"
    started = run.get("created_at") or run.get("run_started_at")
    ended = run.get("updated_at") if run.get("status") == "completed" else None
    record = _made(
        started, f"run/{run['id']}/{attempt}", f"run {result}",
        f"Workflow “{name}” #{run.get('run_number', '?')}" + (f" (attempt {attempt})" if attempt > 1 else "") + f" on {clean(run.get('head_branch'))}: {result}",
        run.get("actor") or run.get("triggering_actor"), where, repository, raw, link=run.get("html_url") or "",
        extra={"conclusion": run.get("conclusion"), "status": run.get("status"), "event": run.get("event"), "sha": run.get("head_sha"), "attempt": attempt},
    )  # fmt: skip
    if attempt > 1 and run.get("run_started_at"):
        record.extra["attempt_started"] = run[
            "run_started_at"
        ]  # `created_at` stays that of the first attempt
    if ended:
        until = any_time(ended).at
        record.until = until if until >= record.at else None
        record.revised = until
    yield record


def _job(job: dict, where: str, repository: str, raw: dict) -> Iterator[Record]:
    result = job.get("conclusion") or job.get("status") or "unknown"
    started = job.get("started_at") or job.get("created_at")
    record = _made(
        started, f"job/{job['id']}", f"job {result}", f"Job “{clean(job.get('name'))}”: {result}",
        raw.get("sender") or get(job, "app", "owner"), where, repository, raw, link=job.get("html_url") or "",
        extra={"conclusion": job.get("conclusion"), "status": job.get("status"), "sha": job.get("head_sha")},
    )  # fmt: skip
    if job.get("completed_at"):
        until = any_time(job["completed_at"]).at
        record.until = until if until >= record.at else None
        record.revised = until
    yield record


def _release(r: dict, where: str, repository: str, raw: dict) -> Record:
    return _made(
        r.get("published_at") or r.get("created_at"), f"release/{r['id']}", "release",
        f"Release {clean(r.get('tag_name'))} {clean(r.get('name') or '')} published", r.get("author"), where, repository, raw,
        link=r.get("html_url") or "", extra={"tag": r.get("tag_name"), "prerelease": r.get("prerelease"), "draft": r.get("draft")},
    )  # fmt: skip


def _pull_request(p: dict, where: str, repository: str, raw: dict, action: str | None, sender: Any) -> Record:
    merged = p.get("merged_at")
    when = merged or p.get("closed_at") or (p.get("updated_at") if action else p.get("created_at"))
    what = "merged" if merged else "closed" if p.get("closed_at") else action or "opened"
    who = p.get("merged_by") if merged and p.get("merged_by") else sender or p.get("user")
    return _made(
        when, f"pull_request/{p['id']}/{what}", f"pull request {what}", f"Pull request #{p.get('number')} {what}: {clean(p.get('title'))}",
        who, where, repository, raw, link=p.get("html_url") or "",
        extra={"number": p.get("number"), "sha": p.get("merge_commit_sha"), "base": get(p, "base", "ref")},
    )  # fmt: skip


def _push(push: dict, where: str, repository: str) -> Iterator[Record]:
    ref = clean(str(push.get("ref", "")).removeprefix("refs/heads/").removeprefix("refs/tags/"))
    head = push.get("head_commit") or {}
    when = head.get("timestamp") or get(push, "repository", "pushed_at")
    commits = push.get("commits") or []
    if push.get("deleted"):
        what = f"{ref} deleted"
    else:
        title = clean(head.get("message") or "").split("\n")[0]
        what = f"{len(commits)} commit{'s' if len(commits) != 1 else ''} pushed to {ref}" + (
            f": {title}" if title else ""
        )
    record = _made(
        when, f"push/{push.get('ref')}/{push.get('before')}/{push.get('after')}", "push", what,
        push.get("sender") or push.get("pusher"), where, repository, push, link=push.get("compare") or "",
        extra={"ref": push.get("ref"), "after": push.get("after"), "forced": push.get("forced"), "commits": [c.get("id") for c in commits]},
    )  # fmt: skip
    if not head.get("timestamp"):
        record.certainty = "derived"  # the repository's last push, not this one's moment
    yield record


def _commit_status(s: dict, where: str, repository: str) -> Record:
    return _made(
        s.get("updated_at") or s.get("created_at"), f"status/{s['id']}", f"check {s.get('state')}",
        f"{clean(s.get('context'))} {s.get('state')} for {str(s.get('sha'))[:10]}" + (f": {clean(s.get('description'))}" if s.get("description") else ""),
        s.get("sender"), where, clean(s.get("name") or repository), s, link=s.get("target_url") or "", extra={"sha": s.get("sha"), "state": s.get("state")},
    )  # fmt: skip


def _commit(c: dict, where: str, repository: str) -> Record:
    record = _made(
        get(c, "commit", "committer", "date"), f"commit/{c['sha']}", "commit", clean(get(c, "commit", "message", default="")).split("\n")[0],
        c.get("author") or get(c, "commit", "author"), where, repository, c, link=c.get("html_url") or "", extra={"sha": c["sha"]},
    )  # fmt: skip
    record.certainty = "derived"  # a commit's dates say when it was made, not when it arrived
    return record


def _comment(thing: dict, where: str, repository: str) -> Record:
    comment = thing["comment"]
    number = get(thing, "issue", "number", default=get(thing, "pull_request", "number", default=""))
    record = _made(
        comment.get("created_at"), f"comment/{comment['id']}", "comment", f"On #{number}: {clean(comment.get('body'))}",
        comment.get("user"), where, repository, thing, link=comment.get("html_url") or "",
        deleted=thing.get("action") == "deleted",
        extra={"number": number, "action": thing.get("action")}
        | ({"before": get(thing, "changes", "body", "from")} if get(thing, "changes", "body", "from") else {}),
    )  # fmt: skip
    if comment.get("updated_at"):
        record.revised = any_time(comment["updated_at"]).at
    return record


def _issue(thing: dict, where: str, repository: str) -> Record:
    issue, action = thing["issue"], thing.get("action") or "opened"
    when = (
        issue.get("closed_at")
        if action == "closed"
        else issue.get("created_at")
        if action == "opened"
        else issue.get("updated_at")
    )
    return _made(
        when, f"issue/{issue['id']}/{action}/{when}", f"issue {action}", f"Issue #{issue.get('number')} {action}: {clean(issue.get('title'))}",
        thing.get("sender") or issue.get("user"), where, repository, thing, link=issue.get("html_url") or "", extra={"number": issue.get("number")},
    )  # fmt: skip


FORMAT = Format(
    key="github",
    label="GitHub",
    about="Deployments with statuses, workflow runs, releases, pull requests, pushes: API pages or webhook payloads",
    sniff=sniff,
    read=read,
)
