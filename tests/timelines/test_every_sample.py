"""Every real file, through the whole path: read or refused in a sentence, and twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import SHARED, sample
from tests.timelines.conftest import bring_in
from timelines.models import Event, RawRecord

pytestmark = pytest.mark.django_db

FILES = sorted(
    str(path.relative_to(SHARED / "samples"))
    for path in (SHARED / "samples").glob("*/*")
    if path.is_file() and not path.name.startswith("LICENSE")
) + [
    "postmortems/2i2c/2025-07-11-cloudbank-healthcheck.md",
    "postmortems/mybinder/2018-04-18-cull-flood.md",
    "postmortems/zalando/jan-2019-dns-outage.md",
]


@pytest.mark.parametrize("name", FILES)
def test_twice_is_once_and_trouble_is_a_sentence(incident, alice, name):
    path: Path = sample(name)
    first = bring_in(incident, alice, path.name, path.read_bytes(), zone="UTC", year=2015)
    if first.state != "done":
        assert first.message.rstrip().endswith((".", "?"))
        assert "fault of the reader" not in first.message
        assert not Event.objects.exists()
        return
    assert first.added == Event.objects.count() > 0
    assert first.unchanged == 0
    raw = RawRecord.objects.count()
    again = bring_in(incident, alice, path.name, path.read_bytes(), zone="UTC", year=2015)
    assert (again.added, again.updated, again.unchanged) == (0, 0, first.added)
    assert RawRecord.objects.count() == raw
