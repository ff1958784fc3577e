"""Real Celery workers for tests that kill them, and waiting for what they do.

Such a test is marked `django_db(transaction=True)`: what it writes is seen by other processes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

from tests.apart import BROKER


def address_of_broker() -> str:
    """A queue of its own: what a killed worker leaves behind meets no other test."""
    where = urlsplit(settings.REDIS_URL)
    return urlunsplit(where._replace(path=f"/{int(where.path[1:] or 0) + BROKER}"))


@contextmanager
def worker(media, **more: str):
    """A Celery worker on the database of the tests and a broker of its own; `more` goes into its environment."""
    own_broker = address_of_broker()
    redis.from_url(own_broker).flushdb()
    where = connection.settings_dict
    query = f"?host={where['HOST']}" if where["HOST"].startswith("/") else ""
    host = "" if query else where["HOST"]
    secret = f":{where['PASSWORD']}" if where["PASSWORD"] else ""
    port = f":{where['PORT']}" if where["PORT"] else ""
    environment = (
        os.environ
        | {
            "DATABASE_URL": f"postgresql://{where['USER']}{secret}@{host}{port}/{where['NAME']}{query}",
            "REDIS_URL": own_broker,
            "MEDIA_ROOT": str(media),
        }
        | more
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "postmortems", "worker", "-c", "1", "-l", "warning", "--without-gossip", "--without-mingle"],
        cwd=settings.BASE_DIR, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        redis.from_url(own_broker).flushdb()


def wait_for(what, *, seconds: float = 60, every: float = 0.02):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(every)
    raise AssertionError("It did not come about in time.")
