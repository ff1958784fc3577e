"""Bugzilla: bugs, their history and their comments, from REST as JSON, or XML of a bug.

Source: Bugzilla's documentation of its REST API and of `ctype=xml`. An entry of the history has no id: it is
(bug, moment, who). Times of REST are UTC; those of XML carry an offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, Unreadable, clean, compact, get
from timelines.formats.documents import Found, Only, begins, files, found, guarded, one, records, under
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.xmlnodes import Node, nodes

NOISE = {"cc", "see_also", "keywords", "whiteboard", "blocks", "depends_on"}
KINDS = {
    "status": "ticket status changed", "bug_status": "ticket status changed", "resolution": "ticket resolved", "assigned_to": "ticket assigned",
    "priority": "ticket priority changed", "severity": "ticket priority changed",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        return "it is a bug of Bugzilla as XML" if b"<bugzilla" in start[:2000] and b"<bug" in head else None
    if b'"bugs"' in head and (b'"field_name"' in head or b'"history"' in head):
        return "it holds the history of bugs in Bugzilla (field_name)"
    if b'"bug_id"' in head and b'"creator"' in head and b'"text"' in head:
        return "it holds comments of bugs in Bugzilla (bug_id)"
    if b'"bugs"' in head and b'"last_change_time"' in head:
        return "it holds bugs of Bugzilla"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name, context))


def _file(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    if begins(bundle, name) == b"<":
        yield from _xml(bundle, name, context)
    else:
        yield from records(found(Only(bundle, name), ("bugs", "comments")), _thing)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    if isinstance(thing.get("bugs"), dict) or isinstance(thing.get("comments"), dict):
        for number, bug in (thing.get("bugs") or {}).items():
            comments = bug if isinstance(bug, list) else get(bug, "comments", default=[])
            for place, comment in enumerate(comments):
                at = under(where, "bugs", number, "comments", place)
                yield from one(at, _comment, comment, at)
        for number, comment in (thing.get("comments") or {}).items():
            at = under(where, "comments", number)
            yield from one(at, _comment, comment, at)
    elif "text" in thing and "bug_id" in thing:
        yield _comment(thing, where)
    elif isinstance(thing.get("history"), list) or "creation_time" in thing:
        yield from _bug(thing, where)
    else:
        raise BadTime("This is no bug, history or comment of Bugzilla.")


def _when(value: Any) -> dict[str, Any]:
    """REST says Z; older servers leave it out and mean UTC all the same."""
    try:
        return stamp(value)
    except BadTime:
        return stamp(f"{value}Z") | {"written": str(value), "zone": ""}


def _who(login: Any, name: Any = "") -> dict[str, str]:
    login = clean(login)
    return {"actor": clean(name) or login or "unknown", "actor_id": login, "actor_kind": "person"}


def _bug(bug: dict, where: str) -> Iterator[Record | Skipped]:
    number, title = clean(bug["id"]), clean(bug.get("summary"))
    if bug.get("creation_time"):
        body = compact(
            {
                name: bug[name]
                for name in ("id", "summary", "creation_time", "creator", "product", "component")
                if name in bug
            }
        )
        who = _who(bug.get("creator"), get(bug, "creator_detail", "real_name"))
        yield from one(where, _created, number, title, bug["creation_time"], who, where, body)
    for place, entry in enumerate(bug.get("history") or []):
        at = under(where, "history", place)
        yield from one(at, _entry, entry, number, at)


def _created(number: str, title: str, when: Any, who: dict[str, str], where: str, raw: bytes) -> Record:
    return Record(
        external_id=f"bug/{number}/created", text=f"Bug {number} created: {title}", kind="ticket created", place=f"bug {number}",
        where=where, raw=raw, **_when(when), **who,
    )  # fmt: skip


def _entry(entry: dict, number: str, where: str) -> Record:
    changes = [change for change in entry.get("changes") or [] if isinstance(change, dict)]
    fields = [clean(change.get("field_name")) for change in changes]
    when = _when(entry["when"])
    return Record(
        external_id=f"bug/{number}/{when['at']:%Y-%m-%dT%H:%M:%SZ}/{clean(entry.get('who'))}",
        text="\n".join(_change(change) for change in changes) or "changed",
        kind=next((KINDS[field] for field in fields if field in KINDS), "ticket changed"),
        place=f"bug {number}",
        where=where,
        raw=compact({"bug": number, **entry}),
        noise=bool(fields) and all(field in NOISE for field in fields),
        extra={"fields": fields},
        **when,
        **_who(entry.get("who")),
    )


def _change(change: dict) -> str:
    name, old, new = (clean(change.get(key))[:2000] for key in ("field_name", "removed", "added"))
    return f"{name}: {old} → {new}" if old and new else f"{name}: {new}" if new else f"{name}: {old} removed"


def _comment(comment: dict, where: str) -> Record:
    number = clean(comment.get("bug_id"))
    return Record(
        external_id=f"comment/{comment['id']}",
        text=clean(comment.get("text")) or "(a comment without words)",
        kind="comment",
        place=f"bug {number}" if number else "",
        where=where,
        raw=compact(comment),
        extra={"private": bool(comment.get("is_private")), "attachment": comment.get("attachment_id")},
        **_when(comment.get("creation_time") or comment.get("time")),
        **_who(comment.get("creator") or comment.get("author")),
    )


def _xml(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    count = 0
    with bundle.open(name) as file:
        for count, node in enumerate(nodes(file, name, {"bug"}), 1):
            where = f"{name}#bug {count}"
            yield from guarded(where, lambda n=node, w=where: _bug_node(n, w))
    if not count:
        raise Unreadable(f"{name} is XML without bugs of Bugzilla.")


def _bug_node(node: Node, where: str) -> Iterator[Record | Skipped]:
    number, title = node.words("bug_id"), clean(node.words("short_desc"))
    reporter = node.one("reporter")
    who = _who(node.words("reporter"), reporter.attributes.get("name", "") if reporter else "")
    if node.words("creation_ts"):
        made = node.words("creation_ts")
        yield from one(where, _created, number, title, made, who, where, title.encode())
    for said in node.all("long_desc"):
        author = said.one("who")
        comment = {
            "id": said.words("commentid"), "bug_id": number, "text": said.words("thetext"), "creation_time": said.words("bug_when"),
            "creator": (author.attributes.get("name") or author.text.strip()) if author else "", "is_private": said.attributes.get("isprivate") == "1",
        }  # fmt: skip
        yield from one(where, _comment, comment, where)


FORMAT = Format(
    key="bugzilla",
    label="Bugzilla",
    about="Bugs, their history and their comments, as JSON of the API or XML",
    sniff=sniff,
    read=read,
)
