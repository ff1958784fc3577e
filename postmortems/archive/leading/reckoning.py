"""Reckoning what the pages for leadership say, in the background, as of one moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
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
    """The moment and the figures of the last reckoning."""
    last = newest(now)
    return (last.as_of, last.figures) if last else (now, figures_of(now))


def newest(now: datetime) -> Reckoning | None:
    """The last reckoning; where there is none, the first who asks makes it and the others wait for it.

    None when something is restricted again and again meanwhile.
    """
    if last := _last():
        return last
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(7304, 0)")
        try:
            return _last() or reckon(now)
        finally:
            cursor.execute("select pg_advisory_unlock(7304, 0)")


def _last() -> Reckoning | None:
    return Reckoning.objects.filter(figures__isnull=False).defer("printed").order_by("-as_of").first()
