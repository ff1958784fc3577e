"""Logs of containers and services: one line, many dialects; parts, plain lines between, times without zone or year."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from timelines.formats.records import Record, Skipped
from timelines.reading import NeedsAnswer, Reading, Unreadable


def read(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    return records, reading.report()


def instant(record: Record) -> tuple:
    return record.at, record.nanoseconds


def test_cri_facts():
    records, report = read("container/cri.log")
    assert (report["format"], report["events"], report["skipped_count"]) == ("container", 17, 0)
    streams = [r.extra["stream"] for r in records]
    assert (streams.count("stdout"), streams.count("stderr")) == (13, 4)
    assert sum(r.extra.get("partial", False) for r in records) == 1
    first, last = min(records, key=instant), max(records, key=instant)
    assert (first.at.isoformat(), first.nanoseconds) == ("2016-10-06T00:17:09.669794+00:00", 202)
    assert (last.at.isoformat(), last.nanoseconds) == ("2024-04-16T06:25:44.094383+00:00", 157)
    # the stamp inside the message is the program's own and stays there
    assert records[1].text == "2024/04/16 06:21:30 Starting server..."


def test_pino_between_plain_lines_facts():
    records, report = read("container/pino_mixed.log")
    assert (report["format"], report["events"], report["skipped_count"]) == ("container", 883, 0)
    own = [r for r in records if r.written]
    assert (len(own), {r.extra["severity"] for r in own}) == (588, {"informational"})
    assert (own[0].at.isoformat(), own[-1].at.isoformat()) == (
        "2025-04-02T07:12:39.399000+00:00", "2025-04-02T08:50:17.557000+00:00",
    )  # fmt: skip
    assert own[0].place == "fraud-service-54df9b7d75-z6m75"
    borrowed = [r for r in records if not r.written]
    assert (len(borrowed), {r.certainty for r in borrowed}) == (295, {"derived"})
    assert (records[1].text, records[1].at) == (
        "Backend server is running on http://localhost:3004",
        records[0].at,
    )
    assert [r.order for r in records] == list(range(1, 884))


def cri(second: int, stream: str, tag: str, text: str) -> str:
    return f"2026-03-10T18:00:{second:02d}.000000001Z {stream} {tag} {text}\n"


def test_parts_of_a_line_are_put_together_per_stream(told):
    text = (
        cri(0, "stdout", "P", "one ")
        + cri(0, "stderr", "F", "other")
        + cri(0, "stdout", "P", "two ")
        + cri(1, "stdout", "F", "three")
    )
    records, _ = told(text)
    assert sorted(r.text for r in records) == ["one two three", "other"]
    whole = next(r for r in records if r.extra["stream"] == "stdout")
    assert (whole.at.second, whole.where, whole.raw.count(b"\n")) == (0, "evidence.txt:1", 2)


def test_blank_lines_are_kept_out_of_sight(told):
    records, _ = told(cri(0, "stdout", "F", "") + cri(1, "stdout", "F", "x"))
    assert [(r.text, r.noise) for r in records] == [("(empty line)", True), ("x", False)]


def test_files_of_pods_tell_where_they_are_from(tmp_path):
    uid = "01234567-89ab-cdef-0123-456789abcdef"
    paths = [
        f"shop_cart-7d_{uid}/app/0.log",
        f"shop_pay-9f_{uid}/app/0.log",
        f"cart-7d_shop_app-{'ab' * 32}.log",
        f"{'cd' * 32}-json.log",
    ]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(cri(0, "stdout", "F", "ready"))
    records = [r for r in Reading(tmp_path) if isinstance(r, Record)]
    assert sorted(r.place for r in records) == [
        "cdcdcdcdcdcd",
        "shop/cart-7d/app",
        "shop/cart-7d/app",
        "shop/pay-9f/app",
    ]
    # what two links to one pod's file say is one event; what another pod says at the same instant is another
    assert len({r.external_id for r in records}) == 3


def test_a_part_that_never_goes_on_is_told_as_such(told):
    records, _ = told(cri(0, "stdout", "P", "half") + cri(1, "stderr", "F", "x"))
    assert [r.text for r in records if r.extra.get("partial")] == ["half"]


def docker(log: str, time: str = "2026-03-10T18:00:00.1Z", **more) -> str:
    return json.dumps({"log": log, "stream": "stdout", "time": time} | more) + "\n"


def test_docker_lines_keep_no_colours_and_no_line_ends(told):
    records, _ = told(docker("\x1b[31mred\x1b[0m\n") + docker("one ") + docker("two\n"))
    assert [r.text for r in records] == ["red", "one two"]
    assert records[0].precision == "millisecond"


def test_docker_without_z_is_utc_and_says_so(told):
    (record,), _ = told(docker("x\n", time="2026-03-10T18:00:00.123456789"), zone="Asia/Tokyo")
    assert (record.at.isoformat(), record.nanoseconds, record.certainty, record.zone) == (
        "2026-03-10T18:00:00.123456+00:00", 789, "derived", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "text", "severity", "actor"),
    [
        ({"level": 50, "time": 1773165600123, "msg": "lost", "hostname": "web1", "name": "cart", "v": 0}, "lost", "error", "cart"),
        ({"level": 30, "time": "2026-03-10T18:00:00.123Z", "msg": "bunyan", "name": "cart"}, "bunyan", "informational", "cart"),
        ({"level": "warn", "ts": 1773165600.123, "logger": "cart", "msg": "zap"}, "zap", "warning", "cart"),
        ({"level": "ERROR", "@timestamp": "2026-03-10T18:00:00.123Z", "message": "logback", "logger_name": "cart", "stack_trace": "x\n\tat y"}, "logback\nx\n\tat y", "error", "cart"),
        ({"@timestamp": "2026-03-10T18:00:00.123Z", "log.level": "error", "message": "ecs", "service": {"name": "cart"}}, "ecs", "error", "cart"),
        ({"version": "1.1", "host": "web1", "short_message": "gelf", "timestamp": 1773165600.123, "level": 3, "component": "cart"}, "gelf", "error", "cart"),
        ({"@t": "2026-03-10T18:00:00.123Z", "@m": "clef", "@l": "Warning", "SourceContext": "cart"}, "clef", "warning", "cart"),
        ({"t": {"$date": "2026-03-10T18:00:00.123+00:00"}, "s": "W", "c": "cart", "id": 1, "ctx": "conn1", "msg": "mongod"}, "mongod", "warning", "cart"),
        ({"instant": {"epochSecond": 1773165600, "nanoOfSecond": 123000000}, "level": "WARN", "loggerName": "cart", "message": "log4j"}, "log4j", "warning", "cart"),
        ({"message": "lost", "stream": "stdout", "time": "2026-03-10T18:00:00.123Z", "kubernetes": {"container": {"name": "cart"}, "pod": {"name": "cart-7d"}}}, "lost", None, "cart"),
        ({"@timestamp": "2026-03-10T18:00:00.123Z", "message": "collected", "level": "warn", "kubernetes": {"container_name": "cart", "pod_name": "cart-7d"}}, "collected", "warning", "cart"),
        ({"time": "2026-03-10T18:00:00.123Z", "level": "INFO", "msg": "incoming", "req": {"method": "GET", "url": "/x"}, "logger": "cart"}, "incoming: GET /x", "informational", "cart"),
    ],
)  # fmt: skip
def test_json_of_the_usual_libraries(told, line, text, severity, actor):
    (record,), skipped = told(json.dumps(line) + "\n", name="app.log")
    assert skipped == []
    assert record.at.isoformat().startswith("2026-03-10T18:00:00.123000")
    assert (record.text, record.extra.get("severity"), record.actor, record.zone != "") == (
        text,
        severity,
        actor,
        True,
    )


def test_logfmt(told):
    line = 'time="2026-03-10T18:00:00Z" level=warning msg="a \\"b\\" c" logger=cart trace_id=7\n'
    (record,), _ = told(line)
    assert (record.text, record.extra["severity"], record.actor, record.extra["trace_id"]) == (
        'a "b" c',
        "warning",
        "cart",
        "7",
    )


def test_debug_is_kept_out_of_sight(told):
    lines = [
        json.dumps({"level": level, "time": 1773165600123, "msg": level})
        for level in ("debug", "trace", "info")
    ]
    records, _ = told("\n".join(lines))
    assert [r.noise for r in records] == [True, True, False]


def test_klog_asks_for_year_and_zone(told):
    line = "W0718 06:07:40.123456     7 reflector.go:12] watch closed\n"
    for answers, question in (({}, "year"), ({"year": 2026}, "zone")):
        with pytest.raises(NeedsAnswer) as asked:
            told(line, **answers)
        assert asked.value.asks_for == question
    (record,), _ = told(line, zone="UTC", year=2026)
    assert (record.at.isoformat(), record.text, record.extra["severity"], record.extra["caller"]) == (
        "2026-07-18T06:07:40.123456+00:00", "watch closed", "warning", "reflector.go:12",
    )  # fmt: skip


def test_a_month_that_is_none_is_noted(told):
    records, skipped = told(
        "I1331 06:07:40.123456 7 a.go:1] x\nI0732 06:07:40.123456 7 a.go:1] x\n",
        format="container",
        zone="UTC",
        year=2026,
    )
    assert (records, len(skipped)) == ([], 2)


def test_times_of_kubectl_with_and_without_its_prefix(told):
    line = '2026-03-10T18:00:00.123456789Z {"level":"error","msg":"lost","time":"2026-03-10T17:59:59Z"}\n'
    (record,), _ = told(line)
    assert (record.text, record.extra["severity"], record.at.second) == ("lost", "error", 0)
    (record,), _ = told(f"[pod/cart-7d/app] {line}")
    assert (record.place, record.actor, record.text) == ("pod/cart-7d/app", "app", "lost")


@pytest.mark.parametrize("prefix", ["[pod/cart-7d/app] ", "cart-1  | "])
def test_prefixes_of_kubectl_and_compose_before_json(told, prefix):
    text = "".join(
        f'{prefix}{{"level":"error","msg":"lost {n}","time":"2026-03-10T18:00:00Z"}}\n' for n in range(2)
    )
    records, skipped = told(text)
    assert ([r.text for r in records], skipped) == (["lost 0", "lost 1"], [])
    assert records[0].place in ("pod/cart-7d/app", "cart-1")


def test_a_trace_after_a_json_line_belongs_to_it(told):
    text = (
        json.dumps({"level": "error", "time": 1773165600123, "msg": "lost"})
        + "\n    at add (cart.js:7)\nListening\n"
    )
    records, _ = told(text, format="container")
    assert [r.text for r in records] == ["lost\n    at add (cart.js:7)", "Listening"]


def test_lines_before_any_time_are_noted(told):
    records, skipped = told(
        "Listening\n" + json.dumps({"level": "info", "time": 1773165600123, "msg": "x"}) + "\n"
    )
    assert (len(records), "belongs to one before" in skipped[0].why) == (1, True)


def test_cut_files_tell_the_same_events(told):
    lines = sample("container/pino_mixed.log").read_bytes().splitlines(keepends=True)

    def ids(chosen: list[bytes]) -> set[str]:
        return {r.external_id for r in told(b"".join(chosen), format="container")[0] if r.written}

    assert ids(lines[:400]) | ids(lines[350:]) == ids(lines)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_samples_crash_no_reader(told, data):
    name = data.draw(st.sampled_from(["container/cri.log", "container/pino_mixed.log"]))
    content = bytearray(sample(name).read_bytes()[:4000])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    try:
        records, skipped = told(bytes(content) or b"x", format="container", zone="UTC", year=2026)
    except Unreadable:
        return
    assert all(isinstance(s, Skipped) for s in skipped)
    assert len({r.external_id for r in records}) == len(records)


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
names = st.sampled_from(
    [
        "time",
        "ts",
        "level",
        "msg",
        "message",
        "log",
        "stream",
        "attrs",
        "err",
        "req",
        "res",
        "name",
        "instant",
        "t",
        "responseTime",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        names,
        values | st.dictionaries(names | st.just("$date") | st.just("epochSecond"), values, max_size=3),
        max_size=7,
    )
)
def test_no_json_line_crashes_the_reader(told, fields):
    try:
        told(json.dumps(fields) + "\n", format="container", zone="UTC", year=2026)
    except Unreadable:
        return
