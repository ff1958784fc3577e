from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.publication.tracing.reading import trace_of
from postmortems.remediation.actions import move
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines import actions as timelines


def write(incident, key: str, text: str) -> None:
    save_section(incident=incident, key=key, text=text, version=0, by=incident.opened_by)


def test_from_the_item_to_the_record_and_back(client, cast):
    incident = cast.incident
    read, by_hand = make.events(incident, 1)[0], make.event(incident, "the lag alert fired", pinned=True)
    one = make.condition(incident, "Retries had no budget", read, by_hand)
    other = make.condition(incident, "A slow replica", read)
    item = make.item(incident, conditions=[one, other])
    write(incident, "story", f"At [18:09](event:{read.pk}) it began, as [C1](condition:1) tells.")
    first, second = trace_of(incident).threads
    assert [answer.item for answer in first.answers] == [item]
    assert (first.answers[0].also, second.answers[0].also) == ((2,), (1,))
    record, hand = sorted(first.moments, key=lambda moment: not moment.record)
    assert (record.event, hand.event) == (read, by_hand)
    assert (bool(record.record), hand.record) == (True, "")
    assert record.also == (2,)
    assert (
        [link.words for link in record.cited_in]
        == [link.words for link in first.cited_in]
        == ["Reason: The story"]
    )
    client.force_login(cast.ian)
    page = client.get(reverse("publication:trace", args=[incident.ref])).content.decode()
    for name, number in (("remediation:item", 1), ("timelines:event", read.pk)):
        assert reverse(name, args=[incident.ref, number]) in page
    assert record.record in page
    assert f"{reverse('writeup:edit', args=[incident.ref])}#condition-1" in page
    assert "#c2" in page


def test_what_hangs_in_the_air_is_named(cast):
    incident = cast.incident
    loose, used, cited = (make.event(incident, text, pinned=True) for text in ("one", "two", "three"))
    founded, unfounded = make.condition(incident, "x", used), make.condition(incident, "y")
    make.item(incident, conditions=[founded])
    answers_nothing = make.item(incident, "Another one of them")
    dropped = make.item(incident, "Not this one", status="proposed")
    move(item=dropped, by=cast.alice, status="dropped", reason="too dear")
    write(incident, "impact", "1,914 people waited.")
    write(incident, "story", f"At 18:02 [it rang](event:{cited.pk}).")
    write(incident, "sense", "Nobody knew.")
    write(incident, "apology", "We are sorry that 12 people waited.")
    trace = trace_of(incident)
    assert trace.unused == (loose,)
    assert trace.without_event == (unfounded,)
    assert trace.without_condition == (answers_nothing,)
    assert [text.title for text in trace.without_citation] == ["Regret: Who was hurt, and how much"]
    assert trace.in_the_air == 4


def test_hidden_events_and_removed_conditions_bear_nothing(cast):
    event = make.event(cast.incident, pinned=True)
    make.condition(cast.incident, "x", event)
    timelines.hide(event=event, by=cast.alice, reason="of another incident")
    write(cast.incident, "story", f"[gone](event:{event.pk}) and [C9](condition:9)")
    trace = trace_of(cast.incident)
    assert [one.number for one in trace.without_event] == [1]
    assert trace.citing == ()
    cast.incident.conditions.update(removed_at=make.T0)
    assert trace_of(cast.incident).threads == ()


def test_the_page_of_nothing_asks_for_a_condition(client, cast):
    client.force_login(cast.bob)
    page = client.get(reverse("publication:trace", args=[cast.incident.ref])).content.decode()
    assert "No condition yet" in page
    assert "Nothing hangs in the air" not in page


def test_two_hundred_items_are_asked_for_as_often_as_one(client, cast):
    client.force_login(cast.bob)
    event = make.event(cast.incident, pinned=True)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("publication:trace", args=[cast.incident.ref])).status_code == 200
        return len(queries)

    make.item(cast.incident, conditions=[make.condition(cast.incident, "x", event)])
    asked()
    few = asked()
    for number in range(40):
        condition = make.condition(
            cast.incident, f"Condition {number}", event, make.event(cast.incident, pinned=True)
        )
        for _ in range(5):
            make.item(cast.incident, conditions=[condition])
    assert asked() == few
