from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.archive.models import FeedKey
from postmortems.audit.log import record


def make_feed_key(*, by: User, now: datetime) -> FeedKey:
    """A secret for the addresses of one's own feeds; those of an earlier one stop working."""
    with transaction.atomic():
        key, made = FeedKey.objects.update_or_create(
            user=by, defaults={"key": secrets.token_urlsafe(32), "made_at": now}
        )
        sentence = (
            "made addresses for feeds of the archive" if made else "renewed the addresses of their feeds"
        )
        record(by=by, verb="archive_feeds.made", subject=by.email, sentence=sentence)
    return key


def remove_feed_key(*, by: User) -> None:
    with transaction.atomic():
        FeedKey.objects.filter(user=by).delete()
        record(
            by=by,
            verb="archive_feeds.removed",
            subject=by.email,
            sentence="took the addresses of their feeds back",
        )
