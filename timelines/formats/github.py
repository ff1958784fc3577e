"""GitHub: everything of its REST and GraphQL APIs, its webhooks and the `gh` command that marks a moment.

Source: GitHub's REST and GraphQL documentation and its published webhook schemas. A thing has one id in all of them,
so a webhook delivered again, a page fetched again and an answer of GraphQL tell the same event. A log of deliveries,
one delivery a file or a line, with or without its headers, is read as what was delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from timelines.formats import githubcode, githubother, githubtalk, githubwork
from timelines.formats.base import BadTime, Bundle, Context, Format, compact, get
from timelines.formats.changes import given, unwrapped, words
from timelines.formats.documents import Found, found, guarded, records, under
from timelines.formats.githubwords import Told, repository_of
from timelines.formats.graphql import is_answer, nodes, snake
from timelines.formats.records import Record, Skipped

HINTS = (
    b'"api.github.com',
    b"https://api.github.com/",
    b"github.com/repos/",
    b'"X-GitHub-Event"',
    b'"x-github-event"',
    b'"X-GitHub-Delivery"',
)
PAGES = ("workflow_runs", "jobs", "deployments", "items", "releases", "check_runs", "check_suites")
CONNECTIONS = (
    "deployments", "statuses", "releases", "pullRequests", "issues", "comments", "reviews", "timelineItems", "history", "checkRuns", "checkSuites", "deployment",
    "pullRequest", "issue", "release", "workflowRuns",
)  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"workflow_runs"' in head:
        return "it holds GitHub workflow runs"
    if any(hint in head for hint in HINTS):
        return "its records point to GitHub's API"
    if b'"deployment_status"' in head or (b'"statuses_url"' in head and b'"environment"' in head):
        return "it holds GitHub deployments"
    if (
        b'"headSha"' in head or b'"displayTitle"' in head or b'"mergedAt"' in head or b'"publishedAt"' in head
    ) and (
        b'"databaseId"' in head
        or b'"data"' in head
        or b'"isDraft"' in head
        or b'"headBranch"' in head
        or b"github.com/" in head
    ):
        return "it is what gh or GitHub's GraphQL API answers"
    if b'"data"' in head and b'"repository"' in head and (b'"nodes"' in head or b'"edges"' in head):
        return "it is an answer of GitHub's GraphQL API"
    if b'"_document_id"' in head and b'"@timestamp"' in head and b'"action"' in head:
        return "it is GitHub's audit log"
    if b'"node_id"' in head and (b'"login"' in head or b"github.com" in head):
        return "its records have GitHub's ids (node_id)"
    if b'"ghsa_id"' in head:
        return "it is a security advisory of GitHub"
    if b'"activity_type"' in head and b'"before"' in head and b'"after"' in head:
        return "it is the activity of a repository of GitHub"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    beside: dict = {}
    for element in found(bundle, PAGES):
        yield from records([element], _thing)
        if (
            isinstance(element, Found)
            and isinstance(element.page.get("statuses"), list)
            and element.page is not beside
        ):
            beside = element.page
            yield from _thing(Found(element.page, element.where.partition("#")[0]))


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, headers = unwrapped(element.value)
    where = element.where
    if is_answer(thing) and "repository" not in thing:
        yield from _answered(thing, where)
    elif isinstance(thing.get("nodes"), list) or isinstance(thing.get("edges"), list):
        yield from _answered({"data": {"history": thing}}, where)
    elif (
        isinstance(thing.get("statuses"), list) and "environment" not in thing
    ):  # of one commit, or of one deployment
        for number, one in enumerate(thing["statuses"]):
            place = under(where, "statuses", number)
            told = Told(
                one, place, repository_of(thing) or repository_of(one if isinstance(one, dict) else {})
            )
            yield from guarded(place, lambda t=told: record(t))
    elif "type" in thing and isinstance(thing.get("payload"), dict) and isinstance(thing.get("repo"), dict):
        yield from githubcode.activity(thing, where, hook)
    else:
        if "guid" in thing and "delivered_at" in thing:
            raise BadTime(
                "This line of a log of deliveries does not hold what was delivered. Fetch each delivery by its id."
            )
        repository = repository_of(thing) or repository_of(element.page)
        yield from _any(thing, where, repository, headers.get("x-github-event", ""))


def _any(thing: dict, where: str, repository: str, event: str) -> Iterator[Record | Skipped]:
    """A webhook, or a record of the API, or what `gh … --json` prints."""
    if _is_hook(thing):
        yield from hook(Told(thing, where, repository, event))
        return
    if "node_id" not in thing and any(
        name in thing for name in ("createdAt", "mergedAt", "publishedAt", "startedAt", "completedAt")
    ):
        yield from _as_it_was(Told(plain(thing), where, repository, event), thing)
    else:
        yield from record(Told(thing, where, repository, event))


def _as_it_was(told: Told, raw: dict) -> Iterator[Record | Skipped]:
    """What is read from a record whose names were changed keeps the record with the names it had."""
    for found_ in record(told):
        if isinstance(found_, Record):
            found_.raw = compact(raw)
        yield found_


def _is_hook(thing: dict) -> bool:
    """A webhook has its subject beside who caused it and where."""
    if (
        "sender" in thing
        or "hook_id" in thing
        or "security_advisory" in thing
        or ("ref" in thing and "pusher" in thing)
    ):
        return True
    return "action" in thing and any(isinstance(thing.get(name), dict) for name, _ in HOOKS)


def hook(told: Told) -> Iterator[Record | Skipped]:
    """What a webhook tells, by the subject it has. Where there are several the first of this list is it."""
    thing = told.thing
    for name, make in HOOKS:
        if isinstance(thing.get(name), dict):
            yield from make(told, thing[name])
            return
    if "ref" in thing and "pusher" in thing:
        yield githubcode.push(told)
    elif "ref" in thing and "ref_type" in thing:
        yield githubcode.named(told)
    elif "state" in thing and "context" in thing and "sha" in thing:
        yield from githubwork.commit_status(told, thing)
    else:
        yield githubother.other(told)


def record(told: Told) -> Iterator[Record | Skipped]:
    """A record of the API, told apart by what it has."""
    for has, make in MADE:
        if has(told.thing):
            yield from make(told, told.thing)
            return
    raise BadTime("Nothing here marks a moment of a deployment, run, release, pull request, issue or push.")


def _answered(answer: dict, where: str) -> Iterator[Record | Skipped]:
    for node in nodes(answer, where, CONNECTIONS):
        if "nodes" in node.value or "edges" in node.value:
            continue
        repository = next(
            (name for name in (words(get(one, "nameWithOwner")) for one in reversed(node.around)) if name), ""
        )
        thing = plain(node.value)
        if node.key == "statuses":
            thing["deployment"] = next(
                (plain(one) for one in reversed(node.around) if "environment" in one), {}
            )
        elif thing.keys() <= {"oid", "id", "database_id"}:
            continue  # a mere reference
        told = Told(thing, node.where, repository, "")
        yield from guarded(node.where, lambda t=told, n=node: _as_it_was(t, n.value))


def plain(node: dict) -> dict:
    """A node of GraphQL, or what gh prints, with the names and the ids that REST has."""
    thing = snake(node)
    for part in (thing, *(value for value in thing.values() if isinstance(value, dict))):
        if given(part.get("database_id")) is not None:
            part["id"] = part["database_id"]
    renamed = {
        "oid": "sha",
        "commit_oid": "sha",
        "ref_name": "ref",
        "__typename": "event_type",
        "author": "user",
        "workflow_name": "name",
        "attempt": "run_attempt",
    }
    for old, new in renamed.items():
        if old in thing and not thing.get(new):
            thing[new] = thing[old]
    for name in ("state", "conclusion", "status"):
        if isinstance(thing.get(name), str):
            thing[name] = thing[name].lower()
    if isinstance(thing.get("ref"), dict):
        thing["ref"] = thing["ref"].get("name")
    if isinstance(thing.get("commit"), dict):
        thing.setdefault("sha", thing["commit"].get("oid"))
    return thing


def _has(*names: str) -> Callable[[dict], bool]:
    return lambda thing: all(name in thing for name in names)


HOOKS: tuple[tuple[str, Callable[[Told, dict], Iterator[Record | Skipped]]], ...] = (
    ("deployment_status", githubwork.status), ("workflow_job", githubwork.job), ("deployment", githubwork.deployment),
    ("workflow_run", githubwork.run), ("check_run", githubwork.job), ("check_suite", githubwork.suite), ("review", githubtalk.review), ("comment", githubtalk.comment),
    ("release", githubwork.release), ("pull_request", githubtalk.pull_request), ("issue", githubtalk.issue), ("build", githubwork.page_build),
    ("discussion", githubtalk.issue),
)  # fmt: skip

MADE: tuple[tuple[Callable[[dict], bool], Callable[[Told, dict], Iterator[Record | Skipped]]], ...] = (
    (_has("_document_id"), githubtalk.audited),
    (_has("activity_type", "timestamp"), githubcode.pushed),
    (
        lambda t: (
            "run_attempt" in t
            or ("workflow_id" in t and "head_sha" in t)
            or ("head_sha" in t and "run_number" in t)
        ),
        githubwork.run,
    ),
    (lambda t: "deployment_url" in t and "state" in t, githubwork.status),
    (lambda t: isinstance(t.get("deployment"), dict) and "state" in t and "id" in t, githubwork.status),
    (lambda t: "environment" in t and ("sha" in t or "statuses" in t), githubwork.deployment),
    (lambda t: "tag_name" in t, githubwork.release),
    (lambda t: "merged_at" in t and ("title" in t or "head" in t), githubtalk.pull_request),
    (
        lambda t: "state" in t and "context" in t and ("sha" in t or "target_url" in t),
        githubwork.commit_status,
    ),
    (
        lambda t: "head_branch" in t and ("latest_check_runs_count" in t or "before" in t and "after" in t),
        githubwork.suite,
    ),
    (
        lambda t: ("started_at" in t or "completed_at" in t) and ("conclusion" in t or "status" in t),
        githubwork.job,
    ),
    (
        lambda t: (
            isinstance(t.get("event"), str)
            and ("created_at" in t or "submitted_at" in t or "sha" in t or "comments" in t)
            and "head_sha" not in t
        ),
        githubtalk.issue_event,
    ),
    (lambda t: "submitted_at" in t and "state" in t, githubtalk.review),
    (lambda t: "event_type" in t and words(t["event_type"]).endswith("Event"), githubtalk.timeline_item),
    (
        lambda t: ("committed_date" in t or isinstance(t.get("commit"), dict)) and "sha" in t,
        githubcode.commit,
    ),
    (lambda t: "number" in t and "title" in t, githubtalk.issue),
    (lambda t: "body" in t and "created_at" in t, githubtalk.comment),
    (lambda t: "pusher" in t and "commit" in t and "status" in t, githubwork.page_build),
    (lambda t: "head_sha" in t and "status" in t and "created_at" in t, githubwork.run),
)

FORMAT = Format(
    key="github",
    label="GitHub",
    about="Deployments, workflow runs, checks, releases, pull requests, issues, pushes: API pages, GraphQL, gh --json, webhooks, audit log",
    sniff=sniff,
    read=read,
)
