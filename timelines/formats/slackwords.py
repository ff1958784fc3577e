"""The words of Slack: ids to the names people read, mrkdwn, attachments and Block Kit to plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timelines.formats.base import clean, get

REFERENCE = re.compile(r"<([^<>\n]*)>")
ADDRESS = re.compile(r"(?:https?|mailto|tel|ftp|slack):")
BESIDE_TEXT = ("attachments", "files", "file", "comment")  # where words stand that “text” does not have


def files(message: dict) -> list[dict]:
    files = message.get("files") or ([message["file"]] if isinstance(message.get("file"), dict) else [])
    return [file for file in files if isinstance(file, dict)]


def file_of(file: dict) -> dict:
    return {
        "name": clean(file.get("name") or file.get("title") or "file"),
        "type": clean(file.get("mimetype") or file.get("filetype") or ""),
        "url": file.get("permalink") or file.get("url_private") or "",
    }


class Names:
    """Ids to the names people read, and marked-up text to plain text."""

    def __init__(self, people: dict[str, dict], channels: dict[str, str]) -> None:
        self.people, self.channels = people, channels
        self.named: dict[str, str] = {}  # a workspace has few people, and a million messages of them

    def person(self, key: str) -> str:
        name = self.named.get(key)
        if name is None:
            name = self._name(key)
            if key in self.people:
                self.named[key] = name
        return name

    def _name(self, key: str) -> str:
        person = self.people.get(key) or {}
        for name in (
            get(person, "profile", "display_name"),
            person.get("real_name"),
            get(person, "profile", "real_name"),
            person.get("name"),
        ):
            if name:
                return clean(name)
        return key

    def author(self, message: dict) -> tuple[str, str, str]:
        key = message.get("user") or get(message, "comment", "user") or get(message, "file", "user") or ""
        key = key if isinstance(key, str) else ""
        bot = message.get("bot_id")
        bot = bot if isinstance(bot, str) else ""
        if key and not bot:
            kind = "bot" if get(self.people.get(key), "is_bot") else "person"
            if key == "USLACKBOT":
                kind = "bot"
            if key not in self.people:
                profile = message.get("user_profile") or {}
                named = profile.get("display_name") or profile.get("real_name") or profile.get("name")
                return key, clean(named) or key, kind
            return key, self.person(key), kind
        bot = bot or key
        named = (
            message.get("username")
            or get(message, "bot_profile", "name")
            or (self.person(key) if key else "")
        )
        return bot or clean(named), clean(named) or bot or "unknown", "bot"

    def text(self, message: dict) -> str:
        """The text, and for bots what stands in attachments and blocks."""
        parts = [self.plain(message.get("text") or "")]
        if parts[0] and message.keys().isdisjoint(BESIDE_TEXT):
            return parts[0]
        if not parts[0] and message.get("blocks"):
            parts.append(self.plain("\n".join(_block_text(message["blocks"]))))
        for attachment in message.get("attachments") or []:
            if isinstance(attachment, dict):
                parts += self._attachment(attachment)
        for file in files(message):
            named = clean(file.get("title") or file.get("name") or "")
            if named and not parts[0]:
                parts.append(f"[file] {named}")
        comment = get(message, "comment", "comment")
        if comment and not parts[0]:
            parts.append(self.plain(comment))
        seen = dict.fromkeys(part for part in parts if part)
        return "\n".join(seen)

    def _attachment(self, attachment: dict) -> list[str]:
        parts = [self.plain(attachment.get(name) or "") for name in ("pretext", "title", "text")]
        for entry in attachment.get("fields") or []:
            if isinstance(entry, dict):
                title, value = (
                    self.plain(str(entry.get("title") or "")),
                    self.plain(str(entry.get("value") or "")),
                )
                parts.append(f"{title}: {value}" if title and value else title or value)
        if attachment.get("blocks"):
            parts.append(self.plain("\n".join(_block_text(attachment["blocks"]))))
        if not any(parts):
            parts.append(self.plain(attachment.get("fallback") or ""))
        return [part for part in parts if part]

    def plain(self, text: str) -> str:
        """mrkdwn to plain text; entities are decoded exactly once, last."""
        if not isinstance(text, str):
            return ""
        if "<" in text:
            text = REFERENCE.sub(self._reference, text)
        if "&" in text:
            text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return clean(text)

    def _reference(self, match: re.Match) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return "@" + (label or self.person(target[1:])).lstrip("@")
        if target.startswith("#"):
            return "#" + (label or self.channels.get(target[1:], target[1:])).lstrip("#")
        if target.startswith("!subteam^"):
            return label or "@" + target.partition("^")[2]
        if target.startswith("!date^"):
            return label or target
        if target.startswith("!"):
            return "@" + target[1:]
        if ADDRESS.match(target):
            bare = target.removeprefix("mailto:").removeprefix("tel:")
            return (
                f"{label} ({bare})" if label and label not in (target, bare) and label not in bare else bare
            )
        return match[0]


def _block_text(blocks: Any, depth: int = 0) -> Iterator[str]:
    """The words of Block Kit, in order, to a nesting far beyond what Slack allows."""
    if depth > 40:
        return
    if isinstance(blocks, list):
        for block in blocks:
            yield from _block_text(block, depth + 1)
    elif isinstance(blocks, dict):
        kind = blocks.get("type")
        if kind in ("plain_text", "mrkdwn") and isinstance(blocks.get("text"), str):
            yield blocks["text"]
        elif kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(_inline(element) for element in blocks.get("elements") or [])
        else:
            for name in ("title", "text", "fields", "elements", "accessory", "description"):
                if name in blocks:
                    yield from _block_text(blocks[name], depth + 1)


def _inline(element: Any) -> str:
    kind = get(element, "type")
    if kind == "text":
        return str(element.get("text", ""))
    if kind == "link":
        return f"<{element.get('url', '')}|{element.get('text', '')}>"
    if kind == "user":
        return f"<@{element.get('user_id', '')}>"
    if kind == "channel":
        return f"<#{element.get('channel_id', '')}>"
    if kind == "usergroup":
        return f"<!subteam^{element.get('usergroup_id', '')}>"
    if kind == "broadcast":
        return f"<!{element.get('range', 'here')}>"
    if kind == "emoji":
        return f":{element.get('name', '')}:"
    return ""
