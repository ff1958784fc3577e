"""A real worker, killed with kill -9 after the mail server took a letter and before the row said so.

It fails towards twice: the next worker sends the letter again, under the same Message-ID, and nothing else again.
"""

from __future__ import annotations

import os
import signal
import socketserver
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from email import message_from_bytes

import pytest
from celery import current_app
from django.utils import timezone
from kombu import Connection

from postmortems.notices import post
from postmortems.notices.models import Letter
from tests.workers import address_of_broker, wait_for, worker

pytestmark = [pytest.mark.slow, pytest.mark.worker, pytest.mark.django_db(transaction=True)]


class Smtp(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for a client that sends."""

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.server.take(self.body())
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                break
            else:
                self.say("250 fine")

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        with suppress(OSError):  # the other side is dead, as it should be
            self.wfile.write(text.encode() + b"\r\n")


class Office(socketserver.ThreadingTCPServer):
    """A mail server that may do something when it has taken a letter, before it says so."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Smtp)
        self.taken: list[tuple[str, str]] = []
        self.then = lambda: None

    def take(self, data: bytes) -> None:
        message = message_from_bytes(data)
        self.taken.append((message["To"], message["Message-ID"]))
        self.then()


@contextmanager
def office():
    server = Office()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sweep() -> None:
    with Connection(address_of_broker()) as broker:
        current_app.send_task("postmortems.notices.tasks.send_waiting", connection=broker)


def test_a_letter_whose_worker_was_killed_goes_again_and_no_other_does(tmp_path):
    for name in ("ana", "ben", "cho"):
        post.send(
            to=f"{name}@example.org", template="emails/accounts/invitation", context={"address": "https://x.example.org/"},
            key=f"killed {name}", now=timezone.now(),
        )  # fmt: skip
    with office() as server:
        where = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.server_address[1])}
        with worker(tmp_path, **where) as first:
            server.then = lambda: len(server.taken) == 2 and os.killpg(first.pid, signal.SIGKILL)
            sweep()
            first.wait(timeout=60)
        states = dict(Letter.objects.order_by("pk").values_list("to", "state"))
        assert states == {
            "ana@example.org": "sent",
            "ben@example.org": "waiting",
            "cho@example.org": "waiting",
        }

        server.then = lambda: None
        with worker(tmp_path, **where):
            sweep()
            wait_for(lambda: not Letter.objects.filter(state="waiting").exists())

    count = Counter(to for to, _ in server.taken)
    assert count == {"ana@example.org": 1, "ben@example.org": 2, "cho@example.org": 1}
    assert len({id for to, id in server.taken if to == "ben@example.org"}) == 1, "one Message-ID"
    assert len({id for _, id in server.taken}) == 3
    assert set(Letter.objects.values_list("state", "tries")) == {("sent", 0)}
