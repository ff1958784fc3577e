from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.incidents import actions as incidents
from postmortems.writeup.commenting import actions, threads
from postmortems.writeup.models import Comment, Section
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0

STORY = "The queue grew from noon on.\n\nThe **pager** was quiet all night."
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def story(incident):
    return save_section(incident=incident, key="story", text=STORY, version=0, by=incident.opened_by).section


@pytest.fixture
def page(client, incident, story):
    """Posts to, or gets, an address of the incident's comments as somebody."""

    def ask(who, name, *args, data=None, method="post", **more):
        client.force_login(who)
        return getattr(client, method)(
            reverse(f"writeup:{name}", args=[incident.ref, *args]), data or {}, **more
        )

    return ask


def test_without_script_a_participant_pastes_the_words_and_finds_the_comment_beside_them(
    page, incident, cast
):
    sent = {"section": "story", "quote": "The pager was quiet", "text": "It rang in my room."}
    answer = page(cast.ian, "comment", data=sent, follow=True)
    made = Comment.objects.get()
    assert answer.redirect_chain == [(f"/incidents/{incident.ref}/write-up/#comment-{made.pk}", 302)]
    assert made.quote == "The **pager** was quiet"
    assert "It rang in my room." in answer.text
    assert "Your comment stands beside the text." in answer.text


def test_a_selection_in_a_field_is_kept_where_it_was(page, cast):
    at = STORY.index("quiet")
    sent = {
        "section": "story",
        "version": "1",
        "start": at,
        "end": at + 5,
        "quote": "quiet",
        "text": "Was it?",
    }
    answer = page(cast.bob, "comment", data=sent, headers=FRAGMENT)
    made = Comment.objects.get()
    assert (made.start, made.end, made.quote) == (at, at + 5, "quiet")
    assert 'id="threads-story"' in answer.text
    assert f'data-start="{at}" data-end="{at + 5}"' in answer.text
    assert "<html" not in answer.text


def test_words_that_cannot_be_taken_are_shown_again(page, cast):
    sent = {
        "section": "story",
        "quote": "nowhere",
        "text": "My words",
        "suggest": "1",
        "suggestion": "Other words",
    }
    answer = page(cast.ian, "comment", data=sent)
    assert answer.status_code == 422
    for words in ("nowhere", "My words", "Other words", "nothing can stand in their place"):
        assert words in answer.text
    assert page(cast.ian, "comment", data=sent, headers=FRAGMENT).status_code == 422
    assert page(cast.ian, "comment", data=sent | {"section": "no-such"}).status_code == 404
    assert not Comment.objects.exists()


def test_a_thread_from_end_to_end(page, incident, cast):
    made = make.comment(incident, "Which pager?", on="pager", by=cast.ian)
    page(cast.bob, "answer_comment", made.pk, data={"text": "The second"})
    assert [answer.text for answer in made.answers.all()] == ["The second"]
    page(cast.bob, "resolve_comment", made.pk)
    assert "1 resolved" in page(cast.bob, "edit", method="get").text
    page(cast.ian, "reopen_comment", made.pk)
    assert threads.open_count(incident) == 1
    form = page(cast.ian, "edit_comment", made.pk, method="get", headers=FRAGMENT).text
    assert "Which pager?" in form
    assert "<html" not in form
    page(cast.ian, "edit_comment", made.pk, data={"text": "Which one?"})
    page(cast.ian, "remove_comment", made.pk)
    assert "took this comment back" in page(cast.ian, "edit", method="get").text


def test_a_suggestion_is_accepted_as_it_was_seen(page, incident, cast):
    made = make.comment(incident, "", on="quiet", by=cast.ian, suggestion="silent")
    shown = page(cast.ian, "comments", method="get", data={"section": "story"}, headers=FRAGMENT).text
    assert "<del>quiet</del><ins>silent</ins>" in shown
    assert "Accept" not in shown, "a participant does not decide"
    assert (
        page(cast.ian, "accept_suggestion", made.pk, data={"seen": threads.seen("quiet")}).status_code == 403
    )
    told = page(cast.bob, "accept_suggestion", made.pk, data={"seen": "as it was before"}, headers=FRAGMENT)
    assert told.status_code == 422
    assert "Both are kept" in told.text or "as they are now" in told.text
    seen = threads.one(made).seen
    assert seen in page(cast.bob, "edit", method="get").text
    page(cast.bob, "accept_suggestion", made.pk, data={"seen": seen})
    assert Section.objects.get(key="story").text == STORY.replace("quiet", "silent")
    assert "decided already" in page(cast.bob, "decline_suggestion", made.pk, follow=True).text


def test_comments_of_another_incident_are_not_reached_through_this_one(page, cast):
    other = make.comment(make.incident(by=cast.ada), "elsewhere", by=cast.ada)
    for name in ("answer_comment", "edit_comment", "remove_comment", "resolve_comment", "accept_suggestion"):
        assert page(cast.alice, name, other.pk, data={"text": "x"}).status_code == 404


def test_of_a_section_that_is_gone_the_comments_stay(page, incident, cast):
    made = make.comment(incident, "About what was there", section="", by=cast.ian)
    Comment.objects.filter(pk=made.pk).update(section="was-there")
    for name in ("edit", "comments"):
        assert "About what was there" in page(cast.ian, name, method="get").text


def test_who_can_be_called_is_found_by_any_name_people_of_the_review_first(page, incident, cast):
    def offered(who, q):
        return [
            one["name"] for one in page(who, "people_to_call", method="get", data={"q": q}).json()["people"]
        ]

    make.user("zoe", name="Bea  van Aken", role="reviewer")
    assert offered(cast.ian, "b") == ["Bob", "Bea van Aken"]
    assert offered(cast.ian, "VAN ak") == ["Bea van Aken"]
    assert "Ian" not in offered(cast.ian, "")
    assert not {"Mel", "Rita", "Gone"} & set(offered(cast.ian, ""))
    assert page(cast.mel, "people_to_call", method="get").status_code == 403


def test_my_comments_hold_what_calls_me_while_it_is_open_and_readable(
    page, client, incident, cast, restricted
):
    def mine(who):
        client.force_login(who)
        return client.get(reverse("writeup:my_comments")).text

    made = make.comment(incident, "@Bob, here", by=cast.ian)
    answer = actions.answer(thread=made, by=cast.apo, text="@Bob, there", now=T0)
    incidents.add_to_circle(incident=restricted, by=cast.alice, user=cast.bob, role="co")
    make.comment(restricted, "@Bob, hidden", by=cast.alice)
    shown = mine(cast.bob)
    for words in ("@Bob, here", "@Bob, there", "@Bob, hidden", f"#comment-{answer.pk}"):
        assert words in shown
    assert "@Bob, here" in mine(cast.ian)
    assert "@Bob, there" not in mine(cast.ian)
    incidents.remove_from_circle(member=restricted.circle.get(user=cast.bob), by=cast.alice)
    assert "@Bob, hidden" not in mine(cast.bob)
    actions.resolve(thread=made, by=cast.ian, now=T0)
    assert "No open comment calls you by name." in mine(cast.bob)


def test_the_page_asks_as_much_for_many_comments_as_for_one(
    page, incident, cast, django_assert_max_num_queries
):
    make.comment(incident, on="quiet", by=cast.ian)
    page(cast.bob, "edit", method="get")
    with django_assert_max_num_queries(200) as few:
        page(cast.bob, "edit", method="get")
    Comment.objects.bulk_create(
        Comment(
            incident=incident,
            by=cast.ian,
            section="story",
            text=f"about {number}",
            version=1,
            start=4,
            end=9,
            quote="queue",
        )
        for number in range(100)
    )
    with django_assert_max_num_queries(200) as many:
        page(cast.bob, "edit", method="get")
    assert len(many) == len(few)
