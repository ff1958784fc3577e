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

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from postmortems.publication import pictures
from postmortems.publication.models import Revision
from postmortems.writeup.models import Image
from timelines import picture

Find = Callable[[str], Image | None]
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


def html(revision: Revision) -> str:
    """The document that is printed; what `render` gives to WeasyPrint."""
    drawn = revision.content.get("picture", "")
    # WeasyPrint sets the letters of SVG text one by one; the picture is told so, or Hebrew comes out reversed.
    printed = revision.html.replace(drawn, picture.for_print(drawn)) if drawn else revision.html
    return render_to_string(
        "print/writeup.html",
        {
            "revision": revision,
            "article": mark_safe(printed),  # noqa: S308 as published, behind the sanitiser
            "published": revision.published_at.strftime("%-d %B %Y, %H:%M UTC"),
            "organisation": settings.ORGANISATION,
        },
    )


def render(revision: Revision) -> tuple[bytes, int]:
    """The PDF and its number of pages. The same revision gives the same bytes."""
    return set_document(
        html(revision),
        at=revision.published_at,
        identifier=revision.digest[:32].encode(),
        find=lambda url: _picture(revision, url),
    )


def set_document(
    html: str,
    *,
    at: datetime,
    identifier: bytes,
    styles: Sequence[str] = ("css/timeline.css", "css/pdf.css"),
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
    sheets = [
        CSS(string=style, font_config=fonts, url_fetcher=fetcher)
        for style in (_faces(), *map(_style, styles))
    ]
    document = HTML(string=html, base_url="print:/", url_fetcher=fetcher).render(
        stylesheets=sheets, font_config=fonts
    )
    pages = len(document.pages)
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, custom_metadata=True), pages


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


def _picture(revision: Revision, url: str) -> Image | None:
    """The one behind an address of the article, if this revision names it."""
    return pictures.behind(revision, url.removeprefix("print:"))
