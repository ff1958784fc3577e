"""A real worker, killed with kill -9 after the mail server took a letter and before the row said so.

It fails towards twice: the next worker sends the letter again, under the same Message-ID, and nothing else again.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest
from celery import current_app
from django.utils import timezone
from kombu import Connection

from postmortems.notices import post
from postmortems.notices.models import Letter
from tests.notices.office import office
from tests.workers import address_of_broker, wait_for, worker

pytestmark = [pytest.mark.slow, pytest.mark.worker, pytest.mark.django_db(transaction=True)]


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
