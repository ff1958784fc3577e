"""CircleCI: pipelines, workflows and jobs of API v2, builds of v1.1, insights, and outbound webhooks.

Source: CircleCI's API reference and its description of webhooks. A workflow is known by its id, a job by its project
and number (an approval, which has none, by its id), so REST and webhooks tell the same thing. A job that was run
again has a new number, a workflow that was run again a new id. Times that are missing may be empty strings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, get
from timelines.formats.changes import (
    address,
    first,
    given,
    happened,
    person,
    short,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

KEYS = ("items",)
WAITING = {"not_run", "queued", "blocked", "on_hold", "not_running", "scheduled"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"project_slug"' in head or b'"pipeline_number"' in head:
        return "it holds pipelines, workflows or jobs of CircleCI (project_slug)"
    if b'"workflow-completed"' in head or b'"job-completed"' in head:
        return "it is a CircleCI webhook"
    if b'"build_num"' in head and b'"reponame"' in head:
        return "it holds builds of CircleCI (build_num)"
    if b"circleci.com/" in head and b'"stopped_at"' in head:
        return "its records point to CircleCI"
    if b'"credits_used"' in head and b'"stopped_at"' in head:
        return "it holds CircleCI's insights into workflows"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    more = ""
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and words(element.page.get("next_page_token")):
            more = element.where.partition("#")[0]
        yield from records([element], _thing)
    if more:
        yield Skipped(
            more, "This is one page of several (next_page_token is set): fetch the following pages too."
        )


def _thing(element: Found) -> Iterator[Record]:
    thing, _ = unwrapped(element.value)
    where = element.where
    if words(thing.get("type")) in ("workflow-completed", "job-completed"):
        yield _hook(thing, where)
    elif thing.get("items") == []:
        return
    elif "build_num" in thing:
        yield _build(thing, where)
    elif (
        "trigger" in thing
        and "vcs" in thing
        or ("state" in thing and "number" in thing and "created_at" in thing)
    ):
        yield _pipeline(thing, where)
    elif (
        "job_number" in thing
        or "approval_request_id" in thing
        or "dependencies" in thing
        or ("number" in thing and "status" in thing)
    ):
        yield _job(thing, where)
    elif "status" in thing and "created_at" in thing:
        yield _workflow(thing, where)
    elif "status" in thing and "started_at" in thing:
        yield _job(thing, where)
    else:
        raise BadTime("This is no pipeline, workflow or job of CircleCI.")


def _place(thing: dict) -> str:
    """owner/name of `gh/owner/name`; what is not hosted there keeps its slug."""
    slug = words(thing.get("project_slug")) or words(get(thing, "project", "slug"))
    return slug.partition("/")[2] if slug.startswith(("gh/", "bb/", "github/", "bitbucket/")) else slug


def _who(*people: Any) -> dict[str, Any]:
    user = next((user for user in people if get(user, "login") or get(user, "name")), None)
    return person(user, "name", "login", nobody="CircleCI")


def _hook(h: dict, where: str) -> Record:
    """What is completed, in the shape the API gives it."""
    pipeline = h["pipeline"] if isinstance(h.get("pipeline"), dict) else {}
    workflow = h["workflow"] if isinstance(h.get("workflow"), dict) else {}
    of = {
        "project": h.get("project"),
        "pipeline_id": pipeline.get("id"),
        "pipeline_number": pipeline.get("number"),
        "vcs": pipeline.get("vcs"),
    }
    if h["type"] == "job-completed":
        record = _job(
            {**h["job"], **of, "latest_workflow": workflow, "actor": get(pipeline, "trigger", "actor")},
            where,
            h,
        )
    else:
        record = _workflow({**workflow, **of, "actor": get(pipeline, "trigger", "actor")}, where, h)
    happened_at = given(h.get("happened_at"))
    if record.until is None and happened_at is not None:
        ended = happened(happened_at, "", "", "", {}, where).at
        record.until = ended if ended > record.at else None
    return record


def _pipeline(p: dict, where: str) -> Record:
    state = words(p.get("state")) or "created"
    said = title(get(p, "vcs", "commit", "subject", default=""))
    ref = words(get(p, "vcs", "branch")) or words(get(p, "vcs", "tag"))
    errors = [words(get(error, "message")) for error in p.get("errors") or []]
    return happened(
        p.get("created_at"), f"pipeline/{p['id']}", "run created" if state == "created" else f"run {state}",
        f"Pipeline #{p.get('number')}{f' on {ref}' if ref else ''}: {state}" + (f" – {said}" if said else "") + (f" – {'; '.join(errors[:3])}" if any(errors) else ""), p, where,
        known=(p.get("updated_at"),), who=_who(get(p, "trigger", "actor")), place=_place(p),
        extra=some(
            state=state, number=p.get("number"), sha=words(get(p, "vcs", "revision")), ref=ref, trigger=get(p, "trigger", "type"), pipeline=words(p.get("id")),
        ),
    )  # fmt: skip


def _workflow(w: dict, where: str, raw: dict | None = None) -> Record:
    state, name = words(w.get("status")) or "unknown", words(w.get("name")) or "workflow"
    number, ref = w.get("pipeline_number"), words(w.get("branch")) or words(get(w, "vcs", "branch"))
    return happened(
        first(w.get("created_at"), w.get("started_at")), f"workflow/{w['id']}", f"run {state}",
        f"Workflow “{name}”{f' #{number}' if number else ''}{f' on {ref}' if ref else ''}: {state}", raw or w, where,
        until=w.get("stopped_at"), who=_who(w.get("actor")), place=_place(w), link=address(w.get("url")), noise=state in ("not_run",),
        extra=some(
            status=state, workflow=words(w.get("id")), pipeline=w.get("pipeline_id"), sha=words(get(w, "vcs", "revision")), ref=ref,
            started_by=w.get("started_by"),
        ),
    )  # fmt: skip


def _job(j: dict, where: str, raw: dict | None = None) -> Record:
    state, name = words(j.get("status")) or "unknown", words(j.get("name")) or "job"
    number = words(j.get("job_number")) or words(j.get("number"))
    place = _place(j)
    approval = j.get("type") == "approval"
    return happened(
        first(j.get("started_at"), j.get("created_at"), j.get("queued_at"), j.get("stopped_at")), f"job/{place}/{number}" if number else f"job/{j['id']}",
        f"approval {state}" if approval else f"job {state}", f"{'Approval' if approval else 'Job'} “{name}”: {state}", raw or j, where, until=j.get("stopped_at"),
        known=(j.get("created_at"), j.get("queued_at")), who=_who(j.get("actor")), place=place, link=address(j.get("web_url")), noise=state in WAITING,
        extra=some(
            status=state, number=number, workflow=words(get(j, "latest_workflow", "id")), workflow_name=words(get(j, "latest_workflow", "name")),
            pipeline=j.get("pipeline_id") or get(j, "pipeline", "id"), sha=words(get(j, "vcs", "revision")), approved_by=j.get("approved_by"),
            messages=[words(get(message, "message")) for message in j.get("messages") or []],
        ),
    )  # fmt: skip


def _build(b: dict, where: str) -> Record:
    """A build of API v1.1, which is the job that v2 counts by the same number."""
    state = words(b.get("outcome")) or words(b.get("status")) or "unknown"
    place = "/".join(part for part in (words(b.get("username")), words(b.get("reponame"))) if part)
    name = words(get(b, "workflows", "job_name")) or "build"
    said = title(b.get("subject"))
    return happened(
        first(b.get("start_time"), b.get("queued_at"), b.get("usage_queued_at")), f"job/{place}/{b['build_num']}", f"job {state}",
        f"Job “{name}” #{b['build_num']} on {words(b.get('branch')) or short(b.get('vcs_revision'))}: {state}" + (f" – {said}" if said else ""), b, where,
        until=b.get("stop_time"), known=(b.get("queued_at"),), who=_who(b.get("user"), {"name": b.get("committer_name")}), place=place, link=address(b.get("build_url")),
        noise=state in WAITING,
        extra=some(status=state, number=b.get("build_num"), sha=words(b.get("vcs_revision")), ref=words(b.get("branch")), workflow=get(b, "workflows", "workflow_id")),
    )  # fmt: skip


FORMAT = Format(
    key="circleci",
    label="CircleCI",
    about="Pipelines, workflows and jobs from the API, or workflow-completed and job-completed webhooks",
    sniff=sniff,
    read=read,
)
