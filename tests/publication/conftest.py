from __future__ import annotations

import pytest

from postmortems.incidents.models import Incident
from tests import cast as people
from tests import make


def _written_up() -> people.Cast:
    cast = people.gather()
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    return cast


@pytest.fixture(scope="session")
def _kept_ready(django_db_setup, django_db_blocker) -> people.Kept:
    with django_db_blocker.unblock():
        return people.Kept(_written_up)


@pytest.fixture
def cast(request, db) -> people.Cast:
    """Of a test that asks for `ready`, the write-up is made once."""
    kept = "_kept_ready" if "ready" in request.fixturenames else "_kept"
    return request.getfixturevalue(kept).again()


@pytest.fixture
def ready(cast) -> Incident:
    """A review whose write-up meets every rule, with nobody to approve it."""
    return cast.incident
