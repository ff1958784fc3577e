"""Webhooks: a signed message makes us look, and nothing in it is believed."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from postmortems.remediation.models import Tracked, Tracker
from postmortems.remediation.tracking import actions, checking
from tests.remediation.tracking import servers
from tests.remediation.tracking.servers import signed

pytestmark = pytest.mark.django_db


def knock(client, world, body: bytes, headers: dict[str, str], content_type: str = "application/json"):
    where = reverse("remediation:knock", args=[world.tracker.key])
    return client.post(where, body, content_type=content_type, headers=headers)


def due(world) -> bool:
    return Tracked.objects.filter(tracker=world.tracker, look_at__gt=world.now).exists()


def look(world) -> None:
    """A worker's sweep by the real clock, in which the message came."""
    Tracked.objects.filter(look_at__gt=world.now).update(look_at=world.now)
    world.work(rounds=1)


def quiet(world) -> None:
    Tracked.objects.update(look_at=None)
    Tracker.objects.update(check_at=world.now.replace(year=2099))


def test_a_signed_message_is_followed_at_once(world, client, sent_tasks, django_capture_on_commit_callbacks):
    made = world.made()
    quiet(world)
    world.there.close(made.key)
    with django_capture_on_commit_callbacks(execute=True):
        answer = knock(client, world, *world.there.webhook(made.key, world.secret))
    assert answer.status_code == 202
    assert ("postmortems.remediation.tracking.tasks.look", (made.pk,)) in sent_tasks
    look(world)
    made.item.refresh_from_db()
    assert made.item.status == "done"
    world.tracker.refresh_from_db()
    assert world.tracker.heard_at


def test_late_repeated_and_out_of_order_they_do_no_harm(world, client):
    made = world.made()
    quiet(world)
    messages = [world.there.webhook(made.key, world.secret)]
    world.there.close(made.key)
    messages.append(world.there.webhook(made.key, world.secret))
    world.there.reopen(made.key)
    messages.append(world.there.webhook(made.key, world.secret))
    for message in (messages[1], messages[2], messages[1], messages[0], messages[1]):
        assert knock(client, world, *message).status_code == 202
        look(world)
    made.item.refresh_from_db()
    assert made.item.status == "accepted", "it is as the tracker has it, whatever an old message says"
    made.refresh_from_db()
    assert made.conflict == {}


def test_a_message_that_lies_under_a_right_signature_changes_nothing(github, client):
    made = github.made()
    quiet(github)
    lie = json.loads(github.there.webhook(made.key, github.secret)[0])
    lie["issue"] |= {"state": "closed", "state_reason": "completed", "updated_at": "2099-01-01T00:00:00Z"}
    body = json.dumps(lie).encode()
    assert (
        knock(client, github, body, {"X-Hub-Signature-256": signed(github.secret, body)}).status_code == 202
    )
    look(github)
    made.item.refresh_from_db()
    assert made.item.status == "accepted"


@pytest.mark.parametrize("wrong", ["unsigned", "other secret", "other body"])
def test_without_a_right_signature_nobody_is_heard(world, client, wrong):
    made = world.made()
    quiet(world)
    body, headers = world.there.webhook(made.key, "wrong" if wrong == "other secret" else world.secret)
    if wrong == "unsigned":
        headers = {}
    if wrong == "other body":
        if world.there.kind == "gitlab":  # its token signs no body, and the body is not believed
            return
        body += b" "
    assert knock(client, world, body, headers).status_code == 401
    assert not due(world)
    world.tracker.refresh_from_db()
    assert world.tracker.heard_at is None


def test_an_older_data_center_may_knock_unsigned_where_somebody_said_so(cast, settings, client):
    from tests.remediation.tracking.conftest import worldly

    gathered = worldly(servers.JiraDataCenter, cast, settings)
    world = next(gathered)
    actions.change_tracker(tracker=world.tracker, by=cast.ada, now=world.now, name="Jira", unsigned=True)
    made = world.made()
    quiet(world)
    body, _ = world.there.webhook(made.key, world.secret)
    assert knock(client, world, body, {}).status_code == 202
    assert due(world)
    assert knock(client, world, body, {"X-Hub-Signature": "sha256=00"}).status_code == 401
    next(gathered, None)


def test_another_repository_of_the_same_number_is_not_ours(github, client):
    made = github.made()
    quiet(github)
    body = github.there.webhook(made.key, github.secret)[0].replace(b"acme/shop", b"acme/other")
    assert (
        knock(client, github, body, {"X-Hub-Signature-256": signed(github.secret, body)}).status_code == 202
    )
    assert not due(github)


def test_github_may_send_its_json_in_a_form(github, client):
    made = github.made()
    quiet(github)
    body = urlencode({"payload": github.there.webhook(made.key, github.secret)[0].decode()}).encode()
    headers = {"X-Hub-Signature-256": signed(github.secret, body)}
    answer = knock(client, github, body, headers, "application/x-www-form-urlencoded")
    assert answer.status_code == 202
    assert due(github)


def test_stopped_unknown_too_long_and_by_get(github, client, settings):
    where = reverse("remediation:knock", args=[github.tracker.key])
    assert client.get(where).status_code == 405
    assert client.post(reverse("remediation:knock", args=["nobody"])).status_code == 404
    settings.HOOK_LIMIT = 10
    assert client.post(where, b"x" * 20, content_type="application/json").status_code == 413
    actions.set_active(tracker=github.tracker, by=github.cast.ada, active=False)
    assert client.post(where, b"{}", content_type="application/json").status_code == 410


strange = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["issue", "number", "iid", "key", "repository", "full_name", "project", "object_attributes", "object_kind"]),
        inner, max_size=5,
    ),
    max_leaves=10,
)  # fmt: skip


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(payload=strange, raw=st.binary(max_size=30) | st.none())
def test_whatever_is_sent_is_answered(world, client, payload, raw):
    body = json.dumps(payload).encode() if raw is None else raw
    headers = {"X-Gitlab-Token": world.secret, "X-Hub-Signature": signed(world.secret, body)}
    headers["X-Hub-Signature-256"] = headers["X-Hub-Signature"]
    assert knock(client, world, body, headers).status_code in (202, 400)


def test_what_a_lost_webhook_did_not_tell_is_found_within_minutes(world):
    made = world.made()
    world.there.close(made.key)
    world.later(minutes=6)
    assert checking.check(world.tracker.pk, now=world.now) >= 1
    world.work(rounds=1)
    made.item.refresh_from_db()
    assert made.item.status == "done"
