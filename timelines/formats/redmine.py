"""Redmine: issues with their journals, from REST as JSON or XML.

Source: Redmine's documentation of its REST API (`include=journals`). A journal entry is a note, changes of
fields, or both, at one instant; the changes name ids (status 1 → 2), as the API gives no names for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, Unreadable, clean, compact, get
from timelines.formats.documents import Found, Only, begins, files, found, guarded, one, records, under
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.xmlnodes import Node, nodes

KINDS = {
    "status_id": "ticket status changed",
    "assigned_to_id": "ticket assigned",
    "priority_id": "ticket priority changed",
}
NOISE = {"relation", "attachment"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        here = b"<journal " in head or (b"<tracker " in head and b"<created_on>" in head)
        return "it holds issues of Redmine with their journals" if here else None
    if start[:1] in (b"{", b"[") and (
        b'"journals"' in head or (b'"tracker"' in head and b'"created_on"' in head)
    ):
        return "it holds issues of Redmine (journals, tracker)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name, context))


def _file(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    if begins(bundle, name) == b"<":
        yield from _xml(bundle, name, context)
    else:
        elements = found(Only(bundle, name), ("issues", "journals"))
        yield from records(elements, lambda element: _thing(element, context))


def _thing(element: Found, context: Context) -> Iterator[Record | Skipped]:
    thing = element.value
    if element.key == "journals":
        yield _journal(thing, element.page, element.where, context)
        return
    issue = thing["issue"] if isinstance(thing.get("issue"), dict) else thing
    if "id" not in issue or "created_on" not in issue:
        raise BadTime("This is no issue of Redmine.")
    yield from _issue(issue, element.where, context)


def _issue(issue: dict, where: str, context: Context) -> Iterator[Record | Skipped]:
    number, title = clean(issue["id"]), clean(issue.get("subject"))
    body = compact({name: value for name, value in issue.items() if name not in ("journals", "children")})

    def act(word: str, when: Any, who: dict[str, str], order: int) -> Iterator[Record]:
        yield Record(
            external_id=f"issue/{number}/{word}", text=f"#{number} {word}: {title}", kind=f"ticket {word}", place=_project(issue), where=where,
            raw=body, order=order, extra={"issue": number, "status": clean(get(issue, "status", "name", default=""))}, **stamp(when, context.zone), **who,
        )  # fmt: skip

    yield from guarded(where, act, "created", issue["created_on"], _who(issue.get("author")), 0)
    for number_, journal in enumerate(issue.get("journals") or []):
        place = under(where, "journals", number_)
        yield from one(place, _journal, journal, issue, place, context)
    if issue.get("closed_on"):
        system = {"actor": "Redmine", "actor_kind": "system"}
        yield from guarded(where, act, "closed", issue["closed_on"], system, 2)


def _project(issue: dict) -> str:
    return clean(get(issue, "project", "name", default=""))


def _who(user: Any) -> dict[str, str]:
    name = clean(get(user, "name", default=""))
    return {
        "actor": name or "unknown",
        "actor_id": clean(get(user, "id", default=name)),
        "actor_kind": "person",
    }


def _journal(journal: dict, issue: dict, where: str, context: Context) -> Record:
    details = [detail for detail in journal.get("details") or [] if isinstance(detail, dict)]
    said = clean(journal.get("notes"))
    number = clean(issue.get("id"))
    kind = next((KINDS[d["name"]] for d in details if d.get("name") in KINDS), "ticket changed")
    edited = journal.get("updated_on")
    return Record(
        external_id=f"journal/{journal['id']}",
        text="\n".join([part for part in (said, *(_change(detail) for detail in details)) if part]) or "changed",
        kind="comment" if said else kind,
        place=_project(issue),
        where=where,
        raw=compact(journal),
        order=1,
        noise=not said and bool(details) and all(detail.get("property") in NOISE for detail in details),
        revised=stamp(edited, context.zone)["at"] if edited else None,
        extra={"issue": number, "private": bool(journal.get("private_notes")), "fields": [clean(d.get("name")) for d in details]},
        **stamp(journal.get("created_on"), context.zone),
        **_who(journal.get("user")),
    )  # fmt: skip


def _change(detail: dict) -> str:
    name = clean(detail.get("name")).removesuffix("_id").replace("_", " ")
    old, new = clean(detail.get("old_value"))[:2000], clean(detail.get("new_value"))[:2000]
    return f"{name}: {old} → {new}" if old and new else f"{name}: {new or old + ' removed'}"


def _xml(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    number = 0
    with bundle.open(name) as file:
        for number, node in enumerate(nodes(file, name, {"issue"}), 1):
            where = f"{name}#issue {number}"
            yield from guarded(where, lambda n=node, w=where: _issue(_issue_of(n), w, context))
    if not number:
        raise Unreadable(f"{name} is XML without issues of Redmine.")


def _issue_of(node: Node) -> dict[str, Any]:
    """XML in the shape of JSON."""
    issue: dict[str, Any] = {tag: node.words(tag) for tag in ("id", "subject", "created_on", "closed_on")}
    for tag in ("project", "status", "author"):
        child = node.one(tag)
        issue[tag] = child.attributes if child else None
    journals = node.one("journals")
    issue["journals"] = [_journal_of(child) for child in (journals.all("journal") if journals else [])]
    return issue


def _journal_of(node: Node) -> dict[str, Any]:
    user, details = node.one("user"), node.one("details")
    return {
        "id": node.attributes.get("id") or node.words("id"),
        "user": user.attributes if user else None,
        "notes": node.words("notes"),
        "created_on": node.words("created_on"),
        "private_notes": node.words("private_notes") == "true",
        "details": [
            {**d.attributes, "old_value": d.words("old_value"), "new_value": d.words("new_value")}
            for d in (details.all("detail") if details else [])
        ],
    }


FORMAT = Format(
    key="redmine",
    label="Redmine",
    about="Issues with their journals, as JSON or XML of the API",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
