"""Bitbucket Data Center (Server): webhooks with an eventKey, pull requests and their activities, commits, builds, deployments.

Times are milliseconds, except the webhook's own `date`, which is "2017-09-19T09:45:32+1000" in the server's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, clean, get
from timelines.formats.changes import address, branch, first, happened, person, short, some, title, words
from timelines.formats.documents import guarded, under
from timelines.formats.records import Record, Skipped

EVENTS = {
    "pr:opened": "opened", "pr:merged": "merged", "pr:declined": "declined", "pr:deleted": "deleted", "pr:modified": "updated", "pr:from_ref_updated": "updated",
    "pr:to_ref_updated": "updated", "pr:reviewer:approved": "approved", "pr:reviewer:unapproved": "approval withdrawn", "pr:reviewer:needs_work": "changes asked for",
    "pr:reviewer:changes_requested": "changes asked for", "pr:reviewer:updated": "updated",
}  # fmt: skip


def is_theirs(thing: dict) -> bool:
    return (
        "eventKey" in thing
        or "createdDate" in thing
        or "committerTimestamp" in thing
        or "deploymentSequenceNumber" in thing
        or ("dateAdded" in thing and "key" in thing)
    )


def told(thing: dict, where: str) -> Iterator[Record | Skipped]:
    if "eventKey" in thing:
        yield from _hook(thing, where)
    elif "deploymentSequenceNumber" in thing:
        yield _deployment(thing, where)
    elif "committerTimestamp" in thing:
        yield _commit(thing, where)
    elif "dateAdded" in thing:
        yield _build(thing, where)
    elif "action" in thing:
        yield _activity(thing, where)
    else:
        yield _request(thing, where)


def _who(*people: Any) -> dict[str, Any]:
    user = next((get(user, "user", default=user) for user in people if isinstance(user, dict) and user), None)
    return person(
        user, "displayName", "name", "emailAddress", nobody="Bitbucket", bot=get(user, "type") == "SERVICE"
    )


def _repository(repository: Any) -> str:
    return "/".join(
        part for part in (words(get(repository, "project", "key")), words(get(repository, "slug"))) if part
    )


def _link(thing: Any) -> str:
    links = get(thing, "links", "self")
    return address(get(links[0], "href")) if isinstance(links, list) and links else ""


def _hook(h: dict, where: str) -> Iterator[Record | Skipped]:
    event = words(h["eventKey"])
    if isinstance(h.get("changes"), list) and event.startswith("repo:"):
        for number, change in enumerate(h["changes"]):
            spot = under(where, "changes", number)
            yield from guarded(spot, lambda c=change, p=spot: iter([_push(h, c, p)]))
    elif isinstance(h.get("comment"), dict):
        yield _comment(h, where, event)
    elif isinstance(h.get("pullRequest"), dict):
        yield _about_request(h, where, event)
    elif "date" in h:
        yield _other(h, where, event)
    else:
        raise BadTime(f"A “{event[:60]}” webhook of Bitbucket without a date marks no moment.")


def _push(h: dict, change: dict, where: str) -> Record:
    ref = words(get(change, "ref", "displayId")) or branch(change.get("refId"))
    after, before, kind = (
        words(change.get("toHash")),
        words(change.get("fromHash")),
        words(change.get("type")),
    )
    place = _repository(h.get("repository"))
    done = {"ADD": f"{ref} created at {short(after)}", "DELETE": f"{ref} deleted"}.get(
        kind, f"Commits up to {short(after)} pushed to {ref}"
    )
    said = title(get(h, "toCommit", "message", default=""))
    return happened(
        h.get("date"), f"push/{place}/{ref}/{before}/{after}", "push", done + (f": {said}" if said else ""), h | {"changes": [change]}, where, who=_who(h.get("actor")), place=place,
        extra=some(ref=ref, after=after, before=before, sha=after if kind != "DELETE" else ""),
    )  # fmt: skip


def _about_request(h: dict, where: str, event: str) -> Record:
    p = h["pullRequest"]
    what = EVENTS.get(event, event.rpartition(":")[2].replace("_", " "))
    place = _repository(get(p, "toRef", "repository"))
    once = what in ("opened", "merged", "declined", "deleted")
    when = first(h.get("date"), p.get("closedDate"), p.get("updatedDate"), p.get("createdDate"))
    return happened(
        when, f"pull_request/{place}/{p['id']}/{what}" + ("" if once else f"/{get(h, 'actor', 'id', default='')}/{when}"), f"pull request {what}",
        f"Pull request #{p['id']} {what}: {clean(p.get('title'))}", h, where, known=(p.get("updatedDate"),), who=_who(h.get("actor")), place=place, link=_link(p), noise=what == "updated",
        extra=_facts(p),
    )  # fmt: skip


def _facts(p: dict) -> dict[str, Any]:
    return some(
        number=p.get("id"), sha=words(get(p, "properties", "mergeCommit", "id")), source=words(get(p, "fromRef", "displayId")), target=words(get(p, "toRef", "displayId")),
        head=words(get(p, "fromRef", "latestCommit")),
    )  # fmt: skip


def _request(p: dict, where: str) -> Record:
    what = {"MERGED": "merged", "DECLINED": "declined"}.get(words(p.get("state")), "opened")
    place = _repository(get(p, "toRef", "repository"))
    return happened(
        first(p.get("closedDate"), p.get("updatedDate")) if what != "opened" else p.get("createdDate"), f"pull_request/{place}/{p['id']}/{what}", f"pull request {what}",
        f"Pull request #{p['id']} {what}: {clean(p.get('title'))}", p, where, known=(p.get("updatedDate"),), who=_who(p.get("author")), place=place, link=_link(p), extra=_facts(p),
    )  # fmt: skip


def _comment(h: dict, where: str, event: str) -> Record:
    c, number = h["comment"], get(h, "pullRequest", "id")
    place = _repository(get(h, "pullRequest", "toRef", "repository")) or _repository(h.get("repository"))
    said = clean(c.get("text"))
    before = words(h.get("previousComment"))
    return happened(
        first(c.get("createdDate"), h.get("date")), f"comment/{place}/{c['id']}", "comment", f"On #{number}: {said}" if number else said, h, where, known=(c.get("updatedDate"), h.get("date")),
        who=_who(c.get("author"), h.get("actor")), place=place, deleted=event.endswith("deleted"), extra=some(number=number, before=before),
    )  # fmt: skip


def _activity(a: dict, where: str) -> Record:
    action = words(a.get("action")).lower()
    said = clean(get(a, "comment", "text", default=""))
    kind = "comment" if said else f"pull request {action}"
    return happened(
        a.get("createdDate"), f"activity/{a['id']}", kind, said or f"Pull request {action}", a, where, known=(get(a, "comment", "updatedDate"),), who=_who(a.get("user")),
        noise=action in ("rescoped", "updated"), extra=some(action=action),
    )  # fmt: skip


def _commit(c: dict, where: str) -> Record:
    return happened(
        c.get("committerTimestamp"), f"commit/{c['id']}", "commit", title(c.get("message")), c, where, certainty="derived", who=_who(c.get("author")), extra=some(sha=words(c.get("id"))),
    )  # fmt: skip


def _build(b: dict, where: str) -> Record:
    state, said = words(b.get("state")).lower() or "unknown", words(b.get("description"))
    when = first(b.get("createdDate"), b.get("dateAdded"))
    return happened(
        when, f"status/{words(b.get('commitId')) or words(get(b, 'commit', 'id'))}/{words(b['key'])}", f"check {state}", f"{words(b.get('name')) or words(b['key'])} {state}" + (f": {said}" if said else ""), b, where,
        known=(b.get("updatedDate"),), who=_who(None), link=address(b.get("url")), extra=some(state=state, ref=words(b.get("ref"))),
    )  # fmt: skip


def _deployment(d: dict, where: str) -> Record:
    state, environment = (
        words(d.get("state")).lower() or "unknown",
        words(get(d, "environment", "displayName")) or words(get(d, "environment", "key")),
    )
    place = _repository(d.get("repository"))
    return happened(
        d.get("lastUpdated"), f"deployment/{place}/{words(d.get('key'))}/{words(get(d, 'environment', 'key'))}/{d['deploymentSequenceNumber']}", f"deploy {state}",
        f"Deployment {words(d.get('displayName')) or '#' + words(d['deploymentSequenceNumber'])} to {environment or 'an environment'}: {state}", d, where, who=_who(None), place=place,
        link=address(d.get("url")), extra=some(environment=environment, status=state, sha=words(get(d, "toCommit", "id")) or words(get(d, "commit", "id"))),
    )  # fmt: skip


def _other(h: dict, where: str, event: str) -> Record:
    place = _repository(h.get("repository") or h.get("new") or h.get("fork"))
    return happened(
        h["date"], f"{event}/{place}/{h['date']}", event.rpartition(":")[2].replace("_", " "), f"{event} in {place}" if place else event, h, where, who=_who(h.get("actor")), place=place, noise=True,
    )  # fmt: skip
