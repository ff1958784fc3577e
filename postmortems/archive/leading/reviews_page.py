"""The figures on how we review, with names and ways to the rows."""

from __future__ import annotations

from typing import Any

from postmortems.archive.leading import quarters
from postmortems.archive.leading.dots import Spread, draw
from postmortems.archive.leading.tables import table
from postmortems.meetings.surveying.ballots import LEARNED, QUESTIONS

CAME = [("in_time", "In time"), ("late", "Later"), ("waiting", "Not yet")]
TALKED = [
    ("before", "Before the soak was over"),
    ("inside", "Between soak and fade"),
    ("after", "After the fade"),
]
CITED = [("cited", "With evidence"), ("bare", "Without")]


def told(figures: dict[str, Any]) -> dict[str, Any]:
    there = [row["quarter"] for name in ("in_time", "cited", "learned") for row in figures[name]]
    columns = quarters.from_the_first(figures["quarters"], there)
    days = figures["days"]
    spread = Spread(days["n"], days["dots"] or [], days["spread"] or [])
    question = next(question for question in QUESTIONS if question.key == LEARNED)
    read = figures.get("read") or {"n": 0, "dots": None, "spread": None}  # not in a reckoning of before
    shares = Spread(read["n"], read["dots"] or [], read["spread"] or [], "in a hundred")
    talks = {row["came"]: row["n"] for row in figures["talks"]}
    return {
        "in_time": table(figures["in_time"], line="came", column="quarter", columns=columns, lines=CAME),
        "days": spread,
        "days_picture": draw(spread, title="Days from the end of impact to publication"),
        "talks": [(name, talks.get(key, 0)) for key, name in TALKED] if talks else [],
        "cited": table(figures["cited"], line="came", column="quarter", columns=columns, lines=CITED),
        "read": shares,
        "read_picture": draw(shares, title="Share of subscribed teams that have read a write-up"),
        "question": question.text,
        "learned": table(
            figures["learned"], line="choice", column="quarter", columns=columns, lines=question.choices
        ),
    }
