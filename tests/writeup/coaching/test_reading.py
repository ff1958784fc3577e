"""The coach reads what is written, knows who is who, and leaves what somebody let stand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.incidents.models import Service
from postmortems.language.coach import read
from postmortems.language.kinds import Kind
from postmortems.writeup.coaching import actions, reading
from postmortems.writeup.coaching.families import EXAMPLES, FAMILY_OF
from postmortems.writeup.models import Dismissal
from postmortems.writeup.writing.actions import save_section
from tests import make

NOW = make.T0 + timedelta(days=3)
BLAMING = "The operator should have checked the plan before applying it."
CALM = "At 09:14 the gateway returned errors for one request in six."


def write(incident, key: str, text: str) -> None:
    section = incident.sections.filter(key=key).first()
    version = section.version if section else 0
    save_section(incident=incident, key=key, text=text, version=version, by=incident.opened_by)


def marks(client, incident, text: str, key: str = "story") -> dict:
    answer = client.post(reverse("writeup:marks", args=[incident.ref, key]), {"text": text})
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def test_every_kind_has_a_family_and_an_example_that_is_marked_as_it():
    assert set(FAMILY_OF) == set(EXAMPLES) == set(Kind)
    for kind, example in EXAMPLES.items():
        section = {Kind.VAGUE_REMEDY: "remedy", Kind.YOU_THEY: "interview"}.get(kind, "reason")
        assert kind in {mark.kind for mark in read(example, section)}, example


def test_marks_are_told_in_the_units_of_a_browser(alice, incident):
    told = marks(alice, incident, f"🚨 {CALM}\n\n🚨 {BLAMING}")
    (mark,) = told["marks"]
    text = f"🚨 {CALM}\n\n🚨 {BLAMING}".encode("utf-16-le")
    assert "should have checked" in text[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le")
    assert mark["question"].endswith("?")
    assert mark["family"] == "afterwards"


def test_the_coach_knows_which_section_it_reads(alice, incident):
    duty = "We will be more careful."
    assert [one["kind"] for one in marks(alice, incident, duty, "remedies")["marks"]] == ["vague_remedy"]
    assert marks(alice, incident, "The proxy should reload on its own.", "remedies")["marks"] == []


def test_nothing_is_kept_of_a_text_that_is_only_read(alice, incident):
    marks(alice, incident, BLAMING)
    assert not incident.sections.exists()


def test_a_very_long_text_is_read_in_bounds_and_says_so(alice, incident):
    told = marks(alice, incident, (CALM + "\n\n") * 1000)
    assert not told["all"]
    assert told["read"] == 20_000


def test_names_of_the_circle_are_people_and_services_are_things(alice, incident):
    told = "Zorblatt ignored the alarm."
    Service.objects.create(name="Zorblatt", slug="zorblatt")
    assert marks(alice, incident, told)["marks"] == []
    Service.objects.all().delete()
    incident.participants.create(name="Zorblatt", role="on-call")
    assert marks(alice, incident, told)["marks"]


def test_a_passage_that_stands_is_asked_about_again_when_it_is_reworded(alice, incident):
    (mark,) = marks(alice, incident, BLAMING)["marks"]
    where = reverse("writeup:let_stand", args=[incident.ref, "story"])
    answer = alice.post(where, {"mark": mark["key"], "word": "a quotation"}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    (moved,) = marks(alice, incident, f"{CALM}\n\n{BLAMING}")["marks"]
    assert moved["stands"] == {"word": "a quotation", "by": "Alice"}
    (reworded,) = marks(alice, incident, BLAMING.replace("plan", "list"))["marks"]
    assert "stands" not in reworded
    alice.post(reverse("writeup:ask_again", args=[incident.ref, "story"]), {"mark": mark["key"]})
    (again,) = marks(alice, incident, BLAMING)["marks"]
    assert "stands" not in again


def test_the_trail_tells_of_a_dismissal_without_its_words(cast, incident):
    write(incident, "story", BLAMING)
    (note,) = reading.open_marks(incident)
    actions.let_stand(
        incident=incident, section="story", key=note.key, word="he said so", by=cast.bob, now=NOW
    )
    entry = Entry.objects.get(verb="mark.let_stand")
    assert "checked" not in f"{entry.sentence}{entry.data}"
    assert "said so" not in f"{entry.sentence}{entry.data}"


@pytest.mark.parametrize(
    ("section", "key", "word"),
    [("story", "omission:xyz", "x"), ("nowhere", "omission:0123456789abcdef", "x"), ("story", "omission:0123456789abcdef", " ")],
)  # fmt: skip
def test_nothing_stands_without_a_mark_a_place_and_a_word(alice, incident, section, key, word):
    where = reverse("writeup:let_stand", args=[incident.ref, section])
    answer = alice.post(where, {"mark": key, "word": word}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 422
    assert not Dismissal.objects.exists()


def test_the_first_word_given_holds(cast, incident):
    key = "omission:0123456789abcdef"
    for by, word in ((cast.alice, "first"), (cast.bob, "second")):
        actions.let_stand(incident=incident, section="story", key=key, word=word, by=by, now=NOW)
    assert Dismissal.objects.get().word == "first"
    assert Entry.objects.filter(verb="mark.let_stand").count() == 1


def test_what_is_left_open_comes_from_sections_conditions_and_items(cast, incident):
    write(incident, "story", BLAMING)
    make.condition(incident, "The root cause was a careless engineer")
    make.item(incident, "Be more careful next time")
    assert {note.section for note in reading.open_marks(incident)} == {"story", "conditions", "items"}


def test_the_whole_is_read_with_a_constant_number_of_queries(cast, incident, django_assert_max_num_queries):
    for number in range(12):
        make.condition(incident, f"The root cause number {number} was a full disk")
    with django_assert_max_num_queries(12):
        reading.whole(incident)


def test_the_page_without_script_lists_what_is_open_and_what_stands(alice, incident):
    write(incident, "story", f"{CALM} {BLAMING}")
    where = reverse("writeup:coach", args=[incident.ref])
    page = alice.get(where).content.decode()
    assert "1 passage to look at again" in page
    (note,) = reading.open_marks(incident)
    alice.post(
        reverse("writeup:let_stand", args=[incident.ref, "story"]),
        {"mark": note.key, "word": "a <b>quotation</b>"},
    )
    page = alice.get(where).content.decode()
    assert "Nothing is left open" in page
    assert "a &lt;b&gt;quotation&lt;/b&gt;" in page
    alice.post(reverse("writeup:ask_again", args=[incident.ref, "story"]), {"mark": note.key})
    assert "1 passage to look at again" in alice.get(where).content.decode()


def test_a_write_up_without_an_end_is_read_as_far_as_it_goes(alice, incident):
    write(incident, "story", (CALM + "\n\n") * 1200 + BLAMING)
    found = reading.whole(incident)
    assert [place.key for place in found.unread] == ["story"]
    assert (
        "has not read it to its end"
        in alice.get(reverse("writeup:coach", args=[incident.ref])).content.decode()
    )
