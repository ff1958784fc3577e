"""Cues, decision points, and the questions about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.incidents.actions import add_participant
from postmortems.interviews.listening import actions, cues
from postmortems.interviews.models import Question
from tests import make
from timelines import actions as timelines
from timelines import storing
from timelines.merging import actions as merging
from timelines.models import Alias, Person

NOW = make.T0 + timedelta(days=2)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def interview(cast):
    return make.interview(cast.incident, interviewer=cast.alice, state="accepted")


def tell(incident, *rows, actor="Ian"):
    records = [make.record(text, minutes=minutes, kind=kind, actor=actor) for minutes, kind, text in rows]
    for batch in storing.batches(iter(records)):
        storing.store(make.source(incident), batch)


def where(interview, name):
    return reverse(f"interviews:{name}", args=[interview.incident.ref, interview.pk])


@pytest.fixture
def page(client, cast, interview):
    client.force_login(cast.alice)
    return lambda **query: client.get(where(interview, "conduct"), query).content.decode()


def test_beside_the_notes_stands_what_they_did_and_what_stood_around_it(cast, interview, page):
    tell(cast.incident, (14, "command", "systemctl restart x"), (20, "message", "watching"))
    tell(cast.incident, (15, "message", "@Ian can you look?"), (16, "message", "lunch?"), actor="Mara")
    make.hypothesis(cast.incident, by=cast.alice)
    merging.ask(
        incident=cast.incident, by=cast.alice, text="What happened here?",
        begins_at=make.T0 + timedelta(minutes=30), ends_at=make.T0 + timedelta(minutes=50),
    )  # fmt: skip
    shown = page()
    assert "systemctl restart x" in shown
    assert "@18:14" in shown
    assert "What happened here?" in shown
    assert cast.incident.hypotheses.get().sentence in shown
    assert "lunch?" not in shown


def test_a_person_is_found_by_every_name(cast, interview):
    participant = interview.participant
    participant.known_as = ["U123", "ian.k"]
    participant.save()
    tell(cast.incident, (1, "message", "by id"), actor="ian.k")
    tell(cast.incident, (2, "message", "as mapped"), actor="the-night-owl")
    person = Person.objects.create(name="Ian", user=cast.ian)
    Alias.objects.create(person=person, format="", actor="the-night-owl", by=cast.alice)
    found = cues.cues(interview, cues.persons_of(participant))
    assert [row.text for row in found.rows] == ["by id", "as mapped"]


def test_cues_are_paged(cast, interview, page):
    tell(cast.incident, *((n / 2, "message", f"message {n:03}") for n in range(150)))
    first, second = page(), page(cues=2)
    assert "message 059" in first
    assert "message 060" not in first
    assert "message 060" in second
    assert page(cues="nonsense").count("data-cue ") == first.count("data-cue ")


def test_each_decision_has_questions_and_says_whether_one_was_asked(client, cast, interview, page):
    tell(
        cast.incident,
        (14, "command", "systemctl restart x"),
        (48, "rollback", "back to 4.17"),
        (50, "message", "hello"),
    )
    shown = page()
    assert "No question asked yet about the command at 18:14 and the rollback at 18:48." in shown
    event = cast.incident.events.get(kind="command")
    client.post(where(interview, "change_question"), {"ask": f"event-{event.pk}/acting/0"})
    client.post(where(interview, "change_question"), {"ask": f"event-{event.pk}/acting/0"})
    asked = Question.objects.get()
    assert asked.event == event
    assert asked.asked_at
    assert "No question asked yet about the rollback at 18:48." in page()
    client.post(where(interview, "change_question"), {"unasked": asked.pk})
    assert "the command at 18:14 and the rollback at 18:48." in page()


def test_a_busy_night_is_shown_from_its_beginning_to_its_end(cast, interview):
    tell(cast.incident, *((n / 10, "command", f"command {n}") for n in range(1200)))
    pinned = cast.incident.events.order_by("at")[7]
    timelines.pin(event=pinned, by=cast.alice)
    found = cues.points(interview, cues.persons_of(interview.participant), [])
    assert 20 <= len(found) <= cues.POINTS
    assert found[0].at <= make.T0 + timedelta(minutes=5)
    assert found[-1].at >= make.T0 + timedelta(minutes=110)
    assert pinned.pk in {point.pk for point in found}
    assert found == sorted(found, key=lambda point: point.at)


def test_what_they_believed_is_a_point_too(client, cast, interview, page):
    belief = make.hypothesis(cast.incident, by=cast.alice)
    belief.participants.add(interview.participant)
    client.post(where(interview, "change_question"), {"ask": f"hypothesis-{belief.pk}/interpretation/1"})
    assert Question.objects.get().hypothesis == belief
    assert "Every decision on this list has had a question." in page()


def test_a_question_of_ones_own_is_read_first(client, cast, interview):
    client.force_login(cast.alice)
    add = where(interview, "add_question")
    answer = client.post(add, {"question": "Why did you restart it?"})
    assert answer.status_code == 422
    assert "What did you see just before you restarted it?" in answer.content.decode()
    assert not Question.objects.exists()
    client.post(add, {"question": "Why did you restart it?", "as_it_stands": "1"})
    client.post(
        add,
        {"question": "Why did you restart it?", "instead": "What did you see just before you restarted it?"},
    )
    client.post(add, {"question": "  What\ncame \x00 next? "})
    assert list(Question.objects.values_list("text", flat=True)) == [
        "Why did you restart it?", "What did you see just before you restarted it?", "What came next?",
    ]  # fmt: skip


def test_a_participant_is_not_made_the_one_to_blame(cast, interview):
    with pytest.raises(actions.Closes):
        actions.add_question(interview=interview, by=cast.alice, text="How did Ian break it?", now=NOW)


def test_the_order_is_made_by_hand(client, cast, interview):
    client.force_login(cast.alice)
    for text in ("What first?", "What second?", "What third?"):
        actions.add_question(interview=interview, by=cast.alice, text=text, now=NOW)
    third = Question.objects.get(text="What third?")
    for _ in range(3):
        client.post(where(interview, "change_question"), {"up": third.pk})
    first = Question.objects.get(text="What first?")
    client.post(where(interview, "change_question"), {"down": first.pk})
    assert list(Question.objects.values_list("text", flat=True)) == [
        "What third?",
        "What second?",
        "What first?",
    ]
    client.post(where(interview, "change_question"), {"remove": third.pk})
    assert not Question.objects.filter(pk=third.pk).exists()


def test_questions_are_changed_by_the_interviewer_of_this_conversation_alone(client, cast, interview):
    question = actions.add_question(interview=interview, by=cast.alice, text="What first?", now=NOW)
    other = make.incident(by=cast.bob, title="Another")
    add_participant(incident=other, by=cast.bob, name="Zoe", role="On-call responder")
    foreign = make.interview(other, interviewer=cast.bob)
    client.force_login(cast.bob)
    client.post(where(foreign, "change_question"), {"remove": question.pk})
    assert Question.objects.filter(pk=question.pk).exists()
    event = make.event(interview.incident)
    client.post(where(foreign, "change_question"), {"ask": f"event-{event.pk}/acting/0"})
    assert Question.objects.get(interview=foreign).event is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "event-1",
        "event-1/acting/99",
        "-/help/x",
        "event-99999999999999999/acting/0",
        "-/phase-close/٣",
    ],
)
def test_nonsense_asks_nothing_or_about_nothing(client, cast, interview, value):
    client.force_login(cast.alice)
    assert client.post(where(interview, "change_question"), {"ask": value}).status_code == 302
    assert not Question.objects.exclude(event=None).exists()


def test_the_linter_answers_while_one_types(client, cast, interview):
    client.force_login(cast.alice)
    answer = client.post(where(interview, "check_question"), {"question": "Who did it?"}, headers=HTMX)
    assert "looks for a person" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert not Question.objects.exists()
    client.force_login(cast.rita)
    page = client.post(reverse("interviews:check_a_question"), {"question": "Did you see it?"})
    assert "yes or no" in page.content.decode()


def test_the_page_asks_the_database_the_same_number_of_times(
    cast, interview, page, django_assert_max_num_queries
):
    tell(cast.incident, (14, "command", "systemctl restart x"))
    with django_assert_max_num_queries(60) as few:
        page()
    tell(cast.incident, *((n / 4, "command", f"command {n}") for n in range(100)))
    for n in range(20):
        make.hypothesis(cast.incident, by=cast.alice).participants.add(interview.participant)
        actions.add_question(interview=interview, by=cast.alice, text=f"What came {n}th?", now=NOW)
        merging.ask(incident=cast.incident, by=cast.alice, text=f"What {n}?", begins_at=make.T0)
    body = "\n".join(f"@18:{n:02} line {n}" for n in range(40))
    actions.save_note(interview=interview, by=cast.alice, body=body, version=0, now=NOW)
    with django_assert_max_num_queries(len(few)):
        page()
