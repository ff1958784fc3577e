from __future__ import annotations

import pytest

from tests.timelines.live.sending import SECRET
from timelines.live import actions
from timelines.models import Connection


@pytest.fixture
def connect(cast):
    def made(kind: str = "alertmanager", **fields) -> Connection:
        connection, _ = actions.connect(
            by=cast.ada, kind=kind, name=f"{kind} {Connection.objects.count()}", **fields
        )
        actions.new_secret(connection=connection, by=cast.ada, secret=SECRET)
        connection.refresh_from_db()
        return connection

    return made
