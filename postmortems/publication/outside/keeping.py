"""Answers to outsiders, made once and kept.

An answer is kept with the stamp of what it tells of: a text, by its key, or the shelf of all public ones. Answer and
stamp are asked for in one look, and an answer under another stamp is made anew. Whoever changes what an answer tells
of calls `changing` in the same transaction:

1. Before it ends the stamp says so. From then on nothing is taken from the cache, and nothing put there.
2. After it there is a new stamp: what somebody read before and puts there late is never taken.
3. A process that dies in between leaves the first, which falls away by itself, and what was kept with it.

A cache that is away costs a query for each reader. What it still holds when it comes back is used for `SECONDS` at most.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from redis.exceptions import RedisError

from postmortems.publication.models import Audience, Twin

SECONDS = 600
UNDER_WAY = "under way"
AT_MOST = 3600  # seconds: longer than any transaction
LARGEST = 8_000_000  # bytes of an answer that is kept
SHELF = "shelf"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """An answer as it is sent; a text is packed once, for every reader."""

    body: bytes  # packed when `packed`
    kind: str
    etag: str
    status: int = 200
    packed: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes, kind: str, *, status: int = 200, etag: str = "", **headers: str) -> Answer:
        tag = etag or hashlib.sha256(body).hexdigest()[:32]
        packed = kind.startswith(("text/", "application/json", "application/feed", "application/atom"))
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        return cls(gzip.compress(body, 6, mtime=0) if packed else body, kind, tag, status, packed, named)

    def to(self, request: HttpRequest) -> HttpResponse:
        """A tag is weak: packed and unpacked are the same answer."""
        tag = f'W/"{self.etag}"'
        response = None
        if self.status == 200:
            response = get_conditional_response(request, etag=tag)
        if response is None:
            response = HttpResponse(self._body(request), status=self.status, content_type=self.kind)
            if self.packed and _takes_packed(request):
                response["Content-Encoding"] = "gzip"
        if self.packed:
            response["Vary"] = "Accept-Encoding"
        response["ETag"] = tag
        for name, value in self.headers.items():
            response[name] = value
        return response

    def _body(self, request: HttpRequest) -> bytes:
        return self.body if not self.packed or _takes_packed(request) else gzip.decompress(self.body)


def _takes_packed(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def kept(path: str, about: str, make: Callable[[], Answer]) -> Answer:
    """What is answered at a path, which tells of the text with the key `about`, or of the shelf."""
    at, stamp_at = _place(path), _stamp(about)
    try:
        found = cache.get_many([at, stamp_at])
    except (RedisError, OSError) as trouble:
        log.warning("The cache is away (%s); an answer to outsiders is made anew.", type(trouble).__name__)
        return make()
    stamp, held = found.get(stamp_at), found.get(at)
    if held is not None and stamp is not None and held[0] == stamp:
        return held[1]
    answer = make()
    _keep(at, stamp_at, stamp, answer)
    return answer


def _keep(at: str, stamp_at: str, stamp: str | None, answer: Answer) -> None:
    if answer.status not in (200, 410) or stamp == UNDER_WAY or len(answer.body) > LARGEST:
        return
    try:
        if stamp is None:  # what was made before there was a stamp may be late already: the next one is kept
            cache.add(stamp_at, secrets.token_hex(8), None)
        else:
            cache.set(at, (stamp, answer), SECONDS)
    except (RedisError, OSError) as trouble:
        log.warning("The cache is away (%s); an answer to outsiders is not kept.", type(trouble).__name__)


def changing(twin: Twin) -> None:
    """To be called in the transaction that adds this twin, its withdrawal or its PDF."""
    about = [twin.key, SHELF] if twin.audience == Audience.PUBLIC else [twin.key]
    _put({_stamp(one): UNDER_WAY for one in about}, AT_MOST)
    transaction.on_commit(lambda: _put({_stamp(one): secrets.token_hex(8) for one in about}, None))


def _put(stamps: dict[str, str], seconds: int | None) -> None:
    try:
        cache.set_many(stamps, seconds)
    except (RedisError, OSError) as trouble:
        log.warning(
            "The cache is away (%s); what outsiders read is new after %s s.", type(trouble).__name__, SECONDS
        )


# --- keys. A path of a partner is a secret: it does not stand in the cache, either ---------------------


def _stamp(about: str) -> str:
    return f"outside/stamp/{hashlib.sha256(about.encode()).hexdigest()}"


def _place(path: str) -> str:
    """What is in every answer beside the text is in its key: another name, or new styles, make other answers."""
    files = getattr(staticfiles_storage, "manifest_hash", "")
    told = [path, settings.ORGANISATION, settings.SITE_URL, str(settings.PUBLIC_INDEXED), files]
    return f"outside/answer/{hashlib.sha256(chr(10).join(told).encode()).hexdigest()}"
