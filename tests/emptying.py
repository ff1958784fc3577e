"""Emptying the database after a test whose transactions were real.

Django empties a hundred tables and makes every permission anew: most of a second, for a test that wrote into twenty.
1. Whoever still writes is waited for.
2. What holds rows is deleted from without its triggers, also those that nothing but the owner of a table can silence.
3. Permissions stay, and the severities and kinds of conditions that migrations bring are put back with the keys that
   they had: every test begins in the same house.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from postmortems.incidents.models import Severity
from postmortems.incidents.scale import DEFAULT_SCALE
from postmortems.writeup.kinds import seed as seed_kinds

STAYS = {"django_content_type", "auth_permission"}

_SWITCH = """
    do $$ declare guard record; begin
        for guard in select tgrelid::regclass as place, tgname from pg_trigger where tgenabled = '{now}' loop
            execute format('alter table %s {then} trigger %I', guard.place, guard.tgname);
        end loop;
    end $$
"""
# Before and after what no role may do: triggers that fire always do not, until the end of the transaction at most.
UNGUARDED = (
    "set local second_story.erase = 'on'",
    "set local session_replication_role = replica",
    _SWITCH.format(now="A", then="disable"),
)
GUARDED = (_SWITCH.format(now="D", then="enable always"), "set local session_replication_role = origin")


def empty() -> None:
    there = set(connection.introspection.django_table_names(only_existing=True)) - STAYS
    tables = [connection.ops.quote_name(table) for table in sorted(there)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"lock table {', '.join(tables)} in share row exclusive mode")
        _erase(cursor, tables)
        cursor.execute("select setval(pg_get_serial_sequence('incidents_severity', 'id'), 1, false)")
        Severity.objects.bulk_create(Severity(**step) for step in DEFAULT_SCALE)
        seed_kinds(apps, None)


def _erase(cursor: CursorWrapper, tables: list[str]) -> None:
    cursor.execute(f"select {', '.join(f'exists (select from {table})' for table in tables)}")
    filled = [table for table, rows in zip(tables, cursor.fetchone(), strict=True) if rows]
    cursor.execute("; ".join([*UNGUARDED, *(f"delete from {table}" for table in filled), *GUARDED]))
