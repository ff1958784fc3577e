"""What people do on GitHub: pull requests, reviews, issues, comments, what the timeline of an issue lists, the audit log."""

from __future__ import annotations

from collections.abc import Iterator

from timelines.formats.base import clean, get
from timelines.formats.changes import address, first, given, happened, short, some, title, words
from timelines.formats.githubwords import Told, lower, who
from timelines.formats.records import Record, Skipped

LOUD = {
    "opened",
    "closed",
    "reopened",
    "merged",
    "deleted",
    "transferred",
    "ready_for_review",
    "dequeued",
    "published",
}


def pull_request(told: Told, p: dict) -> Iterator[Record]:
    """Where it stands, or, in a webhook, what was done with it."""
    action = told.action if told.thing is not p else ""
    merged, closed = given(p.get("merged_at")), given(p.get("closed_at"))
    if action and action not in ("closed", "opened") and not (action == "" and merged):
        what, when = action, first(p.get("updated_at"), p.get("created_at"))
    elif merged:
        what, when = "merged", merged
    elif closed:
        what, when = "closed", closed
    else:
        what, when = "opened", p.get("created_at")
    who_ = p.get("merged_by") if what == "merged" else None
    what = "updated" if what == "synchronize" else what
    key = f"pull_request/{p.get('id') or p.get('number')}/{what}" + (
        "" if what in ("merged", "opened") else f"/{when}"
    )
    yield happened(
        when, key, f"pull request {what.replace('_', ' ')}", f"Pull request #{p.get('number')} {what.replace('_', ' ')}: {clean(p.get('title'))}", told.thing, told.where,
        known=(p.get("updated_at"),), who=who(who_, told.sender, p.get("user")), place=told.repository, link=address(p.get("html_url")) or address(p.get("url")),
        noise=what not in LOUD,
        extra=some(
            number=p.get("number"), sha=words(p.get("merge_commit_sha")) or words(get(p, "merge_commit", "oid")), base=words(get(p, "base", "ref")) or words(p.get("base_ref_name")),
            head=words(get(p, "head", "sha")) or words(p.get("head_ref_oid")), label=words(get(told.thing, "label", "name")) if told.thing is not p else None,
        ),
    )  # fmt: skip


def review(told: Told, r: dict) -> Iterator[Record]:
    state, said = lower(r.get("state")) or "commented", clean(r.get("body"))
    number = get(told.thing, "pull_request", "number") or words(r.get("pull_request_url")).rsplit("/", 1)[-1]
    what = {
        "approved": "approved",
        "changes_requested": "changes asked for",
        "dismissed": "review dismissed",
    }.get(state, "reviewed")
    yield happened(
        first(r.get("submitted_at"), r.get("updated_at"), r.get("created_at")), f"review/{r['id']}", f"pull request {what}", f"Pull request #{number} {what}" + (f": {said}" if said else ""), told.thing,
        told.where, known=(r.get("updated_at"),), who=who(r.get("user"), told.sender), place=told.repository, link=address(r.get("html_url")) or address(r.get("url")),
        extra=some(number=number, state=state, sha=words(r.get("commit_id"))),
    )  # fmt: skip


def comment(told: Told, c: dict) -> Iterator[Record]:
    thing = told.thing
    number = (
        next(
            (
                n
                for n in (get(thing, name, "number") for name in ("issue", "pull_request", "discussion"))
                if n
            ),
            None,
        )
        or words(c.get("issue_url")).rsplit("/", 1)[-1]
    )
    said, sha = clean(c.get("body")), words(c.get("commit_id"))
    about = f"On #{number}: " if number else f"On {short(sha)}: " if sha else ""
    before = get(thing, "changes", "body", "from") if thing is not c else None
    yield happened(
        c.get("created_at"), f"comment/{c['id']}", "comment", f"{about}{said}", thing, told.where, known=(c.get("updated_at"),), who=who(c.get("user"), told.sender),
        place=told.repository, link=address(c.get("html_url")) or address(c.get("url")), deleted=thing is not c and told.action == "deleted",
        extra=some(number=number, action=told.action if thing is not c else None, before=before, file=c.get("path"), sha=sha),
    )  # fmt: skip


def issue(told: Told, i: dict) -> Iterator[Record]:
    """Where it stands, or, in a webhook, what was done with it. A discussion is told alike."""
    action = told.action if told.thing is not i else ""
    closed = given(i.get("closed_at"))
    what = action or ("closed" if closed else "opened")
    when = {
        "closed": closed or i.get("updated_at"),
        "opened": i.get("created_at"),
        "created": i.get("created_at"),
    }.get(what) or first(i.get("updated_at"), i.get("created_at"))
    kind = (
        "discussion"
        if told.thing is not i and isinstance(told.thing.get("discussion"), dict)
        else "pull request"
        if isinstance(i.get("pull_request"), dict)
        else "issue"
    )
    yield happened(
        when, f"{kind.replace(' ', '_')}/{i.get('id') or i.get('number')}/{what}/{when}", f"{kind} {what.replace('_', ' ')}",
        f"{kind.capitalize()} #{i.get('number')} {what.replace('_', ' ')}: {clean(i.get('title'))}", told.thing, told.where, known=(i.get("updated_at"),),
        who=who(told.sender if told.thing is not i else None, i.get("closed_by") if what == "closed" else None, i.get("user")), place=told.repository,
        link=address(i.get("html_url")) or address(i.get("url")), noise=what not in LOUD | {"created", "answered"},
        extra=some(number=i.get("number"), labels=_labels(i), reason=i.get("state_reason"), label=words(get(told.thing, "label", "name")) if told.thing is not i else None),
    )  # fmt: skip


def _labels(i: dict) -> list[str]:
    labels = i.get("labels")
    return [words(get(label, "name")) or words(label) for label in labels] if isinstance(labels, list) else []


def issue_event(told: Told, e: dict) -> Iterator[Record | Skipped]:
    """One entry of what happened to an issue or pull request: the shapes are mixed."""
    kind = words(e.get("event"))
    if kind == "committed":
        yield happened(
            first(get(e, "committer", "date"), get(e, "author", "date")), f"commit/{e['sha']}", "commit", title(e.get("message")), e, told.where, certainty="derived",
            who=who(get(e, "author")), place=told.repository, link=address(e.get("html_url")), extra=some(sha=words(e.get("sha"))),
        )  # fmt: skip
    elif kind == "reviewed":
        yield from review(told, e | {"user": e.get("user") or e.get("actor")})
    elif kind == "commented":
        yield from comment(told, e | {"user": e.get("user") or e.get("actor")})
    elif kind in ("line-commented", "commit-commented"):
        for one in e.get("comments") or []:
            yield from comment(Told(one, told.where, told.repository), one)
    else:
        yield _issue_event(told, e, kind)


def _issue_event(told: Told, e: dict, kind: str) -> Record:
    number = get(e, "issue", "number") or get(e, "source", "issue", "number")
    about = (
        words(get(e, "label", "name"))
        or words(get(e, "milestone", "title"))
        or words(get(e, "assignee", "login"))
        or words(get(e, "rename", "to"))
    )
    about = (
        about
        or (short(e["commit_id"]) if words(e.get("commit_id")) else "")
        or words(get(e, "source", "issue", "title"))
    )
    said = kind.replace("_", " ").replace("-", " ")
    key = (
        f"issue_event/{e['id']}"
        if e.get("id")
        else f"issue_event/{told.repository}/{kind}/{number or ''}/{e.get('created_at')}"
    )
    return happened(
        e.get("created_at"), key, f"issue {said}", f"{f'#{number} ' if number else ''}{said}" + (f": {about}" if about else ""), e, told.where, who=who(e.get("actor")), place=told.repository,
        link=address(get(e, "issue", "html_url")), noise=kind not in LOUD | {"deployed", "referenced", "review_dismissed", "merged", "head_ref_force_pushed"},
        extra=some(number=number, sha=words(e.get("commit_id")), event=kind),
    )  # fmt: skip


def timeline_item(told: Told, t: dict) -> Iterator[Record]:
    """An entry of GraphQL's timelineItems, as ClosedEvent or MergedEvent."""
    kind = words(t.get("event_type")).removesuffix("Event")
    said = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
    about = (
        words(get(t, "label", "name")) or words(get(t, "assignee", "login")) or short(get(t, "commit", "oid"))
    )
    yield happened(
        t.get("created_at"), f"issue_event/{t.get('id') or f'{kind}/{told.where}'}", f"issue {said}", said + (f" {about}" if about else ""), told.thing, told.where,
        who=who(t.get("actor"), t.get("user")), place=told.repository, link=address(t.get("url")), noise=said not in LOUD | {"deployed"}, extra=some(event=said, sha=words(get(t, "commit", "oid"))),
    )  # fmt: skip


def audited(told: Told, a: dict) -> Iterator[Record]:
    when = first(a.get("@timestamp"), a.get("created_at"))
    about = words(a.get("repo")) or words(a.get("org"))
    said = words(a.get("action"))
    target = next(
        (
            words(a.get(name))
            for name in ("user", "team", "name", "branch", "workflow_run_id", "environment_name")
            if words(a.get(name))
        ),
        "",
    )
    yield happened(
        when, f"audit/{a['_document_id']}", "audit", f"{said}{f' {target}' if target else ''}{f' in {about}' if about else ''}", a, told.where, who=who(a.get("actor")), place=about,
        noise=said.startswith(("git.", "api.")), extra=some(action=said, address=a.get("actor_ip"), country=get(a, "actor_location", "country_code")),
    )  # fmt: skip
