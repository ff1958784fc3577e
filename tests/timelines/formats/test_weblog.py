"""Access logs: every dialect tells the same of a request; lines stay out of sight, rates are shown."""

from __future__ import annotations

import json
from collections import Counter

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
    assert all(record.raw and record.where for record in records)
    return records, reading.report()


def requests(records: list[Record]) -> list[Record]:
    return [r for r in records if r.kind == "request"]


def rates(records: list[Record], per: str) -> list[Record]:
    return [r for r in records if r.kind == "request rate" and r.extra["per"] == per]


def test_apache_access_facts():
    records, report = read("web/apache_access.log")
    lines = requests(records)
    assert (report["format"], len(lines), report["skipped_count"]) == ("weblog", 15, 0)
    assert Counter(r.extra["status"] for r in lines) == {200: 12, 304: 1, 404: 2}
    assert Counter(r.zone for r in lines) == {"+0000": 12, "+0200": 3}
    assert (report["first"], report["last"]) == ("2015-05-17T10:05:14Z", "2021-04-25T06:15:33Z")
    assert sum(a.at > b.at for a, b in zip(lines, lines[1:], strict=False)) == 4
    assert lines[-1].actor == "pyllyukko@EXAMPLE.COM"
    assert lines[8].place == "plaso.log2timeline.net:443"
    assert (
        lines[12].text == 'GET /aaaa.xxxx/SomeText?action=edit&template=<script>alert("text")</script> → 404'
    )
    assert sum(r.extra["requests"] for r in rates(records, "day")) == 15


def test_load_balancer_facts():
    records, report = read("web/aws_elb_access.log")
    lines = requests(records)
    assert (len(lines), report["skipped_count"]) == (16, 0)
    assert Counter(r.extra.get("type", "") for r in lines) == {"https": 2, "h2": 8, "": 6}
    stamps = {r.at.isoformat() for r in lines}
    assert {
        "2020-01-11T16:55:20.356586+00:00",
        "2021-05-13T23:39:46.945958+00:00",
        "2022-04-01T08:51:42+00:00",
    } <= stamps
    assert {r.certainty for r in lines} == {"exact"}
    assert [r.extra.get("status") for r in lines[10:14]] == [200, 200, None, None]


AT = "2026-03-10T18:00:01+00:00"


@pytest.mark.parametrize(
    "line",
    [
        '192.0.2.1 - ann [10/Mar/2026:18:00:01 +0000] "GET /cart?x=1 HTTP/1.1" 503 12',
        '192.0.2.1 - ann [10/Mar/2026:19:00:01 +0100] "GET /cart?x=1 HTTP/1.1" 503 12 "-" "curl" 0.123 "192.0.2.9"',
        'shop.example 192.0.2.1 - ann [10/Mar/2026:18:00:01 +0000] "GET /cart?x=1 HTTP/2.0" 503 - "https://a/" "say \\"hi\\""',
        '192.0.2.1 - ann [2026-03-10T18:00:01+00:00] "GET /cart?x=1 HTTP/1.1" 503 12',
        '[2026-03-10T18:00:01.000Z] "GET /cart?x=1 HTTP/1.1" 503 UF via_upstream - "-" 0 12 3 - "-" "curl" "id" "shop" "-"',
        'h2 2026-03-10T18:00:01.000000Z app/shop/1 192.0.2.1:5 192.0.2.9:80 0.0 0.1 0.0 503 503 34 12 "GET /cart?x=1 HTTP/2.0" "curl" - - arn "-" "-" "-" 0 2026-03-10T18:00:00.000000Z "forward" "-" "-" "-" "-" "-" "-"',
        '2026-03-10T18:00:01.000000Z shop 192.0.2.1:5 - -1 -1 -1 503 0 0 0 "GET /cart?x=1 HTTP/1.1" "curl" - -',
        'owner bucket [10/Mar/2026:18:00:01 +0000] 192.0.2.1 ann 3E57 REST.GET.OBJECT cart "GET /cart?x=1 HTTP/1.1" 503 SlowDown 12 - 7 - "-" "curl" -',
        "1773165601.000    123 192.0.2.1 TCP_MISS/503 12 GET /cart?x=1 ann HIER_DIRECT/192.0.2.9 text/html",
        'shop.example 192.0.2.1, 192.0.2.9, 127.0.0.1 - ann [10/Mar/2026:18:00:01 +0000] "GET /cart?x=1 HTTP/1.1" 503 12 "-" "curl"',
        '"192.0.2.1, 192.0.2.9" - ann [10/Mar/2026:18:00:01 +0000] "GET /cart?x=1 HTTP/1.1" 503 12 "-" "curl"',
        "[10/Mar/2026:18:00:01 +0000] 192.0.2.1 ann http-nio-8080-exec-1 192.0.2.9 GET /cart?x=1 HTTP/1.1 503 350ms 12 http://a/ Mozilla/5.0 (X11)",
        '192.0.2.1,192.0.2.9 | https | o@9K7x1 | ann | 2026-03-10 18:00:01,000 | "GET /cart?x=1 HTTP/1.1" | "" "git/2" | 503 | 1 | 12 | - | 7 | - |',
        json.dumps({"time_iso8601": "2026-03-10T18:00:01+00:00", "status": "503", "request": "GET /cart?x=1 HTTP/1.1", "remote_addr": "192.0.2.1"}),
        json.dumps({"level": "error", "ts": 1773165601.0, "logger": "http.log.access", "msg": "handled", "status": 503, "request": {"method": "GET", "uri": "/cart?x=1", "host": "shop", "remote_ip": "192.0.2.1"}}),
        json.dumps({"StartUTC": "2026-03-10T18:00:01Z", "DownstreamStatus": 503, "RequestMethod": "GET", "RequestPath": "/cart?x=1", "RequestHost": "shop"}),
        "#Version: 1.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs-username sc-status\n2026-03-10 18:00:01 GET /cart x=1 192.0.2.1 ann 503",
        "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) cs-uri-query\n2026-03-10\t18:00:01\tLIS1\t12\t192.0.2.1\tGET\td1.cloudfront.net\t/cart\t503\tcurl%2F8\tx=1",
    ],
)  # fmt: skip
def test_every_dialect_tells_the_same(told, line):
    records, skipped = told(line + "\n", name="access.log", zone="UTC")
    (record,) = requests(records)
    assert skipped == []
    assert (record.at.isoformat(), record.text, record.extra["status"]) == (AT, "GET /cart?x=1 → 503", 503)
    assert record.noise
    assert record.actor in ("ann", "") or record.extra["client"].startswith("192.0.2.1")
    assert record.extra.get("client", "").partition(":")[0] in ("192.0.2.1", "")
    (minute,), (day,) = rates(records, "minute"), rates(records, "day")
    assert minute.text == "5xx: 1 of 1 requests this minute: 503 GET /cart (1)"
    assert (minute.noise, day.noise) == (False, False)


def line(second: int, status: int, path: str = "/", minute: int = 0) -> str:
    return (
        f'192.0.2.1 - - [10/Mar/2026:18:{minute:02d}:{second:02d} +0000] "GET {path} HTTP/1.1" {status} 12\n'
    )


def test_rates_tell_beginning_end_and_what_was_asked_for_most(told):
    text = "".join(
        [
            line(1, 200),
            line(5, 503, "/cart?a"),
            line(7, 502, "/pay"),
            line(9, 503, "/cart?b"),
            line(30, 200, minute=1),
        ]
    )
    records, _ = told(text, name="access.log")
    (minute,) = [r for r in rates(records, "minute") if r.extra["class"] == "5xx"]
    assert minute.text == "5xx: 3 of 4 requests this minute: 503 GET /cart (2), 502 GET /pay (1)"
    assert (minute.at.second, minute.until.second, minute.certainty) == (5, 9, "derived")
    shown = [r for r in records if not r.noise]
    assert {(r.extra["per"], r.extra["class"]) for r in shown} == {
        ("minute", "5xx"),
        ("day", "2xx"),
        ("day", "5xx"),
    }


def test_a_fuller_log_brings_the_same_summaries_up_to_date(told):
    lines = [line(n, 500 + n % 2, minute=n % 3) for n in range(30)]
    half, whole = (told("".join(chosen), name="access.log")[0] for chosen in (lines[:15], lines))
    assert {r.external_id for r in half} <= {r.external_id for r in whole}
    assert sum(r.extra["requests"] for r in rates(whole, "minute")) == 30


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([line(n % 20, (200, 404, 503)[n % 3], minute=n % 4) for n in range(24)]))
def test_order_does_not_matter(told, order):
    def known(lines: list[str]) -> set:
        return {(r.external_id, r.at, r.until, r.text) for r in told("".join(lines), name="access.log")[0]}

    assert known(order) == known(sorted(order))


def test_fields_of_a_w3c_log_may_change_in_the_middle(told):
    text = (
        "#Software: Microsoft Internet Information Services 10.0\r\n#Fields: date time cs-method cs-uri-stem sc-status\r\n"
        "2026-03-10 18:00:00 GET /a 200\r\n#Fields: date time cs-uri-stem cs-method sc-status cs(User-Agent)\r\n"
        "2026-03-10 18:00:01 /b POST 500 a+b\r\n2026-03-10 18:00:02 /c GET\r\n"
    )
    records, skipped = told(text, name="u_ex.log", zone="Asia/Tokyo")
    assert [r.text for r in requests(records)] == ["GET /a → 200", "POST /b → 500"]
    assert requests(records)[1].extra["agent"] == "a b"
    assert requests(records)[0].at.isoformat() == "2026-03-10T18:00:00+00:00"
    assert ["4 fields where 6" in s.why for s in skipped] == [True]


def test_what_iis_leaves_out(told):
    """The date stands in a directive; an empty value leaves two blanks."""
    text = (
        "#Date: 2026-03-10 00:00:00\n#Fields: time cs-method cs-uri-stem cs-username sc-status s-reason\n"
        "18:00:00 GET /a - 200 -\n18:00:01 GET /b -  503 QueueFull\n"
    )
    records, skipped = told(text, name="u_ex.log")
    assert skipped == []
    assert [r.at.isoformat() for r in requests(records)] == [
        "2026-03-10T18:00:00+00:00",
        "2026-03-10T18:00:01+00:00",
    ]
    assert requests(records)[1].extra["reason"] == "QueueFull"


def test_exchange_and_the_firewall(told):
    text = (
        "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n#Fields: date-time,client-ip,event-id,recipient-address,message-subject\n"
        '2026-03-10T18:00:00.123Z,192.0.2.1,FAIL,ann@example.org,"Order, lost"\n'
    )
    (record,) = requests(told(text, name="MSGTRK.LOG")[0])
    assert (
        record.text
        == "client-ip=192.0.2.1 event-id=FAIL recipient-address=ann@example.org message-subject=Order, lost"
    )
    assert (record.at.microsecond, record.extra["client"]) == (123000, "192.0.2.1")
    text = "#Version: 1.5\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip\n2026-03-10 19:00:00 DROP TCP 192.0.2.1 192.0.2.9\n"
    with pytest.raises(NeedsAnswer):
        told(text, name="pfirewall.log")
    (record,) = requests(told(text, name="pfirewall.log", zone="Europe/Paris")[0])
    assert (record.at.hour, record.certainty, record.text.split()[0]) == (18, "assumed zone", "action=DROP")


def test_statuses_that_a_log_does_not_state_are_not_made_up(told):
    line = '[10/Mar/2026:18:00:01 +0000] 192.0.2.1 TLSv1.2 ECDHE-RSA "GET /cart HTTP/1.1" 1375\n'
    records, _ = told(line, name="ssl_request_log")
    assert (requests(records)[0].text, rates(records, "day")[0].extra["class"]) == ("GET /cart", "encrypted")


def test_acts_of_a_bucket_without_a_request(told):
    line = "owner bucket [10/Mar/2026:18:00:01 +0000] 192.0.2.1 ann 8CD7 BATCH.DELETE.OBJECT a.war - 204 - - 344017 - - - - -\n"
    (record,) = requests(told(line, name="s3.log")[0])
    assert (record.text, record.place, record.actor) == ("BATCH.DELETE.OBJECT a.war → 204", "bucket", "ann")


def test_what_is_no_web_request_is_still_told(told):
    line = '192.0.2.1 | ssh | o@9K7x1 | ann | 2026-03-10 18:00:01,000 | "SSH - git-upload-pack \'/a.git\'" | "" "git/2" | 200 | 0 | 9 | push | 47 | a |\n'
    (record,) = requests(told(line, name="access.log", zone="UTC")[0])
    assert (record.text, record.actor) == ("ssh: SSH - git-upload-pack '/a.git'", "ann")


def test_hosts_without_end_are_counted_together(told):
    text = "".join(
        f'h{n}.example 192.0.2.1 - - [10/Mar/2026:18:00:00 +0000] "GET / HTTP/1.1" 200 1\n'
        for n in range(600)
    )
    records, _ = told(text, name="access.log")
    assert len(rates(records, "day")) == 501


def test_equal_requests_are_all_counted(told):
    records, _ = told(line(1, 200) * 3, name="access.log")
    assert len({r.external_id for r in requests(records)}) == 3


@pytest.mark.parametrize(
    "request_line", ["-", "\\x16\\x03\\x01", "GET", "GET " + "a" * 9000, "PRI * HTTP/2.0", ""]
)
def test_requests_that_are_none(told, request_line):
    text = f'192.0.2.1 - - [10/Mar/2026:18:00:01 +0000] "{request_line}" 400 0\n'
    (record,) = requests(told(text, name="access.log")[0])
    assert record.extra["status"] == 400


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_samples_crash_no_reader(told, data):
    name = data.draw(st.sampled_from(["web/apache_access.log", "web/aws_elb_access.log"]))
    content = bytearray(
        data.draw(st.sampled_from([b"", b"#Fields: date time cs-method\n"])) + sample(name).read_bytes()
    )
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    try:
        records, skipped = told(bytes(content), format="weblog", zone="Pacific/Kiritimati")
    except Unreadable:
        return
    assert all(isinstance(s, Skipped) for s in skipped)
    assert len({r.external_id for r in records}) == len(records)
