"""The cast of the timeline's tests: a name tells what the person may do on `incident`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client

from postmortems.accounts.models import User
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import CircleMember, Incident, Severity
from timelines import importing, storing
from timelines.actions import receive_file, source_for
from timelines.formats.records import Record
from timelines.models import Event, Import, Source

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"


def sample(name: str) -> Path:
    """A file of the shared samples; without them a test is skipped, except where nothing may be skipped."""
    path = SAMPLES / name
    if not path.exists():
        reason = f"The sample {name} is not here: it lies in the folder shared/samples beside the repository."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return path


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.CELERY_TASK_ALWAYS_EAGER = False


def make_user(name: str, role: str = "member", **fields) -> User:
    return User.objects.create_user(f"{name}@example.org", name=name.title(), role=role, **fields)


def make_incident(by: User, **fields) -> Incident:
    defaults = {"title": "Checkout answers slowly", "severity": Severity.objects.order_by("rank").first()}
    return open_incident(by=by, **(defaults | fields))


@pytest.fixture
def alice(db) -> User:
    """Lead reviewer of `incident`."""
    return make_user("alice", "reviewer")


@pytest.fixture
def incident(alice) -> Incident:
    return make_incident(alice)


@pytest.fixture
def people(incident, alice) -> dict[str, User]:
    """One person for each way of standing to `incident`."""
    cast = {
        "lead": alice,
        "co-reviewer": make_user("bob"),
        "participant": make_user("ian"),
        "reader": make_user("rita", "reader"),
        "member": make_user("mel"),
        "reviewer": make_user("rev", "reviewer"),
        "administrator": make_user("ada", "administrator"),
    }
    CircleMember.objects.create(incident=incident, user=cast["co-reviewer"], role="co")
    CircleMember.objects.create(incident=incident, user=cast["participant"], role="participant")
    return cast


@pytest.fixture
def as_alice(alice) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
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


def make_events(source: Source, number: int, **fields) -> list[Event]:
    """`number` events a second apart, stored as an import would."""
    for batch in storing.batches(
        make_record(
            f"{fields.get('prefix', '')}{n}",
            f"event {n}",
            at=datetime.fromtimestamp(at().timestamp() + n, UTC),
            actor=f"Person {n % 7}",
            order=n,
        )
        for n in range(number)
    ):
        storing.store(source, batch)
    return list(source.events.in_order()[:200])


def bring_in(incident: Incident, by: User, name: str, content: bytes, **answers) -> Import:
    """Receive a file and read it, as a worker would."""
    imported = receive_file(incident=incident, by=by, upload=ContentFile(content, name=name), **answers)
    importing.run(imported.pk)
    imported.refresh_from_db()
    return imported
