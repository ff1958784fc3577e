"""Answers of a GraphQL API: the records in its connections, with the names that its REST sister gives them.

`nodes` and `edges[].node` are taken alike; `camelCase` becomes `snake_case`, so one reader does for both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from timelines.formats.documents import under

DEPTH = 40
HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class Node:
    """One record: the connection it stands in, and the records around it, the nearest last."""

    value: dict
    key: str
    where: str
    around: tuple[dict, ...]


def is_answer(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("data"), (dict, list))


def nodes(answer: dict, where: str, wanted: Collection[str]) -> Iterator[Node]:
    """Every record of the `wanted` connections, at any depth; their own connections come after them."""
    yield from _walk(answer.get("data"), "", under(where, "data"), (), wanted)


def _walk(
    value: Any, key: str, where: str, around: tuple[dict, ...], wanted: Collection[str]
) -> Iterator[Node]:  # fmt: skip
    if len(around) > DEPTH or not isinstance(value, (dict, list)):
        return
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from _walk(element, key, f"{where}/{number}", around, wanted)
        return
    if inner := _connection(value):
        for name, found in inner:
            yield from _walk(found, key, f"{where}/{name}", (*around, value), wanted)
        return
    if key in wanted:
        yield Node(value, key, where, around)
    for name, found in value.items():
        if isinstance(found, (dict, list)):
            yield from _walk(found, name, f"{where}/{name}", (*around, value), wanted)


def _connection(value: dict) -> list[tuple[str, Any]]:
    if isinstance(value.get("nodes"), list):
        return [("nodes", value["nodes"])]
    if isinstance(value.get("edges"), list):
        return [
            (f"edges/{number}/node", edge["node"])
            for number, edge in enumerate(value["edges"])
            if isinstance(edge, dict) and isinstance(edge.get("node"), dict)
        ]
    return []


def listed(value: Any) -> list[dict]:
    """The records of one connection, or of a list."""
    found = (
        [node for _, part in _connection(value) for node in (part if isinstance(part, list) else [part])]
        if isinstance(value, dict)
        else value
    )
    return [node for node in found if isinstance(node, dict)] if isinstance(found, list) else []


def snake(value: Any, depth: int = 0) -> Any:
    """The same with `created_at` for `createdAt`, down to a depth beyond which no record goes."""
    if depth > DEPTH:
        return None
    if isinstance(value, dict):
        return {HUMP.sub(r"_\1", name).lower(): snake(found, depth + 1) for name, found in value.items()}
    if isinstance(value, list):
        return [snake(found, depth + 1) for found in value]
    return value
