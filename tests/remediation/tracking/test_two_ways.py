"""An item and its issue say the same, whoever changed what, at each of the trackers."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from postmortems.audit.models import Entry
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.models import Step, Tracked
from postmortems.remediation.tracking import actions
from tests import make
from tests.remediation.tracking import servers

pytestmark = pytest.mark.django_db
LATER = date(2026, 4, 30)
WITH_DATES = (servers.GitLab, servers.Jira, servers.JiraDataCenter)
WITH_REASONS = (servers.GitHub, servers.Jira, servers.JiraDataCenter)  # why something was closed


def named(kind) -> str:
    return kind.kind


def test_what_is_there_is_told(world):
    works, sentence = actions.try_tracker(tracker=world.tracker, by=world.cast.ada, now=world.now)
    assert works, sentence
    assert "is there" in sentence
    assert "may" in sentence


def test_an_issue_says_what_the_item_says_and_leads_back(world):
    item = world.item()
    item.conditions.set([make.condition(world.cast.incident)])
    made = world.made(item)
    issue = world.there.only()
    text = json.dumps(issue["text"])
    assert issue["title"] == item.what
    for part in ("lagging replica", "C1", f"/items/{item.number}/", made.marker):
        assert part in text
    assert made.key in made.url
    assert made.agreed["status"][0] == "open"
    assert not made.trouble
    assert Entry.objects.filter(verb="item.issue_made", sentence__contains=str(made)).exists()


def test_closed_there_is_done_here_and_the_step_says_where(world):
    made = world.made()
    world.there.close(made.key)
    world.check()
    item = made.item
    item.refresh_from_db()
    assert item.status == "done"
    assert item.done_at
    step = Step.objects.get(after="done")
    assert step.by is None
    assert str(world.tracker) in step.reason
    assert str(made) in step.reason


def test_what_is_verified_stays_so_until_it_is_opened_again(world):
    made = world.made()
    world.move(made.item, "done")
    world.move(made.item, "verified")
    world.work()
    assert world.there.only()["state"] in ("closed", "Done")
    made.item.refresh_from_db()
    assert made.item.status == "verified"
    world.there.reopen(made.key)
    world.check()
    made.item.refresh_from_db()
    assert made.item.status == "in_progress"
    assert "again" in Step.objects.get(before="verified").reason


def test_done_here_closes_and_taken_back_opens_it_again(world):
    made = world.made()
    world.move(made.item, "done")
    world.work()
    assert world.there.only()["state"] in ("closed", "Done")
    world.move(made.item, "in_progress", "it did not hold")
    world.work()
    assert world.there.only()["state"] in ("open", "opened", "In Progress", "In Review")


def test_dropped_here_closes_it(world):
    made = world.made()
    world.move(made.item, "dropped", "too dear")
    world.work(rounds=5)
    issue = world.there.only()
    assert issue["state"] in ("closed", "Done")
    if world.there.kind == "github":
        assert issue["reason"] == "not_planned"
    made.item.refresh_from_db()
    assert made.item.status == "dropped"
    world.check()
    made.item.refresh_from_db()
    assert made.item.status == "dropped", "what it is closed as there changes nothing here"


@pytest.mark.parametrize("world", WITH_REASONS, indirect=True, ids=named)
def test_not_planned_there_is_dropped_here(world):
    made = world.made()
    world.there.close(made.key, "dropped")
    world.check()
    made.item.refresh_from_db()
    assert made.item.status == "dropped"
    assert made.item.dropped_reason


@pytest.mark.parametrize("world", WITH_DATES, indirect=True, ids=named)
def test_dates_go_both_ways_and_the_promise_is_kept(world):
    made = world.made()
    promised = made.item.due_on
    assert world.there.only()["due"] == promised.isoformat()
    world.there.change(made.key, due=LATER.isoformat())
    world.check()
    made.item.refresh_from_db()
    assert (made.item.due_on, made.item.promised_on) == (LATER, promised if made.item.promised_on else None)
    world.edit(made.item, due_on=LATER + timedelta(days=1))
    world.work()
    assert world.there.only()["due"] == "2026-05-01"


@pytest.mark.parametrize("world", WITH_DATES, indirect=True, ids=named)
def test_a_promise_keeps_its_date_whatever_is_emptied_there(world):
    made = world.made()
    world.there.change(made.key, due=None)
    world.check()
    made.refresh_from_db()
    assert "a promise has a date" in made.conflict["due"]["why"]
    actions.settle(tracked=made, by=world.cast.alice, field="due", keep="ours", now=world.now)
    world.work()
    assert world.there.only()["due"] == made.item.due_on.isoformat()
    made.refresh_from_db()
    assert made.conflict == {}


def test_whom_we_know_becomes_the_owner_and_nobody_is_guessed(world):
    made = world.made()
    world.there.change(made.key, assignee="mona")
    world.check()
    made.refresh_from_db()
    made.item.refresh_from_db()
    assert made.item.owner == world.cast.ian
    assert made.seen["login"] == "mona"
    actions.set_login(
        tracker=world.tracker, by=world.cast.ada, user=world.cast.mel, login="octo", now=world.now
    )
    world.there.change(made.key, assignee="OCTO")
    world.check()
    made.item.refresh_from_db()
    assert made.item.owner == world.cast.mel
    world.there.change(made.key, assignee=None)
    world.check()
    made.item.refresh_from_db()
    assert made.item.owner == world.cast.mel, "a promise keeps its owner"


@pytest.mark.parametrize("keep", ["ours", "theirs"])
def test_what_both_changed_is_asked_about(world, keep):
    made = world.made()
    world.move(made.item, "dropped", "too dear")
    world.there.change(made.key, **({"state": "Done"} if "jira" in world.there.kind else {"state": "closed"}))
    if world.there.kind == "gitlab":  # for GitLab both have closed it
        world.work()
        made.refresh_from_db()
        assert made.conflict == {}
        return
    world.work()
    made.refresh_from_db()
    made.item.refresh_from_db()
    assert made.item.status == "dropped"
    assert made.conflict["status"]["ours"] == "Dropped"
    actions.settle(tracked=made, by=world.cast.alice, field="status", keep=keep, now=world.now)
    world.work()
    made.refresh_from_db()
    made.item.refresh_from_db()
    assert made.conflict == {}
    assert made.item.status == ("dropped" if keep == "ours" else "done")
    assert Entry.objects.filter(verb="item.issue_settled").count() == 1


def test_a_decision_overrules_no_later_change(gitlab):
    made = gitlab.made()
    gitlab.edit(made.item, due_on=LATER)
    gitlab.there.change(made.key, due="2026-06-01")
    gitlab.work()
    made.refresh_from_db()
    assert set(made.conflict) == {"due"}
    gitlab.there.change(made.key, due="2026-07-01")
    actions.settle(tracked=made, by=gitlab.cast.alice, field="due", keep="ours", now=gitlab.now)
    gitlab.work()
    made.refresh_from_db()
    assert made.conflict["due"]["theirs"] == "1 July 2026"
    assert gitlab.there.only()["due"] == "2026-07-01"
    with pytest.raises(NotPossible):
        actions.settle(tracked=made, by=gitlab.cast.alice, field="status", keep="ours", now=gitlab.now)


def test_what_nobody_accepted_is_not_done_by_a_click_elsewhere(world):
    item = world.item(status="proposed", owner=None, due_on=None)
    made = world.made(item)
    world.there.close(made.key)
    world.check()
    made.refresh_from_db()
    item.refresh_from_db()
    assert item.status == "proposed"
    assert "owned and dated" in made.conflict["status"]["why"]


def test_an_issue_that_is_there_is_linked_by_its_address(world):
    key = world.there.put(title="An older one", due="2026-05-05")
    item = world.item(due_on=None, status="proposed")
    address = {
        "github": f"{world.there.address}/acme/shop/issues/{key}#issuecomment-1",
        "gitlab": f"{world.there.address}/acme/shop/web/-/issues/{key}",
    }.get(world.there.kind, f"{world.there.address}/browse/{key}")
    made = actions.link_issue(
        item=item, tracker=world.tracker, by=world.cast.alice, address=address, now=world.now
    )
    world.work()
    made.refresh_from_db()
    item.refresh_from_db()
    assert made.seen["title"] == "An older one"
    assert world.there.asked("POST") == 0
    if world.there.kind != "github":
        assert item.due_on == date(2026, 5, 5)
    other = world.item()
    for wrong in (address, "https://elsewhere.example.org/acme/shop/issues/1", "nonsense"):
        with pytest.raises(NotPossible):
            actions.link_issue(
                item=other, tracker=world.tracker, by=world.cast.alice, address=wrong, now=world.now
            )


def test_a_long_sentence_with_a_call_and_a_command_calls_nobody(world):
    item = world.item(
        what="x" * 260 + " @acme/all", how_we_know="/close @octocat [x](http://e) [~bob] {html}<b>"
    )
    world.made(item)
    issue = world.there.only()
    assert len(issue["title"]) <= 255
    text = json.dumps(issue["text"], ensure_ascii=False)
    if world.there.kind in ("github", "gitlab"):
        assert "@octocat" not in text
        assert "\n/close" not in issue["text"]
    if world.there.kind == "jira_dc":
        assert "[~bob]" not in issue["text"]


def test_in_a_restricted_incident_somebody_has_to_say_that_the_words_may_leave(github, restricted):
    item = make.item(restricted, owner=github.cast.ian)
    with pytest.raises(NotPossible, match="restricted"):
        actions.make_issue(item=item, tracker=github.tracker, by=github.cast.alice, now=github.now)
    actions.make_issue(item=item, tracker=github.tracker, by=github.cast.alice, now=github.now, openly=True)
    github.work()
    assert restricted.title not in json.dumps(github.there.only(), default=str)


def test_unlinked_both_go_their_own_ways(github):
    made = github.made()
    actions.unlink_issue(tracked=made, by=github.cast.alice)
    github.there.close("1")
    github.check()
    made.item.refresh_from_db()
    assert made.item.status == "accepted"
    assert not Tracked.objects.exists()


# --- Jira's workflows --------------------------------------------------------------------------------


def test_own_states_mean_what_the_house_says(jira):
    actions.change_tracker(
        tracker=jira.tracker, by=jira.cast.ada, now=jira.now, name="Jira", account=jira.there.account,
        meanings="In Review = done",
    )  # fmt: skip
    made = jira.made()
    jira.there.change(made.key, state="In Review")
    jira.check()
    made.item.refresh_from_db()
    assert made.item.status == "done"


def test_a_workflow_without_a_way_says_so_once_and_is_left_alone(jira):
    made = jira.made()
    jira.there.ways["To Do"] = ["In Review"]
    jira.move(made.item, "done")
    jira.work()
    made.refresh_from_db()
    assert "no step" in made.agreed["status_refused"]
    asked = jira.there.asked("GET", "/transitions")
    jira.later(hours=30)
    jira.work(rounds=5)
    assert jira.there.asked("GET", "/transitions") == asked
    made.item.refresh_from_db()
    assert made.item.status == "done", "and it stays done here"
    jira.there.close(made.key)
    jira.check()
    made.refresh_from_db()
    assert "status_refused" not in made.agreed


def test_a_screen_without_a_due_date_still_takes_the_issue(jira):
    jira.there.screen_has_due = False
    made = jira.made()
    assert jira.there.only()["due"] is None
    assert "cannot be set" in made.agreed["due_refused"]
    assert jira.there.asked("POST", "/issue") == 2


def test_in_progress_goes_both_ways_in_jira(jira):
    made = jira.made()
    jira.there.change(made.key, state="In Review")
    jira.check()
    made.item.refresh_from_db()
    assert made.item.status == "in_progress"
    jira.move(made.item, "accepted", "not yet")
    jira.work()
    assert jira.there.only()["state"] == "To Do"
