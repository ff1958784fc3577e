"""What the timeline's tests share: records, a source, files brought in; the people are tests/cast.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines import importing
from timelines.actions import receive_file, source_for
from timelines.formats.records import Record
from timelines.models import Import, Source


@pytest.fixture
def alice(cast) -> User:
    """Lead reviewer of `incident`."""
    return cast.alice


@pytest.fixture
def as_alice(alice) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(minute: int = 0, second: int = 0, *, hour: int = 9) -> datetime:
    return datetime(2026, 3, 10, hour, minute, second, tzinfo=UTC)


def make_record(key: str = "1", text: str = "deploy began", **fields) -> Record:
    defaults = {
        "at": at(),
        "kind": "message",
        "raw": f"{key}|{text}|{fields.get('revised')}".encode(errors="replace"),
    }
    return Record(external_id=key, text=text, **(defaults | fields))


@pytest.fixture
def source(incident) -> Source:
    return source_for(incident=incident, format="slack", name="Slack")


def bring_in(incident: Incident, by: User, filename: str, content: bytes, **answers) -> Import:
    """Receive a file and read it, as a worker would."""
    imported = receive_file(incident=incident, by=by, upload=ContentFile(content, name=filename), **answers)
    importing.run(imported.pk)
    imported.refresh_from_db()
    return imported


def queries(client: Client, address: str) -> int:
    """How many queries a page asks; what is asked once in a process is not the page's."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
