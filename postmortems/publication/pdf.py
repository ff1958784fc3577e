"""The printed document: `render(revision) -> bytes`, tagged PDF/UA, with its fonts inside.

Fonts come from packages: Source Serif 4 for the text, Source Code Pro for what a machine said, Amiri and
Noto for every other script. The fetcher opens these, and the pictures that the revision names, from the storage;
nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from postmortems.publication import pictures
from postmortems.publication.models import Revision, Twin
from postmortems.publication.printing import cover, drawing, preparing, tagging, tree
from postmortems.writeup.models import Image

Find = Callable[[str], Image | None]
STYLES = ("css/timeline.css", "css/pdf.css")
DRAWING = '<hr class="drawing">'  # where the timeline is drawn
FACES = (
    ("Source Serif 4", "normal", "200 900", "fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf"),
    ("Source Serif 4", "italic", "200 900", "fontpkg_source_serif_4", "files/SourceSerif4-Italic[opsz,wght].ttf"),
    ("Source Code Pro", "normal", "200 900", "fontpkg_source_code_pro", "files/SourceCodePro[wght].ttf"),
    ("Source Code Pro", "italic", "200 900", "fontpkg_source_code_pro", "files/SourceCodePro-Italic[wght].ttf"),
    # Noto Sans Arabic builds letters from a stroke and its dots, which cannot be searched or copied again.
    ("Amiri", "normal", "400", "fontpkg_amiri", "files/Amiri-Regular.ttf"),
    ("Amiri", "normal", "700", "fontpkg_amiri", "files/Amiri-Bold.ttf"),
    ("Noto Sans", "normal", "100 900", "manimgx_fonts", "NotoSans[wght].ttf"),
    ("Noto Emoji", "normal", "300 700", "manimgx_fonts", "NotoEmoji[wght].ttf"),
    ("Noto Sans CJK JP", "normal", "100 900", "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"),
    *(
        (f"Noto Sans {script}", "normal", "100 900", "manimgx_fonts", f"NotoSans{script}[wght].ttf")
        for script in (
            "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew",
            "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Symbols", "Tamil", "Telugu", "Thai",
        )
    ),
)  # fmt: skip


def html(published: Revision | Twin) -> str:
    """The document that is printed; what `render` gives to WeasyPrint."""
    document = published.content
    drawn = document.get("picture", "")
    figure = f'<figure class="timeline-figure">{drawn}</figure>'
    article = tree.parse(published.html.replace(figure, DRAWING))
    preparing.structure(article)
    preparing.for_paper(article, home=settings.SITE_URL if isinstance(published, Revision) else "")
    about = cover.of(published)
    title = cover.taken(article)
    return render_to_string(
        "print/writeup.html",
        {
            "about": about,
            "title": mark_safe(title),  # noqa: S308 as published, behind the sanitiser
            "contents": preparing.contents(article),
            "article": mark_safe(_with_pictures(tree.inside(article), document)),  # noqa: S308 likewise
            "organisation": settings.ORGANISATION,
        },
    )


def _with_pictures(article: str, document: dict[str, Any]) -> str:
    """The drawing of the page gives way to those that are made for paper."""
    figures = "".join(f"<figure>{svg}</figure>" for svg in drawing.pictures(document))
    return article.replace(DRAWING, figures, 1)


def render(published: Revision | Twin) -> tuple[bytes, int]:
    """The PDF and its number of pages. The same revision gives the same bytes."""
    return set_document(
        html(published),
        at=published.published_at,
        identifier=published.digest[:32].encode(),
        find=lambda url: _picture(published, url),
    )


def set_document(
    html: str,
    *,
    at: datetime,
    identifier: bytes,
    styles: Sequence[str] = STYLES,
    find: Find = lambda url: None,
) -> tuple[bytes, int]:
    """A page of ours as a tagged PDF, and its number of pages; of the same page, moment and identifier the same bytes.

    `find` gives what an address of the page shows; nothing else is opened.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    # WeasyPrint takes its dates from here; without it two printings would differ.
    os.environ["SOURCE_DATE_EPOCH"] = str(int(at.timestamp()))
    fonts = FontConfiguration()
    fetcher = _fetcher(find)
    sheets = [CSS(string=style, font_config=fonts, url_fetcher=fetcher) for style in all_styles(styles)]
    document = HTML(string=html, base_url="print:/", url_fetcher=fetcher).render(
        stylesheets=sheets, font_config=fonts
    )
    pages = len(document.pages)
    made = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=identifier, custom_metadata=True, finisher=tagging.finish
    )
    return made, pages


def all_styles(names: Sequence[str] = STYLES) -> list[str]:
    """What the document is set with: fonts, style sheets, and the size of the paper."""
    paper = f"@page {{ size: {settings.PAPER} }} @page across {{ size: {settings.PAPER} landscape }}"
    return [_faces(), *map(_style, names), paper]


def _style(name: str) -> str:
    found = finders.find(name) or Path(settings.STATIC_ROOT) / name
    return Path(found).read_text(encoding="utf-8")


def _faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; src: url("font:{number}"); }}'
        for number, (family, style, weight, _, _) in enumerate(FACES)
        if _path(number) is not None
    )


@cache
def _path(number: int) -> Path | None:
    package, file = FACES[number][3:]
    try:
        found = Path(str(resources.files(package))) / file
    except ModuleNotFoundError:
        return None
    return found if found.exists() else None


def _fetcher(find: Find = lambda url: None):
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):
        def fetch(self, url, headers=None):
            scheme, _, name = url.partition(":")
            if scheme == "font" and name.isdigit() and int(name) < len(FACES):
                return URLFetcherResponse(
                    url, body=_path(int(name)).open("rb"), headers={"Content-Type": "font/ttf"}
                )
            if picture := find(url):
                return URLFetcherResponse(
                    url, body=picture.file.open("rb"), headers={"Content-Type": picture.kind}
                )
            raise ValueError(f"Nothing but our own fonts and pictures is opened while printing: {url[:80]}")

    return OwnFilesOnly()


def _picture(revision: Revision | Twin, url: str) -> Image | None:
    """The one behind an address of the article, if this revision names it."""
    return pictures.behind(revision, url.removeprefix("print:"))
