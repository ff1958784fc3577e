"""Letters: written in the transaction of their occasion, sent by a worker, once each.

1. A letter with a `reader` leaves at a decent hour of theirs (calendars/decent.py), at its first try and at every
   later one. A letter that answers a person's own click has none and goes at once.
2. A letter that waits can be withdrawn by what it is `about`. One that a worker is handing over at this moment
   cannot; it is counted as gone.
3. A letter past its `not_after` is of no use any more and is not sent.

The worker marks a letter as sent after the mail server took it. A worker that dies between the two sends it again:
a letter twice is better than a letter never, and the Message-ID is the same, so that most mail programs show it
once (docs/decisions/0011-letters.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from postmortems.calendars.decent import Reader, next_decent
from postmortems.notices.models import Letter
from postmortems.web.later import queue_after_commit

TRIES = 40  # with pauses of two hours in the end: a mail server may be away over a weekend
LONGEST_PAUSE = timedelta(hours=2)


def send(
    *,
    to: str,
    template: str,
    context: dict,
    key: str,
    calendar: bytes | None = None,
    method: str = "",
    reader: Reader | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    about: str = "",
    reply_to: str = "",
    unsubscribe: str = "",
    now: datetime | None = None,
) -> Letter | None:
    """Write the letter `template` to one address; None when the occasion `key` already has its letter.

    Templates: `<template>.subject.txt`, `<template>.txt`, `<template>.html`. They get `site` beside `context`.
    It leaves at the first decent moment of `reader` that is not before `not_before`, or never after `not_after`.
    `unsubscribe` is an address that ends letters of this sort by a POST alone; mail programs show a button for it.
    """
    from postmortems.notices.tasks import send_letter

    if Letter.objects.filter(key=key).exists():
        return None
    now = now or timezone.now()
    at = max(now, not_before or now)
    context = {**context, "site": settings.SITE_URL}
    letter = Letter(
        key=key,
        about=about,
        to=to,
        reply_to=reply_to,
        subject=" ".join(render_to_string(f"{template}.subject.txt", context).split())[:300],
        text=render_to_string(f"{template}.txt", context).strip() + "\n",
        html=render_to_string(f"{template}.html", context),
        calendar=calendar,
        calendar_method=method,
        unsubscribe=unsubscribe,
        reader=reader.as_json() if reader else None,
        written_at=now,
        next_try_at=next_decent(at, reader) if reader else at,
        not_after=not_after,
    )
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:
        return None
    if letter.next_try_at <= now:
        queue_after_commit(send_letter, letter.pk)
    return letter


# --- taking back -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Withdrawn:
    """How many letters were stopped, and which a worker was handing over at that very moment."""

    stopped: int
    on_their_way: tuple[Letter, ...] = ()


def withdraw(*, about: str, to: str = "") -> Withdrawn:
    """Stop the letters about something, to one address or to all. Call it in the transaction of the reason."""
    waiting = list(_about(about, to).filter(state=Letter.State.WAITING).order_by("pk"))
    on_their_way = tuple(letter for letter in waiting if not _hold(letter.pk))
    ids = [letter.pk for letter in waiting]
    Letter.objects.filter(pk__in=ids, state=Letter.State.WAITING).update(state=Letter.State.WITHDRAWN)
    # one that never got through is of no interest any more, either
    _about(about, to).filter(state=Letter.State.GIVEN_UP).update(state=Letter.State.WITHDRAWN)
    return Withdrawn(len(waiting) - len(on_their_way), on_their_way)


def forget(*, about: list[str]) -> None:
    """Empty the letters about something, for good: that they were sent stays a fact, what stood in them goes."""
    for one in about:
        withdraw(about=one)
    Letter.objects.filter(about__in=about).update(
        subject="(removed)", text="", html="", calendar=None, trouble=""
    )


def went_out(*, about: str, to: str = "") -> bool:
    """Whether any letter about it was sent."""
    return _about(about, to).filter(sent_at__isnull=False).exists()


def sent(*, about: str, to: str = "") -> list[Letter]:
    """The letters about it that went out, in the order in which they did; without their words."""
    gone = _about(about, to).filter(sent_at__isnull=False).order_by("sent_at", "pk")
    return list(gone.defer("text", "html", "calendar"))


def stuck(abouts: Iterable[str]) -> list[Letter]:
    """The letters about these subjects that the mail server refuses so far, or for good; without their words."""
    held = Letter.objects.filter(about__in=list(abouts), tries__gt=0).order_by("pk")
    held = held.filter(state__in=[Letter.State.WAITING, Letter.State.GIVEN_UP])
    return list(held.defer("text", "html", "calendar"))


def _about(about: str, to: str) -> QuerySet[Letter]:
    letters = Letter.objects.filter(about=about)
    return letters.filter(to__iexact=to) if to else letters


def _hold(letter_id: int) -> bool:
    """Have the letter to oneself until the transaction ends; False when somebody else has it.

    Not a lock of its row: who withdraws a letter should not wait for a mail server that takes its time.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 3))", [f"letter {letter_id}"])
        return cursor.fetchone()[0]


# --- delivery ----------------------------------------------------------------------------------------


def deliver(letter_id: int, *, now: datetime) -> bool:
    """Send one waiting letter; False when it was not to go now, somebody else has it, or the server refused for now."""
    with transaction.atomic():
        if not _hold(letter_id):
            return False
        letter = Letter.objects.filter(pk=letter_id, state=Letter.State.WAITING, next_try_at__lte=now).first()
        if letter is None or not _is_time(letter, now):
            return False
        trouble = _hand_over(letter)
        if trouble:
            _try_later(letter, trouble, now)
            return False
        # withdrawn while it was handed over: what is true is kept, both that and when it went
        Letter.objects.filter(pk=letter.pk).update(sent_at=now)
        _waiting(letter).update(state=Letter.State.SENT)
        return True


def _waiting(letter: Letter) -> QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=Letter.State.WAITING)


def _is_time(letter: Letter, now: datetime) -> bool:
    """False for a letter that comes too late for anything, and for one that slipped past its reader's evening."""
    if letter.not_after and now >= letter.not_after:
        _waiting(letter).update(state=Letter.State.WITHDRAWN, trouble="It would have come too late.")
        return False
    goes = next_decent(now, Reader.from_json(letter.reader)) if letter.reader else now
    if goes > now:
        _waiting(letter).update(next_try_at=goes)
    return goes <= now


def _hand_over(letter: Letter) -> str:
    """What the mail server said against it; empty when it took the letter."""
    try:
        _message(letter).send()
    except Exception as trouble:  # whatever a mail server says, the letter stays and is tried again
        return f"{type(trouble).__name__}: {trouble}"[:300]
    return ""


def _try_later(letter: Letter, trouble: str, now: datetime) -> None:
    """Ever longer pauses. When the tries are used up, it is given up and said so."""
    later = now + min(LONGEST_PAUSE, timedelta(minutes=2 ** min(letter.tries + 1, 10)))
    if letter.reader:
        later = next_decent(later, Reader.from_json(letter.reader))
    state = Letter.State.GIVEN_UP if letter.tries + 1 >= TRIES else Letter.State.WAITING
    _waiting(letter).update(tries=F("tries") + 1, trouble=trouble, next_try_at=later, state=state)


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to],
        reply_to=[letter.reply_to] if letter.reply_to else None,
    )  # fmt: skip
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    message.extra_headers["Message-ID"] = f"<letter.{letter.pk}.{letter.written_at:%Y%m%d%H%M%S%f}@{domain}>"
    # no program answers a letter of ours with "out of office"
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message.extra_headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        content = bytes(letter.calendar).decode()
        message.attach_alternative(content, f"text/calendar; method={letter.calendar_method}")
        message.attach("invite.ics", content, "application/ics")
    return message
