from __future__ import annotations

import pytest

from postmortems.interviews.listening.decisions import POINTS, fitting, point_of, uncovered


@pytest.mark.parametrize(
    ("kind", "text", "point"),
    [
        ("command", "systemctl restart x", "command"), ("deploy succeeded", "4.18.1", "deploy"),
        ("deploy rolled back", "4.17.9", "rollback"), ("page acknowledged", "", "page"), ("escalated", "", "escalation"),
        ("handed over", "", "handover"), ("message", "rolling back 4.18.1", "rollback"),
        ("message", "I think it might be DNS", "hypothesis"), ("message", "looks like the replica", "hypothesis"),
        ("message", "handing over to Mara", "handover"), ("message", "let's page the database people", "escalation"),
        ("message", "restarting it now", "command"), ("message", "let's wait five minutes", "decision"),
        ("message", "good morning", ""), ("log", "restarting worker 4", ""), ("measurement", "", ""), ("alert firing", "", ""),
    ],
)  # fmt: skip
def test_what_is_a_decision(kind, text, point):
    assert point_of(kind, text) == point


def test_what_somebody_pinned_is_a_moment_at_least():
    assert point_of("log", "a line", pinned=True) == "moment"


@pytest.mark.parametrize("key", POINTS)
def test_every_point_has_questions_that_fit_and_neighbours_differ(key):
    first, second = fitting(key, 0), fitting(key, 1)
    assert len(first) >= 4
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("names", "of", "said"),
    [
        ([], 0, ""),
        ([], 3, "Every decision on this list has had a question."),
        (["the command at 02:14"], 3, "No question asked yet about the command at 02:14."),
        (["a", "b"], 3, "No question asked yet about a and b."),
        (["a", "b", "c", "d", "e"], 9, "No question asked yet about a, b, c and 2 more."),
    ],
)
def test_coverage_is_a_sentence(names, of, said):
    assert uncovered(names, of) == said
