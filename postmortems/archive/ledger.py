"""The ledger of counts (`Tally`), added up; and everything of the archive made anew."""

from __future__ import annotations

from django.db import connection, transaction

ADD_UP = """
with taken as (
    delete from archive_tally where facet in (select facet from archive_tally group by facet having count(*) > 1 or sum(n) = 0)
    returning facet, n
)
insert into archive_tally (facet, n) select facet, sum(n) from taken group by facet having sum(n) <> 0
"""
ANEW = """
truncate archive_tally, archive_word, archive_reckoning;
select count(archive_file(incident_id)) from (
    select incident_id from publication_revision union select incident_id from archive_card
) told;
delete from archive_tally;
insert into archive_tally (facet, n)
    select facet, count(*) from archive_card, unnest(facets) facet where not restricted group by facet;
"""


def add_up() -> None:
    """One row for each facet. Rows that a transaction adds meanwhile are not seen here, and stay for the next time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(7310, 1)")
        if cursor.fetchone()[0]:
            cursor.execute(ADD_UP)


def make_anew() -> None:
    """File every card again from the revisions, as after a change of how cards are made."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table archive_tally in access exclusive mode")
        cursor.execute(ANEW)
