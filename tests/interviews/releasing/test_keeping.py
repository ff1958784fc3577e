from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.releasing.keeping import is_due, purge_day

END = datetime(2026, 3, 10, 19, 24, tzinfo=UTC)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def test_counted_from_the_end_of_impact():
    day = purge_day(days=90, resolved_at=END, opened_at=END - timedelta(hours=2), began_at=END)
    assert day == date(2026, 6, 8)
    assert not is_due(day, datetime(2026, 6, 7, 23, 59, tzinfo=UTC))
    assert is_due(day, datetime(2026, 6, 8, 0, 0, tzinfo=UTC))
    assert not is_due(None, datetime(2099, 1, 1, tzinfo=UTC))


def test_an_incident_recorded_long_afterwards_is_not_purged_the_same_night():
    recorded = END + timedelta(days=400)
    assert (
        purge_day(days=90, resolved_at=END, opened_at=recorded, began_at=recorded)
        == (recorded + timedelta(days=90)).date()
    )


def test_a_late_conversation_is_kept_for_a_month():
    late = END + timedelta(days=85)
    assert purge_day(days=90, resolved_at=END, opened_at=END, began_at=late) == date(2026, 7, 3)


@given(st.integers(0, 3650), st.none() | moments, moments, moments)
def test_never_within_a_month_of_the_first_word(days, resolved, opened, began):
    assert (
        purge_day(days=days, resolved_at=resolved, opened_at=opened, began_at=began)
        >= (began + timedelta(days=30)).date()
    )
