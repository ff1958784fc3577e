"""Times by hand: the server decides by the same rules, whatever was dragged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.audit.models import Entry
from postmortems.interviews.models import Interview, NotAsked, Plan
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions
from postmortems.notices.models import Letter
from tests import make
from tests.interviews.scheduling.conftest import NOW, RESOLVED, person, planned


def lisbon(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}:00+00:00").astimezone(UTC)


@pytest.fixture
def interview(incident, mara, ben) -> Interview:
    return make.interview(
        incident, interviewer=mara, participant=ben, state="proposed", invited_at=None, starts_at=lisbon(27, "10:00"), ends_at=lisbon(27, "10:45")
    )  # fmt: skip


def moved(interview, to: datetime, **more) -> Interview:
    return actions.set_time(interview=interview, by=interview.interviewer, starts_at=to, now=NOW, **more)


def test_a_time_that_fits_is_set_and_kept(interview):
    found = moved(interview, lisbon(27, "15:00"))
    assert (found.starts_at, found.ends_at - found.starts_at) == (lisbon(27, "15:00"), timedelta(minutes=45))
    assert found.kept
    assert found.overruled == []
    assert not Letter.objects.exists()  # nobody was told of the first time either


def test_the_rule_in_the_way_is_told_and_gives_way_to_a_reason_alone(interview):
    with pytest.raises(
        NotPossible,
        match="Ben’s working hours end at 17:30 in Lisbon. To ask them then all the same needs a reason",
    ):
        moved(interview, lisbon(27, "17:00"))
    found = moved(interview, lisbon(27, "17:00"), early_reason="Ben asked for the evening")
    assert (found.overruled, found.early_reason) == (["hours", "host_hours"], "Ben asked for the evening")
    back = moved(found, lisbon(27, "14:00"), early_reason="left in the form")
    assert (back.overruled, back.early_reason) == ([], "")


def test_an_early_one_needs_a_reason_which_is_kept_and_told(interview, client, mara):
    with pytest.raises(NotPossible, match="needs a reason, which is kept"):
        moved(interview, lisbon(26, "16:00"))
    found = moved(interview, lisbon(26, "16:00"), early_reason="leaves on Friday for a month")
    assert "soak" in found.overruled
    assert Entry.objects.get(verb="interview.moved").data["reason"] == "leaves on Friday for a month"
    client.force_login(mara)
    page = client.get(reverse("interviews:board", args=[interview.incident.ref])).content.decode()
    assert "Early, because: leaves on Friday for a month" in page


def test_no_reason_helps_against_the_past_or_two_places_at_once(interview, incident, mara):
    with pytest.raises(NotPossible, match="That time has passed"):
        moved(interview, NOW - timedelta(hours=1), early_reason="because")
    other = person(incident, "Ana")
    make.interview(
        incident,
        interviewer=mara,
        participant=other,
        starts_at=lisbon(27, "14:00"),
        ends_at=lisbon(27, "14:45"),
    )
    with pytest.raises(NotPossible, match="Mara has an interview with Ana from 14:00 to 14:45 in Lisbon"):
        moved(interview, lisbon(27, "14:30"), early_reason="because")


def test_moving_one_that_was_sent_asks_anew_with_a_higher_sequence(interview):
    Interview.objects.filter(pk=interview.pk).update(state="accepted", invited_at=NOW, answered_at=NOW)
    found = moved(interview, lisbon(27, "15:00"))
    assert (found.state, found.sequence, found.answered_at) == ("invited", 1, None)
    assert set(Letter.objects.values_list("to", flat=True)) == {"ben@example.org", "mara@example.org"}


@pytest.mark.parametrize("state", ["done", "declined", "cancelled", "writing"])
def test_what_is_over_or_in_writing_has_no_time_to_move(interview, state):
    Interview.objects.filter(pk=interview.pk).update(state=state)
    with pytest.raises(NotPossible):
        moved(interview, lisbon(27, "15:00"))


def test_a_move_from_what_somebody_else_moved_changes_nothing(interview):
    was = interview.starts_at.isoformat()
    moved(interview, lisbon(27, "15:00"), was=was)
    with pytest.raises(NotPossible, match="It is as they left it"):
        moved(interview, lisbon(27, "16:00"), was=was)
    interview.refresh_from_db()
    assert interview.starts_at == lisbon(27, "15:00")


def test_an_interviewer_whose_account_is_closed_asks_nobody(interview, mara):
    mara.is_active = False
    mara.save()
    with pytest.raises(NotPossible, match="account of Mara is closed"):
        moved(interview, lisbon(27, "15:00"))
    with pytest.raises(NotPossible, match="account of Mara is closed"):
        actions.add(
            incident=interview.incident,
            by=mara,
            participant=person(interview.incident, "Ana"),
            interviewer=mara,
        )


def test_people_are_asked_in_their_turn(interview, incident, mara, ben):
    ana = person(incident, "Ana", role="Support")
    second = make.interview(
        incident, interviewer=mara, participant=ana, state="proposed", invited_at=None, starts_at=lisbon(27, "14:00"), ends_at=lisbon(27, "14:45")
    )  # fmt: skip
    Plan.objects.create(
        incident=incident,
        by=mara,
        choices={"people": [{"participant": ana.pk, "rank": 1, "after": [ben.pk]}], "hosts": []},
    )
    with pytest.raises(NotPossible, match="Ben is asked first"):
        moved(second, lisbon(27, "09:00"))


# On the pages


@pytest.fixture
def soon(mara, db):
    """An incident of yesterday, for pages that look at the clock themselves."""
    ended = timezone.now() - timedelta(hours=30)
    incident = make.incident(
        by=mara,
        impact_began_at=None,
        detected_at=None,
        acknowledged_at=None,
        mitigated_at=None,
        resolved_at=ended,
    )
    who = person(incident, "Kim")
    return make.interview(
        incident,
        interviewer=mara,
        participant=who,
        state="proposed",
        invited_at=None,
        starts_at=None,
        ends_at=None,
    )


def test_the_rules_of_a_drag_are_those_of_the_server(client, mara, soon):
    client.force_login(mara)
    told = client.get(reverse("interviews:rules", args=[soon.incident.ref, soon.pk])).json()
    assert [run[0] for run in told["runs"]] == [0, *(run[1] + 1 for run in told["runs"][:-1])]
    fits = next(run for run in told["runs"] if run[2] == -1)
    where = reverse("interviews:set_time", args=[soon.incident.ref, soon.pk])
    at = datetime.fromtimestamp(told["first"] + fits[0] * told["step"], UTC)
    client.post(where, {"at": at.isoformat(), "was": ""})
    soon.refresh_from_db()
    assert soon.starts_at == at
    for first, last, sentence, firm in [run for run in told["runs"] if run[2] >= 0][:6]:
        at = datetime.fromtimestamp(told["first"] + last * told["step"], UTC)
        answer = client.post(
            where, {"at": at.isoformat(), "early_reason": "because" if firm else ""}, follow=True
        )
        assert answer.redirect_chain[-1][0].startswith(
            reverse("interviews:move", args=[soon.incident.ref, soon.pk])
        )
        assert told["sentences"][sentence].replace("’", "&#x27;").split("&")[0] in answer.content.decode(), (
            first,
            last,
        )


def test_without_script_a_time_is_chosen_from_those_that_fit(client, mara, soon):
    client.force_login(mara)
    page = client.get(reverse("interviews:move", args=[soon.incident.ref, soon.pk])).content.decode()
    first = page.split('<option value="')[2].split('"')[0]
    client.post(reverse("interviews:set_time", args=[soon.incident.ref, soon.pk]), {"at": first})
    soon.refresh_from_db()
    assert soon.starts_at == datetime.fromisoformat(first)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "x",
        "2026-13-45",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59",
        "\x00",
        "2026-03-29T01:30",
        "1e9",
    ],
)
def test_what_is_no_time_is_said_to_be_none(client, mara, soon, at):
    client.force_login(mara)
    answer = client.post(
        reverse("interviews:set_time", args=[soon.incident.ref, soon.pk]), {"at": at}, follow=True
    )
    assert answer.status_code == 200
    soon.refresh_from_db()
    assert soon.starts_at is None


def test_need_not_be_asked_is_remembered_and_left_out_of_the_plan(client, incident, mara, ben):
    client.force_login(mara)
    where = reverse("interviews:not_asked", args=[incident.ref, ben.pk])
    client.post(where, {"reason": " "})
    assert not NotAsked.objects.exists()
    planned(incident, mara)
    client.post(where, {"reason": "wrote it all down already"})
    assert NotAsked.objects.get().reason == "wrote it all down already"
    assert not incident.interviews.exists()
    assert (
        "wrote it all down already"
        in client.get(reverse("interviews:board", args=[incident.ref])).content.decode()
    )
    client.post(
        reverse("interviews:plan", args=[incident.ref]),
        {"person": ben.pk, "interviewer": mara.pk, "version": Plan.objects.get().version},
    )
    assert not incident.interviews.exists()
    client.post(reverse("interviews:ask_after_all", args=[incident.ref, ben.pk]))
    assert not NotAsked.objects.exists()


def test_who_declined_is_not_planned_again(incident, mara, ben, client):
    make.interview(incident, interviewer=mara, participant=ben, state="declined")
    client.force_login(mara)
    client.post(reverse("interviews:plan", args=[incident.ref]), {"person": ben.pk, "interviewer": mara.pk})
    assert incident.interviews.count() == 1
    with pytest.raises(NotPossible, match="declined to be asked"):
        actions.add(incident=incident, by=mara, participant=ben, interviewer=mara)
    assert (
        "declined, and is not asked again"
        in client.get(reverse("interviews:board", args=[incident.ref])).content.decode()
    )


def test_hours_of_somebody_without_an_account_bind_the_plan(client, incident, mara):
    guest = person(incident, "Vera", account=False)
    client.force_login(mara)
    where = reverse("interviews:hours", args=[incident.ref, guest.pk])
    assert 'name="fri_to" value="17:30"' in client.get(where).content.decode()
    refused = client.post(where, {"zone": "Asia/Kathmandu", "mon_from": "25:00", "mon_to": "26:00"})
    assert "is no time of day" in refused.content.decode()
    copied = client.post(
        where, {"zone": "Europe/Lisbon", "mon_from": "07:00", "mon_to": "08:00", "same": "1"}
    )
    assert copied.content.decode().count('value="07:00"') == 5
    client.post(where, {"zone": "Europe/Lisbon", "fri_from": "15:00", "fri_to": "16:00", "mon_from": ""})
    guest.refresh_from_db()
    assert guest.hours == {"fri": [["15:00", "16:00"]]}
    _, made = planned(incident, mara)
    assert made[0].starts_at == lisbon(27, "15:00")
    other = person(incident, "Own")
    assert client.get(reverse("interviews:hours", args=[incident.ref, other.pk])).status_code == 404


def test_somebody_of_the_evidence_is_taken_in(client, incident, mara):
    from timelines import storing

    for batch in storing.batches(
        [make.record("I restarted it", actor="Zed Unknown", actor_id="U9", actor_kind="person")]
    ):
        storing.store(make.source(incident), batch)
    incident.events.update(at=RESOLVED - timedelta(hours=1))
    client.force_login(mara)
    page = client.get(reverse("interviews:whom", args=[incident.ref])).content.decode()
    assert "In the evidence, but on nobody’s list" in page
    assert "Zed Unknown" in page
    client.post(
        reverse("interviews:take_in", args=[incident.ref]),
        {"name": "Zed Unknown", "handle": "U9", "role": "Support"},
    )
    page = client.get(reverse("interviews:whom", args=[incident.ref])).content.decode()
    assert "In the evidence, but on nobody’s list" not in page
    assert "in the evidence from 02:40 on" in page


def test_forms_full_of_nonsense_change_nothing(client, incident, mara, ben):
    client.force_login(mara)
    for name in ("plan", "add", "take_in", "invite_all"):
        for data in (
            {},
            {"person": "x", "interviewer": "9" * 40, "participant": "\x00", "version": "-1", "name": "\x00"},
        ):
            assert client.post(reverse(f"interviews:{name}", args=[incident.ref]), data).status_code == 302
    assert (
        client.post(reverse("interviews:loosen", args=[incident.ref, ben.pk]), {"version": "x"}).status_code
        == 302
    )
    for day in ("x", "2026-03-27", "9999-12-31", "\x00"):
        assert client.get(reverse("interviews:board", args=[incident.ref]), {"day": day}).status_code == 200
    assert not incident.interviews.exists()
    assert json.dumps(list(Plan.objects.values_list("pk"))) == "[]"


def test_nothing_is_planned_before_the_incident_is_over(client, mara, db):
    incident = make.incident(by=mara, resolved_at=None, mitigated_at=None)
    ben = person(incident, "Ben")
    client.force_login(mara)
    assert (
        "The soak begins when the incident is resolved"
        in client.get(reverse("interviews:board", args=[incident.ref])).content.decode()
    )
    assert (
        "Set the time of resolution"
        in client.get(reverse("interviews:whom", args=[incident.ref])).content.decode()
    )
    answer = client.post(
        reverse("interviews:plan", args=[incident.ref]),
        {"person": ben.pk, "interviewer": mara.pk},
        follow=True,
    )
    assert "counts from the end of the incident" in answer.content.decode()
