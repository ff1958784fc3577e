from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from timelines.actions import NotPossible, set_clock_offset
from timelines.models import Source

FARTHEST = timedelta(days=10)


def accept_clock(*, source: Source, by: User, before: timedelta, shift: timedelta, pairs: list[dict]) -> None:
    """Shift a source by what it was found to be off, and keep the pairs of moments that told so.

    `before` is the offset that the person saw; when it is another one by now, nothing is changed.
    """
    with transaction.atomic():
        locked = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if locked.clock_offset != before:
            raise NotPossible(f"The clock of {source.name} was set meanwhile. Look again before shifting it.")
        if abs(before + shift) > FARTHEST:
            raise NotPossible("A clock can be shifted by ten days at most.")
        set_clock_offset(source=source, by=by, offset=before + shift)
        Source.objects.filter(pk=source.pk).update(clock_pairs=pairs, clock_before=before)
    source.clock_pairs, source.clock_before = pairs, before


def take_back_clock(*, source: Source, by: User) -> None:
    """Set a clock back to what it was before a proposal was accepted; once."""
    with transaction.atomic():
        locked = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if locked.clock_before is None:
            raise NotPossible(f"The clock of {source.name} is as it was.")
        set_clock_offset(source=source, by=by, offset=locked.clock_before)
        Source.objects.filter(pk=source.pk).update(clock_pairs=[], clock_before=None)
        record(
            by=by,
            verb="source.offset_undone",
            subject=source.incident.ref,
            sentence=f"took back the shift of {source.name}",
        )
    source.clock_pairs, source.clock_before = [], None
