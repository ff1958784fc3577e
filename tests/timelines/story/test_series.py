"""Indicator files: what Prometheus answers, and tables."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import sample
from timelines.reading import Unreadable
from timelines.story.series import read


def test_the_facts_of_a_real_answer():
    lines = read(sample("prometheus/query_range_cpu.json").read_bytes(), "cpu.json")
    assert (len(lines), sum(len(line.points) for line in lines)) == (8, 248)
    instants = [at for line in lines for at, _ in line.points]
    assert (min(instants), max(instants)) == (
        datetime(2025, 8, 25, 5, 25, tzinfo=UTC), datetime(2025, 8, 25, 5, 55, tzinfo=UTC)
    )  # fmt: skip
    values = [value for line in lines for _, value in line.points]
    assert (min(values), max(values)) == (0.0, 0.9652438271604846)
    assert {line.step.total_seconds() for line in lines} == {60}


def test_no_number_is_a_moment_without_a_value():
    answer = {
        "data": {
            "result": [
                {"metric": {"job": "api"}, "values": [[1, "x"], [1773165600, "NaN"], [1773165660.5, "0.5"]]}
            ]
        }
    }
    (line,) = read(json.dumps(answer).encode(), "a.json")
    assert [value for _, value in line.points] == [None, 0.5]
    assert line.points[1][0].microsecond == 500_000


def test_a_table_with_percent_and_two_columns():
    raw = b"time;good;latency\n2026-03-10T18:00:00Z;99,5 %;0,2\n2026-03-10T18:01:00Z;;0.3\n"
    good, latency = read(raw, "a.csv")
    assert [value for _, value in good.points] == [0.995, None]
    assert [value for _, value in latency.points] == [0.2, 0.3]


def test_a_table_without_a_zone_asks_and_takes_the_answer():
    raw = b"time,value\n2026-07-10 18:00:00,1\n"
    with pytest.raises(Unreadable, match="zone"):
        read(raw, "a.csv")
    (line,) = read(raw, "a.csv", ZoneInfo("Europe/Lisbon"))
    assert line.points[0][0] == datetime(2026, 7, 10, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "neither"),
        (b"{", "not JSON"),
        (b'{"status": "error", "error": "parse error at char 3"}', "parse error"),
        (b'{"a": 1}', "no answer of Prometheus"),
        (b'{"data": {"result": []}}', "no measurements"),
        (b"one column\n1\n", "neither"),
    ],
)
def test_what_cannot_be_read_is_said(raw, said):
    with pytest.raises(Unreadable, match=said):
        read(raw, "a")


@given(st.binary(max_size=300))
def test_anything_else_is_refused_and_nothing_breaks(raw):
    with contextlib.suppress(Unreadable):
        read(raw, "a")
