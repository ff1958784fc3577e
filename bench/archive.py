"""The archive, small and large: pages at the whole size against a thousand write-ups, search against the raw query."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable

from django.db import connection

from bench.grammar import COMMON, MIDDLING, RARE, Vocabulary, fill, settle
from bench.houses import House, copied, in_turns
from bench.measuring import once, said
from postmortems.accounts.models import User
from postmortems.archive.leading.reckoning import reckon

FEW = 1000
# Of a team and of one person there are a hundred times as many, too: what is shown of them is a page.
PAGES = {
    "archive, newest first": "/archive/",
    "archive of one service": "/archive/?service=service-3",
    "what recurs": "/archive/recurs/",
    "what gets fixed": "/archive/fixed/",
    "how we review": "/archive/reviews/",
    "incidents": "/incidents/",
    "items that are open": "/items/all/",
    "items overdue": "/items/all/?show=overdue",
    "items without a date": "/items/all/?show=undated",
    "items verified, of one team": "/items/all/?show=verified&team=bench-1",
    "board of a team": "/items/board/?team=bench-1",
}
WORDS = {
    "nine of ten": COMMON,
    "three of a hundred": MIDDLING,
    "one of a thousand": RARE,
    "two words": f"{MIDDLING} {COMMON}",
}
RAW = """
select incident_id, count(*) over () from archive_card card where search @@ websearch_to_tsquery('english', %s)
order by ts_rank(search, websearch_to_tsquery('english', %s), 1) desc limit 20
"""
SHOWN = "select ts_headline('english', words, websearch_to_tsquery('english', %s)) from publication_revision where incident_id = any(%s)"


def run(mara: User, size: int) -> None:
    fill(mara, FEW)
    settle()
    reckon()
    few = f"{connection.settings_dict['NAME']}_few"
    copied(few)
    fill(mara, size - FEW, begin=FEW)
    settle()
    said(f"figures of {size:,} write-ups reckoned", once(reckon), 1, "a second")
    measure(House(mara, few), House(mara), size)


def measure(small: House, large: House, size: int) -> None:
    for name, address in PAGES.items():
        ours, floor = in_turns(large.visiting(address), small.visiting(address))
        said(f"{name}, {size:,} write-ups", ours, floor, f"{FEW:,} write-ups")
    found = {name: _search(large, words) for name, words in WORDS.items()}
    for name, (ours, floor) in found.items():
        said(f"search, {name}", ours, floor, "the raw query and its passages")
    said(
        "search, common against middling",
        found["nine of ten"][0],
        found["three of a hundred"][0],
        "three of a hundred",
    )
    mixed = [*found.values(), *(_search(large, words) for words in _drawn(28))]
    ours, floor = (statistics.quantiles(times, n=20)[-1] for times in zip(*mixed, strict=True))
    said("search of 28 drawn words and these, p95", ours, floor, "the raw queries, p95")


def _search(large: House, words: str) -> list[float]:
    return in_turns(large.visiting(f"/archive/?q={words.replace(' ', '+')}"), _raw(large, words), runs=5)


def _drawn(count: int) -> list[str]:
    """Words as they come in what is written, frequent ones more often; every third asked for together with another."""
    words = Vocabulary(random.Random(0)).some(2 * count)
    return [" ".join(words[2 * n : 2 * n + 1 + (n % 3 == 0)]) for n in range(count)]


def _raw(large: House, words: str) -> Callable[[], object]:
    """Twenty of the best and how many there are, with the passages of each."""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW, [words, words])
            cursor.execute(SHOWN, [words, [row[0] for row in cursor.fetchall()]])
            cursor.fetchall()

    return lambda: large.here(ask)
