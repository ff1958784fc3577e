"""Small evidence written inside a test, read as a file would be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from timelines.formats.records import Record, Skipped
from timelines.reading import Reading


@pytest.fixture
def told(tmp_path) -> Callable[..., tuple[list[Record], list[Skipped]]]:
    """`told(content, format=…)`: the records and the notes on what was skipped; content is bytes, text or JSON."""

    def read(content: Any, *, name: str = "evidence.txt", format: str = "auto", **answers):
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found = list(Reading(path, format=format, **answers))
        return [f for f in found if isinstance(f, Record)], [f for f in found if isinstance(f, Skipped)]

    return read
