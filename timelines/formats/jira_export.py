"""What a Jira server exports for people: the XML of issues, and the CSV of a search.

Source: Atlassian's documentation of exports. XML dates carry an offset. CSV columns repeat their names, one for
every comment (`25/Jan/21 11:09 AM;user;words`), and no comment has an id there: it is its issue, moment, author and words.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from timelines.formats.base import Bundle, Context, Unreadable, clean, get
from timelines.formats.documents import guarded, one
from timelines.formats.hypertext import plain
from timelines.formats.moments import day_order, stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.tabular import Row, rows
from timelines.formats.xmlnodes import Node, nodes

LOOKED_AT = 5000  # rows, for one whose date shows whether the day comes first


def read_xml(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    with bundle.open(name) as file:
        number = 0
        for number, node in enumerate(nodes(file, name, {"item"}), 1):
            where = f"{name}#item {number}"
            yield from guarded(where, _item, node, where, context)
        if not number:
            raise Unreadable(f"{name} is XML without issues of Jira.")


def _item(node: Node, where: str, context: Context) -> Iterator[Record | Skipped]:
    key = node.one("key")
    if key is None:
        yield Skipped(where, "The item has no issue key.")
        return
    number, shown = key.attributes.get("id") or key.text.strip(), key.text.strip()
    title = clean(node.words("summary") or node.words("title"))
    link = node.words("link")
    common: dict[str, Any] = {
        "place": shown, "link": link if link.startswith(("http://", "https://")) else "", "where": where,
        "extra": {"issue": number, "status": clean(node.words("status")), "priority": clean(node.words("priority"))},
    }  # fmt: skip
    raw = f"{shown} {title}\n{plain(node.words('description'))}".encode("utf-8", "replace")

    def act(word: str, tag: str, person: str) -> Iterator[Record]:
        if node.words(tag):
            yield Record(
                external_id=f"issue/{number}/{word}", text=f"{shown} {word}: {title}", kind=f"ticket {word}", raw=raw,
                **stamp(node.words(tag), context.zone), **common, **_who(node.one(person) if person else None),
            )  # fmt: skip

    yield from guarded(where, act, "created", "created", "reporter")
    yield from guarded(where, act, "resolved", "resolved", "")
    comments = node.one("comments")
    for comment in comments.all("comment") if comments else []:
        yield from one(where, _comment, comment, common, context)


def _comment(comment: Node, common: dict[str, Any], context: Context) -> Record:
    author = clean(comment.attributes.get("author", ""))
    return Record(
        external_id=f"comment/{comment.attributes['id']}", text=plain(comment.text) or "(a comment without words)", kind="comment",
        raw=f"{comment.attributes}\n{comment.text}".encode("utf-8", "replace"), actor=author or "unknown", actor_id=author, actor_kind="person",
        **stamp(comment.attributes.get("created"), context.zone), **common,
    )  # fmt: skip


def _who(node: Node | None) -> dict[str, str]:
    name = clean(node.text) if node else ""
    return {
        "actor": name or "Jira",
        "actor_id": (node.attributes.get("accountid") or node.attributes.get("username") or name)
        if node
        else "",
        "actor_kind": "person" if name else "system",
    }


def read_csv(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    order = str(get(context.mapping, "dates", default="")) or _order(bundle, name)
    issues = 0
    with bundle.open(name) as file:
        for row in rows(file, name):
            if isinstance(row, Skipped):
                yield row
                continue
            issues += 1
            yield from guarded(row.where, _row, row, context, order)
    if not issues:
        raise Unreadable(f"{name} has a header at most: there are no issues in it.")


def _order(bundle: Bundle, name: str) -> str:
    with bundle.open(name) as file:
        found = (row for row in islice(rows(file, name), LOOKED_AT) if isinstance(row, Row))
        return day_order(
            cell for row in found for column in ("Created", "Updated", "Resolved") for cell in row.all(column)
        )


def _row(row: Row, context: Context, order: str) -> Iterator[Record | Skipped]:
    number, key, title = row.get("Issue id"), row.get("Issue key"), clean(row.get("Summary"))
    common: dict[str, Any] = {
        "place": key, "where": row.where, "raw": row.raw[:65536],
        "extra": {"issue": number, "status": clean(row.get("Status")), "priority": clean(row.get("Priority"))},
    }  # fmt: skip
    for word, column, person in (
        ("created", "Created", row.get("Creator", "Reporter")),
        ("resolved", "Resolved", ""),
    ):

        def act(word: str = word, column: str = column, person: str = person) -> Iterator[Record]:
            if written := row.get(column):
                yield Record(
                    external_id=f"issue/{number}/{word}", text=f"{key} {word}: {title}", kind=f"ticket {word}", actor=clean(person) or "Jira",
                    actor_id=clean(person), actor_kind="person" if person else "system", **stamp(written, context.zone, order), **common,
                )  # fmt: skip

        yield from guarded(row.where, act)
    seen: Counter[str] = Counter()
    for cell in row.all("Comment"):
        seen[cell] += 1
        yield from one(row.where, _cell, cell, seen[cell], number, common, context, order)


def _cell(cell: str, time: int, number: str, common: dict[str, Any], context: Context, order: str) -> Record:
    """One comment; equal ones of an issue are told apart by which time they stand there."""
    written, author, said = (*cell.split(";", 2), "", "")[:3]
    digest = hashlib.sha256(cell.encode("utf-8", "replace")).hexdigest()[:24]
    return Record(
        external_id=f"issue/{number}/comment/{digest}" + (f"/{time}" if time > 1 else ""), text=clean(said) or "(a comment without words)", kind="comment",
        actor=clean(author) or "unknown", actor_id=clean(author), actor_kind="person", **stamp(written.strip(), context.zone, order),
        **common | {"raw": cell.encode("utf-8", "replace")},
    )  # fmt: skip
