"""What recurs, what gets fixed and how we review: every figure against the rows behind it, and nothing restricted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from postmortems.archive.leading import rows
from postmortems.archive.leading.reckoning import figures_of, reckon, standing
from postmortems.archive.models import Reckoning
from postmortems.incidents.models import Incident
from postmortems.meetings.models import Survey
from postmortems.publication import actions as publication
from postmortems.remediation.models import EffectCheck, Item
from tests import make

NOW = make.T0 + timedelta(days=100)
PAGES = ("/archive/recurs/", "/archive/fixed/", "/archive/reviews/", "/archive/numbers/")
ROWS = (
    "/archive/recurs/conditions/",
    "/archive/fixed/items/",
    "/archive/reviews/due/",
    "/archive/reviews/surveys/",
    "/archive/reviews/read/",
)


def reviewed(by, title: str, *, days: int = 10, sentences=("Retries had no budget",), **fields) -> Incident:
    """Published so many days after it was resolved, with an accepted item for each condition."""
    incident = make.incident(by=by, title=title, now=make.T0, **fields)
    for sentence in sentences:
        condition = make.condition(incident, sentence, make.event(incident))
        item = make.item(
            incident,
            f"Answer to {sentence}",
            owner=by,
            due_on=(make.T0 + timedelta(days=60)).date(),
            status="accepted",
        )
        item.conditions.add(condition)
    publication.publish(
        incident=incident, by=by, now=incident.resolved_at + timedelta(days=days), despite="a test needs it"
    )
    return incident


def asked(**given: str) -> QueryDict:
    made = QueryDict(mutable=True)
    made.update(given)
    return made


def test_conditions_are_counted_by_kind_quarter_and_service(cast):
    service = make.service()
    reviewed(
        cast.alice, "One", services=[service], sentences=("Retries had no budget", "The dashboard averaged")
    )
    reviewed(cast.alice, "Two", sentences=("A retry storm was invisible",))
    figures = figures_of(NOW)["recurs"]
    assert figures["by_quarter"] == [{"quarter": "2026-Q1", "kind": "Technical", "helped": False, "n": 3}]
    assert figures["by_service"] == [{"service": service.pk, "kind": "Technical", "n": 2}]
    assert rows.conditions(asked(kind="Technical", quarter="2026-Q1")).count() == 3
    assert rows.conditions(asked(kind="Technical", service=str(service.pk))).count() == 2


def test_words_that_come_back_are_told_in_one_form(cast):
    reviewed(cast.alice, "One", sentences=("Retries had no budget",))
    reviewed(cast.alice, "Two", sentences=("Retries hid the lag",))
    reviewed(cast.alice, "Three", sentences=("Nobody saw the retry",))
    themes = figures_of(NOW)["recurs"]["themes"]
    assert [(theme["word"], theme["write_ups"]) for theme in themes] == [("retries", 3)]


def test_promises_are_kept_late_overdue_or_dropped(cast):
    incident = reviewed(cast.alice, "One", sentences=("a", "b", "c", "d", "e"))
    day = date(2026, 5, 1)
    Item.objects.update(
        promised_on=day, due_on=day + timedelta(days=300)
    )  # a date that was moved moves no promise
    kept, late, dropped, overdue, verified = incident.items.order_by("number")
    Item.objects.filter(pk=kept.pk).update(status="done", done_at=make.T0)
    Item.objects.filter(pk=late.pk).update(status="done", done_at=NOW)
    Item.objects.filter(pk=dropped.pk).update(status="dropped", dropped_reason="x")
    Item.objects.filter(pk=verified.pk).update(
        status="verified", done_at=make.T0, verified_at=NOW, verified_by=cast.bob
    )
    EffectCheck.objects.create(item=verified, held="yes", would_have_changed="partly", by=cast.bob)
    figures = figures_of(NOW)["fixed"]
    assert {row["fares"]: row["n"] for row in figures["kept"]} == {
        "kept": 2,
        "late": 1,
        "dropped": 1,
        "overdue": 1,
    }
    assert figures["standing"] == {
        "promises": 5,
        "undone": 1,
        "overdue": 1,
        "unverified": 2,
        "verified": 1,
        "dropped": 1,
    }
    assert figures["by_kind"] == [{"kind": "Technical", "n": 5, "undone": 1, "overdue": 1, "verified": 1}]
    assert figures["effects"] == [{"held": "yes", "changed": "partly", "n": 1}]
    for fares, count in (("kept", 2), ("late", 1), ("overdue", 1), ("dropped", 1), ("ahead overdue", 1)):
        found, among = rows.promises(asked(fares=fares), now=NOW, page=1)
        assert (len(found), among) == (count, count), fares
    assert rows.promises(asked(changed="partly"), now=NOW, page=1)[1] == 1
    assert rows.promises(asked(kind="Technical", quarter="2026-Q2"), now=NOW, page=1)[1] == 5
    assert [row["what"] for row in rows.promises(asked(fares="overdue"), now=NOW, page=1)[0]] == [
        overdue.what
    ]


def test_what_was_not_published_is_no_promise(cast):
    incident = reviewed(cast.alice, "One")
    make.item(incident, "Thought of later", owner=cast.alice, due_on=make.T0.date(), status="accepted")
    Item.objects.filter(number=1).update(what="Said otherwise in the draft")
    found, among = rows.promises(asked(), now=NOW, page=1)
    assert among == 1
    assert found[0]["what"] == "Answer to Retries had no budget"


def test_reviews_past_their_day_count_as_not_yet_published(cast):
    reviewed(cast.alice, "Soon", days=10)
    reviewed(cast.alice, "Late", days=40)
    figures = figures_of(NOW)["reviews"]  # the incident of the cast waits
    assert {row["came"]: row["n"] for row in figures["in_time"]} == {"in_time": 1, "late": 1, "waiting": 1}
    assert (figures["days"]["n"], figures["days"]["dots"]) == (2, [10.0, 40.0])
    assert [i.title for i in rows.due(asked(came="waiting"), now=NOW, page=1)[0]] == [cast.incident.title]
    assert [i.title for i in rows.due(asked(came="late", quarter="2026-Q2"), now=NOW, page=1)[0]] == ["Late"]


@pytest.mark.parametrize(("conversations", "told"), [(4, []), (5, [{"came": "inside", "n": 5}])])
def test_conversations_are_told_from_five_up(cast, conversations, told):
    for _ in range(conversations):
        incident = make.incident(by=cast.alice)
        participant = incident.participants.create(name="Vera", role="Support")
        make.interview(incident, participant=participant, state="done")
    assert figures_of(NOW)["reviews"]["talks"] == told


def test_surveys_are_told_from_five_answers_up(cast):
    for answers in (4, 6):
        incident = make.incident(by=cast.alice)
        meeting = make.meeting(incident)
        type(meeting).objects.filter(pk=meeting.pk).update(state="held", held_at=make.T0 + timedelta(days=10))
        result = {"answers": answers, "counts": {"learned": [answers - 1, 0, 1]}, "better": []}
        Survey.objects.create(meeting=meeting, closes_at=NOW, closed_at=NOW, result=result)
    learned = {row["choice"]: row["n"] for row in figures_of(NOW)["reviews"]["learned"]}
    assert learned == {"yes": 5, "little": 0, "no": 1}
    assert rows.surveyed(asked(quarter="2026-Q1")).count() == 1


def test_nothing_restricted_is_anywhere(cast, client):
    hushed = reviewed(
        cast.alice, "Hushed quokkas", sentences=("Quokkas came", "Quokkas went"), tags=["quokka"]
    )
    reviewed(cast.alice, "Open", sentences=("Quokkas slept",))
    assert reckon(NOW)
    Incident.objects.filter(pk=hushed.pk).update(restricted=True)
    assert not Reckoning.objects.exists()
    figures = figures_of(NOW)
    assert sum(row["n"] for row in figures["recurs"]["by_quarter"]) == 1
    assert figures["recurs"]["themes"] == []
    assert figures["fixed"]["standing"]["promises"] == 1
    for name in ("alice", "rita", "ada"):
        client.force_login(cast[name])
        for page in (*PAGES, *ROWS):
            assert hushed.ref not in client.get(page).content.decode(), (name, page)
            assert "Hushed" not in client.get(page).content.decode(), (name, page)


def test_a_reckoning_begun_before_a_restriction_does_not_stand(cast, monkeypatch):
    incident = reviewed(cast.alice, "Soon restricted")

    def meanwhile(now):
        Incident.objects.filter(pk=incident.pk).update(restricted=True)
        return {"recurs": "stale"}

    monkeypatch.setattr("postmortems.archive.leading.reckoning.figures_of", meanwhile)
    assert reckon(NOW) is None
    assert not Reckoning.objects.exists()


def test_the_last_reckoning_stands_until_the_next(cast):
    first = reckon(NOW)
    reviewed(cast.alice, "One")
    assert standing(NOW + timedelta(hours=1)) == (first.as_of, first.figures)
    reckon(NOW + timedelta(hours=2))
    assert standing(NOW + timedelta(hours=3))[1]["fixed"]["standing"]["promises"] == 1
    assert Reckoning.objects.count() == 1


def test_pages_open_empty_and_full_and_say_as_of_when(cast, client):
    client.force_login(cast.rita)
    for page in (*PAGES, *ROWS):
        assert client.get(page).status_code == 200, page
    reviewed(cast.alice, "One")
    reviewed(cast.alice, "Two", days=40)
    reckon(NOW)
    for page in PAGES[:3]:
        assert "As of" in client.get(page).content.decode(), page
    assert "#condition-1" in client.get("/archive/recurs/conditions/?kind=Technical").content.decode()
    assert "#item-1" in client.get("/archive/fixed/items/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "quarter=2026-Q9",
        "quarter=x",
        "service=%27",
        "service=99999999999999999999",
        "kind=%00",
        "page=-1",
        "page=" + "9" * 30,
        "fares=%27",
        "came=x",
        "type=%",
    ],
)
def test_nonsense_is_answered_kindly(cast, client, query):
    client.force_login(cast.rita)
    for page in ROWS:
        assert client.get(f"{page}?{query}").status_code == 200, page


def test_no_page_names_anybody(cast, client):
    reviewed(cast.bob, "One")
    reckon(NOW)
    client.force_login(cast.rita)
    for page in (*PAGES, *ROWS):
        assert "Bob" not in client.get(page).content.decode(), page


def test_pages_ask_the_same_of_a_large_archive(cast, client):
    def cost(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as caught:
            client.get(page)
        return len(caught)

    client.force_login(cast.rita)
    reviewed(cast.alice, "One")
    reckon(NOW)
    small = [cost(page) for page in (*PAGES, *ROWS)]
    for number in range(8):
        reviewed(cast.alice, f"More {number}", sentences=("Retries had no budget", "Lag was averaged"))
    reckon(NOW)
    assert [cost(page) for page in (*PAGES, *ROWS)] == small


def test_beyond_what_is_counted_the_rows_say_that_there_are_more(cast, client, monkeypatch):
    monkeypatch.setattr(rows, "MOST", 2)
    reviewed(cast.alice, "One", sentences=("a", "b", "c"))
    client.force_login(cast.rita)
    for page in ("/archive/recurs/conditions/", "/archive/fixed/items/"):
        told = client.get(page).content.decode()
        assert "More than 2 rows behind the figure" in told, page
