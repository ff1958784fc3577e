"""The interview planner on 200 people and 20 interviewers, and on its largest exact problem, against a bare matching."""

from __future__ import annotations

from bench.measuring import median, once, said
from postmortems.interviews.planner.bounds import Bounds
from postmortems.interviews.planner.problem import Problem
from postmortems.interviews.planner.rules import Board
from postmortems.interviews.planner.soak import parse_problem, plan
from tests.interviews.planner.problems import make_dense, make_large


def run() -> None:
    for name, problem, limit in (
        ("interviews planned, 12 people exactly", make_large(1, 12, 4, 2, slot_minutes=5), 5.0),
        ("interviews planned, 200 people", make_dense(7, 200, 20, 10, 3, 0.1), 5.0),
    ):
        parsed = parse_problem(problem)
        floor = median(lambda parsed=parsed: _matched(parsed), 3)
        answer = plan(parsed, time_limit=limit)
        ours = once(lambda parsed=parsed, limit=limit: plan(parsed, time_limit=limit))
        said(name, ours, floor, f"people matched with days, nothing else; {len(answer.unplaced)} unplaced")


def _matched(problem: Problem) -> int:
    """Who could have an interview on which day of whom, and a matching of both: the least any planner does."""
    board = Board(problem)
    return Bounds(board, board.possible).count(range(len(board.people)))
