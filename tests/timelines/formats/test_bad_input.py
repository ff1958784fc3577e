"""Bad input: a sentence that says what is wrong, where, and what to do; never a crash, never endless memory."""

from __future__ import annotations

import json
import resource
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timelines.formats import FORMATS
from timelines.formats.records import Record, Skipped
from timelines.reading import Reading, Unreadable


def trouble(path, **answers) -> str:
    with pytest.raises(Unreadable) as told:
        list(Reading(path, **answers))
    assert str(told.value).endswith((".", "?")), told.value
    return str(told.value)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.json").write_bytes(b"")
    assert "empty" in trouble(tmp_path / "a.json")


def test_a_zip_that_was_cut_off(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("general/2026-01-01.json", "[]" * 5000)
    (tmp_path / "b.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    assert "cut off" in trouble(tmp_path / "b.zip")


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("general/2026-01-01.json", b"0" * 50_000_000)
    assert "bomb" in trouble(tmp_path / "a.zip")


def test_a_zip_that_points_outside(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("../../evil.json", "[]")
    assert "outside" in trouble(tmp_path / "a.zip")


def test_json_of_the_wrong_kind(tmp_path):
    (tmp_path / "a.json").write_text('{"recipes": [{"name": "bread"}]}')
    assert "no kind that is known" in trouble(tmp_path / "a.json")
    assert "holds no list of alerts" in trouble(tmp_path / "a.json", format="alertmanager")


def test_a_picture_named_json(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200))
    assert "binary" in trouble(tmp_path / "a.json")


def test_json_that_breaks_off(tmp_path):
    (tmp_path / "2026-01-01.json").write_text(
        '[{"type": "message", "user": "U1", "ts": "1773165600.000100", "text": "a"}, {"ty'
    )
    assert "not JSON" in trouble(tmp_path / "2026-01-01.json")


def test_a_broken_day_does_not_take_the_other_days_with_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("users.json", "[]")
        made.writestr(
            "general/2026-01-01.json",
            '[{"type":"message","user":"U1","ts":"1773165600.000100","text":"kept"}]',
        )
        made.writestr("general/2026-01-02.json", "[{broken")
    found = list(Reading(tmp_path / "a.zip"))
    assert [f.text for f in found if isinstance(f, Record)] == ["kept"]
    assert ["general/2026-01-02.json" in f.where for f in found if isinstance(f, Skipped)] == [True]


@pytest.mark.parametrize(
    "ts", ["0000000000.000000", "51725000000.000000", "-5.000000", "x", None, 1773165600]
)
def test_times_of_1970_and_3609_are_noted(tmp_path, ts):
    good = {"type": "message", "user": "U1", "ts": "1773165600.000100", "text": "kept"}
    (tmp_path / "a.json").write_text(json.dumps([good, good | {"ts": ts}]))
    found = list(Reading(tmp_path / "a.json", format="slack"))
    assert [type(f) for f in found] == [Record, Skipped]
    assert found[1].where.endswith("#/1")


def test_nul_bytes_are_shown_not_stored(tmp_path):
    (tmp_path / "a.log").write_bytes(b"2026-03-10T18:00:00Z host app: with\x00nul\n")
    (record,) = list(Reading(tmp_path / "a.log", format="syslog"))
    assert "\x00" not in record.text
    assert b"\x00" in record.raw


@pytest.mark.slow
def test_a_line_of_200_mb_is_skipped_in_constant_memory(tmp_path):
    path = tmp_path / "a.log"
    with path.open("wb") as file:
        file.write(b"2026-03-10T18:00:00Z host app: before\n2026-03-10T18:00:01Z host app: ")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\n2026-03-10T18:00:02Z host app: after\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(Reading(path))
    assert [f.text for f in found if isinstance(f, Record)] == ["app: before", "app: after"]
    assert any("longer than" in f.why for f in found if isinstance(f, Skipped))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kB


@pytest.mark.slow
def test_one_value_of_200_mb_is_refused_in_constant_memory(tmp_path):
    path = tmp_path / "2026-01-01.json"
    with path.open("wb") as file:
        file.write(b'[{"type": "message", "user": "U1", "ts": "1773165600.000100", "text": "')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}]')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "single value" in trouble(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("key", list(FORMATS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=600))
def test_no_bytes_crash_a_reader(tmp_path, key, data):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    for format in (key, "auto"):
        try:
            found = list(Reading(path, format=format, zone="UTC", year=2026))
        except Unreadable:
            continue
        assert all(isinstance(f, (Record, Skipped)) for f in found)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["alerts", "labels", "startsAt", "endsAt", "status", "ts", "text", "user", "messages", "event", "log_entries", "id", "type", "created_at",
             "deployment", "deployment_status", "environment", "workflow_runs", "sha", "commits", "attachments", "blocks", "files", "thread_ts", "time"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@pytest.mark.parametrize("key", ["slack", "alertmanager", "pagerduty", "github", "journald", "table"])
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=json_like)
def test_no_json_crashes_a_reader(tmp_path, key, document):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    try:
        found = list(Reading(path, format=key, zone="UTC", year=2026))
    except Unreadable:
        return
    assert all(isinstance(f, (Record, Skipped)) for f in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(8)), cut=st.integers(0, 8))
def test_split_overlapping_and_shuffled_exports_tell_the_same(tmp_path, order, cut):
    messages = [
        {"type": "message", "user": "U1", "ts": f"17731656{n:02d}.000100", "text": f"text {n}"}
        for n in range(8)
    ]

    def told(name: str, chosen: list[dict]) -> set:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(chosen))
        return {(r.external_id.rsplit("/", 1)[-1], r.at, r.text) for r in Reading(path, format="slack")}

    whole = told("whole", messages)
    shuffled = [messages[n] for n in order]
    assert told("shuffled", shuffled) == whole
    parts = told("one", shuffled[: cut + 1]) | told("two", shuffled[max(0, cut - 1) :])
    assert parts == whole


BEGINNINGS = {
    "syslog": ["Mar 10 18:00:00 host app: x", "<34>1 2026-03-10T18:00:00Z h a - - - x", "2026-03-10T18:00:00Z h a[1]: x", "44 <34>1 "],
    "shell": ["#1773165600", ": 1773165600:0;ls \\", "- cmd: ls", "  when: 1773165600"],
    "journald": ["__CURSOR=s=1", "__REALTIME_TIMESTAMP=1773165600000000", "MESSAGE", '{"__REALTIME_TIMESTAMP":"1773165600000000"}', "{", "}"],
    "table": ["time,text", '2026-03-10T18:00:00Z,"x', "9999-12-31T23:59:60-09:00,x", '5" disk,"', "31/12/9999 23:59 -09:00,x"],
}  # fmt: skip


@pytest.mark.parametrize("key", list(BEGINNINGS))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_lines_crash_a_reader(tmp_path, key, data):
    pieces = st.sampled_from(
        [*BEGINNINGS[key], "\n", "\n", "\r\n", "\x00", "9" * 30, "\ufeff", "²"]
    ) | st.text(max_size=6)
    text = "".join(data.draw(st.lists(pieces, max_size=25)))
    if not text:
        return
    path = tmp_path / "a.log"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        try:
            found = list(Reading(path, format=key, zone=zone, year=2026))
        except Unreadable:
            continue
        assert all(isinstance(f, (Record, Skipped)) for f in found)
