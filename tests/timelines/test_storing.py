from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.timelines.conftest import at, make_record
from timelines import actions, storing
from timelines.models import Event, RawRecord

pytestmark = pytest.mark.django_db


def counts(source, *records):
    found = storing.store(source, list(records))
    return found.added, found.updated, found.unchanged


def rows(source) -> list[tuple]:
    """Everything an import decides about the events of a source, without the ids of rows."""
    return list(
        source.events.in_order().values_list(
            "external_id", "at", "until", "read_at", "text", "actor", "sequence", "editions", "deleted", "raw__digest", "extra"
        )
    )  # fmt: skip


def test_the_same_records_again_add_nothing(source):
    records = [make_record("1"), make_record("2", "deploy done", at=at(1))]
    assert counts(source, *records) == (2, 0, 0)
    before = rows(source)
    assert counts(source, *records) == (0, 0, 2)
    assert rows(source) == before
    assert RawRecord.objects.count() == 2


def test_a_larger_export_adds_only_what_is_new(source):
    counts(source, make_record("1"))
    assert counts(source, make_record("1"), make_record("2", "rolled back")) == (1, 0, 1)


def test_an_edit_is_followed_and_both_texts_are_kept(source):
    counts(source, make_record("1", "rollbck"))
    assert counts(source, make_record("1", "rollback", revised=at(5))) == (0, 1, 0)
    event = Event.objects.get()
    assert (event.text, event.editions, event.revised) == ("rollback", 2, at(5))
    assert RawRecord.objects.count() == 2


def test_an_older_export_after_a_newer_one_rolls_nothing_back(source):
    older, newer = make_record("1", "rollbck"), make_record("1", "rollback", revised=at(5))
    counts(source, newer)
    assert counts(source, older) == (0, 0, 1)
    event = Event.objects.get()
    assert event.text == "rollback"
    assert event.editions == 2, "the older text is kept as an edition"


def test_between_two_dated_editions_the_later_wins_in_either_order(source):
    first, second = make_record("1", "a", revised=at(1)), make_record("1", "b", revised=at(2))
    counts(source, second)
    counts(source, first)
    assert Event.objects.get().text == "b"


def test_an_undated_edition_seen_before_does_not_come_back(source):
    first, second = make_record("1", "a"), make_record("1", "b")
    counts(source, first)
    counts(source, second)
    assert Event.objects.get().text == "b", "where the source dates nothing, the later import stands"
    assert counts(source, first) == (0, 0, 1)
    assert Event.objects.get().text == "b"


def test_a_deletion_is_followed_and_keeps_the_last_text(source):
    counts(source, make_record("1", "the key is on the wiki"))
    assert counts(source, make_record("1", "", deleted=True)) == (0, 1, 0)
    event = Event.objects.get()
    assert event.deleted
    assert event.text == "the key is on the wiki"
    assert not Event.objects.shown().exists()


def test_a_deleted_message_stays_deleted_when_an_older_export_comes_later(source):
    counts(source, make_record("1", "", deleted=True))
    counts(source, make_record("1", "said before", revised=at(1)))
    assert Event.objects.get().deleted


def test_annotations_survive_every_edition(source, alice):
    counts(source, make_record("1", "a"))
    event = Event.objects.get()
    actions.caption(event=event, by=alice, text="The first sign")
    actions.mark_phase(event=event, by=alice, begins="detect")
    counts(source, make_record("1", "b", revised=at(9)))
    event.refresh_from_db()
    assert (event.text, event.caption, event.pinned, event.phase) == ("b", "The first sign", True, "detect")


def test_the_clock_offset_shifts_what_is_shown_and_not_what_was_written(source, alice):
    counts(source, make_record("1", until=at(3)))
    actions.set_clock_offset(source=source, by=alice, offset=timedelta(seconds=-75))
    counts(source, make_record("2", "b", at=at(10), until=at(12)))
    one, two = Event.objects.order_by("external_id")
    assert (one.at, one.until, one.read_at) == (
        at() - timedelta(seconds=75),
        at(3) - timedelta(seconds=75),
        at(),
    )
    assert (two.at, two.until, two.read_at) == (
        at(10) - timedelta(seconds=75),
        at(12) - timedelta(seconds=75),
        at(10),
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_where_a_batch_ends_changes_no_row(source, size):
    records = [
        make_record(str(n % 9), f"text {n}", at=at(n % 9), order=n % 9, revised=at(n)) for n in range(40)
    ]
    records += [
        make_record("3", "", at=at(3), deleted=True, order=3),
        make_record("10", "undated"),
        make_record("10", "other"),
    ]
    for batch in storing.batches(records, size):
        storing.store(source, batch)
    found = [
        (key, text, editions, deleted) for key, _, _, _, text, _, _, editions, deleted, *_ in rows(source)
    ]
    assert sorted(found) == sorted(
        [(str(n), f"text {max(m for m in range(40) if m % 9 == n)}", len([m for m in range(40) if m % 9 == n]), False)
         for n in range(9) if n != 3] + [("3", "text 39" , 6, True), ("10", "other", 2, False)]
    )  # fmt: skip


def test_nothing_a_file_can_hold_stops_the_storing(source):
    nasty = make_record(
        "nul\x00 and half \ud83d of a pair" + "x" * 400,
        "NUL \x00 and half \ud83d of a pair",
        raw=b"NUL \x00 \xff\xfe",
        actor="\ud83d\x00" * 300,
        thread="t" * 500,
        extra={
            "nul\x00": "\x00",
            "half": "\udc00",
            "big": 2**70,
            "nan": float("nan"),
            "slash": "\\u0000",
            "when": at(),
        },
        until=at() - timedelta(hours=1),
        order=2**40,
    )
    assert counts(source, nasty) == (1, 0, 0)
    assert counts(source, nasty) == (0, 0, 1)
    event = Event.objects.select_related("raw").get()
    assert event.text == "NUL ␀ and half ? of a pair"
    assert bytes(event.raw.body) == b"NUL \x00 \xff\xfe"
    assert event.extra["slash"] == "\\u0000"
    assert event.extra["big"] == 2**70
    assert event.until is None, "an end before the beginning is no end"


def test_two_long_ids_with_one_beginning_stay_two(source):
    assert counts(source, make_record("k" * 400 + "a"), make_record("k" * 400 + "b")) == (2, 0, 0)


def test_raw_records_cannot_be_changed_by_anybody(source):
    counts(source, make_record("1"))
    for statement in ("update timelines_rawrecord set body = 'x'", "delete from timelines_rawrecord"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_two_sources_may_use_the_same_ids(source, incident):
    other = actions.source_for(incident=incident, format="slack", name="Other workspace")
    assert counts(source, make_record("1")) == (1, 0, 0)
    assert counts(other, make_record("1")) == (1, 0, 0)
    assert {source.lane, other.lane} == {1, 2}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " https://x.test/", "file:///etc/passwd"]
)
def test_only_addresses_of_the_web_become_links(source, address):
    counts(source, make_record("1", link=address), make_record("2", link="https://x.test/a"))
    assert sorted(source.events.values_list("link", flat=True)) == ["", "https://x.test/a"]


def test_one_odd_record_does_not_take_its_batch_with_it(source):
    odd = make_record("1", ["not", "words"], actor_id={"a": 1}, link=7, place=True)
    assert counts(source, odd, make_record("2")) == (2, 0, 0)
    event = source.events.get(external_id="1")
    assert (event.text, event.actor_id, event.link) == ("", "", "")
