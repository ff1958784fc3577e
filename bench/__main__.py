"""`make bench`: ratios against floors measured in the same run, on the same machine, a moment apart.

    import      the importer against parsing the same bytes plus COPY of the same rows
    lists       incident list, timeline page and archive search against a signed-in view with one query
    PDF         a printed revision against WeasyPrint alone on the same HTML

Ratios are medians of several runs; single figures on a busy machine mean little.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")

import django

django.setup()

import orjson
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import path

from postmortems import urls

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "50000"))
EVENTS = 10_000
WRITEUPS = int(os.environ.get("BENCH_WRITEUPS", "1000"))
T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def median(work: Callable[[], object], runs: int = 7) -> float:
    """Median seconds of `runs` calls after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def once(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def said(name: str, ours: float, floor: float, against: str) -> None:
    print(f"{name:<42} {ours * 1000:>9.1f} ms  {floor * 1000:>9.1f} ms  {ours / floor:>6.2f} ×  {against}")


def main() -> int:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(f"{'':<42} {'ours':>12}  {'floor':>12}  {'ratio':>8}  floor")
    mara, incident = people()
    imports(mara, incident)
    pages(mara, incident)
    pdf(mara, incident)
    return 0


def people():
    from postmortems.accounts.models import User
    from postmortems.incidents.actions import open_incident
    from postmortems.incidents.models import Severity

    mara = User.objects.create_user("bench@example.org", None, name="Bench", role="administrator")
    severity = Severity.objects.first()
    incident = open_incident(
        by=mara, title="Bench", severity=severity, impact_began_at=T0, resolved_at=T0 + timedelta(hours=84)
    )
    for number in range(200):
        open_incident(by=mara, title=f"Incident number {number}", severity=severity)
    return mara, incident


# --- import ----------------------------------------------------------------------------------------


def export(folder: Path) -> Path:
    """A Slack export of `MESSAGES` messages over some weeks, with realistic fields."""
    target = folder / "export.zip"
    per_day = 2000
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "users.json",
            orjson.dumps([{"id": f"U{n:04d}", "name": f"person{n}", "profile": {}} for n in range(80)]),
        )
        made.writestr("channels.json", orjson.dumps([{"id": "C0001", "name": "general"}]))
        for day in range(0, MESSAGES, per_day):
            rows = [
                {
                    "type": "message", "user": f"U{number % 80:04d}", "client_msg_id": f"id-{number}",
                    "text": f"message number {number} about <https://example.org/{number}|a page> and <@U{number % 80:04d}> &amp; more words to read",
                    "ts": f"{int(T0.timestamp()) - 3_000_000 + number * 30}.{number % 1_000_000:06d}", "team": "T0001",
                }
                for number in range(day, min(day + per_day, MESSAGES))
            ]  # fmt: skip
            date = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day // per_day)).date()
            made.writestr(f"general/{date}.json", orjson.dumps(rows))
    return target


RAW = "id, source_id, external_id, digest, place, body"
EVENT = (
    "id", "incident_id", "source_id", "raw_id", "external_id", "digest", "at", "read_at", "nanoseconds", "precision", "certainty",
    "written", "zone", "sequence", "kind", "actor", "actor_id", "actor_kind", "place", "thread", "text", "link", "extra", "noise", "deleted",
)  # fmt: skip


def _bare_event(number: int, message: dict) -> tuple:
    """A row like ours, made without looking at the message."""
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    return (
        number, 1, 1, number, message["ts"], number.to_bytes(32, "big"), at, at, 0, "microsecond", "exact",
        message["ts"], "Z", number, "message", message["user"], message["user"], "person", "#general", "", message["text"], "", "{}", False, False,
    )  # fmt: skip


def imports(mara, incident) -> None:
    from django.core.files.base import File

    from timelines import importing
    from timelines.actions import receive_file
    from timelines.models import Import

    with tempfile.TemporaryDirectory() as folder:
        packed = export(Path(folder))

        def floor() -> None:
            """Parse with orjson and COPY the same rows into tables with the same columns and indexes."""
            with connection.cursor() as cursor:
                cursor.execute("drop table if exists floor_event, floor_raw")
                cursor.execute("create table floor_raw (like timelines_rawrecord including all)")
                cursor.execute("create table floor_event (like timelines_event including all)")
                with zipfile.ZipFile(packed) as archive:
                    rows = [
                        (name, message)
                        for name in archive.namelist()
                        if name.startswith("general/")
                        for message in orjson.loads(archive.read(name))
                    ]
                with cursor.copy(f"copy floor_raw ({RAW}) from stdin") as to:
                    for number, (name, message) in enumerate(rows):
                        to.write_row(
                            (
                                number,
                                1,
                                message["ts"],
                                number.to_bytes(32, "big"),
                                name,
                                orjson.dumps(message),
                            )
                        )
                with cursor.copy(f"copy floor_event ({', '.join(EVENT)}) from stdin") as to:
                    for number, (_, message) in enumerate(rows):
                        to.write_row(_bare_event(number, message))

        def ours() -> None:
            with packed.open("rb") as file:
                imported = receive_file(
                    incident=incident,
                    by=mara,
                    upload=File(file, name="export.zip"),
                    name=f"run {time.perf_counter()}",
                )
            importing.run(imported.pk)
            imported.refresh_from_db()
            assert (imported.state, imported.added) == (Import.State.DONE, MESSAGES), imported.message

        floors, takes = [], []
        for _ in range(3):
            floors.append(once(floor))
            takes.append(once(ours))
        said(
            f"import {MESSAGES:,} Slack messages",
            statistics.median(takes),
            statistics.median(floors),
            "orjson and COPY of the same rows",
        )
        with connection.cursor() as cursor:
            cursor.execute("drop table floor_event, floor_raw")


# --- pages -----------------------------------------------------------------------------------------


def bare(request):
    """A signed-in view with one query and a template: what any page costs."""
    from django.template.response import TemplateResponse

    from postmortems.incidents.models import Severity

    return TemplateResponse(
        request, "incidents/settings.html", {"severities": Severity.objects.all(), "services": []}
    )


def pages(mara, incident) -> None:
    from timelines import actions, storing
    from timelines.formats.records import Record

    urls.urlpatterns.insert(0, path("bench/bare/", bare))
    from postmortems.incidents.actions import open_incident

    smaller = open_incident(by=mara, title="A thousand", severity=incident.severity)
    larger = open_incident(by=mara, title="Ten thousand", severity=incident.severity)
    for where, count in ((smaller, 1000), (larger, EVENTS)):
        source = actions.source_for(incident=where, format="slack", name="Slack")
        records = (
            Record(at=T0 + timedelta(seconds=n * 3), external_id=str(n), text=f"event {n} some words", kind="message", actor=f"p{n % 40}", raw=b"%d" % n)
            for n in range(count)
        )  # fmt: skip
        for batch in storing.batches(records):
            storing.store(source, batch)
    writeups(mara)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    client = Client(SERVER_NAME="localhost")
    client.force_login(mara)

    def visit(address: str) -> Callable[[], object]:
        def go() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return go

    floor = median(visit("/bench/bare/"), 15)
    for name, address in (
        ("incident list, 25 of 200 rows", "/incidents/"),
        ("timeline page, 1,000 events", f"/incidents/{smaller.ref}/timeline/"),
        (f"timeline page, {EVENTS:,} events", f"/incidents/{larger.ref}/timeline/"),
        (f"archive search, a rare word in {WRITEUPS:,}", "/archive/?q=word17x"),
        (f"archive search, a word in most of {WRITEUPS:,}", "/archive/?q=booking"),
    ):
        said(name, median(visit(address), 15), floor, "a signed-in view with one query")


def writeups(mara) -> None:
    """Published write-ups made of a small grammar; nothing of them is kept."""
    from postmortems.incidents.models import Incident, Severity
    from postmortems.publication.models import Printing, Revision

    severity = Severity.objects.first()
    made = Incident.objects.bulk_create(
        Incident(ref=f"OLD-2025-{n:05d}", title=f"Older incident {n}", severity=severity, opened_by=mara)
        for n in range(WRITEUPS)
    )
    words = "a booking was late because replica {} lagged behind and retries of step {} had no budget while word{}x was watched "
    revisions = Revision.objects.bulk_create(
        Revision(
            incident=incident, number=1, title=incident.title, content={}, html="", published_by=mara, digest=str(n),
            words=" ".join(words.format(n % 7, n % 11, n % 500) for _ in range(30)),
        )
        for n, incident in enumerate(made)
    )  # fmt: skip
    Printing.objects.bulk_create(Printing(revision=revision) for revision in revisions)


# --- PDF -------------------------------------------------------------------------------------------


def pdf(mara, incident) -> None:
    from postmortems.publication import article, content, pdf
    from postmortems.publication.models import Revision
    from timelines.actions import pin

    for event in incident.events.in_order()[:300]:
        pin(event=event, by=mara)
    document = content.of(incident)
    revision = Revision(
        incident=incident,
        number=1,
        title="Bench",
        content=document,
        html=article.render(document),
        published_at=T0,
        digest="0" * 64,
    )
    printed = pdf.html(revision)
    floor = median(lambda: _styled(printed, pdf), 3)
    said(
        "PDF of a write-up with 300 events",
        median(lambda: pdf.render(revision), 3),
        floor,
        "WeasyPrint alone, same HTML, styles and fonts",
    )


def _styled(printed: str, pdf) -> bytes:
    """WeasyPrint alone with the same styles and fonts, tagged the same."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), pdf._fetcher()
    styles = [CSS(string=pdf._faces(), font_config=fonts, url_fetcher=fetcher)]
    styles += [
        CSS(string=pdf._style(name), font_config=fonts, url_fetcher=fetcher)
        for name in ("css/timeline.css", "css/pdf.css")
    ]
    return HTML(string=printed, url_fetcher=fetcher).write_pdf(
        stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1"
    )


if __name__ == "__main__":
    sys.exit(main())
