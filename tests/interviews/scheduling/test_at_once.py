"""Two people at the same moment, on real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from postmortems.interviews.models import Interview, Plan
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions
from tests import make
from tests.interviews.scheduling.conftest import NOW, RESOLVED, person, planned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AT = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)


def together(*changes) -> list[object]:
    """What each change answers, when all begin at once; a refusal is an answer too."""
    gate = Barrier(len(changes))

    def run(change):
        try:
            gate.wait(10)
            return change()
        except NotPossible as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(changes)) as threads:
        return list(threads.map(run, changes))


def test_one_interviewer_is_never_promised_to_two_people(transactional_db):
    mara = make.user("mara", role="reviewer", name="Mara", zone="Europe/Lisbon")
    both = []
    for name in ("Ben", "Ana"):
        incident = make.incident(by=mara, resolved_at=RESOLVED)
        who = person(incident, name)
        both.append(
            make.interview(
                incident,
                interviewer=mara,
                participant=who,
                state="proposed",
                invited_at=None,
                starts_at=None,
                ends_at=None,
            )
        )
    found = together(
        *(lambda one=one: actions.set_time(interview=one, by=mara, starts_at=AT, now=NOW) for one in both)
    )
    assert sorted(isinstance(one, NotPossible) for one in found) == [False, True]
    assert Interview.objects.filter(starts_at=AT).count() == 1


def test_of_two_plans_at_once_one_is_written_whole(transactional_db):
    mara = make.user("mara", role="reviewer", name="Mara", zone="Europe/Lisbon")
    incident = make.incident(by=mara, resolved_at=RESOLVED)
    for name in ("Ben", "Ana", "Cleo"):
        person(incident, name)
    found = together(*[lambda: planned(incident, mara, version=0)] * 2)
    assert sorted(isinstance(one, NotPossible) for one in found) == [False, True]
    assert incident.interviews.count() == 3
    assert Plan.objects.get().version == 1
