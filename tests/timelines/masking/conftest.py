from __future__ import annotations

import pytest

from tests.timelines.conftest import make_record, signed_in
from timelines import storing


@pytest.fixture
def store(source):
    """Store one record with this text, and give its event."""

    def store(text: str, key: str = "1", **fields):
        storing.store(source, [make_record(key, text, **fields)])
        return source.events.get(external_id=key)

    return store


@pytest.fixture
def decide(incident, alice):
    def decide(secret, answer: str, *, seen: str = "masked", by=alice):
        return signed_in(by).post(
            f"/incidents/{incident.ref}/evidence/masked/decide/",
            {"value": bytes(secret.digest).hex(), "seen": seen, "answer": answer},
            follow=True,
        )

    return decide
