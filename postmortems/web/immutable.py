"""Rows that may be written once. The database enforces it, for every role and every way in."""

from django.db import migrations


def freeze(
    table: str, *, except_columns: tuple[str, ...] = (), allow_delete: bool = False
) -> migrations.RunSQL:
    """A migration step: a trigger that refuses UPDATE (other than of `except_columns`), DELETE and TRUNCATE on `table`.

    Erasing for good, where the law wants it, sets `second_story.erase` to `on` for its own transaction;
    nothing else does.
    """
    name = f"{table}_is_frozen"
    columns = "".join(f" - '{column}'" for column in except_columns)
    events = "update" if allow_delete else "update or delete"
    truncate = (
        ""
        if allow_delete
        else (f"create trigger {name}_whole before truncate on {table} execute function {name}();")
    )
    return migrations.RunSQL(
        sql=f"""
            create function {name}() returns trigger language plpgsql as $$
            begin
                if current_setting('second_story.erase', true) = 'on' then
                    return case when tg_op = 'DELETE' then old else new end;
                end if;
                if tg_op = 'UPDATE' and (to_jsonb(new){columns}) = (to_jsonb(old){columns}) then
                    return new;
                end if;
                raise exception 'rows of {table} are never changed or removed'
                    using errcode = 'restrict_violation';
            end $$;
            create trigger {name} before {events} on {table} for each row execute function {name}();
            {truncate}
        """,
        reverse_sql=f"drop function {name}() cascade;",
    )
