"""Walking through time as the sweeps do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core import mail

from postmortems.archive.announcing import noticing, sending
from postmortems.notices import post
from postmortems.notices.models import ChatMessage, Letter

MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def sweep(now: datetime, *, chat: bool = True) -> None:
    """`chat`: whether the chats take what they are sent."""
    noticing.notice_all(now=now)
    sending.send_due(now=now)
    for pk in Letter.objects.filter(state="waiting", next_try_at__lte=now).values_list("pk", flat=True):
        post.deliver(pk, now=now)
    if chat:
        ChatMessage.objects.filter(state="waiting").update(state="sent")


def walk(start: datetime, until: datetime, step: timedelta = timedelta(minutes=20), **how) -> None:
    while start <= until:
        sweep(start, **how)
        start += step


def heard(who) -> list:
    address = who if isinstance(who, str) else who.email
    return [letter for letter in mail.outbox if letter.to == [address]]


def said(channel) -> list[ChatMessage]:
    return list(ChatMessage.objects.filter(channel=channel).order_by("pk"))
