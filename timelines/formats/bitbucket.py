"""Bitbucket Cloud and Data Center: pipelines, steps, deployments, pull requests, build states, comments, pushes; and webhooks.

Source: Atlassian's REST references and its descriptions of event payloads. Ids are uuids in braces in the cloud,
numbers per repository on one's own server. A push has no time of its own in the cloud: the date of the newest
commit stands for it, marked as derived. On a server the webhook has the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from timelines.formats import bitbucketserver
from timelines.formats.base import BadTime, Bundle, Context, Format, get
from timelines.formats.bitbuckettalk import (
    about_issue,
    about_request,
    activity,
    comment,
    issue,
    issue_change,
    place_of,
    request,
    who,
)
from timelines.formats.changes import (
    address,
    first,
    given,
    happened,
    latest,
    short,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, found, guarded, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("values",)


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b"api.bitbucket.org/" in head or b"//bitbucket.org/" in head:
        return "its records point to Bitbucket"
    if b'"eventKey"' in head and (b'"repo:' in head or b'"pr:' in head):
        return "it is a webhook of Bitbucket Data Center (eventKey)"
    if (b'"pipeline_step' in head or b'"pipeline"' in head) and (
        b'"uuid": "{' in head or b'"uuid":"{' in head
    ):
        return "it holds pipelines or deployments of Bitbucket"
    if b'"isLastPage"' in head and b'"values"' in head:
        return "it is a page of Bitbucket Data Center (isLastPage)"
    if b'"deploymentSequenceNumber"' in head:
        return "it holds deployments of Bitbucket Data Center"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    more = ""
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and (
            words(element.page.get("next")) or element.page.get("isLastPage") is False
        ):
            more = element.where.partition("#")[0]
        yield from records([element], _thing)
    if more:
        yield Skipped(more, "This is one page of several: fetch the following pages too.")


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, headers = unwrapped(element.value)
    where = element.where
    if bitbucketserver.is_theirs(thing):
        yield from bitbucketserver.told(thing, where)
    elif thing.get("values") == []:
        return
    elif isinstance(get(thing, "push", "changes"), list):
        yield from _pushes(thing, where)
    elif isinstance(thing.get("commit_status"), dict):
        yield _status(thing["commit_status"] | {"actor": thing.get("actor")}, where, place_of(thing), thing)
    elif isinstance(thing.get("pullrequest"), dict):
        yield about_request(thing, where, headers.get("x-event-key", ""))
    elif isinstance(thing.get("pull_request"), dict):
        yield activity(thing, where)
    elif isinstance(thing.get("issue"), dict) and "actor" in thing:
        yield about_issue(thing, where)
    else:
        yield _typed(thing, where)


def _typed(thing: dict, where: str) -> Record:
    """A record of the API, by its own `type` where it has one, else by what it has."""
    kind = words(thing.get("type"))
    if kind in TYPES:
        return TYPES[kind](thing, where)
    for name, make in (
        ("build_number", _pipeline),
        ("deployable", _deployment),
        ("release", _deployment),
        ("started_on", _step),
    ):
        if name in thing:
            return make(thing, where)
    raise BadTime(f"This {kind[:40] or 'record'} of Bitbucket marks no moment that is known here.")


def _key(thing: dict) -> str:
    return (words(thing.get("uuid")) or words(thing["id"])).strip("{}")


def _state(thing: dict) -> str:
    """The result where there is one, else the stage, else the state."""
    state = thing.get("state")
    name = (
        get(state, "result", "name")
        or get(state, "status", "name")
        or get(state, "stage", "name")
        or get(state, "name")
    )
    return words(name).lower() or words(state).lower() or "unknown"


def _pipeline(p: dict, where: str) -> Record:
    state = _state(p)
    target = p["target"] if isinstance(p.get("target"), dict) else {}
    ref = words(target.get("ref_name")) or words(target.get("source"))
    said = title(get(target, "commit", "message", default=""))
    return happened(
        p.get("created_on"), f"pipeline/{_key(p)}", f"run {state}", f"Pipeline #{p.get('build_number')}{f' on {ref}' if ref else ''}: {state}" + (f" – {said}" if said else ""),
        p, where, until=p.get("completed_on"), known=(get(p, "state", "completed_on"),), who=who(p.get("creator")), place=place_of(p),
        link=address(get(p, "links", "html", "href")),
        extra=some(
            status=state, number=p.get("build_number"), sha=words(get(target, "commit", "hash")), ref=ref, pipeline=_key(p), trigger=get(p, "trigger", "name"),
            seconds=p.get("duration_in_seconds"), selector=get(target, "selector", "pattern"),
        ),
    )  # fmt: skip


def _step(s: dict, where: str) -> Record:
    state = _state(s)
    return happened(
        first(s.get("started_on"), get(s, "state", "started_on"), s.get("created_on")), f"step/{_key(s)}", f"job {state}",
        f"Step “{words(s.get('name')) or 'unnamed'}”: {state}", s, where, until=first(s.get("completed_on"), get(s, "state", "completed_on")),
        who=who(get(s, "trigger", "triggerer")), place=place_of(s), extra=some(status=state, pipeline=words(get(s, "pipeline", "uuid")).strip("{}"), seconds=s.get("duration_in_seconds")),
    )  # fmt: skip


def _deployment(d: dict, where: str) -> Record:
    state = _state(d)
    environment = (
        words(get(d, "environment", "name"))
        or words(get(d, "environment", "slug"))
        or words(get(d, "environment", "uuid"))
    )
    release = next((d[name] for name in ("release", "deployable") if isinstance(d.get(name), dict)), {})
    started, ended = (
        get(d, "state", "started_on"),
        first(get(d, "state", "completed_on"), get(d, "state", "completion_date")),
    )
    began = first(started, get(d, "state", "start_date"))
    return happened(
        first(began, release.get("created_on"), d.get("last_update_time")), f"deployment/{_key(d)}", f"deploy {state}",
        f"Deployment {words(release.get('name')) or short(get(release, 'commit', 'hash'))} to {environment or 'an environment'}: {state}", d, where, until=ended,
        known=(d.get("last_update_time"),), who=who(get(d, "state", "deployer"), get(d, "deployer")),
        place=place_of(d, get(d, "state", "url"), release.get("url")), certainty="exact" if began else "derived", noise=state in ("undeployed", "pending"),
        link=address(get(d, "state", "url")) or address(release.get("url")),
        extra=some(
            environment=environment, status=state, sha=words(get(release, "commit", "hash")), pipeline=words(get(release, "pipeline", "uuid")).strip("{}"), deployment=_key(d),
        ),
    )  # fmt: skip


def _status(s: dict, where: str, place: str = "", raw: dict | None = None) -> Record:
    """A build's state on a commit; it is told again under its key as it changes."""
    state, sha = words(s.get("state")).lower() or "unknown", words(get(s, "commit", "hash"))
    if not sha:
        sha = words(get(s, "links", "commit", "href")).rstrip("/").rsplit("/", 1)[-1]
    place, said = place or place_of(s), words(s.get("description"))
    return happened(
        first(s.get("created_on"), s.get("updated_on")), f"status/{place}/{sha}/{words(s.get('key'))}", f"check {state}",
        f"{words(s.get('name')) or words(s.get('key'))} {state} for {short(sha)}" + (f": {said}" if said else ""), raw or s, where,
        until=s.get("updated_on") if state != "inprogress" else None, who=who(s.get("actor")), place=place, link=address(s.get("url")),
        extra=some(sha=sha, state=state, ref=words(s.get("refname"))),
    )  # fmt: skip


def _pushes(h: dict, where: str) -> Iterator[Record | Skipped]:
    place = place_of(h)
    for number, change in enumerate(h["push"]["changes"]):
        spot = under(where, "push", "changes", number)
        yield from guarded(spot, lambda c=change, p=spot: iter([_push(h, c, place, p)]))


def _push(h: dict, change: dict, place: str, where: str) -> Record:
    new, old = (change[name] if isinstance(change.get(name), dict) else {} for name in ("new", "old"))
    ref = words(new.get("name")) or words(old.get("name"))
    commits = [commit for commit in change.get("commits") or [] if isinstance(commit, dict)]
    when = latest([get(new, "date"), get(new, "target", "date"), *(commit.get("date") for commit in commits)])
    if when is None or change.get("closed") is True:
        raise BadTime(
            f"This push removes {ref or 'a branch'}, and Bitbucket does not say when a push happened."
        )
    after, before = words(get(new, "target", "hash")), words(get(old, "target", "hash"))
    count = f"{len(commits)}{' or more' if change.get('truncated') is True else ''} commit{'s' if len(commits) != 1 else ''}"
    return happened(
        when.isoformat(), f"push/{place}/{words(new.get('type'))}/{ref}/{before}/{after}", "push",
        f"{count} pushed to {ref}{', rewriting it' if change.get('forced') is True else ''}: {title(get(new, 'target', 'message', default=''))}", {**h, "push": {"changes": [change]}}, where,
        certainty="derived", who=who(h.get("actor")), place=place, link=address(get(change, "links", "html", "href")),
        extra=some(ref=ref, after=after, before=before, sha=after, forced=change.get("forced") is True, commits=[words(c.get("hash")) for c in commits]),
    )  # fmt: skip


def _commit(c: dict, where: str) -> Record:
    return happened(
        c.get("date"), f"commit/{c['hash']}", "commit", title(c.get("message")), c, where, certainty="derived", who=who(get(c, "author", "user"), c.get("author")),
        place=place_of(c), link=address(get(c, "links", "html", "href")), extra=some(sha=words(c.get("hash"))),
    )  # fmt: skip


def _tag(t: dict, where: str) -> Record:
    return happened(
        first(t.get("date"), get(t, "target", "date")), f"tag/{place_of(t.get('target') or {})}/{words(t.get('name'))}", "tag", f"Tag {words(t.get('name'))} on {short(get(t, 'target', 'hash'))}", t, where,
        certainty="exact" if given(t.get("date")) else "derived", who=who(t.get("tagger"), get(t, "target", "author")), place=place_of(t.get("target") or {}), extra=some(sha=words(get(t, "target", "hash"))),
    )  # fmt: skip


TYPES: dict[str, Callable[[dict, str], Record]] = {
    "pipeline": _pipeline, "pipeline_step": _step, "deployment": _deployment, "pullrequest": request, "build": _status, "commit": _commit, "tag": _tag,
    "issue": issue, "issue_change": issue_change, "pullrequest_comment": comment, "issue_comment": comment, "commit_comment": comment,
}  # fmt: skip

FORMAT = Format(
    key="bitbucket",
    label="Bitbucket",
    about="Pipelines, deployments, pull requests, build states and pushes of Cloud or Data Center: API pages or webhooks",
    sniff=sniff,
    read=read,
)
