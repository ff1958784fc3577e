"""The page on which somebody decides what outsiders read: without script, and with the part that htmx asks for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.publication.models import HouseReplacement, Mark, Replacement, Twin
from postmortems.publication.twin import actions
from postmortems.publication.twin.drafting import draft
from tests import make
from tests.publication.twin.test_publishing import NOW, mark, part, publish, publish_revision, write


@pytest.fixture
def told(ready):
    write(ready, "story", "Ian restarted replica-7 after JIRA-123.\n\nThe queue of Larkspur Bank grew.")
    publish_revision(ready)
    return ready


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def page(client, incident, **asked) -> str:
    return client.get(reverse("publication:twin", args=[incident.ref]), asked).content.decode()


def send(client, name: str, incident, **data):
    return client.post(reverse(f"publication:{name}", args=[incident.ref]), {"for": "public"} | data)


def test_before_anything_is_published_it_says_what_will_be_here(alice, incident):
    assert "There is none yet." in page(alice, incident)


def test_parts_are_marked_one_by_one_and_by_section(alice, told):
    story = part(told, "Larkspur")
    send(alice, "mark_twin", told, **{story.id: "partner"})
    assert Mark.objects.get().audience == "partner"
    send(alice, "mark_twin", told, group="story", all="public")
    assert set(Mark.objects.filter(key="story").values_list("audience", flat=True)) == {"public"}
    assert Mark.objects.count() == 2


def test_what_nobody_chose_stays_undecided(alice, told):
    send(alice, "mark_twin", told, **{part(told, "Larkspur").id: "everyone", "passage-unknown": "public"})
    assert not Mark.objects.exists()
    assert f"{len(draft(told, 'public').parts)} parts nobody decided about yet" in page(alice, told)


def test_what_would_be_shown_stands_beside_what_was_found(alice, told):
    mark(told, "public", "Bookings were not", "Ian restarted")
    shown = page(alice, told)
    assert "The on-call responder restarted replica-7 after JIRA-123." in shown
    assert "<mark>replica-7</mark>" in shown
    assert "2 things that were found are still to be replaced or cleared." in shown


def test_what_was_found_is_decided_one_by_one_or_all_of_a_kind(alice, told):
    mark(told, "public", "Bookings were not", "Ian restarted")
    send(alice, "words_of_twin", told, words="JIRA-123", what="stay")
    send(alice, "found_in_twin", told, kind="host", what="replace")
    told_ = {one.words: (one.instead, one.stays) for one in Replacement.objects.all()}
    assert told_ == {"JIRA-123": ("", True), "replica-7": ("a host", False)}
    assert "Nothing stands in the way" in page(alice, told)
    send(alice, "words_of_twin", told, words="JIRA-123", what="again")
    assert "<mark>JIRA-123</mark>" in page(alice, told)


def test_what_is_taken_out_is_shown_on_demand_word_for_word(alice, told):
    mark(told, "public", "Bookings were not", "Ian restarted")
    assert "<del>The queue" not in page(alice, told)
    shown = page(alice, told, gaps="1")
    assert "<del>Ian</del><ins>The on-call responder</ins>" in shown
    assert "6 words taken out" in shown
    assert "<del>The queue of Larkspur Bank grew.</del>" in shown


def test_with_script_a_decision_answers_with_what_it_changes(alice, told):
    address = reverse("publication:mark_twin", args=[told.ref])
    answer = alice.post(
        address, {"for": "public", part(told, "Larkspur").id: "public"}, headers={"HX-Request": "true"}
    )
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "The queue of Larkspur Bank grew." in said
    assert "<html" not in said


def test_other_words_are_said_for_a_part(alice, told):
    story = part(told, "Larkspur")
    send(alice, "instead_in_twin", told, part=story.id, **{f"i-{story.id}": "A queue grew."})
    assert draft(told, "public").choice(part(told, "Larkspur")).instead == "A queue grew."


def test_it_is_published_and_withdrawn_from_the_page(alice, told):
    mark(told, "public", "Bookings were not", "Larkspur")
    answer = send(alice, "publish_twin", told, digest=draft(told, "public").digest)
    made = Twin.objects.get()
    assert answer.url.endswith("twin/?for=public")
    assert f"/public/{made.key}/1/" in page(alice, told)
    assert "Number 1 says exactly this." in page(alice, told)
    address = reverse("publication:withdraw_twin", args=[told.ref, made.pk])
    assert alice.post(address, {"reason": ""}).status_code == 422
    alice.post(address, {"reason": "It named a customer."})
    assert not Twin.objects.standing().exists()
    assert alice.get(address).status_code == 404


def test_who_may_read_but_not_write_sees_it_and_decides_nothing(client, cast, told):
    client.force_login(cast.ian)
    shown = page(client, told)
    assert "The queue of Larkspur Bank grew." in shown
    assert 'type="radio"' not in shown
    assert send(client, "mark_twin", told, group="story", all="public").status_code == 403


def test_pictures_are_there_for_the_reviewer_and_by_their_own_address_outside(alice, ready):
    image = make.image(ready, alt="Errors rise")
    write(ready, "story", f"Look: ![Errors](image:{image.number})")
    publish_revision(ready)
    mark(ready, "public", "Bookings were not", "Look:")
    parts = [one for one in draft(ready, "public").parts if one.kind == "image"]
    assert not draft(ready, "public").document["images"]
    actions.mark(incident=ready, by=ready.opened_by, choices={parts[0].place: "public"}, now=NOW)
    assert f"/archive/{ready.ref}/images/{image.digest}.png" in page(alice, ready)
    made = publish(ready)
    assert f'src="images/{image.digest}.png"' in made.html
    assert made.content["texts"]["story"] == "Look: ![Errors](image:1)"


def test_the_page_asks_the_same_number_of_queries_however_much_there_is(alice, told, django_assert_max_num_queries):  # fmt: skip
    page(alice, told)
    with django_assert_max_num_queries(40) as few:
        page(alice, told)
    for number in range(5):
        make.event(told, f"moment {number}", pinned=True)
        make.condition(told, f"condition {number}")
        make.user(f"another{number}")
    publish_revision(told)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page(alice, told)


def test_the_words_of_the_house_are_kept_by_administrators(client, cast):
    client.force_login(cast.ada)
    address = reverse("publication:house_words")
    client.post(address, {"words": "Larkspur Bank = a bank\n\nProject Heron\n", "instead": "a customer"})
    kept = {one.words: one.instead for one in HouseReplacement.objects.all()}
    assert kept == {"Larkspur Bank": "a bank", "Project Heron": "a customer"}
    assert "Project Heron" in client.get(address).content.decode()
    client.post(address, {"what": "out", "pk": HouseReplacement.objects.get(words="Project Heron").pk})
    client.post(address, {"what": "out", "pk": "x"})
    assert HouseReplacement.objects.count() == 1


def test_a_long_write_up_is_decided_about_page_by_page(alice, ready):
    write(ready, "story", "\n\n".join(f"Passage number {number}." for number in range(130)))
    publish_revision(ready)
    first, last = page(alice, ready), page(alice, ready, page="9")
    assert "Passage number 0." in first
    assert "Passage number 129." in last
    assert 'rel="next"' in first
    assert 'rel="next"' not in last
    shown = [page(alice, ready, page=str(number)).count("data-part") for number in (1, 2, 3)]
    assert max(shown) <= 60
    answer = send(alice, "mark_twin", ready, group="story", all="public", page="2", at="g-1")
    assert answer.url.endswith("page=2#g-1")
    assert Mark.objects.filter(key="story").count() == 130
    assert "130 of 130 shown" in page(alice, ready, page="2")


def test_of_many_things_found_the_first_are_shown_and_all_can_be_decided(alice, ready):
    write(ready, "story", "Seen: " + ", ".join(f"db-{number}.internal" for number in range(30)) + ".")
    publish_revision(ready)
    mark(ready, "public", "Bookings were not", "Seen")
    shown = page(alice, ready)
    assert "20 of 30. The others stand here" in shown
    send(alice, "found_in_twin", ready, kind="host", what="replace")
    assert "Nothing stands in the way" in page(alice, ready)
