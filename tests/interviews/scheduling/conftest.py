"""An incident that ended on a Thursday before dawn in Lisbon, and people in three zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postmortems.accounts.models import User
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.scheduling import actions, choices, planning, schedule
from tests import make

RESOLVED = datetime(2026, 3, 26, 3, 40, tzinfo=UTC)
NOW = RESOLVED + timedelta(hours=8)  # the same Thursday, 11:40 in Lisbon


@pytest.fixture
def mara(db) -> User:
    return make.user("mara", role="reviewer", name="Mara", zone="Europe/Lisbon")


@pytest.fixture
def incident(mara) -> Incident:
    times = {
        f"{name}_at": RESOLVED - timedelta(hours=hours)
        for name, hours in (("impact_began", 3), ("detected", 2), ("acknowledged", 2), ("mitigated", 1))
    }
    return make.incident(by=mara, resolved_at=RESOLVED, zone="Europe/Lisbon", **times)


def person(
    incident: Incident,
    name: str,
    *,
    role: str = "On-call responder",
    zone: str = "Europe/Lisbon",
    account: bool = True,
    **fields,
) -> Participant:
    by = incident.opened_by
    if account:
        user = make.user(name.lower(), name=name, zone=zone, **fields)
        return incidents.add_participant(incident=incident, by=by, name="", user=user, role=role)
    return incidents.add_participant(
        incident=incident, by=by, name=name, role=role, zone=zone, email=f"{name.lower()}@elsewhere.example"
    )


@pytest.fixture
def ben(incident) -> Participant:
    return person(incident, "Ben")


@pytest.fixture
def ana(incident) -> Participant:
    return person(incident, "Ana", role="Incident commander", account=False)


def planned(
    incident: Incident, *hosts: User, now: datetime = NOW, people=None, version: int | None = None, **more
):
    """Ask the planner as the page does, for everybody who took part; the outcome and the interviews made."""
    house = schedule.house(incident, now=now, hosts=hosts)
    asked = [one for one in house.asked if people is None or one.id in {p.pk for p in people}]
    chosen = choices.suggested(asked, (), [host.pk for host in hosts])
    for one in chosen["hosts"]:
        one.update(more)
    outcome = planning.make_plan(
        house, choices.people_of(chosen, house.participants), choices.hosts_of(chosen, hosts)
    )
    if version is None:
        from postmortems.interviews.models import Plan

        last = Plan.objects.filter(incident=incident).first()
        version = last.version if last else 0
    made = actions.propose(
        incident=incident, by=hosts[0], outcome=outcome, house=house, choices=chosen, version=version, now=now
    )
    return outcome, made
