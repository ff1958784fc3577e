"""Lists, views under a name, changes of many with undo, the board, the calendar and the table."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from postmortems.accounts.models import User
from postmortems.calendars import ics
from postmortems.notices.chat import payload
from postmortems.publication.reading.standing import standing
from postmortems.remediation import actions, vague
from postmortems.remediation.bulk import actions as bulk
from postmortems.remediation.bulk.actions import Change
from postmortems.remediation.bulk.tasks import forget_what_was_before
from postmortems.remediation.calendar import actions as calendars
from postmortems.remediation.lists import saving
from postmortems.remediation.lists.asked import Asked
from postmortems.remediation.lists.effects import to_look_at
from postmortems.remediation.lists.pages import page_of
from postmortems.remediation.models import Bulk, Item, SavedView
from tests import make

DUE = date(2026, 4, 9)
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def team(cast):
    return make.team("Platform", cast.ian, cast.mel)


def items_of(cast, count: int, **fields) -> list[Item]:
    given = {"owner": cast.ian, "due_on": DUE}
    return [make.item(cast.incident, f"Item number {n} of many", **(given | fields)) for n in range(count)]


# --- lists -------------------------------------------------------------------------------------------


def test_pages_by_key_hold_every_row_once_those_without_a_date_last(cast):
    for n in range(7):
        items_of(cast, 1, due_on=DUE + timedelta(days=n % 3))
    items_of(cast, 4, due_on=None)
    seen, after = [], ""
    while True:
        page = page_of(Item.objects.all(), after, size=3)
        seen += page.rows
        after = page.next
        if not after:
            break
    assert len({item.pk for item in seen}) == len(seen) == 11
    dated = [item.due_on or date.max for item in seen]
    assert dated == sorted(dated)


@given(st.text(max_size=60))
def test_any_place_in_an_address_is_survived(after):
    assert page_of(Item.objects.none(), after).rows == []


@given(st.dictionaries(st.sampled_from(["show", "team", "owner", "type", "q", "x"]), st.text(max_size=40)))
def test_any_question_is_survived_and_stays_the_same_when_asked_again(data):
    asked = Asked.of(data)
    assert Asked.of(asked.asked_for) == asked


def test_filters_find_what_they_say(client, cast, team):
    late = items_of(cast, 1, due_on=timezone.localdate() - timedelta(days=1), team=team)[0]
    make.item(cast.incident, "Throttle the importer of seat maps", owner=cast.alice, type="detect")
    parked = make.item(cast.incident, "Idea of the night", status="parked", owner=cast.alice, due_on=DUE)
    client.force_login(cast.alice)

    def shown(**query) -> str:
        return client.get(reverse("remediation:all"), query).content.decode()

    assert late.what in shown(show="overdue")
    assert parked.what not in shown(show="overdue"), "an idea has no date to be kept"
    for query in ({"team": "platform"}, {"owner": str(cast.ian.pk)}):
        assert late.what in shown(**query)
        assert "Throttle" not in shown(**query)
    for query in ({"q": "importer throttling"}, {"type": "detect"}, {"owner": "me", "show": "undated"}):
        assert "Throttle" in shown(**query)
        assert late.what not in shown(**query)
    assert "No item is like this" in shown(q="nowhere")
    assert late.what not in shown(team="nobody-knows-it")


def test_words_and_pages_show_no_more_than_one_may_read(client, cast, restricted):
    make.item(restricted, "Planted words of a secret")
    client.force_login(cast.rev)
    for query in ({"q": "planted"}, {"show": "everything"}, {}):
        assert "Planted" not in client.get(reverse("remediation:all"), query).content.decode()
        assert b"Planted" not in client.get(reverse("remediation:take_along"), query).getvalue()


def test_the_list_costs_the_same_with_one_item_and_with_two_hundred(client, cast, team):
    client.force_login(cast.alice)
    addresses = [
        reverse("remediation:all"), reverse("remediation:all") + "?q=number", reverse("remediation:board") + "?team=platform",
        reverse("remediation:of_team", args=["platform"]), reverse("remediation:board"),
    ]  # fmt: skip

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    items_of(cast, 1, team=team, owner=cast.alice)
    one = [cost(address) for address in addresses]
    items_of(cast, 70, team=team, owner=cast.alice)
    many = [cost(address) for address in addresses]
    assert all(0 <= more - before <= 1 for before, more in zip(one, many, strict=True)), (one, many)


def test_a_table_holds_what_the_list_holds_and_no_formula(client, cast):
    items_of(cast, 3)
    make.item(cast.incident, "=HYPERLINK(1)")
    client.force_login(cast.alice)
    table = client.get(reverse("remediation:take_along"), {"q": "number"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["number"] for row in rows] == ["R1", "R2", "R3"]
    assert (rows[0]["due_on"], rows[0]["owner"], rows[0]["status"]) == ("2026-04-09", "Ian", "proposed")
    assert "'=HYPERLINK(1)" in client.get(reverse("remediation:take_along")).getvalue().decode()


def test_a_view_is_kept_shared_found_again_and_forgotten_by_its_author(client, cast):
    client.force_login(cast.alice)
    form = {"name": "  Late  ones ", "show": "overdue", "shared": "1", "x": "y"}
    assert "Late ones" in client.post(reverse("remediation:save_view"), form, follow=True).content.decode()
    view = SavedView.objects.get()
    assert (view.query, view.shared) == ({"show": "overdue"}, True)
    client.force_login(cast.mel)
    assert "Late ones" in client.get(reverse("remediation:all")).content.decode()
    client.post(reverse("remediation:forget_view", args=[view.pk]))
    assert SavedView.objects.exists(), "only its author forgets it"
    with pytest.raises(actions.NotPossible, match="no filter"):
        saving.save_view(by=cast.mel, name="Nothing", query={"show": "open"})
    client.force_login(cast.alice)
    client.post(reverse("remediation:forget_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_a_view_of_ones_own_is_seen_by_nobody_else(client, cast):
    view = saving.save_view(by=cast.alice, name="Mine", query={"owner": "me"})
    assert not saving.visible(cast.mel).exists()
    client.force_login(cast.mel)
    assert client.post(reverse("remediation:forget_view", args=[view.pk])).status_code == 404


# --- many at once, and back --------------------------------------------------------------------------


def test_many_are_changed_at_once_and_taken_back_in_one_step(cast, team):
    items = items_of(cast, 5)
    outcome = bulk.change_items(
        items=[item.pk for item in items], by=cast.bob, now=NOW,
        change=Change(owner=cast.mel, team=team, days=7, status="accepted"),
    )  # fmt: skip
    assert len(outcome.changed) == 5
    assert set(Item.objects.values_list("owner", "team", "due_on", "status")) == {
        (cast.mel.pk, team.pk, DUE + timedelta(days=7), "accepted")
    }
    back = bulk.take_back(bulk=outcome.bulk, by=cast.bob, now=NOW + timedelta(minutes=9))
    assert len(back.changed) == 5
    assert set(Item.objects.values_list("owner", "team", "due_on", "status", "promised_on")) == {
        (cast.ian.pk, None, DUE, "proposed", None)
    }
    with pytest.raises(actions.NotPossible, match="no longer"):
        bulk.take_back(bulk=outcome.bulk, by=cast.bob, now=NOW + timedelta(minutes=9))


def test_what_cannot_go_along_stays_and_is_told_why(cast):
    able, unowned, other = items_of(cast, 1) + items_of(cast, 1, owner=None) + items_of(cast, 1)
    Item.objects.filter(pk=other.pk).update(status="verified", verified_at=NOW, verified_by=cast.bob)
    outcome = bulk.change_items(
        items=[able.pk, unowned.pk, other.pk], by=cast.bob, change=Change(status="accepted"), now=NOW
    )
    assert [item.pk for item in outcome.changed] == [able.pk]
    assert {item.pk for item, _ in outcome.left} == {unowned.pk, other.pk}
    assert any("owned and dated" in why for _, why in outcome.left)


def test_nobody_changes_what_is_not_theirs(client, cast, restricted):
    item = items_of(cast, 1)[0]
    hidden = make.item(restricted, "Another matter")
    for who in (cast.rita, cast.mel, cast.apo):
        outcome = bulk.change_items(items=[item.pk, hidden.pk], by=who, change=Change(days=1), now=NOW)
        assert (outcome.changed, outcome.left) == ([], [])
    client.force_login(cast.ian)
    made = bulk.change_items(items=[item.pk], by=cast.bob, change=Change(days=1), now=timezone.now()).bulk
    assert client.post(reverse("remediation:undo", args=[made.pk])).status_code == 404, "somebody else's"


def test_after_ten_minutes_and_over_a_later_change_nothing_is_taken_back(cast):
    one, two = items_of(cast, 2)
    made = bulk.change_items(items=[one.pk, two.pk], by=cast.bob, change=Change(days=7), now=NOW).bulk
    with pytest.raises(actions.NotPossible):
        bulk.take_back(bulk=made, by=cast.bob, now=NOW + timedelta(minutes=10))
    two.refresh_from_db()
    actions.edit_item(item=two, by=cast.ian, version=two.version, owner=cast.mel, now=NOW)
    back = bulk.take_back(bulk=made, by=cast.bob, now=NOW + timedelta(minutes=1))
    assert [item.pk for item in back.changed] == [one.pk]
    assert [item.pk for item, _ in back.left] == [two.pk]
    two.refresh_from_db()
    assert (two.owner, two.due_on) == (cast.mel, DUE + timedelta(days=7))


def test_a_move_taken_back_is_told_on_its_way(cast):
    item = items_of(cast, 1, status="accepted")[0]
    made = bulk.change_items(items=[item.pk], by=cast.bob, change=Change(status="done"), now=NOW).bulk
    bulk.take_back(bulk=made, by=cast.bob, now=NOW)
    item.refresh_from_db()
    assert (item.status, item.done_at) == ("accepted", None)
    assert [(step.before, step.after) for step in item.steps.all()] == [
        ("accepted", "done"),
        ("done", "accepted"),
    ]


def test_what_was_before_is_forgotten_after_a_day(cast):
    item = items_of(cast, 1)[0]
    for at in (timezone.now() - timedelta(hours=25), timezone.now()):
        bulk.change_items(items=[item.pk], by=cast.bob, change=Change(days=1), now=at)
    forget_what_was_before()
    assert Bulk.objects.count() == 1


def test_nothing_said_and_too_many_are_refused(cast):
    with pytest.raises(actions.NotPossible, match="should become"):
        bulk.change_items(items=[1], by=cast.bob, change=Change(), now=NOW)
    with pytest.raises(actions.NotPossible, match="At most"):
        bulk.change_items(items=range(201), by=cast.bob, change=Change(days=1), now=NOW)
    item = items_of(cast, 1, due_on=date.max)[0]
    left = bulk.change_items(items=[item.pk], by=cast.bob, change=Change(days=1), now=NOW).left
    assert "no calendar" in left[0][1]


def test_the_form_on_the_list_ticks_changes_and_offers_the_way_back(client, cast):
    items = items_of(cast, 3)
    client.force_login(cast.bob)
    where = reverse("remediation:change")
    form = {
        "item": [items[0].pk, items[1].pk, "x", "9" * 30],
        "days": "7",
        "on_show": "open",
        "on_q": "number",
    }
    page = client.post(where, form, follow=True)
    assert page.redirect_chain[-1][0].endswith("?q=number")
    assert "2 items are changed" in page.content.decode()
    assert "moved 2 items 7 days later" in page.content.decode()
    made = Bulk.objects.get()
    undone = client.post(reverse("remediation:undo", args=[made.pk]), {"on_q": "number"}, follow=True)
    assert "2 items are as before" in undone.content.decode()
    assert set(Item.objects.values_list("due_on", flat=True)) == {DUE}
    for bad in ({"item": [items[0].pk]}, {"days": "7"}, {"item": [items[0].pk], "due_on": "never"}):
        client.post(where, bad, follow=True)
    assert set(Item.objects.values_list("due_on", flat=True)) == {DUE}


def test_the_owner_takes_the_next_step_with_one_click(client, cast):
    item = items_of(cast, 1, status="accepted")[0]
    client.force_login(cast.ian)
    assert "Begin" in client.get(reverse("remediation:mine")).content.decode()
    client.post(reverse("remediation:change"), {"item": item.pk, "status": "in_progress", "on_page": "mine"})
    assert "It is done" in client.get(reverse("remediation:mine")).content.decode()


# --- how the items of a team stand ---------------------------------------------------------------------


def test_a_lead_sees_how_the_items_of_a_team_stand_and_each_figure_leads_to_its_rows(client, cast, team):
    today = timezone.localdate()
    items_of(cast, 2, team=team, status="accepted", due_on=today - timedelta(days=2))
    items_of(cast, 3, team=team, status="in_progress", due_on=today + timedelta(days=7))
    items_of(cast, 1, team=team, owner=None, due_on=None)
    items_of(cast, 1, team=team, owner=make.user("left", is_active=False), due_on=None)
    items_of(cast, 1, team=team, status="done", due_on=today - timedelta(days=9))
    items_of(cast, 4, team=team, status="verified")
    client.force_login(cast.mel)
    for address in (reverse("remediation:mine"), reverse("remediation:all") + "?team=platform"):
        page = client.get(address).content.decode()
        told = re.findall(r'href="(/items/all/\?show=[^"]*)">(?:<strong[^>]*>)?(\d+) ([^<]*)<', page)
        assert [(int(count), words) for _, count, words in told] == [
            (8, "open"), (2, "overdue"), (3, "due within a week"), (2, "without an owner"), (1, "done, to be looked at"),
        ]  # fmt: skip
        for where, count, _ in told:
            assert client.get(html.unescape(where)).context["page"].count == int(count), where


def test_a_reader_who_sees_no_items_is_told_no_figures(client, cast, team, restricted):
    make.item(restricted, "Planted words", team=team, owner=cast.alice, due_on=DUE)
    client.force_login(cast.bob)
    assert "1 open" not in client.get(reverse("remediation:of_team", args=["platform"])).content.decode()
    client.force_login(cast.mel)
    assert "1 open" in client.get(reverse("remediation:of_team", args=["platform"])).content.decode()


def test_what_others_of_the_team_did_is_verified_from_ones_own_page(client, cast, team):
    item = items_of(cast, 1, team=team, status="done", how_we_know="A drill shows it")[0]
    client.force_login(cast.mel)
    assert "It works when: A drill shows it" in client.get(reverse("remediation:mine")).content.decode()
    page = client.post(
        reverse("remediation:change"), {"item": item.pk, "status": "verified", "on_page": "mine"}, follow=True
    )
    assert page.redirect_chain == [(reverse("remediation:mine"), 302)]
    assert "R1 of INC-2026-0001 is verified." in page.content.decode()
    client.force_login(cast.ian)  # who owns it
    assert "It works when" not in client.get(reverse("remediation:mine")).content.decode()


def test_another_date_is_set_on_the_page_of_an_item(client, cast, team):
    item = items_of(cast, 1, team=team, status="accepted")[0]
    where = reverse("remediation:item", args=[cast.incident.ref, item.number])
    client.force_login(cast.mel)
    assert "Set another date" in client.get(where).content.decode()
    page = client.post(
        reverse("remediation:change"),
        {"item": item.pk, "due_on": "2026-05-01", "on_page": "item"},
        follow=True,
    )
    assert page.redirect_chain == [(where, 302)]
    assert "1 May 2026" in page.content.decode()
    assert "first promised for 9 April 2026" in page.content.decode()
    client.force_login(cast.rita)  # who may not see it is told nothing of it
    gone = client.post(reverse("remediation:change"), {"item": item.pk, "days": "1", "on_page": "item"})
    assert gone["Location"] == reverse("remediation:all")


# --- the board ---------------------------------------------------------------------------------------


def test_the_board_of_a_team_shows_what_the_reader_may_see(client, cast, team, restricted):
    items_of(cast, 1, team=team, status="accepted")
    make.item(restricted, "Planted words", team=team, owner=cast.alice, due_on=DUE)
    client.force_login(cast.bob)
    page = client.get(reverse("remediation:board"), {"team": "platform"}).content.decode()
    assert "Item number 0" in page
    assert "Planted" not in page
    assert client.get(reverse("remediation:board"), {"team": "none"}).status_code == 404


def test_a_column_shows_the_most_urgent_and_says_how_many_there_are(client, cast, team):
    many = items_of(cast, 28, team=team, status="accepted")
    Item.objects.filter(pk=many[-1].pk).update(due_on=DUE - timedelta(days=400))
    User.objects.filter(pk=many[-1].owner_id).update(is_active=False)
    client.force_login(cast.bob)
    page = client.get(reverse("remediation:board"), {"team": "platform"}).content.decode()
    assert page.count("data-card=") == 20
    assert "20 of 28, the most urgent first" in page
    assert page.index("Item number 27") < page.index("Item number 0")
    assert "has left" in page
    assert "show=accepted&amp;team=platform" in page


def test_a_card_moves_with_and_without_script(client, cast):
    item = items_of(cast, 1, status="accepted", owner=cast.bob)[0]
    client.force_login(cast.bob)
    move = reverse("remediation:move_card")
    fragment = client.post(move, {"item": item.pk, "status": "in_progress"}, headers={"HX-Request": "true"})
    text = fragment.content.decode()
    assert 'data-said="R1 of INC-2026-0001 is in progress."' in text
    assert "<html" not in text
    page = client.post(move, {"item": item.pk, "status": "accepted"}, follow=True).content.decode()
    assert "why it goes back" in page
    undo = reverse("remediation:undo_card", args=[Bulk.objects.get().pk])
    assert "Taken back" in client.post(undo, follow=True).content.decode()
    item.refresh_from_db()
    assert item.status == "accepted"


# --- the calendar ------------------------------------------------------------------------------------


def test_the_calendar_holds_the_dates_to_be_kept_and_says_little_of_restricted_ones(
    client, cast, team, restricted
):
    mine = items_of(cast, 1, status="accepted", due_on=timezone.localdate())[0]
    secret = make.item(restricted, "Planted words", owner=cast.ian, due_on=timezone.localdate())
    theirs = items_of(cast, 1, owner=cast.mel, team=team, due_on=timezone.localdate())[0]
    done = items_of(cast, 1, due_on=timezone.localdate(), status="done")[0]
    key = calendars.make_item_calendar(by=cast.ian, with_teams=False, now=NOW)
    where = reverse("remediation:calendar", args=[key.key])
    answer = client.get(where)
    entries = ics.read_events(answer.content, cast.ian.tz).entries
    assert sorted(entry.uid.partition("@")[0] for entry in entries) == sorted(
        f"item-{item.pk}" for item in (mine, secret)
    )
    assert all(entry.all_day and entry.free for entry in entries)
    assert b"Planted" not in answer.content
    assert client.get(where, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    newer = calendars.make_item_calendar(by=cast.ian, with_teams=True, now=NOW)
    assert client.get(where).status_code == 404
    wider = client.get(reverse("remediation:calendar", args=[newer.key])).content
    assert f"item-{theirs.pk}@".encode() in wider
    assert f"item-{done.pk}@".encode() not in wider
    cast.ian.is_active = False
    cast.ian.save()
    assert client.get(reverse("remediation:calendar", args=[newer.key])).status_code == 404


def test_the_page_makes_and_takes_back_the_address(client, cast):
    client.force_login(cast.ian)
    where = reverse("remediation:change_calendar")
    assert ".ics" in client.post(where, {"what": "make"}, follow=True).content.decode()
    assert "no longer works" in client.post(where, {"what": "remove"}, follow=True).content.decode()


# --- did it hold -------------------------------------------------------------------------------------


def test_weeks_after_it_was_done_its_owner_is_asked_whether_it_held(client, cast):
    item = items_of(cast, 1, status="done")[0]
    days = cast.incident.severity.effect_days
    Item.objects.update(done_at=NOW)
    assert to_look_at(cast.ian, now=NOW + timedelta(days=days, seconds=-1)) == []
    assert to_look_at(cast.ian, now=NOW + timedelta(days=days)) == [item]
    assert to_look_at(cast.mel, now=NOW + timedelta(days=days)) == []
    client.force_login(cast.ian)
    where = reverse("remediation:effect", args=[cast.incident.ref, item.number])
    client.post(where, {"held": "yes", "would_have_changed": "untested", "words": "A drill"})
    assert "Nothing has tested it yet" in client.get(reverse("remediation:item", args=[cast.incident.ref, item.number])).content.decode()  # fmt: skip
    assert to_look_at(cast.ian, now=NOW + timedelta(days=days)) == []


# --- what a kind editor would ask --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("Be more careful with deploys", vague.CAREFUL),
        ("Train engineers on failover", vague.CAREFUL),
        ("Improve monitoring of the replicas", vague.DIFFERENT),
        ("Better dashboards for the shop", vague.DIFFERENT),
        ("Alerting for replica lag", vague.VERB),
        ("Circuit breaker for payments client", vague.VERB),
        ("Fix it", vague.ONLY_LINE),
    ],
)
def test_the_question_fits_what_is_missing(what, asked):
    assert vague.questions(what=what, how_we_know="The drill passes", owner=True, due=True)[0] == asked


@pytest.mark.parametrize(
    "what",
    [
        "Bound retries with a budget of 10 %",
        "Improve p99 of search to 300 ms",
        "Page two people when nobody answers within 5 minutes",
        "Autoscale workers on queue depth",
        "Canary every deploy of the gateway for ten minutes",
        "Drill a failover with two people each quarter",
        "Backfill the ledger from the audit log",
        "Wiederholungen auf 10 % begrenzen",
    ],
)
def test_what_somebody_could_do_tomorrow_is_left_in_peace(what):
    assert vague.questions(what=what, how_we_know="The drill passes", owner=True, due=True) == []


def test_a_new_item_begins_with_the_date_of_the_policy(client, cast):
    client.force_login(cast.bob)
    cast.incident.resolved_at = timezone.now()
    cast.incident.save()
    new = reverse("remediation:new", args=[cast.incident.ref])
    by = timezone.localdate() + timedelta(days=cast.incident.severity.remedies_days)
    assert f'value="{by.isoformat()}"' in client.get(new).text
    cast.incident.resolved_at = timezone.now() - timedelta(days=400)
    cast.incident.save()
    page = client.get(new).text
    assert "asks for remedies within" in page
    assert 'type="date" name="due_on" value=' not in page


def test_it_is_asked_while_it_is_typed_and_nothing_is_kept(client, cast):
    client.force_login(cast.bob)
    where = reverse("remediation:check", args=[cast.incident.ref])
    page = client.post(where, {"what": "Be more careful"}, headers={"HX-Request": "true"}).content.decode()
    assert vague.CAREFUL in page
    assert "<html" not in page
    assert vague.CAREFUL not in client.post(where, {"what": ""}).content.decode()
    assert not Item.objects.exists()


# --- beside the published words ----------------------------------------------------------------------


def test_a_published_item_is_told_as_it_stands_and_no_other_is(cast):
    one, gone = items_of(cast, 2, status="accepted")
    document = {
        "items": [
            {"number": item.number, "what": "As published", "status": "Accepted", "due_on": DUE.isoformat()} for item in (one, gone)
        ]
    }  # fmt: skip
    actions.edit_item(item=one, by=cast.bob, version=one.version, due_on=DUE + timedelta(days=7), now=NOW)
    later = make.item(cast.incident, "Not published yet")
    told = standing(document, [Item.objects.get(pk=one.pk), later], DUE + timedelta(days=8))
    assert [(t.number, t.name, t.moved_from, t.overdue) for t in told] == [
        (one.number, "Accepted", DUE, True),
        (gone.number, "", None, False),
    ]
    assert {t.what for t in told} == {"As published"}


# --- the three chats ---------------------------------------------------------------------------------

NASTY = "<!channel> @all *x* [a](https://evil.example) ![p](x) <https://e|y> @here & `c` \x00\u202e"


def _of_slack(said):
    return "\n".join(block["text"]["text"] for block in said["blocks"]) + said["text"]


def _of_teams(said):
    return "\n".join(part["text"] for part in said["attachments"][0]["content"]["body"])


def test_what_users_typed_calls_nobody_and_links_nowhere():
    lines = [(NASTY, "https://story.example.org/items/1?a=(b)"), (NASTY, "")]
    slack = _of_slack(payload("slack", NASTY, lines))
    assert "<!channel>" not in slack
    assert "<https://e" not in slack
    assert slack.count("<") == 1
    mattermost = payload("mattermost", NASTY, lines)["text"]
    teams = _of_teams(payload("teams", NASTY, lines))
    for text in (mattermost, teams):
        assert "@all" not in text
        assert "@here" not in text
        assert "[a](" not in text
        assert "https://evil" not in text
    assert "\u202e" not in slack + mattermost + teams


@given(st.lists(st.tuples(st.text(max_size=400), st.just("")), max_size=60), st.text(max_size=300))
def test_messages_stay_within_what_chats_take(lines, title):
    slack = payload("slack", title, lines)
    assert len(slack["blocks"]) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in slack["blocks"])
    assert len(payload("mattermost", title, lines)["text"]) <= 16_383
    assert len(payload("teams", title, lines)["attachments"][0]["content"]["body"]) <= 45
