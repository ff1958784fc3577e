"""Loaded before the settings: each of several processes that share a run of the tests has a queue of its own.

A database of its own it gets from pytest-django. Of Valkey's sixteen databases a process has two: one for the
application, and `BROKER` numbers further one for workers that a test kills.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

MOST = BROKER = 8  # processes, and how far a process's second database is from its first

number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if number >= MOST:
    raise SystemExit(f"No more than {MOST} processes can share a run: pytest -n {MOST}.")
if number:
    where = urlsplit(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
    os.environ["REDIS_URL"] = urlunsplit(where._replace(path=f"/{number}"))
