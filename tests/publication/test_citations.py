"""Citations in what is published: frozen with it, leading within it, and only to what is in it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from postmortems.interviews.listening import actions as listening
from postmortems.interviews.releasing import actions as releasing
from postmortems.publication import actions, article, attributed, content, pdf
from postmortems.writeup.conditions.actions import save_condition
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines import actions as timelines

NOW = make.T0 + timedelta(days=14)


def write(incident, text: str, key: str = "story") -> None:
    section = incident.sections.get(key=key)
    save_section(incident=incident, key=key, text=text, version=section.version, by=incident.opened_by)


def published(incident):
    return actions.publish(incident=incident, by=incident.opened_by, now=NOW, despite="a test needs it")


def test_they_lead_to_rows_conditions_and_items_of_the_same_article(ready):
    event, condition, item = ready.events.first(), ready.conditions.first(), ready.items.first()
    write(ready, f"[alert](event:{event.pk}), [C1](condition:{condition.number}), [R1](item:{item.number})")
    html = published(ready).html
    links = re.findall(r'<a href="#([^"]+)" class="cite"', html)
    assert links == [f"event-{event.pk}", f"condition-{condition.number}", f"item-{item.number}"]
    for link in links:
        assert f'id="{link}"' in html


def test_what_is_cited_is_published_with_the_timeline(ready):
    event = make.event(ready, "a cache was warmed by hand")
    assert "warmed by hand" not in article.render(content.of(ready))
    write(ready, f"Then [a cache](event:{event.pk}) helped.")
    html = published(ready).html
    assert f'<li id="event-{event.pk}">' in html
    assert "a cache was warmed by hand" in html


@pytest.mark.parametrize("where", ["condition", "item"])
def test_so_is_what_conditions_and_items_cite(ready, where):
    event = make.event(ready, "a cache was warmed by hand")
    if where == "condition":
        one = ready.conditions.first()
        save_condition(
            incident=ready, by=ready.opened_by, kind="technical", sentence=one.sentence, condition=one, version=one.version,
            made_sense=f"Seen at [x](event:{event.pk})", events=one.events.all(),
        )  # fmt: skip
    else:
        ready.items.update(detail=f"As at [x](event:{event.pk})")
    html = published(ready).html
    assert f'<li id="event-{event.pk}">' in html
    assert f'href="#event-{event.pk}"' in html


def test_a_hidden_event_is_not_published_because_it_is_cited(cast, ready):
    event = make.event(ready, "something private that is no part of it")
    timelines.hide(event=event, by=cast.alice, reason="another matter")
    write(ready, f"As [somebody](event:{event.pk}) said.")
    html = published(ready).html
    assert "something private" not in html
    assert '<span class="gone" title="no longer there">somebody</span>' in html


def test_the_revision_stays_what_it_was_when_the_event_changes(cast, ready):
    event = make.event(ready, "the lag alert fired", pinned=True)
    write(ready, f"[](event:{event.pk})")
    revision = published(ready)
    before = revision.html
    timelines.caption(event=event, by=cast.alice, text="Something else")
    ready.conditions.all().delete()
    revision.refresh_from_db()
    assert article.render(revision.content) == before == revision.html
    assert "the lag alert fired</a>" in before
    assert article.render(content.of(ready)) != before


def test_a_role_is_told_by_its_name_never_by_theirs(ready):
    person = ready.participants.get()
    write(ready, f"[Ian](role:{person.pk}) looked at the replica; [the responder](role:{person.pk}) slept.")
    html = published(ready).html
    assert "<p>the on-call responder looked at the replica; the responder slept.</p>" in html


def test_a_recollection_that_is_cited_needs_the_consent_of_whose_it_is(cast, ready):
    passage = listening.propose_passage(
        interview=make.interview(ready), by=cast.alice, text="It looked like weather.", earliest=make.T0
    )
    event = releasing.release(passage=passage, text="", with_name=False, now=NOW).event
    ready.events.filter(pk=event.pk).update(caption="Ian misread the graph")
    assert not attributed.claims(ready, content.of(ready))
    write(ready, f"[looked](event:{event.pk})")
    assert [claim.person for claim in attributed.claims(ready, content.of(ready))] == [
        ready.participants.get()
    ]
    assert ready in attributed.worth_looking_at()


def test_a_document_from_before_there_were_citations_is_rendered_as_it_was(ready):
    document = content.of(ready)
    document["people"] = [{"role": one["role"], "name": one["name"]} for one in document["people"]]
    assert article.render(document)


def test_they_are_links_within_the_pdf(ready):
    event = ready.events.first()
    write(ready, f"At first [the alert](event:{event.pk}).")
    data, _ = pdf.render(published(ready))
    reader = PdfReader(BytesIO(data))
    names = {note.get_object().get("/Dest") for page in reader.pages for note in page.get("/Annots", [])}
    assert f"event-{event.pk}" in {str(name) for name in names}
    assert f"event-{event.pk}" in reader.named_destinations


def test_as_many_queries_whatever_is_cited(ready, django_assert_max_num_queries):
    write(ready, f"[x](event:{ready.events.first().pk})")
    with django_assert_max_num_queries(40) as one:
        content.of(ready)
    made = make.events(ready, 20)
    write(ready, " ".join(f"[x](event:{event.pk})" for event in made))
    with django_assert_max_num_queries(len(one)):
        content.of(ready)


def test_the_draft_as_it_would_be_published_shows_them(client, cast, ready):
    event = ready.events.first()
    write(ready, f"[the alert](event:{event.pk})")
    client.force_login(cast.alice)
    page = client.get(reverse("publication:readiness", args=[ready.ref])).text
    assert f'<a href="#event-{event.pk}" class="cite"' in page
