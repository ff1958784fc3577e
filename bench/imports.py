"""The importer against parsing the same bytes plus COPY of the same rows into the same tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from django.core.files.base import File
from django.db import connection

from bench.measuring import once, said
from timelines.actions import receive_file
from timelines.models import Import

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
PER_DAY = 2000


def run(mara, incident, messages: int) -> float:
    """Print one size; seconds of our import."""
    with tempfile.TemporaryDirectory() as folder:
        packed = export(Path(folder), messages)
        floor = once(lambda: bare(packed))
        ours, memory = in_a_worker(packed, mara, incident, messages)
    said(
        f"import {messages:,} Slack messages",
        ours,
        floor,
        f"orjson and COPY of the same rows; {memory:.0f} MB at most",
    )
    with connection.cursor() as cursor:
        cursor.execute("drop table floor_event, floor_raw")
    return ours


def in_a_worker(packed: Path, mara, incident, messages: int) -> tuple[float, float]:
    """Seconds and peak megabytes of a process that reads one import to its end, as a worker does."""
    with packed.open("rb") as file:
        imported = receive_file(
            incident=incident, by=mara, upload=File(file, name="export.zip"), name=f"run {time.time()}", queue=False
        )  # fmt: skip
    command = [sys.executable, "-m", "bench.worker", str(imported.pk)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    imported.refresh_from_db()
    assert (imported.state, imported.added) == (Import.State.DONE, messages), imported.message
    measured = json.loads(told.stdout)
    return measured["seconds"], measured["megabytes"]


def export(folder: Path, messages: int) -> Path:
    """A Slack export of `messages` messages over some weeks, with realistic fields."""
    target = folder / "export.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "users.json",
            orjson.dumps([{"id": f"U{n:04d}", "name": f"person{n}", "profile": {}} for n in range(80)]),
        )
        made.writestr("channels.json", orjson.dumps([{"id": "C0001", "name": "general"}]))
        for day in range(0, messages, PER_DAY):
            rows = [
                {
                    "type": "message", "user": f"U{number % 80:04d}", "client_msg_id": f"id-{number}",
                    "text": f"message number {number} about <https://example.org/{number}|a page> and <@U{number % 80:04d}> &amp; more words to read",
                    "ts": f"{int(T0.timestamp()) - 3_000_000 + number * 30}.{number % 1_000_000:06d}", "team": "T0001",
                }
                for number in range(day, min(day + PER_DAY, messages))
            ]  # fmt: skip
            date = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day // PER_DAY)).date()
            made.writestr(f"general/{date}.json", orjson.dumps(rows))
    return target


RAW = "id, source_id, external_id, digest, place, body"
EVENT = (
    "id", "incident_id", "source_id", "raw_id", "external_id", "digest", "at", "read_at", "nanoseconds", "precision", "certainty",
    "written", "zone", "sequence", "kind", "actor", "actor_id", "actor_kind", "place", "thread", "text", "link", "extra", "noise", "deleted",
)  # fmt: skip


def _bare_event(number: int, message: dict) -> tuple:
    """A row like ours, made without looking at the message."""
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    return (
        number, 1, 1, number, message["ts"], number.to_bytes(32, "big"), at, at, 0, "microsecond", "exact",
        message["ts"], "Z", number, "message", message["user"], message["user"], "person", "#general", "", message["text"], "", "{}", False, False,
    )  # fmt: skip


def bare(packed: Path) -> None:
    """Parse with orjson and COPY the same rows into tables with the same columns and indexes."""
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists floor_event, floor_raw")
        cursor.execute("create table floor_raw (like timelines_rawrecord including all)")
        cursor.execute("create table floor_event (like timelines_event including all)")
        with zipfile.ZipFile(packed) as archive:
            days = [name for name in archive.namelist() if name.startswith("general/")]
            rows = [(name, message) for name in days for message in orjson.loads(archive.read(name))]
        with cursor.copy(f"copy floor_raw ({RAW}) from stdin") as to:
            for number, (name, message) in enumerate(rows):
                to.write_row(
                    (number, 1, message["ts"], number.to_bytes(32, "big"), name, orjson.dumps(message))
                )
        with cursor.copy(f"copy floor_event ({', '.join(EVENT)}) from stdin") as to:
            for number, (_, message) in enumerate(rows):
                to.write_row(_bare_event(number, message))
