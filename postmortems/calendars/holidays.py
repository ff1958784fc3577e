"""Public holidays by country, or by country and region: "PT", "US-CA"."""

from __future__ import annotations

from datetime import date

import holidays


class UnknownCountry(ValueError):
    """A country or region whose public holidays nobody has written down."""


def _calendar(code: str, years: range) -> holidays.HolidayBase:
    country, _, region = code.strip().upper().partition("-")
    try:
        return holidays.country_holidays(country, subdiv=region or None, years=years)
    except (NotImplementedError, KeyError) as error:
        raise UnknownCountry(
            f"No public holidays are known for {code!r}. "
            "Use a country code such as PT, or with a region such as US-CA."
        ) from error


def is_known(code: str) -> bool:
    """Whether `public_holidays` can tell the holidays of that country or region."""
    try:
        _calendar(code, range(0))
    except UnknownCountry:
        return False
    return True


def public_holidays(code: str, first: date, last: date) -> dict[date, str]:
    """Name by date, from the first date to the last, both included. No code, no holidays.

    Raises UnknownCountry.
    """
    if not code.strip():
        return {}
    calendar = _calendar(code, range(first.year, last.year + 1))
    return {day: name for day, name in sorted(calendar.items()) if first <= day <= last}
