"""The open door: who is let in, what is kept, and what a repeat does."""

from __future__ import annotations

import io
import json
import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.timelines.live.sending import SECRET, alert, mac, send, signed
from timelines.live import actions
from timelines.live.receiver import receive
from timelines.models import Connection, Delivery

pytestmark = pytest.mark.django_db
KINDS = Connection.Kind.values


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_is_kept_and_what_is_not_is_refused(connect, kind):
    connection = connect(kind)
    assert send(connection, {"a": 1}).status_code == 202
    kept = Delivery.objects.get()
    assert json.loads(bytes(kept.body)) == {"a": 1}
    assert SECRET not in json.dumps(kept.headers)
    forged = signed(kind, b'{"a": 2}', secret="another secret")
    assert send(connection, {"a": 2}, headers=forged).status_code == 401
    assert send(connection, {"a": 2}, headers={}).status_code == 401
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("kind", ["github", "pagerduty", "grafana", "generic"])
def test_a_signature_of_another_body_is_refused(connect, kind):
    assert send(connect(kind), b'{"a": 2}', headers=signed(kind, b'{"a": 1}')).status_code == 401


@pytest.mark.parametrize("kind", ["grafana", "generic"])
@pytest.mark.parametrize("late", [-400, 400])
def test_an_old_signature_cannot_be_played_again(connect, kind, late):
    body = b'{"a": 1}'
    assert send(connect(kind), body, headers=signed(kind, body, now=time.time() + late)).status_code == 401


def test_a_repeat_is_answered_and_changes_nothing(connect):
    connection = connect("github")
    for _ in range(3):
        assert send(connection, {"a": 1}, name="same").status_code == 202
    assert send(connection, {"a": 2}, name="same").status_code == 202, (
        "another body under the same name is no repeat"
    )
    assert Delivery.objects.count() == 2


def test_both_secrets_are_good_until_the_older_is_ended(connect, cast):
    connection = connect("github")
    actions.new_secret(connection=connection, by=cast.ada, secret="a newer secret")
    body = b'{"a": 1}'
    for number, secret in enumerate((SECRET, "a newer secret")):
        assert (
            send(
                connection, body, headers=signed("github", body, secret=secret, name=str(number))
            ).status_code
            == 202
        )
    actions.drop_older(connection=connection, by=cast.ada)
    assert send(connection, body, headers=signed("github", body)).status_code == 401


def test_a_stopped_connection_says_so_and_keeps_nothing(connect, cast):
    connection = connect()
    actions.set_active(connection=connection, by=cast.ada, active=False)
    assert send(connection, alert()).status_code == 410
    assert not Delivery.objects.exists()


def test_too_much_is_refused_before_it_is_read(connect, settings):
    settings.HOOK_LIMIT = 1000
    connection = connect()
    assert send(connection, b" " * 1001).status_code == 413
    assert send(connection, b" " * 1000).status_code == 202


def test_a_flood_is_told_when_to_come_again_and_loses_nothing_that_is_repeated(connect, settings):
    settings.HOOK_PER_MINUTE = 2
    flooding, calm = connect("github"), connect("github")
    assert [send(flooding, {"a": n}, name=str(n)).status_code for n in range(3)] == [202, 202, 429]
    late = send(flooding, {"a": 2}, name="2")
    assert 1 <= int(late["Retry-After"]) <= 60
    assert send(flooding, {"a": 0}, name="0").status_code == 202, "what is kept is welcome again"
    assert send(calm, {"a": 2}, name="2").status_code == 202, "others do not suffer"
    Delivery.objects.update(received_at=timezone.now() - timedelta(seconds=61))
    assert send(flooding, {"a": 2}, name="2").status_code == 202
    assert flooding.deliveries.count() == 3


def test_a_body_in_chunks_without_a_length_is_read_up_to_the_limit(connect, settings):
    """As gunicorn gives it: no length, chunks taken apart, less at a time than was asked for, and then its end."""
    settings.HOOK_LIMIT = 1000

    class Chunks(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 300))

    def sent(body: bytes) -> int:
        request = RequestFactory().post("/hooks/", headers=signed("github", body))
        request.environ |= {"wsgi.input": Chunks(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        return receive(request, connection.key).status_code

    connection = connect("github")
    assert sent(json.dumps({"a": "x" * 900}).encode()) == 202
    assert len(Delivery.objects.get().body) > 900
    assert sent(b" " * 1001) == 413


def test_unsigned_is_for_tools_that_cannot_sign_and_a_wrong_proof_is_refused_even_then(connect, cast):
    open_one = connect("statuspage", unsigned=True)
    assert send(open_one, {"a": 1}, headers={}).status_code == 202
    assert send(open_one, {"a": 2}, headers={"Authorization": "Bearer wrong"}).status_code == 401
    with pytest.raises(actions.NotPossible, match="can sign"):
        connect("github", unsigned=True)


def test_a_gitlab_signing_token_and_a_grafana_signature_without_a_time_are_known(connect):
    body = b'{"a": 1}'
    assert send(connect("gitlab"), body, headers=signed("generic", body)).status_code == 202
    plain = {"X-Grafana-Alerting-Signature": mac(body).hex()}
    assert send(connect("grafana"), body, headers=plain).status_code == 202


def test_only_post_and_nobody_is_asked_to_sign_in(connect):
    connection = connect()
    assert Client().get(reverse("live:receive", args=[connection.key])).status_code == 405


def test_answering_takes_two_queries(connect):
    connection = connect("github")
    send(connection, {"a": 0}, name="first")
    with CaptureQueriesContext(database) as asked:
        assert send(connection, {"a": 1}, name="second").status_code == 202
    sql = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(sql) == 2, sql


def test_secrets_are_sealed_in_the_database(connect):
    connection = connect()
    assert SECRET.encode() not in bytes(connection.secret)
