"""The cast. A name tells what a person may do, in every test.

alice     lead reviewer of the incident          (a member of the organisation otherwise)
bob       co-reviewer of it                      (member)
ian       took part in it, is interviewed        (member)
apo       approver of it                         (member)
mel       a member outside the circle
rita      a reader outside the circle
rev       a reviewer of the organisation, outside the circle
ada       the administrator, outside the circle
gone      somebody whose account was closed
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import caches
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents import actions
from postmortems.incidents.models import Incident
from tests import make

ROLES = {
    "alice": "member", "bob": "member", "ian": "member", "apo": "member", "mel": "member", "rita": "reader", "rev": "reviewer",
    "ada": "administrator",
}  # fmt: skip


@dataclass
class Cast:
    alice: User
    bob: User
    ian: User
    apo: User
    mel: User
    rita: User
    rev: User
    ada: User
    gone: User
    incident: Incident

    def __getitem__(self, name: str) -> User:
        return getattr(self, name)


def gather() -> Cast:
    people = {name: make.user(name, role=role) for name, role in ROLES.items()}
    gone = make.user("gone", is_active=False)
    incident = make.incident(by=people["alice"])
    actions.add_to_circle(incident=incident, by=people["alice"], user=people["bob"], role="co")
    actions.add_to_circle(incident=incident, by=people["alice"], user=people["apo"], role="approver")
    actions.add_participant(
        incident=incident, by=people["alice"], name="", role="On-call responder", user=people["ian"]
    )
    return Cast(**people, gone=gone, incident=incident)


class Kept:
    """People and what they made, made once; `again` writes their rows in one round trip instead of hundreds.

    `make` is called in a house where nobody is yet, and undone.
    """

    def __init__(self, make: Callable[[], Cast]) -> None:
        self.make = make
        with transaction.atomic(), connection.cursor() as cursor:
            before = _written(cursor)
            self.cast, self.at = make(), timezone.now()
            changed = [place for place, count in _written(cursor).items() if count > before.get(place, 0)]
            self.rows = "; ".join([AS_THEY_STOOD, *(_rows_of(cursor, *place) for place in changed), AS_EVER])
            transaction.set_rollback(True)

    def again(self) -> Cast:
        """With the same keys as in the test before, of which the cache must not remember anything.

        Made anew where other threads and processes are to see it, and where a test has set the clock to another day.
        """
        if not connection.in_atomic_block or abs(timezone.now() - self.at) > timedelta(hours=1):
            return self.make()
        caches["default"].key_prefix = f"cast-{next(_numbers)}"
        with connection.cursor() as cursor:
            cursor.execute(self.rows)
        return deepcopy(self.cast)


# What triggers wrote is among the rows.
AS_THEY_STOOD = "set local session_replication_role = replica"
AS_EVER = "set local session_replication_role = origin"
ROWS_OF = """
    select format(
        'insert into %1$s (%2$s) select %2$s from json_populate_recordset(null::%1$s, %3$L)',
        table_oid::regclass, (
            select string_agg(quote_ident(attname), ', ') from pg_attribute
            where attrelid = table_oid and attnum > 0 and not attisdropped and attgenerated = ''
        ),
        rows
    )
    from (select {oid}::oid as table_oid, json_agg(whole) as rows from {table} whole) told
"""
_numbers = itertools.count(1)


def _written(cursor: CursorWrapper) -> dict[tuple[int, str], int]:
    """How many rows this session has written into each table."""
    cursor.execute("select relid, relid::regclass::text, n_tup_ins from pg_stat_xact_user_tables")
    return {(oid, table): count for oid, table, count in cursor.fetchall()}


def _rows_of(cursor: CursorWrapper, oid: int, table: str) -> str:
    """The statement that writes what the table holds."""
    cursor.execute(ROWS_OF.format(oid=oid, table=table))
    return cursor.fetchone()[0]
