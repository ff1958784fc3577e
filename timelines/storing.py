"""One path from records to rows, for every format.

Per batch, in one transaction: COPY into a temporary table; insert the raw records that are new; insert
the events whose id is new; bring those up to date whose source changed them. Nothing is done per row in
Python beyond preparing it, importing twice adds nothing, and a run that was killed leaves whole batches
behind which the next run finds unchanged.

Which edition stands: a raw record seen before never rolls an event back (an older export after a newer
one); among unseen ones the later `revised` wins, and where a source says nothing the later import does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from timelines.formats.records import Record
from timelines.models import Source

BATCH = 5000
COLUMNS = (
    "position", "external_id", "digest", "place_read", "body", "read_at", "until", "nanoseconds", "precision", "certainty",
    "written", "zone", "sequence", "kind", "actor", "actor_id", "actor_kind", "place", "thread", "text", "link", "extra",
    "noise", "deleted", "revised",
)  # fmt: skip


@dataclass
class Counts:
    added: int = 0
    updated: int = 0
    unchanged: int = 0


def batches(records: Iterable[Record], size: int = BATCH) -> Iterator[list[Record]]:
    records = iter(records)
    while batch := list(islice(records, size)):
        yield batch


def store(source: Source, batch: list[Record], *, import_id=None) -> Counts:
    """Store one batch of records of `source`; counts speak of events."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        copy = f"copy incoming ({', '.join(COLUMNS)}) from stdin"
        with cursor.copy(copy) as to:
            for position, record in enumerate(batch):
                to.write_row(_row(position, record))
        # Within one batch the last edition of an id counts; all raw records are kept.
        cursor.execute(_ORDER)
        names = {
            "source": source.pk,
            "incident": source.incident_id,
            "imported": import_id,
            "offset": source.clock_offset,
        }
        cursor.execute(_INSERT_RAW, names)
        cursor.execute(_INSERT_EVENTS, names)
        added = cursor.rowcount
        cursor.execute(_UPDATE_EVENTS, names)
        updated = cursor.rowcount
        cursor.execute("select count(*) from newest")
        distinct = cursor.fetchone()[0]
    return Counts(added, updated, distinct - added - updated)


def _row(position: int, r: Record) -> tuple:
    return (
        position, _fit(r.external_id, 300), hashlib.sha256(r.raw).digest(), _text(r.where)[:400], r.raw, r.at, r.until, r.nanoseconds,
        r.precision, r.certainty, _text(r.written)[:120], _text(r.zone)[:60], r.order, _text(r.kind)[:60], _text(r.actor)[:200],
        _text(r.actor_id)[:200], r.actor_kind, _text(r.place)[:300], _fit(r.thread, 300), _text(r.text), _text(r.link),
        json.dumps(r.extra, ensure_ascii=True, default=str).replace("\\u0000", ""), r.noise, r.deleted, r.revised,
    )  # fmt: skip


def _text(text: str) -> str:
    """What PostgreSQL can hold: no NUL, no lone surrogates."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")


def _fit(key: str, size: int) -> str:
    """An id that fits its column: a longer one keeps its beginning and gains a digest of the whole."""
    key = _text(key)
    return key if len(key) <= size else f"{key[: size - 33]}/{hashlib.sha256(key.encode()).hexdigest()[:32]}"


_TEMPORARY = """
    drop table if exists incoming, newest;
    create temporary table incoming (
        position int, external_id text, digest bytea, place_read text, body bytea, read_at timestamptz, until timestamptz,
        nanoseconds smallint, precision text, certainty text, written text, zone text, sequence bigint, kind text,
        actor text, actor_id text, actor_kind text, place text, thread text, text text, link text, extra jsonb,
        noise boolean, deleted boolean, revised timestamptz
    ) on commit drop
"""
_ORDER = """
    create temporary table newest on commit drop as
    select distinct on (external_id) * from incoming
    order by external_id, revised desc nulls last, position desc
"""
_INSERT_RAW = """
    create temporary table fresh on commit drop as
    with put as (
        insert into timelines_rawrecord (source_id, imported_id, external_id, digest, place, body)
        select distinct on (external_id, digest) %(source)s, %(imported)s, external_id, digest, place_read, body
        from incoming order by external_id, digest, position
        on conflict do nothing
        returning id, external_id, digest
    ) select * from put
"""
_READING = "read_at, until, nanoseconds, precision, certainty, written, zone, sequence, kind, actor, actor_id, actor_kind, place, thread, text, link, extra, noise, deleted"
_INSERT_EVENTS = f"""
    insert into timelines_event (
        incident_id, source_id, raw_id, external_id, digest, at, revised, editions, pinned, caption, hidden, hidden_reason, phase, {_READING}
    )
    select %(incident)s, %(source)s, raw.id, n.external_id, n.digest, n.read_at + %(offset)s, n.revised, 1, false, '', false, '', '',
        n.read_at, n.until + %(offset)s, {_READING.removeprefix("read_at, until, ").replace(", ", ", n.").join(["n.", ""])}
    from newest n
    join timelines_rawrecord raw on raw.source_id = %(source)s and raw.external_id = n.external_id and raw.digest = n.digest
    order by n.position
    on conflict (source_id, external_id) do nothing
"""  # noqa: S608 the names are constants of this module
_UPDATE_EVENTS = """
    update timelines_event e set
        raw_id = fresh.id, digest = n.digest, revised = n.revised, editions = e.editions + 1,
        read_at = n.read_at, at = n.read_at + %(offset)s, until = n.until + %(offset)s, nanoseconds = n.nanoseconds,
        precision = n.precision, certainty = n.certainty, written = n.written, zone = n.zone, kind = n.kind, actor = n.actor,
        actor_id = n.actor_id, actor_kind = n.actor_kind, place = n.place, thread = n.thread,
        text = case when n.deleted and n.text = '' then e.text else n.text end,
        link = n.link, extra = n.extra, noise = n.noise, deleted = n.deleted
    from newest n
    join fresh on fresh.external_id = n.external_id and fresh.digest = n.digest
    where e.source_id = %(source)s and e.external_id = n.external_id and e.digest <> n.digest
        and (n.revised is null or e.revised is null or n.revised >= e.revised)
        and not (n.revised is null and e.revised is not null and not n.deleted)
"""
