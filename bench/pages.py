"""Pages against a signed-in view with one query, and searches against the raw query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path

from bench.measuring import median, said
from postmortems import urls
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import Incident, Severity
from timelines import actions, line, storing, tally
from timelines.asked import Asked
from timelines.formats.records import Record
from timelines.words import INDEXED, SEPARATORS

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
SIZES = (1000, 100_000)


def bare(request):
    """A signed-in view with one query and a template: what any page costs."""
    severities = Severity.objects.all()
    return TemplateResponse(request, "incidents/settings.html", {"severities": severities, "services": []})


def run(mara, severity) -> None:
    urls.urlpatterns.insert(0, path("bench/bare/", bare))
    lines = {size: timeline(mara, severity, size) for size in SIZES}
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    client = Client(SERVER_NAME="localhost")
    client.force_login(mara)

    def visit(address: str) -> Callable[[], bytes]:
        def go() -> bytes:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            return answer.content

        return go

    against = "a signed-in view with one query"
    floor = median(visit("/bench/bare/"), 25)
    said("incident list, 25 of 200 rows", median(visit("/incidents/"), 15), floor, against)
    taken = {}
    for size, incident in lines.items():
        page = visit(f"/incidents/{incident.ref}/timeline/")
        taken[size] = median(page, 25)
        weight = len(page())
        said(f"timeline page, {size:,} events", taken[size], floor, f"{against}; {weight / 1000:.0f} kB")
    few, many = (taken[size] for size in SIZES)
    said("timeline page, larger against smaller", many, few, f"{SIZES[0]:,} events")


def timeline(mara, severity, size: int) -> Incident:
    """An incident of three days and a half with three sources of people and machines."""
    incident = open_incident(
        by=mara, title=f"{size} events", severity=severity, impact_began_at=T0, resolved_at=T0 + timedelta(hours=84)
    )  # fmt: skip
    apart = timedelta(hours=84) / size
    for number in range(3):
        source = actions.source_for(incident=incident, format="slack", name=f"Slack {number}")
        records = (
            Record(
                at=T0 + apart * n, external_id=str(n), text=f"event {n} some words about the database", kind="message",
                actor=f"p{n % 40}", actor_kind="person", raw=b"%d" % n,
            )
            for n in range(number, size, 3)
        )  # fmt: skip
        for batch in storing.batches(records):
            storing.store(source, batch)
    tally.counted(incident)
    return incident


# --- search in a large line ------------------------------------------------------------------------

RAW = """
    select source_id, date_bin(%(size)s, at, 'epoch'), count(*) from timelines_event
    where incident_id = %(incident)s and not hidden and not deleted and (pinned or not noise) and {match} group by 1, 2
"""
RAW_PAGE = """
    select * from (
        select * from timelines_event
        where incident_id = %(incident)s and not hidden and not deleted and (pinned or not noise) and {match}
    ) found order by at + interval '0', sequence, id limit 51
"""
RAW_LINE = RAW_PAGE.replace("at + interval '0'", "at")


def searches(incident: Incident, size: int) -> None:
    """What the page asks the database under a filter, against the same two questions in SQL by hand."""
    with connection.cursor() as cursor:
        cursor.execute("analyze timelines_event")
    sources = tally.counted(incident)
    for name, asked, match, rare in (
        ("a rare word", Asked(q="4711"), _matching("'4711':*"), True),
        ("a common word", Asked(q="message"), _matching("'message':*"), False),
        ("one actor", Asked(actor="person7"), "actor = 'person7'", False),
    ):
        ours = median(lambda asked=asked: _ours(incident, asked, sources), 5)
        floor = median(lambda match=match, rare=rare: _raw(incident, match, rare), 5)
        said(f"{name} in {size:,} events", ours, floor, "the raw queries")


def _ours(incident: Incident, asked: Asked, sources) -> None:
    span = line.Span.of(incident, asked, sources)
    line.page(asked.events(incident), rare=bool(asked.q) and span.count < line.RARE)


def _raw(incident: Incident, match: str, rare: bool) -> None:
    asked = {"incident": incident.pk, "size": timedelta(days=7)}
    with connection.cursor() as cursor:
        cursor.execute(RAW.format(match=match), asked)
        cursor.fetchall()
        cursor.execute((RAW_PAGE if rare else RAW_LINE).format(match=match), asked)
        cursor.fetchall()


def _matching(query: str) -> str:
    vector = f"translate(left(actor || ' ' || text || ' ' || caption, {INDEXED}), '{SEPARATORS}', '{' ' * len(SEPARATORS)}')"
    return f"to_tsvector('simple'::regconfig, {vector}) @@ to_tsquery('simple', '{query.replace(chr(39), chr(39) * 2)}')"
