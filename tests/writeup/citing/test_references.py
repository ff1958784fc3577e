from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.incidents import actions as incidents
from postmortems.interviews.models import Note
from postmortems.markdown import to_html
from postmortems.writeup.citing.drafts import cited_in, texts_of, where_cited
from postmortems.writeup.citing.references import broken, references_of
from postmortems.writeup.conditions.actions import remove_condition
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0
from timelines import actions as timelines
from timelines import storing


def stored(incident, text: str, **fields):
    """An event as an import brings it."""
    source = make.source(incident)
    for batch in storing.batches([make.record(text, **fields)]):
        storing.store(source, batch)
    return source.events.get(text__startswith=text[:8])


def write(incident, text: str, key: str = "story"):
    standing = incident.sections.filter(key=key).first()
    return save_section(
        incident=incident,
        key=key,
        text=text,
        version=standing.version if standing else 0,
        by=incident.opened_by,
    )


@pytest.fixture
def berlin(incident):
    incident.zone = "Europe/Berlin"
    incident.save()
    return incident


def test_an_event_leads_to_its_evidence_and_says_when_and_who(berlin):
    event = stored(berlin, "the lag alert fired", minutes=9.2)
    refer = references_of(berlin, [f"[x](event:{event.pk})"])
    found = refer("event", event.pk)
    assert found.href == reverse("timelines:event", args=[berlin.ref, event.pk])
    assert found.title == "10 March 2026, 19:09:12 Europe/Berlin\nSlack, Ian\nthe lag alert fired"
    assert found.words == "19:09 the lag alert fired"


@pytest.mark.parametrize(
    ("fields", "when", "words"),
    [
        ({"precision": "minute"}, "10 March 2026, 19:09 Europe/Berlin", "19:09 it broke"),
        ({"precision": "hour"}, "10 March 2026, 19 h Europe/Berlin", "19 h it broke"),
        ({"precision": "day"}, "10 March 2026", "10 March it broke"),
        ({"certainty": "approximate"}, "10 March 2026, ~19:09 Europe/Berlin", "~19:09 it broke"),
    ],
)
def test_no_finer_than_its_source(berlin, fields, when, words):
    event = stored(berlin, "it broke", minutes=9.2)
    berlin.events.filter(pk=event.pk).update(**fields)
    found = references_of(berlin, [f"<event:{event.pk}>"])("event", event.pk)
    assert found.title.splitlines()[0] == when
    assert found.words == words


def test_conditions_items_and_roles(cast, incident):
    condition = make.condition(incident, "Retries had no budget")
    item = make.item(incident, "Bound retries", conditions=[condition])
    person = incident.participants.get()
    text = f"[C1](condition:1) is answered by [R1](item:1); [Ian](role:{person.pk}) and [the responder](role:{person.pk})"
    page = to_html(text, refer=references_of(incident, [text]))
    assert f'href="{reverse("writeup:edit", args=[incident.ref])}#condition-1"' in page
    assert "Retries had no budget" in page
    assert f'href="{reverse("remediation:item", args=[incident.ref, item.number])}"' in page
    assert "Bound retries" in page
    assert "Ian" not in page
    assert ">the on-call responder</a>" in page
    assert ">the responder</a>" in page


def test_what_is_hidden_or_removed_or_of_another_incident_is_gone(cast, incident):
    hidden = make.event(incident, "something unrelated")
    timelines.hide(event=hidden, by=cast.alice, reason="another matter")
    removed = make.condition(incident, "Not a condition after all")
    remove_condition(condition=removed, by=cast.alice, now=T0)
    elsewhere = make.event(make.incident(by=cast.alice), "elsewhere")
    person = incident.participants.get()
    role = person.pk
    incidents.remove_participant(participant=person, by=cast.alice)
    numbers = [
        ("event", hidden.pk),
        ("condition", removed.number),
        ("event", elsewhere.pk),
        ("item", 9),
        ("role", role),
    ]
    for kind, number in numbers:
        write(incident, f"before [its words]({kind}:{number}) after")
        page = to_html(f"[its words]({kind}:{number})", refer=references_of(incident))
        assert page == '<p><span class="gone" title="no longer there">its words</span></p>\n'
        assert [(place.key, *what) for place, *what in broken(incident, texts_of(incident))] == [
            ("story", kind, number)
        ]


def test_a_masked_secret_stays_masked_in_the_note(incident):
    secret = "ghp_" + "a1B2c3D4e5" * 4
    event = stored(incident, f"deployed with {secret[: 36 + 4]} by hand")
    found = references_of(incident, [f"<event:{event.pk}>"])("event", event.pk)
    assert "[masked: GitHub token]" in found.title
    assert secret[:20] not in found.title + found.words


def test_notes_of_an_interview_cannot_be_cited(client, cast, incident):
    interview = make.interview(incident)
    Note.objects.create(interview=interview, body="zebra crossing", saved_at=T0)
    client.force_login(cast.alice)
    answer = client.get(
        reverse("writeup:cite", args=[incident.ref]), {"q": "zebra"}, headers={"Accept": "application/json"}
    )
    assert answer.json() == {"shelves": []}


def test_where_it_is_cited(incident):
    event = make.event(incident, "the lag alert fired", pinned=True)
    cite = f"[x](event:{event.pk})"
    write(incident, cite)
    write(incident, f"`{cite}` is how it is written", key="sense")
    condition = make.condition(incident)
    condition.made_sense = f"Seen at {cite}"
    condition.save()
    make.item(incident, detail=f"As at {cite}.")
    assert [place.key for place in where_cited(incident, "event", event.pk)] == ["story", "C1", "R1"]
    assert [place.key for place in cited_in(texts_of(incident))["event", event.pk]] == ["story", "C1", "R1"]
    assert where_cited(incident, "event", event.pk + 1) == []


def test_as_many_queries_for_one_citation_as_for_twenty(incident, django_assert_num_queries):
    def cite(count: int) -> None:
        events = make.events(incident, count)
        lines = [f"[e](event:{event.pk})" for event in events]
        for _ in range(count):
            condition = make.condition(incident, f"Sentence {count}")
            item = make.item(incident, f"Bound retries {count}")
            lines += [
                f"[c](condition:{condition.number}) [r](item:{item.number}) [p](role:{incident.participants.get().pk})"
            ]
        write(incident, "\n".join(lines))
        assert not broken(incident, texts_of(incident))

    for count in (1, 20):
        cite(count)
        with django_assert_num_queries(9):
            references_of(incident)


def test_a_long_text_of_a_source_makes_a_short_note(incident):
    event = stored(incident, "lagging " + "word " * 500, minutes=1)
    found = references_of(incident, [f"<event:{event.pk}>"])("event", event.pk)
    assert len(found.title) < 400
    assert len(found.words) < 80
    assert found.words.endswith("word…")


def test_the_note_is_of_the_present(cast, incident):
    event = make.event(incident, "the lag alert fired")
    timelines.caption(event=event, by=cast.alice, text="First sign of the lag")
    found = references_of(incident, [f"<event:{event.pk}>"])("event", event.pk)
    assert "First sign of the lag" in found.title
    assert found.words.endswith("First sign of the lag")
