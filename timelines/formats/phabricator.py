"""Phabricator and Phorge: transactions of tasks, and tasks, from Conduit.

Source: the Conduit documentation of `transaction.search`, `maniphest.gettasktransactions` and
`maniphest.search`. Times are seconds since 1970, as numbers or as text. People and objects are PHIDs; the
export has no names for them. A transaction has one PHID in both calls, so both tell the same event; of a
comment's versions the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, Pages, found, guarded, one, records, under
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

NOISE = {
    "edge",
    "subscribers",
    "token",
    "space",
    "view",
    "edit",
    "projectcolumn",
    "columns",
    "mfa",
    "file",
    "core:edge",
    "core:columns",
    "",
}
KINDS = {
    "status": "ticket status changed", "priority": "ticket priority changed", "reassign": "ticket assigned", "owner": "ticket assigned",
    "comment": "comment", "create": "ticket created", "title": "ticket renamed", "description": "ticket description changed",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"PHID-' not in head:
        return None
    if b'"transactionPHID"' in head or b'"PHID-XACT-' in head:
        return "it holds transactions of Phabricator (PHID-XACT)"
    if b'"PHID-TASK-' in head and b'"dateCreated"' in head:
        return "it holds tasks of Phabricator (PHID-TASK)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    pages = Pages()
    for element in found(bundle, ("result.data", "data", "response.data")):
        if isinstance(element, Found) and element.page:
            pages.see(get(element.page, "result", "cursor", "after"))
        yield from records([element], _thing)
    yield from pages.note(bundle.name, "“cursor.after”")


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    by_task = next(
        (thing[name] for name in ("result", "response") if isinstance(thing.get(name), dict)), None
    )
    if by_task is not None:  # gettasktransactions: {"123": [transactions]}, or query: {"PHID-TASK-…": task}
        for key, value in by_task.items():
            for number, inner in enumerate(value if isinstance(value, list) else [value]):
                place = under(where, "result", key, number)
                yield from guarded(place, _thing, Found(inner, place))
    elif "transactionType" in thing or "transactionPHID" in thing:
        yield _transaction(_modern(thing), where)
    elif str(thing.get("phid", "")).startswith("PHID-XACT"):
        yield _transaction(thing, where)
    elif str(thing.get("phid", "")).startswith("PHID-TASK"):
        yield from _task(thing, where)
    else:
        raise BadTime("This is no transaction and no task of Phabricator.")


def _modern(old: dict) -> dict[str, Any]:
    """A transaction of the older call in the shape of the newer one."""
    words = old.get("comments")
    return {
        "phid": old.get("transactionPHID") or f"{old.get('taskID')}/{old.get('transactionID')}",
        "type": str(old.get("transactionType") or "").removeprefix("core:"),
        "authorPHID": old.get("authorPHID"),
        "objectPHID": f"T{old['taskID']}" if old.get("taskID") else "",
        "dateCreated": old.get("dateCreated"),
        "comments": [{"content": {"raw": words}}] if words else [],
        "fields": {"old": old.get("oldValue"), "new": old.get("newValue")},
    }


def _transaction(act: dict, where: str) -> Record:
    kind = clean(act.get("type"))
    comments = [comment for comment in act.get("comments") or [] if isinstance(comment, dict)]
    newest = max(comments, key=lambda comment: comment.get("version") or 0) if comments else {}
    said = clean(get(newest, "content", "raw", default=""))
    edited = newest.get("dateModified")
    fields = act["fields"] if isinstance(act.get("fields"), dict) else {}
    old, new = _value(fields.get("old")), _value(fields.get("new"))
    change = (
        f"{kind}: {old} → {new}"
        if old and new
        else f"{kind}: {new or old}"
        if new or old
        else kind.replace("core:", "")
    )
    return Record(
        external_id=str(act["phid"]),
        text=said or change or "changed",
        kind="comment" if said else KINDS.get(kind, "ticket changed"),
        place=clean(act.get("objectPHID")),
        where=where,
        raw=compact(act),
        noise=not said and kind in NOISE,
        deleted=bool(newest.get("removed")),
        revised=stamp(edited)["at"] if edited else None,
        extra={"type": kind, "group": act.get("groupID")},
        **stamp(act.get("dateCreated")),
        **_who(act.get("authorPHID")),
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return clean(value.get("name") or value.get("value") or ", ".join(str(key) for key in value))[:2000]
    if isinstance(value, list):
        return ", ".join(clean(item) for item in value if isinstance(item, (str, int)))[:2000]
    return clean(value)[:2000]


def _who(phid: Any) -> dict[str, str]:
    phid = clean(phid)
    person = phid.startswith("PHID-USER")
    return {"actor": phid or "Phabricator", "actor_id": phid, "actor_kind": "person" if person else "system"}


def _task(task: dict, where: str) -> Iterator[Record | Skipped]:
    fields = task["fields"] if isinstance(task.get("fields"), dict) else task
    title, number = clean(fields.get("name") or fields.get("title")), f"T{task.get('id')}"
    link = fields.get("uri") or task.get("uri")
    common: dict[str, Any] = {
        "place": number, "where": where, "raw": compact(task), "link": link if isinstance(link, str) else "",
        "extra": {"status": _value(fields.get("status")), "priority": _value(fields.get("priority"))},
    }  # fmt: skip

    def act(word: str, when: Any, who: Any, order: int) -> Record:
        return Record(
            external_id=f"{task['phid']}/{word}", text=f"{number} {word}: {title}", kind=f"ticket {word}", order=order,
            **common, **stamp(when), **_who(who),
        )  # fmt: skip

    yield from one(where, act, "created", fields.get("dateCreated"), fields.get("authorPHID"), 0)
    if fields.get("dateClosed"):
        yield from one(where, act, "closed", fields["dateClosed"], fields.get("closerPHID"), 1)


FORMAT = Format(
    key="phabricator",
    label="Phabricator or Phorge",
    about="Transactions or tasks as Conduit gives them",
    sniff=sniff,
    read=read,
)
