"""What every test shares. Servers come from `make test`, which sets DATABASE_URL and REDIS_URL."""

from __future__ import annotations

import os
import shutil

import pytest
from django.apps import apps
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from playwright.sync_api import sync_playwright

from postmortems.incidents.models import Severity
from postmortems.incidents.scale import DEFAULT_SCALE
from postmortems.writeup.kinds import seed as seed_kinds
from tests import cast as people
from tests import make


@pytest.fixture(autouse=True)
def _quiet_places(tmp_path, settings):
    """Files go to a folder of the test; passwords are hashed fast; nothing leaves this process."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _tasks_stay_queued(monkeypatch, request):
    """Tasks are written down instead of sent, unless a test marks itself `worker` or `browser` and has a real one."""
    if request.node.get_closest_marker("worker") or request.node.get_closest_marker("browser"):
        return
    from celery import Task

    sent = []
    monkeypatch.setattr(
        Task,
        "apply_async",
        lambda self, args=(), kwargs=None, **options: sent.append((self.name, tuple(args))),
    )
    request.node.sent_tasks = sent


@pytest.fixture(autouse=True, scope="session")
def _emptied_for_good():
    """Emptying the database between tests is an erasure: frozen rows go, as the law may want them to.

    The scale of severities and the kinds of conditions, which migrations bring, are put back: every test begins in the same house.
    """
    flush = DatabaseOperations.execute_sql_flush

    def emptied(self, sql):
        flush(self, ["set local second_story.erase = 'on'", *sql])
        if any("incidents_severity" in statement for statement in sql):
            Severity.objects.bulk_create(Severity(**step) for step in DEFAULT_SCALE)
        if any("writeup_conditionkind" in statement for statement in sql):
            seed_kinds(apps, None)

    DatabaseOperations.execute_sql_flush = emptied
    yield
    DatabaseOperations.execute_sql_flush = flush


@pytest.fixture
def sent_tasks(request) -> list[tuple[str, tuple]]:
    """(name, arguments) of the tasks that were queued so far."""
    return request.node.sent_tasks


@pytest.fixture
def cast(db) -> people.Cast:
    return people.gather()


@pytest.fixture
def incident(cast):
    return cast.incident


@pytest.fixture
def restricted(cast):
    return make.incident(by=cast.alice, title="Restricted matter", restricted=True)


def chromium() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium, and nothing may be skipped under CI.")
        pytest.skip("There is no Chromium on this machine: `make test` installs it where it may.")
    return found


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        arguments = [
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-sync",
        ]
        arguments += ["--disable-component-update", "--disable-dev-shm-usage"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        opened = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield opened
        opened.close()


def pytest_collection_modifyitems(items):
    """Browsers and large runs come last, so that a small mistake is told first."""
    items.sort(
        key=lambda item: bool(item.get_closest_marker("browser")) * 2 + bool(item.get_closest_marker("slow"))
    )


assert settings  # the settings are read once, here, before any room is imported
