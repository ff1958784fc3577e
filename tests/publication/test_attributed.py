"""Nobody's words are published with their name against their will, nor in another wording than agreed to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Approval, Passage
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions as releasing
from postmortems.notices.models import Letter
from postmortems.publication import actions, letters, readiness
from postmortems.writeup.writing import actions as writing
from tests import make
from timelines import actions as timelines

NOW = make.T0 + timedelta(days=3)


@pytest.fixture
def incident(cast):
    make.writeup_of(cast.incident)
    for member in cast.incident.circle.filter(role="approver"):
        member.delete()
    cast.incident.refresh_from_db()
    return cast.incident


def recollection(cast, *, with_name: bool):
    passage = listening.propose_passage(
        interview=make.interview(cast.incident),
        by=cast.alice,
        text="It looked like weather.",
        earliest=make.T0,
    )
    event = releasing.release(passage=passage, text="", with_name=with_name, now=NOW).event
    timelines.pin(event=event, by=cast.alice)
    event.refresh_from_db()
    return event


def missing(incident) -> list[str]:
    return [reason.sentence for reason in readiness.reasons(incident) if reason.code == "attributed"]


def where(incident):
    return reverse(
        "publication:attributed_by_link", args=[letters.PURPOSE.key(str(incident.participants.get().pk))]
    )


def test_released_with_the_name_it_is_agreed_to_until_a_caption_changes_it(cast, incident, client):
    event = recollection(cast, with_name=True)
    assert not missing(incident)
    timelines.caption(event=event, by=cast.alice, text="He misread the graph")
    assert len(missing(incident)) == 1
    with pytest.raises(actions.NotReady):
        actions.publish(incident=incident, by=cast.alice, now=NOW, despite="we are in a hurry")
    page = client.get(where(incident)).content.decode()
    assert "He misread the graph" in page
    digest = page.split('name="digest" value="')[1][:64]
    client.post(where(incident), {"digest": digest, "what": "approve"})
    assert not missing(incident)
    timelines.caption(event=event, by=cast.alice, text="He misread both graphs")
    assert len(missing(incident)) == 1
    timelines.caption(event=event, by=cast.alice, text="He misread the graph")
    assert not missing(incident)  # these very words were agreed to


def test_without_a_name_nothing_is_asked_unless_the_caption_gives_it_away(cast, incident):
    event = recollection(cast, with_name=False)
    assert not missing(incident)
    timelines.caption(event=event, by=cast.alice, text="What Ian saw")
    assert len(missing(incident)) == 1


def test_a_quotation_with_a_name_is_asked_about_and_a_no_keeps_it_out(cast, incident, client):
    writing.save_section(
        incident=incident, key="story", by=cast.alice, version=1, text="Ian said:\n\n> it looked like weather"
    )
    assert "The story" in missing(incident)[0]
    digest = client.get(where(incident)).content.decode().split('name="digest" value="')[1][:64]
    client.post(where(incident), {"digest": digest, "what": "refuse"})
    assert "did not agree to" in missing(incident)[0]
    client.post(where(incident), {"digest": digest, "what": "approve"})
    assert not missing(incident)
    client.post(where(incident), {"digest": "0" * 64, "what": "approve"})
    assert Approval.objects.count() == 1


def test_the_letter_goes_once_for_each_wording_when_it_has_stood_still(cast, incident):
    event = recollection(cast, with_name=True)

    def sweep(minutes) -> int:
        actions.ask_attributed(incident=incident, by=None, now=NOW + timedelta(minutes=minutes))
        return Letter.objects.filter(key__startswith="attributed").count()

    assert sweep(0) == 0
    timelines.caption(event=event, by=cast.alice, text="He misread")
    assert sweep(1) == 0
    timelines.caption(event=event, by=cast.alice, text="He misread the graph")
    assert sweep(31) == 0  # the words are new
    assert sweep(62) == 1
    assert sweep(200) == 1
    assert Letter.objects.get().next_try_at.hour == 9 or 9 <= Letter.objects.get().next_try_at.hour < 18
    assert "misread" not in Letter.objects.get().text
    timelines.caption(event=event, by=cast.alice, text="What the graph showed")
    assert sweep(201) == 1
    assert sweep(240) == 2


def test_by_hand_the_letter_is_written_at_once(cast, incident, client):
    event = recollection(cast, with_name=True)
    timelines.caption(event=event, by=cast.alice, text="He misread")
    client.force_login(cast.alice)
    client.post(reverse("publication:ask_attributed", args=[incident.ref]))
    assert Letter.objects.get().to == cast.ian.email
    page = client.get(reverse("publication:readiness", args=[incident.ref])).content.decode()
    assert "Words with a name" in page
    assert "asked" in page


def test_what_is_published_cannot_be_taken_back(cast, incident):
    recollection(cast, with_name=True)
    actions.publish(incident=incident, by=cast.alice, now=NOW, despite="a test")
    passage = Passage.objects.get()
    assert passage.published_at == NOW
    with pytest.raises(NotPossible, match="published"):
        releasing.take_back(passage=passage, now=NOW)


def test_the_page_is_for_the_participant_alone(cast, incident, client):
    page = reverse("publication:attributed", args=[incident.ref])
    client.force_login(cast.ian)
    assert client.get(page).status_code == 200
    client.force_login(cast.ada)
    assert client.get(page).status_code == 404
