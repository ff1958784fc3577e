"""One path from records to rows, for every format.

Per batch, in one transaction: where no id of it is known yet, COPY straight into the two tables. Else COPY
into a temporary table; insert the raw records that are new; insert the events whose id is new; bring those
up to date whose source changed them. Nothing is done per row in Python beyond preparing it, importing twice
adds nothing, and a run that was killed leaves whole batches behind which the next run finds unchanged.

Which edition of an event stands:
1. An edition seen before never comes back: an older export after a newer one changes nothing.
2. Among unseen ones the later time of revision wins. One that states none is older than one that does,
   except a deletion, which is newer than any: a message stays deleted unless its source dates it later.
3. Where neither states one, the one that was imported later wins: the source gives nothing better to go by.
No annotation of a person is ever touched, and no order depends on where a batch ends.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from django.db import connection, transaction

from timelines.formats.records import Record
from timelines.masking import storing as masking
from timelines.models import Source

BATCH = 5000
COLUMNS = (
    "position", "external_id", "digest", "place_read", "body", "read_at", "until", "nanoseconds", "precision", "certainty",
    "written", "zone", "sequence", "kind", "actor", "actor_id", "actor_kind", "place", "thread", "text", "link", "extra",
    "noise", "deleted", "revised",
)  # fmt: skip
_TEXT, _DELETED = COLUMNS.index("text"), COLUMNS.index("deleted")


@dataclass
class Counts:
    """Of events: new, changed by their source, and neither. `unchanged` counts an id once in a batch."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.added + other.added, self.updated + other.updated, self.unchanged + other.unchanged
        )


def batches(records: Iterable[Record], size: int = BATCH) -> Iterator[list[Record]]:
    records = iter(records)
    while batch := list(islice(records, size)):
        yield batch


def store(source: Source, batch: list[Record], *, import_id=None) -> Counts:
    """Store one batch of records of `source`, and the counts on its import, in one transaction."""
    rows = [_row(position, record) for position, record in enumerate(batch)]
    rows, taken = masking.take_out(source.incident_id, rows, COLUMNS)
    distinct = len({row[1] for row in rows})
    names = {"source": source.pk, "incident": source.incident_id, "imported": import_id}
    with transaction.atomic(), connection.cursor() as cursor:
        # One batch of a source at a time, and under the clock offset of this very moment.
        cursor.execute("select clock_offset from timelines_source where id = %s for update", [source.pk])
        (names["offset"],) = cursor.fetchone()
        if distinct == len(rows) and not _any_known(cursor, source, rows):
            _add(cursor, rows, names)
            added, updated, known = distinct, 0, []
        else:
            added, updated = _merge(cursor, rows, names, alone=distinct == len(rows))
            known = [row[1] for row in rows]
        masking.keep(source.pk, source.incident_id, taken, known)
        if added or updated:
            cursor.execute(
                "update timelines_source set counted = false where id = %s and counted", [source.pk]
            )
        if import_id is not None:
            cursor.execute(_PROGRESS, [added, updated, import_id])
    return Counts(added, updated, distinct - added - updated)


def index_words() -> None:
    """Move what was added to the text index from its waiting list into its tree, so that search is quick at once."""
    with connection.cursor() as cursor:
        cursor.execute("select gin_clean_pending_list('event_words')")


def _any_known(cursor, source: Source, rows: list[tuple]) -> bool:
    """Whether an event of the source has one of these ids; nothing else makes raw records."""
    cursor.execute(_KNOWN, [source.pk, [row[1] for row in rows]])
    return cursor.fetchone()[0]


def _add(cursor, rows: list[tuple], names: dict) -> None:
    """Rows whose ids are all new and different."""
    cursor.execute(_RAW_IDS, [len(rows)])
    (raw_ids,) = cursor.fetchone()
    source, incident, imported, offset = (
        names[name] for name in ("source", "incident", "imported", "offset")
    )
    with cursor.copy(_COPY_RAW) as to:
        for raw_id, row in zip(raw_ids, rows, strict=True):
            to.write_row((raw_id, source, imported, *row[1:5]))
    with cursor.copy(_COPY_EVENTS) as to:
        for raw_id, row in zip(raw_ids, rows, strict=True):
            at, until = row[5], row[6]
            if offset:
                at, until = at + offset, until and until + offset
            to.write_row((incident, source, raw_id, row[1], row[2], at, row[5], until, *row[7:]))


def _merge(cursor, rows: list[tuple], names: dict, *, alone: bool) -> tuple[int, int]:
    """Rows of which some are known already, or stand twice unless `alone`: how many were added and updated."""
    cursor.execute(_INCOMING)
    with cursor.copy(f"copy incoming ({', '.join(COLUMNS)}) from stdin") as to:
        for row in rows:
            to.write_row(row)
    if not alone:
        cursor.execute(_DROP_OLDER)
    if any(row[_DELETED] and not row[_TEXT] for row in rows):
        cursor.execute(_KEEP_LAST_WORDS)
    cursor.execute(_INSERT_RAW, names)
    fresh, added, updated = cursor.rowcount, 0, 0
    if fresh:  # the same file again ends here
        cursor.execute(_INSERT_EVENTS, names)
        added = cursor.rowcount
    if added < fresh:
        cursor.execute("analyze fresh")  # a temporary table has no statistics of its own
        cursor.execute(_COUNT_EDITIONS, names)
        cursor.execute(_UPDATE_EVENTS, names)
        updated = cursor.rowcount
    return added, updated


def _row(position: int, r: Record) -> tuple:
    until = r.until if r.until is None or r.until >= r.at else None  # an end before its beginning is no end
    return (
        position, _fit(r.external_id, 300), hashlib.sha256(r.raw).digest(), _text(r.where)[:400], r.raw, r.at, until, r.nanoseconds,
        r.precision, r.certainty, _text(r.written)[:120], _text(r.zone)[:60], r.order, _text(r.kind)[:60], _text(r.actor)[:200],
        _text(r.actor_id)[:200], r.actor_kind, _text(r.place)[:300], _fit(r.thread, 300), _text(r.text), _link(r.link),
        _json(r.extra), r.noise, r.deleted, r.revised,
    )  # fmt: skip


def _text(text: Any) -> str:
    """What PostgreSQL can hold: NUL becomes its picture ␀, half of a surrogate pair becomes a question mark.

    A list or object where a reader expected words is no words: one odd record never takes its batch with it.
    """
    if not isinstance(text, str):
        return str(text) if isinstance(text, (int, float)) else ""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")


def _link(address: Any) -> str:
    """An address to click is one of the web: evidence may be hostile, and `javascript:` is an address too."""
    address = _text(address)
    return address if address.startswith(("https://", "http://")) else ""


def id_of(record: Record) -> str:
    """The id under which the event of a record stands in its source."""
    return _fit(record.external_id, 300)


def _fit(key: str, size: int) -> str:
    """An id that fits its column: a longer one keeps its beginning and gains a digest of the whole."""
    key = _text(key)
    return key if len(key) <= size else f"{key[: size - 33]}/{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _json(extra: dict[str, Any]) -> str:
    if not extra:
        return "{}"
    try:
        text = orjson.dumps(extra, default=str, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):  # half a surrogate pair, or an integer beyond 64 bits
        text = b"\\u0000"
    if b"\\u0000" in text:
        text = json.dumps(_harmless(extra), ensure_ascii=False, allow_nan=False).encode()
    return text.decode()


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(str(key)): _harmless(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_harmless(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    return _text(str(value))


def _rank(table: str) -> tuple[str, str]:
    """What rule 2 compares, as SQL: the time of revision, and among equal ones the deletion."""
    undated = f"case when {table}.deleted then 'infinity'::timestamptz else '-infinity' end"
    return f"coalesce({table}.revised, {undated})", f"{table}.deleted"


_KNOWN = "select exists (select from timelines_event where source_id = %s and external_id = any(%s))"
_RAW_IDS = """
    select array_agg(nextval(pg_get_serial_sequence('timelines_rawrecord', 'id')::regclass)) from generate_series(1, %s)
"""
_COPY_RAW = (
    "copy timelines_rawrecord (id, source_id, imported_id, external_id, digest, place, body) from stdin"
)
_COPY_EVENTS = f"""
    copy timelines_event (
        incident_id, source_id, raw_id, external_id, digest, at, read_at, until, {", ".join(COLUMNS[7:])}
    ) from stdin
"""
_INCOMING = """
    drop table if exists incoming, fresh;
    create temporary table incoming (
        position int, external_id text, digest bytea, place_read text, body bytea, read_at timestamptz, until timestamptz,
        nanoseconds smallint, precision text, certainty text, written text, zone text, sequence bigint, kind text,
        actor text, actor_id text, actor_kind text, place text, thread text, text text, link text, extra jsonb,
        noise boolean, deleted boolean, revised timestamptz, newest boolean not null default true
    ) on commit drop
"""
# Within one batch the edition that would win across batches is the newest; all raw records are kept.
_DROP_OLDER = f"""
    update incoming set newest = false
    from (
        select position, row_number() over (
            partition by external_id order by {" desc, ".join(_rank("incoming"))} desc, position desc
        ) as place from incoming
    ) ranked
    where ranked.position = incoming.position and ranked.place > 1
"""  # noqa: S608 the names are constants of this module
# A deletion that carries no text leaves the last one standing, to be found by who asks for deleted events.
_KEEP_LAST_WORDS = f"""
    update incoming n set text = said.text
    from (
        select distinct on (external_id) external_id, text from incoming where text <> ''
        order by external_id, {" desc, ".join(_rank("incoming"))} desc, position desc
    ) said
    where n.newest and n.deleted and n.text = '' and n.external_id = said.external_id
"""  # noqa: S608 the names are constants of this module
_INSERT_RAW = """
    create temporary table fresh on commit drop as
    with put as (
        insert into timelines_rawrecord (source_id, imported_id, external_id, digest, place, body)
        select %(source)s, %(imported)s, external_id, digest, place_read, body from incoming order by position
        on conflict do nothing
        returning id, external_id, digest
    ) select * from put
"""
_READING = (
    "until", "nanoseconds", "precision", "certainty", "written", "zone", "sequence", "kind", "actor", "actor_id", "actor_kind",
    "place", "thread", "link", "extra", "noise", "deleted", "revised",
)  # fmt: skip
_INSERT_EVENTS = f"""
    insert into timelines_event (
        incident_id, source_id, raw_id, external_id, digest, at, read_at, text, {", ".join(_READING)}
    )
    select %(incident)s, %(source)s, fresh.id, n.external_id, n.digest, n.read_at + %(offset)s, n.read_at, n.text, {", ".join("n.until + %(offset)s" if name == "until" else f"n.{name}" for name in _READING)}
    from incoming n
    join fresh on fresh.external_id = n.external_id and fresh.digest = n.digest
    where n.newest
    order by n.position
    on conflict (source_id, external_id) do nothing
"""  # noqa: S608 the names are constants of this module
# Every raw record beyond the one an event was just made from is one more edition of it.
_COUNT_EDITIONS = """
    update timelines_event e set editions = least(e.editions + further.number, 32767)
    from (
        select fresh.external_id, count(*) as number
        from fresh left join timelines_event made on made.raw_id = fresh.id and made.source_id = %(source)s
        where made.id is null group by fresh.external_id
    ) further
    where e.source_id = %(source)s and e.external_id = further.external_id
"""
_UPDATE_EVENTS = f"""
    update timelines_event e set
        raw_id = fresh.id, digest = n.digest, read_at = n.read_at, at = n.read_at + %(offset)s,
        text = case when n.deleted and n.text = '' then e.text else n.text end,
        {", ".join(f"{name} = n.{name}" for name in _READING if name != "until")}, until = n.until + %(offset)s
    from incoming n
    join fresh on fresh.external_id = n.external_id and fresh.digest = n.digest
    where n.newest and e.source_id = %(source)s and e.external_id = n.external_id and e.raw_id <> fresh.id
        and ({", ".join(_rank("n"))}) >= ({", ".join(_rank("e"))})
"""  # noqa: S608 the names are constants of this module
_PROGRESS = "update timelines_import set added = added + %s, updated = updated + %s where id = %s"
