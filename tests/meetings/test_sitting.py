"""In the meeting nothing that was written gets lost, who came is a number, and remedies are parked in one line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.meetings.models import Meeting
from postmortems.meetings.planning import actions as planning
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.sitting import actions
from postmortems.publication import content
from tests import make

NOW = make.T0.replace(hour=12) + timedelta(days=3)
STARTS = NOW + timedelta(days=7)
DURING = STARTS + timedelta(minutes=50)


@pytest.fixture
def meeting(cast) -> Meeting:
    return make.meeting(cast.incident, now=NOW, starts_at=STARTS, facilitator=cast.alice, note_taker=cast.apo)


def save(meeting, by, text: str, version: int, what: str = "notes") -> Meeting:
    return actions.save_text(meeting=meeting, what=what, text=text, version=version, by=by, now=DURING)


# --- texts ------------------------------------------------------------------------------------------


def test_every_text_is_kept_and_a_lost_race_overwrites_nothing(cast, meeting):
    save(meeting, cast.apo, "one", 0)
    save(meeting, cast.apo, "two", 1)
    with pytest.raises(Stale) as stale:
        save(meeting, cast.bob, "mine", 1)
    assert stale.value.standing.notes == "two"
    texts = meeting.texts.filter(what="notes").values_list("version", "text")
    assert list(texts) == [(2, "two"), (1, "one")]


def test_the_same_text_again_is_accepted_and_changes_nothing(cast, meeting):
    save(meeting, cast.apo, "one", 0)
    assert save(meeting, cast.apo, "one", 0).notes_version == 1


def test_an_agenda_made_anew_loses_nothing_of_what_people_wrote(cast, meeting):
    mine = "## Only this (60 min)\n\nmy words"
    save(meeting, cast.alice, mine, 1, "agenda")
    make.condition(cast.incident, "The dashboard averaged over all shops")
    meeting = actions.make_agenda(meeting=meeting, by=cast.alice, now=DURING)
    assert "The dashboard averaged over all shops" in meeting.agenda
    assert mine in meeting.texts.filter(what="agenda").values_list("text", flat=True)


def test_the_agenda_stays_as_people_wrote_it_until_somebody_asks(cast, client, meeting):
    save(meeting, cast.alice, "## Only this (60 min)", 1, "agenda")
    make.condition(cast.incident, "The dashboard averaged over all shops")
    plan = planning.Plan(starts_at=STARTS + timedelta(days=1), minutes=30, facilitator=cast.alice)
    meeting.refresh_from_db()
    planning.change(meeting=meeting, by=cast.alice, plan=plan, version=meeting.version, now=NOW)
    client.force_login(cast.alice)
    for name in ("meeting", "room", "plan"):
        client.get(reverse(f"meetings:{name}", args=[cast.incident.ref]))
    meeting.refresh_from_db()
    assert meeting.agenda == "## Only this (60 min)"


def test_the_agenda_tells_the_line_the_themes_and_what_is_open(cast):
    make.writeup_of(cast.incident)
    make.hypothesis(cast.incident, by=cast.alice, sentence="The disk is full")
    make.item(cast.incident, "Page two people", status="parked")
    text = make.meeting(cast.incident, now=NOW, starts_at=STARTS).agenda
    for said in (
        "a rollback began",
        "C1 Retries had no budget",
        "The disk is full",
        "R1 Bound retries",
        "R2 Page two people",
    ):
        assert said in text  # fmt: skip


# --- pages of texts ---------------------------------------------------------------------------------


def address(meeting, name: str, *more) -> str:
    return reverse(f"meetings:{name}", args=[meeting.incident.ref, *more])


def test_minutes_keep_themselves_and_say_so_in_json(cast, client, meeting):
    client.force_login(cast.apo)
    where, json = address(meeting, "save", "notes"), {"Accept": "application/json"}
    answer = client.post(where, {"text": "first", "version": "0"}, headers=json)
    assert answer.json()["version"] == 1
    stale = client.post(where, {"text": "second", "version": "0"}, headers=json)
    assert (stale.status_code, stale.json()["text"]) == (409, "first")
    page = client.post(where, {"text": "second", "version": "0"})
    assert page.status_code == 409
    assert "first" in page.content.decode()
    assert "second" in page.content.decode()


def test_who_takes_the_notes_may_write_them_and_other_readers_may_not(cast, client, meeting):
    client.force_login(cast.ian)
    assert client.post(address(meeting, "save", "notes"), {"text": "x", "version": "0"}).status_code == 403
    client.force_login(cast.apo)  # an approver who may read, and takes the notes
    assert client.post(address(meeting, "save", "notes"), {"text": "x", "version": "0"}).status_code == 302


def test_minutes_belong_to_the_circle(cast, client, meeting):
    save(meeting, cast.apo, "xylograph minutes", 0)
    for who, sees in (("ian", True), ("bob", True), ("mel", False), ("rita", False)):
        client.force_login(cast[who])
        for name in ("meeting", "room"):
            answer = client.get(address(meeting, name))
            assert ("xylograph" in answer.content.decode()) is sees, (who, name)


def test_a_text_can_stand_again(cast, client, meeting):
    save(meeting, cast.apo, "one", 0)
    save(meeting, cast.apo, "two", 1)
    client.force_login(cast.bob)
    assert "two" in client.get(address(meeting, "history", "notes")).content.decode()
    client.post(address(meeting, "restore", "notes", 1))
    meeting.refresh_from_db()
    assert (meeting.notes, meeting.notes_version) == ("one", 3)
    assert client.get(address(meeting, "history", "secrets")).status_code == 404


def test_what_is_written_is_shown_without_harm(cast, client, meeting):
    save(meeting, cast.apo, "<script>alert(1)</script> [x](javascript:alert(1))", 0)
    save(meeting, cast.alice, "## <img src=x onerror=alert(1)> (5 min)", 1, "agenda")
    client.force_login(cast.bob)
    for name in ("meeting", "room"):
        page = client.get(address(meeting, name)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


# --- who came ---------------------------------------------------------------------------------------


def test_two_people_may_tick_at_once(cast, client, meeting):
    ian, bob = (meeting.attendances.get(user=user) for user in (cast.ian, cast.bob))
    client.force_login(cast.alice)
    client.post(address(meeting, "came"), {"came": [ian.pk]})
    client.post(address(meeting, "came"), {"came": [bob.pk]})  # from a page that was opened before
    assert meeting.attendances.filter(came=True).count() == 2
    client.post(address(meeting, "came"), {"was": [ian.pk, bob.pk], "came": [bob.pk]})
    assert [str(one) for one in meeting.attendances.filter(came=True)] == ["Bob"]


def test_one_tick_changes_one_row(cast, client, meeting):
    ian, bob = (meeting.attendances.get(user=user) for user in (cast.ian, cast.bob))
    client.force_login(cast.alice)
    as_script = {"HX-Request": "true"}
    for ticked, one, left in (([ian, bob], bob, "Bob"), ([bob], ian, "Bob"), ([], bob, "")):
        form = {"came": [row.pk for row in ticked], "was": [ian.pk], "one": one.pk}
        assert client.post(address(meeting, "came"), form, headers=as_script).status_code == 204
        assert ", ".join(str(row) for row in meeting.attendances.filter(came=True)) == left


def test_who_was_on_no_list_can_be_here(cast, client, meeting):
    client.force_login(cast.alice)
    client.post(address(meeting, "walk_in"), {"user": cast.mel.pk})
    client.post(address(meeting, "walk_in"), {"name": "A guest"})
    client.post(address(meeting, "walk_in"), {"name": ""})
    client.post(address(meeting, "walk_in"), {"name": "a guest"})
    assert {str(one) for one in meeting.attendances.filter(came=True)} == {"Mel", "A guest"}


def test_published_is_a_number_and_no_name(cast, meeting):
    make.writeup_of(cast.incident)
    assert content.of(cast.incident)["meeting"] is None
    ids = list(meeting.attendances.values_list("pk", flat=True))
    actions.tick(meeting=meeting, by=cast.alice, came=ids[:3], now=DURING)
    actions.hold(meeting=meeting, by=cast.alice, now=DURING)
    assert content.of(cast.incident)["meeting"] == {"held_on": "2026-03-20", "came": 3}


# --- parked and held --------------------------------------------------------------------------------


def test_an_idea_is_parked_in_one_line_without_an_owner(cast, client, meeting):
    client.force_login(cast.ian)
    client.post(address(meeting, "park"), {"what": " Serve bookings\nfrom the primary "})
    item = cast.incident.items.get()
    assert (item.what, item.status, item.owner, item.due_on) == (
        "Serve bookings from the primary",
        "parked",
        None,
        None,
    )
    for nothing in ("", "   ", "\x00", "x" * 301):
        client.post(address(meeting, "park"), {"what": nothing})
    assert cast.incident.items.count() == 1


def test_parking_answers_with_its_own_part_of_the_page(cast, client, meeting):
    client.force_login(cast.ian)
    answer = client.post(
        address(meeting, "park"), {"what": "Page two people"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert 'id="parking"' in page
    assert "Page two people" in page


def test_parked_ideas_settle_for_working_days_of_the_lead_reviewer(cast, meeting):
    cast.alice.country, cast.alice.zone = "PT", "Europe/Lisbon"
    cast.alice.save()
    item = actions.park(meeting=meeting, by=cast.ian, what="Page two people", now=DURING)
    actions.hold(meeting=meeting, by=cast.alice, now=DURING)
    item.refresh_from_db()
    # held on a Friday until 12:50: two working days later is the Tuesday
    assert item.decide_from == DURING + timedelta(days=4)


def test_a_meeting_that_is_moved_takes_its_soak_along_and_a_cancelled_one_has_none(cast, meeting):
    item = actions.park(meeting=meeting, by=cast.ian, what="Page two people", now=NOW)
    first = item.decide_from
    plan = planning.Plan(starts_at=STARTS + timedelta(days=3), minutes=60, facilitator=cast.alice)
    meeting.refresh_from_db()
    planning.change(meeting=meeting, by=cast.alice, plan=plan, version=meeting.version, now=NOW)
    item.refresh_from_db()
    assert item.decide_from > first
    planning.cancel(meeting=meeting, by=cast.alice, now=NOW)
    item.refresh_from_db()
    assert item.decide_from is None


def test_a_meeting_is_held_once_and_not_before_it_begins(cast, meeting):
    with pytest.raises(NotPossible, match="not begun"):
        actions.hold(meeting=meeting, by=cast.alice, now=STARTS - timedelta(minutes=1))
    actions.hold(meeting=meeting, by=cast.alice, now=DURING)
    with pytest.raises(NotPossible, match="held"):
        actions.hold(meeting=meeting, by=cast.alice, now=DURING)
    with pytest.raises(NotPossible, match="held"):
        planning.cancel(meeting=meeting, by=cast.alice, now=DURING)


def test_another_meeting_can_follow_and_the_first_stays_readable(cast, client, meeting):
    save(meeting, cast.apo, "minutes of the first", 0)
    actions.hold(meeting=meeting, by=cast.alice, now=DURING)
    second = make.meeting(cast.incident, now=timezone.now(), starts_at=timezone.now() + timedelta(days=9))
    client.force_login(cast.bob)
    page = client.get(address(meeting, "meeting")).content.decode()
    assert "minutes of the first" not in page
    assert address(meeting, "earlier", meeting.pk) in page
    assert "minutes of the first" in client.get(address(meeting, "earlier", meeting.pk)).content.decode()
    assert client.get(address(meeting, "earlier", second.pk + 99)).status_code == 404
