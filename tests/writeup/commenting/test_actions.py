from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.audit.models import Entry
from postmortems.meetings import material
from postmortems.writeup.commenting import actions, threads
from postmortems.writeup.commenting.passages import LONGEST, Passage, Selected, passage_of
from postmortems.writeup.commenting.refusals import NotPossible
from postmortems.writeup.models import Comment, Section
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0

STORY = "The queue grew from noon on.\n\nThe pager was quiet all night.\n\nSupport called at two."


def write(incident, text: str, by=None) -> Section:
    stands = Section.objects.filter(incident=incident, key="story").first()
    by = by or incident.opened_by
    return save_section(
        incident=incident, key="story", text=text, version=stands.version if stands else 0, by=by
    ).section


def text_of(incident) -> str:
    return Section.objects.get(incident=incident, key="story").text


@pytest.fixture
def story(incident):
    return write(incident, STORY)


def accept(comment, by, seen=None):
    words = threads.one(comment).seen if seen is None else threads.seen(seen)
    return actions.accept(thread=comment, by=by, seen=words, now=T0)


# --- where it stands ---------------------------------------------------------------------------------


def test_a_comment_stays_on_its_words_through_edits_around_it(incident, story, cast):
    made = make.comment(incident, on="quiet all night", by=cast.ian)
    write(incident, "At ten it began. " + STORY.replace("called", "wrote"))
    thread = threads.one(made)
    assert (thread.words, thread.is_changed, thread.is_gone) == ("quiet all night", False, False)


def test_words_that_are_gone_are_told_and_come_back(incident, story, cast):
    made = make.comment(incident, on="The pager was quiet all night.", by=cast.ian)
    write(incident, "Something else.")
    assert threads.one(made).is_gone
    assert threads.of(incident)["story"].open[0].is_gone
    write(incident, "Something else.\n\nThe pager was quiet all night.")
    assert threads.one(made).words == "The pager was quiet all night."


def test_a_selection_is_of_the_text_that_was_on_the_page(incident, story, cast):
    write(incident, "One more line.\n\n" + STORY)
    at = STORY.index("quiet")
    found = passage_of(incident, Selected("story", 1, at, at + 5, "quiet"))
    assert found == Passage("story", 1, at, at + 5, "quiet")


def test_a_selection_of_words_that_are_not_saved_yet_is_found_once_they_are(incident, story, cast):
    found = passage_of(incident, Selected("story", 1, 30, 41, "The red fox"))
    assert found == Passage("story", 1, quote="The red fox")
    made = actions.comment(incident=incident, by=cast.ian, text="Which?", now=T0, passage=found)
    assert threads.one(made).is_unplaced
    write(incident, STORY + " The red fox ran.")
    assert threads.one(made).words == "The red fox"


def test_a_selection_whose_text_moved_meanwhile_is_looked_for_in_what_stands(incident, story):
    write(incident, "One more line.\n\n" + STORY)
    at = text_of(incident).index("quiet")
    found = passage_of(incident, Selected("story", 1, at, at + 7, " quiet "))
    assert (found.version, found.start, found.quote) == (2, at, "quiet")


def test_blanks_around_a_selection_are_left_out_and_lines_end_alike(incident, story):
    found = passage_of(incident, Selected("story", quote="noon on.\r\n\r\nThe pager "))
    assert found.quote == "noon on.\n\nThe pager"
    assert passage_of(incident, Selected("story", quote=" \n ")) == Passage("story")
    assert len(passage_of(incident, Selected("story", quote="x" * 99_999)).quote) == LONGEST


def test_places_are_told_as_browsers_count_them(incident, cast):
    write(incident, "🦊🦊 The pager was quiet.")
    made = make.comment(incident, on="pager", by=cast.ian)
    assert threads.one(made).place.start == 7
    assert threads.one(made).utf16 == (9, 14)


def test_threads_stand_in_the_order_of_their_words_and_resolved_ones_apart(incident, story, cast):
    last, first, whole, done = (
        make.comment(incident, words or "a section", on=words, by=cast.ian)
        for words in ("Support called", "The queue", "", "quiet")
    )
    actions.resolve(thread=done, by=cast.bob, now=T0)
    told = threads.of(incident)["story"]
    assert [thread.first for thread in told.open] == [first, last, whole]
    assert [thread.first for thread in told.resolved] == [done]


def test_two_hundred_comments_take_as_many_queries_as_one(incident, story, cast, django_assert_num_queries):
    def load():
        return [
            thread.difference if thread.suggests else thread.words
            for thread in threads.of(incident)["story"].open
        ]

    make.comment(incident, on="quiet", by=cast.ian)
    with django_assert_num_queries(6):
        load()
    for number in range(10):
        write(incident, text_of(incident) + f" And line {number}.")
    at = STORY.index("quiet")
    about = {
        "incident": incident,
        "by": cast.ian,
        "section": "story",
        "start": at,
        "end": at + 5,
        "quote": "quiet",
    }
    made = Comment.objects.bulk_create(
        Comment(version=1 + number % 10, suggestion=f"calm {number}", **about) for number in range(199)
    )
    Comment.objects.bulk_create(
        Comment(incident=incident, by=cast.bob, parent=one, text="Hm") for one in made
    )
    with django_assert_num_queries(6):
        assert len(load()) == 200


def test_more_threads_than_are_shown_are_counted(incident, story, cast, monkeypatch):
    monkeypatch.setattr(threads, "OPEN", 3)
    monkeypatch.setattr(threads, "ANSWERS", 2)
    made = [make.comment(incident, f"about {number}", by=cast.ian) for number in range(5)]
    for number in range(4):
        actions.answer(thread=made[0], by=cast.bob, text=f"answer {number}", now=T0)
    told = threads.of(incident)["story"]
    assert (len(told.open), told.more) == (3, 2)
    assert [answer.text for answer in told.open[0].answers] == ["answer 2", "answer 3"]


def test_open_threads_are_questions_of_the_meeting(incident, story, cast):
    make.comment(incident, "Which **one**?\n\nThere are two.", on="The pager", by=cast.ian)
    make.comment(
        incident, "", on="Support called", by=cast.ian, suggestion="Support wrote " + "and wrote " * 30
    )
    make.comment(incident, "A good read.", section="", by=cast.ian)
    done = make.comment(incident, "Done", by=cast.ian)
    actions.resolve(thread=done, by=cast.ian, now=T0)
    asked = material.open_questions(incident)[-3:]
    assert asked[0] == "“The story”, “The pager”: Which one? There are two."
    assert asked[1].startswith("“The story”, “Support called”: rather “Support wrote")
    assert len(asked[1]) < 250
    assert asked[2] == "The write-up: A good read."


# --- saying ------------------------------------------------------------------------------------------


def test_the_same_sent_twice_is_one_and_said_later_is_another(incident, story, cast):
    first = make.comment(incident, "Hm", on="quiet", by=cast.ian)
    assert make.comment(incident, "Hm", on="quiet", by=cast.ian) == first
    assert make.comment(incident, "Hm", on="noon", by=cast.ian) != first
    assert make.comment(incident, "Hm", on="quiet", by=cast.bob) != first
    assert make.comment(incident, "Hm", on="quiet", by=cast.ian, now=T0 + timedelta(hours=1)) != first
    said = [actions.answer(thread=first, by=cast.ian, text="Hm", now=T0) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0].parent == first


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "x" * 10_001])
def test_nothing_and_too_much_are_not_taken(incident, cast, text):
    with pytest.raises(NotPossible):
        make.comment(incident, text, by=cast.ian)
    thread = make.comment(incident, by=cast.ian)
    for action in (actions.answer, actions.edit):
        with pytest.raises(NotPossible):
            action(
                **{"thread" if action is actions.answer else "comment": thread},
                by=cast.ian,
                text=text,
                now=T0,
            )
    assert Comment.objects.count() == 1


def test_only_its_author_changes_or_removes_a_comment(incident, cast):
    made = make.comment(incident, "Ian was asleep", by=cast.ian)
    for act in (
        lambda: actions.edit(comment=made, by=cast.alice, text="x", now=T0),
        lambda: actions.remove(comment=made, by=cast.alice, now=T0),
    ):
        with pytest.raises(NotPossible, match="Only who wrote"):
            act()
    assert actions.edit(comment=made, by=cast.ian, text="Ian was resting", now=T0).edited_at == T0
    removed = actions.remove(comment=made, by=cast.ian, now=T0)
    assert removed.text == ""
    with pytest.raises(NotPossible, match="removed"):
        actions.edit(comment=made, by=cast.ian, text="again", now=T0)


def test_a_removed_comment_keeps_its_place_while_there_are_answers(incident, cast):
    made = make.comment(incident, by=cast.ian)
    alone = make.comment(incident, "Alone", by=cast.ian)
    answer = actions.answer(thread=made, by=cast.bob, text="I think so", now=T0)
    for comment in (made, alone):
        actions.remove(comment=comment, by=cast.ian, now=T0)
    assert [thread.first for thread in threads.of(incident)["story"].open] == [made]
    assert threads.open_count(incident) == 1
    actions.remove(comment=answer, by=cast.bob, now=T0)
    assert threads.open_count(incident) == 0


def test_an_answer_opens_a_resolved_thread_again(incident, cast):
    made = make.comment(incident, by=cast.ian)
    for _ in range(2):
        made = actions.resolve(thread=made, by=cast.bob, now=T0)
    assert threads.open_count(incident) == 0
    actions.answer(thread=made, by=cast.ian, text="Not yet", now=T0)
    assert threads.open_count(incident) == 1
    assert Entry.objects.filter(verb="comment.resolved").count() == 1


def test_no_sentence_of_the_trail_carries_words_of_a_comment(incident, story, cast):
    made = make.comment(incident, "sekrit one", on="quiet", by=cast.ian, suggestion="sekrit two")
    answer = actions.answer(thread=made, by=cast.bob, text="sekrit three", now=T0)
    actions.edit(comment=answer, by=cast.bob, text="sekrit four", now=T0)
    actions.remove(comment=answer, by=cast.bob, now=T0)
    accept(made, cast.bob)
    actions.reopen(thread=made, by=cast.ian)
    for entry in Entry.objects.all():
        assert "sekrit" not in entry.sentence + str(entry.data)


# --- suggesting --------------------------------------------------------------------------------------


def test_an_accepted_suggestion_changes_its_words_and_nothing_that_others_wrote(incident, story, cast):
    made = make.comment(incident, "", on="quiet all night", by=cast.ian, suggestion="silent until two")
    write(incident, STORY.replace("The queue", "At ten the queue") + " All was well.", by=cast.alice)
    assert accept(made, cast.bob)
    assert text_of(incident) == (
        "At ten the queue grew from noon on.\n\nThe pager was silent until two.\n\nSupport called at two. All was well."
    )
    made.refresh_from_db()
    assert (made.decided, made.decided_by, made.resolved_by) == ("accepted", cast.bob, cast.bob)
    assert Section.objects.get(key="story").saved_by == cast.bob
    assert "what Ian suggested" in Entry.objects.get(verb="suggestion.accepted").sentence


def test_accepted_twice_it_changes_once(incident, story, cast):
    made = make.comment(incident, "", on="quiet", by=cast.ian, suggestion="quiet, quiet")
    assert accept(made, cast.bob, "quiet")
    assert not accept(made, cast.alice, "quiet")
    assert not actions.decline(thread=made, by=cast.alice, now=T0)
    assert text_of(incident) == STORY.replace("quiet", "quiet, quiet")
    made.refresh_from_db()
    assert made.decided_by == cast.bob


def test_words_that_changed_since_they_were_seen_are_not_replaced(incident, story, cast):
    made = make.comment(incident, "", on="pager was quiet", by=cast.ian, suggestion="pager rang")
    write(incident, STORY.replace("was quiet", "was very quiet"))
    with pytest.raises(NotPossible, match="changed these words since"):
        accept(made, cast.bob, "pager was quiet")
    assert "was very quiet" in text_of(incident)
    made.refresh_from_db()
    assert made.decided == ""
    # who has seen them as they are now knows what is replaced
    assert accept(made, cast.bob, "pager was very quiet")
    assert "The pager rang all night." in text_of(incident)


def test_words_that_are_gone_cannot_be_replaced(incident, story, cast):
    made = make.comment(incident, "", on="quiet", by=cast.ian, suggestion="silent")
    write(incident, "Something else.")
    with pytest.raises(NotPossible, match="are gone"):
        accept(made, cast.bob, "quiet")
    assert actions.decline(thread=made, by=cast.bob, now=T0)


def test_to_suggest_no_words_takes_words_out(incident, story, cast):
    made = make.comment(incident, "", on="all night", by=cast.ian, suggestion="")
    accept(made, cast.bob)
    assert "quiet ." in text_of(incident)


@pytest.mark.parametrize(
    ("on", "suggestion"),
    [("nowhere to be found", "x"), ("", "x"), ("quiet", "quiet"), ("quiet", "x" * 10_001)],
)
def test_what_cannot_be_suggested_is_said_so(incident, story, cast, on, suggestion):
    with pytest.raises(NotPossible):
        make.comment(incident, "Hm", on=on, by=cast.ian, suggestion=suggestion)


def test_a_removed_suggestion_cannot_be_accepted(incident, story, cast):
    made = make.comment(incident, "Hm", on="quiet", by=cast.ian, suggestion="silent")
    actions.remove(comment=made, by=cast.ian, now=T0)
    assert not accept(made, cast.bob, "quiet")
    assert text_of(incident) == STORY


def test_the_comparison_is_with_the_words_that_stand(incident, story, cast):
    made = make.comment(incident, "", on="pager was quiet", by=cast.ian, suggestion="pager rang")
    write(incident, STORY.replace("was quiet", "was very <i>quiet</i>"))
    shown = threads.one(made).difference
    assert "&lt;i&gt;" in shown
    assert "<i>" not in shown
    long = make.comment(incident, "", on="The queue", by=cast.ian, suggestion="a b " * 2000)
    assert threads.one(long).difference.startswith("<del>The queue</del>")
