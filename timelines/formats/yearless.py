"""Stamps without a year: the year of the first line is asked for, and the others follow from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from timelines.formats.base import BadTime, Context, NeedsAnswer, in_range

MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}


class Calendar:
    """Gives RFC 3164 stamps their year and zone; asks when nobody said."""

    def __init__(self, context: Context) -> None:
        self.zone, self.year = context.zone, context.year
        self.current = context.year
        self.month: int | None = None
        self.stepped: tuple[int, int] | None = None  # the months left and entered at the turn of the year

    def place(
        self, month: int, day: int, clock: str, fraction: str, stated: str | None = None
    ) -> tuple[datetime, str]:
        if self.year is None and not stated:
            raise NeedsAnswer("year", "These lines state no year. Which year is the first line of?")
        if self.zone is None:
            raise NeedsAnswer("zone", "These lines state no time zone. Which zone was the host's clock in?")
        certainty = "assumed zone"
        if stated:
            return self._instant(int(stated), month, day, clock, fraction), certainty
        year = self.current
        if self.month is not None and month < self.month:
            if self.month - month >= 6 and not self.stepped:
                self.current = year = year + 1
                self.stepped = self.month, month
            certainty = "derived"
        if self.stepped and self.month == self.stepped[1] and month >= self.stepped[0]:
            year, certainty = year - 1, "derived"  # a late line of the old year, not one of the next December
        else:
            self.month = month
        return self._instant(year, month, day, clock, fraction), certainty

    def _instant(self, year: int, month: int, day: int, clock: str, fraction: str) -> datetime:
        hour, minute, second = (int(part) for part in clock.split(":"))
        leap = second == 60
        try:
            naive = datetime(
                year, month, day, hour, minute, 59 if leap else second, int(fraction[1:7].ljust(6, "0"))
            ) + timedelta(seconds=int(leap))
            return in_range(naive.replace(tzinfo=self.zone).astimezone(UTC))
        except BadTime:
            raise
        except (ValueError, OverflowError) as error:
            raise BadTime(f"{day} of month {month} in {year}, {clock}: {error}.") from error
