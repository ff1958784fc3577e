"""Same moments: proposed, said by a person, folded on the line, taken apart exactly."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postmortems.audit.models import Entry
from tests import make
from tests.timelines.conftest import signed_in
from tests.timelines.merging.conftest import get, post
from timelines import actions as timelines
from timelines.actions import NotPossible
from timelines.merging import actions, comparing, groups
from timelines.models import Event, Group, NotTheSame

pytestmark = pytest.mark.django_db


def found(incident) -> list[dict]:
    return groups.proposed(comparing.current(incident)[0], incident)


def state(incident) -> list:
    return list(Event.objects.filter(incident=incident).order_by("pk").values()), list(
        NotTheSame.objects.values_list("one", "other")
    )


def test_what_chat_and_pager_saw_is_proposed_and_nothing_is_merged_by_itself(as_alice, in_step):
    html = get(as_alice, "same", in_step)
    assert html.count("They share") == 8
    assert "id PCONF0" in html
    assert not Group.objects.exists()
    assert "number 0, @" not in html  # what people say about it is another moment


def test_one_moment_stands_as_one_and_is_taken_apart_exactly(as_alice, in_step):
    before = state(in_step)
    events = found(in_step)[0]["events"]
    answer = post(as_alice, "group_events", in_step, event=events, events="-".join(map(str, events)))
    group = Group.objects.get()
    assert set(group.events.values_list("pk", flat=True)) == set(events)
    page = as_alice.get(answer["Location"]).content.decode()
    assert "2 events are one moment now" in page
    assert page.count("They share") == 7
    html = get(as_alice, "moment", in_step, group.pk)
    assert "seen by 2" in html
    assert "brought in by Alice" in html
    post(as_alice, "ungroup", in_step, group=group.pk)
    assert state(in_step) == before
    assert len(found(in_step)) == 8
    assert as_alice.get(f"/incidents/{in_step.ref}/evidence/same/{group.pk}/").status_code == 404


def test_all_that_share_an_id_at_once_and_undone_at_once(as_alice, in_step):
    before = state(in_step)
    shown = ["-".join(map(str, one["events"])) for one in found(in_step)]
    answer = post(as_alice, "group_certain", in_step, certain=shown[:-1])
    assert Group.objects.count() == 7
    assert "7 moments are made" in as_alice.get(answer["Location"]).content.decode()
    post(as_alice, "ungroup", in_step, group=list(Group.objects.values_list("pk", flat=True)))
    assert state(in_step) == before


def test_what_is_left_out_is_another_moment_until_the_group_is_taken_apart(as_alice, alice, in_step):
    before = state(in_step)
    one, two = found(in_step)[0]["events"]
    third = in_step.events.exclude(pk__in=[one, two]).first().pk
    group = actions.group(incident=in_step, by=alice, events=[one, two], apart=[third])
    assert NotTheSame.objects.count() == 2
    actions.take_apart(group=group, by=alice)
    assert state(in_step) == before


def test_different_moments_are_not_asked_about_again_until_somebody_wants_it(as_alice, in_step):
    before = state(in_step)
    events = "-".join(map(str, found(in_step)[0]["events"]))
    post(as_alice, "say_apart", in_step, events=events)
    assert len(found(in_step)) == 7
    assert "Said to be different (1)" in get(as_alice, "same", in_step)
    comparing.Comparison.objects.all().delete()
    assert len(found(in_step)) == 7
    post(as_alice, "ask_again", in_step, events=events)
    assert state(in_step) == before


def test_two_groups_never_become_one_and_a_group_can_grow(alice, in_step):
    a, b, c, d, e = in_step.events.values_list("pk", flat=True)[:5]
    first = actions.group(incident=in_step, by=alice, events=[a, b])
    actions.group(incident=in_step, by=alice, events=[c, d])
    with pytest.raises(NotPossible, match="two groups"):
        actions.group(incident=in_step, by=alice, events=[b, c])
    assert actions.group(incident=in_step, by=alice, events=[b, e]) == first
    assert first.events.count() == 3
    told = Entry.objects.count()
    actions.group(incident=in_step, by=alice, events=[a, b, e])
    assert Entry.objects.count() == told


@pytest.mark.parametrize("size", [0, 1, 13])
def test_a_moment_has_two_events_at_least_and_few_at_most(alice, in_step, size):
    with pytest.raises(NotPossible):
        actions.group(
            incident=in_step, by=alice, events=list(in_step.events.values_list("pk", flat=True)[:size])
        )


def test_events_of_another_incident_stay_out(alice, in_step):
    other = make.incident(by=alice, title="Another")
    stranger = make.events(other, 1)[0]
    mine = in_step.events.first()
    for change in (actions.group, actions.say_apart):
        with pytest.raises(NotPossible):
            change(incident=in_step, by=alice, events=[mine.pk, stranger.pk])


def test_participants_look_and_do_not_say(cast, in_step):
    html = get(signed_in(cast.ian), "same", in_step)
    assert "They share" in html
    assert "One moment</button>" not in html


def test_what_was_left_over_comes_when_all_is_answered(as_alice, in_step, monkeypatch):
    monkeypatch.setattr(comparing, "PROPOSALS", 3)
    assert "5 more wait" in get(as_alice, "same", in_step)
    for expected in (3, 3, 2, 0):
        html = get(as_alice, "same", in_step)
        assert html.count("They share") == expected
        for one in found(in_step):
            post(
                as_alice,
                "group_events",
                in_step,
                event=one["events"],
                events="-".join(map(str, one["events"])),
            )
    assert Group.objects.count() == 8


# --- on the line -----------------------------------------------------------------------------------


def grouped(alice, incident, count: int = 2) -> list[Event]:
    events = make.events(incident, 6)
    actions.group(incident=incident, by=alice, events=[event.pk for event in events[:count]])
    return events


def shown(incident) -> list[int]:
    return list(groups.folded(incident.events.shown()).in_order().values_list("pk", flat=True))


def test_the_leading_event_stands_and_the_others_fold_under_it(alice, incident, django_assert_num_queries):
    events = grouped(alice, incident, 3)
    numbers = [event.pk for event in events]
    assert shown(incident) == [numbers[0], *numbers[3:]]
    line = list(groups.folded(incident.events.shown()).select_related("source").in_order())
    with django_assert_num_queries(1):
        assert groups.followers_of(line) == {line[0].group_id: events[1:3]}
    with django_assert_num_queries(0):
        assert groups.followers_of(line[1:]) == {}


def test_the_pinned_event_leads_then_one_that_knows_the_second_and_never_a_hidden_one(alice, incident):
    events = grouped(alice, incident, 3)
    numbers = [event.pk for event in events]
    Event.objects.filter(pk=numbers[0]).update(precision="minute")
    Event.objects.filter(pk=numbers[2]).update(precision="nanosecond")
    assert shown(incident) == [numbers[1], *numbers[3:]]
    timelines.pin(event=events[2], by=alice)
    assert shown(incident) == numbers[2:]
    timelines.hide(event=events[2], by=alice, reason="elsewhere")
    assert shown(incident) == [numbers[1], *numbers[3:]]
    timelines.hide(event=events[1], by=alice, reason="elsewhere")
    assert shown(incident) == [numbers[0], *numbers[3:]]


def test_the_page_costs_the_same_with_many_moments(as_alice, alice, in_step):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            get(as_alice, "same", in_step)
        return len(asked)

    get(as_alice, "same", in_step)
    proposals = found(in_step)
    actions.group(incident=in_step, by=alice, events=proposals[0]["events"])
    actions.say_apart(incident=in_step, by=alice, events=proposals[1]["events"])
    one = queries()
    for proposal in proposals[2:6]:
        actions.group(incident=in_step, by=alice, events=proposal["events"])
    assert queries() == one
