"""GitLab: deployments, pipelines, jobs, releases, merge requests, issues, notes, events, an incident's timeline; and webhooks.

Source: GitLab's documentation of its REST and GraphQL APIs and of its webhook events. A deployment, a pipeline
and a job are one record each, from when they were started (or made, while they wait) to when they finished; a
deployment's finish is that of its job. The ids are GitLab's own, alike in REST, in GraphQL and in webhooks. A
webhook about a deployment knows one moment only, so each of its states is a record beside that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from timelines.formats import gitlabhooks, gitlabtalk
from timelines.formats.base import BadTime, Bundle, Context, Format, compact, get
from timelines.formats.changes import (
    address,
    branch,
    first,
    given,
    happened,
    short,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, found, guarded, records, under
from timelines.formats.gitlabwords import WAITING, place_of, who
from timelines.formats.graphql import is_answer, nodes, snake
from timelines.formats.records import Record, Skipped

PATHS = (
    b"/-/pipelines/",
    b"/-/jobs/",
    b"/-/merge_requests/",
    b"/-/releases",
    b"/-/commit/",
    b"/-/issues/",
    b"/-/environments",
)
CONNECTIONS = (
    "deployments", "lastDeployment", "pipelines", "jobs", "releases", "mergeRequests", "issues", "notes", "timelineEvents",
    "incidentManagementTimelineEvents", "timelineEvent", "pipeline", "deployment", "mergeRequest", "release",
)  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"object_kind"' in head and (
        b'"object_attributes"' in head or b'"project"' in head or b'"project_id"' in head
    ):
        return "it is a GitLab webhook (object_kind)"
    if b'"event_name"' in head and b'"path_with_namespace"' in head:
        return "it is a system hook of GitLab (event_name)"
    if b"gid://gitlab/" in head or b'"incidentManagementTimelineEvents"' in head:
        return "its records have GitLab's ids (gid://gitlab/…)"
    if b'"deployable"' in head and b'"environment"' in head:
        return "it holds GitLab deployments"
    if b'"noteable_type"' in head or (b'"action_name"' in head and b'"target_type"' in head):
        return "it holds notes or events of GitLab"
    if b'"web_url"' in head and any(path in head for path in PATHS):
        return "its records point to pages of GitLab (/-/)"
    if b'"upcoming_release"' in head or (b'"tag_name"' in head and b'"released_at"' in head):
        return "it holds GitLab releases"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(found(bundle, ()), lambda element: _thing(element, context))


def _thing(element: Found, context: Context) -> Iterator[Record | Skipped]:
    thing, _ = unwrapped(element.value)
    where, zone = element.where, context.zone
    if is_answer(thing):
        yield from _answered(thing, where, zone)
    elif isinstance(thing.get("object_kind"), str) or isinstance(thing.get("event_name"), str):
        yield from gitlabhooks.told(thing, where, zone)
    elif isinstance(thing.get("notes"), list):  # a discussion
        for number, note in enumerate(thing["notes"]):
            place = under(where, "notes", number)
            yield from guarded(place, lambda n=note, p=place: iter([gitlabtalk.note(n, p, zone)]))
    elif isinstance(thing.get("last_deployment"), dict):  # an environment
        environment = {"name": thing.get("name"), "tier": thing.get("tier")}
        yield deployment(
            thing["last_deployment"] | {"environment": environment}, under(where, "last_deployment"), zone
        )
    else:
        yield _one(thing, where, zone)


def _answered(answer: dict, where: str, zone: Any) -> Iterator[Record | Skipped]:
    """What GraphQL answers, read as REST would have told it."""
    for node in nodes(answer, where, CONNECTIONS):
        if node.where.rsplit("/", 1)[-1].isdigit() or "createdAt" in node.value:
            for found_ in guarded(node.where, lambda n=node: iter([_one(_plain(n.value), n.where, zone)])):
                if isinstance(found_, Record):
                    place = next(
                        (words(one["fullPath"]) for one in reversed(node.around) if "fullPath" in one), ""
                    )
                    found_.place, found_.raw = found_.place or place, compact(node.value)
                yield found_


def _plain(node: dict) -> dict:
    thing = snake(node)
    for part in (thing, *(value for value in thing.values() if isinstance(value, dict))):
        if isinstance(part.get("id"), str) and part["id"].startswith("gid://"):
            part["id"] = part["id"].rsplit("/", 1)[-1]
    for name in ("status", "state"):
        if isinstance(thing.get(name), str):
            thing[name] = thing[name].lower()
    return thing


def _one(thing: dict, where: str, zone: Any) -> Record:
    """A record of the API, told apart by what it has."""
    for has, make in MADE:
        if has(thing):
            return make(thing, where, zone)
    raise BadTime(
        "This is no deployment, pipeline, job, release, merge request, issue, note or event of GitLab."
    )


def state_of(thing: dict) -> str:
    return words(thing.get("status")).lower() or "unknown"


def deployment(d: dict, where: str, zone: Any) -> Record:
    job = d["deployable"] if isinstance(d.get("deployable"), dict) else {}
    state, environment = state_of(d), words(get(d, "environment", "name")) or words(d.get("environment"))
    ended = (
        first(job.get("finished_at"), d.get("finished_at"))
        if state not in WAITING | {"running", "blocked"}
        else None
    )
    said = title(get(job, "commit", "title", default=""))
    return happened(
        d.get("created_at"), f"deployment/{d['id']}", f"deploy {state}",
        f"Deployment of {short(d.get('sha'))} ({branch(d.get('ref'))}) to {environment or 'an environment'}: {state}" + (f" – {said}" if said else ""),
        d, where, zone=zone, until=ended, known=(d.get("updated_at"), job.get("started_at")), who=who(d.get("user") or job.get("user")), place=place_of(d),
        link=address(job.get("web_url")), noise=state in WAITING,
        extra=some(
            environment=environment, status=state, sha=words(d.get("sha")), ref=branch(d.get("ref")), deployment=words(d.get("id")), job=job.get("id"),
            started=job.get("started_at"), finished=job.get("finished_at"), tier=get(d, "environment", "tier"), pipeline=get(job, "pipeline", "id"),
        ),
    )  # fmt: skip


def pipeline(p: dict, where: str, zone: Any) -> Record:
    state = state_of(p)
    name = words(p.get("name"))
    return happened(
        first(p.get("started_at"), p.get("created_at")), f"pipeline/{p['id']}", f"run {state}",
        f"Pipeline{f' “{name}”' if name else ''} #{p['id']} on {branch(p.get('ref')) or short(p.get('sha'))}: {state}", p, where, zone=zone,
        until=p.get("finished_at"), known=(p.get("updated_at"), p.get("created_at")), who=who(p.get("user")), place=place_of(p), link=address(p.get("web_url")),
        extra=some(
            status=state, sha=words(p.get("sha")), ref=branch(p.get("ref")), source=p.get("source"), pipeline=words(p.get("id")),
            created=p.get("created_at"), running_seconds=p.get("duration"), queued_seconds=p.get("queued_duration"),
        ),
    )  # fmt: skip


def job(j: dict, where: str, zone: Any) -> Record:
    state, name, stage = (
        state_of(j),
        words(j.get("name")),
        words(get(j, "stage", "name")) or words(j.get("stage")),
    )
    reason = words(j.get("failure_reason")).replace("_", " ")
    return happened(
        first(j.get("started_at"), j.get("created_at"), j.get("queued_at")), f"job/{j['id']}", f"job {state}",
        f"Job “{name}”{f' ({stage})' if stage else ''}: {state}" + (f", {reason}" if reason else ""), j, where, zone=zone, until=j.get("finished_at"),
        known=(j.get("created_at"), j.get("erased_at")), who=who(j.get("user")), place=place_of(j), link=address(j.get("web_url")), noise=state in WAITING,
        extra=some(
            status=state, stage=stage, sha=words(get(j, "commit", "id")), ref=branch(j.get("ref")), pipeline=get(j, "pipeline", "id"),
            job=words(j.get("id")), environment=words(get(j, "environment", "name")) or words(j.get("environment")),
        ),
    )  # fmt: skip


def release(r: dict, where: str, zone: Any) -> Record:
    tag, name, place = words(r.get("tag_name") or r.get("tag")), words(r.get("name")), place_of(r)
    upcoming = r.get("upcoming_release") is True
    said = title(r.get("description"))
    return happened(
        first(r.get("released_at"), r.get("created_at")), f"release/{place}/{tag}", "release",
        f"Release {tag}{f' {name}' if name and name != tag else ''} {'planned' if upcoming else 'published'}" + (f": {said}" if said else ""), r, where,
        zone=zone, known=(r.get("created_at"),) if not upcoming else (), who=who(r.get("author")), place=place, link=address(get(r, "_links", "self")),
        extra=some(tag=tag, sha=words(get(r, "commit", "id")), created=r.get("created_at")),
    )  # fmt: skip


def _has(*names: str) -> Callable[[dict], bool]:
    return lambda thing: all(name in thing for name in names)


MADE: tuple[tuple[Callable[[dict], bool], Callable[[dict, str, Any], Record]], ...] = (
    (_has("occurred_at", "note"), gitlabtalk.timeline_event),
    (
        lambda t: (
            "deployable" in t
            or {"environment", "status", "created_at", "iid"} <= t.keys()
            and "stage" not in t
        ),
        deployment,
    ),
    (lambda t: "stage" in t or ("name" in t and "pipeline" in t and "status" in t), job),
    (lambda t: "tag_name" in t and ("released_at" in t or "upcoming_release" in t), release),
    (lambda t: "merged_at" in t or "source_branch" in t, gitlabtalk.merge_request),
    (_has("action_name"), gitlabtalk.event),
    (_has("noteable_type"), gitlabtalk.note),
    (_has("resource_type", "created_at"), gitlabtalk.resource_event),
    (_has("entity_type", "details", "created_at"), gitlabtalk.audited),
    (lambda t: "status" in t and ("sha" in t or "iid" in t) and "created_at" in t, pipeline),
    (_has("short_id", "title"), gitlabtalk.commit),
    (lambda t: "title" in t and "state" in t and "iid" in t, gitlabtalk.issue),
    (lambda t: "body" in t and given(t.get("created_at")) is not None, gitlabtalk.note),
)

FORMAT = Format(
    key="gitlab",
    label="GitLab",
    about="Deployments, pipelines, jobs, releases, merge requests, notes and incident timelines: API pages, GraphQL answers or webhooks",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
