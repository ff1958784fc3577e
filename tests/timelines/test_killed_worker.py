"""A real worker, killed with kill -9 in the middle of a large import, and a second one that takes it up."""

from __future__ import annotations

import json
import os
import signal
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.base import File
from django.utils import timezone

from tests import make
from tests.workers import wait_for, worker
from timelines import actions, importing
from timelines.models import Event, Import, RawRecord

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MESSAGES = 60_000


@pytest.fixture
def export(tmp_path):
    """A Slack export of many days in two channels, some messages edited."""
    path = tmp_path / "export.zip"
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "users.json", json.dumps([{"id": "U1", "name": "mara", "profile": {"display_name": "Mara"}}])
        )
        archive.writestr(
            "channels.json", json.dumps([{"id": "C1", "name": "incidents"}, {"id": "C2", "name": "general"}])
        )
        for day in range(30):
            for channel in ("incidents", "general"):
                start = int((begin + timedelta(days=day)).timestamp())
                messages = [
                    {
                        "type": "message",
                        "user": "U1",
                        "ts": f"{start + n * 40}.{n:06}",
                        "text": f"{channel} says {n} on day {day}",
                    }
                    | (
                        {"edited": {"user": "U1", "ts": f"{start + n * 40 + 5}.000000"}}
                        if n % 50 == 0
                        else {}
                    )
                    for n in range(MESSAGES // 60)
                ]
                archive.writestr(
                    f"{channel}/{begin + timedelta(days=day):%Y-%m-%d}.json", json.dumps(messages)
                )
    return path


def rows(incident) -> list[tuple]:
    return list(
        Event.objects.filter(incident=incident).in_order().values_list(
            "external_id", "at", "text", "sequence", "editions", "revised", "raw__digest", "raw__place", "place", "thread"
        )
    )  # fmt: skip


def test_an_import_whose_worker_was_killed_ends_with_the_same_rows(export):
    alice = make.user("alice")
    incident = make.incident(by=alice)
    with export.open("rb") as file:
        imported = actions.receive_file(incident=incident, by=alice, upload=File(file, name="export.zip"))
    Import.objects.update(asked_at=timezone.now() - timedelta(minutes=1))  # its task got lost with the broker

    with worker(settings.MEDIA_ROOT) as first:
        half = wait_for(lambda: Import.objects.filter(pk=imported.pk, added__gt=MESSAGES // 10).first())
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    stored = Event.objects.filter(incident=incident).count()
    assert half.state == "running"
    assert MESSAGES // 10 < stored < MESSAGES, "it was killed half-way"
    imported.refresh_from_db()
    assert imported.added == stored, "the figure on the page is what is stored"

    with worker(settings.MEDIA_ROOT):
        wait_for(lambda: Import.objects.filter(pk=imported.pk, state="done").exists())
    imported.refresh_from_db()
    assert (imported.added, imported.updated, imported.unchanged, imported.skipped) == (MESSAGES, 0, 0, 0)
    assert imported.starts == 2

    undisturbed = make.incident(by=alice, title="The same without a blow")
    with export.open("rb") as file:
        reference = actions.receive_file(
            incident=undisturbed, by=alice, upload=File(file, name="export.zip"), queue=False
        )
    importing.run(reference.pk)
    assert rows(incident) == rows(undisturbed)
    assert RawRecord.objects.filter(source__incident=incident).count() == MESSAGES
