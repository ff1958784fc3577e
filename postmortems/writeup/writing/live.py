"""Who is writing where, and that something was saved, told to open pages as it happens.

Nothing here is kept and nothing depends on it: without the queue's server people write as before and meet
each other's words at the next save. No text travels this way, only names and numbers of versions.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings
from redis.exceptions import RedisError

SECONDS = 120.0  # a stream ends after this long; the page opens the next one, and may no longer be allowed to
PULSE = 3.0  # a sign of life, by which the server finds out that nobody listens any more
AWAY = 45.0  # somebody of whom nothing was heard for so long has left
PLACES = threading.BoundedSemaphore(16)  # streams of one process, which each hold a thread

log = logging.getLogger(__name__)


def tell(incident_id: int, kind: str, **what: Any) -> None:
    """Say it to every open page of this write-up."""
    try:
        _server().publish(_channel(incident_id), json.dumps({"kind": kind, **what}))
    except (RedisError, OSError) as trouble:
        log.warning("Open pages are not told (%s).", trouble)


def move(incident_id: int, page: str, name: str, section: str, *, now: float) -> None:
    """Somebody's page is at `section` now; without one it has gone. `now` is in seconds since the epoch."""
    key = _people(incident_id)
    try:
        server = _server()
        if section:
            server.hset(key, page, json.dumps({"name": name, "section": section, "at": now}))
            server.expire(key, int(AWAY * 4))
        else:
            server.hdel(key, page)
    except (RedisError, OSError) as trouble:
        log.warning("Who writes where is not known (%s).", trouble)
    else:
        tell(incident_id, "here", people=people(incident_id, now=now))


def people(incident_id: int, *, now: float) -> list[dict[str, str]]:
    """Who is in which section, once each, by section and name; a page is told by `page` so that it can leave itself out."""
    found = []
    for page, row in _server().hgetall(_people(incident_id)).items():
        told = json.loads(row)
        if now - told["at"] <= AWAY:
            found.append({"page": page.decode(), "name": told["name"], "section": told["section"]})
    return sorted(found, key=lambda one: (one["section"], one["name"], one["page"]))


class Stream:
    """Server-sent events of one write-up until the time is over. It has a place, which `close` gives back, once."""

    def __init__(self, incident_id: int, *, seconds: float | None = None) -> None:
        self.incident_id, self.seconds = incident_id, SECONDS if seconds is None else seconds
        self.open = True

    def __iter__(self) -> Iterator[str]:
        end = time.monotonic() + self.seconds
        try:
            with _server().pubsub(ignore_subscribe_messages=True) as listening:
                listening.subscribe(_channel(self.incident_id))
                yield "retry: 2000\n\n"
                yield _event({"kind": "here", "people": people(self.incident_id, now=time.time())})
                while (left := end - time.monotonic()) > 0:
                    message = listening.get_message(timeout=min(PULSE, left))
                    yield _event(json.loads(message["data"])) if message else ": here\n\n"
        except (RedisError, OSError) as trouble:
            log.warning("A stream of a write-up ends (%s).", trouble)

    def close(self) -> None:
        if self.open:
            self.open = False
            PLACES.release()


def _event(told: dict[str, Any]) -> str:
    return f"event: {told['kind']}\ndata: {json.dumps(told)}\n\n"


def _server() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=30)


def _channel(incident_id: int) -> str:
    return f"writeup/{incident_id}"


def _people(incident_id: int) -> str:
    return f"writeup/{incident_id}/people"
