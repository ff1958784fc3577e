"""The archive, small and large: made of a small grammar, nothing of it is kept.

Words are drawn as they are in language: the n-th most frequent comes n times more rarely than the first. One word
stands in nine of ten write-ups, one in three of a hundred, one in one of a thousand.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from django.db import connection
from django.test import Client

from bench.measuring import once, said
from postmortems.accounts.models import User
from postmortems.archive import ledger
from postmortems.archive.leading.reckoning import reckon
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import find
from postmortems.archive.searching.spelling import learn_words
from postmortems.archive.searching.views import rows_of
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.publication.models import Printing, Revision
from postmortems.remediation.models import Item
from postmortems.writeup.models import ConditionKind

BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
VOCABULARY = 20_000
COMMON, MIDDLING, RARE = "quorumly", "middlingly", "rarely"
SHARES = ((COMMON, 0.9), (MIDDLING, 0.03), (RARE, 0.001))
ITEMS = 5
RAW = """
select incident_id, count(*) over () from archive_card card where search @@ websearch_to_tsquery('english', %s)
order by ts_rank(search, websearch_to_tsquery('english', %s), 1) desc limit 20
"""


def fill(mara: User, count: int, *, begin: int = 0) -> None:
    """`count` published write-ups with their conditions and items, in batches."""
    chance = random.Random(begin)
    services = [Service.objects.get_or_create(name=f"Service {n}", slug=f"service-{n}")[0] for n in range(40)]
    severities, kinds = list(Severity.objects.all()), list(ConditionKind.objects.all())
    words = Vocabulary(chance)
    for start in range(begin, begin + count, 1000):
        numbers = range(start, min(start + 1000, begin + count))
        _batch(mara, numbers, chance, words, services, severities, kinds)


class Vocabulary:
    def __init__(self, chance: random.Random) -> None:
        letters = "bcdfghklmnprstvw"
        self.words = [
            "".join(chance.choice(letters) + chance.choice("aeiou") for _ in range(chance.randint(2, 5)))
            for _ in range(VOCABULARY)
        ]
        self.weights = list(accumulate(1 / n for n in range(1, VOCABULARY + 1)))
        self.chance = chance

    def some(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)


def _batch(mara, numbers, chance, words, services, severities, kinds) -> None:
    days = {
        n: BEGAN + timedelta(days=chance.randrange(3650), minutes=chance.randrange(1440)) for n in numbers
    }
    incidents = Incident.objects.bulk_create(
        Incident(
            ref=f"OLD-{n:07d}", title=" ".join(words.some(6)).capitalize(), severity=chance.choice(severities), opened_by=mara, opened_at=days[n],
            impact_began_at=days[n], resolved_at=days[n] + timedelta(hours=2), tags=[f"tag-{chance.randrange(200)}"],
        )
        for n in numbers
    )  # fmt: skip
    Incident.services.through.objects.bulk_create(
        Incident.services.through(incident=one, service=chance.choice(services)) for one in incidents
    )
    revisions = Revision.objects.bulk_create(
        _revision(mara, one, chance, words, chance.sample(kinds, 2)) for one in incidents
    )
    Printing.objects.bulk_create(Printing(revision=revision, state="done") for revision in revisions)
    Item.objects.bulk_create(_items(mara, incidents, chance))


def _revision(mara, incident, chance, words, kinds) -> Revision:
    told = words.some(chance.randint(400, 1200))
    for word, share in SHARES:
        if chance.random() < share:
            told.insert(chance.randrange(len(told)), word)
    content = {
        "conditions": [
            {"number": n, "kind": kind.name, "helped": kind.helped, "sentence": " ".join(words.some(9)), "events": [1] if chance.random() < 0.7 else []}
            for n, kind in enumerate(kinds, 1)
        ],
        "items": [{"number": n, "what": " ".join(words.some(8))} for n in range(1, ITEMS + 1)],
    }  # fmt: skip
    return Revision(
        incident=incident, number=1, title=incident.title, content=content, html="", words=f"head\n{incident.title}\n" + " ".join(told),
        published_at=incident.opened_at + timedelta(days=chance.randint(5, 60)), published_by=mara, digest=incident.ref,
    )  # fmt: skip


def _items(mara, incidents, chance) -> Iterator[Item]:
    for one in incidents:
        for number in range(1, ITEMS + 1):
            due = (one.opened_at + timedelta(days=30)).date()
            status = chance.choice(["accepted", "in_progress", "done", "verified", "verified"])
            done = (
                one.opened_at + timedelta(days=chance.randint(10, 60))
                if status in ("done", "verified")
                else None
            )
            verified = (done, mara) if status == "verified" else (None, None)
            yield Item(
                incident=one, number=number, type=chance.choice(["prevent", "detect", "learn"]), what="x", due_on=due, status=status,
                promised_on=due, done_at=done, verified_at=verified[0], verified_by=verified[1], created_at=one.opened_at,
            )  # fmt: skip


def settle() -> None:
    learn_words()
    ledger.add_up()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


PAGES = {
    "archive, newest first": "/archive/",
    "archive of one service": "/archive/?service=service-3",
    "what recurs": "/archive/recurs/",
    "what gets fixed": "/archive/fixed/",
    "how we review": "/archive/reviews/",
}


def run(mara: User, large: int) -> None:
    """Pages at a thousand write-ups and at `large`; searches against the raw query."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(mara)

    def visit(address: str) -> Callable[[], object]:
        def go():
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return go

    fill(mara, 1000)
    settle()
    reckon()
    small = {name: p95(visit(address)) for name, address in PAGES.items()}
    fill(mara, large - 1000, begin=1000)
    settle()
    said(f"figures of {large:,} write-ups reckoned", once(reckon), 1, "a second")
    for name, address in PAGES.items():
        said(f"{name}, {large:,} write-ups, p95", p95(visit(address)), small[name], "1,000 write-ups, p95")
    found = {}
    for name, word in (
        ("nine of ten", COMMON),
        ("three of a hundred", MIDDLING),
        ("one of a thousand", RARE),
    ):
        found[name] = p95(visit(f"/archive/?q={word}"))
        said(
            f"search, a word in {name}, p95",
            found[name],
            p95(lambda word=word: _raw(word)),
            "the raw query, p95",
        )
    said(
        "search, common against middling",
        found["nine of ten"],
        found["three of a hundred"],
        "three of a hundred",
    )
    said("page of two words and a facet, p95", p95(visit(f"/archive/?q={MIDDLING}+{COMMON}&year=2020")),
        p95(lambda: _raw(f"{MIDDLING} {COMMON}")), "the raw query without the facet, p95")  # fmt: skip


def p95(work: Callable[[], object], runs: int = 20) -> float:
    work()
    return statistics.quantiles([once(work) for _ in range(runs)], n=20)[-1]


def _ours(mara: User, words: str) -> None:
    rows_of(mara, find(mara, Asked(words)).shown, words)


def _raw(words: str) -> None:
    """Twenty of the best and how many there are, with the passages of each."""
    with connection.cursor() as cursor:
        cursor.execute(RAW, [words, words])
        keys = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "select ts_headline('english', words, websearch_to_tsquery('english', %s)) from publication_revision where incident_id = any(%s)",
            [words, keys],
        )
        cursor.fetchall()
