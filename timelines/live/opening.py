"""A delivery as a file that readers read."""

from __future__ import annotations

import io
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from timelines.formats import FORMATS
from timelines.formats.base import Context, Format
from timelines.formats.records import Record
from timelines.models import Delivery
from timelines.reading import Unreadable, detect

MOST = 5000  # records of one delivery


class InMemory:
    """A delivery as a bundle of one file."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.names, self.body = name, [name], body

    def open(self, name: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self.body))

    def size(self, name: str) -> int:
        return len(self.body)


def read(delivery: Delivery) -> tuple[str, list[Record]]:
    """The format and the records of a delivery. Raises Unreadable where it holds none."""
    connection = delivery.connection
    bundle = InMemory(f"{connection.name}.json", _as_file(delivery))
    format = _format(connection.kind, bundle)
    records = []
    for found in format.read(bundle, Context(zone=ZoneInfo("UTC"))):
        if isinstance(found, Record):
            records.append(found)
        if len(records) > MOST:
            raise Unreadable(f"This delivery holds more than {MOST:,} events. Bring it in as a file.")
    if not records:
        raise Unreadable(f"This delivery is read as {format.label}, and marks no moment.")
    return format.key, records


def _format(kind: str, bundle: InMemory) -> Format:
    """As it shows itself; where its beginning shows nothing, what a tool of this kind sends."""
    try:
        return detect(bundle).format
    except Unreadable:
        if kind not in FORMATS:
            raise
        return FORMATS[kind]


def _as_file(delivery: Delivery) -> bytes:
    """GitHub says in a header what a body is; its reader takes both together, as GitHub's own list of deliveries has them."""
    body = bytes(delivery.body)
    if delivery.connection.kind != "github":
        return body
    event = delivery.headers.get("x-github-event", "")
    return orjson.dumps({"headers": {"X-GitHub-Event": event}, "payload": _json(body)})


def payload(delivery: Delivery) -> Any:
    try:
        return _json(bytes(delivery.body))
    except Unreadable:
        return {}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as trouble:
        raise Unreadable(f"The body is no JSON: {trouble.msg}. Send it as application/json.") from trouble
