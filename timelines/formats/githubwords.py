"""What the readers of GitHub share: the thing at hand, whose it is and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from timelines.formats.base import clean, get
from timelines.formats.changes import words


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook or a record of the API, its place in the file, its repository, and the event where a header names it."""

    thing: dict
    where: str
    repository: str
    event: str = ""

    @property
    def action(self) -> str:
        return words(self.thing.get("action"))

    @property
    def sender(self) -> Any:
        return self.thing.get("sender")


def repository_of(thing: dict) -> str:
    """owner/name as the thing says it, else from the address of the record itself."""
    for path in (
        ("repository", "full_name"),
        ("base", "repo", "full_name"),
        ("repo", "name"),
        ("head_repository", "full_name"),
        ("repository", "nameWithOwner"),
    ):
        if named := clean(get(thing, *path, default="")):
            return named
    for name in ("url", "deployment_url", "repository_url", "issue_url", "html_url"):
        address = words(thing.get(name))[:2000]
        _, found, rest = address.partition("/repos/")
        if not found and "github.com/" in address:
            rest = address.partition("github.com/")[2]
        parts = rest.split("/")
        if len(parts) >= 2:
            return "/".join(parts[:2])
    return words(thing.get("repo")) if isinstance(thing.get("repo"), str) else ""


def who(*people: Any) -> dict[str, Any]:
    """The first person named; somebody who left GitHub is its “ghost”."""
    user = next(
        (one for one in people if isinstance(one, dict) and (one.get("login") or one.get("name"))), None
    )
    named = next((one for one in people if isinstance(one, str) and one), "")
    name = clean(get(user, "login", default=get(user, "name", default=named)))
    bot = (
        get(user, "type") == "Bot"
        or get(user, "__typename") == "Bot"
        or name.endswith("[bot]")
        or get(user, "is_bot") is True
    )
    return {
        "actor": name or "ghost",
        "actor_id": str(get(user, "id", default=name)),
        "actor_kind": "bot" if bot else "person",
    }


def lower(value: Any) -> str:
    return words(value).lower()
