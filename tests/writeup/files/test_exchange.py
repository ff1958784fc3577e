from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortems.incidents.impact import actions as impact
from postmortems.writeup.conditions import actions as conditions
from postmortems.writeup.files import exchange
from postmortems.writeup.writing import actions
from tests import make
from tests.writeup.files.test_draft import TEXTS


@pytest.fixture
def written(cast):
    make.writeup_of(cast.incident)
    return cast.incident


def take(incident, text, by):
    return exchange.take(incident=incident, text=text, by=by, now=timezone.now())


def test_a_file_that_nobody_changed_changes_nothing(cast, written):
    text = exchange.export(written)
    plan = exchange.plan(written, text)
    assert not plan.changes
    assert not plan.troubles
    assert plan.unchanged == 11
    assert take(written, text.replace("\n", "\r\n"), cast.bob) == ([], [])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.sampled_from(["summary", "told", "well"]))
def test_any_text_goes_out_and_comes_back(cast, text, key):
    section = cast.incident.sections.filter(key=key).first()
    actions.save_section(
        incident=cast.incident, key=key, text=text, version=section.version if section else 0, by=cast.alice
    )
    plan = exchange.plan(cast.incident, exchange.export(cast.incident))
    assert not plan.changes
    assert not plan.troubles


def test_what_was_written_in_the_file_and_on_the_page_is_brought_together(cast, written):
    text = exchange.export(written)
    section = written.sections.get(key="summary")
    actions.save_section(
        incident=written, key="summary", text=f"First. {section.text}", version=section.version, by=cast.alice
    )
    mine = text.replace(section.text, f"\n{section.text} Last.\n")
    (change,) = exchange.plan(written, mine).changes
    assert change.meanwhile
    done, troubles = take(written, mine, cast.bob)
    assert done == ["“In short” is saved, together with what somebody else wrote meanwhile."]
    assert not troubles
    section.refresh_from_db()
    assert section.text.startswith("First. ")
    assert section.text.endswith(" Last.")
    assert section.saved_by == cast.bob
    before = section.version
    assert take(written, mine, cast.bob)[1] == []
    section.refresh_from_db()
    assert section.version == before, "the same file again changes nothing"


def test_conditions_are_changed_and_recorded(cast, written):
    event = written.conditions.first().events.get()
    text = exchange.export(written).replace(
        "Sentence: Retries had no budget", "Sentence: Retries knew no end"
    )
    new = (
        f"<!-- draft: begin condition new -->\nKind: helped\nSentence: A runbook was there\nRests on: event {event.pk}\n\n"
        "It was new.\n<!-- draft: end condition new -->\n\n"
    )
    text = text.replace("### Events that can be cited", new + "### Events that can be cited")
    done, troubles = take(written, text, cast.bob)
    assert done == ["C1 is recorded.", "A new condition is recorded."]
    assert not troubles
    assert written.conditions.get(number=1).sentence == "Retries knew no end"
    added = written.conditions.get(number=3)
    assert (added.kind_id, added.made_sense, added.events.get()) == ("helped", "It was new.", event)
    take(written, text, cast.bob)
    assert written.conditions.count() == 3


def test_a_condition_somebody_changed_meanwhile_stays_as_they_left_it(cast, written):
    text = exchange.export(written).replace("Sentence: Retries had no budget", "Sentence: Mine")
    one = written.conditions.get(number=1)
    conditions.save_condition(
        incident=written, by=cast.alice, kind=one.kind, sentence="Theirs", made_sense="", events=one.events.all(),
        condition=one, version=one.version,
    )  # fmt: skip
    done, troubles = take(written, text, cast.bob)
    assert not done
    assert "C1 was changed by somebody else" in troubles[0].why
    assert written.conditions.get(number=1).sentence == "Theirs"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Kind: technical", "Kind: human", "no kind that is known"),
        ("Sentence: Retries had no budget", "Sentence:", "at most 300 characters"),
        ("Rests on: event", "Rests on: event 999999999, event", "does not have: 999999999"),
        ("condition 1", "condition 77", "There is no C77"),
    ],
)
def test_a_condition_that_cannot_be_taken_is_told(cast, written, old, new, told):
    done, troubles = take(
        written, exchange.export(written).replace(old, new, 2 if "condition 1" in old else 1), cast.bob
    )
    assert not done
    assert any(told in trouble.why for trouble in troubles)


def test_how_much_it_hurt_is_told_and_not_taken(cast, written):
    impact.add_figure(incident=written, by=cast.bob, what="waited", number=Decimal(1914), unit="people")
    impact.add_figure(incident=written, by=cast.bob, what="lost", unknown_because="nobody counted")
    text = exchange.export(written)
    assert "- waited: 1914 people" in text
    assert "- lost: unknown, because nobody counted" in text
    assert exchange.plan(written, text).troubles == []
    [trouble] = exchange.plan(written, text.replace("1914 people", "12 people")).troubles
    assert "on their own page" in trouble.why


def test_events_of_another_incident_are_not_cited(cast, written):
    other = make.event(make.incident(by=cast.alice, restricted=True), "secret")
    text = exchange.export(written).replace("Rests on: event", f"Rests on: event {other.pk}, event")
    assert take(written, text, cast.bob)[0] == []


def test_a_file_of_another_incident_is_refused(cast, written):
    other = make.incident(by=cast.alice)
    with pytest.raises(exchange.OtherIncident, match=f"of {other.ref}"):
        take(written, exchange.export(other), cast.bob)
    with pytest.raises(exchange.OtherIncident, match="head is missing"):
        take(written, "# just words", cast.bob)


def test_constant_queries(cast, written, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        exchange.export(written)


def test_a_version_that_never_was_loses_nothing(cast, written):
    standing = written.sections.get(key="well").text
    for version in ("77", "4294967295", "9999999999"):
        text = exchange.export(written).replace("begin well, version 1", f"begin well, version {version}")
        take(written, text.replace(standing, "Something else."), cast.bob)
        section = written.sections.get(key="well")
        history = list(section.history.values_list("text", flat=True))
        assert any("Something else." in one for one in history)
        assert standing in history
