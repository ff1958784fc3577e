"""Whom the evidence shows, under whichever name a source knows them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.interviews.scheduling import evidence, schedule
from tests import make
from tests.interviews.scheduling.conftest import RESOLVED, person
from timelines import storing
from timelines.models import Alias, Person, Source

BEGAN = RESOLVED - timedelta(hours=3)


def told(incident, *records, format: str = "slack", name: str = "Chat") -> Source:
    source = make.source(incident, name, format)
    for batch in storing.batches(records):
        storing.store(source, batch)
    return source


def said(text: str, minutes: float, **fields):
    from dataclasses import replace

    return replace(
        make.record(text, **({"actor_kind": "person"} | fields)), at=BEGAN + timedelta(minutes=minutes)
    )


def why(incident) -> dict[str, str]:
    return {one.name: one.why for one in schedule.asked(incident)}


def test_people_are_found_by_id_by_name_and_by_what_was_mapped(incident, mara, ben):
    ana, cleo = person(incident, "Ana Lima"), person(incident, "Cleo", account=False)
    ana.known_as = ["U0ANA"]
    ana.save()
    Alias.objects.create(
        person=Person.objects.create(name="Ben", user=ben.user), format="slack", actor_id="U0BEN", by=mara
    )
    told(
        incident, said("a", 1, actor="ana.l", actor_id="U0ANA"), said("b", 5, actor="benny", actor_id="U0BEN"), said("c", 9, actor="Cleo"),
    )  # fmt: skip
    found = why(incident)
    assert found["Ana Lima"].endswith("in the evidence from 00:41 on")
    assert found["Ben"].endswith("in the evidence from 00:45 on")
    assert found["Cleo"].endswith("in the evidence from 00:49 on")
    assert evidence.look(incident, list(incident.participants.all()))[1] == []
    assert cleo.user is None


def test_what_they_did_is_said_in_words(incident, ben):
    ana = person(incident, "Ana Lima", role="Observer")
    told(
        incident, said("kubectl get pods", 20, kind="command", actor="Ben"), said("kubectl rollout undo deploy/web", 31, kind="command", actor="Ben"),
        format="shell", name="Shell",
    )  # fmt: skip
    told(
        incident,
        said(
            "page",
            4,
            kind="page triggered",
            actor="",
            actor_kind="system",
            extra={"assignees": ["Ana Lima", "Zed Far"]},
        ),
        format="pagerduty",
        name="Pager",
    )
    told(
        incident,
        said("handing over to Ana Lima, the rollback is out", 40, actor="Ben"),
        said("here", 7, actor="Ana Lima"),
    )
    found = {one.name: one for one in schedule.asked(incident)}
    assert (
        found["Ben"].why
        == "On-call responder, acted first by the evidence, at 01:00, typed the rollback at 01:11, handed over to Ana Lima"
    )
    assert (
        found["Ana Lima"].why
        == "Observer, in the evidence from 00:47 on, was paged at 00:44 and joined within 3 minutes, took over from Ben"
    )
    assert found["Ana Lima"].after == (ben.pk,)
    unknown = evidence.look(incident, list(incident.participants.all()))[1]
    assert [(one.name, one.why) for one in unknown] == [("Zed Far", "was paged")]
    assert ana.pk not in found["Ben"].after


def test_machines_shared_accounts_and_other_days_are_nobody_to_ask(incident, ben):
    told(
        incident, said("deployed", 1, actor="deploybot", actor_kind="bot"), said("x", 2, actor="root", kind="command"),
        said("long ago", -60 * 24 * 30, actor="Old Hand"), said("here", 5, actor="Zoe Real", actor_id="U7"),
    )  # fmt: skip
    told(incident, said("joined", 3, kind="join", actor="Quiet One", noise=True), name="Other chat")
    unknown = evidence.look(incident, list(incident.participants.all()))[1]
    assert {(one.name, one.handle, one.why) for one in unknown} == {
        ("Zoe Real", "U7", "appears in the evidence"), ("Quiet One", "Quiet One", "was in the channel"),
    }  # fmt: skip


def test_who_joined_and_wrote_nothing_is_asked_what_they_saw(incident, ben):
    told(incident, said("joined", 3, kind="join", actor="Ben", noise=True))
    assert (
        why(incident)["Ben"]
        == "On-call responder, in the evidence from 00:43 on, was there and wrote nothing"
    )


def test_new_evidence_is_seen_at_once(incident, ben):
    assert "not heard in the evidence" in why(incident)["Ben"]
    told(incident, said("here", 3, actor="Ben"))
    assert "in the evidence from 00:43 on" in why(incident)["Ben"]


def test_two_people_of_one_name_are_told_apart_by_their_handles_alone(incident):
    one, other = person(incident, "Kim Lee"), person(incident, "Lee Kim", account=False)
    one.known_as, other.known_as = ["U1"], ["U2"]
    one.save()
    other.save()
    told(incident, said("a", 1, actor="Kim L", actor_id="U1"), said("b", 2, actor="klee", actor_id="U2"))
    seen, _ = evidence.look(incident, list(incident.participants.all()))
    assert {one.name: one.events for one in seen} == {"Kim Lee": 1, "Lee Kim": 1}


@pytest.mark.parametrize(
    "extra",
    [{}, {"assignees": None}, {"assignees": "x"}, {"assignees": [None, 3, ""]}, {"assignees": {"a": 1}}],
)
def test_pages_of_any_form_are_read(incident, ben, extra):
    told(
        incident,
        said("page", 4, kind="page triggered", actor="", extra=extra),
        format="pagerduty",
        name="Pager",
    )
    assert why(incident)
