"""The rows behind a figure: what may be asked of them, and the write-ups they lead to.

They are asked anew, of what is unrestricted now; a figure is as old as its reckoning says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict

from postmortems.archive.leading import asking, fixing, quarters, reviewing
from postmortems.archive.listing import teams
from postmortems.archive.models import Card, ToldCondition
from postmortems.incidents.models import Incident
from postmortems.meetings.models import Meeting
from postmortems.remediation.models import Item

PAGE = 50
MOST = 5_000  # rows that are counted and can be paged through


def conditions(asked: QueryDict) -> QuerySet[ToldCondition]:
    """By `kind`, `quarter` of the incident, `service` (its key), and `cited`: whether it rests on evidence."""
    found = ToldCondition.objects.filter(card__in=Card.objects.for_everybody())
    if kind := _text(asked, "kind"):
        found = found.filter(kind=kind)
    if span := _span(asked):
        found = found.filter(card__happened_at__gte=span[0], card__happened_at__lt=span[1])
    if (service := _text(asked, "service")).isdecimal() and len(service) < 18:
        found = found.filter(card__incident__services=int(service), helped=False)
    if (came := _text(asked, "came")) in ("cited", "bare"):
        found = found.filter(cited__gt=0) if came == "cited" else found.filter(cited=0)
    return found.select_related("card__incident").order_by("-card__happened_at", "card", "number")


# The page walks the index of promised days and stops; what is not asked for is no part of the statement, so that the
# planner sees what is. How many there are is counted up to `MOST`: to count half a million takes seconds.
PROMISED = """
select promises.*, incident.ref, card.title from ({promises}) promises
join incidents_incident incident on incident.id = promises.incident_id join archive_card card on card.incident_id = promises.incident_id
where {asked} order by promises.day, promises.id limit %(size)s offset %(offset)s
"""
COUNTED = "select count(*) from (select from ({promises}) promises where {asked} limit %(most)s + 1) counted"
WHERE = {
    "fares": "fares = any(string_to_array(%(fares)s, ' '))",
    "status": "status = %(status)s",
    "type": "type = %(type)s",
    "held": "exists (select from remediation_effectcheck effect where effect.item_id = promises.id and effect.held = %(held)s)",
    "changed": "exists (select from remediation_effectcheck effect where effect.item_id = promises.id and effect.would_have_changed = %(changed)s)",
    "kind": """promises.id in (
        select answers.item_id from remediation_item_conditions answers join writeup_condition condition on condition.id = answers.condition_id
        join writeup_conditionkind kind on kind.key = condition.kind_id where kind.name = %(kind)s)""",
}
FARES = {
    "ahead": "Ahead of its day",
    "overdue": "Overdue",
    "kept": "Done by its day",
    "late": "Done later",
    "dropped": "Dropped",
}
STATUSES = dict(Item.Status.choices)


def promises(asked: QueryDict, *, now: datetime, page: int) -> tuple[list[dict[str, Any]], int]:
    """By `fares` (several with a blank between), `status`, `type`, `kind`, `quarter` of its day, `held` and `changed`."""
    given: dict[str, Any] = {name: text for name in WHERE if (text := _text(asked, name))}
    where = [WHERE[name] for name in given]
    if span := _span(asked):
        given |= {"first": span[0].date(), "after": span[1].date()}
        where.append("day >= %(first)s and day < %(after)s")
    given |= {"today": now.date(), "size": PAGE, "offset": (page - 1) * PAGE, "most": MOST}
    parts = {"promises": fixing.PROMISES, "asked": " and ".join(where) or "true"}
    with connection.cursor() as cursor:
        cursor.execute(PROMISED.format(**parts), given)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(COUNTED.format(**parts), given)
        among = cursor.fetchone()[0]
    for row in found:
        row["fares"] = (
            FARES[row["fares"]] if row["status"] != "verified" else f"{FARES[row['fares']]}, verified"
        )
    return found, among


DUE = """
select id, count(*) over () as among from ({due}) every_one where due_at < %(now)s and (%(came)s = '' or came = %(came)s)
    and (%(first)s::timestamptz is null or due_at >= %(first)s::timestamptz and due_at < %(after)s::timestamptz)
order by due_at desc, id limit %(size)s offset %(offset)s
"""


def due(asked: QueryDict, *, now: datetime, page: int) -> tuple[list[Incident], int]:
    """Incidents whose write-up was due, by `came` (in_time, late, waiting) and `quarter` of the day it was due."""
    first, after = _span(asked) or (None, None)
    given = {
        "now": now, "first": first, "after": after, "came": _text(asked, "came"), "size": PAGE, "offset": (page - 1) * PAGE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DUE.format(due=reviewing.DUE), given)
        found = cursor.fetchall()
    rows = (
        Incident.objects.filter(restricted=False)
        .select_related("severity", "card")
        .in_bulk([row[0] for row in found])
    )
    return [rows[row[0]] for row in found if row[0] in rows], found[0][1] if found else 0


READ = f"""
with {reviewing.READ}
select incident.ref, card.title, card.first_published_at, n, among, count(*) over () as in_all
from counted join incidents_incident incident on incident.id = incident_id join archive_card card using (incident_id)
order by first_published_at desc, incident_id desc limit %(size)s offset %(offset)s
"""  # noqa: S608 of our own parts alone


def read(*, now: datetime, page: int) -> tuple[list[dict[str, Any]], int]:
    """The write-ups of the last year, and how many of their subscribed teams have read them."""
    found = asking.rows(READ, {"now": now, "size": PAGE, "offset": (page - 1) * PAGE, **teams.LEAST})
    return found, found[0]["in_all"] if found else 0


def surveyed(asked: QueryDict) -> QuerySet[Meeting]:
    """Meetings whose survey counts, by `quarter` in which they were held."""
    found = Meeting.objects.filter(
        Q(survey__result__answers__gte=reviewing.LEAST), incident__restricted=False, held_at__isnull=False
    )
    if span := _span(asked):
        found = found.filter(held_at__gte=span[0], held_at__lt=span[1])
    return found.select_related("incident", "survey").order_by("-held_at", "-pk")


def page_of(asked: QueryDict) -> int:
    number = asked.get("page", "")
    return (
        min(max(1, int(number)), MOST // PAGE)
        if number.isascii() and number.isdigit() and len(number) < 7
        else 1
    )


def _text(asked: QueryDict, name: str) -> str:
    return asked.get(name, "").replace("\x00", "")[:200]


def _span(asked: QueryDict) -> tuple[datetime, datetime] | None:
    try:
        return quarters.span(asked.get("quarter", ""))
    except ValueError:
        return None
