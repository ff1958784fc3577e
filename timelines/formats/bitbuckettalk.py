"""What people do in Bitbucket Cloud: pull requests and their activity, comments, issues and what changed about them."""

from __future__ import annotations

from typing import Any

from timelines.formats.base import clean, get
from timelines.formats.changes import address, first, given, happened, person, some, words
from timelines.formats.records import Record


def place_of(thing: dict, *addresses: Any) -> str:
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


def who(*people: Any) -> dict[str, Any]:
    user = next((user for user in people if isinstance(user, dict) and user), None)
    bot = get(user, "type") in ("app_user", "team")
    return person(user, "display_name", "nickname", "username", "raw", nobody="Bitbucket", bot=bot)


def request(p: dict, where: str, raw: dict | None = None, actor: Any = None) -> Record:
    """A pull request where it stands: merged or declined when it was last changed, as it has no time for that."""
    what = {"MERGED": "merged", "DECLINED": "declined", "SUPERSEDED": "superseded"}.get(
        words(p.get("state")), "opened"
    )
    ended = what != "opened"
    place = words(get(p, "destination", "repository", "full_name")) or place_of(raw or p)
    return happened(
        first(p.get("closed_on"), p.get("updated_on"), p.get("created_on")) if ended else p.get("created_on"), f"pull_request/{place}/{p['id']}/{what}", f"pull request {what}",
        f"Pull request #{p['id']} {what}: {clean(p.get('title'))}", raw or p, where, known=(p.get("updated_on"),), certainty="derived" if ended and not given(p.get("closed_on")) else "exact",
        who=who(p.get("closed_by") if ended else None, actor, p.get("author")), place=place, link=address(get(p, "links", "html", "href")),
        extra=some(
            number=p.get("id"), sha=words(get(p, "merge_commit", "hash")), source=words(get(p, "source", "branch", "name")), target=words(get(p, "destination", "branch", "name")),
            created=p.get("created_on"), reason=words(p.get("reason")),
        ),
    )  # fmt: skip


def about_request(h: dict, where: str, event: str) -> Record:
    """A webhook about a pull request: a comment, an approval, or what became of it."""
    p = h["pullrequest"]
    number, place = p.get("id"), place_of(h) or place_of(p)
    for name, kind in (("approval", "approved"), ("changes_request", "changes asked for")):
        if isinstance(h.get(name), dict):
            when, by = h[name].get("date"), who(h[name].get("user"), h.get("actor"))
            return happened(
                when, f"pull_request/{place}/{number}/{name}/{by['actor_id']}/{when}", f"pull request {kind}", f"Pull request #{number} {kind}: {clean(p.get('title'))}",
                h, where, who=by, place=place, link=address(get(p, "links", "html", "href")), extra=some(number=number),
            )  # fmt: skip
    if isinstance(h.get("comment"), dict):
        return comment(h["comment"], where, place, h, number, deleted=event.endswith("comment_deleted"))
    record = request(p, where, h, h.get("actor"))
    if record.kind == "pull request opened" and (
        event.endswith(":updated") or (not event and p.get("updated_on") != p.get("created_on"))
    ):
        record = happened(
            p.get("updated_on"), f"pull_request/{place}/{number}/updated/{p.get('updated_on')}", "pull request updated", f"Pull request #{number} updated: {clean(p.get('title'))}",
            h, where, who=who(h.get("actor")), place=place, link=record.link, noise=True, extra=some(number=number),
        )  # fmt: skip
    return record


def activity(a: dict, where: str) -> Record:
    """One entry of a pull request's activity log."""
    p = a["pull_request"]
    place = words(get(a, "update", "destination", "repository", "full_name"))
    number = p.get("id")
    if isinstance(a.get("comment"), dict):
        return comment(a["comment"], where, place, a, number)
    for name, kind in (("approval", "approved"), ("changes_requested", "changes asked for")):
        if isinstance(a.get(name), dict):
            when, by = a[name].get("date"), who(a[name].get("user"))
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
        a, where, who=who(update.get("author")), place=place, noise=what == "updated", extra=some(number=number, changed=sorted(update.get("changes") or {})),
    )  # fmt: skip


def comment(
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
        who=who(c.get("user")), place=place or place_of(c), link=address(get(c, "links", "html", "href")), deleted=deleted or c.get("deleted") is True,
        extra=some(number=number, file=get(c, "inline", "path")),
    )  # fmt: skip


def issue(i: dict, where: str, raw: dict | None = None, actor: Any = None) -> Record:
    return happened(
        i.get("created_on"), f"issue/{place_of(i) or place_of(raw or {})}/{i['id']}/opened", "issue opened", f"Issue #{i['id']} opened: {clean(i.get('title'))}", raw or i, where,
        known=(i.get("updated_on"),), who=who(i.get("reporter"), actor), place=place_of(i) or place_of(raw or {}), link=address(get(i, "links", "html", "href")),
        extra=some(number=i.get("id"), state=i.get("state"), priority=i.get("priority")),
    )  # fmt: skip


def about_issue(h: dict, where: str) -> Record:
    about, changes = h["issue"], h.get("changes")
    if isinstance(h.get("comment"), dict) and not changes:
        return comment(h["comment"], where, place_of(h), h, about.get("id"))
    if not isinstance(changes, dict):
        return issue(about, where, h, h.get("actor"))
    when = first(get(h, "comment", "created_on"), about.get("updated_on"))
    said = "; ".join(
        f"{name} from {words(get(c, 'old')) or 'nothing'} to {words(get(c, 'new')) or 'nothing'}"
        for name, c in changes.items()
    )
    return happened(
        when, f"issue/{place_of(h)}/{about['id']}/changed/{when}", "change", f"Issue #{about['id']}: {said}", h, where, who=who(h.get("actor")), place=place_of(h),
        link=address(get(about, "links", "html", "href")), extra=some(number=about.get("id")),
    )  # fmt: skip


def issue_change(c: dict, where: str) -> Record:
    changes = c["changes"] if isinstance(c.get("changes"), dict) else {}
    said = "; ".join(
        f"{name} from {words(get(x, 'old')) or 'nothing'} to {words(get(x, 'new')) or 'nothing'}"
        for name, x in changes.items()
    )
    number = get(c, "issue", "id")
    return happened(
        c.get("created_on"), f"issue_change/{c['id']}", "change", f"Issue #{number}: {said}", c, where, who=who(c.get("user")), place=place_of(get(c, "issue", default={})), extra=some(number=number),
    )  # fmt: skip
