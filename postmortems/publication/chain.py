"""The seal of a revision, and whether a chain of them holds. Pure, so that an export can be checked without the server.

A seal is the SHA-256 over three lines: the seal of the revision before (empty for the first), the SHA-256 of the
content as canonical JSON, and the SHA-256 of the article's HTML. Whoever changes any of them, or leaves one out, has
to change every seal that follows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes a digest is taken over: keys in order, no spare blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content: Mapping[str, Any]) -> str:
    """By which two drafts are told apart; an approval names it."""
    return hashlib.sha256(canonical(content)).hexdigest()


def seal(content: Mapping[str, Any], html: str, previous: str) -> str:
    article = hashlib.sha256(html.encode()).hexdigest()
    return hashlib.sha256(f"{previous}\n{digest(content)}\n{article}".encode()).hexdigest()


def troubles(revisions: Iterable[Mapping[str, Any]], *, whole: bool = True) -> list[str]:
    """What is wrong with the revisions of one incident, oldest first; nothing when the chain holds.

    Each is a mapping with number, content, html, digest and previous_digest. What is not `whole` may begin with a later
    one, of which it cannot be told whether it follows.
    """
    found, before, last = [], "", 0
    for revision in revisions:
        number = revision["number"]
        if not whole and not last and number > 1:
            before, last = revision["previous_digest"], number - 1
        if number != last + 1:
            found.append(
                f"Revision {number} follows revision {last}."
                if last
                else f"It begins with revision {number}."
            )
        if revision["previous_digest"] != before:
            found.append(f"Revision {number} does not name the one before it.")
        if seal(revision["content"], revision["html"], revision["previous_digest"]) != revision["digest"]:
            found.append(f"Revision {number} is not what was published.")
        before, last = revision["digest"], number
    return found
