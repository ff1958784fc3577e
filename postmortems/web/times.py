"""Wall-clock times that people type, to instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """The clock of that zone never showed this time, or showed it twice."""


def parse_local(text: str, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """The UTC instant of a wall-clock time such as `2026-03-10T02:14` or `2026-03-10 02:14:31.5` in `zone`.

    Seconds and fractions are optional. A time the clock showed twice (autumn) is the first one, or the
    second with `later`. Raises ValueError for what is no time, NoSuchTime for one the clock jumped over.
    """
    naive = datetime.fromisoformat(text.strip())
    try:
        if naive.tzinfo is not None:
            return naive.astimezone(UTC)
        instant = naive.replace(tzinfo=zone, fold=1 if later else 0).astimezone(UTC)
        shown = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"{text} lies at the end of all years.") from error
    if shown != naive:
        raise NoSuchTime(f"{text} does not exist in {zone.key}: the clock was put forward then.")
    return instant


def is_ambiguous(naive: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of `zone` showed this wall-clock time twice."""
    first, second = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first - second > timedelta(0)
