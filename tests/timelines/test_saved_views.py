"""Views under a name, links to a moment, and files to take along."""

from __future__ import annotations

import pytest
from django.urls import reverse
from icalendar import Calendar

from tests import make
from tests.timelines.conftest import signed_in
from timelines import saving, storing
from timelines.actions import NotPossible
from timelines.models import SavedView

pytestmark = pytest.mark.django_db


def line(incident) -> str:
    return reverse("timelines:timeline", args=[incident.ref])


@pytest.fixture
def told(incident):
    texts = ["=2+2 *bold* [x](y)", "the pool is full\nsecond line", "deploy finished"]
    records = [make.record(text, minutes=n, id=f"e{n}") for n, text in enumerate(texts)]
    storing.store(make.source(incident), records)
    return incident


def test_a_view_is_kept_shared_and_forgotten(cast, told):
    bob, ian = signed_in(cast.bob), signed_in(cast.ian)
    bob.post(reverse("timelines:save_view", args=[told.ref]), {"name": "Pool", "q": "pool", "shared": "1"})
    view = SavedView.objects.get()
    assert (view.query, view.shared) == ({"q": "pool"}, True)
    assert "?q=pool" in ian.get(line(told)).content.decode()
    ian.post(reverse("timelines:forget_view", args=[told.ref, view.pk]))
    assert SavedView.objects.exists(), "only its author forgets it"
    bob.post(reverse("timelines:forget_view", args=[told.ref, view.pk]))
    assert not SavedView.objects.exists()


def test_a_view_of_ones_own_is_nobody_elses(cast, told):
    saving.save(incident=told, by=cast.bob, name="Mine", query={"q": "pool"})
    assert "Mine" in signed_in(cast.bob).get(line(told)).content.decode()
    assert "Mine" not in signed_in(cast.alice).get(line(told)).content.decode()


def test_participants_keep_views_for_themselves_alone(cast, told):
    ian = signed_in(cast.ian)
    ian.post(reverse("timelines:save_view", args=[told.ref]), {"name": "A", "q": "pool", "shared": "1"})
    assert not SavedView.objects.get().shared


def test_nothing_asked_is_nothing_to_keep(cast, told):
    with pytest.raises(NotPossible, match="nothing to keep"):
        saving.save(incident=told, by=cast.bob, name="Empty", query={})
    with pytest.raises(NotPossible, match="name"):
        saving.save(incident=told, by=cast.bob, name="  ", query={"q": "x"})


def test_the_same_name_again_is_the_same_view(cast, told):
    for words in ("pool", "deploy"):
        saving.save(incident=told, by=cast.bob, name="Mine", query={"q": words})
    assert [view.query for view in SavedView.objects.all()] == [{"q": "deploy"}]


def test_a_link_to_a_moment_opens_the_line_there(cast, told):
    event = told.events.get(external_id="e1")
    alice = signed_in(cast.alice)
    answer = alice.get(reverse("timelines:at", args=[told.ref, event.at_utc]))
    assert answer["Location"].endswith(f"#event-{event.pk}")
    assert f'id="event-{event.pk}"' in alice.get(answer["Location"]).content.decode()
    assert alice.get(reverse("timelines:at", args=[told.ref, "yesterday"])).status_code == 404


def exported(cast, told, kind: str, query: str = "") -> bytes:
    answer = signed_in(cast.alice).get(reverse("timelines:export", args=[told.ref, kind]) + query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_markdown_shows_text_as_text(cast, told):
    text = exported(cast, told, "md").decode()
    assert "## 2026-03-10 (UTC)" in text
    assert r"=2+2 \*bold\* \[x\](y)" in text
    assert "the pool is full second line" in text
    assert exported(cast, told, "md", "?q=pool").decode().count("\n- ") == 1


def test_a_calendar_holds_the_same_instants(cast, told):
    entries = Calendar.from_ical(exported(cast, told, "ics")).walk("VEVENT")
    assert [entry.decoded("dtstart") for entry in entries] == [
        event.at.replace(microsecond=0) for event in told.events.in_order()
    ]
    assert str(entries[1]["summary"]) == "the pool is full second line"
