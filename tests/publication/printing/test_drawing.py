"""The timeline on paper, piece by piece."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from postmortems.publication.printing.drawing import PIECES, pictures
from tests.make import T0


def document(*minutes: float, **about) -> dict:
    events = [
        {
            "id": 100 + n, "at": (T0 + timedelta(minutes=minute)).isoformat(), "until": None, "precision": "second",
            "certainty": "exact", "source": ("Slack", "Deploys")[n % 2], "lane": 1 + n % 2, "actor": "", "kind": "message",
            "text": f"text {n}", "caption": "",
        }
        for n, minute in enumerate(minutes)
    ]  # fmt: skip
    return {"zone": "UTC", "times": {}, "events": events, "picture": "<svg/>"} | about


def said(svg: str) -> str:
    return re.search(r"<title[^>]*>([^<]*)", svg)[1]


def numbers(svg: str) -> set[int]:
    """Those that a picture names, alone or from – to."""
    found = set()
    for first, last in re.findall(r"font-weight=\"600\"[^>]*>(\d+)(?:–(\d+))?</text>", svg):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_a_short_timeline_is_one_picture_with_every_number():
    (only,) = pictures(document(*range(12)))
    assert numbers(only) == set(range(1, 13))
    assert said(only).startswith("The timeline. 12 events from 2 sources")


def test_a_long_one_is_shown_whole_and_then_in_pieces_that_leave_nothing_out():
    whole, *pieces = pictures(document(*range(60)))
    assert not numbers(whole)
    assert len(pieces) == 3
    assert set().union(*map(numbers, pieces)) == set(range(1, 61))
    assert "part 2 of 3: events 21 to 40" in said(pieces[1])


def test_pieces_end_where_it_was_quiet():
    _, first, _ = pictures(document(*range(18), *range(600, 614)))
    assert "events 1 to 18." in said(first)


@pytest.mark.parametrize("count", [1000, 3000])
def test_thousands_of_events_are_drawn_on_a_bounded_number_of_pictures(count):
    drawn = pictures(document(*range(count)))
    assert len(drawn) == PIECES + 1


def test_events_at_one_instant_and_without_a_source():
    made = document(*[0.0] * 50)
    for event in made["events"]:
        event |= {"source": "", "lane": 0}
    assert "What happened" in pictures(made)[0]


def test_phases_of_the_document_are_drawn_and_only_those():
    phase = {"name": "Diagnose", "start": T0.isoformat(), "end": None}
    assert "Diagnose" in pictures(document(0, 5, phases=[phase]))[0]
    assert "Diagnose" not in pictures(document(0, 5))[0]


def test_where_the_page_has_no_picture_paper_has_none():
    assert pictures(document(0, 5, picture="")) == []
