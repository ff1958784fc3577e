"""Silences become questions, questions are answered; nothing is asked twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from tests import make
from tests.timelines.conftest import signed_in
from tests.timelines.merging.conftest import get, post
from timelines import actions as timelines
from timelines import storing
from timelines.actions import NotPossible
from timelines.merging import actions
from timelines.merging.actions.people import Choice
from timelines.merging.questions import offered
from timelines.models import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiet(incident):
    """People write at minutes 2, 9 and 50 of an incident of 84; a machine writes every five minutes."""
    told = [make.record("looking", minutes=minute, actor_kind="person") for minute in (2, 9, 50)]
    storing.store(make.source(incident), told)
    beats = [
        make.record("tick", minutes=minute, actor="cron", actor_kind="system") for minute in range(0, 84, 5)
    ]
    storing.store(make.source(incident, "db-1", "syslog"), beats)
    return incident


def minutes(question) -> tuple[float, float]:
    begin, end = question.begin - make.T0, question.end - make.T0
    return begin / timedelta(minutes=1), end / timedelta(minutes=1)


def test_a_silence_of_people_is_offered_though_machines_wrote(as_alice, quiet):
    assert [minutes(one) for one in offered(quiet)] == [(9, 50), (50, 84)]
    html = get(as_alice, "questions", quiet)
    assert "What were you doing between 18:09 and 18:50? Nothing human is on record." in html


def test_who_is_said_to_be_a_bot_breaks_no_silence(quiet, alice):
    source = quiet.sources.get(format="slack")
    robin = [
        make.record(f"tidied up {at}", minutes=at, actor="Robin", actor_kind="person")
        for at in range(15, 48, 6)
    ]
    storing.store(source, robin)
    assert [minutes(one) for one in offered(quiet)] == [(50, 84)]
    choice = Choice(format=source.format, actor_id="", actor="Robin", who="bot")
    (alias,) = actions.map_names(incident=quiet, by=alice, choices=[choice])
    assert [minutes(one) for one in offered(quiet)] == [(9, 50), (50, 84)]
    tidied = quiet.events.get(text="tidied up 15")
    timelines.hide(event=tidied, by=alice, reason="it is a bot")
    timelines.show(event=tidied, by=alice)
    assert [minutes(one) for one in offered(quiet)] == [(9, 50), (50, 84)]
    actions.unmap(incident=quiet, by=alice, aliases=[alias])
    assert [minutes(one) for one in offered(quiet)] == [(50, 84)]


def test_one_click_asks_once_and_offers_it_no_more(as_alice, quiet):
    one = offered(quiet)[0]
    for _ in range(2):
        post(as_alice, "ask", quiet, text=one.text, begin=one.begin.isoformat(), end=one.end.isoformat())
    question = Question.objects.get()
    assert (question.begins_at, question.ends_at, question.text) == (one.begin, one.end, one.text)
    assert [minutes(one) for one in offered(quiet)] == [(50, 84)]
    post(as_alice, "withdraw_question", quiet, question.pk)
    assert len(offered(quiet)) == 2


def test_a_question_is_closed_with_what_was_learned_and_opened_again(as_alice, quiet):
    post(as_alice, "ask", quiet, text="What did the dashboard show <b>then</b>?")
    question = Question.objects.get()
    html = get(as_alice, "questions", quiet)
    assert "&lt;b&gt;then" in html
    post(as_alice, "answer_question", quiet, question.pk, answer=" An average over \n all shops ")
    question.refresh_from_db()
    assert question.answer == "An average over all shops"
    assert question.closed_at
    html = get(as_alice, "questions", quiet)
    assert "No question is open" in html
    assert "An average over all shops" in html
    post(as_alice, "reopen_question", quiet, question.pk)
    question.refresh_from_db()
    assert (question.closed_at, question.answer) == (None, "An average over all shops")


def test_two_people_close_a_question_once(alice, quiet):
    question = actions.ask(incident=quiet, by=alice, text="What was tried first?")
    actions.answer(question=question, by=alice, text="A restart")
    told = Entry.objects.count()
    with pytest.raises(NotPossible):
        actions.answer(question=question, by=alice, text="Something else")
    with pytest.raises(NotPossible):
        actions.withdraw(question=question, by=alice)
    question.refresh_from_db()
    assert question.answer == "A restart"
    assert Entry.objects.count() == told


def test_the_trail_does_not_carry_the_question(alice, quiet):
    actions.ask(incident=quiet, by=alice, text="Who told Mara?")
    assert "Mara" not in Entry.objects.latest("pk").sentence


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_no_question_is_none(as_alice, quiet, text):
    post(as_alice, "ask", quiet, text=text)
    assert not Question.objects.exists()


def test_without_its_times_an_incident_has_no_silences(as_alice, alice):
    incident = make.incident(by=alice, resolved_at=None, mitigated_at=None)
    make.events(incident, 3)
    assert offered(incident) == []
    assert "its times</a> are not complete" in get(as_alice, "questions", incident)


def test_questions_of_another_incident_are_not_found_here(as_alice, alice, quiet):
    other = make.incident(by=alice, title="Another")
    question = actions.ask(incident=other, by=alice, text="What was tried first?")
    for name in ("answer_question", "reopen_question", "withdraw_question"):
        assert as_alice.post(reverse(f"timelines:{name}", args=[quiet.ref, question.pk])).status_code == 404


def test_participants_read_and_do_not_ask(cast, quiet):
    html = get(signed_in(cast.ian), "questions", quiet)
    assert "Nothing human on record" in html
    assert "Ask this" not in html


def test_a_question_about_an_event_is_asked_beside_it(as_alice, alice, quiet):
    event, other = quiet.events.in_order()[:2]
    assert "Write down a question about it" in get(as_alice, "event", quiet, event.pk)
    post(as_alice, "ask", quiet, text="What was looked at?", event=event.pk)
    assert Question.objects.get().event == event
    assert f"about {event.text}" in get(as_alice, "questions", quiet)
    group = actions.group(incident=quiet, by=alice, events=[event.pk, other.pk])
    assert reverse("timelines:moment", args=[quiet.ref, group.pk]) in get(as_alice, "event", quiet, event.pk)
