"""What an issue says of its item: the item's own words and where to find it, nothing of the evidence. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_TITLE = 250  # GitHub takes 256, GitLab and Jira 255
SIGN = "second-story"


@dataclass(frozen=True)
class Words:
    title: str
    lines: tuple[str, ...]
    link: str
    mark: str  # by which the issue is found again


def words_of(
    *, what: str, how_we_know: str, ref: str, number: int, answers: Sequence[int], due: date | None, link: str,
    marker: str,
) -> Words:  # fmt: skip
    title = _plain(what)
    lines = []
    if len(title) > LONGEST_TITLE:
        lines.append(f"In full: {title}")
        title = title[: LONGEST_TITLE - 1].rstrip() + "…"
    lines.append(f"How we will know that it worked: {_plain(how_we_know) or 'not said yet'}")
    if answers:
        named = ", ".join(f"C{one}" for one in answers)
        lines.append(f"It answers {named} of {ref}.")
    if due:
        lines.append(f"Due on {due:%-d %B %Y} when this was written.")
    lines.append(f"Item R{number} of {ref}. Its conditions and its proof are kept there:")
    return Words(title, tuple(lines), link, f"{SIGN}:{marker}")


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", " ", text).split())


def in_markdown(words: Words) -> str:
    """For GitHub and GitLab: nobody is called by an @, no number becomes another issue, nothing is styled."""
    lines = [*(_quiet(line) for line in words.lines), f"<{words.link}>", f"<!-- {words.mark} -->"]
    return "\n\n".join(lines)


def title_in_markdown(words: Words) -> str:
    """A title is no Markdown, yet calls whom it names with an @, and links what it names with a #."""
    return re.sub(r"([@#!])(?=\w)", "\\1\u200b", words.title)


def _quiet(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>()|~!+&^$%-])", r"\\\1", text)
    return re.sub(r"([@#:/])(?=[\w/])", "\\1\u200b", text)


def in_wiki(words: Words) -> str:
    """For Jira's older API, whose marks are those of its wiki."""
    lines = [re.sub(r"([\\{}\[\]!*_?|~^+\-#@])", r"\\\1", line) for line in words.lines]
    return "\n\n".join([*lines, words.link, words.mark])


def in_document(words: Words) -> dict[str, Any]:
    """For Jira Cloud: an Atlassian document, in which text is text."""
    paragraphs = [[_text(line)] for line in words.lines]
    paragraphs.append([_text(words.link) | {"marks": [{"type": "link", "attrs": {"href": words.link}}]}])
    paragraphs.append([_text(words.mark)])
    content = [{"type": "paragraph", "content": line} for line in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
