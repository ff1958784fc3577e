"""What the readers of GitLab share: who, where, and which states mean that nothing has begun yet."""

from __future__ import annotations

from typing import Any

from timelines.formats.base import get
from timelines.formats.changes import person, words

WAITING = {"created", "waiting_for_resource", "preparing", "pending", "scheduled", "manual", "skipped"}


def who(user: Any) -> dict[str, Any]:
    """A person, or one of the bots that access tokens are made for; GitLab itself where nobody is named."""
    bot = bool(get(user, "bot")) or "_bot_" in words(get(user, "username"))
    return person(user, "name", "username", nobody="GitLab", bot=bot)


def place_of(thing: dict) -> str:
    """group/project, from the address of the record's own page."""
    for value in (
        thing.get("web_url"), get(thing, "deployable", "web_url"), get(thing, "_links", "self"), thing.get("commit_path"), thing.get("tag_path"),
        get(thing, "pipeline", "web_url"), thing.get("web_path"),
    ):  # fmt: skip
        before, found_, _ = words(value).partition("/-/")
        if found_:
            return before.split("://", 1)[-1].partition("/")[2] if "://" in before else before.strip("/")
    return ""
