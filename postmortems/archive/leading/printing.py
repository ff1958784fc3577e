"""The pages for leadership as one printed document, of one reckoning; kept with it, so that it goes when it goes.

To set it takes seconds, so a worker does after each reckoning. Only who asks in between waits for it.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from postmortems.archive.leading import fixed_page, reckoning, recurs_page, reviews_page
from postmortems.archive.models import Reckoning
from postmortems.publication import pdf

TITLE = "What recurs, what gets fixed, how we review"
PARTS = (
    ("recurs", "What recurs", "Conditions that came back, whatever the incident was called."),
    ("fixed", "What gets fixed", "What was promised in published write-ups, and what became of it."),
    ("reviews", "How we review", "Whether reviews come in time, rest on evidence, and teach something."),
    ("numbers", "What numbers cannot say", "Read this before you draw a conclusion from the other pages."),
)
TOLD = {"recurs": recurs_page.told, "fixed": fixed_page.told, "reviews": reviews_page.told}


@dataclass(frozen=True)
class Part:
    id: str
    name: str
    sentence: str
    told: SafeString


def printed(now: datetime) -> tuple[datetime, bytes]:
    """As of when, and the document of the last reckoning: set once, by the first who asks, and kept."""
    last = reckoning.newest(now)
    if last is None:
        return now, _set(now, reckoning.figures_of(now))
    with _alone(last):
        kept = Reckoning.objects.filter(pk=last.pk).values_list("printed", flat=True).first()
        if kept:
            return last.as_of, bytes(kept)
        made = _set(last.as_of, last.figures)
        # without the row, something was restricted meanwhile, and this document holds it
        if not Reckoning.objects.filter(pk=last.pk).update(printed=made):
            made = _set(now, reckoning.figures_of(now))
    return last.as_of, made


@contextmanager
def _alone(last: Reckoning):
    """One sets it, the others wait for it. No lock of the row: who restricts something should wait for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(7304, %s)", [last.pk % 2**31])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(7304, %s)", [last.pk % 2**31])


def _set(as_of: datetime, figures: dict[str, Any]) -> bytes:
    document = html(as_of, figures)
    identifier = hashlib.sha256(document.encode()).hexdigest()[:32].encode()
    made, _ = pdf.set_document(
        document, at=as_of, identifier=identifier, styles=("css/pdf.css", "css/pdf_leading.css")
    )
    return made


def html(as_of: datetime, figures: dict[str, Any]) -> str:
    moment = f"{as_of.astimezone(UTC):%-d %B %Y, %H:%M} UTC"
    return render_to_string(
        "print/leading.html",
        {
            "title": TITLE,
            "subject": f"{TITLE}, as of {moment}",
            "moment": moment,
            "as_of": as_of,
            "organisation": settings.ORGANISATION,
            "site": settings.SITE_URL,
            "parts": [_part(*part, figures) for part in PARTS],
        },
    )


def _part(name: str, title: str, sentence: str, figures: dict[str, Any]) -> Part:
    told = TOLD[name](figures[name]) if name in TOLD else {}
    page = render_to_string(f"archive/figures/{name}.html", {"printed": True, **told})
    # under the heading of its part; whatever people wrote is escaped, and has no headings
    deeper = page.replace("<h3", "<h4").replace("</h3", "</h4").replace("<h2", "<h3").replace("</h2", "</h3")
    return Part(f"part-{name}", title, sentence, mark_safe(deeper))  # noqa: S308 from our own template
