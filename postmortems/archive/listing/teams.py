"""How far a write-up is read, in teams: "Read by 12 of 40 subscribed teams".

1. That somebody of a team read it to the end is kept, with the day; not who, and not when on that day.
2. A team of one or two would be a person: teams of fewer than three are left out, of what is kept and of the counts.
3. Nothing is told below five subscribed teams, and never which they are.
4. Of restricted write-ups nothing is kept: their readers are few, and known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from postmortems.accounts.models import User
from postmortems.archive.models import Card

FEWEST_PEOPLE = 3
FEWEST_TEAMS = 5

LARGE = """
select member.team_id from accounts_team_members member join accounts_user person on person.id = member.user_id
where person.is_active group by member.team_id having count(*) >= %(people)s
"""
KEEP = f"""
insert into archive_teamread (incident_id, team_id, "on")
select card.incident_id, mine.team_id, %(today)s from archive_card card, accounts_team_members mine
where card.incident_id = %(incident)s and not card.restricted and mine.user_id = %(user)s and mine.team_id in ({LARGE})
on conflict do nothing
"""  # noqa: S608 of our own parts alone
# Which teams of those that count are subscribed to which of the `cards`.
SUBSCRIBED = f"""
select distinct cards.incident_id, followed.team_id from cards
join archive_subscription followed on followed.facet = any(cards.facets)
where followed.how <> 'never' and followed.team_id in ({LARGE})
"""  # noqa: S608 of our own parts alone
COUNTED = f"""
subscribed as ({SUBSCRIBED}),
counted as (
    select incident_id, count(*) as among, count(*) filter (where exists (
        select from archive_teamread one where one.incident_id = subscribed.incident_id and one.team_id = subscribed.team_id)) as n
    from subscribed group by incident_id having count(*) >= %(teams)s
)
"""  # noqa: S608 of our own parts alone
OF_THESE = f"""
with cards as (select incident_id, facets from archive_card where incident_id = any(%(incidents)s) and not restricted), {COUNTED}
select incident_id, n, among from counted
"""  # noqa: S608 of our own parts alone
LEAST = {"people": FEWEST_PEOPLE, "teams": FEWEST_TEAMS}


@dataclass(frozen=True)
class ReadBy:
    n: int
    among: int

    @property
    def said(self) -> str:
        return f"Read by {self.n} of {self.among} subscribed teams"


def keep(*, card: Card, reader: User, today: date) -> None:
    """That the reader's teams have read it. The first of a team counts; one statement, and nothing waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"incident": card.pk, "user": reader.pk, "today": today, **LEAST})


def read_by(incidents: list[int]) -> dict[int, ReadBy]:
    """Of these write-ups, those of which something may be told."""
    with connection.cursor() as cursor:
        cursor.execute(OF_THESE, {"incidents": incidents, **LEAST})
        return {row[0]: ReadBy(row[1], row[2]) for row in cursor.fetchall()}
