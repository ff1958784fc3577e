"""The web server is a process that is killed and started again while people write: not one word is lost."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from postmortems.writeup.models import Clash, Section
from tests.browser.conftest import ROOT, until
from tests.browser.writers import Writer, gather

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEEDS = range(int(os.environ.get("INTERLEAVINGS", "1")))


class Server:
    """The application as it runs in earnest, on the database of the tests."""

    def __init__(self, folder) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        where = urlsplit(os.environ["DATABASE_URL"])
        self.environment = os.environ | {
            "DATABASE_URL": urlunsplit(where._replace(path=f"/{connection.settings_dict['NAME']}")),
            "SITE_URL": self.url, "VAR": str(folder), "MEDIA_ROOT": str(folder / "files"), "DEBUG": "1",
        }  # fmt: skip
        self.log = folder / "server.log"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "postmortems.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--threads=8",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until(self.answers, what="the server")

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/healthz", timeout=2).status == 200
        except OSError:
            return False

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(transactional_db, tmp_path):
    made = Server(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_word_that_was_typed_is_there(browser, server, seed):
    rolls, incident = random.Random(seed), gather()
    writers = [Writer(browser, server, user, incident) for user in incident.people[:2]]
    for _ in range(3):
        for writer in rolls.sample(writers, 2):
            writer.type(rolls)
            writer.page.wait_for_timeout(rolls.choice([100, 1480, 1520, 1600]))  # around the moment of a save
        server.kill()
        for writer in writers:
            writer.type(rolls)
        server.start()
    for _ in range(2):
        for writer in writers:
            writer.type(rolls)
            writer.save()
    there = Section.objects.get().text + " ".join(Clash.objects.values_list("written", flat=True))
    for writer in writers:
        for word in writer.typed:
            assert re.search(rf"\b{word}\b", there), f"{word} is lost from {there!r}"
        writer.context.close()
