"""What was believed, tried and told; phases to times; the service level: as people use the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import make
from tests.timelines.conftest import queries, signed_in
from timelines import storing
from timelines.models import Hypothesis, Indicator, Intervention
from timelines.story import actions

pytestmark = pytest.mark.django_db


def where(name: str, incident, *args) -> str:
    return reverse(f"timelines:{name}", args=[incident.ref, *args])


@pytest.fixture
def bob(cast):
    return signed_in(cast.bob)


def test_a_hypothesis_begins_with_an_event_and_stands_in_page_and_picture(bob, cast, incident):
    event = make.event(incident, "replica lag 35 s", pinned=True, by=cast.alice)
    form = bob.get(where("add_span", incident, "hypothesis") + f"?event={event.pk}").content.decode()
    assert re.search(rf'value="{event.pk}" selected', form)
    bob.post(where("add_span", incident, "hypothesis"), {
        "sentence": "The nightly copy slows the replica", "held_by": "the bridge", "begins_at": "2026-03-10T18:05:00",
        "outcome": "refuted", "became": "the copy had ended", "ends_at": "2026-03-10T18:25:00", "events": [event.pk],
    })  # fmt: skip
    belief = Hypothesis.objects.get()
    assert list(belief.events.all()) == [event]
    page = bob.get(where("story", incident)).content.decode()
    assert "The nightly copy slows the replica" in page
    assert "It did not hold" in page
    assert "The nightly copy" in bob.get(where("timeline", incident)).content.decode()


def test_an_intervention_says_why_it_was_tried_and_what_followed(bob, cast, incident):
    belief = make.hypothesis(incident, by=cast.bob)
    bob.post(where("add_span", incident, "intervention"), {
        "sentence": "Restarted the pool", "begins_at": "2026-03-10T18:10:00", "effect": "none", "hypothesis": belief.pk, "tried_by": "", "seen": "",
    })  # fmt: skip
    assert Intervention.objects.get().hypothesis == belief
    assert "Nothing changed" in bob.get(where("story", incident)).content.decode()


def test_an_end_before_the_beginning_is_refused_with_a_sentence(bob, incident):
    answer = bob.post(where("add_span", incident, "hypothesis"), {
        "sentence": "x", "begins_at": "2026-03-10T18:05:00", "ends_at": "2026-03-10T18:00:00", "outcome": "open",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "The end lies before the beginning." in answer.content.decode()


def test_two_people_changing_one_hypothesis_lose_nothing_silently(bob, cast, incident):
    belief = make.hypothesis(incident, by=cast.alice)
    given = {
        "sentence": "Newer",
        "begins_at": "2026-03-10T18:05:00",
        "outcome": "open",
        "held_by": "",
        "became": "",
    }
    bob.post(where("edit_span", incident, "hypothesis", belief.pk), given | {"version": 1})
    late = bob.post(
        where("edit_span", incident, "hypothesis", belief.pk), given | {"version": 1, "sentence": "Late"}
    )
    assert (late.status_code, Hypothesis.objects.get().sentence) == (422, "Newer")
    assert "Late" in late.content.decode(), "what was typed is still there"


def test_what_is_taken_away_can_be_put_back_whole(bob, cast, incident):
    event = make.event(incident, "lag", pinned=True, by=cast.alice)
    belief = actions.add(
        kind=Hypothesis, incident=incident, by=cast.alice, events=[event],
        fields={"sentence": "The disk is full", "begins_at": make.T0, "ends_at": make.T0 + timedelta(minutes=9), "outcome": "left"},
    )  # fmt: skip
    page = bob.post(where("remove_span", incident, "hypothesis", belief.pk), follow=True).content.decode()
    assert not Hypothesis.objects.exists()
    back = re.search(r'href="([^"]*put-back[^"]*)"', page)[1]
    assert "The disk is full" in bob.get(back).content.decode()
    bob.post(back.split("?")[0], {"back": back.split("back=")[1]})
    again = Hypothesis.objects.get()
    assert (again.sentence, again.ends_at, again.outcome, list(again.events.all())) == (
        "The disk is full", make.T0 + timedelta(minutes=9), "left", [event]
    )  # fmt: skip
    assert bob.post(back.split("?")[0], {"back": "forged"}, follow=True).status_code == 200
    assert Hypothesis.objects.count() == 1


def test_what_was_told_stands_beside_what_was_known(bob, cast, incident):
    records = [
        make.record("We are looking into it", minutes=22, kind="customer message"),
        make.record("We know why", minutes=50, kind="customer message"),
    ]
    storing.store(make.source(incident), records)
    make.hypothesis(incident, by=cast.alice, sentence="The pool is full")
    page = bob.get(where("story", incident)).content.decode()
    assert page.index("The pool is full") < page.index("We are looking into it") < page.index("We know why")
    assert "Customers were first told" in page


def test_times_are_taken_from_phases_and_nothing_else_is_touched(bob, cast, incident):
    from timelines.actions import mark_phase

    one, two = make.events(incident, 2)
    mark_phase(event=one, by=cast.alice, begins="detect")
    mark_phase(event=two, by=cast.alice, begins="diagnose", ends="detect")
    before = incident.resolved_at
    page = bob.get(where("phases", incident)).content.decode()
    assert "Diagnose" in page
    bob.post(where("take_times", incident), {"time": ["detected"], "version": incident.version})
    incident.refresh_from_db()
    assert (incident.detected_at, incident.resolved_at) == (two.at, before)
    late = bob.post(
        where("take_times", incident), {"time": ["detected"], "version": 1}, follow=True
    ).content.decode()
    assert "in the meantime" in late


CSV = b"time,good,latency\n" + b"".join(
    b"2026-03-10T18:%02d:00Z,%s,0.2\n" % (minute, b"0.5" if minute < 10 else b"1") for minute in range(40)
)


def test_an_indicator_is_brought_in_and_said_in_figures(bob, incident):
    """Ten minutes at half are five minutes of full outage: 12.4 % of 40 minutes and 19 seconds."""
    choose = bob.post(where("add_level", incident), {"file": SimpleUploadedFile("slo.csv", CSV)})
    assert choose.status_code == 200
    assert "latency" in choose.content.decode()
    given = {
        "which": "0",
        "name": "Bookings",
        "meaning": "good",
        "objective": "99.9",
        "window_days": "28",
        "spent_before": "50",
    }
    page = bob.post(where("add_level", incident), given, follow=True).content.decode()
    assert "12 % of the 28-day error budget" in page
    assert "38 % left" in page
    assert "Bookings" in bob.get(where("timeline", incident)).content.decode()
    indicator = Indicator.objects.get()
    bob.post(where("change_level", incident, indicator.pk, "crossings"))
    bob.post(where("change_level", incident, indicator.pk, "crossings"))
    assert incident.events.filter(kind="level").count() == 2
    bob.post(where("change_level", incident, indicator.pk, "remove"))
    assert not Indicator.objects.exists()


def test_percent_instead_of_shares_is_refused_with_what_to_do(bob, incident):
    bob.post(
        where("add_level", incident),
        {"file": SimpleUploadedFile("a.csv", b"time,v\n2026-03-10T18:00:00Z,99.5\n")},
    )
    given = {"which": "0", "name": "x", "meaning": "good", "objective": "99.9", "window_days": "28"}
    answer = bob.post(where("add_level", incident), given)
    assert answer.status_code == 422
    assert "divide them by 100" in answer.content.decode()


def test_a_file_without_measurements_is_refused(bob, incident):
    answer = bob.post(
        where("add_level", incident), {"file": SimpleUploadedFile("a.json", b'{"data": {"result": []}}')}
    )
    assert answer.status_code == 422
    assert "no measurements" in answer.content.decode()


def test_the_story_asks_the_same_number_of_queries_with_any_number_of_spans(cast, incident):
    alice, numbers = signed_in(cast.alice), []
    for count in (1, 20):
        while Hypothesis.objects.count() < count:
            make.hypothesis(incident, by=cast.alice)
        numbers.append(queries(alice, where("story", incident)))
    assert len(set(numbers)) == 1, numbers
