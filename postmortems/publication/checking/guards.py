"""Whether the database still refuses to change what is frozen, and whether the application could take that away."""

from __future__ import annotations

from django.db import connection

from postmortems.publication.frozen import CHAINS, TABLES

THERE = """
select coalesce(g.tgenabled = 'A', false) from unnest(%s::text[], %s::text[]) with ordinality as told(place, guard, n)
    left join pg_trigger g on g.tgrelid = to_regclass(told.place) and g.tgname = told.guard order by told.n
"""
OWNS = """
select rolname::text, rolsuper, exists (
    select from pg_class where oid = any(%s::regclass[]) and pg_has_role(current_user, relowner, 'member')
) from pg_roles where rolname = current_user
"""


def without_guard() -> list[str]:
    """Tables that something could be done to which the house refuses."""
    guards = [(table, f"{table}_is_frozen{part}") for table in TABLES for part in ("", "_whole")]
    guards += [(table, f"{table}_is_next") for table in CHAINS]
    with connection.cursor() as cursor:
        cursor.execute(THERE, [[table for table, _ in guards], [guard for _, guard in guards]])
        there = [row[0] for row in cursor.fetchall()]
    return [
        f"The table {table} is not guarded any more: its trigger {guard} is missing or switched off."
        for (table, guard), stands in zip(guards, there, strict=True)
        if not stands
    ]


def who_could() -> list[str]:
    """That the role of the application could take the guards away, where it could."""
    with connection.cursor() as cursor:
        cursor.execute(OWNS, [list(TABLES)])
        role, is_super, owns = cursor.fetchone()
    if not (is_super or owns):
        return []
    what = "is a superuser of the database" if is_super else "owns the tables"
    return [
        f"The role {role}, under which this runs, {what} and could take the guards away; docs/running.md tells how to run as one that cannot."
    ]
