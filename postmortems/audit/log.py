"""Writing the audit trail: one call inside the transaction of the change it tells of."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from postmortems.audit.models import Entry


def record(*, by: Any, verb: str, subject: str, sentence: str, **data: Any) -> Entry:
    """Write that `by` did `verb` to `subject`.

    `by` is a user, or None where the system acts by itself. `sentence` completes "Mara …", in the past
    tense and without the name. Never put private text (notes, jot-notes, passwords) into `data` or
    `sentence`: the trail is read by more people than the thing itself.

    Raises RuntimeError outside a transaction: an entry that can survive a change that was rolled back is worse than none.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record belongs inside the transaction of the change it tells of.")
    return Entry.objects.create(
        at=timezone.now(),
        by_id=getattr(by, "pk", None),
        by=str(by) if by is not None else "Second Story",
        verb=verb,
        subject=subject,
        sentence=sentence[:500],
        data=data,
    )
