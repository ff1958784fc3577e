from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.incidents import actions as incidents
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.writeup.commenting import actions, threads
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0

NOW = T0.replace(hour=10)  # a Tuesday, within everybody's working hours
MINUTE = timedelta(minutes=1)


def waiting(user) -> list[Letter]:
    return list(Letter.objects.filter(to=user.email, state="waiting").order_by("pk"))


def deliver(at) -> None:
    for letter in Letter.objects.filter(state="waiting").order_by("pk"):
        post.deliver(letter.pk, now=at)


@pytest.fixture
def thread(incident, cast):
    return make.comment(incident, "@Bob, was it the queue?", by=cast.ian, now=NOW)


def test_who_is_called_by_name_gets_one_letter_that_leads_to_the_comment(incident, thread, cast):
    (letter,) = waiting(cast.bob)
    assert "calls you by name" in letter.subject
    assert "was it the queue?" in letter.text
    assert f"/incidents/{incident.ref}/write-up/#comment-{thread.pk}" in letter.text
    assert Letter.objects.count() == 1, "nobody else was meant"


def test_who_cannot_read_the_draft_is_not_called(incident, cast):
    made = make.comment(incident, "@Mel @Rita @Gone @Ian @Ada", by=cast.ian, now=NOW)
    assert {mention.user for mention in made.mentions.all()} == {cast.ada}
    assert Letter.objects.get().to == cast.ada.email


def test_the_first_comment_without_a_name_is_in_nobodys_mail(incident, cast):
    make.comment(incident, "Hm, write to bob@example.org", by=cast.ian, now=NOW)
    assert not Letter.objects.exists()


def test_answers_reach_the_people_of_the_thread_and_not_who_gave_them(thread, cast):
    deliver(NOW)
    actions.answer(thread=thread, by=cast.alice, text="The pool, I think", now=NOW + MINUTE)
    assert [letter.to for letter in Letter.objects.filter(state="waiting").order_by("to")] == [
        cast.bob.email, cast.ian.email,
    ]  # fmt: skip
    assert "Alice commented" in waiting(cast.ian)[0].subject


def test_what_is_said_meanwhile_joins_the_letter_that_waits(thread, cast):
    for number, word in enumerate(("pool", "lock", "queue")):
        actions.answer(thread=thread, by=cast.alice, text=f"The {word}", now=NOW + number * MINUTE)
    (letter,) = waiting(cast.ian)
    assert [word for word in ("pool", "lock", "queue") if word in letter.text] == ["pool", "lock", "queue"]
    assert "3 comments" in letter.subject


def test_between_two_letters_of_a_thread_lies_half_an_hour(thread, cast):
    deliver(NOW)
    for number, word in enumerate(("pool", "lock")):
        actions.answer(thread=thread, by=cast.alice, text=f"The {word}", now=NOW + (1 + number) * MINUTE)
    (letter,) = waiting(cast.bob)
    assert letter.next_try_at == NOW + 30 * MINUTE
    assert "was it" not in letter.text, "he was told that before"
    assert "pool" in letter.text
    assert "lock" in letter.text
    assert waiting(cast.ian)[0].next_try_at == NOW + 2 * MINUTE, "the first one of his need not wait"


def test_letters_come_at_decent_hours(thread, cast):
    late = NOW.replace(hour=22)
    actions.answer(thread=thread, by=cast.alice, text="The pool", now=late)
    assert waiting(cast.ian)[0].next_try_at == NOW.replace(hour=9) + timedelta(days=1)


def test_a_removed_comment_is_taken_out_of_letters_that_wait(thread, cast):
    answers = [
        actions.answer(thread=thread, by=cast.alice, text=f"The {word}", now=NOW) for word in ("pool", "lock")
    ]
    actions.remove(comment=answers[0], by=cast.alice, now=NOW + MINUTE)
    (letter,) = waiting(cast.ian)
    assert "pool" not in letter.text
    assert "lock" in letter.text
    actions.remove(comment=answers[1], by=cast.alice, now=NOW + 2 * MINUTE)
    assert waiting(cast.ian) == []
    actions.remove(comment=thread, by=cast.ian, now=NOW + 2 * MINUTE)
    assert waiting(cast.bob) == [], "who was called by it alone is not called any more"


def test_a_changed_comment_calls_whom_it_names_now_and_nobody_twice(thread, cast):
    deliver(NOW)
    actions.edit(comment=thread, by=cast.ian, text="@Bob, was it the pool?", now=NOW + MINUTE)
    assert waiting(cast.bob) == []
    actions.edit(comment=thread, by=cast.ian, text="@Bob @Apo, was it the pool?", now=NOW + 2 * MINUTE)
    assert waiting(cast.bob) == []
    assert "was it the pool?" in waiting(cast.apo)[0].text
    actions.edit(comment=thread, by=cast.ian, text="@Bob, was it the pool?", now=NOW + 3 * MINUTE)
    assert waiting(cast.apo) == []


def test_who_left_the_circle_gets_no_more_letters(thread, cast):
    incidents.remove_from_circle(member=cast.incident.circle.get(user=cast.bob), by=cast.alice)
    actions.answer(thread=thread, by=cast.alice, text="The pool", now=NOW)
    assert [letter.to for letter in Letter.objects.filter(state="waiting", text__contains="pool")] == [
        cast.ian.email
    ]


def test_letters_of_a_restricted_review_carry_no_words(restricted, cast):
    incidents.add_to_circle(incident=restricted, by=cast.alice, user=cast.bob, role="co")
    save_section(incident=restricted, key="story", text="A private word.", version=0, by=cast.alice)
    made = make.comment(
        restricted, "@Bob, hush", on="private word", by=cast.alice, now=NOW, suggestion="plain word"
    )
    actions.answer(thread=made, by=cast.alice, text="Truly hush", now=NOW)
    actions.accept(thread=made, by=cast.bob, seen=threads.seen("private word"), now=NOW)
    assert Letter.objects.count() > 1
    for letter in Letter.objects.all():
        for word in ("hush", "private", "plain word", restricted.title, "story"):
            assert word not in letter.subject + letter.text + letter.html, word


def test_who_suggested_is_told_what_became_of_it(incident, cast):
    save_section(incident=incident, key="story", text="It was quiet.", version=0, by=cast.alice)
    made = make.comment(incident, "", on="quiet", by=cast.ian, now=NOW, suggestion="silent")
    actions.decline(thread=made, by=cast.bob, now=NOW)
    (letter,) = waiting(cast.ian)
    assert "not taken up" in letter.subject
    mine = make.comment(incident, "", on="quiet", by=cast.bob, now=NOW, suggestion="calm")
    actions.decline(thread=mine, by=cast.bob, now=NOW)
    assert waiting(cast.bob) == []


def test_a_long_thread_makes_no_long_letter(thread, cast):
    for number in range(25):
        actions.answer(thread=thread, by=cast.alice, text=f"Thought number {number}.", now=NOW)
    (letter,) = waiting(cast.ian)
    assert "Thought number 24." in letter.text
    assert "Thought number 3." not in letter.text
