from __future__ import annotations

import pytest
from django.core.cache import cache

from postmortems.publication.models import Twin
from tests import make
from tests.publication.outside import shown


@pytest.fixture(autouse=True)
def _nothing_is_kept_from_before():
    cache.clear()


@pytest.fixture
def public(cast) -> Twin:
    """A text that everybody may read, at its address."""
    make.writeup_of(cast.incident)
    return shown.twin(cast.incident)
