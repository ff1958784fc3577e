"""Letters: written in the transaction of their occasion, sent by a worker, once each.

The worker marks a letter as sent after the mail server took it. A worker that dies between the two
sends it again: a letter twice is better than a letter never, and the Message-ID is the same, so that
most mail programs show it once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from postmortems.notices.models import Letter
from postmortems.web.later import queue_after_commit

TRIES = 8


def send(
    *,
    to: str,
    template: str,
    context: dict,
    key: str,
    calendar: bytes | None = None,
    method: str = "",
) -> Letter | None:
    """Write the letter `template` to one address; None when the occasion `key` already has its letter.

    Templates: `<template>.subject.txt`, `<template>.txt`, `<template>.html`. They get `site` beside `context`.
    """
    from postmortems.notices.tasks import send_letter

    context = {**context, "site": settings.SITE_URL}
    letter = Letter(
        key=key,
        to=to,
        subject=" ".join(render_to_string(f"{template}.subject.txt", context).split()),
        text=render_to_string(f"{template}.txt", context).strip() + "\n",
        html=render_to_string(f"{template}.html", context),
        calendar=calendar,
        calendar_method=method,
    )
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:
        return None
    queue_after_commit(send_letter, letter.pk)
    return letter


def deliver(letter_id: int, *, now: datetime) -> bool:
    """Send one waiting letter; False when it was not waiting, somebody else has it, or the server refused for now."""
    with transaction.atomic():
        letter = (
            Letter.objects.select_for_update(skip_locked=True)
            .filter(pk=letter_id, state=Letter.State.WAITING, next_try_at__lte=now)
            .first()
        )
        if letter is None:
            return False
        try:
            _message(letter).send()
        except Exception as trouble:  # whatever a mail server says, the letter stays and is tried again
            letter.tries += 1
            letter.trouble = f"{type(trouble).__name__}: {trouble}"[:300]
            letter.next_try_at = now + timedelta(minutes=2**letter.tries)
            if letter.tries >= TRIES:
                letter.state = Letter.State.GIVEN_UP
            letter.save()
            return False
        letter.state = Letter.State.SENT
        letter.sent_at = now
        letter.save()
        return True


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to])
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    message.extra_headers["Message-ID"] = f"<letter.{letter.pk}.{letter.written_at:%Y%m%d%H%M%S%f}@{domain}>"
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        content = bytes(letter.calendar).decode()
        message.attach_alternative(content, f"text/calendar; method={letter.calendar_method}")
        message.attach("invite.ics", content, "application/ics")
    return message
