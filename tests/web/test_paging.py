"""A list that may be long says how much of it was counted, and every page of it is there."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from postmortems.incidents.models import Incident
from postmortems.web.paging import page_of
from tests import make


@pytest.fixture
def rows(cast):
    for number in range(1, 8):
        make.incident(by=cast.mel, title=f"No. {number}")
    return Incident.objects.filter(title__startswith="No. ").order_by("-pk")


def page(rows, asked: str, most: int):
    return page_of(RequestFactory().get("/", {"page": asked}), rows, size=2, most=most)


def titles(found) -> list[str]:
    return [one.title for one in found]


def test_a_list_that_was_counted_is_like_any_other(rows):
    found = page(rows, "4", most=7)
    assert (titles(found), found.has_next(), found.paginator.num_pages) == (["No. 1"], False, 4)
    assert not found.paginator.more


def test_beyond_what_is_counted_every_page_is_there(rows):
    seen = []
    for number in range(1, 5):
        found = page(rows, str(number), most=3)
        assert found.paginator.more
        assert found.has_next() == (number < 4), number
        seen += titles(found)
    assert seen == [f"No. {number}" for number in range(7, 0, -1)]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "²", "99999", "99999999999999999999", ""])
def test_nonsense_leads_to_a_page_that_is_there(rows, asked):
    assert len(titles(page(rows, asked, most=3))) == 2
