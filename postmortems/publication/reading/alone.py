"""A revision, or what outsiders read of one, as one page that needs no server: its pictures inside, and its style, unless that lies beside it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from postmortems.publication import pictures
from postmortems.publication.models import Revision, Twin

STYLES = ("tokens", "base", "components", "reading", "timeline", "print")


def page(
    published: Revision | Twin, *, style_at: str = "", beside: tuple[str, ...] = (), home: str = ""
) -> str:
    """`beside` are addresses of the same text in other forms, `home` is that of the page it was found on."""
    style_inside = "" if style_at else "\n".join(map(style, STYLES))
    return render_to_string(
        "publication/alone.html",
        {
            "revision": published,
            "outside": isinstance(published, Twin),
            "organisation": settings.ORGANISATION,
            "article": mark_safe(pictures.inside(published)),  # noqa: S308 as published, behind the sanitiser
            "style": mark_safe(style_inside),  # noqa: S308 our own files
            "style_at": style_at,
            "beside": [(address.rsplit(".", 1)[-1].upper(), address) for address in beside],
            "home": home,
        },
    )


def style(name: str) -> str:
    found = finders.find(f"css/{name}.css") or Path(settings.STATIC_ROOT) / "css" / f"{name}.css"
    return Path(found).read_text(encoding="utf-8")
