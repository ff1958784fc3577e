"""A printed revision against WeasyPrint alone on the same HTML."""

from __future__ import annotations

from datetime import UTC, datetime

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.measuring import median, said
from postmortems.publication import article, content, pdf
from postmortems.publication.models import Revision
from timelines.actions import pin

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def run(mara, incident) -> None:
    for event in incident.events.in_order()[:300]:
        pin(event=event, by=mara)
    document = content.of(incident)
    revision = Revision(
        incident=incident,
        number=1,
        title="Bench",
        content=content.published(document, number=1, at=T0, by="Bench", change_note="", approved_by=[]),
        html=article.render(document),
        published_at=T0,
        digest="0" * 64,
    )
    printed = pdf.html(revision)
    floor = median(lambda: _styled(printed), 3)
    said(
        "PDF of a write-up with 300 events",
        median(lambda: pdf.render(revision), 3),
        floor,
        "WeasyPrint alone, same HTML, styles and fonts",
    )


def _styled(printed: str) -> bytes:
    """WeasyPrint alone with the same styles and fonts, tagged the same."""
    fonts, fetcher = FontConfiguration(), pdf._fetcher()
    styles = [CSS(string=style, font_config=fonts, url_fetcher=fetcher) for style in pdf.all_styles()]
    return HTML(string=printed, url_fetcher=fetcher).write_pdf(
        stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1"
    )
