from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.incidents import actions as incidents
from postmortems.writeup.citing import menu
from postmortems.writeup.citing.grammar import citations_of
from postmortems.writeup.images import actions as images
from tests import make
from tests.make import T0
from timelines import actions as timelines


def hits(incident, asked: str = "") -> list[str]:
    return [hit.markdown for shelf in menu.find(incident, asked) for hit in shelf.hits]


def at(incident, moment, text: str = "something", **more):
    return timelines.add_by_hand(incident=incident, by=incident.opened_by, at=moment, text=text, **more)


@pytest.fixture
def full(incident):
    event = make.event(incident, "the lag alert fired", pinned=True)
    make.event(incident, "nobody pinned this")
    condition = make.condition(incident, "Retries had no budget", event)
    make.item(incident, "Bound retries", conditions=[condition])
    return incident


def test_nothing_typed_lists_what_is_pinned_and_all_of_the_few(full):
    event, person = full.events.get(pinned=True), full.participants.get()
    assert hits(full) == [
        f"[{event.at:%H:%M} the lag alert fired](event:{event.pk})",
        "[C1](condition:1)",
        "[R1](item:1)",
        f"[the on-call responder](role:{person.pk})",
    ]
    assert [shelf.title for shelf in menu.find(full, "")] == [
        "Events",
        "Conditions",
        "Items",
        "People in their role",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("retries", ["condition", "item"]), ("BUDG retr", ["condition"]), ("c1", ["condition"]), ("R1", ["item"]), ("respond", ["role"]),
        ("on-call", ["role"]), ("ian", ["role"]), ("alert", ["event"]), ("pinned", ["event"]), ("zebra", []), ("\x00", ["event", "condition", "item", "role"]),
        ("'", []), ("%", []), ("-", []), ("a" * 5000, []), (":", []), ("&|!", []),
    ],
)  # fmt: skip
def test_found_by_the_beginnings_of_words(full, asked, found):
    assert [citations_of(one)[0][0] for one in hits(full, asked)] == found


def test_a_role_is_found_by_the_name_and_told_without_it(full):
    (shelf,) = menu.find(full, "Ian")
    assert "Ian" not in shelf.hits[0].markdown + shelf.hits[0].words


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("On-call responder", "the on-call responder"), ("SRE on call", "the SRE on call"), ("The incident commander", "the incident commander"),
        ("IT support", "the IT support"), ("Support", "the support"),
    ],
)  # fmt: skip
def test_roles_as_words_of_a_sentence(cast, incident, role, said):
    person = incidents.add_participant(incident=incident, by=cast.alice, name="Vera", role=role)
    assert f"[{said}](role:{person.pk})" in hits(incident)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("19:09", ["a", "b"]), ("19:0", ["a", "b", "c"]), ("19:", ["a", "b", "c", "d"]), ("19:09:3", ["b"]), ("19:09:31", ["b"]),
        ("19:10", []), ("18:09", []), ("25:00", []), ("0:30", ["e"]), ("00:30", ["e"]), ("19:60", []),
    ],
)  # fmt: skip
def test_a_time_of_day_is_that_of_the_incident(incident, asked, found):
    incident.zone = "Europe/Berlin"
    incident.save()
    moments = {"c": "18:08:00", "a": "18:09:02", "b": "18:09:31", "d": "18:30:00", "e": "23:30:00"}
    for text, moment in moments.items():
        hour, minute, second = map(int, moment.split(":"))
        at(incident, T0.replace(hour=hour, minute=minute, second=second), text)
    events = {event.pk: event.text for event in incident.events.all()}
    assert sorted(events[citations_of(one)[0][1]] for one in hits(incident, asked)) == found


def test_on_the_night_when_an_hour_comes_twice(cast):
    night = T0.replace(month=10, day=25, hour=0, minute=30)
    times = {
        f"{name}_at": night for name in ("impact_began", "detected", "acknowledged", "mitigated", "resolved")
    }
    incident = make.incident(by=cast.alice, zone="Europe/Berlin", **times)
    first, second = at(incident, night), at(incident, night + timedelta(hours=1))
    assert {citations_of(one)[0][1] for one in hits(incident, "02:30")} == {first.pk, second.pk}


def test_a_hidden_event_is_not_offered(cast, full):
    event = full.events.get(pinned=True)
    timelines.hide(event=event, by=cast.alice, reason="another matter")
    assert not any(
        "event:" in one for one in [*hits(full), *hits(full, "alert"), *hits(full, f"{event.at:%H:%M}")]
    )


def test_never_more_than_twenty_and_of_each_kind_some(full, django_assert_num_queries):
    with django_assert_num_queries(7):
        hits(full, "e")
    make.events(full, 60)
    for number in range(30):
        make.condition(full, f"Every condition {number}")
    with django_assert_num_queries(7):  # the beginning of the line holds enough
        found = hits(full, "e")
    assert len(found) == menu.HITS
    kinds = [citations_of(one)[0][0] for one in found]
    assert kinds.count("event") == 10
    assert kinds.count("condition") == 10


def test_what_only_the_end_of_a_long_line_holds_is_found_in_its_order(full, monkeypatch):
    monkeypatch.setattr(menu, "NEAR", 5)
    made = make.events(full, 30)
    assert [citations_of(one)[0][1] for one in hits(full, "event number")] == [
        event.pk for event in made[: menu.HITS]
    ]
    assert [citations_of(one)[0][1] for one in hits(full, "number 27")] == [made[27].pk]
    assert hits(full, "number -event") == []


def test_pictures_are_found_by_their_words_and_their_number(cast, full):
    shown = make.image(full, by=cast.alice)
    images.describe(image=shown, by=cast.alice, alt="Lag of [one] queue")
    assert (
        hits(full, "queue")
        == hits(full, "picture 1")
        == [shown.markdown]
        == [r"![Lag of \[one\] queue](image:1)"]
    )
    images.describe(image=shown, by=cast.alice, alt="")
    (shelf,) = menu.find(full, shown.name)
    assert [shelf.title, shelf.hits[0].words] == ["Pictures", "A picture without a description"]
    images.remove(image=shown, by=cast.alice, now=T0)
    assert hits(full, "picture") == []


def test_pinned_events_come_first(cast, full):
    make.events(full, 40)
    last = full.events.filter(text="event number 39").get()
    timelines.pin(event=last, by=cast.alice)
    assert f"(event:{last.pk})" in hits(full, "event number")[0]


def test_events_of_another_incident_are_not_offered(client, cast, full):
    other = make.incident(by=cast.alice, title="Another")
    client.force_login(cast.alice)
    address = reverse("writeup:cite", args=[other.ref])
    assert client.get(address, {"q": "alert"}, headers={"Accept": "application/json"}).json() == {
        "shelves": []
    }
