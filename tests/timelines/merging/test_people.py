"""Saying who the names of the evidence are; what the next incident knows; what somebody saw."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from tests import make
from tests.timelines.conftest import signed_in
from tests.timelines.merging.conftest import HANA, JONAS, get, post
from timelines import storing
from timelines.actions import NotPossible
from timelines.merging import actions, comparing, people
from timelines.merging.actions.people import Choice
from timelines.models import Alias, Event, NotThisPerson, Person

pytestmark = pytest.mark.django_db
PAGED = {"format": "pagerduty", "actor_id": "PJONAS", "actor": ""}
IN_CHAT = {"format": "slack", "actor_id": "U0HANA", "actor": ""}


def test_a_suggestion_is_accepted_and_the_next_incident_knows(as_alice, alice, in_step):
    html = get(as_alice, "people", in_step)
    assert "the same full name" in html
    assert "U0HANA" in html
    participant = in_step.participants.get(name=JONAS)
    answer = post(as_alice, "say_who", in_step, who=f"participant/{participant.pk}", **PAGED)
    person = Person.objects.get()
    assert (str(person), person.user) == (JONAS, None)
    page = as_alice.get(answer["Location"]).content.decode()
    assert f"{JONAS} is {JONAS}" in page
    other = make.incident(by=alice, title="Another")
    storing.store(
        make.source(other, "Pager", "pagerduty"),
        [make.record("ack", actor="Jonas L.", actor_id="PJONAS", actor_kind="person")],
    )
    event = other.events.select_related("source").get()
    assert people.names_for([event]) == {("pagerduty", "PJONAS", "Jonas L."): person}
    assert "Who is this" in get(as_alice, "people", other)
    assert list(other.events.filter(people.aliases_of(person))) == [event]


def test_an_account_is_one_person_however_many_names_it_has(as_alice, cast, in_step):
    get(as_alice, "people", in_step)
    post(as_alice, "say_who", in_step, who=f"user/{cast.ian.pk}", **PAGED)
    post(as_alice, "say_who", in_step, called=cast.ian.email.upper(), **IN_CHAT)
    assert Person.objects.get().user == cast.ian
    assert Alias.objects.count() == 2
    assert str(Alias.objects.get(actor_id="PJONAS")) == JONAS


def test_somebody_new_a_bot_and_back_again_exactly(as_alice, in_step):
    get(as_alice, "people", in_step)
    post(as_alice, "say_who", in_step, called="  Hana   Kim ", **IN_CHAT)
    assert Person.objects.get().name == HANA
    alias = Alias.objects.get()
    post(as_alice, "unmap", in_step, alias=alias.pk)
    assert not Person.objects.exists()
    assert not Alias.objects.exists()
    post(as_alice, "say_who", in_step, who="bot", **IN_CHAT)
    assert Person.objects.get().kind == "bot"
    assert "A bot or an integration" in get(as_alice, "people", in_step)


def test_all_that_is_certain_at_once_and_undone_at_once(as_alice, in_step):
    incidents.add_participant(incident=in_step, by=in_step.opened_by, name=HANA, role="Commander")
    hana = in_step.participants.get(name=HANA)
    hana.known_as = ["U0HANA"]
    hana.save()
    get(as_alice, "people", in_step)
    jonas = in_step.participants.get(name=JONAS)
    shown = [f"pagerduty\tPJONAS\t\tparticipant/{jonas.pk}", f"slack\tU0HANA\t\tparticipant/{hana.pk}"]
    answer = post(as_alice, "say_certain", in_step, certain=[*shown, "slack\tU0HANA\t\tuser/1"])
    assert Alias.objects.count() == 2
    before = Entry.objects.count()
    page = as_alice.get(answer["Location"]).content.decode()
    assert "2 names are mapped now" in page
    post(as_alice, "unmap", in_step, alias=list(Alias.objects.values_list("pk", flat=True)))
    assert not Alias.objects.exists()
    assert not Person.objects.exists()
    assert Entry.objects.count() == before + 1


def test_only_what_was_shown_is_accepted(as_alice, in_step):
    get(as_alice, "people", in_step)
    post(as_alice, "say_certain", in_step, certain=[])
    assert not Alias.objects.exists()


def test_a_refusal_is_remembered_until_somebody_asks_again(as_alice, in_step):
    get(as_alice, "people", in_step)
    participant = in_step.participants.get(name=JONAS)
    post(as_alice, "refuse_who", in_step, who=f"participant/{participant.pk}", **PAGED)
    page = get(as_alice, "people", in_step)
    assert "the same full name" not in page
    assert "Suggest again" in page
    post(as_alice, "suggest_again", in_step, **PAGED)
    assert not NotThisPerson.objects.exists()
    assert "the same full name" in get(as_alice, "people", in_step)


def test_a_name_that_somebody_else_mapped_meanwhile_stays_theirs(alice, in_step):
    told = Choice("slack", "U0HANA", "U0HANA", "new", "Hana Kim")
    actions.map_names(incident=in_step, by=alice, choices=[told])
    with pytest.raises(NotPossible, match="Hana Kim"):
        actions.map_names(
            incident=in_step, by=alice, choices=[Choice("slack", "U0HANA", "U0HANA", "new", "Hana Holm")]
        )
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "who", ["user/999999", "person/0", "user/x", "participant/1;", "nobody", "user/" + "9" * 40]
)
def test_nobody_is_made_of_a_key_that_is_none(as_alice, in_step, who):
    get(as_alice, "people", in_step)
    post(as_alice, "say_who", in_step, who=who, **PAGED)
    assert not Alias.objects.exists()


def test_names_of_other_incidents_cannot_be_mapped_or_taken_back_from_here(as_alice, cast, alice, in_step):
    other = make.incident(by=alice, title="Another")
    actions.map_names(incident=in_step, by=alice, choices=[Choice("slack", "U0HANA", "", "new", "Hana Kim")])
    get(as_alice, "people", other)
    post(as_alice, "unmap", other, alias=Alias.objects.get().pk)
    post(as_alice, "say_who", other, called="Mallory", **PAGED)
    assert Alias.objects.count() == 1


def test_participants_look_and_do_not_say(cast, in_step):
    html = get(signed_in(cast.ian), "people", in_step)
    assert "U0HANA" in html
    assert "say_who" not in html
    assert ">Yes<" not in html
    assert (
        signed_in(cast.ian).post(reverse("timelines:say_who", args=[in_step.ref]), PAGED).status_code == 403
    )


def test_names_cost_one_query_and_none_where_nobody_is_named(in_step, django_assert_num_queries):
    events = list(in_step.events.select_related("source"))
    with django_assert_num_queries(1):
        assert people.names_for(events) == {}
    with django_assert_num_queries(0):
        people.names_for([Event()])


def test_the_page_costs_the_same_with_many_names(as_alice, alice, incident):
    def queries() -> int:
        get(as_alice, "people", incident)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            get(as_alice, "people", incident)
        return len(asked)

    into = make.source(incident)
    for key in ("P1", "P2"):
        storing.store(into, [make.record("hello", actor=f"Person {key}", actor_id=key, actor_kind="person")])
    actions.map_names(incident=incident, by=alice, choices=[Choice("slack", "P1", "", "new", "Person One")])
    one = queries()
    storing.store(
        into,
        [make.record("hello", actor=f"Person {n}", actor_id=f"Q{n}", actor_kind="person") for n in range(30)],
    )
    choices = [Choice("slack", f"Q{n}", f"Person {n}", "new", f"Person {n}") for n in range(15)]
    actions.map_names(incident=incident, by=alice, choices=choices)
    assert queries() == one


def test_what_somebody_saw(alice, in_step):
    """Their own pages, what names them, and the channel from their first to their last word anywhere."""
    choices = [Choice("pagerduty", "PJONAS", JONAS, "new", JONAS)]
    actions.map_names(incident=in_step, by=alice, choices=choices)
    jonas = Person.objects.get()
    seen = in_step.events.filter(people.seen_by(jonas, in_step))
    assert {event.source.name for event in seen} == {"Pager", "Chat"}
    assert seen.filter(text__contains=f"@{JONAS}").count() == 4
    assert not seen.filter(text__startswith="Triggered PCONF").exists()
    hana = actions.map_names(
        incident=in_step, by=alice, choices=[Choice("slack", "U0HANA", "", "new", HANA)]
    )[0].person
    seen = in_step.events.filter(people.seen_by(hana, in_step))
    texts = set(seen.values_list("text", flat=True))
    assert (
        "Triggered PCONF1: ReplicaLagHigh on replica-1" in texts
    )  # stood in her channel while she was there
    assert "Triggered PCONF0: ReplicaLagHigh on replica-0" not in texts  # before her first word
    assert "Resolved PCONF3: ReplicaLagHigh on replica-3" not in texts  # after her last
    assert {event.source.name for event in seen} == {"Chat"}


def test_somebody_without_names_saw_nothing(in_step):
    nobody = Person.objects.create(name="Ann")
    assert not in_step.events.filter(people.seen_by(nobody, in_step)).exists()


@pytest.mark.parametrize("name", ["O'Neill \\ Q", "a & b | !", "<-> :*", "'", "\\"])
def test_names_that_look_like_a_query_are_names(alice, in_step, name):
    actions.map_names(
        incident=in_step, by=alice, choices=[Choice("slack", "U0HANA", name, "new", f"{name} {name}")]
    )
    assert list(in_step.events.filter(people.seen_by(Person.objects.get(), in_step)))


def test_machines_and_shared_names_need_no_answer(as_alice, incident):
    storing.store(
        make.source(incident, "db-1", "shell"), [make.record("ls", actor="shell", actor_kind="person")]
    )
    storing.store(
        make.source(incident), [make.record("hi", actor="Deploys", actor_id="B1", actor_kind="bot")]
    )
    html = get(as_alice, "people", incident)
    assert "Shared names (1)" in html
    assert "Bots and systems (1)" in html
    assert "No names yet" in html
    assert comparing.current(incident)[1]


@pytest.mark.parametrize("called", ["\x00", "  ", "x\x00y", "<b>Ann</b>", "٣" * 200])
def test_whatever_is_typed_is_a_name_or_nothing(as_alice, in_step, called):
    get(as_alice, "people", in_step)
    post(as_alice, "say_who", in_step, called=called, **IN_CHAT)
    assert "<b>Ann" not in get(as_alice, "people", in_step)
    assert all(len(person.name) <= 120 and "\x00" not in person.name for person in Person.objects.all())


def test_a_name_over_two_lines_comes_back_as_browsers_send_it(as_alice, incident):
    storing.store(make.source(incident), [make.record("hi", actor="Ann\nLee", actor_kind="person")])
    get(as_alice, "people", incident)
    post(as_alice, "say_who", incident, called="Ann Lee", format="slack", actor_id="", actor="Ann\r\nLee")
    assert Alias.objects.get().actor == "Ann\nLee"
