"""What every test shares. Servers come from `make test`, which sets DATABASE_URL and REDIS_URL."""

from __future__ import annotations

import gc
import os
import shutil

import pytest
from django.conf import settings as configured
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import settings as hypothesis
from playwright.sync_api import sync_playwright

from tests import cast as people
from tests import make
from tests.emptying import empty

# No example of a property has to be quick: machines are noisy. Under CI Hypothesis' own profile holds besides.
hypothesis.register_profile("house", hypothesis.default, deadline=None)
hypothesis.load_profile("house")
gc.disable()  # until everything is collected
HASHED_FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish(session):
    """What was imported and collected stays: looking through it for garbage again and again costs a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True, scope="session")
def _one_house(tmp_path_factory):
    """Passwords are hashed fast and nothing leaves this process, for the whole run: a browser asks between tests, too.

    Static files come from where they are written: those that `make run` collected would be gone through for every client.
    """
    with override_settings(
        STATIC_ROOT=str(tmp_path_factory.mktemp("static")),
        PASSWORD_HASHERS=HASHED_FAST,
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end nobody else is in the database that goes: a browser's last question may still be on its way."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture(autouse=True, scope="session")
def _signed_in_at_once():
    """`force_login` writes a session and no more; what signing in does besides is tested where people sign in."""
    djangos = Client._login

    def sign_in(client: Client, user, backend: str) -> None:
        store = SessionStore()
        store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), backend
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        client.cookies[configured.SESSION_COOKIE_NAME] = store.session_key

    Client._login = sign_in
    yield
    Client._login = djangos


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
    djangos = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda case: empty()
    yield
    TransactionTestCase._fixture_teardown = djangos


@pytest.fixture
def sent_tasks(request) -> list[tuple[str, tuple]]:
    """(name, arguments) of the tasks that were queued so far."""
    return request.node.sent_tasks


@pytest.fixture(scope="session")
def _kept(_one_house, django_db_setup, django_db_blocker) -> people.Kept:
    with django_db_blocker.unblock():
        return people.Kept(people.gather)


@pytest.fixture
def cast(_kept, db) -> people.Cast:
    return _kept.again()


@pytest.fixture
def incident(cast):
    return cast.incident


@pytest.fixture
def restricted(cast):
    return make.incident(by=cast.alice, title="Restricted matter", restricted=True)


def chromium() -> str:
    """The one without windows, where it is installed: opening a page in it takes a tenth of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
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
    """What is quick comes first, so that a small mistake is told first.

    Then browsers, in which one process waits while another, from the end, works on the large runs.
    """
    items.sort(
        key=lambda item: (
            1 if item.get_closest_marker("browser") else 2 * bool(item.get_closest_marker("slow"))
        )
    )


assert configured  # the settings are read once, here, before any room is imported
