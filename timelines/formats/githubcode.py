"""What GitHub tells of code that arrives: pushes, branches and tags, commits, the activity of a repository.

A commit's dates say when it was made. When a push happened is `repository.pushed_at` of its webhook, which is the
repository's last push, `timestamp` in the activity of a repository, and `created_at` in its events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from timelines.formats.base import get
from timelines.formats.changes import address, branch, first, happened, short, some, title, words
from timelines.formats.githubwords import Told, who
from timelines.formats.records import Record, Skipped


def push(told: Told) -> Record:
    p = told.thing
    ref, head = branch(p.get("ref")), p["head_commit"] if isinstance(p.get("head_commit"), dict) else {}
    commits = [commit for commit in p.get("commits") or [] if isinstance(commit, dict)]
    when = first(get(p, "repository", "pushed_at"), head.get("timestamp"), get(p, "repository", "updated_at"))
    said = title(head.get("message"))
    if p.get("deleted") is True:
        what = f"{ref} deleted"
    elif p.get("created") is True and not commits:
        what = f"{ref} created" + (f" at {said}" if said else "")
    else:
        what = _counted(len(commits), ref, p.get("forced") is True) + (f": {said}" if said else "")
    return happened(
        when, f"push/{words(p.get('ref'))}/{words(p.get('before'))}/{words(p.get('after'))}", "push", what, p, told.where, certainty="derived",
        who=who(told.sender, p.get("pusher")), place=told.repository, link=address(p.get("compare")),
        extra=some(
            ref=words(p.get("ref")), after=words(p.get("after")), forced=p.get("forced") is True, commits=[words(commit.get("id")) for commit in commits],
            committed=head.get("timestamp"),
        ),
    )  # fmt: skip


def _counted(count: int, ref: str, forced: bool) -> str:
    return f"{count} commit{'s' if count != 1 else ''} pushed to {ref}{', rewriting it' if forced else ''}"


def named(told: Told) -> Record:
    """A branch or tag that was made or removed; the webhook has no time but that of the repository's last push."""
    t = told.thing
    kind, ref = words(t.get("ref_type")) or "branch", words(t.get("ref"))
    done = (
        "deleted"
        if told.event == "delete" or ("master_branch" not in t and "description" not in t)
        else "created"
    )
    when = first(get(t, "repository", "pushed_at"), get(t, "repository", "updated_at"))
    return happened(
        when, f"{kind}/{told.repository}/{ref}/{done}/{when}", f"{kind} {done}", f"{kind.capitalize()} {ref} {done}", t, told.where, certainty="derived", who=who(told.sender),
        place=told.repository, extra=some(ref=ref),
    )  # fmt: skip


def commit(told: Told, c: dict) -> Iterator[Record]:
    inner = c["commit"] if isinstance(c.get("commit"), dict) else c
    message = words(inner.get("message")) or words(c.get("message_headline"))
    pushed = c.get("pushed_date")
    when = first(
        pushed,
        get(inner, "committer", "date"),
        c.get("committed_date"),
        get(inner, "author", "date"),
        c.get("authored_date"),
    )
    yield happened(
        when, f"commit/{c['sha']}", "commit", title(message), told.thing, told.where, certainty="derived", who=who(get(c, "author"), get(c, "author", "user"), get(inner, "author")),
        place=told.repository, link=address(c.get("html_url")) or address(c.get("url")), extra=some(sha=words(c.get("sha"))),
    )  # fmt: skip


DONE = {
    "push": "pushed", "force_push": "rewritten", "branch_creation": "created", "branch_deletion": "deleted", "pr_merge": "moved by a merged pull request",
    "merge_queue_merge": "moved by the merge queue",
}  # fmt: skip


def pushed(told: Told, a: dict) -> Iterator[Record]:
    """One line of the activity of a repository; it has the moment of the push."""
    kind, ref = words(a.get("activity_type")), branch(a.get("ref"))
    yield happened(
        a.get("timestamp"), f"push/{words(a.get('ref'))}/{words(a.get('before'))}/{words(a.get('after'))}", "push",
        f"{ref} {DONE.get(kind, kind.replace('_', ' '))}, {short(a.get('before'))} to {short(a.get('after'))}", a, told.where, who=who(a.get("actor")), place=told.repository,
        extra=some(ref=words(a.get("ref")), after=words(a.get("after")), forced=kind == "force_push"),
    )  # fmt: skip


def activity(
    e: dict, where: str, hook: Callable[[Told], Iterator[Record | Skipped]]
) -> Iterator[Record | Skipped]:
    """One of the events a repository or person shows publicly: a webhook's payload, and when it was."""
    payload, kind, repository = (
        e["payload"],
        words(e.get("type")).removesuffix("Event"),
        words(get(e, "repo", "name")),
    )
    if kind == "Push":
        yield _push_event(e, payload, where, repository)
        return
    beside = {
        "sender": e.get("actor"),
        "repository": {
            "full_name": repository,
            "pushed_at": e.get("created_at"),
            "updated_at": e.get("created_at"),
        },
    }
    for record in hook(Told({**payload, **beside}, where, repository, EVENTS.get(kind, kind.lower()))):
        if isinstance(record, Record) and kind in ("Create", "Delete"):
            record.certainty = "exact"
        yield record


EVENTS = {
    "PullRequest": "pull_request",
    "IssueComment": "issue_comment",
    "Issues": "issues",
    "Create": "create",
    "Delete": "delete",
}


def _push_event(e: dict, payload: dict, where: str, repository: str) -> Record:
    commits = [commit for commit in payload.get("commits") or [] if isinstance(commit, dict)]
    size, ref = payload.get("size"), branch(payload.get("ref"))
    said = title(commits[-1].get("message")) if commits else ""
    counted = (
        _counted(size if type(size) is int else len(commits), ref, False)
        if commits or type(size) is int
        else f"{ref} pushed"
    )
    return happened(
        e.get("created_at"), f"push/{words(payload.get('ref'))}/{words(payload.get('before'))}/{words(payload.get('head'))}", "push", counted + (f": {said}" if said else ""), e, where,
        who=who(e.get("actor")), place=repository, extra=some(ref=words(payload.get("ref")), after=words(payload.get("head")), commits=[words(c.get("sha")) for c in commits]),
    )  # fmt: skip
