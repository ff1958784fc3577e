"""What tools send, answered: our receiver against a view that does one INSERT of the same bytes and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import uuid

from django.test import RequestFactory
from django.utils import timezone

from bench.measuring import median, said
from postmortems.accounts.models import User
from timelines.live import actions
from timelines.live.receiver import receive
from timelines.models import Delivery

MESSAGES = 200
TURNS = 5


def run(mara: User) -> None:
    # one for each turn: no tool may send more than HOOK_PER_MINUTE
    connected = [actions.connect(by=mara, kind="github", name=f"Bench {uuid.uuid4()}") for _ in range(TURNS)]
    turns, numbers = itertools.cycle(connected), itertools.count()

    def ours() -> None:
        connection, secret = next(turns)
        for _ in range(MESSAGES):
            body = _body(next(numbers))
            signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            request = RequestFactory().post(
                "/hooks/", body, content_type="application/json", headers={"X-Hub-Signature-256": signature}
            )
            assert receive(request, connection.key).status_code == 202

    def floor() -> None:
        for _ in range(MESSAGES):
            request = RequestFactory().post("/hooks/", _body(next(numbers)), content_type="application/json")
            row = Delivery(
                connection=connected[0][0], delivery_key=str(next(numbers)), received_at=timezone.now(), body=request.body,
                state=Delivery.State.IGNORED,
            )  # fmt: skip
            row.save(force_insert=True)

    said(
        f"{MESSAGES} messages of a tool received",
        median(ours, TURNS),
        median(floor, TURNS),
        "one INSERT each",
    )
    for connection, _ in connected:
        connection.delete()


def _body(number: int) -> bytes:
    return json.dumps({"number": number, "ref": "refs/heads/main", "text": "x" * 4000}).encode()
