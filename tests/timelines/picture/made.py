"""Pictures for the tests: small makers, and strategies that try everything a caller could hand in."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from timelines import picture as t

BEGIN = datetime(2026, 3, 10, 13, 40, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def after(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def lanes(count: int = 2) -> list[t.Lane]:
    return [t.Lane(key=n, name=f"Source {n}", colour=n) for n in range(1, count + 1)]


def mark(minutes: float, lane: int = 1, **given) -> t.Mark:
    return t.Mark(at=after(minutes), lane=lane, **{"text": f"at {minutes}", **given})


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def all_words(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text")]


def of_class(svg: str, name: str) -> list[ET.Element]:
    return [element for element in parsed(svg).iter() if name in (element.get("class") or "").split()]


times = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2099, 12, 30), timezones=st.just(UTC))
near_times = st.floats(min_value=0, max_value=300, allow_nan=False).map(after)
instants = st.one_of(near_times, times)
texts = st.text(max_size=80)
zones = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "America/Sao_Paulo",
        "Africa/Cairo",
    ]
).map(ZoneInfo)
widths = st.sampled_from([300, 360, 599, 600, 960, 1120, 1600])


@st.composite
def spans(draw, kind, **fields):
    start, end = sorted([draw(instants), draw(instants)])
    return kind(start=start, end=end, **{name: draw(value) for name, value in fields.items()})


marks = st.builds(
    t.Mark,
    at=instants,
    lane=st.integers(1, 4),
    text=texts,
    caption=texts,
    until=st.none() | instants,
    pinned=st.booleans(),
    certainty=st.sampled_from(["exact", "derived", "approximate", "assumed zone"]),
    precision=st.sampled_from(["second", "minute", "hour", "day"]),
    early=st.none() | instants,
    late=st.none() | instants,
    id=st.integers(0, 9) | texts,
    href=st.sampled_from(["", "/e/1", "/e?a=1&b=\"'<>"]),
)
series = st.builds(
    t.Series,
    name=texts,
    points=st.lists(st.tuples(instants, st.none() | st.floats()), max_size=30),
    objective=st.none() | st.floats(),
    unit=texts,
    higher_is_better=st.booleans(),
    spent=texts,
)
binned = st.builds(
    t.Lane,
    key=st.integers(1, 4),
    name=texts,
    colour=st.integers(1, 12),
    bins=st.lists(st.tuples(instants, st.integers(0, 10**6)), max_size=20),
    bin_seconds=st.sampled_from([1, 60, 3600, 86400]),
)


@st.composite
def pictures(draw):
    start, end = draw(st.none() | instants), draw(st.none() | instants)
    return t.Picture(
        title=draw(texts),
        lanes=draw(
            st.lists(
                st.builds(t.Lane, key=st.integers(1, 4), name=texts, colour=st.integers(1, 12)) | binned,
                max_size=4,
                unique_by=lambda lane: lane.key,
            )
        ),
        marks=draw(st.lists(marks, max_size=25)),
        phases=draw(st.lists(spans(t.Phase, name=texts), max_size=4)),
        moments=draw(st.lists(st.builds(t.Moment, name=texts, at=instants), max_size=6)),
        gaps=draw(st.lists(spans(t.Gap), max_size=3)),
        hypotheses=draw(
            st.lists(
                st.builds(
                    t.Hypothesis,
                    text=texts,
                    since=instants,
                    until=st.none() | instants,
                    outcome=st.sampled_from(["open", "struck", "held"]),
                ),
                max_size=4,
            )
        ),
        messages=draw(st.lists(st.builds(t.Message, at=instants, text=texts), max_size=4)),
        series=draw(st.none() | series),
        start=start,
        end=end,
    )
