"""The open door for tools that send: look up, check, insert, answer. Nothing of a body is read here."""

from __future__ import annotations

import json
import logging
from datetime import datetime
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
from timelines.models import Connection

log = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """202 for what is kept now or was before; 401 for a wrong signature; 404 for no such address; 410 for one that is
    stopped; 413 for too much. A repeat changes nothing and is answered like the first."""
    connection = Connection.objects.filter(key=key).first()
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
        log.warning("A message to %s was refused: %s", connection, refused)
        return _said(401, "The signature is missing, wrong or too old.")
    kept = {name: headers[name][:200] for name in signatures.KEPT if name in headers}
    delivery = uuid4()
    if _keep(delivery, connection, signatures.name_of(connection.kind, headers, body), now, kept, body):
        queue_after_commit(file_delivery, str(delivery))
    return _said(202, "Thank you.")


def _keep(
    delivery: UUID, connection: Connection, name: str, now: datetime, headers: dict, body: bytes
) -> bool:
    """One INSERT that commits by itself; whether it is the first of its name."""
    with database.cursor() as cursor:
        cursor.execute(_INSERT, [delivery, connection.pk, name, now, json.dumps(headers), body])
        return cursor.rowcount == 1


_INSERT = """
    insert into timelines_delivery (id, connection_id, delivery_key, received_at, headers, body, state, why, facts, subject)
    values (%s, %s, %s, %s, %s, %s, 'waiting', '', '{}', '')
    on conflict (connection_id, delivery_key) do nothing
"""


def _body(request: HttpRequest) -> bytes | None:
    """The body, or None beyond the limit; never more of it is held than that."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > settings.HOOK_LIMIT:
        return None
    body = request.read(settings.HOOK_LIMIT + 1)
    return body if len(body) <= settings.HOOK_LIMIT else None


def _said(status: int, words: str) -> HttpResponse:
    return JsonResponse({"message": words}, status=status)
