from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from postmortems.publication.checking.guards import who_could

# What is written once may be read and added to; only what the archive reckons anew is emptied.
WRITTEN_ONCE = (
    "publication_revision", "publication_twin", "publication_approval", "publication_approvedtext",
    "publication_withdrawal", "audit_entry",
)  # fmt: skip
EMPTIED = ("archive_tally", "archive_word", "archive_reckoning")


class Command(BaseCommand):
    help = (
        "Lets a role of the database run the application without owning its tables, so that it cannot take the guards "
        "of what is published away. Run it as their owner, after every migrate. Without a role it tells how it stands."
    )

    def add_arguments(self, parser):
        parser.add_argument("role", nargs="?", help="a role that exists; the application signs in as it")

    def handle(self, *, role, **options):
        if role is None:
            could = who_could()
            self.stdout.write(
                could[0] if could else "The role under which this runs cannot take the guards away."
            )
            return
        with connection.cursor() as cursor:
            cursor.execute("select rolsuper from pg_roles where rolname = %s", [role])
            found = cursor.fetchone()
        if found is None:
            raise CommandError(f"There is no role {role}: create it first, as in docs/running.md.")
        if found[0]:
            raise CommandError(f"{role} is a superuser, whom nothing can be refused.")
        grant(role)
        self.stdout.write(f"{role} may run the application and owns nothing of it.")


def grant(role: str) -> None:
    """Everything the application does, and no more: no DDL, and neither UPDATE nor DELETE of what is written once."""
    name, every = sql.Identifier(role), sql.SQL("all tables in schema {}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_schema()")
        schema = sql.Identifier(cursor.fetchone()[0])
        every = every.format(schema)
        cursor.execute(sql.SQL("grant usage on schema {} to {}").format(schema, name))
        cursor.execute(sql.SQL("revoke all on {} from {}").format(every, name))
        cursor.execute(sql.SQL("grant select, insert, update, delete on {} to {}").format(every, name))
        cursor.execute(sql.SQL("grant usage, select, update on all sequences in schema {} to {}").format(schema, name))  # fmt: skip
        once = sql.SQL(", ").join(map(sql.Identifier, WRITTEN_ONCE))
        cursor.execute(sql.SQL("revoke update, delete on {} from {}").format(once, name))
        # without the right to change some column no row may be locked; that it is changed the guards refuse
        cursor.execute(sql.SQL("grant update (id) on {} to {}").format(once, name))
        emptied = sql.SQL(", ").join(map(sql.Identifier, EMPTIED))
        cursor.execute(sql.SQL("grant truncate on {} to {}").format(emptied, name))
        if (
            connection.pg_version >= 170000
        ):  # what was purged is cleared off the disk; earlier versions let the owner alone
            cursor.execute(sql.SQL("grant maintain on {} to {}").format(every, name))
