from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.timelines.picture.made import after, lanes, mark
from timelines import picture as t


def test_rows_come_in_time_order_with_their_numbers():
    picture = t.Picture(
        lanes=lanes(1),
        marks=[mark(9, pinned=True, caption="Restarted", href="/e/9"), mark(2, text="Slow")],
        moments=t.moments_of({"detected": after(5)}),
        gaps=[t.Gap(start=after(2), end=after(9))],
    )
    rows = t.table(picture, zone=ZoneInfo("Europe/Berlin"))
    assert [row.words for row in rows] == ["No evidence for 7 min", "Slow", "Detected", "Restarted"]
    assert rows[3].number == 1
    assert rows[3].href == "/e/9"
    assert rows[3].at == "2026-03-10T13:49:00Z"
    assert list(rows[3]) == ["10 March 2026, 14:49:00", "Source 1", "1. Restarted"]


def test_a_full_lane_is_one_row_however_many_events_it_has():
    bins = [(datetime.fromtimestamp(after(0).timestamp() + n * 60, UTC), 1000 + n) for n in range(100)]
    lane = t.Lane(key=1, name="log", bins=bins, bin_seconds=60)
    rows = t.table(t.Picture(lanes=[lane], marks=[mark(5, pinned=True)]))
    assert len(rows) == 2
    assert rows[-1].what == "log"
    assert rows[-1].words.startswith("104,950 events")
    assert "at most 1,099 in 1 min" in rows[-1].words


def test_nothing_outside_the_view_is_told():
    picture = t.Picture(lanes=lanes(1), marks=[mark(0), mark(10), mark(20)], start=after(5), end=after(15))
    assert [row.words for row in t.table(picture)] == ["at 10"]
