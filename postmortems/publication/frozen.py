"""What of publications the database refuses to change, to remove and to put out of order: a migration step.

1. Revisions, twins, approvals with the texts they are of, and withdrawals are written once; nothing erases them. What
   must not be read any more is withdrawn.
2. A PDF is written once: its row is frozen as soon as it is done.
3. A revision follows the last one of its incident, a twin the last one of its audience: it has the next number, and
   names the digest of the one before.
"""

from __future__ import annotations

from django.db import migrations

from postmortems.web.immutable import frozen

TABLES = {
    "publication_revision": "true", "publication_twin": "true", "publication_approval": "true",
    "publication_approvedtext": "true", "publication_withdrawal": "true", "publication_printing": "{row}.state = 'done'",
}  # fmt: skip
CHAINS = {"publication_revision": ("incident_id",), "publication_twin": ("incident_id", "audience")}


NEXT = """
create function TABLE_is_next() returns trigger language plpgsql as $$
declare
    last TABLE%rowtype;
begin
    select * into last from TABLE where SAME order by number desc limit 1;
    if new.number is distinct from coalesce(last.number, 0) + 1
            or new.previous_digest is distinct from coalesce(last.digest, '') then
        raise exception 'a row of TABLE follows the last one: its number and digest' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger TABLE_is_next before insert on TABLE for each row execute function TABLE_is_next();
alter table TABLE enable always trigger TABLE_is_next;
"""


def _chained(table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    same = " and ".join(f"{column} = new.{column}" for column in columns)
    return NEXT.replace("TABLE", table).replace("SAME", same), f"drop function {table}_is_next() cascade;"


def keep_frozen() -> migrations.RunSQL:
    steps = [frozen(table, erasable=False, when=when) for table, when in TABLES.items()]
    steps += [_chained(table, columns) for table, columns in CHAINS.items()]
    return migrations.RunSQL("".join(sql for sql, _ in steps), "".join(back for _, back in steps))
