"""Rows that may be written once. The database enforces it, for every role and every way in.

The triggers fire always, also where `session_replication_role` silences ordinary ones. What no trigger can refuse is
that the owner of a table takes its triggers away: the application can run as a role that owns nothing (`grant_app`),
`check_archive` tells when a trigger is missing, and the chain of digests tells what was done meanwhile.
"""

from __future__ import annotations

from django.db import migrations

ERASED = """current_setting('second_story.erase', true) = 'on'
        and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')"""
SQL = """
create function NAME() returns trigger language plpgsql as $$
begin
    if ERASED then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    if tg_op = 'UPDATE' and (to_jsonb(new)COLUMNS) = (to_jsonb(old)COLUMNS) then
        return new;
    end if;
    raise exception 'rows of TABLE are never changed or removed' using errcode = 'restrict_violation';
end $$;
create trigger NAME before update or delete on TABLE for each row when (OLD) execute function NAME();
create function NAME_whole() returns trigger language plpgsql as $$
begin
    if ERASED or not exists (select from TABLE kept where KEPT) then
        return null;
    end if;
    raise exception 'rows of TABLE are never changed or removed' using errcode = 'restrict_violation';
end $$;
create trigger NAME_whole before truncate on TABLE for each statement execute function NAME_whole();
alter table TABLE enable always trigger NAME, enable always trigger NAME_whole;
"""


def freeze(table: str, *, except_columns: tuple[str, ...] = (), erasable: bool = True) -> migrations.RunSQL:
    """A migration step: triggers that refuse UPDATE (other than of `except_columns`), DELETE and TRUNCATE on `table`.

    Erasing for good, where the law wants it, sets `second_story.erase` to `on` for its own transaction; that counts for
    who owns the table alone, and not at all where rows are not `erasable`. A table that is empty may be truncated.
    """
    return migrations.RunSQL(*frozen(table, except_columns=except_columns, erasable=erasable))


def frozen(
    table: str, *, except_columns: tuple[str, ...] = (), erasable: bool = True, when: str = "true"
) -> tuple[str, str]:
    """The SQL of `freeze`, and that which takes it back. `when` narrows it to some rows, as a condition on `{row}`."""
    name = f"{table}_is_frozen"
    parts = {
        "TABLE": table,
        "NAME": name,
        "COLUMNS": "".join(f" - '{column}'" for column in except_columns),
        "ERASED": ERASED if erasable else "false",
        "OLD": when.format(row="old"),
        "KEPT": when.format(row="kept"),
    }
    sql = SQL
    for word, said in parts.items():
        sql = sql.replace(word, said)
    return sql, f"drop function {name}() cascade; drop function {name}_whole() cascade;"
