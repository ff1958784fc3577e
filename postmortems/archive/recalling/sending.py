"""Writing to whom something is to be recalled, at a decent hour of theirs, once each.

That it was told and the letter are written in one transaction, and who writes holds the reader: a worker that dies
leaves both undone, and two workers write one letter. What a reader may open is asked at that moment; a letter that
still waits when something in it is shut is taken back and written anew without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from postmortems.accounts.models import User
from postmortems.archive.models import Card, Recalled
from postmortems.archive.recalling import letters, month, months, year
from postmortems.archive.recalling.month import Month
from postmortems.calendars.decent import is_decent
from postmortems.notices import post
from postmortems.notices.models import Letter

log = logging.getLogger(__name__)
APART = timedelta(days=7)  # letters on years gone by to one reader


def recall_due(*, now: datetime) -> None:
    """Everything that is due now. Twice or late does no harm: a month can be told until the next one is over."""
    take_back()
    _tell_months(now)
    _tell_years(now)


# --- a month -----------------------------------------------------------------------------------------


def _tell_months(now: datetime) -> None:
    first = months.before(now.date())
    told: Month | None = None
    for person in _wanting(first):
        if not is_decent(now, person.reader):
            continue
        told = told or month.told_of(first, now=now, reader=person)
        _safely(lambda person=person, told=told: tell_month(person, told, now=now))


def _wanting(first: date) -> QuerySet[User]:
    """Who wants the letter of the month and has not had it; who came later is not told what was before."""
    wants = Q(recalling__monthly=True) | Q(role="administrator") & (
        Q(recalling=None) | Q(recalling__monthly=None)
    )
    had = Recalled.objects.filter(month=first).values("user")
    came = months.midnight(months.after(first))
    return User.objects.active().filter(wants, joined_at__lt=came).exclude(pk__in=had).order_by("pk")


def tell_month(person: User, told: Month, *, now: datetime) -> Letter | None:
    """None when there is nothing to tell, or somebody else is at it."""
    with transaction.atomic():
        if not _held(person) or Recalled.objects.filter(user=person, month=told.first).exists():
            return None
        still_open = Card.objects.visible_to(person).for_everybody().filter(pk__in=told.names)
        told = told.of(set(still_open.values_list("pk", flat=True)))
        letter = letters.month(person, told, now=now) if told.happened else None
        Recalled.objects.create(user=person, month=told.first, names=told.names, letter=letter, at=now)
        return letter


# --- a year ------------------------------------------------------------------------------------------


def _tell_years(now: datetime) -> None:
    due = year.due(now)
    lately = set(
        Recalled.objects.filter(user__in=due, incident__isnull=False, at__gt=now - APART).values_list("user", flat=True)
    )  # fmt: skip
    for person in User.objects.active().filter(pk__in=due.keys() - lately).order_by("pk"):
        if is_decent(now, person.reader):
            _safely(lambda person=person: tell_years(person, due[person.pk], now=now))


def tell_years(person: User, incidents: list[int], *, now: datetime) -> Letter | None:
    with transaction.atomic():
        if not _held(person):
            return None
        had = Recalled.objects.filter(user=person, incident__in=incidents).values_list("incident", flat=True)
        told = year.told_of(set(incidents) - set(had), person, now.date())
        if not told:
            return None
        letter = letters.years(person, told, now=now)
        names = [one.incident for one in told]
        Recalled.objects.bulk_create(
            Recalled(user=person, incident_id=one, names=names, letter=letter, at=now) for one in names
        )
        return letter


# --- what both need ----------------------------------------------------------------------------------


def _held(person: User) -> bool:
    """Have a reader's letters to oneself until the transaction ends; False when another worker has."""
    rows = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=person.pk, is_active=True)
    return rows.exists()


def _safely(write: Callable[[], object]) -> None:
    """What is wrong with one reader's letter keeps nothing from the others; it waits, and is seen."""
    try:
        write()
    except Exception:
        log.exception("A letter of the archive could not be written; it waits for the next time.")


def take_back() -> None:
    """Letters that wait while something they tell of was shut: stopped, and forgotten, so that they are written anew."""
    waiting = (
        Recalled.objects.filter(letter__state=Letter.State.WAITING)
        .select_related("user", "letter").defer("letter__text", "letter__html").order_by("letter")
    )  # fmt: skip
    for letter_id, row in {row.letter_id: row for row in waiting}.items():
        cards = Card.objects.visible_to(row.user).filter(pk__in=row.names)
        if row.month:
            cards = cards.for_everybody()
        if cards.count() < len(row.names):
            with transaction.atomic():
                if not post.withdraw(about=row.letter.about).on_their_way:
                    Recalled.objects.filter(letter=letter_id).delete()
