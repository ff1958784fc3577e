"""What a sender or a browser can do wrong: it ends in a sentence, never in a loop or a broken page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.timelines.conftest import signed_in
from tests.timelines.live.sending import alert, send
from timelines.live import filing
from timelines.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["a\u0000b", "a\u202eb", "\ud83d\ude00" * 400, "x" * 100_000])
def test_any_text_in_a_payload_is_filed(connect, text):
    message = alert(service=text)
    message["commonAnnotations"]["summary"] = text
    message["commonLabels"][text[:50]] = text
    assert send(connect(), message).status_code == 202
    assert filing.file(Delivery.objects.get().pk) == "inbox"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"alerts":[' + b"[" * 900 + b"]" * 900 + b"]}"]
)
def test_a_deep_body_fails_with_a_sentence(connect, body):
    assert send(connect(), body).status_code == 202
    assert filing.file(Delivery.objects.get().pk) == "failed"


def test_a_message_that_breaks_a_reader_is_set_aside_and_not_tried_for_ever(connect, monkeypatch):
    assert send(connect(), alert()).status_code == 202

    def broken(delivery):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(filing, "read", broken)
    assert filing.file(Delivery.objects.get().pk) == "failed"
    assert "fault of ours" not in Delivery.objects.get().why


def test_an_address_that_cannot_be_is_none(connect):
    for key in ("%00", "a%00b", "%FF", "x" * 4000):
        assert Client().post(f"/hooks/{key}/").status_code == 404


def test_a_decision_with_nonsense_decides_nothing(connect, cast):
    rev, connection = signed_in(cast.rev), connect()
    for subject in ("a\x00b", "", "x" * 10_000):
        given = {"connection": connection.pk, "subject": subject, "severity": "\x00", "incident": "\x00"}
        for what in ("open", "leave", "nothing"):
            assert rev.post(reverse("live:decide"), given | {"what": what}).status_code == 302
        assert rev.post(reverse("live:decide"), given | {"what": "attach"}).status_code in (302, 404)
