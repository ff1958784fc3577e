"""Reckoning what the pages for leadership say, in the background, as of one moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from postmortems.archive.leading import fixing, recurring, reviewing
from postmortems.archive.models import Reckoning

PARTS = {"recurs": recurring, "fixed": fixing, "reviews": reviewing}


def reckon(now: datetime | None = None) -> Reckoning | None:
    """A new reckoning in place of those before; none when a write-up was restricted while it was made."""
    now = now or timezone.now()
    begun = Reckoning.objects.create(as_of=now)
    figures = figures_of(now)
    if not Reckoning.objects.filter(pk=begun.pk).update(figures=figures):
        return None
    Reckoning.objects.filter(pk__lt=begun.pk).delete()
    begun.figures = figures
    return begun


def figures_of(now: datetime) -> dict[str, Any]:
    return {name: part.reckon(now) for name, part in PARTS.items()}


def standing(now: datetime) -> tuple[datetime, dict[str, Any]]:
    """The moment and the figures: the last reckoning, or one made on the spot where there is none."""
    last = Reckoning.objects.filter(figures__isnull=False).order_by("-as_of").first()
    return (last.as_of, last.figures) if last else (now, figures_of(now))
