"""Clocks: proposed from what two sources saw, accepted by a person, taken back exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.audit.models import Entry
from tests import make
from tests.timelines.conftest import bring_in
from tests.timelines.merging.conftest import chat, get, pager, post
from timelines import actions as timelines
from timelines.actions import NotPossible
from timelines.merging import actions, comparing
from timelines.models import Comparison, Source

pytestmark = pytest.mark.django_db


def sources(incident) -> tuple[Source, Source]:
    return incident.sources.get(name="Pager"), incident.sources.get(name="Chat")


def times(incident) -> list:
    return list(incident.events.order_by("pk").values_list("pk", "at", "until", "read_at"))


def accept(client, incident, source, before=0):
    pager, chat = sources(incident)
    return post(
        client, "accept_clock", incident, one=pager.pk, other=chat.pk, source=source.pk, before=before
    )


def test_the_offset_is_shown_with_its_pairs_accepted_and_taken_back(as_alice, seen_twice):
    html = get(as_alice, "clocks", seen_twice)
    assert "Chat is" in html
    assert "12 min 32 s" in html
    assert "8 moments agree" in html
    assert "id PCONF0 begins" in html
    before = times(seen_twice)
    pager, _ = sources(seen_twice)
    accept(as_alice, seen_twice, pager)
    pager.refresh_from_db()
    assert pager.clock_offset == timedelta(seconds=-752)
    assert len(pager.clock_pairs) == 8
    assert [row[3] for row in times(seen_twice)] == [row[3] for row in before]
    html = get(as_alice, "clocks", seen_twice)
    assert "In step" in html
    assert "told by 8 pairs" in html
    post(as_alice, "take_back_clock", seen_twice, pager.pk)
    assert times(seen_twice) == before
    pager.refresh_from_db()
    assert (pager.clock_pairs, pager.clock_before) == ([], None)
    assert Entry.objects.filter(verb="source.offset_undone").exists()


def test_the_person_says_which_clock_is_off(as_alice, seen_twice):
    get(as_alice, "clocks", seen_twice)
    _, chat = sources(seen_twice)
    accept(as_alice, seen_twice, chat)
    chat.refresh_from_db()
    assert chat.clock_offset == timedelta(seconds=752)


def test_taking_back_returns_to_the_offset_before_not_to_none(as_alice, alice, seen_twice):
    pager, _ = sources(seen_twice)
    timelines.set_clock_offset(source=pager, by=alice, offset=timedelta(seconds=-100))
    before = times(seen_twice)
    get(as_alice, "clocks", seen_twice)
    accept(as_alice, seen_twice, pager, before=-100_000_000)
    pager.refresh_from_db()
    assert pager.clock_offset == timedelta(seconds=-752)
    post(as_alice, "take_back_clock", seen_twice, pager.pk)
    assert times(seen_twice) == before


def test_a_clock_that_was_set_meanwhile_is_not_shifted(as_alice, alice, seen_twice):
    get(as_alice, "clocks", seen_twice)
    pager, _ = sources(seen_twice)
    timelines.set_clock_offset(source=pager, by=alice, offset=timedelta(seconds=5))
    accept(as_alice, seen_twice, pager)
    pager.refresh_from_db()
    assert pager.clock_offset == timedelta(seconds=5)
    with pytest.raises(NotPossible):
        actions.accept_clock(source=pager, by=alice, before=timedelta(0), shift=timedelta(1), pairs=[])


def test_setting_a_clock_by_hand_forgets_what_told_of_the_earlier_one(as_alice, alice, seen_twice):
    get(as_alice, "clocks", seen_twice)
    pager, _ = sources(seen_twice)
    accept(as_alice, seen_twice, pager)
    timelines.set_clock_offset(source=pager, by=alice, offset=timedelta(seconds=1))
    pager.refresh_from_db()
    assert (pager.clock_pairs, pager.clock_before) == ([], None)
    with pytest.raises(NotPossible):
        actions.take_back_clock(source=pager, by=alice)


def test_whole_hours_look_like_a_zone(as_alice, cast):
    incident = cast.incident
    bring_in(incident, cast.alice, "pager.json", pager(-7200), name="Pager")
    bring_in(incident, cast.alice, "general.json", chat(), name="Chat")
    html = get(as_alice, "clocks", incident)
    assert "looks like a zone" in html
    assert "+2 h" in html


def test_a_short_delay_of_delivery_is_in_step(as_alice, in_step):
    html = get(as_alice, "clocks", in_step)
    assert "In step" in html
    assert "Shift" not in html.partition("<main")[2].partition("</main>")[0]


def test_one_source_alone_is_compared_with_nothing(as_alice, incident):
    make.events(incident, 5)
    assert "Nothing to compare yet" in get(as_alice, "clocks", incident)


@pytest.mark.parametrize("data", [{}, {"one": "1", "other": "x"}, {"source": "9" * 30}, {"before": "--1"}])
def test_nonsense_shifts_nothing(as_alice, seen_twice, data):
    get(as_alice, "clocks", seen_twice)
    post(as_alice, "accept_clock", seen_twice, **data)
    assert not Source.objects.exclude(clock_offset=timedelta(0)).exists()


def test_large_evidence_is_compared_by_a_worker_once(
    as_alice, seen_twice, monkeypatch, settings, sent_tasks, django_capture_on_commit_callbacks
):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": seen_twice.ref}
    }
    monkeypatch.setattr(comparing, "AT_ONCE", 10)
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            assert "laid side by side again" in get(as_alice, "clocks", seen_twice)
    tasks = [task for task in sent_tasks if task[0] == "timelines.tasks.compare_sources"]
    assert tasks == [("timelines.tasks.compare_sources", (seen_twice.pk,))]
    comparing.compare(seen_twice)
    html = get(as_alice, "clocks", seen_twice)
    assert "8 moments agree" in html
    assert "again" not in html
    made = Comparison.objects.get().made_at
    comparing.compare(seen_twice)
    assert Comparison.objects.get().made_at == made


def test_a_source_too_large_to_look_at_is_named(as_alice, seen_twice, monkeypatch):
    monkeypatch.setattr(comparing, "LOOKED_AT", 10)
    assert "Of Pager, Chat the first" in get(as_alice, "clocks", seen_twice)
