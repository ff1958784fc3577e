"""Items from the first idea until somebody saw that it worked."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from postmortems.remediation import actions, vague
from postmortems.remediation.models import Item
from tests import make

# By hand, so that a change of the table in the code is noticed.
WAYS = {
    ("parked", "proposed"), ("parked", "dropped"), ("proposed", "accepted"), ("proposed", "parked"), ("proposed", "dropped"),
    ("accepted", "in_progress"), ("accepted", "done"), ("accepted", "proposed"), ("accepted", "dropped"), ("in_progress", "done"), ("in_progress", "accepted"),
    ("in_progress", "dropped"), ("done", "verified"), ("done", "in_progress"), ("verified", "in_progress"), ("dropped", "proposed"),
}  # fmt: skip
DUE = (make.T0 + timedelta(days=30)).date()


def standing(incident, status: str) -> Item:
    item = make.item(incident, owner=incident.opened_by, due_on=DUE)
    more = {"dropped_reason": "too dear"} if status == "dropped" else {}
    if status == "verified":
        more = {"verified_at": make.T0, "verified_by": incident.opened_by}
    Item.objects.filter(pk=item.pk).update(status=status, **more)
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(("before", "after"), [*itertools.permutations(Item.Status.values, 2)])
def test_every_way_and_no_other(cast, before, after):
    item = standing(cast.incident, before)
    if (before, after) in WAYS:
        moved = actions.move(item=item, by=cast.bob, status=after, reason="because", now=make.T0)
        assert (moved.status, moved.version) == (after, item.version + 1)
    else:
        with pytest.raises(actions.NotPossible):
            actions.move(item=item, by=cast.bob, status=after, reason="because", now=make.T0)
        item.refresh_from_db()
        assert item.status == before


def test_the_same_status_again_changes_nothing(cast):
    item = standing(cast.incident, "accepted")
    assert actions.move(item=item, by=cast.bob, status="accepted").version == item.version


def test_dropping_takes_a_reason(cast):
    item = standing(cast.incident, "proposed")
    with pytest.raises(actions.NotPossible, match="why it is dropped"):
        actions.move(item=item, by=cast.alice, status="dropped", reason="  ")
    assert (
        actions.move(item=item, by=cast.alice, status="dropped", reason="too dear").dropped_reason
        == "too dear"
    )


def test_a_parked_idea_settles_before_it_is_decided_on(cast):
    item, other = make.item(cast.incident, status="parked"), make.item(cast.incident, "Page two people")
    until = make.T0 + timedelta(days=3)
    assert actions.settle(incident=cast.incident, by=cast.alice, until=until) == 1
    other.refresh_from_db()
    assert other.decide_from is None
    for status in ("proposed", "dropped"):
        with pytest.raises(actions.NotPossible, match="settled"):
            actions.move(
                item=item, by=cast.alice, status=status, reason="no", now=until - timedelta(seconds=1)
            )
    early = actions.move(
        item=item,
        by=cast.alice,
        status="proposed",
        early_reason="It is on fire",
        now=until - timedelta(days=1),
    )
    assert (early.status, early.early_reason) == ("proposed", "It is on fire")


def test_an_idea_that_has_settled_needs_no_further_reason(cast):
    item = make.item(cast.incident, status="parked", decide_from=make.T0)
    moved = actions.move(item=item, by=cast.alice, status="proposed", early_reason="", now=make.T0)
    assert (moved.status, moved.early_reason) == ("proposed", "")


def test_the_page_of_a_settling_idea_asks_why_it_cannot_wait(cast, client):
    item = make.item(cast.incident, status="parked", decide_from=timezone.now() + timedelta(days=1))
    client.force_login(cast.alice)
    page = reverse("remediation:item", args=[cast.incident.ref, item.number])
    assert "settles until" in client.get(page).content.decode()
    move = reverse("remediation:move", args=[cast.incident.ref, item.number])
    assert "takes a reason" in client.post(move, {"status": "proposed"}, follow=True).content.decode()
    client.post(move, {"status": "proposed", "early_reason": "Customers wait"})
    item.refresh_from_db()
    assert item.status == "proposed"


@pytest.mark.parametrize("lacks", ["owner", "due_on"])
def test_a_promise_is_owned_and_dated(cast, lacks):
    item = make.item(cast.incident, **({"owner": cast.alice, "due_on": DUE} | {lacks: None}))
    with pytest.raises(actions.NotPossible, match="owner and a due date"):
        actions.move(item=item, by=cast.alice, status="accepted")


def test_who_verified_it_and_when_is_kept_until_it_is_taken_up_again(cast):
    item = standing(cast.incident, "done")
    item = actions.move(item=item, by=cast.bob, status="verified", now=make.T0)
    assert (item.verified_by, item.verified_at) == (cast.bob, make.T0)
    item = actions.move(item=item, by=cast.bob, status="in_progress", reason="it came back", now=make.T0)
    assert (item.verified_by, item.verified_at, item.done_at) == (None, None, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [("proposed", "parked"), ("accepted", "proposed"), ("in_progress", "accepted"), ("done", "in_progress"),
     ("verified", "in_progress"), ("dropped", "proposed")],
)  # fmt: skip
def test_a_step_back_takes_a_reason_which_is_kept(cast, before, after):
    item = standing(cast.incident, before)
    with pytest.raises(actions.NotPossible, match="why it goes back"):
        actions.move(item=item, by=cast.bob, status=after, reason=" ", now=make.T0)
    actions.move(item=item, by=cast.bob, status=after, reason="The drill failed", now=make.T0)
    step = item.steps.get()
    assert (step.before, step.after, step.reason, step.by, step.at) == (
        before, after, "The drill failed", cast.bob, make.T0,
    )  # fmt: skip


def test_an_owner_verifies_alone_only_with_a_reason(cast):
    item = standing(cast.incident, "done")
    with pytest.raises(actions.NotPossible, match="somebody else than the owner"):
        actions.move(item=item, by=cast.alice, status="verified", now=make.T0)
    kept = actions.move(item=item, by=cast.alice, status="verified", reason="Bob has left", now=make.T0)
    assert kept.verified_by == cast.alice
    cast.incident.circle.exclude(role="lead").delete()
    alone = standing(cast.incident, "done")
    assert actions.move(item=alone, by=cast.alice, status="verified", now=make.T0).status == "verified"


@pytest.mark.parametrize("taken", ["owner", "due_on"])
def test_a_promise_keeps_its_owner_and_its_date(cast, taken):
    item = standing(cast.incident, "accepted")
    with pytest.raises(actions.NotPossible, match="a promise has"):
        actions.edit_item(item=item, by=cast.bob, version=item.version, **{taken: None})
    later = actions.edit_item(
        item=item, by=cast.bob, version=item.version, due_on=DUE + timedelta(days=7), owner=cast.mel
    )
    assert (later.due_on, later.owner) == (DUE + timedelta(days=7), cast.mel)


def test_the_date_of_the_first_promise_is_kept_when_it_moves(cast):
    item = actions.move(item=standing(cast.incident, "proposed"), by=cast.bob, status="accepted", now=make.T0)
    item = actions.edit_item(
        item=item, by=cast.bob, version=item.version, due_on=DUE + timedelta(days=9), now=make.T0
    )
    assert (item.promised_on, item.due_on) == (DUE, DUE + timedelta(days=9))


def test_links_lead_to_the_web_alone(cast):
    item = make.item(cast.incident)
    link = actions.add_link(item=item, by=cast.bob, url="https://example.org/drill", title="The  drill")
    assert (link.url, link.title) == ("https://example.org/drill", "The drill")
    for bad in ("javascript:alert(1)", "ftp://example.org", "//example.org", "", "https://" + "a" * 600):
        with pytest.raises(actions.NotPossible):
            actions.add_link(item=item, by=cast.bob, url=bad, title="")
    actions.remove_link(link=link, by=cast.bob)
    assert not item.links.exists()


def test_the_effect_is_looked_at_once_it_is_done(cast):
    answer = {"held": "yes", "would_have_changed": "partly", "words": "The drill of May"}
    with pytest.raises(actions.NotPossible, match="once it is done"):
        actions.check_effect(item=standing(cast.incident, "accepted"), by=cast.bob, now=make.T0, **answer)
    done = standing(cast.incident, "done")
    with pytest.raises(actions.NotPossible, match="Answer both"):
        actions.check_effect(item=done, by=cast.bob, now=make.T0, **(answer | {"held": "sure"}))
    actions.check_effect(item=done, by=cast.bob, now=make.T0, **answer)
    actions.check_effect(item=done, by=cast.bob, now=make.T0, **(answer | {"held": "no"}))
    done.refresh_from_db()
    assert done.effect.held == "no"


def test_a_stranger_to_the_choices_is_told_so(client, cast):
    item = standing(cast.incident, "proposed")
    client.force_login(cast.alice)
    answer = client.post(
        reverse("remediation:move", args=[cast.incident.ref, item.number]),
        {"status": "nonsense"},
        follow=True,
    )
    assert "There is no such status" in answer.content.decode()


def test_numbers_are_never_used_again(cast):
    make.item(cast.incident).delete()
    assert make.item(cast.incident).number == 2


def test_a_lost_race_keeps_what_was_typed(client, cast):
    item = make.item(cast.incident)
    client.force_login(cast.bob)
    where = reverse("remediation:edit", args=[cast.incident.ref, item.number])
    form = {"type": "prevent", "version": item.version}
    assert client.post(where, form | {"what": "Bob was faster"}).status_code == 302
    page = client.post(where, form | {"what": "Alice typed this"}).content.decode()
    assert "Alice typed this" in page
    assert "Bob was faster" in page
    assert Item.objects.get().what == "Bob was faster"


def test_an_owner_outside_the_circle_opens_the_item_and_nothing_more(client, cast, restricted):
    item = make.item(restricted, owner=cast.mel, due_on=DUE)
    client.force_login(cast.mel)
    assert client.get(reverse("remediation:item", args=[restricted.ref, item.number])).status_code == 200
    assert item.what in client.get(reverse("remediation:mine")).content.decode()
    client.force_login(cast.rita)
    assert client.get(reverse("remediation:item", args=[restricted.ref, item.number])).status_code == 404
    assert item.what not in client.get(reverse("remediation:all")).content.decode()


def test_overdue_and_unowned_are_found(client, cast):
    make.item(
        cast.incident,
        "Late is this item of work",
        owner=cast.alice,
        due_on=timezone.localdate() - timedelta(days=1),
    )
    make.item(cast.incident, "Nobody owns this item yet")
    client.force_login(cast.alice)
    for status, here, absent in (
        ("overdue", "Late is", "Nobody owns"),
        ("unowned", "Nobody owns", "Late is"),
    ):
        page = client.get(reverse("remediation:all"), {"show": status}).content.decode()
        assert here in page
        assert absent not in page


def test_many_items_cost_no_more_queries_than_one(client, cast):
    condition = make.condition(cast.incident)
    addresses = [
        reverse("remediation:mine"), reverse("remediation:all"), reverse("remediation:of_incident", args=[cast.incident.ref]),
        reverse("publication:readiness", args=[cast.incident.ref]), reverse("writeup:edit", args=[cast.incident.ref]),
    ]  # fmt: skip

    def add(count: int) -> None:
        for number in range(count):
            make.item(
                cast.incident,
                f"Item number {number} of many",
                owner=cast.alice,
                due_on=DUE,
                conditions=[condition],
            )

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    client.force_login(cast.alice)
    add(1)
    one = [cost(address) for address in addresses]
    add(19)
    assert [cost(address) for address in addresses] == one
    add(180)
    paged = [
        count - before for count, before in zip((cost(address) for address in addresses), one, strict=True)
    ]
    assert all(-1 <= more <= 1 for more in paged)  # a second page may ask for the count


# --- what a kind editor would ask --------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        "Be more careful with deploys in future",
        "Remind everyone to read the runbook",
        "Improve the monitoring of replicas",
        "Fix it",
    ],
)
def test_what_nobody_could_check_is_asked_about(what):
    assert vague.questions(what=what, how_we_know="We look", owner=True, due=True)


def test_a_concrete_item_is_left_in_peace():
    asked = vague.questions(
        what="Serve bookings from the primary while a replica lags by more than 5 s",
        how_we_know="A lag of 30 s in the drill changes nothing for customers", owner=True, due=True,
    )  # fmt: skip
    assert asked == []


@given(st.text(max_size=300), st.text(max_size=300), st.booleans(), st.booleans())
def test_any_words_are_read(what, how, owner, due):
    asked = vague.questions(what=what, how_we_know=how, owner=owner, due=due)
    assert ("Who owns it?" in asked) is not owner
    assert ("By when?" in asked) is not due
