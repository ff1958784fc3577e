"""The words of letters that recall: what a month taught, and what a year made of a promise."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.archive.recalling import links
from postmortems.archive.recalling.month import Month
from postmortems.archive.recalling.year import MOST, Year
from postmortems.notices import post
from postmortems.notices.models import Letter

FARED = {
    "kept": "done by their day",
    "late": "done later",
    "overdue": "not done yet",
    "dropped": "dropped, with a reason",
}


def month(person: User, told: Month, *, now: datetime) -> Letter | None:
    """Call it in the transaction that writes down that it was told; so `years`."""
    promised = [(name, told.promised[fares]) for fares, name in FARED.items() if fares in told.promised]
    context = {
        "told": told,
        "published": [(one, address(one.ref)) for one in told.published],
        "more": told.count - len(told.published),
        "promised": promised,
        "open": [
            {**one, "address": f"{address(one['ref'])}#item-{one['number']}", "day": day(one["day"])}
            for one in told.open
        ],
        "again": told.again,
        "again_at": address(told.again.ref) if told.again else "",
        "pages": {name: settings.SITE_URL + reverse(f"archive:{name}") for name in ("recurs", "fixed", "numbers")},
    }  # fmt: skip
    return _send(person, "month", f"month {told.first:%Y-%m} {person.pk}", context, "monthly", now)


def years(person: User, told: list[Year], *, now: datetime) -> Letter | None:
    """The first of `told` in full, the others as a number."""
    shown = [
        {
            "year": one,
            "day": day(one.published_on),
            "address": address(one.ref),
            "since_at": address(one.since_ref) if one.since_ref else "",
        }
        for one in told[:MOST]
    ]
    context = {"shown": shown, "first": told[0], "count": len(told), "more": len(told) - len(shown)}
    about = f"year {told[0].incident} {person.pk}"
    return _send(person, "year", about, context, "anniversaries", now)


def _send(
    person: User, name: str, about: str, context: dict[str, Any], sort: str, now: datetime
) -> Letter | None:
    # one that was taken back, because something in it was shut, is written again under another key
    number = Letter.objects.filter(about=about).count()
    return post.send(
        to=person.email,
        template=f"emails/archive/{name}",
        context={
            "person": person,
            "choices": settings.SITE_URL + reverse("archive:letters"),
            **context,
        },
        key=f"{about} {number}",
        about=about,
        reader=person.reader,
        unsubscribe=links.end_of(person, sort),
        now=now,
    )  # fmt: skip


def address(ref: str) -> str:
    return settings.SITE_URL + reverse("publication:newest", args=[ref])


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"
