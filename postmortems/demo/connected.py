"""Tools that send by themselves: two connections, a rule, and what waits in the inbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from postmortems.accounts.models import User
from timelines.live import actions, filing
from timelines.live.rules import actions as rules
from timelines.models import Connection, Delivery


def connected(text: str, by: User, now: datetime) -> None:
    """`text` is demo/connected.json with its times put in; messages arrive in the order of their time."""
    for told in json.loads(text):
        connection, _ = actions.connect(by=by, kind=told["kind"], name=told["name"])
        for rule in told["rules"]:
            rules.add(by=by, wanted=rules.Wanted(**rule))
        for number, message in enumerate(told["messages"]):
            filing.file(_arrived(connection, message, number, now).pk)


def _arrived(connection: Connection, message: dict, number: int, now: datetime) -> Delivery:
    headers = {"x-github-event": message["event"]} if "event" in message else {}
    return Delivery.objects.create(
        connection=connection, delivery_key=f"demo-{number}", received_at=now - timedelta(minutes=message["minutes_ago"]),
        headers=headers, body=json.dumps(message["body"]).encode(),
    )  # fmt: skip
