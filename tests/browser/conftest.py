"""A real Chromium, the real application, and a real worker on the same database and queue."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from postmortems.accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # Playwright's loop runs in this thread; the ORM is used between its calls

expect.set_options(timeout=30_000)  # a busy machine takes its time; what never comes about fails all the same


@pytest.fixture
def page(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, accept_downloads=True
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: (
            troubles.append(f"{page.url}: {said.text}")
            if said.type == "error" and "409" not in said.text
            else None
        ),
    )
    yield page
    context.close()
    assert not troubles, "the browser complained"


@pytest.fixture
def worker(live_server, settings, tmp_path):
    """A Celery worker as its own process, on the test's database, queue and files."""
    settings.SITE_URL = live_server.url
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")), "MEDIA_ROOT": settings.MEDIA_ROOT, "VAR": str(tmp_path),
        "SITE_URL": live_server.url,
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "postmortems",
        "worker",
        "--concurrency=1",
        "--loglevel=INFO",
    ]
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return process

    start()
    yield start
    for process in started:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def sign_in(page: Page | BrowserContext, user: User) -> None:
    """With a session, as somebody who signed in before. How one signs in is walked in `test_the_whole_path`."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    session = {"name": name, "value": client.cookies[name].value, "path": "/"}
    context = page.context if isinstance(page, Page) else page
    context.add_cookies([session | {"domain": host} for host in ("localhost", "127.0.0.1")])


def slow(page: Page, seconds: float = 0.7) -> None:
    """From here on every answer takes so long to come."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": seconds * 1000, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def until(check, seconds: float = 40, what: str = "it"):
    """What `check` returns once it is true; other processes take their time."""
    end = time.monotonic() + seconds
    while True:
        if found := check():
            return found
        assert time.monotonic() < end, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.2)


def accessible(page: Page) -> None:
    """Axe finds nothing on the page as it stands."""
    found = Axe().run(page).response["violations"]
    told = [f"{v['id']}: {v['help']} {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]
    assert not told, f"{page.url}:\n" + "\n".join(told)
