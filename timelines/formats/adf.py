"""Atlassian Document Format, in which Jira Cloud keeps comments and descriptions, to plain text.

Source: Atlassian's published description of the format. A node that is not known gives its text or its children.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from timelines.formats.base import clean, get

BLOCKS = {
    "paragraph", "heading", "codeBlock", "blockquote", "panel", "rule", "bulletList", "orderedList", "listItem", "taskItem",
    "decisionItem", "tableRow", "expand", "mediaSingle", "mediaGroup", "blockCard",
}  # fmt: skip
DEPTH = 100


def text_of(document: Any) -> str:
    """The words of a document; a plain string, as older versions give, is its own."""
    if not isinstance(document, dict):
        return clean(document)
    pieces: list[str] = []
    _walk(document, pieces, 0)
    lines = (line.rstrip(" |") for line in "".join(pieces).split("\n"))
    return clean("\n".join(line for line in lines if line.strip(" -")))


def _walk(node: Any, pieces: list[str], depth: int) -> None:
    if not isinstance(node, dict) or depth > DEPTH:
        return
    kind = node.get("type")
    if kind in BLOCKS and pieces and not pieces[-1].endswith(("\n", "- ")):
        pieces.append("\n")
    if kind in ("listItem", "taskItem", "decisionItem"):
        pieces.append("- ")
    if said := _own(node, kind):
        pieces.append(said)
    for child in node.get("content") or []:
        _walk(child, pieces, depth + 1)
        if kind == "tableRow":
            pieces.append(" | ")
    if kind in BLOCKS and pieces and not pieces[-1].endswith("\n"):
        pieces.append("\n")


def _own(node: dict, kind: Any) -> str:
    """What a node says by itself."""
    if kind == "text":
        said = clean_keep(node.get("text"))
        links = [
            get(mark, "attrs", "href") for mark in node.get("marks") or [] if get(mark, "type") == "link"
        ]
        link = next((link for link in links if isinstance(link, str)), "")
        return f"{said} ({link})" if link and link.rstrip("/") != said.rstrip("/") else said
    if kind == "hardBreak":
        return "\n"
    if kind == "date":
        return _day(get(node, "attrs", "timestamp"))
    if kind in ("mention", "emoji", "status"):
        return clean_keep(get(node, "attrs", "text", default=get(node, "attrs", "shortName", default="")))
    if kind in ("inlineCard", "blockCard", "embedCard"):
        return clean_keep(get(node, "attrs", "url", default=""))
    if kind in ("media", "mediaInline"):
        return f"[{clean(get(node, 'attrs', 'alt', default='attachment'))}]"
    return ""


def clean_keep(text: Any) -> str:
    """As `clean`, with the blanks at the edges, which stand between words here."""
    text = text if isinstance(text, str) else ""
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() and text.strip() else ""
    return f"{head}{clean(text)}{tail}"


def _day(stamp: Any) -> str:
    try:
        return f"{datetime.fromtimestamp(int(stamp) / 1000, UTC):%Y-%m-%d}"
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
