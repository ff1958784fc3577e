"""The open door for webhooks of trackers: a knock, not a letter.

What a webhook says is read for one thing alone, which issue it is about; what became of that issue is asked of the
tracker itself. So a message that comes late, twice, in the wrong order or from somebody else changes nothing, and a
thousand about one issue are one question.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking import knocking
from postmortems.remediation.tracking.vendors import knocked
from postmortems.web.sealed import Unopened, unseal
from timelines.live import signatures

log = logging.getLogger(__name__)
SIGNS_AS = {"github": "github", "gitlab": "gitlab", "jira": "jira", "jira_dc": "jira"}


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """202 for a knock that is heard; 400 for what is no JSON; 401 for a wrong signature; 404; 410 where it is stopped; 413."""
    tracker = Tracker.objects.filter(key=key).first()
    if tracker is None:
        return _said(404, "There is nothing at this address.")
    if not tracker.active:
        return _said(410, "This tracker is stopped.")
    body = request.read(settings.HOOK_LIMIT + 1)
    if len(body) > settings.HOOK_LIMIT:
        return _said(413, f"A message may have {settings.HOOK_LIMIT // 2**20} MB at most.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    now = timezone.now()
    try:
        signatures.check(
            SIGNS_AS[tracker.kind],
            [unseal(tracker.secret)],
            headers,
            body,
            now=now.timestamp(),
            unsigned=tracker.unsigned,
        )
    except (signatures.Refused, Unopened) as refused:
        log.warning("A message to the tracker %s was refused: %s", tracker.pk, refused)
        return _said(401, "The signature is missing, wrong or too old.")
    payload = _payload(body, headers.get("content-type", ""))
    if not isinstance(payload, dict):
        return _said(400, "The message is no JSON object.")
    Tracker.objects.filter(pk=tracker.pk).update(heard_at=now)
    knocking.changed_there(tracker=tracker, keys=knocked(tracker, payload), now=now)
    return _said(202, "Thank you.")


def _payload(body: bytes, content_type: str) -> Any:
    """GitHub can send its JSON as the field of a form."""
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            body = parse_qs(body.decode(), max_num_fields=10).get("payload", [""])[0].encode()
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _said(status: int, words: str) -> HttpResponse:
    return JsonResponse({"message": words}, status=status)
