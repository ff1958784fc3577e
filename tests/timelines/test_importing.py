"""Files as people bring them in: what arrives on the line, and what is said when nothing can."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from postmortems.accounts.models import User
from tests.samples import sample
from tests.timelines.conftest import bring_in
from timelines import actions, importing, tasks
from timelines.models import Event, Import, RawRecord, Skip, Source

pytestmark = pytest.mark.django_db

SYSLOG = b"Nov 10 12:00:00 web1 app: first\nNov 10 12:00:01 web1 app: second\n"
TABLE = b"time,text,who\n2026-03-10T09:00:00Z,deploy began,Mara\n2026-03-10T09:05:00Z,alarm,\n"


def slack(*messages: dict) -> bytes:
    return json.dumps([{"type": "message", "user": "U1", **message} for message in messages]).encode()


# --- real exports ----------------------------------------------------------------------------------


def test_a_slack_export_is_stored_as_the_expected_facts_say(incident, alice):
    path = sample("slack/houstondatavis-export.zip")
    imported = bring_in(incident, alice, path.name, path.read_bytes())
    assert (imported.state, imported.added, imported.updated, imported.unchanged) == ("done", 829, 0, 0)
    events = Event.objects.filter(incident=incident)
    assert events.count() == RawRecord.objects.count() == 829
    first, last = events.in_order().first(), events.in_order().last()
    assert first.at == datetime(2015, 6, 6, 2, 36, 47, 760577, UTC)
    assert last.at == datetime(2016, 7, 27, 20, 21, 38, 41, UTC)
    assert events.values("written").distinct().count() == 806, "a ts is unique in its channel alone"
    places = {
        name: events.filter(place=f"#{name}").count()
        for name in ("datajam", "general", "meetup", "meetup-", "team-d3")
    }
    assert places == {"datajam": 173, "general": 476, "meetup": 2, "meetup-": 147, "team-d3": 31}
    assert imported.source.format == "slack"
    assert imported.bytes_read > 0

    before = list(events.in_order().values_list("external_id", "at", "text", "editions"))
    again = bring_in(incident, alice, "the same under another name.zip", path.read_bytes())
    assert (again.added, again.updated, again.unchanged) == (0, 0, 829)
    assert list(events.in_order().values_list("external_id", "at", "text", "editions")) == before


def test_an_older_export_after_a_newer_one_brings_no_old_text_back(incident, alice):
    older = slack({"ts": "1433558207.000001", "text": "rollbck"}, {"ts": "1433558208.000001", "text": "ok"})
    newer = slack(
        {"ts": "1433558207.000001", "text": "rollback", "edited": {"user": "U1", "ts": "1433558300.000000"}},
        {"ts": "1433558208.000001", "text": "ok"},
        {"ts": "1433558209.000001", "text": "done"},
    )
    bring_in(incident, alice, "2015-06-06.json", newer, format="slack")
    late = bring_in(incident, alice, "2015-06-06.json", older, format="slack")
    assert (late.added, late.updated, late.unchanged) == (0, 0, 2)
    assert [event.text for event in Event.objects.in_order()] == ["rollback", "ok", "done"]


# --- questions -------------------------------------------------------------------------------------


def test_a_log_without_zone_and_year_asks_and_goes_on_when_answered(incident, alice):
    imported = bring_in(incident, alice, "messages", SYSLOG)
    assert (imported.state, imported.asks_for) == ("asking", "year")
    assert not Event.objects.exists()
    assert not Source.objects.exists()
    actions.answer(imported=imported, by=alice, year=2025)
    importing.run(imported.pk)
    imported.refresh_from_db()
    assert (imported.state, imported.asks_for) == ("asking", "zone")
    actions.answer(imported=imported, by=alice, zone="Europe/Lisbon")
    importing.run(imported.pk)
    imported.refresh_from_db()
    assert (imported.state, imported.added, imported.message) == ("done", 2, "")
    event = Event.objects.in_order().first()
    assert (event.at, event.certainty) == (datetime(2025, 11, 10, 12, tzinfo=UTC), "assumed zone")


def test_a_zone_is_asked_once_for_a_source(incident, alice):
    bring_in(incident, alice, "a", SYSLOG, zone="Asia/Tokyo", year=2025)
    second = bring_in(incident, alice, "b", SYSLOG.replace(b"first", b"third"), year=2025)
    assert (second.state, second.added, second.unchanged) == ("done", 1, 1)
    assert {event.at.hour for event in Event.objects.all()} == {3}


def test_another_zone_moves_the_instants_and_keeps_the_wall_clock(incident, alice):
    imported = bring_in(incident, alice, "messages", SYSLOG, zone="Europe/Berlin", year=2025)
    actions.set_clock_offset(source=imported.source, by=alice, offset=timedelta(seconds=10))
    actions.set_source_zone(source=Source.objects.get(), by=alice, zone="America/New_York")
    event = Event.objects.in_order().first()
    assert event.read_at == datetime(2025, 11, 10, 17, tzinfo=UTC)
    assert event.at == event.read_at + timedelta(seconds=10)
    with pytest.raises(actions.NotPossible, match="no time zone"):
        actions.set_source_zone(source=imported.source, by=alice, zone="../../etc/passwd")


# --- files that cannot be read ---------------------------------------------------------------------


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


BAD = {
    "empty": ("nothing.json", b"", "is empty"),
    "blank": ("blank.log", b"\n\n  \n", "No format was recognised"),
    "truncated zip": ("export.zip", zipped(**{"a/2026-03-10.json": slack({"ts": "1433558207.000001"}) * 50})[:-40], "cannot be opened"),
    "bomb": ("export.zip", zipped(**{"general/2026-03-10.json": b"0" * 50_000_000}), "archive bomb"),
    "traversal": ("export.zip", zipped(**{"../../etc/2026-03-10.json": b"[]"}), "points outside"),
    "an archive of nothing": ("export.zip", zipped(), "without files"),
    "other JSON": ("settings.json", b'{"theme": "dark", "tabs": [1, 2, 3]}', "of no kind that is known"),
    "a bare number": ("n.json", b"42", "No format was recognised"),
    "binary": ("photo.json", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40, "is binary"),
    "cut off JSON": ("2026-03-10.json", slack({"ts": "1433558207.000001"}, {"ts": "1433558208.000001"})[:-5], "is not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence_and_stores_nothing(incident, alice, case):
    name, content, words = BAD[case]
    imported = bring_in(incident, alice, name, content)
    assert imported.state == "failed"
    assert words in imported.message
    assert imported.message.endswith("Nothing was stored.")
    assert imported.message.count("Nothing was stored.") == 1
    assert not Event.objects.exists()
    assert not RawRecord.objects.exists()
    assert not Source.objects.exists()


def test_times_outside_the_centuries_are_skipped_and_the_rest_is_read(incident, alice):
    rows = b"time,text\n1970-01-01T00:00:00Z,zero\n3609-01-01T00:00:00Z,far\n2026-03-10T09:00:00Z,true\nsoon,vague\n"
    imported = bring_in(incident, alice, "table.csv", rows)
    assert (imported.state, imported.added, imported.skipped) == ("done", 1, 3)
    assert [skip.where for skip in imported.skips.all()] == ["table.csv:2", "table.csv:3", "table.csv:5"]
    assert "1990–2100" in imported.skips.first().why


def test_when_nothing_could_be_read_the_notes_still_say_why(incident, alice):
    imported = bring_in(incident, alice, "table.csv", b"time,text\n1970-01-01T00:00:00Z,zero\n")
    assert imported.state == "failed"
    assert "table.csv:2" in imported.message
    assert Skip.objects.count() == 1
    assert not Source.objects.exists()


def test_nul_characters_are_shown_and_the_raw_bytes_are_kept(incident, alice):
    rows = b"".join(b"2026-03-10T09:00:%02dZ,nothing to see in line %d\n" % (n, n) for n in range(50))
    nasty = b"2026-03-10T10:00:00Z,nul \x00 here"
    imported = bring_in(incident, alice, "table.csv", b"time,text\n" + rows + nasty + b"\n")
    assert (imported.state, imported.added) == ("done", 51)
    event = Event.objects.select_related("raw").in_order().last()
    assert event.text == "nul ␀ here"


@pytest.mark.slow
def test_a_line_of_200_megabytes_is_skipped_in_little_memory(incident, alice, tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(TABLE)
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\n2026-03-10T09:09:00Z,after,\n")
    call_command("import_evidence", incident.ref, path, by=alice.email)
    imported = Import.objects.get()
    assert (imported.added, imported.skipped) == (3, 1)
    assert "longer than" in imported.skips.get().why


def test_a_file_that_breaks_off_after_much_was_stored_says_what_is_kept(incident, alice, monkeypatch):
    from timelines.formats import base
    from timelines.formats import documents as reader

    monkeypatch.setattr(reader, "DOCUMENT_LIMIT", 1000)
    monkeypatch.setattr(importing.storing, "BATCH", 50)
    monkeypatch.setattr(
        importing.storing,
        "batches",
        lambda records, size=50, plain=importing.storing.batches: plain(records, size),
    )
    whole = slack(*({"ts": f"1433558207.{n:06}", "text": f"message {n}"} for n in range(200)))
    broken = bring_in(incident, alice, "2015-06-06.json", whole[:-3000], format="slack")
    assert base.DOCUMENT_LIMIT > 1000
    assert broken.state == "failed"
    assert f"The {broken.added} events before that place are kept" in broken.message
    assert broken.added == Event.objects.count() > 0
    mended = bring_in(incident, alice, "2015-06-06.json", whole, format="slack")
    assert mended.added + mended.unchanged == 200
    assert Event.objects.count() == 200


def test_a_fault_of_a_reader_ends_the_import_with_its_place(incident, alice, monkeypatch):
    def faulty(self):
        yield from ()
        raise ZeroDivisionError

    monkeypatch.setattr(importing.Reading, "__iter__", faulty)
    imported = bring_in(incident, alice, "table.csv", TABLE)
    assert imported.state == "failed"
    assert "ZeroDivisionError" in imported.message
    assert "fault of the reader" in imported.message


# --- again, and again ------------------------------------------------------------------------------


def test_an_import_that_is_over_is_not_read_again(incident, alice):
    imported = bring_in(incident, alice, "table.csv", TABLE)
    assert importing.run(imported.pk) is False
    imported.refresh_from_db()
    assert imported.added == 2


def test_a_run_that_stopped_half_way_ends_with_the_same_rows_and_counts(incident, alice, monkeypatch):
    plain = importing.storing.store
    monkeypatch.setattr(
        importing.storing, "batches", lambda records, cut=importing.storing.batches: cut(records, 10)
    )
    stored = []

    def dies(source, batch, **kwargs):
        if len(stored) == 3:
            raise KeyboardInterrupt  # what a signal does: no handler of ours runs
        stored.append(1)
        return plain(source, batch, **kwargs)

    content = b"time,text\n" + b"".join(
        f"2026-03-10T09:{n // 60:02}:{n % 60:02}Z,event {n}\n".encode() for n in range(95)
    )
    imported = actions.receive_file(
        incident=incident, by=alice, upload=ContentFile(content, name="table.csv")
    )
    monkeypatch.setattr(importing.storing, "store", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.run(imported.pk)
    imported.refresh_from_db()
    assert (imported.state, Event.objects.count()) == ("running", 30)
    monkeypatch.setattr(importing.storing, "store", plain)
    assert importing.run(imported.pk)
    imported.refresh_from_db()
    assert (imported.state, imported.added, imported.updated, imported.unchanged) == ("done", 95, 0, 0)
    assert [event.text for event in Event.objects.in_order()] == [f"event {n}" for n in range(95)]


def test_a_file_that_takes_its_worker_down_again_and_again_is_left_alone(incident, alice):
    imported = actions.receive_file(incident=incident, by=alice, upload=ContentFile(TABLE, name="t.csv"))
    Import.objects.filter(pk=imported.pk).update(state="running", starts=importing.STARTS)
    importing.run(imported.pk)
    imported.refresh_from_db()
    assert imported.state == "failed"
    assert "stopped 5 times" in imported.message
    actions.answer(imported=imported, by=alice)
    importing.run(imported.pk)
    imported.refresh_from_db()
    assert imported.state == "done"


def test_the_sweep_takes_up_what_waits_and_what_fell_silent(incident, alice, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.run_import, "delay", asked.append)
    now = timezone.now()

    def one(state, **fields):
        imported = actions.receive_file(incident=incident, by=alice, upload=ContentFile(TABLE, name="t.csv"))
        Import.objects.filter(pk=imported.pk).update(state=state, **fields)
        return str(imported.pk)

    overlooked = one("waiting", asked_at=now - timedelta(seconds=10))
    just_asked = one("waiting", asked_at=now)
    silent = one("running", beat_at=now - timedelta(seconds=40))
    alive = one("running", beat_at=now)
    one("asking")
    one("failed")
    tasks.resume_imports()
    assert set(asked) == {overlooked, silent}
    asked.clear()
    tasks.resume_imports(at_once=True)
    assert set(asked) == {overlooked, silent, alive}
    assert just_asked not in asked


def test_the_same_form_sent_twice_is_one_import(incident, alice):
    first, second = (
        actions.receive_file(
            incident=incident, by=alice, upload=ContentFile(TABLE, name="t.csv"), form_key="k/0"
        )
        for _ in range(2)
    )
    assert first.pk == second.pk
    assert Import.objects.count() == 1


def test_a_file_that_could_not_be_read_can_be_taken_away_and_evidence_cannot(incident, alice):
    failed = bring_in(incident, alice, "x.json", b'{"a": 1}')
    actions.set_aside(imported=failed, by=alice)
    good = bring_in(incident, alice, "t.csv", TABLE)
    with pytest.raises(actions.NotPossible, match="stays"):
        actions.set_aside(imported=good, by=alice)
    assert list(Import.objects.all()) == [good]


# --- the command -----------------------------------------------------------------------------------


def run(*args, **options):
    out = io.StringIO()
    call_command("import_evidence", *map(str, args), stdout=out, **options)
    return out.getvalue()


def test_the_command_prints_what_was_added_updated_unchanged_and_skipped(incident, alice, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(TABLE + b"never,what\n")
    told = json.loads(run(incident.ref, path, by=alice.email, json=True))
    assert {name: told[name] for name in ("added", "updated", "unchanged", "skipped")} == {
        "added": 2, "updated": 0, "unchanged": 0, "skipped": 1,
    }  # fmt: skip
    assert told["notes"][0]["where"] == "t.csv:4"
    assert "0 added, 0 updated, 2 unchanged, 1 skipped" in run(incident.ref.lower(), path, by=alice.email)


def test_the_command_reads_a_folder(incident, alice):
    folder = sample("slack/houstondatavis-export")
    told = json.loads(run(incident.ref, folder, by=alice.email, json=True, source_name="Houston"))
    assert (told["added"], told["source"]) == (829, "Houston")


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", {}, "is empty"),
        (SYSLOG, {}, "Say it with --year"),
        (SYSLOG, {"year": 2025}, "Say it with --zone"),
        (SYSLOG, {"year": 2025, "zone": "Mars/Olympus"}, "no time zone"),
        (TABLE, {"format": "telepathy"}, "no format"),
        (None, {}, "cannot be opened"),
    ],
)
def test_the_command_says_one_sentence_on_bad_input(incident, alice, tmp_path, content, options, words):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run(incident.ref, path, by=alice.email, **options)
    assert not Event.objects.exists()


def test_the_command_knows_the_incident_and_the_person(incident, alice, tmp_path):
    with pytest.raises(CommandError, match="There is no incident"):
        run("INC-1999-0001", tmp_path)
    with pytest.raises(CommandError, match="There is no account"):
        run(incident.ref, tmp_path, by="nobody@example.org")
    User.objects.filter(role="administrator").update(role="member")
    with pytest.raises(CommandError, match="no administrator"):
        run(incident.ref, tmp_path)
