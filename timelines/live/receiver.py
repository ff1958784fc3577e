"""The open door for tools that send: look up, check, insert, answer. Nothing of a body is read here."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection as database
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import Unopened, unseal
from timelines.live import signatures
from timelines.live.tasks import file_delivery

log = logging.getLogger(__name__)


class Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """202 for what is kept now or was before; 401 for a wrong signature; 404 for no such address; 410 for one that is
    stopped; 413 for too much; 429 for too many. A repeat changes nothing and is answered like the first."""
    connection = _connection(key)
    if connection is None:
        return _said(404, "There is nothing at this address.")
    if not connection.active:
        return _said(410, "This connection is stopped.")
    body = _body(request)
    if body is None:
        return _said(413, f"A message may have {settings.HOOK_LIMIT // 2**20} MB at most.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    now = timezone.now()
    try:
        known = [unseal(one) for one in (connection.secret, connection.older_secret) if one]
        signatures.check(
            connection.kind, known, headers, body, now=now.timestamp(), unsigned=connection.unsigned
        )
    except (signatures.Refused, Unopened) as refused:
        log.warning("A message to %s was refused: %s", connection.name, refused)
        return _said(401, "The signature is missing, wrong or too old.")
    kept = {name: headers[name][:200] for name in signatures.KEPT if name in headers}
    delivery, name = uuid4(), signatures.name_of(connection.kind, headers, body)
    outcome, wait = _keep(delivery, connection, name, now, kept, body)
    if outcome == "too many":
        log.warning("%s sends more than %d messages a minute.", connection.name, settings.HOOK_PER_MINUTE)
        return _said(429, "Too many messages. Send this one again later.", {"Retry-After": str(wait)})
    if outcome == "new":
        queue_after_commit(file_delivery, str(delivery))
    return _said(202, "Thank you.")


class Found(NamedTuple):
    """What is needed of a connection; a model's instance would cost as much as the query."""

    id: int
    kind: str
    name: str
    secret: bytes
    older_secret: bytes | None
    unsigned: bool
    active: bool


def _connection(key: str) -> Found | None:
    with database.cursor() as cursor:
        cursor.execute(_FIND, [key])
        row = cursor.fetchone()
    return Found(*row) if row else None


_FIND = f"select {', '.join(Found._fields)} from timelines_connection where key = %s"  # noqa: S608 names of this module


def _keep(
    delivery: UUID, connection: Found, name: str, now: datetime, headers: dict, body: bytes
) -> tuple[str, int]:
    """One INSERT that commits by itself: "new", "again", or "too many" and the seconds to wait.

    What was kept within the last minute is counted in the same statement, so that all processes agree; a repeat of
    what is kept is always welcome.
    """
    with database.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "id": delivery, "connection": connection.id, "name": name, "now": now, "headers": json.dumps(headers),
                "body": body, "since": now - WINDOW, "most": settings.HOOK_PER_MINUTE,
            },
        )  # fmt: skip
        new, again, oldest = cursor.fetchone()
    if new or again:
        return "new" if new else "again", 0
    return "too many", max(1, ceil((oldest + WINDOW - now).total_seconds()))


WINDOW = timedelta(minutes=1)
_INSERT = """
    with recent as (
        select count(*) as n, min(received_at) as oldest from (
            select received_at from timelines_delivery
            where connection_id = %(connection)s and received_at > %(since)s
            order by received_at desc limit %(most)s
        ) kept
    ), put as (
        insert into timelines_delivery (id, connection_id, delivery_key, received_at, headers, body, state, why, facts, subject)
        select %(id)s, %(connection)s, %(name)s, %(now)s, %(headers)s::jsonb, %(body)s, 'waiting', '', '{}', ''
        from recent where n < %(most)s
        on conflict (connection_id, delivery_key) do nothing
        returning id
    )
    select
        exists (select from put),
        n < %(most)s or exists (
            select from timelines_delivery where connection_id = %(connection)s and delivery_key = %(name)s
        ),
        oldest
    from recent
"""


def _body(request: HttpRequest) -> bytes | None:
    """The body, or None beyond the limit; never more of it is held than that.

    One that comes in chunks announces no length. Django reads nothing of such a body; a server that says it takes
    the chunks apart itself gives all of it, and then its end.
    """
    environ = getattr(request, "environ", {})
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced.isdigit() and int(announced) > settings.HOOK_LIMIT:
        return None
    chunked = not announced and environ.get("wsgi.input_terminated")
    body = _at_most(environ["wsgi.input"] if chunked else request, settings.HOOK_LIMIT + 1)
    return body if len(body) <= settings.HOOK_LIMIT else None


def _at_most(stream: Reads, size: int) -> bytes:
    """A stream may give less than it is asked for, and has ended when it gives nothing."""
    pieces, left = [], size
    while left and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _said(status: int, words: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"message": words}, status=status, headers=headers)
