"""Trackers that are away, lie, limit, lose and move: nothing is lost, nothing doubled, and the page says so."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from postmortems.audit.models import Entry
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.models import Step, Tracked, Tracker
from postmortems.remediation.tracking import actions, checking, following, holding, knocking, looking
from postmortems.remediation.tracking.asking import Away
from postmortems.remediation.tracking.vendors import vendor_of
from tests.remediation.tracking import servers
from tests.remediation.tracking.servers import Trouble

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# --- made once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["torn", "dies"])
def test_an_issue_whose_answer_was_lost_is_found_and_not_made_again(world, how):
    world.there.trouble.append(Trouble("POST", **{how: True}))
    made = world.made()
    assert made.key == ""
    assert made.asked_at
    world.later(minutes=10)
    world.work()
    made.refresh_from_db()
    assert made.key == next(iter(world.there.issues))
    assert world.there.asked("POST") == 1
    assert made.agreed["status"]


@pytest.mark.parametrize("status", [500, 502, 429, 403, 422])
def test_an_issue_that_was_not_made_is_made_later(github, status):
    github.there.trouble.append(Trouble("POST", status=status, headers={"Retry-After": "120"}))
    made = github.made()
    assert made.key == ""
    github.later(minutes=10)
    github.work()
    github.there.only()
    made.refresh_from_db()
    assert made.key


def test_another_is_not_made_before_the_first_had_its_time(github):
    github.there.trouble.append(Trouble("POST", status=504))
    made = github.made()
    for _ in range(3):  # somebody clicks and clicks
        knocking.changed_here(item=made.item, now=github.now)
        Tracker.objects.update(paused_until=None)
        github.work(rounds=1)
    assert github.there.asked("POST") == 1
    github.later(minutes=5)
    github.work()
    assert github.there.asked("POST") == 2
    github.there.only()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_the_tracker_answers_leaves_one_issue(github, tmp_path):
    made = actions.make_issue(
        item=github.item(), tracker=github.tracker, by=github.cast.alice, now=github.now
    )
    where = connection.settings_dict
    code = (
        "import django; django.setup()\n"
        "from datetime import datetime\nfrom ipaddress import ip_network\n"
        "from django.conf import settings\n"
        "settings.FETCH_NETWORKS, settings.FETCH_HTTP = [ip_network('127.0.0.1/32')], True\n"
        f"settings.DATABASES['default']['NAME'] = {where['NAME']!r}\n"
        "from postmortems.remediation.tracking import looking\n"
        f"looking.look({made.pk}, now=datetime.fromisoformat({github.now.isoformat()!r}))\n"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "postmortems.settings"}
    killed = subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment)
    github.there.trouble.append(Trouble("POST", dies=True, then=lambda: os.kill(killed.pid, signal.SIGKILL)))
    assert killed.wait(timeout=120) == -signal.SIGKILL
    made.refresh_from_db()
    assert (made.key, bool(made.asked_at), bool(made.held_until)) == ("", True, True)
    github.work()
    assert github.there.asked("POST") == 1, "it is held, and nobody else touches it"
    github.later(minutes=5)
    github.work()
    made.refresh_from_db()
    assert made.key == "1"
    assert github.there.asked("POST") == 1
    github.there.only()


def test_one_worker_at_a_time_and_the_next_when_it_is_dead(github):
    made = actions.make_issue(
        item=github.item(), tracker=github.tracker, by=github.cast.alice, now=github.now
    )
    assert holding.take(made.pk, now=github.now)
    assert holding.take(made.pk, now=github.now) is None
    assert not looking.look(made.pk, now=github.now)
    assert holding.take(made.pk, now=github.now + holding.LEASE)


def test_whoever_was_too_slow_asks_nothing(github):
    made = actions.make_issue(
        item=github.item(), tracker=github.tracker, by=github.cast.alice, now=github.now
    )
    slow = holding.take(made.pk, now=github.now)
    holding.take(made.pk, now=github.now + holding.LEASE)
    with pytest.raises(looking.NotYet):
        looking._make(slow, vendor_of(github.tracker, now=github.now), github.now)
    assert github.there.asked("POST") == 0


def test_what_was_asked_for_while_a_worker_looked_is_not_forgotten(github):
    made = github.made()
    knocking.changed_here(item=made.item, now=github.now)
    held = holding.take(made.pk, now=github.now)
    knocking.changed_here(item=made.item, now=github.now + timedelta(seconds=1))
    holding.let_go(held, next_at=github.now + HOUR)
    made.refresh_from_db()
    assert made.look_at == github.now + timedelta(seconds=1)


# --- away for a day ----------------------------------------------------------------------------------


def test_away_for_a_day_and_back_all_is_right(world, client):
    first = world.made()
    second_item = world.item(what="Page two people")
    since = world.now
    world.there.off()
    second = actions.make_issue(item=second_item, tracker=world.tracker, by=world.cast.alice, now=world.now)
    world.move(first.item, "in_progress")
    asked = len(world.there.seen)
    world.work(rounds=24, step=timedelta(hours=1))
    assert len(world.there.seen) == asked
    world.tracker.refresh_from_db()
    assert since <= world.tracker.away_since <= since + timedelta(hours=1)
    client.force_login(world.cast.alice)
    page = client.get(
        reverse("remediation:item", args=[world.cast.incident.ref, first.item.number])
    ).content.decode()
    assert "has not answered as it should since" in page
    assert "Nothing is lost" in page
    world.move(first.item, "done")
    world.there.on()
    world.there.clock = world.now
    world.later(hours=1)
    world.work(rounds=6, step=timedelta(minutes=1))
    for one in (first, second):
        one.refresh_from_db()
        assert (one.key != "", one.trouble, one.conflict) == (True, "", {})
    assert len(world.there.issues) == 2
    assert world.there.issues[first.key]["state"] in ("closed", "Done")
    world.tracker.refresh_from_db()
    assert (world.tracker.away_since, world.tracker.trouble, world.tracker.tries) == (None, "", 0)


def test_while_it_is_away_it_is_asked_less_and_less(github):
    made = github.made()
    for _ in range(200):
        github.there.trouble.append(Trouble("GET", status=503))
    before = len(github.there.seen)
    knocking.changed_here(item=made.item, now=github.now)
    github.work(rounds=24 * 6, step=timedelta(minutes=10))
    assert 40 <= len(github.there.seen) - before <= 110, "about twice an hour, not once a minute"


def test_one_issue_that_cannot_be_read_holds_up_no_other(github):
    one, other = github.made(), github.made(github.item(what="Page two people"))
    github.there.close(other.key)
    for made in (one, other):
        knocking.changed_here(item=made.item, now=github.now)
    github.there.trouble.append(Trouble("GET", status=500))
    github.later(minutes=2)
    github.work(rounds=4, step=timedelta(minutes=1))
    other.item.refresh_from_db()
    assert other.item.status == "done"


@pytest.mark.parametrize(
    ("headers", "status", "pause"),
    [
        ({"Retry-After": "3600"}, 429, HOUR),
        ({"Retry-After": "3600"}, 403, HOUR),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int((servers.EPOCH + HOUR).timestamp()))},
            403,
            HOUR,
        ),
        ({"Retry-After": "Mon, 16 Mar 2026 11:00:00 GMT"}, 429, HOUR),
        ({"Retry-After": "99999999999999999999"}, 429, 6 * HOUR),
        ({"Retry-After": "soon"}, 429, timedelta(seconds=50)),
    ],
)
def test_a_limit_is_kept_for_as_long_as_it_says(github, headers, status, pause):
    made = github.made()
    github.there.trouble.append(Trouble("GET", status=status, headers=headers))
    knocking.changed_here(item=made.item, now=github.now)
    github.work(rounds=1)
    asked = len(github.there.seen)
    github.later(seconds=pause.total_seconds() - 40)
    github.work(rounds=2)
    assert len(github.there.seen) == asked
    github.later(seconds=120)
    github.work(rounds=2)
    assert len(github.there.seen) > asked


def test_a_token_that_ran_out_is_told_and_another_mends_it(world):
    made = world.made()
    other = "another-" + "token-0123456789"
    actions.change_tracker(
        tracker=world.tracker, by=world.cast.ada, now=world.now, name=world.tracker.name, account=world.there.account, token=other
    )  # fmt: skip
    world.work()
    world.tracker.refresh_from_db()
    assert "does not take our token" in world.tracker.trouble
    actions.change_tracker(
        tracker=world.tracker, by=world.cast.ada, now=world.now, name=world.tracker.name, account=world.there.account,
        token=servers.TOKEN,
    )  # fmt: skip
    world.there.close(made.key)
    world.work()
    made.item.refresh_from_db()
    assert made.item.status == "done"


def test_what_our_token_may_not_do_is_told_on_the_item_and_the_rest_goes_on(world):
    made, other = world.made(), world.made(world.item(what="Page two people"))
    method = {"github": "PATCH", "gitlab": "PUT"}.get(world.there.kind, "POST")
    body = b'{"message": "Must have admin rights"}'
    world.there.trouble.append(Trouble(method, status=403, body=body))
    world.move(made.item, "done")
    world.work()
    made.refresh_from_db()
    world.tracker.refresh_from_db()
    assert "admin rights" in made.agreed["status_refused"]
    assert world.tracker.away_since is None
    world.move(other.item, "done")
    world.work()
    assert world.there.issues[other.key]["state"] in ("closed", "Done")


# --- gone and moved ----------------------------------------------------------------------------------


def test_an_issue_that_was_deleted_says_so_and_closes_nothing(world):
    made = world.made()
    del world.there.issues[made.key]
    world.later(hours=25)
    world.work()
    made.refresh_from_db()
    made.item.refresh_from_db()
    assert "no such thing" in made.gone
    assert made.item.status == "accepted"
    world.move(made.item, "in_progress")
    world.work()
    made.item.refresh_from_db()
    assert made.item.status == "in_progress", "the item goes on by itself"


def test_deleted_for_good_is_told_the_same(github):
    made = github.made()
    github.there.issues[made.key]["deleted"] = True
    github.later(hours=25)
    github.work()
    made.refresh_from_db()
    assert "was deleted" in made.gone


def test_a_whole_project_that_is_hidden_is_no_thousand_deleted_issues(github):
    made = github.made()
    github.there.project = "acme/renamed"
    github.later(hours=25)
    github.work()
    made.refresh_from_db()
    github.tracker.refresh_from_db()
    assert made.gone == ""
    assert "There is no acme/shop" in github.tracker.trouble


def test_transferred_is_told_with_its_new_place_and_another_server_learns_no_token(github):
    made = github.made()
    github.there.issues[made.key]["leads"] = f"{github.there.address}/api/v3/repositories/9/issues/77"
    github.later(hours=25)
    github.work()
    made.refresh_from_db()
    assert "acme/other/issues/77" in made.gone
    elsewhere = servers.GitHub()
    github.there.issues[made.key]["leads"] = f"{elsewhere.address}/api/v3/repositories/9/issues/77"
    github.later(hours=25)
    github.work()
    elsewhere.off()
    made.refresh_from_db()
    assert "another server" in made.gone
    assert elsewhere.seen == []


def test_what_gitlab_moved_is_not_done(gitlab):
    made = gitlab.made()
    gitlab.there.change(made.key, state="closed", moved_to=5099)
    gitlab.check()
    made.refresh_from_db()
    made.item.refresh_from_db()
    assert made.item.status == "accepted"
    assert "moved" in made.gone


def test_a_redirect_without_end_is_given_up(github):
    made = github.made()
    github.there.issues[made.key]["leads"] = (
        f"{github.there.address}/api/v3/repos/acme/shop/issues/{made.key}"
    )
    github.later(hours=25)
    github.work()
    made.refresh_from_db()
    assert made.gone


# --- what changed, however much ----------------------------------------------------------------------


def test_many_pages_of_changes_hide_none(world):
    world.there.page = 100
    many = [world.there.put(title=f"issue {n}") for n in range(230)]
    made = world.made()
    for key in many:
        world.there.change(key, title="busy")
    world.there.close(made.key)
    for key in many[:150]:
        world.there.change(key, title="busier")
    world.check()
    made.item.refresh_from_db()
    assert made.item.status == "done"


@pytest.mark.parametrize("world", [servers.GitHub, servers.GitLab], indirect=True, ids=lambda kind: kind.kind)
def test_what_changes_while_pages_are_turned_hides_nothing(world):
    keys = [world.there.put(title=f"issue {n}") for n in range(150)]
    # the first one goes to the end after the first page was read: every other moves up by one
    world.there.trouble.append(Trouble("GET", then=lambda: world.there.change(keys[0])))
    pages = vendor_of(world.tracker, now=world.now).changed(world.now, "")
    assert {key for rows, _ in pages for key, _ in rows} == set(keys)


def test_a_page_of_one_moment_is_passed(github):
    made = github.made()
    github.there.close(made.key)
    moment = github.there.clock
    for n in range(250):
        github.there.put(title=f"issue {n}")
    for one in github.there.issues.values():
        one["updated"] = moment
    changed = [
        key for rows, _ in vendor_of(github.tracker, now=github.now).changed(moment, "") for key, _ in rows
    ]
    assert set(changed) == set(github.there.issues)


@pytest.mark.parametrize("world", [servers.GitHub, servers.GitLab], indirect=True, ids=lambda kind: kind.kind)
def test_where_nothing_changed_nothing_is_sent(world):
    world.made()
    world.check()
    world.check()
    world.tracker.refresh_from_db()
    assert world.tracker.etag
    asked = world.there.asked("GET")
    world.check()
    assert world.there.asked("GET") == asked + 1, "one question, answered by 304"


def test_an_older_answer_takes_nothing_back(github):
    made = github.made()
    vendor = vendor_of(github.tracker, now=github.now)
    old = vendor.read(made.key)
    github.there.close(made.key)
    github.check()
    made.refresh_from_db()
    following.follow(made, old, vendor, now=github.now)
    made.item.refresh_from_db()
    assert made.item.status == "done"
    assert Step.objects.filter(item=made.item).count() == 1


# --- answers of any kind -----------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["number", "iid", "key", "state", "title", "updated_at", "fields", "assignees", "html_url", "status"]),
        inner, max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answer=json_values)
def test_whatever_a_tracker_answers_the_item_stands_and_the_work_goes_on(world, answer):
    made = Tracked.objects.filter(tracker=world.tracker).first() or world.made()
    status = made.item.status
    world.there.trouble += [Trouble("GET", status=200, body=json.dumps(answer).encode())] * 2
    Tracked.objects.update(look_at=world.now)
    Tracker.objects.update(paused_until=None, check_at=world.now, held_until=None)
    checking.check(world.tracker.pk, now=world.now)
    Tracker.objects.update(paused_until=None)
    looking.look(made.pk, now=world.now)
    world.there.trouble.clear()
    made.refresh_from_db()
    assert made.held_until is None
    made.item.refresh_from_db()
    assert made.item.status == status
    assert made.trouble != looking.FAULT, "a strange answer is no fault of ours"


@pytest.mark.parametrize(
    "body", [b"", b"[" * 100_000, b"\xff\xfe", b"null", b'{"number": 1e999}', b"<html>sign in</html>"]
)
def test_pages_of_proxies_and_worse_are_no_news(github, body):
    made = github.made()
    github.there.trouble.append(Trouble("GET", status=200, body=body))
    knocking.changed_here(item=made.item, now=github.now)
    github.work(rounds=1)
    github.tracker.refresh_from_db()
    assert "cannot be read" in github.tracker.trouble
    made.item.refresh_from_db()
    assert made.item.status == "accepted"


# --- secrets -----------------------------------------------------------------------------------------


def test_the_token_is_nowhere_but_in_its_header(world, client, caplog):
    caplog.set_level(logging.DEBUG)
    made = world.made()
    echo = json.dumps({"message": f"bad {servers.TOKEN}", "errors": {"x": servers.TOKEN}}).encode()
    for status in (400, 401, 403, 404, 422, 500):
        world.there.trouble.append(Trouble("GET", status=status, body=echo))
        Tracker.objects.update(paused_until=None)
        knocking.changed_here(item=made.item, now=world.now)
        world.work(rounds=1)
    actions.try_tracker(tracker=world.tracker, by=world.cast.ada, now=world.now)
    client.force_login(world.cast.ada)
    pages = [client.get(reverse("remediation:tracker", args=[world.tracker.pk])).content.decode()]
    pages.append(client.get(reverse("remediation:trackers")).content.decode())
    client.force_login(world.cast.alice)
    pages.append(client.get(reverse("remediation:item", args=[world.cast.incident.ref, 1])).content.decode())
    vendor = vendor_of(world.tracker, now=world.now)
    rows = list(Tracker.objects.values()) + list(Tracked.objects.values()) + list(Entry.objects.values())
    told = [
        caplog.text,
        *pages,
        str(rows),
        repr(world.tracker),
        repr(vendor),
        repr(vendor.ask),
        str(world.there.issues),
    ]
    for secret in (servers.TOKEN, world.secret):
        assert not [text for text in told if secret in text]
    assert not [
        path for _, path, body in world.there.seen if servers.TOKEN in path or servers.TOKEN.encode() in body
    ]


def test_a_token_sealed_under_another_key_is_told(github, settings):
    settings.SECRET_KEY = "another key than before"
    with pytest.raises(Away, match="another SECRET_KEY"):
        vendor_of(github.tracker, now=github.now)


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1",
        "https://user:pw@github.com",
        "ftp://github.com",
        "javascript:alert(1)",
        "https://github.com?x=1",
        "",
    ],
)
def test_an_address_is_taken_as_a_browser_shows_it(github, address, settings):
    settings.FETCH_HTTP = False
    with pytest.raises(NotPossible):
        actions.add_tracker(
            by=github.cast.ada, kind="github", name="x", address=address, project="acme/x", token="x" * 20
        )


def test_inner_networks_are_asked_only_where_the_operator_said_so(github, settings):
    settings.FETCH_NETWORKS = []
    works, sentence = actions.try_tracker(tracker=github.tracker, by=github.cast.ada, now=github.now)
    assert not works
    assert "not on the public internet" in sentence
    assert github.there.seen == []
