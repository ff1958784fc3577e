"""An incident seen by a chat, a pager and a monitor: what the pages of merging are tried on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident
from tests import make
from tests.timelines.conftest import bring_in

HANA, JONAS = "Hana Kim", "Jonas Lindqvist"


def _iso(minutes: float, clock: float = 0) -> str:
    return (
        (make.T0 + timedelta(minutes=minutes, seconds=clock))
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def pager(clock: float = 0, count: int = 4) -> bytes:
    """A pager's log: `count` incidents, each triggered, acknowledged by Jonas and resolved; `clock` seconds off."""
    entries = []
    for n in range(count):
        about = {
            "id": f"PCONF{n}",
            "type": "incident_reference",
            "summary": f"[#{418 + n}] ReplicaLagHigh on replica-{n}",
        }
        for kind, minutes, agent in (
            ("trigger", 7 + 15 * n, {"id": "PSVC", "type": "service_reference", "summary": "Bookings"}),
            ("acknowledge", 9 + 15 * n, {"id": "PJONAS", "type": "user_reference", "summary": JONAS}),
            ("resolve", 16 + 15 * n, {"id": "PSVC", "type": "service_reference", "summary": "Bookings"}),
        ):
            entries.append(
                {
                    "id": f"R{n}{kind}", "type": f"{kind}_log_entry", "summary": kind.capitalize() + "d", "created_at": _iso(minutes, clock),
                    "agent": agent, "incident": about, "assignees": [{"summary": JONAS}],
                }
            )  # fmt: skip
    return json.dumps({"log_entries": entries}).encode()


def chat(count: int = 4) -> bytes:
    """A channel in which a bot repeats the pager two seconds later, and people talk."""
    told = []
    for n in range(count):
        told += [
            (7 + 15 * n, 2, None, f"Triggered PCONF{n}: ReplicaLagHigh on replica-{n}"),
            (
                7.5 + 15 * n,
                0,
                "U0HANA",
                f"I take the bridge for number {n}, @{JONAS} can you look at PCONF{n}?",
            ),
            (16 + 15 * n, 2, None, f"Resolved PCONF{n}: ReplicaLagHigh on replica-{n}"),
        ]
    said = []
    for number, (minutes, seconds, user, text) in enumerate(told):
        at = make.T0 + timedelta(minutes=minutes, seconds=seconds)
        who = {"user": user} if user else {"subtype": "bot_message", "bot_id": "B0PAGER", "username": "Pager"}
        said.append({"type": "message", "ts": f"{int(at.timestamp())}.{number:06}", "text": text, **who})
    return json.dumps({"ok": True, "messages": said, "channel": "C0INC"}).encode()


@pytest.fixture
def seen_twice(cast) -> Incident:
    """The incident of the cast with a pager that is 754 s ahead of the chat, Jonas being Ian's handle nowhere yet."""
    return _with_evidence(cast, clock=754)


@pytest.fixture
def in_step(cast) -> Incident:
    return _with_evidence(cast, clock=0)


def _with_evidence(cast, clock: float) -> Incident:
    incident = cast.incident
    incidents.add_participant(incident=incident, by=cast.alice, name=JONAS, role="On-call responder")
    bring_in(incident, cast.alice, "pager.json", pager(clock), name="Pager")
    bring_in(incident, cast.alice, "general.json", chat(), name="Chat")
    assert incident.events.count() == 24
    return incident


def get(client: Client, name: str, incident: Incident, *args, **query) -> str:
    answer = client.get(reverse(f"timelines:{name}", args=[incident.ref, *args]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, incident: Incident, *args, **data):
    answer = client.post(reverse(f"timelines:{name}", args=[incident.ref, *args]), data)
    assert answer.status_code == 302
    return answer
