"""Bitbucket Cloud and Data Center: pipelines, steps, deployments, pull requests, build states, comments, pushes; and webhooks.

Source: Atlassian's REST references and its descriptions of event payloads. Ids are uuids in braces in the cloud,
numbers per repository on one's own server. A push has no time of its own in the cloud: the date of the newest
commit stands for it, marked as derived. On a server the webhook has the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from timelines.formats import bitbucketserver
from timelines.formats.base import BadTime, Bundle, Context, Format, clean, get
from timelines.formats.changes import (
    address,
    first,
    given,
    happened,
    latest,
    person,
    short,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, found, guarded, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("values",)
HOOKS = (b'"pullrequest"', b'"push"', b'"commit_status"', b'"repository"')


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
        yield _status(thing["commit_status"] | {"actor": thing.get("actor")}, where, _place(thing), thing)
    elif isinstance(thing.get("pullrequest"), dict):
        yield _about_request(thing, where, headers.get("x-event-key", ""))
    elif isinstance(thing.get("pull_request"), dict):
        yield _activity(thing, where)
    elif isinstance(thing.get("issue"), dict) and "actor" in thing:
        yield _about_issue(thing, where)
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


def _place(thing: dict, *addresses: Any) -> str:
    """owner/name as the thing says it, else from the address of a page about it."""
    for path in (("repository", "full_name"), ("destination", "repository", "full_name")):
        if named := words(get(thing, *path)):
            return named
    for one in (*addresses, get(thing, "links", "html", "href"), get(thing, "links", "self", "href")):
        _, found_, path = words(one)[:2000].partition("bitbucket.org/")
        parts = path.removeprefix("2.0/repositories/").split("/")
        if found_ and len(parts) > 1:
            return "/".join(parts[:2])
    return ""


def _who(*people: Any) -> dict[str, Any]:
    user = next((user for user in people if isinstance(user, dict) and user), None)
    bot = get(user, "type") in ("app_user", "team")
    return person(user, "display_name", "nickname", "username", "raw", nobody="Bitbucket", bot=bot)


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
        p, where, until=p.get("completed_on"), known=(get(p, "state", "completed_on"),), who=_who(p.get("creator")), place=_place(p),
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
        who=_who(get(s, "trigger", "triggerer")), place=_place(s), extra=some(status=state, pipeline=words(get(s, "pipeline", "uuid")).strip("{}"), seconds=s.get("duration_in_seconds")),
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
        known=(d.get("last_update_time"),), who=_who(get(d, "state", "deployer"), get(d, "deployer")),
        place=_place(d, get(d, "state", "url"), release.get("url")), certainty="exact" if began else "derived", noise=state in ("undeployed", "pending"),
        link=address(get(d, "state", "url")) or address(release.get("url")),
        extra=some(
            environment=environment, status=state, sha=words(get(release, "commit", "hash")), pipeline=words(get(release, "pipeline", "uuid")).strip("{}"), deployment=_key(d),
        ),
    )  # fmt: skip


def _request(p: dict, where: str, raw: dict | None = None, actor: Any = None) -> Record:
    """A pull request where it stands: merged or declined when it was last changed, as it has no time for that."""
    what = {"MERGED": "merged", "DECLINED": "declined", "SUPERSEDED": "superseded"}.get(
        words(p.get("state")), "opened"
    )
    ended = what != "opened"
    place = words(get(p, "destination", "repository", "full_name")) or _place(raw or p)
    return happened(
        first(p.get("closed_on"), p.get("updated_on"), p.get("created_on")) if ended else p.get("created_on"), f"pull_request/{place}/{p['id']}/{what}", f"pull request {what}",
        f"Pull request #{p['id']} {what}: {clean(p.get('title'))}", raw or p, where, known=(p.get("updated_on"),), certainty="derived" if ended and not given(p.get("closed_on")) else "exact",
        who=_who(p.get("closed_by") if ended else None, actor, p.get("author")), place=place, link=address(get(p, "links", "html", "href")),
        extra=some(
            number=p.get("id"), sha=words(get(p, "merge_commit", "hash")), source=words(get(p, "source", "branch", "name")), target=words(get(p, "destination", "branch", "name")),
            created=p.get("created_on"), reason=words(p.get("reason")),
        ),
    )  # fmt: skip


def _about_request(h: dict, where: str, event: str) -> Record:
    """A webhook about a pull request: a comment, an approval, or what became of it."""
    p = h["pullrequest"]
    number, place = p.get("id"), _place(h) or _place(p)
    for name, kind in (("approval", "approved"), ("changes_request", "changes asked for")):
        if isinstance(h.get(name), dict):
            when, by = h[name].get("date"), _who(h[name].get("user"), h.get("actor"))
            return happened(
                when, f"pull_request/{place}/{number}/{name}/{by['actor_id']}/{when}", f"pull request {kind}", f"Pull request #{number} {kind}: {clean(p.get('title'))}",
                h, where, who=by, place=place, link=address(get(p, "links", "html", "href")), extra=some(number=number),
            )  # fmt: skip
    if isinstance(h.get("comment"), dict):
        return _comment(h["comment"], where, place, h, number, deleted=event.endswith("comment_deleted"))
    record = _request(p, where, h, h.get("actor"))
    if record.kind == "pull request opened" and (
        event.endswith(":updated") or (not event and p.get("updated_on") != p.get("created_on"))
    ):
        record = happened(
            p.get("updated_on"), f"pull_request/{place}/{number}/updated/{p.get('updated_on')}", "pull request updated", f"Pull request #{number} updated: {clean(p.get('title'))}",
            h, where, who=_who(h.get("actor")), place=place, link=record.link, noise=True, extra=some(number=number),
        )  # fmt: skip
    return record


def _activity(a: dict, where: str) -> Record:
    """One entry of a pull request's activity log."""
    p = a["pull_request"]
    place = words(get(a, "update", "destination", "repository", "full_name"))
    number = p.get("id")
    if isinstance(a.get("comment"), dict):
        return _comment(a["comment"], where, place, a, number)
    for name, kind in (("approval", "approved"), ("changes_requested", "changes asked for")):
        if isinstance(a.get(name), dict):
            when, by = a[name].get("date"), _who(a[name].get("user"))
            return happened(
                when, f"pull_request/{place}/{number}/{name}/{by['actor_id']}/{when}", f"pull request {kind}", f"Pull request #{number} {kind}: {clean(p.get('title'))}",
                a, where, who=by, place=place, extra=some(number=number),
            )  # fmt: skip
    update = a["update"]
    what = {"MERGED": "merged", "DECLINED": "declined", "SUPERSEDED": "superseded"}.get(
        words(update.get("state")), "updated"
    )
    when = update.get("date")
    return happened(
        when, f"pull_request/{place}/{number}/{what}" + (f"/{when}" if what == "updated" else ""), f"pull request {what}", f"Pull request #{number} {what}: {clean(p.get('title') or update.get('title'))}",
        a, where, who=_who(update.get("author")), place=place, noise=what == "updated", extra=some(number=number, changed=sorted(update.get("changes") or {})),
    )  # fmt: skip


def _comment(
    c: dict,
    where: str,
    place: str = "",
    raw: dict | None = None,
    number: Any = None,
    *,
    deleted: bool = False,
) -> Record:
    said = clean(get(c, "content", "raw", default=""))
    number = number or get(c, "pullrequest", "id") or get(c, "issue", "id")
    return happened(
        c.get("created_on"), f"comment/{place}/{c['id']}", "comment", f"On #{number}: {said}" if number else said, raw or c, where, known=(c.get("updated_on"),),
        who=_who(c.get("user")), place=place or _place(c), link=address(get(c, "links", "html", "href")), deleted=deleted or c.get("deleted") is True,
        extra=some(number=number, file=get(c, "inline", "path")),
    )  # fmt: skip


def _status(s: dict, where: str, place: str = "", raw: dict | None = None) -> Record:
    """A build's state on a commit; it is told again under its key as it changes."""
    state, sha = words(s.get("state")).lower() or "unknown", words(get(s, "commit", "hash"))
    if not sha:
        sha = words(get(s, "links", "commit", "href")).rstrip("/").rsplit("/", 1)[-1]
    place, said = place or _place(s), words(s.get("description"))
    return happened(
        first(s.get("created_on"), s.get("updated_on")), f"status/{place}/{sha}/{words(s.get('key'))}", f"check {state}",
        f"{words(s.get('name')) or words(s.get('key'))} {state} for {short(sha)}" + (f": {said}" if said else ""), raw or s, where,
        until=s.get("updated_on") if state != "inprogress" else None, who=_who(s.get("actor")), place=place, link=address(s.get("url")),
        extra=some(sha=sha, state=state, ref=words(s.get("refname"))),
    )  # fmt: skip


def _pushes(h: dict, where: str) -> Iterator[Record | Skipped]:
    place = _place(h)
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
        certainty="derived", who=_who(h.get("actor")), place=place, link=address(get(change, "links", "html", "href")),
        extra=some(ref=ref, after=after, before=before, sha=after, forced=change.get("forced") is True, commits=[words(c.get("hash")) for c in commits]),
    )  # fmt: skip


def _commit(c: dict, where: str) -> Record:
    return happened(
        c.get("date"), f"commit/{c['hash']}", "commit", title(c.get("message")), c, where, certainty="derived", who=_who(get(c, "author", "user"), c.get("author")),
        place=_place(c), link=address(get(c, "links", "html", "href")), extra=some(sha=words(c.get("hash"))),
    )  # fmt: skip


def _tag(t: dict, where: str) -> Record:
    return happened(
        first(t.get("date"), get(t, "target", "date")), f"tag/{_place(t.get('target') or {})}/{words(t.get('name'))}", "tag", f"Tag {words(t.get('name'))} on {short(get(t, 'target', 'hash'))}", t, where,
        certainty="exact" if given(t.get("date")) else "derived", who=_who(t.get("tagger"), get(t, "target", "author")), place=_place(t.get("target") or {}), extra=some(sha=words(get(t, "target", "hash"))),
    )  # fmt: skip


def _issue(i: dict, where: str, raw: dict | None = None, actor: Any = None) -> Record:
    return happened(
        i.get("created_on"), f"issue/{_place(i) or _place(raw or {})}/{i['id']}/opened", "issue opened", f"Issue #{i['id']} opened: {clean(i.get('title'))}", raw or i, where,
        known=(i.get("updated_on"),), who=_who(i.get("reporter"), actor), place=_place(i) or _place(raw or {}), link=address(get(i, "links", "html", "href")),
        extra=some(number=i.get("id"), state=i.get("state"), priority=i.get("priority")),
    )  # fmt: skip


def _about_issue(h: dict, where: str) -> Record:
    issue, changes = h["issue"], h.get("changes")
    if isinstance(h.get("comment"), dict) and not changes:
        return _comment(h["comment"], where, _place(h), h, issue.get("id"))
    if not isinstance(changes, dict):
        return _issue(issue, where, h, h.get("actor"))
    when = first(get(h, "comment", "created_on"), issue.get("updated_on"))
    said = "; ".join(
        f"{name} from {words(get(c, 'old')) or 'nothing'} to {words(get(c, 'new')) or 'nothing'}"
        for name, c in changes.items()
    )
    return happened(
        when, f"issue/{_place(h)}/{issue['id']}/changed/{when}", "change", f"Issue #{issue['id']}: {said}", h, where, who=_who(h.get("actor")), place=_place(h),
        link=address(get(issue, "links", "html", "href")), extra=some(number=issue.get("id")),
    )  # fmt: skip


def _issue_change(c: dict, where: str) -> Record:
    changes = c["changes"] if isinstance(c.get("changes"), dict) else {}
    said = "; ".join(
        f"{name} from {words(get(x, 'old')) or 'nothing'} to {words(get(x, 'new')) or 'nothing'}"
        for name, x in changes.items()
    )
    number = get(c, "issue", "id")
    return happened(
        c.get("created_on"), f"issue_change/{c['id']}", "change", f"Issue #{number}: {said}", c, where, who=_who(c.get("user")), place=_place(get(c, "issue", default={})), extra=some(number=number),
    )  # fmt: skip


TYPES: dict[str, Callable[[dict, str], Record]] = {
    "pipeline": _pipeline, "pipeline_step": _step, "deployment": _deployment, "pullrequest": _request, "build": _status, "commit": _commit, "tag": _tag,
    "issue": _issue, "issue_change": _issue_change, "pullrequest_comment": _comment, "issue_comment": _comment, "commit_comment": _comment,
}  # fmt: skip

FORMAT = Format(
    key="bitbucket",
    label="Bitbucket",
    about="Pipelines, deployments, pull requests, build states and pushes of Cloud or Data Center: API pages or webhooks",
    sniff=sniff,
    read=read,
)
