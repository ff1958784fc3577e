from __future__ import annotations

import pytest

from postmortems.incidents.models import Incident
from tests import make


@pytest.fixture
def ready(cast) -> Incident:
    """A review whose write-up meets every rule, with nobody to approve it."""
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    return cast.incident
