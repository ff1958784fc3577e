"""What people do in GitLab: merge requests, issues, notes, label and state changes, an incident's timeline, audit events."""

from __future__ import annotations

from typing import Any

from timelines.formats.base import clean, get
from timelines.formats.changes import (
    address,
    branch,
    first,
    given,
    happened,
    short,
    some,
    title,
    words,
)
from timelines.formats.gitlabwords import place_of, who
from timelines.formats.graphql import listed
from timelines.formats.hypertext import plain
from timelines.formats.records import Record


def merge_request(m: dict, where: str, zone: Any) -> Record:
    """Merged, else closed, else opened: what last changed where it stands."""
    merged, closed = given(m.get("merged_at")), given(m.get("closed_at"))
    what = "merged" if merged else "closed" if closed else "opened"
    by = {"merged": m.get("merge_user") or m.get("merged_by"), "closed": m.get("closed_by"), "opened": None}[
        what
    ]
    return happened(
        merged or closed or m.get("created_at"), f"merge_request/{m['id']}/{what}", f"merge request {what}",
        f"Merge request !{m.get('iid')} {what}: {clean(m.get('title'))}", m, where, zone=zone, known=(m.get("updated_at"),),
        who=who(by or m.get("author")), place=place_of(m), link=address(m.get("web_url")),
        extra=some(
            number=m.get("iid"), state=m.get("state"), source=branch(m.get("source_branch")), target=branch(m.get("target_branch")),
            sha=words(m.get("merge_commit_sha") or m.get("squash_commit_sha")), head=words(m.get("sha")), created=m.get("created_at"),
        ),
    )  # fmt: skip


def issue(i: dict, where: str, zone: Any) -> Record:
    closed = given(i.get("closed_at"))
    what = "closed" if closed else "opened"
    kind = "incident" if words(i.get("issue_type") or i.get("type")).lower() == "incident" else "issue"
    return happened(
        closed or i.get("created_at"), f"issue/{i['id']}/{what}", f"{kind} {what}", f"{kind.capitalize()} #{i.get('iid')} {what}: {clean(i.get('title'))}", i,
        where, zone=zone, known=(i.get("updated_at"),), who=who((i.get("closed_by") if closed else None) or i.get("author")), place=place_of(i),
        link=address(i.get("web_url")),
        extra=some(number=i.get("iid"), severity=i.get("severity"), labels=[words(label) for label in i.get("labels") or [] if words(label)], created=i.get("created_at")),
    )  # fmt: skip


def note(n: dict, where: str, zone: Any) -> Record:
    number, system = n.get("noteable_iid"), n.get("system") is True
    about = words(n.get("noteable_type"))
    said = clean(n.get("body"))
    return happened(
        n.get("created_at"), f"note/{n['id']}", "change" if system else "comment",
        f"On {'!' if about == 'MergeRequest' else '#'}{number}: {said}" if number else said, n, where, zone=zone,
        known=(n.get("updated_at"), n.get("resolved_at")), who=who(n.get("author")), noise=system, place=place_of(n), link=address(n.get("url")),
        extra=some(number=number, about=about, note=words(n.get("id"))),
    )  # fmt: skip


def timeline_event(e: dict, where: str, zone: Any) -> Record:
    """What responders wrote into an incident's timeline: it happened at occurredAt, and may be written long after."""
    tags = [words(tag.get("name")) for tag in listed(e.get("timeline_event_tags"))]
    said = clean(e.get("note")) or plain(words(e.get("note_html")))
    record = happened(
        e.get("occurred_at"), f"timeline_event/{e['id']}", "timeline entry", said + (f" [{', '.join(tags)}]" if tags else ""), e, where, zone=zone,
        who=who(e.get("author")), extra=some(tags=tags, action=e.get("action"), recorded=e.get("created_at"), promoted_from=get(e, "promoted_from_note", "id")),
    )  # fmt: skip
    record.revised = happened(
        first(e.get("updated_at"), e.get("created_at"), e.get("occurred_at")),
        "",
        "",
        "",
        {},
        where,
        zone=zone,
    ).at
    if record.at.second == 0 and record.precision in ("second", "millisecond"):
        record.precision = "minute"  # the page it is typed into knows minutes only
    return record


def event(e: dict, where: str, zone: Any) -> Record:
    """One line of a project's or a person's activity."""
    push = e["push_data"] if isinstance(e.get("push_data"), dict) else {}
    done, what = clean(e.get("action_name")), words(e.get("target_title")) or title(push.get("commit_title"))
    thing = (
        f" {words(e.get('target_type'))}"
        if e.get("target_type")
        else f" {branch(push.get('ref'))}"
        if push
        else ""
    )
    said = clean(get(e, "note", "body", default=""))
    count = push.get("commit_count")
    text = (
        f"{done}{thing}"
        + (f" ({count} commits)" if type(count) is int and count > 1 else "")
        + (f": {said or what}" if said or what else "")
    )
    return happened(
        e.get("created_at"), f"event/{e['id']}", "push" if push else "comment" if said else f"{done or 'activity'}".lower(), text, e, where, zone=zone,
        who=who(e.get("author") or {"username": e.get("author_username"), "id": e.get("author_id")}), noise=done in ("joined", "left"),
        extra=some(after=push.get("commit_to"), before=push.get("commit_from"), ref=branch(push.get("ref")), number=e.get("target_iid"), project=e.get("project_id")),
    )  # fmt: skip


def resource_event(e: dict, where: str, zone: Any) -> Record:
    """A label, milestone, iteration, weight or state that was changed."""
    name = next((name for name in ("label", "milestone", "iteration") if isinstance(e.get(name), dict)), "")
    named = (
        words(get(e, name, "name") or get(e, name, "title"))
        if name
        else words(e.get("state") or e.get("weight"))
    )
    action = words(e.get("action")) or "set"
    text = f"{name or ('state' if 'state' in e else 'weight')} {named} {action}".replace(
        "add", "added"
    ).replace("remove", "removed")
    return happened(
        e.get("created_at"), f"{name or 'state'}_event/{e['id']}", "change", f"{words(e.get('resource_type'))}: {text}", e, where, zone=zone,
        who=who(e.get("user")), noise=bool(name), extra=some(resource=e.get("resource_id"), name=named, action=action),
    )  # fmt: skip


def audited(e: dict, where: str, zone: Any) -> Record:
    details = e["details"] if isinstance(e.get("details"), dict) else {}
    said = words(details.get("custom_message")) or " ".join(
        f"{name} {words(value)}" for name, value in details.items() if name in ("add", "remove", "change", "from", "to", "with") and words(value)
    )  # fmt: skip
    target = words(details.get("target_details")) or words(details.get("entity_path"))
    return happened(
        e.get("created_at"), f"audit_event/{e['id']}", "audit", f"{said or words(e.get('event_name')) or 'changed'}" + (f": {target}" if target else ""), e,
        where, zone=zone, who=who({"name": details.get("author_name"), "id": e.get("author_id")}), place=words(details.get("entity_path")),
        extra=some(entity=e.get("entity_type"), event=e.get("event_name")),
    )  # fmt: skip


def commit(c: dict, where: str, zone: Any) -> Record:
    """A commit says when it was made, not when it arrived."""
    return happened(
        first(c.get("committed_date"), c.get("created_at"), c.get("authored_date")), f"commit/{c['id']}", "commit", title(c.get("title") or c.get("message")), c,
        where, zone=zone, certainty="derived", who=who({"name": c.get("author_name"), "id": c.get("author_email")}), place=place_of(c), link=address(c.get("web_url")),
        extra=some(sha=words(c.get("id")), short=short(c.get("id"))),
    )  # fmt: skip
