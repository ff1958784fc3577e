"""Messages to chats, over a real line to a small server that speaks as the vendors document it.

Slack answers `ok` in plain text, or `no_service` with 404 for an address that was taken back; Mattermost answers
`ok`; a Teams workflow answers 202 with nothing.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from postmortems.notices import chat
from postmortems.notices.models import ChatMessage
from postmortems.notices.post import TRIES

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


class Chat(BaseHTTPRequestHandler):
    got: list[tuple[str, str, dict]] = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, self.headers["Content-Type"], body))
        status, answer = {
            "/slack": (200, b"ok"), "/mattermost": (200, b"ok"), "/teams": (202, b""), "/gone": (404, b"no_service"),
            "/busy": (429, b"rate_limited"), "/moved": (302, b""),
        }[self.path]  # fmt: skip
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/slack")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def there(settings):
    settings.FETCH_HTTP, settings.FETCH_NETWORKS = True, [ip_network("127.0.0.1/32")]
    Chat.got.clear()
    with serving() as address:
        yield address


def said(address: str, kind: str = "slack", key: str = "one") -> ChatMessage:
    channel = chat.open_channel(kind=kind, name="#x", address=address)
    lines = [("R1 is due", "https://story.example.org/x")]
    return chat.send(channel=channel, title="Two items", lines=lines, key=key, now=NOW)


@pytest.mark.parametrize("kind", ["slack", "mattermost", "teams"])
def test_each_kind_takes_what_it_is_sent(db, there, kind):
    message = said(f"{there}/{kind}", kind)
    assert chat.deliver(message.pk, now=NOW)
    [(_, content_type, body)] = Chat.got
    assert content_type == "application/json"
    assert set(body) >= ({"text"} if kind != "teams" else {"type", "attachments"})
    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("sent", NOW)
    assert not chat.deliver(message.pk, now=NOW), "once"


@pytest.mark.parametrize(
    ("path", "words"),
    [("gone", "nothing at this address"), ("busy", "had trouble"), ("moved", "leads to another")],
)
def test_what_a_chat_refuses_is_tried_again_and_in_the_end_given_up(db, there, path, words):
    message = said(f"{there}/{path}")
    now = NOW
    for _ in range(TRIES):
        assert not chat.deliver(message.pk, now=now)
        now += timedelta(hours=3)
    message.refresh_from_db()
    assert message.state == "given up"
    assert words in message.trouble
    assert there not in message.trouble
    assert len(Chat.got) == TRIES


def test_one_occasion_makes_one_message_and_what_waits_can_be_withdrawn(db, there):
    message = said(f"{there}/slack")
    assert chat.send(channel=message.channel, title="x", lines=[], key="one", now=NOW) is None
    assert chat.withdraw(message)
    assert not chat.deliver(message.pk, now=NOW)
    assert not chat.withdraw(message)
    assert Chat.got == []


def test_the_address_is_sealed_and_nothing_inside_is_written_to(db, settings):
    channel = chat.open_channel(kind="slack", name="#x", address="https://hooks.example.org/services/T0")
    assert b"services" not in bytes(channel.address)
    assert channel.host == "hooks.example.org"
    for bad in ("http://hooks.example.org/x", "file:///etc/passwd", "nonsense"):
        with pytest.raises(chat.NotOpened):
            chat.open_channel(kind="slack", name="#x", address=bad)
    inside = chat.open_channel(kind="slack", name="#y", address="https://127.0.0.1/x")
    message = chat.send(channel=inside, title="x", lines=[], key="inside", now=NOW)
    assert not chat.deliver(message.pk, now=NOW)
    message.refresh_from_db()
    assert "not on the public internet" in message.trouble


def test_a_sealed_address_that_no_longer_opens_is_told_and_not_sent(db, there, settings):
    message = said(f"{there}/slack")
    settings.SECRET_KEY = "another " * 8
    assert not chat.deliver(message.pk, now=NOW)
    message.refresh_from_db()
    assert "another SECRET_KEY" in message.trouble
