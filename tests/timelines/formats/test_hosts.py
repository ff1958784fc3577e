"""What hosts write about themselves: the audit log, package managers, databases, programs in plain text."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import time
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
    assert all(record.raw and record.where and record.text for record in records)
    return records, reading.report()


# --- the audit log ---------------------------------------------------------------------------------


def test_audit_log_facts():
    records, report = read("auditd/audit-rhel7.log")
    assert (report["format"], report["events"], report["skipped_count"]) == ("auditd", 46, 1)
    assert (report["first"], report["last"]) == ("2016-12-07T02:16:23.819000Z", "2017-07-21T18:28:19.656000Z")
    types = Counter(kind for r in records for kind in r.extra["types"])
    assert sum(types.values()) == 49
    assert (types["SOCKADDR"], types["EXECVE"], types["SYSCALL"], types["USER_TTY"]) == (5, 4, 3, 2)
    assert len({r.extra["serial"] for r in records}) == 46
    by_serial = {r.extra["serial"]: r for r in records}
    assert by_serial["1065050"].text == "terminal input: su - andrew_kroh"
    assert by_serial["475"].text.startswith("command: ./metricbeat -c mb.dev.yml")
    assert by_serial["688"].text == "sockaddr: 169.254.169.254:80"


def test_audit_records_between_others_are_put_together():
    records, report = read("auditd/out_of_order.log")
    assert (report["events"], report["skipped_count"]) == (5, 0)
    assert (report["first"], report["last"]) == ("2017-04-12T22:48:09.295000Z", "2017-04-12T22:48:18.883000Z")
    types = Counter(kind for r in records for kind in r.extra["types"])
    assert types == {"SYSCALL": 5, "PATH": 5, "CWD": 3, "SOCKADDR": 2, "EXECVE": 2}
    grep = next(r for r in records if "grep" in r.text)
    assert (grep.text, grep.actor, grep.kind) == (
        "command: grep --color=auto mapping, by /usr/bin/grep, success", "uid 1000", "command",
    )  # fmt: skip


AUDIT = [
    "node=web1 type=SYSCALL msg=audit(1773165600.123:7): arch=c000003e syscall=59 success=yes exit=0 pid=9 auid=1000 uid=0 exe=\"/usr/bin/rm\" key=\"cmds\"\x1dSYSCALL=execve AUID=\"ann\" UID=\"root\"",
    "node=web1 type=EXECVE msg=audit(1773165600.123:7): argc=3 a0=\"rm\" a1=2D7266202F746D70 a2[0]=2F61 a2[1]=62",
    "node=web1 type=PROCTITLE msg=audit(1773165600.123:7): proctitle=726D002D7266",
    "node=web1 type=EOE msg=audit(1773165600.123:7): ",
    "node=web2 type=USER_LOGIN msg=audit(1773165600.123:7): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=726F6F74 exe=\"/usr/sbin/sshd\" addr=192.0.2.7 terminal=ssh res=failed'",
    "type=SERVICE_START msg=audit(1773165601.000:7): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=nginx comm=\"systemd\" res=success'",
]  # fmt: skip


def test_audit_traps(told):
    """Hexadecimal, arguments in pieces, names of an enriched log, nodes, a serial that began again."""
    records, skipped = told("\n".join(AUDIT))
    assert skipped == []
    by_id = {r.external_id: r for r in records}
    assert set(by_id) == {"web1/1773165600.123:7", "web2/1773165600.123:7", "1773165601.000:7"}
    rm = by_id["web1/1773165600.123:7"]
    assert rm.text == "command: rm -rf /tmp /ab, by /usr/bin/rm, success"
    assert (rm.actor, rm.actor_kind, rm.place) == ("ann", "person", "web1")
    login = by_id["web2/1773165600.123:7"]
    assert (login.actor, login.noise, login.extra["severity"]) == ("root", False, "warning")
    assert "from 192.0.2.7, failed" in login.text
    assert by_id["1773165601.000:7"].noise


def test_names_are_found_where_the_separator_was_lost(told):
    """A terminal or an editor drops the control character before what an enriched log adds."""
    records, _ = told("\n".join(AUDIT).replace("\x1d", ""))
    rm = next(r for r in records if "rm -rf" in r.text)
    assert (rm.actor, rm.extra["syscall"]) == ("ann", "59")


def test_access_that_was_denied(told):
    line = 'type=AVC msg=audit(1773165600.123:9): avc:  denied  { read write } for  pid=7 comm="rpm" name="a.db" tclass=file permissive=0'
    (record,), _ = told(line)
    assert (record.text, record.kind) == (
        "access denied: denied read write file a.db, by rpm",
        "access denied",
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(AUDIT))
def test_shuffled_audit_records_are_the_same_events(told, order):
    expected = {(r.external_id, r.at) for r in told("\n".join(AUDIT))[0]}
    assert {(r.external_id, r.at) for r in told("\n".join(order))[0]} == expected


def test_audit_as_rendered_is_the_same_event(told):
    raw = "type=USER_LOGIN msg=audit(1773165600.123:9): pid=1 uid=0 auid=1000 msg='op=login res=success'"
    rendered = "type=USER_LOGIN msg=audit(03/10/2026 18:00:00.123:9) : pid=1 uid=root auid=ann msg='op=login res=success'"
    (one,), _ = told(raw)
    with pytest.raises(NeedsAnswer) as asked:
        told(rendered)
    assert asked.value.asks_for in ("zone", "mapping")
    (two,), _ = told("----\n" + rendered, zone="UTC", mapping={"dates": "mdy"})
    assert (one.external_id, one.at) == (two.external_id, two.at)
    assert two.certainty == "assumed zone"


# --- syslog and the journal ------------------------------------------------------------------------


def test_counted_messages_may_hold_line_ends(told):
    messages = [f"<34>1 2026-03-10T18:00:0{n}Z host app - - - one\ntwo {n}".encode() for n in range(3)]
    records, skipped = told(b"".join(b"%d %s" % (len(m), m) for m in messages), format="syslog")
    assert ([r.text for r in records], skipped) == ([f"app: one\ntwo {n}" for n in range(3)], [])


def test_a_count_that_leads_into_another_message_is_not_believed(told):
    lines = [f"9999 <34>1 2026-03-10T18:00:0{n}Z host app - - - text {n}" for n in range(3)]
    records, _ = told("\n".join(lines), format="syslog")
    assert [r.text for r in records] == [f"app: text {n}" for n in range(3)]


@pytest.mark.parametrize("stamp", ["2026-03-10T18:00:0{n}.123456+00:00", "Mar 10 18:00:0{n}"])
def test_messages_without_line_ends_between_them(told, stamp):
    texts = [
        "tag this is debug",
        "tag this is info\nwith another line",
        "tag !@#$%^&*()<>",
        "systemd[1]: stopped",
    ]
    content = "".join(f"<1{n}>{stamp.format(n=n)} host {text}" for n, text in enumerate(texts))
    records, skipped = told(content, zone="UTC", year=2026)
    assert ([r.text for r in records], skipped) == (texts, [])
    assert [r.at.second for r in records] == [0, 1, 2, 3]


def test_equal_lines_apart_are_two_events(told):
    lines = [
        "2026-03-10T18:00:00Z host app: a",
        "2026-03-10T18:00:01Z host app: b",
        "2026-03-10T18:00:00Z host app: a",
    ]
    records, _ = told("\n".join(lines))
    assert len({r.external_id for r in records}) == 3


@pytest.mark.parametrize(
    ("line", "at", "certainty"),
    [
        ("2026-03-10T19:00:00+0100 web1 sshd[7]: hello", "2026-03-10T18:00:00+00:00", "exact"),
        ("2026-03-10T19:00:00.123456+01:00 web1 sshd[7]: hello", "2026-03-10T18:00:00.123456+00:00", "exact"),
        ("Tue 2026-03-10 18:00:00 UTC web1 sshd[7]: hello", "2026-03-10T18:00:00+00:00", "exact"),
        (
            "Tue 2026-03-10 19:00:00.123456 CET web1 sshd[7]: hello",
            "2026-03-10T18:00:00.123456+00:00",
            "derived",
        ),
        ("1773165600.123456 web1 sshd[7]: hello", "2026-03-10T18:00:00.123456+00:00", "exact"),
    ],
)
def test_what_journalctl_writes_by_default_and_on_request(told, line, at, certainty):
    text = f"-- Journal begins at Mon 2026-03-09 10:00:00 CET. --\n{line}\n-- Boot 0123 --\n{line.replace('hello', 'again')}\n"
    records, skipped = told(text)
    assert skipped == []
    assert [r.text for r in records] == ["sshd[7]: hello", "sshd[7]: again"]
    assert (records[0].at.isoformat(), records[0].certainty, records[0].place) == (at, certainty, "web1")


def test_a_year_that_is_written_is_not_asked_for(told):
    with pytest.raises(NeedsAnswer) as asked:
        told("<189>Mar 10 2026 18:00:00 fw1 : %ASA-5-111008: User executed\n")
    assert asked.value.asks_for == "zone"
    (record,), _ = told("<189>Mar 10 2026 18:00:00 fw1 : %ASA-5-111008: User executed\n", zone="UTC")
    assert (record.at.isoformat(), record.place) == ("2026-03-10T18:00:00+00:00", "fw1")


def test_verbose_journal_is_the_same_event_as_its_export(told):
    cursor = f"s=8c71;i=1;b=0ffe;m=39f445;t={1773165600123456:x};x=3f05"
    verbose = f"-- Logs begin --\nTue 2026-03-10 19:00:00.123456 CET [{cursor}]\n    _HOSTNAME=web1\n    SYSLOG_IDENTIFIER=app\n    MESSAGE=one\n            two\n"
    export = f"__CURSOR={cursor}\n__REALTIME_TIMESTAMP=1773165600123456\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER=app\nMESSAGE=one two\n\n"
    (one,), skipped = told(verbose)
    (two,), _ = told(export)
    assert (one.external_id, one.at, one.text.split()) == (two.external_id, two.at, two.text.split())
    assert skipped == []


@pytest.mark.parametrize(("before", "after"), [("data: ", "\n"), ("\x1e", "")])
def test_journal_as_events_and_as_a_sequence(told, before, after):
    entries = [
        {"__REALTIME_TIMESTAMP": f"177316560{n}000000", "__CURSOR": f"s={n}", "MESSAGE": f"m{n}"}
        for n in range(2)
    ]
    records, skipped = told("".join(f"{before}{json.dumps(e)}\n{after}" for e in entries))
    assert ([r.text for r in records], skipped) == (["m0", "m1"], [])


# --- package managers ------------------------------------------------------------------------------


def test_apt_history_facts():
    records, report = read("packages/apt_history.log", zone="UTC")
    assert (report["format"], report["events"], report["skipped_count"]) == ("packages", 10, 0)
    assert records[0].written == "2019-07-10 16:38:08"
    assert records[-1].until.isoformat() == "2019-07-12T04:19:27+00:00"
    assert sum(bool(r.extra["command"]) for r in records) == 10
    assert (records[-1].actor, records[-1].actor_id, records[-1].actor_kind) == ("jxs", "1005", "person")
    assert records[-1].text.startswith("apt-get autoremove: remove python-distorm3:amd64 (3.3.4-2)")


def test_apt_asks_for_the_zone():
    with pytest.raises(NeedsAnswer) as asked:
        list(Reading(sample("packages/apt_history.log")))
    assert asked.value.asks_for == "zone"


@pytest.mark.parametrize(
    ("text", "words", "actor", "shown"),
    [
        ("2026-03-10 18:00:00 upgrade nginx:amd64 1.0 1.1\n2026-03-10 18:00:01 status half-installed nginx:amd64 1.0", "upgrade nginx:amd64 1.0 1.1", "dpkg", 1),
        ("[2026-03-10T18:00:00+0000] [ALPM] upgraded linux (6.1-1 -> 6.2-1)\n[2026-03-10T18:00:00+0000] [ALPM] running hook", "upgraded linux (6.1-1 -> 6.2-1)", "pacman", 1),
        ("Mar 10 18:00:00 Updated: openssl-1.0.2k-19.el7.x86_64", "Updated: openssl-1.0.2k-19.el7.x86_64", "yum", 1),
        ("2026-03-10T18:00:00+0000 SUBDEBUG Upgrade: openssl-3.0.7-18.el9.x86_64", "Upgrade: openssl-3.0.7-18.el9.x86_64", "dnf", 1),
        ("2026-03-10 18:00:00|install|vim|9.0-1|x86_64|root@web1|repo|abc|", "install vim 9.0-1 x86_64", "root", 1),
        ("2026-03-10 18:00:00|command|root@web1|'zypper' 'up'|", "zypper up", "root", 1),
    ],
)  # fmt: skip
def test_other_package_managers(told, text, words, actor, shown):
    records, skipped = told(text, name="x.log", zone="UTC", year=2026)
    assert skipped == []
    assert (records[0].text.replace("'", ""), records[0].actor) == (words.replace("'", ""), actor)
    assert records[0].at.isoformat() == "2026-03-10T18:00:00+00:00"
    assert sum(not r.noise for r in records) == shown


def test_a_transaction_that_never_ended_is_told(told):
    text = "Start-Date: 2026-03-10  18:00:00\nCommandline: apt install x\nError: dpkg was interrupted\n"
    (record,), _ = told(text, zone="UTC")
    assert (record.until, record.extra["ended"], record.extra["error"]) == (
        None,
        False,
        "dpkg was interrupted",
    )


# --- databases -------------------------------------------------------------------------------------


def test_postgresql_facts():
    records, report = read("db/postgresql.log")
    assert (report["format"], report["events"], report["skipped_count"]) == ("postgresql", 18, 0)
    levels = Counter(r.extra["level"] for r in records)
    assert levels == {"LOG": 16, "FATAL": 2}
    assert report["first"] == "2022-04-12T00:16:05.526000Z"
    in_utc = [r for r in records if r.zone == "UTC"]
    assert (len(in_utc), in_utc[-1].at.isoformat()) == (17, "2022-04-12T00:25:37.732000+00:00")
    failed = in_utc[-1]
    assert failed.text.splitlines()[1] == 'DETAIL: User "postgres" has no password assigned.'
    assert failed.text.splitlines()[2].strip().startswith("Connection matched pg_hba.conf")
    # AEST is what Sydney's clock is called in July
    assert (records[-1].at.isoformat(), records[-1].certainty) == ("2022-07-15T13:04:27+00:00", "derived")


def test_an_abbreviation_of_several_zones_is_asked_for(told):
    line = "2026-03-10 18:00:00.000 IST [7] LOG:  started\n"
    with pytest.raises(NeedsAnswer, match="IST"):
        told(line)
    (record,), _ = told(line, zone="Asia/Kolkata")
    assert record.at.isoformat() == "2026-03-10T12:30:00+00:00"


def test_postgresql_of_rds_and_of_other_processes(told):
    text = (
        "2026-03-10 18:00:00 UTC:192.0.2.1(5432):app@shop:[7]:ERROR:  deadlock detected\n"
        "2026-03-10 18:00:00 UTC::@:[8]:LOG:  checkpoint starting: time\n"
        "2026-03-10 18:00:00 UTC:192.0.2.1(5432):app@shop:[7]:DETAIL:  Process 7 waits\n"
    )
    records, _ = told(text)
    assert [r.text for r in records][:2] == ["ERROR: deadlock detected", "LOG: checkpoint starting: time"]
    assert (records[0].place, records[0].extra["user"]) == ("shop", "app")


def test_postgresql_csvlog_and_jsonlog(told):
    row = ["2026-03-10 18:00:00.123 UTC", "app", "shop", "7", "192.0.2.1:5", "65ee", "3", "SELECT", "2026-03-10 17:00:00 UTC", "3/1", "0",
           "ERROR", "40P01", "deadlock\ndetected", "Process 7 waits", "See server log", "", "", "", "select 1", "", "", "psql", "client backend", "", "0"]  # fmt: skip
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_MINIMAL).writerows([row, [*row[:6], "4", *row[7:]]])
    records, skipped = told(out.getvalue(), name="p.csv")
    assert (len(records), skipped) == (2, [])
    assert records[0].text.startswith("ERROR: deadlock\ndetected\nDETAIL: Process 7 waits\nHINT:")
    assert (records[0].external_id, records[0].at.microsecond) == ("65ee/3", 123000)
    line = json.dumps({"timestamp": row[0], "user": "app", "dbname": "shop", "pid": 7, "session_id": "65ee", "line_num": 3, "error_severity": "ERROR", "message": "deadlock"})  # fmt: skip
    (record,), _ = told(line, name="p.json")
    assert (record.external_id, record.place) == ("65ee/3", "shop")


@pytest.mark.parametrize(
    ("line", "at", "certainty"),
    [
        ("2026-03-10T18:00:00.123456Z 0 [System] [MY-010116] [Server] mysqld starting", "2026-03-10T18:00:00.123456+00:00", "exact"),
        ("2026-03-10 18:00:00 1234 [Note] InnoDB: started", "2026-03-10T17:00:00+00:00", "assumed zone"),
        ("2026-03-10  8:00:00 0 [Note] InnoDB: started", "2026-03-10T07:00:00+00:00", "assumed zone"),
        ("260310  8:00:00 [ERROR] mysqld got signal 11", "2026-03-10T07:00:00+00:00", "assumed zone"),
    ],
)  # fmt: skip
def test_mysql_error_log(told, line, at, certainty):
    (record,), skipped = told(f"{line}\nStack trace:\n  frame 1\n", name="e.err", zone="Europe/Paris")
    assert skipped == []
    assert (record.at.isoformat(), record.certainty) == (at, certainty)
    assert record.text.endswith("frame 1")


def test_mysql_slow_queries_begin_before_they_are_written(told):
    text = (
        "/usr/sbin/mysqld, Version: 8.0.36. started with:\nTcp port: 3306\nTime                 Id Command    Argument\n"
        "# Time: 2026-03-10T18:00:05.000000Z\n# User@Host: app[app] @ web1 [192.0.2.1]  Id:     8\n"
        "# Query_time: 5.000000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 900000\n"
        "SET timestamp=1773165600;\nSELECT *\nFROM orders;\n"
        "# User@Host: app[app] @ web1 [192.0.2.1]  Id:     9\n# Query_time: 2.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 5\n"
        "SET timestamp=1773165605;\nSELECT 2;\n"
    )
    records, skipped = told(text)
    assert skipped == []
    assert [r.text for r in records] == ["5 s: SELECT *\nFROM orders;", "2.5 s: SELECT 2;"]
    assert (records[0].at.isoformat(), records[0].until.isoformat()) == (
        "2026-03-10T18:00:00+00:00", "2026-03-10T18:00:05+00:00",
    )  # fmt: skip
    assert (records[0].actor, records[0].extra["rows_examined"]) == ("app", "900000")


def test_old_slow_logs_need_no_zone(told):
    """Their time is local, but SET timestamp counts the seconds; a query within the same second has no time of its own."""
    text = (
        "# Time: 131112 17:03:32\n# User@Host: root[root] @ localhost []\n# Thread_id: 2  Schema: a  QC_hit: No\n"
        "# Query_time: 5.524103  Lock_time: 0.000337  Rows_sent: 1  Rows_examined: 65633\n#\n# explain: id\tselect_type\n#\n"
        "SET timestamp=1384261412;\nselect count(*)\n  from customer;\n"
        "# User@Host: root[root] @ localhost []\n# Query_time: 0.5  Lock_time: 0.0 Rows_sent: 0  Rows_examined: 0\n"
        "SET timestamp=1384261412;\nselect 1;\n"
    )
    records, skipped = told(text)
    assert skipped == []
    assert [r.until.isoformat() for r in records] == ["2013-11-12T13:03:32+00:00"] * 2
    assert [r.text for r in records] == ["5.5241 s: select count(*)\n  from customer;", "0.5 s: select 1;"]


# --- programs --------------------------------------------------------------------------------------


def test_apache_error_facts():
    records, report = read("loghub/Apache_error_2k.log", zone="UTC")
    assert (report["format"], report["events"], report["skipped_count"]) == ("applog", 2000, 0)
    assert Counter(r.extra["severity"] for r in records) == {"notice": 1405, "error": 595}
    assert (report["first"], report["last"]) == ("2005-12-04T04:47:44Z", "2005-12-05T19:15:57Z")
    assert {r.certainty for r in records} == {"assumed zone"}


def test_openstack_facts():
    records, report = read("loghub/OpenStack_2k.log", zone="UTC")
    assert (report["format"], report["events"], report["skipped_count"]) == ("applog", 2000, 0)
    assert Counter(r.extra["severity"] for r in records) == {"informational": 1969, "warning": 31}
    assert (report["first"], report["last"]) == ("2017-05-16T00:00:00.008000Z", "2017-05-16T00:14:47.687000Z")
    assert len({r.place for r in records}) == 3


@pytest.mark.parametrize(
    ("line", "at", "severity", "text"),
    [
        ("2026-03-10 18:00:00,123 - shop.cart - ERROR - lost it", "2026-03-10T18:00:00.123000+00:00", "error", "shop.cart - ERROR - lost it"),
        ("[2026-03-10T18:00:00,123][WARN ][o.e.n.Node] [n1] slow", "2026-03-10T18:00:00.123000+00:00", "warning", "[WARN ][o.e.n.Node] [n1] slow"),
        ("[2026-03-10 18:00:00,123] INFO started (kafka.server)", "2026-03-10T18:00:00.123000+00:00", "informational", "INFO started (kafka.server)"),
        ("I, [2026-03-10T18:00:00.123456 #7]  INFO -- : ready", "2026-03-10T18:00:00.123456+00:00", "informational", "#7]  INFO -- : ready"),
        ("7:M 10 Mar 2026 18:00:00.123 * Ready to accept connections", "2026-03-10T18:00:00.123000+00:00", "", "* Ready to accept connections"),
        ("2026/03/10 18:00:00 [error] 7#7: *3 connect() failed", "2026-03-10T18:00:00+00:00", "error", "[error] 7#7: *3 connect() failed"),
        ("10-Mar-2026 18:00:00.123 SEVERE [main] org.apache.catalina", "2026-03-10T18:00:00.123000+00:00", "error", "SEVERE [main] org.apache.catalina"),
        ("Mar 10, 2026 6:00:00 PM org.apache.Main start", "2026-03-10T18:00:00+00:00", "", "org.apache.Main start"),
        ("[10-Mar-2026 18:00:00 Europe/Paris] PHP Fatal error:  no", "2026-03-10T17:00:00+00:00", "", "PHP Fatal error:  no"),
        ("26/03/10 18:00:00 WARN TaskSetManager: lost", "2026-03-10T18:00:00+00:00", "warning", "WARN TaskSetManager: lost"),
        ("[Tue Mar 10 18:00:00.123456 2026] [core:crit] [pid 7] AH1", "2026-03-10T18:00:00.123456+00:00", "critical", "[core:crit] [pid 7] AH1"),
        ("2026-03-10T18:00:00.123+0000 I NETWORK [conn1] end", "2026-03-10T18:00:00.123000+00:00", "informational", "I NETWORK [conn1] end"),
        ("web-1  | 2026-03-10 18:00:00 ERROR no", "2026-03-10T18:00:00+00:00", "error", "ERROR no"),
        ("260310 180000 148 INFO dfs.DataNode: received", "2026-03-10T18:00:00+00:00", "informational", "148 INFO dfs.DataNode: received"),
        ("2026-03-10 18:00:00, Info                  CBS    Loaded", "2026-03-10T18:00:00+00:00", "informational", "CBS    Loaded"),
        ("20260310-18:00:00:123|Step|3|steps", "2026-03-10T18:00:00.123000+00:00", "", "Step|3|steps"),
        ("- 1773165600 2026.03.10 R02 2026-03-10-11.00.00 R02 RAS KERNEL FATAL parity", "2026-03-10T18:00:00+00:00", "critical", "FATAL parity"),
        ("03-10 18:00:00.123  1702  2395 E PowerManager: lost", "2026-03-10T18:00:00.123000+00:00", "error", "1702  2395 E PowerManager: lost"),
        ("03/10-18:00:00.123456 [**] [1:366:11] \"PING\" [**]", "2026-03-10T18:00:00.123456+00:00", "", '"PING" [**]'),
        ("2026-03-10 18:00:00.123 +02:00 [INF] started", "2026-03-10T16:00:00.123000+00:00", "informational", "INF] started"),
    ],
)  # fmt: skip
def test_stamps_of_programs(told, line, at, severity, text):
    (record,), skipped = told(line, format="applog", zone="UTC", year=2026)
    assert skipped == []
    assert (record.at.isoformat(), record.extra.get("severity", "")) == (at, severity)
    assert record.text.endswith(text.lstrip("["))


def test_a_table_below_its_header_is_no_log(told):
    reading = told(
        "time,level,message\n2026-03-10T18:00:00Z,error,lost\n2026-03-10T18:00:01Z,info,back\n", name="a.csv"
    )
    assert [r.kind for r in reading[0]] == ["error", "info"]


@pytest.mark.parametrize(
    ("line", "place", "actor", "severity"),
    [
        ("2026-03-10T18:00:00.123Z shell[7]: [root]: ls -la", "", "shell", None),
        ("2026-03-10T18:00:00.123Z In(182) vmkernel: cpu21:7)attach failed", "", "vmkernel", "informational"),
        ("2026-03-10T18:00:00.123Z info hostd[7]: [Originator@6876] ok", "", "hostd", "informational"),
        ("2026-03-10T18:00:00.123-07:00 WARNING kernel: [  316.561088] killed", "", "kernel", "warning"),
        ("2026-03-10T18:00:00.123-07:00 db postgres[7]: started", "db", "postgres", None),
        ("2026-03-10T18:00:00.123-07:00 mac1 sockfilter[7] <Error>: denied", "mac1", "sockfilter", "error"),
        ("<163>2026-03-10T18:00:00.123Z esx1.example Hostd: lost", "esx1.example", "Hostd", "error"),
    ],
)
def test_hosts_that_write_no_name(told, line, place, actor, severity):
    (record,), _ = told(line, format="syslog")
    assert (record.place, record.actor, record.extra.get("severity")) == (place, actor, severity)


def test_a_stack_trace_belongs_to_its_line(told):
    text = (
        "2026-03-10 18:00:00,123 ERROR Cart - lost\njava.lang.IllegalStateException: no\n\tat shop.Cart.add(Cart.java:7)\n"
        "Caused by: x\n\t... 7 more\n2026-03-10 18:00:01,000 INFO Cart - back\n"
    )
    records, skipped = told(text, zone="UTC")
    assert skipped == []
    assert records[0].text.splitlines()[2] == "\tat shop.Cart.add(Cart.java:7)"
    assert [len(r.text.splitlines()) for r in records] == [5, 1]


def test_times_of_day_take_the_day_of_the_name_or_ask(told):
    text = "23:59:59.000 [main] INFO shop - one\n00:00:01.000 [main] INFO shop - two\n"
    with pytest.raises(NeedsAnswer) as asked:
        told(text, name="app.log", zone="UTC")
    assert asked.value.asks_for == "day"
    records, _ = told(text, name="app-2026-03-10.log", zone="UTC")
    assert [r.at.isoformat() for r in records] == ["2026-03-10T23:59:59+00:00", "2026-03-11T00:00:01+00:00"]


def test_a_log_of_long_entries_is_known_by_its_name(told):
    text = (
        "2018-06-11T02:00:11.097+0000: 1396558.467: [GC (Allocation Failure)\n"
        + "- age   1:    1142528 bytes\n: 153138K->12252K\n" * 1
    )
    records, _ = told(text * 3, name="gc.log")
    assert [len(r.text.splitlines()) for r in records] == [3, 3, 3]


def test_the_hour_that_happens_twice_follows_the_file(told):
    clocks = ["02:10:00", "02:50:00", "02:00:05", "02:30:00", "03:00:00"]
    text = "".join(f"2026-10-25 {clock} INFO x\n" for clock in clocks)
    records, _ = told(text, format="applog", zone="Europe/Berlin")
    assert [r.at.strftime("%H:%M") for r in records] == ["00:10", "00:50", "01:00", "01:30", "02:00"]
    assert [r.certainty for r in records] == ["derived"] * 4 + ["assumed zone"]


def test_the_hour_that_does_not_happen_is_marked(told):
    (record,), _ = told("2026-03-29 02:30:00 INFO x\n", format="applog", zone="Europe/Berlin")
    assert record.certainty == "derived"


def test_a_detail_without_its_message_is_noted(told):
    records, skipped = told(
        "2026-03-10 18:00:00 UTC DETAIL:  x\n2026-03-10 18:00:00 UTC LOG:  y\n", format="postgresql"
    )
    assert ([r.text for r in records], len(skipped)) == (["LOG: y"], 1)


@pytest.mark.parametrize(
    "inside", ["12:00:00 is what it said", "1773165600 orders", "260310 180000 x", "03-10 18:00:00.123 x"]
)
def test_digits_inside_an_entry_are_no_stamp(told, inside):
    records, _ = told(
        f"2026-03-10T18:00:00Z INFO a\n{inside}\n2026-03-10T18:00:01Z INFO b\n", format="applog"
    )
    assert [len(r.text.splitlines()) for r in records] == [2, 1]


def test_an_entry_without_end_is_cut_with_a_note(told):
    records, skipped = told(
        "2026-03-10T18:00:00Z ERROR a\n" + "\tat x\n" * 20_000 + "2026-03-10T18:00:01Z INFO b\n"
    )
    assert len(records) == 2
    assert ["more lines" in s.why for s in skipped] == [True]


LINES = [f"2026-03-10 18:00:{n % 30:02d},000 INFO shop - text {n % 7}" for n in range(40)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(LINES), cut=st.integers(1, 39))
def test_shuffled_and_cut_logs_tell_the_same_events(told, order, cut):
    def ids(lines: list[str]) -> set[str]:
        return {r.external_id for r in told("\n".join(lines), format="applog", zone="UTC")[0]}

    assert ids(order) == ids(LINES)
    assert ids(LINES[:cut]) <= ids(LINES)


BEGINNINGS = {
    "auditd": "type=X msg=audit(1773165600.123:9): ",
    "packages": "Start-Date: 2026-03-10  18:00:00\nInstall: ",
    "postgresql": "2026-03-10 18:00:00 UTC [1] LOG:  ",
    "mysql": "# Time: 2026-03-10T18:00:00Z\n# User@Host: ",
    "applog": "2026-03-10 18:00:00 ",
    "container": 'time="2026-03-10T18:00:00Z" level=info msg=',
    "weblog": '192.0.2.1 - - [10/Mar/2026:18:00:01 +0000] "',
    "syslog": "<34>1 2026-03-10T18:00:00Z host app - - ",
}
PIECES = [
    "a=",
    "a={",
    "[",
    '"',
    ' "',
    "a (",
    "2026-03-10 18:00:00 ",
    "x: ",
    "audit(1:1): a='",
    " | ",
    "\\",
    "1.1 ",
    '[a="',
    "<34>1 ",
    "GET / ",
]


@pytest.mark.parametrize("key", list(BEGINNINGS))
@pytest.mark.parametrize("piece", PIECES)
def test_hostile_lines_take_no_time(told, key, piece):
    began = time.monotonic()
    long = piece * (900_000 // len(piece))
    with contextlib.suppress(Unreadable):
        told(f"{BEGINNINGS[key]}{long}\n{long}\n", format=key, zone="UTC", year=2026)
    assert time.monotonic() - began < 5


FAMILY = {
    "auditd": ("auditd/audit-rhel7.log", "auditd/out_of_order.log"),
    "packages": ("packages/apt_history.log",),
    "postgresql": ("db/postgresql.log",),
    "applog": ("db/postgresql.log", "loghub/Apache_error_2k.log"),
    "mysql": ("db/postgresql.log",),
}


@pytest.mark.parametrize("key", list(FAMILY))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_samples_crash_no_reader(told, key, data):
    content = bytearray(sample(data.draw(st.sampled_from(FAMILY[key]))).read_bytes()[:6000])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    try:
        records, skipped = told(bytes(content) or b"x", format=key, zone="Pacific/Kiritimati", year=2026)
    except Unreadable:
        return
    assert all(isinstance(s, Skipped) for s in skipped)
    assert len({r.external_id for r in records}) == len(records)
