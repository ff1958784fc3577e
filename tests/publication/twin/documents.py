"""Documents for outsiders' twins: every word of them is one of a kind, so that it can be looked for."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from postmortems.publication.content import stamp
from postmortems.publication.models import Audience

AUDIENCES = [Audience.INTERNAL, Audience.PARTNER, Audience.PUBLIC]
T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
EVENT, ROLE = (
    7_310_000,
    8_420_000,
)  # where the keys of events and people begin: found again wherever they stand


class Words:
    """Words that stand nowhere else."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def one(self) -> str:
        return f"w{next(self._numbers)}q"

    def some(self) -> str:
        return f"{self.one()} {self.one()}"


def _passage(draw, words: Words) -> str:
    kind = draw(st.sampled_from(("text", "cites", "list", "numbered", "table", "quote", "code", "heading", "html", "linked", "nested", "picture")))  # fmt: skip
    cited = draw(st.sampled_from(("event", "condition", "item", "role")))
    number = draw(st.integers(1, 4)) + {"event": EVENT, "role": ROLE}.get(cited, 0)
    return {
        "text": lambda: f"{words.some()} *{words.one()}* `{words.one()}`",
        "cites": lambda: f"{words.one()} [{words.some()}]({cited}:{number}) [](item:2) <event:{EVENT + 1}> [C1](condition:1)",
        "list": lambda: f"- {words.some()}\n- {words.one()}\n  {words.one()}\n\n  {words.some()}\n- {words.some()}",
        "numbered": lambda: f"3. {words.some()}\n4. {words.one()}\n\n   ```\n   {words.one()}\n   ```\n5. {words.one()}",
        "table": lambda: f"| {words.one()} | {words.one()} |\n|---|---|\n| {words.one()} | {words.one()} |",
        "quote": lambda: f"> {words.some()}\n> - {words.one()}\nlazy {words.one()}",
        "code": lambda: f"```sh {words.one()}\n{words.some()}\n```\n\n    {words.one()}",
        "heading": lambda: f"{'#' * draw(st.integers(1, 4))} {words.some()}",
        "html": lambda: f"{words.one()} <!-- {words.one()} --> <b title='{words.one()}'>{words.one()}</b>",
        "linked": lambda: f"{words.one()} [{words.one()}][{(label := words.one())}]\n\n[{label}]: https://{words.one()}.example/ '{words.one()}'",
        "nested": lambda: f"1. {words.one()}\n   - {words.one()}\n   - [{words.one()}](event:{EVENT + 2})\n2. {words.one()}",
        "picture": lambda: f"{words.one()} ![{words.one()}](image:{draw(st.integers(1, 3))}) {words.one()}",
    }[kind]()  # fmt: skip


@st.composite
def documents(draw) -> dict:
    words = Words()
    sections = [
        {"key": "summary", "r": "", "title": "In short"},
        {"key": "apology", "r": "regret", "title": words.some()},
        {"key": f"own-{words.one()}", "r": "reason", "title": words.some()},
        {"key": "lessons", "r": "remedy", "title": words.some()},
    ]
    many = st.integers(0, 4)
    texts = {
        one["key"]: "\n\n".join(_passage(draw, words) for _ in range(draw(st.integers(1, 5))))
        for one in sections
    }
    return {
        "format": 1, "ref": f"INC-{words.one()}", "title": words.some(),
        "severity": {"name": words.one(), "rank": 3, "sentence": words.some()},
        "services": [words.one() for _ in range(draw(many))], "teams": [words.one()], "tags": [words.one()],
        "zone": "Europe/Lisbon", "times": {"detected": stamp(T0), "resolved": stamp(T0 + timedelta(hours=1)), "mitigated": None},
        "durations": [{"name": "Time to detect", "state": "contradictory", "seconds": None, "why": words.some(), "definition": words.some()}],
        "people": [{"id": ROLE + n, "role": words.some(), "name": words.some()} for n in range(1, draw(many) + 1)],
        "texts": texts, "sections": sections,
        "events": [
            {
                "id": EVENT + n, "at": stamp(T0 + timedelta(minutes=n)), "until": None, "precision": "second", "certainty": "exact",
                "source": words.one(), "lane": 1, "actor": words.one(), "kind": "message", "text": words.some(),
                "caption": draw(st.sampled_from(("", words.some()))), "phase": words.one(),
            }
            for n in range(1, draw(many) + 1)
        ],
        "conditions": [
            {
                "number": n, "kind": words.one(), "helped": n == 3, "sentence": words.some(), "made_sense": _passage(draw, words),
                "events": [EVENT + 1, EVENT + 2],
            }
            for n in range(1, draw(many) + 1)
        ],
        "items": [
            {
                "number": n, "type": "Prevent", "what": words.some(), "detail": _passage(draw, words), "how_we_know": words.some(),
                "owner": words.one(), "team": words.one(), "due_on": "2026-04-01", "status": "Accepted", "dropped_reason": words.one(),
                "conditions": [1, 2],
            }
            for n in range(1, draw(many) + 1)
        ],
        "impact": [{"what": words.some(), "number": "1914", "unit": words.one(), "unknown_because": ""}],
        "none_needed": words.some(),
        "images": [
            {"number": n, "digest": f"{n}" * 64, "kind": "image/png", "width": 10, "height": 10, "alt": words.some(), "event": EVENT + n if n == 2 else None}
            for n in range(1, draw(many) + 1)
        ],
        "meeting": {"held_on": "2026-03-20", "came": 9}, "picture": f"<svg><text>{words.one()}</text></svg>",
    }  # fmt: skip
