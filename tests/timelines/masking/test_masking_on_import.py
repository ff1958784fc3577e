"""What the database holds after an import: masks in every field, values beside them, raw records as they came."""

from __future__ import annotations

import json
import time

import orjson
import pytest

from tests.timelines.conftest import at, bring_in, make_record
from tests.timelines.masking.planted import HARMLESS, SECRETS
from timelines import storing
from timelines.masking.storing import take_out
from timelines.models import Event, Secret

pytestmark = pytest.mark.django_db
TOKEN = SECRETS["GitHub token"]


def test_a_secret_is_nowhere_in_the_event_and_the_raw_record_keeps_it(store):
    event = store(
        f"use {TOKEN}", link=f"https://x.example/?access_token={TOKEN}", actor=f"bot {TOKEN}",
        extra={"note": TOKEN, "deep": [{"password": "Zk4horse", "size": 12}]}, raw=TOKEN.encode(),
    )  # fmt: skip
    assert event.text == "use [masked: GitHub token]"
    assert event.actor == "bot [masked: GitHub token]"
    assert event.link == "https://x.example/?access_token=[masked: GitHub token]"
    assert event.extra == {
        "note": "[masked: GitHub token]",
        "deep": [{"password": "[masked: password]", "size": 12}],
    }
    assert bytes(event.raw.body) == TOKEN.encode()
    assert {(s.column, s.kind) for s in event.secrets.all()} == {
        ("text", "GitHub token"), ("link", "GitHub token"), ("actor", "GitHub token"), ("extra", "GitHub token"), ("extra", "password"),
    }  # fmt: skip


def test_a_number_beside_a_name_is_masked_too(store):
    assert store("login", extra={"password": 83719264}).extra == {"password": "[masked: password]"}


def test_authors_are_known_by_their_address(store):
    event = store("on it", actor=SECRETS["private e-mail address"])
    assert event.actor == SECRETS["private e-mail address"]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_are_stored_as_they_came(store, text):
    assert store(text).text == text
    assert not Secret.objects.exists()


def test_the_same_import_again_changes_nothing(store):
    store(f"use {TOKEN}")
    before = list(Secret.objects.values())
    store(f"use {TOKEN}")
    assert list(Secret.objects.values()) == before


def test_what_is_known_of_an_edition_goes_with_it(store):
    store(f"use {TOKEN}")
    store("never mind, it is password=Zk4horse", revised=at(5))
    assert [s.value for s in Secret.objects.all()] == ["Zk4horse"]


def test_an_edit_that_keeps_the_secret_keeps_the_answer(store, decide):
    store(f"use {TOKEN}")
    decide(Secret.objects.get(), "kept")
    store(f"do not use {TOKEN}", revised=at(5))
    assert [(s.state, s.mask) for s in Secret.objects.all()] == [("kept", "[masked: GitHub token]")]


def test_a_deleted_message_keeps_its_last_words_behind_the_mask(store):
    store(f"use {TOKEN}")
    event = store("", deleted=True)
    assert event.text == "use [masked: GitHub token]"
    assert event.secrets.get().value == TOKEN


def test_an_older_export_brings_no_older_secret_back(store):
    store("never mind", revised=at(5))
    store(f"use {TOKEN}")
    assert not Secret.objects.exists()


def test_a_harmless_value_comes_in_as_it_is_and_can_be_masked_again(store, decide):
    first = store(f"use {TOKEN}")
    decide(Secret.objects.get(), "shown")
    second = store(f"again {TOKEN}", key="2")
    assert second.text == f"again {TOKEN}"
    decide(Secret.objects.first(), "masked", seen="shown")
    assert {event.text for event in Event.objects.filter(pk__in=[first.pk, second.pk])} == {
        "use [masked: GitHub token]", "again [masked: GitHub token]",
    }  # fmt: skip


def test_looking_costs_little_of_an_import(source):
    """A guard with room to spare: the figure, four fields of a row, is printed."""
    rows = [
        storing._row(n, make_record(str(n), HARMLESS[n % 3] + f" number {n} and then some more words", extra={"ts": f"17.{n}"}))
        for n in range(5000)
    ]  # fmt: skip
    take_out(source.incident_id, rows, storing.COLUMNS)
    begun = time.process_time()
    kept, taken = take_out(source.incident_id, rows, storing.COLUMNS)
    each = (time.process_time() - begun) / len(rows) * 1e6
    print(f"{each:.2f} µs a row")
    assert (kept, taken) == (rows, [])
    assert each < 15


def test_deep_and_odd_details_are_masked(store):
    deep = {"a": TOKEN}
    for _ in range(60):
        deep = {"in": [deep]}
    event = store("x", extra=deep | {TOKEN: 1, "n": None, "f": 1.5})
    assert TOKEN not in orjson.dumps(event.extra).decode()


def _files() -> dict[str, bytes]:
    """Small files of several makers, each with two secrets in what people or machines wrote."""
    said = f"use {TOKEN} or password=Zk4horse"
    quoted = json.dumps(said)[1:-1]
    return {
        "notes.csv": f'time,text,actor\n2026-03-10T09:00:00Z,"{said}",Ada\n'.encode(),
        "rows.jsonl": (json.dumps({"time": "2026-03-10T09:00:00Z", "message": said, "password": "Zk4horse"}) + "\n").encode() * 2,
        "bash_history": f"#1773133200\nexport T='{said}'\n#1773133260\nls\n".encode(),
        "syslog": f"2026-03-10T09:00:00+00:00 db-1 app[12]: {said}\n2026-03-10T09:00:01+00:00 db-1 app[12]: {said}\n".encode(),
        "journal.json": (json.dumps({
            "__REALTIME_TIMESTAMP": "1773133200000000", "__CURSOR": "s=1", "MESSAGE": said, "_CMDLINE": f"app --password Zk4horse {TOKEN}",
            "_HOSTNAME": "db-1", "SYSLOG_IDENTIFIER": "app", "PRIORITY": "6", "_BOOT_ID": "b",
        }) + "\n").encode(),
        "2026-03-10.json": f'[{{"type":"message","user":"U1","ts":"1773133200.000100","text":"{quoted}"}}]'.encode(),
        "irc.log": f"2026-03-10T09:00:00+0000 <ada> {said}\n2026-03-10T09:00:10+0000 <bo> {said}\n".encode(),
        "thread.eml": (
            "From: Ada <ada@example.org>\nTo: ops@example.org\nDate: Tue, 10 Mar 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\n"
            f"Subject: {said}\n\n{said}\n"
        ).encode(),
        "page.md": f"# Review\n\n2026-03-10, all times UTC\n\n| Time | What |\n|---|---|\n| 2026-03-10 09:00 UTC | {said} |\n| 2026-03-10 09:05 UTC | ok |\n".encode(),
        "hook.json": json.dumps({
            "version": "4", "status": "firing", "receiver": "x", "groupKey": "g", "alerts": [{
                "status": "firing", "labels": {"alertname": "Lag", "note": said}, "annotations": {"summary": said},
                "startsAt": "2026-03-10T09:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": f"https://p.example/?token={TOKEN}",
                "fingerprint": "ab12",
            }],
        }).encode(),
        "access.log": f'10.0.0.1 - - [10/Mar/2026:09:00:00 +0000] "GET /?access_token={TOKEN}&password=Zk4horse HTTP/1.1" 500 12 "-" "curl"\n'.encode(),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(_files()))
def test_no_column_of_any_reader_holds_a_secret(incident, alice, name):
    imported = bring_in(incident, alice, name, _files()[name], zone="UTC")
    events = list(incident.events.values())
    assert events, imported.message
    told = repr([{key: value for key, value in event.items() if key != "digest"} for event in events])
    told += imported.message + repr(list(imported.skips.values()))
    assert TOKEN not in told
    assert "Zk4horse" not in told
    assert Secret.objects.filter(value=TOKEN).exists()
