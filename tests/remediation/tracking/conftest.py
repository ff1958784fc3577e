from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from postmortems.remediation import actions as items
from postmortems.remediation.models import Item, Tracked, Tracker
from postmortems.remediation.tracking import actions, checking, looking
from tests import make
from tests.remediation.tracking import servers

NOW = servers.EPOCH
SECOND = timedelta(seconds=1)


@dataclass
class World:
    """One tracker, the people, and a clock that both sides share."""

    there: servers.House
    cast: Any
    tracker: Tracker
    secret: str = field(repr=False)
    now: datetime = NOW

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.there.clock = max(self.there.clock, self.now)

    def work(self, *, rounds: int = 3, step: timedelta = SECOND) -> None:
        """What the workers do in some sweeps, a moment apart."""
        for _ in range(rounds):
            self.now += step
            for pk in checking.due_trackers(now=self.now):
                checking.check(pk, now=self.now)
            for pk in looking.due_rows(now=self.now, most=50):
                looking.look(pk, now=self.now)

    def check(self) -> None:
        """The periodic check, and what follows from it."""
        self.later(minutes=6)
        self.work(rounds=2)

    def item(self, **fields: Any) -> Item:
        given = {
            "owner": self.cast.ian,
            "due_on": (NOW + timedelta(days=20)).date(),
            "status": "accepted",
            "now": NOW,
        }
        return make.item(self.cast.incident, **(given | fields))

    def made(self, item: Item | None = None) -> Tracked:
        item = item or self.item()
        made = actions.make_issue(item=item, tracker=self.tracker, by=self.cast.alice, now=self.now)
        self.work()
        made.refresh_from_db()
        return made

    def move(self, item: Item, status: str, reason: str = "") -> None:
        items.move(item=item, by=self.cast.alice, status=status, reason=reason, now=self.now)

    def edit(self, item: Item, **fields: Any) -> None:
        item.refresh_from_db()
        items.edit_item(item=item, by=self.cast.alice, version=item.version, now=self.now, **fields)


@pytest.fixture(params=servers.ALL, ids=lambda kind: kind.kind)
def world(request, cast, settings):
    yield from worldly(request.param, cast, settings)


@pytest.fixture
def github(cast, settings):
    yield from worldly(servers.GitHub, cast, settings)


@pytest.fixture
def gitlab(cast, settings):
    yield from worldly(servers.GitLab, cast, settings)


@pytest.fixture
def jira(cast, settings):
    yield from worldly(servers.Jira, cast, settings)


def worldly(kind, cast, settings):
    settings.FETCH_HTTP, settings.FETCH_NETWORKS = True, [ip_network("127.0.0.1/32")]
    settings.SITE_URL = "https://story.example.org"
    house = kind()
    tracker, secret = actions.add_tracker(
        by=cast.ada, kind=house.kind, name=f"The {house.kind}", address=house.address, project=house.project,
        token=servers.TOKEN, account=house.account,
    )  # fmt: skip
    Tracker.objects.filter(pk=tracker.pk).update(made_at=NOW, check_at=NOW)
    tracker.refresh_from_db()
    yield World(house, cast, tracker, secret)
    house.off()
