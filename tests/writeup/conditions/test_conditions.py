from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.remediation.models import Item
from postmortems.writeup.conditions import actions
from postmortems.writeup.conditions.reading import conditions_of
from postmortems.writeup.models import Condition, ConditionKind
from tests import make
from timelines import actions as timelines

NOW = make.T0 + timedelta(days=5)


def page(client, incident) -> str:
    return client.get(reverse("writeup:edit", args=[incident.ref])).content.decode()


def address(name: str, incident, *more) -> str:
    return reverse(f"writeup:{name}", args=[incident.ref, *more])


def order(incident) -> list[int]:
    return [one.number for one in incident.conditions.all()]


@pytest.fixture
def four(cast):
    return [make.condition(cast.incident, f"Condition {n}") for n in range(1, 5)]


def test_a_removed_condition_is_nowhere_and_comes_back_as_it_was(client, cast):
    client.force_login(cast.bob)
    event = make.event(cast.incident, pinned=True)
    one, other = (
        make.condition(cast.incident, "No budget", event),
        make.condition(cast.incident, "A slow replica"),
    )
    item = make.item(cast.incident, conditions=[one])
    client.post(address("remove_condition", cast.incident, 1))
    assert list(cast.incident.conditions.all()) == [other]
    assert list(item.conditions.all()) == list(event.conditions.all()) == []
    assert make.condition(cast.incident).number == 3
    assert "Bring back" in page(client, cast.incident)
    client.post(address("bring_back", cast.incident, 1))
    assert order(cast.incident) == [1, 2, 3]
    assert list(item.conditions.all()) == list(event.conditions.all()) == [one]


def test_items_keep_their_tie_while_a_condition_is_gone(client, cast):
    client.force_login(cast.bob)
    one, other = make.condition(cast.incident), make.condition(cast.incident)
    item = make.item(cast.incident, conditions=[one])
    actions.remove_condition(condition=one, by=cast.bob, now=NOW)
    Item.objects.get(pk=item.pk).conditions.set(
        [other]
    )  # as the form of the item does, which does not show it
    actions.bring_back(condition=one, by=cast.bob)
    assert set(item.conditions.all()) == {one, other}


def test_who_was_writing_while_it_was_removed_brings_it_back(client, cast):
    client.force_login(cast.bob)
    one = make.condition(cast.incident)
    actions.remove_condition(condition=one, by=cast.alice, now=NOW)
    told = {"sentence": "Written\nmeanwhile", "kind": "knowledge", "made_sense": "", "version": 1}
    client.post(address("condition", cast.incident, 1), told)
    one = Condition.objects.get()
    assert (one.sentence, one.kind_id, one.removed_at) == ("Written meanwhile", "knowledge", None)


@pytest.mark.parametrize(
    ("number", "to", "then"),
    [
        (3, "up", [1, 3, 2, 4]), (1, "up", [1, 2, 3, 4]), (1, "down", [2, 1, 3, 4]), (4, "down", [1, 2, 3, 4]),
        (4, "1", [4, 1, 2, 3]), (1, "last", [2, 3, 4, 1]), (2, "99", [1, 2, 3, 4]), (2, "", [1, 2, 3, 4]), (1, "4", [2, 3, 1, 4]),
    ],
)  # fmt: skip
def test_conditions_are_put_in_order(client, cast, four, number, to, then):
    client.force_login(cast.bob)
    client.post(address("move_condition", cast.incident, number), {"to": to})
    assert order(cast.incident) == then


def test_what_helped_has_an_order_of_its_own(client, cast, four):
    client.force_login(cast.bob)
    cast.incident.conditions.filter(number__in=[1, 3]).update(kind="helped")
    answer = client.post(
        address("move_condition", cast.incident, 4), {"to": "up"}, headers={"HX-Request": "true"}
    )
    assert "C4 is moved." in answer.content.decode()
    read = conditions_of(cast.incident)
    assert [one.number for one in read.hurting] == [4, 2]
    assert [one.number for one in read.helped] == [1, 3]


def test_fewer_than_two_ask_for_the_second_story(client, cast):
    client.force_login(cast.bob)
    assert "No condition yet" in page(client, cast.incident)
    make.condition(cast.incident)
    make.condition(cast.incident)
    cast.incident.conditions.filter(number=2).update(kind="helped")
    told = page(client, cast.incident)
    assert "One condition is the first story" in told
    assert "?kind=organisational" in told  # where nobody looked yet
    assert "?kind=technical" not in told
    make.condition(cast.incident)
    assert "first story" not in page(client, cast.incident)


def test_a_reader_of_the_draft_is_offered_nothing_to_change(client, cast, four):
    client.force_login(cast.ian)
    told = page(client, cast.incident)
    assert "Condition 4" in told
    assert address("move_condition", cast.incident, 4) not in told


def test_events_of_the_whole_timeline_are_looked_for_and_nothing_is_saved(client, cast):
    client.force_login(cast.bob)
    [event] = make.events(cast.incident, 1)
    pinned = make.event(cast.incident, "the lag alert fired", pinned=True)
    where = address("new_condition", cast.incident)
    told = {
        "sentence": "No budget",
        "kind": "technical",
        "made_sense": "It hid failures",
        "events": [pinned.pk],
    }
    answer = client.post(where, told | {"look": "1", "words": "event number"})
    assert not Condition.objects.exists()
    html = answer.content.decode()
    assert "It hid failures" in html
    assert f'value="{event.pk}">' in html
    assert f'value="{pinned.pk}" checked' in html
    fragment = client.post(
        where, told | {"look": "1", "words": "nowhere"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<form" not in fragment
    assert "With “nowhere”: nothing." in fragment
    client.post(where, told | {"events": [pinned.pk, event.pk]})
    assert set(Condition.objects.get().events.all()) == {event, pinned}


@pytest.mark.parametrize("events", [["0"], ["x"], [str(2**70)], ["-1"], ["\x00"]])
def test_events_that_are_not_there_are_refused_with_what_was_typed(client, cast, events):
    client.force_login(cast.bob)
    told = {"sentence": "No budget", "kind": "technical", "events": events}
    answer = client.post(address("new_condition", cast.incident), told)
    assert answer.status_code == 200
    assert "No budget" in answer.content.decode()
    assert not Condition.objects.exists()


def test_events_of_another_incident_bear_nothing_here(client, cast):
    client.force_login(cast.bob)
    [event] = make.events(make.incident(by=cast.bob), 1)
    client.post(
        address("new_condition", cast.incident), {"sentence": "x", "kind": "technical", "events": [event.pk]}
    )
    assert not Condition.objects.exists()


@pytest.mark.parametrize("query", ["?event=x", f"?event={2**62}", "?kind=nothing", "?event=1&kind=%00"])
def test_a_condition_begins_from_any_address(client, cast, query):
    client.force_login(cast.bob)
    assert client.get(address("new_condition", cast.incident) + query).status_code == 200


def test_a_condition_is_rested_on_an_event_from_the_event(client, cast):
    client.force_login(cast.bob)
    make.condition(cast.incident)
    [event] = make.events(cast.incident, 1)
    where = address("conditions_of_event", cast.incident, event.pk)
    assert (
        where in client.get(reverse("timelines:event", args=[cast.incident.ref, event.pk])).content.decode()
    )
    assert f"?event={event.pk}" in client.get(where).content.decode()
    client.post(where, {"condition": "1", "cited": "1"})
    assert list(Condition.objects.get().events.all()) == [event]
    answer = client.post(where, {"condition": "1", "cited": "0"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in answer.content.decode()
    assert not Condition.objects.get().events.exists()
    assert client.post(where, {"condition": "99999"}).status_code == 404
    client.force_login(cast.ian)
    assert client.post(where, {"condition": "1", "cited": "1"}).status_code == 403


def test_hidden_evidence_is_offered_only_where_it_is_cited(client, cast):
    client.force_login(cast.bob)
    [event] = make.events(cast.incident, 1)
    make.condition(cast.incident, "No budget", event)
    timelines.hide(event=event, by=cast.bob, reason="of another incident")
    where = address("condition", cast.incident, 1)
    assert f'value="{event.pk}" checked' in client.get(where).content.decode()
    client.post(where, {"sentence": "x", "kind": "technical", "version": 1, "events": [event.pk]})
    assert list(Condition.objects.get().events.all()) == [event]
    assert f'value="{event.pk}"' not in client.get(address("new_condition", cast.incident)).content.decode()


def test_the_list_asks_as_often_for_many(cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            for one in conditions_of(cast.incident).standing:
                shown = [one.kind.name, *(str(event) for event in one.events.all()), *one.items.all()]
                assert len(shown) == 3
        return len(asked)

    event = make.event(cast.incident)
    make.item(cast.incident, conditions=[make.condition(cast.incident, "x", event)])
    few = queries()
    for _ in range(20):
        make.item(cast.incident, conditions=[make.condition(cast.incident, "x", event)])
    assert queries() == few


# --- the organisation's kinds ---------------------------------------------------------------------------


def kinds() -> list[str]:
    return list(ConditionKind.objects.values_list("key", flat=True))


def test_kinds_are_added_renamed_moved_and_retired(client, cast):
    client.force_login(cast.ada)
    client.post(reverse("writeup:new_kind"), {"name": "New", "sentence": "Of suppliers"})
    client.post(reverse("writeup:new_kind"), {"name": "New!", "helped": "on"})
    assert kinds()[-2:] == ["new-2", "new-3"]  # "new" is an address
    client.post(reverse("writeup:edit_kind", args=["new-2"]), {"name": "Suppliers"})
    client.post(reverse("writeup:move_kind", args=["new-2"]), {"to": "up"})
    assert kinds()[-3:] == ["new-2", "helped", "new-3"]
    client.post(reverse("writeup:retire_kind", args=["new-2"]), {"retired": "1"})
    assert 'value="new-2"' not in client.get(address("new_condition", cast.incident)).content.decode()
    told = client.get(reverse("writeup:kinds")).content.decode()
    assert "Take up again" in told
    client.post(reverse("writeup:retire_kind", args=["new-2"]), {"retired": "0"})
    assert 'value="new-2"' in client.get(address("new_condition", cast.incident)).content.decode()


def test_a_retired_kind_keeps_its_conditions(client, cast):
    client.force_login(cast.bob)
    make.condition(cast.incident)
    actions.retire_kind(kind=ConditionKind.objects.get(key="technical"), by=cast.ada, now=NOW)
    where = address("condition", cast.incident, 1)
    client.post(where, {"sentence": "Reworded", "kind": "technical", "version": 1})
    assert Condition.objects.get().sentence == "Reworded"
    client.post(address("new_condition", cast.incident), {"sentence": "Another", "kind": "technical"})
    assert Condition.objects.count() == 1


def test_one_kind_of_each_sort_stays_in_use(client, cast):
    client.force_login(cast.ada)
    answer = client.post(reverse("writeup:retire_kind", args=["helped"]), {"retired": "1"}, follow=True)
    assert "This is the last kind" in answer.content.decode()
    assert ConditionKind.objects.get(key="helped").retired_at is None


def test_what_recorded_conditions_say_about_helping_stays(client, cast):
    client.force_login(cast.ada)
    make.condition(cast.incident)
    where = reverse("writeup:edit_kind", args=["technical"])
    assert "stays" in client.post(where, {"name": "Technical", "helped": "on"}).content.decode()
    assert not ConditionKind.objects.get(key="technical").helped
    client.post(reverse("writeup:edit_kind", args=["external"]), {"name": "Luck", "helped": "on"})
    assert ConditionKind.objects.get(key="external").helped


def test_a_name_of_a_kind_is_taken_once(client, cast):
    client.force_login(cast.ada)
    assert client.post(reverse("writeup:new_kind"), {"name": "Technical"}).status_code == 200
    assert ConditionKind.objects.filter(name="Technical").count() == 1
