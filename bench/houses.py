"""The same house small and large at once: what is compared is measured in turns, so that a busy machine is busy for both."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import Client

from bench.measuring import once
from postmortems.accounts.models import User


def copied(name: str) -> None:
    """What is in the database now, under another name, too."""
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'drop database if exists "{name}"')
        cursor.execute(f'create database "{name}" template "{here}"')


class House:
    """A database with somebody signed in; the one of now where no name is given."""

    def __init__(self, mara: User, name: str = "") -> None:
        self.connection = connections.create_connection(DEFAULT_DB_ALIAS)
        told = self.connection.settings_dict
        options = {key: value for key, value in told["OPTIONS"].items() if key != "pool"}
        self.connection.settings_dict = told | {"NAME": name or told["NAME"], "OPTIONS": options}
        self.client = Client(SERVER_NAME="localhost")
        self.here(lambda: self.client.force_login(mara))

    def here(self, work: Callable[[], object]) -> object:
        before, connections[DEFAULT_DB_ALIAS] = connections[DEFAULT_DB_ALIAS], self.connection
        try:
            return work()
        finally:
            connections[DEFAULT_DB_ALIAS] = before

    def visiting(self, address: str) -> Callable[[], object]:
        def visit() -> None:
            answer = self.client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return lambda: self.here(visit)


def in_turns(*works: Callable[[], object], runs: int = 7) -> list[float]:
    """The least of several of each, one after the other in every round: what else the machine does comes on top."""
    for work in works:
        work()
    rounds = [[once(work) for work in works] for _ in range(runs)]
    return [min(one) for one in zip(*rounds, strict=True)]
