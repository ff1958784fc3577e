"""Write-ups made of a small grammar, with their conditions and items; nothing of it is kept in the repository.

Words are drawn as they are in language: the n-th most frequent comes n times more rarely than the first. One word
stands in nine of ten write-ups, one in three of a hundred, one in one of a thousand.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from django.db import connection

from postmortems.accounts.models import Team, User
from postmortems.archive import ledger
from postmortems.archive.searching.spelling import learn_words
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.publication.models import Printing, Revision
from postmortems.remediation.models import Item
from postmortems.writeup.models import ConditionKind

BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
VOCABULARY = 20_000
COMMON, MIDDLING, RARE = "quorumly", "middlingly", "rarely"
SHARES = ((COMMON, 0.9), (MIDDLING, 0.03), (RARE, 0.001))
ITEMS = 5
TEAMS = 40
# One in four is open, as it is where most promises are kept.
STATUSES = ["verified"] * 9 + ["dropped"] * 3 + ["done", "proposed", "accepted", "in_progress"]
SUBJECTS = ("replica lag", "queue depth", "payments", "certificates", "failover", "backups", "quota", "DNS")


def fill(mara: User, count: int, *, begin: int = 0) -> None:
    """`count` published write-ups with their conditions and items, in batches."""
    chance = random.Random(begin)
    services = [Service.objects.get_or_create(name=f"Service {n}", slug=f"service-{n}")[0] for n in range(40)]
    teams = [Team.objects.get_or_create(name=f"Bench {n}", slug=f"bench-{n}")[0] for n in range(TEAMS)]
    severities, kinds = list(Severity.objects.all()), list(ConditionKind.objects.all())
    words = Vocabulary(chance)
    for start in range(begin, begin + count, 1000):
        numbers = range(start, min(start + 1000, begin + count))
        _batch(mara, numbers, chance, words, services, teams, severities, kinds)


def settle() -> None:
    """What runs in the background, and what the database does of itself in a quiet hour."""
    learn_words()
    ledger.add_up()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


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


def _batch(mara, numbers, chance, words, services, teams, severities, kinds) -> None:
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
    Incident.teams.through.objects.bulk_create(
        Incident.teams.through(incident=one, team=chance.choice(teams)) for one in incidents
    )
    revisions = Revision.objects.bulk_create(
        _revision(mara, one, chance, words, chance.sample(kinds, 2)) for one in incidents
    )
    Printing.objects.bulk_create(Printing(revision=revision, state="done") for revision in revisions)
    Item.objects.bulk_create(_items(mara, incidents, teams, chance))


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


def _items(mara, incidents, teams, chance) -> Iterator[Item]:
    """Items of the bench's own user are one in a hundred."""
    for one in incidents:
        for number in range(1, ITEMS + 1):
            due = (one.opened_at + timedelta(days=chance.randint(14, 90))).date()
            status = chance.choice(STATUSES)
            done = one.opened_at + timedelta(days=chance.randint(10, 60))
            yield Item(
                incident=one, number=number, type=chance.choice(["prevent", "detect", "learn"]), status=status, size="m",
                what=f"Add an alert on {chance.choice(SUBJECTS)} of service {chance.randrange(400)}", how_we_know="A drill shows it",
                owner=mara if chance.random() < 0.01 else None, team=chance.choice(teams), due_on=due, promised_on=due, created_at=one.opened_at,
                dropped_reason="too dear" if status == "dropped" else "", done_at=done if status in ("done", "verified") else None,
                verified_at=done if status == "verified" else None, verified_by=mara if status == "verified" else None, remind_at=None,
            )  # fmt: skip
