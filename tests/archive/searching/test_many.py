"""A word that stands in many write-ups is looked for in another way, and the answer is the same."""

from __future__ import annotations

import pytest

from postmortems.archive.searching import finding
from postmortems.archive.searching.asked import Asked
from tests import make
from tests.archive.publishing import published


@pytest.fixture
def shelf(cast):
    checkout, queue = make.service("Checkout"), make.service("Queue")
    for number in range(7):
        published(
            cast.alice,
            f"Gazebo {number}",
            "gazebo",
            services=[checkout if number % 2 else queue],
            tags=[f"tag {number % 3}"],
        )
    published(cast.alice, "Something else", services=[queue], tags=["lonely"])
    published(cast.alice, "Hushed gazebo", "gazebo " * 9, services=[queue], tags=["hush"], restricted=True)
    published(cast.alice, "Hushed otherwise", services=[checkout], tags=["hush"], restricted=True)
    return cast


@pytest.mark.parametrize("who", ["alice", "rita", "ada"])
@pytest.mark.parametrize(
    "asked",
    [
        Asked("gazebo"), Asked("gazebo", newest=True), Asked("gazebo", {"service": "queue"}), Asked("gazebo", {"tag": "hush"}),
        Asked("-lonely"), Asked("something"), Asked("gazebo -hushed"), Asked("wisteria"), Asked('"gazebo 1"', page=3),
    ],
    ids=str,
)  # fmt: skip
def test_both_ways_find_and_count_the_same(shelf, monkeypatch, who, asked):
    answers = []
    for many in (10**9, 0):
        monkeypatch.setattr(finding, "MANY", many)
        answers.append(finding.find(shelf[who], asked))
    assert answers[0] == answers[1]
    assert len(answers[0].shown) == answers[0].total
    if who != "alice":
        assert "tag:hush" not in answers[1].counts
