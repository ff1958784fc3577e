"""What people see and click: administrators connect, those who promised link, everybody sees where it stands."""

from __future__ import annotations

import csv

import pytest
from django.urls import reverse

from postmortems.remediation.models import Tracked, Tracker, TrackerLogin
from postmortems.remediation.tracking import actions
from tests import make
from tests.remediation.tracking import servers

pytestmark = pytest.mark.django_db


def page_of(client, name: str, *args) -> str:
    answer = client.get(reverse(f"remediation:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_administrator_connects_tries_and_sees_the_secret_once(github, client):
    github.tracker.delete()
    client.force_login(github.cast.ada)
    form = {
        "kind": "github", "name": "Shop", "address": github.there.address + "/", "project": "/acme/shop/", "token": servers.TOKEN
    }  # fmt: skip
    assert "No tracker is connected yet" in page_of(client, "trackers")
    shown = client.post(reverse("remediation:trackers"), form).content.decode()
    assert "acme/shop is there" in shown
    assert "shown this once" in shown
    tracker = Tracker.objects.get()
    again = page_of(client, "tracker", tracker.pk)
    assert "shown this once" not in again
    assert tracker.key in again
    second = client.post(reverse("remediation:trackers"), form).content.decode()
    assert "There is a tracker of this name" in second
    assert servers.TOKEN not in second


def test_what_is_wrong_is_said_in_words(github, client):
    client.force_login(github.cast.ada)
    form = {
        "kind": "github",
        "name": "Other",
        "address": github.there.address,
        "project": "acme/none",
        "token": servers.TOKEN,
    }
    shown = client.post(reverse("remediation:trackers"), form).content.decode()
    assert "There is no acme/none, or the token does not see it." in shown
    for wrong, said in (
        ({"project": "acme"}, "as its address does"), ({"project": "acme/.."}, "as its address does"), ({"token": "short"}, "This is no token"), ({"kind": "jira"}, "SHOP"),
        ({"kind": "jira", "project": "SHOP"}, "mail address"), ({"address": "nonsense"}, "https://"),
    ):  # fmt: skip
        assert said in client.post(reverse("remediation:trackers"), form | wrong).content.decode(), wrong
    where = reverse("remediation:tracker", args=[github.tracker.pk])
    shown = client.post(where, {"name": "GitHub", "meanings": "closed = verified"}).content.decode()
    assert "should be a state" in shown


def test_stopping_secrets_people_and_taking_away(github, client):
    made = github.made()
    client.force_login(github.cast.ada)

    def click(what: str, **fields):
        return client.post(
            reverse("remediation:change_tracker", args=[github.tracker.pk, what]), fields, follow=True
        ).content.decode()

    assert "stopped" in click("stop")
    github.there.close(made.key)
    github.check()
    made.item.refresh_from_db()
    assert made.item.status == "accepted"
    click("start")
    github.check()
    made.item.refresh_from_db()
    assert made.item.status == "done"
    before = bytes(Tracker.objects.get().secret)
    assert "shown this once" in click("secret")
    assert "shown this once" not in click("secret", secret="whsec_" + "0" * 20)
    assert bytes(Tracker.objects.get().secret) != before
    assert "1 item is an issue of it" in click("remove")
    assert Tracker.objects.exists()
    people = reverse("remediation:add_login", args=[github.tracker.pk])
    client.post(people, {"user": github.cast.mel.pk, "login": "@mel-at-work"})
    assert TrackerLogin.objects.get().login == "mel-at-work"
    taken = client.post(people, {"user": github.cast.ian.pk, "login": "MEL-at-work"}, follow=True)
    assert "Somebody else goes by this name there" in taken.content.decode()
    client.post(reverse("remediation:remove_login", args=[github.tracker.pk, TrackerLogin.objects.get().pk]))
    assert not TrackerLogin.objects.exists()
    actions.unlink_issue(tracked=Tracked.objects.get(), by=github.cast.alice)
    click("remove")
    assert not Tracker.objects.exists()


def test_whoever_promised_sees_what_is_sent_makes_links_and_settles(gitlab, client):
    item = gitlab.item()
    client.force_login(gitlab.cast.ian)
    ref = item.incident.ref
    assert "Work on it in a tracker" in page_of(client, "item", ref, item.number)
    shown = page_of(client, "issue", ref, item.number)
    assert item.how_we_know in shown
    assert gitlab.there.asked("POST") == 0
    client.post(
        reverse("remediation:change_issue", args=[ref, item.number, "make"]), {"tracker": gitlab.tracker.pk}
    )
    Tracked.objects.update(look_at=gitlab.now)
    gitlab.work()
    made = Tracked.objects.get()
    assert made.url in page_of(client, "item", ref, item.number)
    gitlab.edit(item, due_on=gitlab.now.date())
    gitlab.there.change(made.key, due="2026-09-09")
    gitlab.work()
    shown = page_of(client, "item", ref, item.number)
    assert "The date changed on both sides" in shown
    assert "9 September 2026" in shown
    assert "changed on both sides" in page_of(client, "mine")
    client.post(
        reverse("remediation:change_issue", args=[ref, item.number, "settle"]),
        {"field": "due", "keep": "theirs"},
    )
    Tracked.objects.update(look_at=gitlab.now)
    gitlab.work()
    item.refresh_from_db()
    assert item.due_on.isoformat() == "2026-09-09"
    client.post(reverse("remediation:change_issue", args=[ref, item.number, "look"]))
    client.post(reverse("remediation:change_issue", args=[ref, item.number, "unlink"]))
    assert not Tracked.objects.exists()


def test_a_restricted_incident_asks_before_anything_leaves(github, restricted, client):
    item = make.item(restricted, owner=github.cast.ian)
    client.force_login(github.cast.alice)
    assert "This incident is restricted" in page_of(client, "issue", restricted.ref, item.number)
    where = reverse("remediation:change_issue", args=[restricted.ref, item.number, "make"])
    assert (
        "say that they may"
        in client.post(where, {"tracker": github.tracker.pk}, follow=True).content.decode()
    )
    assert not Tracked.objects.exists()
    client.post(where, {"tracker": github.tracker.pk, "openly": "1"})
    made = Tracked.objects.get()
    Tracked.objects.update(trouble="something is wrong with it")
    client.force_login(github.cast.ada)
    shown = page_of(client, "tracker", github.tracker.pk)
    assert restricted.ref not in shown
    assert item.what not in shown
    assert made.pk


def test_lists_and_the_table_name_the_issue(github, client):
    made = github.made()
    client.force_login(github.cast.alice)
    assert made.url in page_of(client, "all")
    rows = list(
        csv.DictReader(
            b"".join(client.get(reverse("remediation:take_along")).streaming_content).decode().splitlines()
        )
    )
    assert rows[0]["tracker"] == made.url


def test_as_many_questions_for_one_as_for_ten(github, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(github.cast.alice)
    for n in range(2):
        actions.link_issue(
            item=github.item(),
            tracker=github.tracker,
            by=github.cast.alice,
            address=f"#{n + 1}",
            now=github.now,
        )
    page_of(client, "all")
    with CaptureQueriesContext(connection) as few:
        page_of(client, "all")
    for n in range(2, 10):
        actions.link_issue(
            item=github.item(),
            tracker=github.tracker,
            by=github.cast.alice,
            address=f"#{n + 1}",
            now=github.now,
        )
    with django_assert_num_queries(len(few)):
        page_of(client, "all")


def test_words_from_a_tracker_are_words(github, client):
    key = github.there.put(title="<img src=x onerror=hit()>", assignee="<b>mona")
    item = github.item()
    actions.link_issue(
        item=item, tracker=github.tracker, by=github.cast.alice, address=f"#{key}", now=github.now
    )
    github.work()
    client.force_login(github.cast.alice)
    shown = page_of(client, "item", item.incident.ref, item.number)
    assert "&lt;img src=x" in shown
    assert "<img src=x" not in shown
    assert "<b>mona" not in shown


def test_an_address_that_runs_something_is_no_link(github):
    made = github.made()
    show = github.there.show
    github.there.show = lambda one: show(one) | {"html_url": "javascript:hit()//acme/shop/issues/1"}
    github.there.change(made.key)
    github.check()
    made.refresh_from_db()
    assert made.url == f"{github.there.address}/acme/shop/issues/{made.key}"
