"""Archives and folders in which exports of several tools lie together; and tar, within the bounds of zip."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timelines import actions, importing
from timelines.bundles import opened
from timelines.models import Import
from timelines.parts import parts
from timelines.reading import Reading, Unreadable

CHAT = json.dumps(
    [{"type": "message", "user": "U1", "text": "Seat maps are slow", "ts": "1773165600.000100"}] * 2
).encode()
USERS = json.dumps([{"id": "U1", "name": "ewa", "profile": {}}]).encode()
PAGER = json.dumps(
    {"log_entries": [{"id": "R1", "type": "trigger_log_entry", "summary": "Triggered", "created_at": "2026-03-10T18:00:00Z",
                      "agent": {"summary": "Alerts", "type": "service_reference"}, "channel": {"type": "api"}}]}
).encode()  # fmt: skip
LOG = b"2026-03-10T18:00:01Z INFO starting\n2026-03-10T18:00:02Z ERROR no seats\n" * 3
MIXED = {
    "night/chat/channels.json": b'[{"id": "C1", "name": "ops", "members": []}]',
    "night/chat/users.json": USERS,
    "night/chat/ops/2026-03-10.json": CHAT,
    "night/chat/uploads/attached.log": LOG,
    "night/pager.json": PAGER,
    "night/logs/app.log": LOG,
    "night/logs/app.log.1": LOG,
}


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


def tarred(files: dict[str, bytes], *, format: int = tarfile.PAX_FORMAT, extra=()) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format) as archive:
        for info in extra:
            archive.addfile(info)
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return made.getvalue()


def found_in(path) -> dict[str, list[str]]:
    bundle = opened(path, lambda size: None)
    return {part.detection.format.key: part.names for part in parts(bundle)}


def kept(path, body: bytes):
    path.write_bytes(body)
    return path


def test_each_kind_is_a_part_and_what_is_attached_or_beside_a_chat_stays_with_it(tmp_path):
    told = found_in(kept(tmp_path / "night.zip", zipped(MIXED)))
    assert sorted(told) == ["applog", "pagerduty", "slack"]
    assert told["applog"] == ["night/logs/app.log", "night/logs/app.log.1"]
    assert told["pagerduty"] == ["night/pager.json"]
    assert len(told["slack"]) == 4


def test_one_kind_is_one_part_and_reads_the_whole(tmp_path):
    alike = {name: body for name, body in MIXED.items() if "chat" in name}
    assert found_in(kept(tmp_path / "chat.zip", zipped(alike))) == {"slack": []}


def test_nothing_known_is_refused_as_before(tmp_path):
    with pytest.raises(Unreadable, match="binary"):
        found_in(kept(tmp_path / "a.zip", zipped({"a.bin": b"\x00\x01" * 50, "b.bin": b"\x00\x02" * 20})))


@pytest.mark.django_db
def test_an_import_reads_each_part_with_its_own_reader_and_tells_of_each(incident, alice):
    upload = ContentFile(zipped(MIXED), name="night.zip")
    first = actions.receive_file(incident=incident, by=alice, upload=upload)
    assert importing.run(first.pk)
    others = importing.beside(first)
    assert len(others) == 2
    for one in others:
        assert importing.run(one.pk)
    told = {i.filename: (i.state, i.source.format, i.added) for i in Import.objects.all()}
    assert told["night.zip › night/pager.json"] == ("done", "pagerduty", 1)
    assert {format for _, format, _ in told.values()} == {"slack", "pagerduty", "applog"}
    assert all(state == "done" and added for state, _, added in told.values())
    assert importing.run(first.pk) is False, "and it is not taken apart again"


@pytest.mark.django_db
def test_a_part_with_a_question_asks_it_and_taking_it_away_leaves_the_others_their_file(incident, alice):
    night = MIXED | {
        "night/logs/app.log": LOG.replace(b"Z ", b" "),
        "night/logs/app.log.1": LOG.replace(b"Z ", b" "),
    }
    first = actions.receive_file(
        incident=incident, by=alice, upload=ContentFile(zipped(night), name="night.zip")
    )
    importing.run(first.pk)
    for one in importing.beside(first):
        importing.run(one.pk)
    asking = Import.objects.get(state="asking")
    assert asking.asks_for == "zone"
    client = Client()
    client.force_login(alice)
    assert "INFO starting" in client.get(reverse("timelines:imports", args=[incident.ref])).content.decode()
    original = client.get(reverse("timelines:original", args=[incident.ref, asking.pk]))
    assert original["Content-Disposition"] == 'attachment; filename="night.zip"'
    assert b"".join(original).startswith(b"PK")
    actions.set_aside(imported=asking, by=alice)
    assert Import.objects.get(pk=first.pk).file.size
    assert Import.objects.filter(state="done").count() == 2


@pytest.mark.django_db
def test_the_commands_read_every_part(incident, alice, cast, tmp_path, capfdbinary):
    path = kept(tmp_path / "night.tgz", gzip.compress(tarred(MIXED)))
    call_command("read_evidence", str(path))
    lines = [json.loads(row) for row in capfdbinary.readouterr().out.splitlines()]
    assert sorted(row["report"]["format"] for row in lines if "report" in row) == [
        "applog",
        "pagerduty",
        "slack",
    ]
    call_command("import_evidence", incident.ref, str(path))
    assert set(incident.sources.values_list("format", flat=True)) >= {"applog", "pagerduty", "slack"}


# --- tar -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_tar_in_every_dialect_is_read_like_zip(tmp_path, format, pack):
    long = {f"export/{'x' * 90}/{'y' * 60}/app-ü.log.gz": gzip.compress(LOG)}
    bundle = opened(kept(tmp_path / "a.tar", pack(tarred(long, format=format))), lambda size: None)
    assert bundle.names == list(long)
    assert len(list(Reading(tmp_path / "a.tar"))) == 6


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "a/../../b.log"])
def test_what_points_outside_is_refused(tmp_path, name):
    with pytest.raises(Unreadable, match="outside"):
        Reading(kept(tmp_path / "a.tar", tarred({name: LOG})))


def test_links_devices_and_folders_are_never_followed(tmp_path):
    extra = []
    for type in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
        info = tarfile.TarInfo(f"odd-{type!r}")
        info.type, info.linkname = type, "/etc/passwd"
        extra.append(info)
    bundle = opened(kept(tmp_path / "a.tar", tarred({"app.log": LOG}, extra=extra)), lambda size: None)
    assert bundle.names == ["app.log"]


def test_a_bomb_a_cut_and_a_lie_are_refused_with_a_sentence(tmp_path):
    whole = tarred({"app.log": LOG, "b.log": LOG * 200})
    bomb = gzip.compress(tarred({"app.log": b"\x00" * 60_000_000}))
    for body, said in (
        (bomb, "bomb"),
        (whole[:30_000], "breaks off"),
        (gzip.compress(whole)[:-40], "damaged"),
    ):
        with pytest.raises(Unreadable, match=said):
            Reading(kept(tmp_path / "a.tar", body))
    torn = bytearray(whole)
    torn[1024:1100] = b"\xff" * 76
    with pytest.raises(Unreadable, match="damaged"):
        Reading(kept(tmp_path / "a.tar", bytes(torn)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_tar_is_read_or_refused_and_nothing_else(tmp_path, data):
    body = bytearray(
        tarred(MIXED, format=data.draw(st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])))
    )
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, 3000))] = data.draw(st.integers(0, 255))
    path = kept(tmp_path / "a.tar", bytes(body))
    try:
        for part in parts(opened(path, lambda size: None)):
            list(Reading(path, format=part.detection.format.key, names=part.names, zone="UTC"))
    except Unreadable:
        pass
