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


def drafted(content: Mapping[str, Any]) -> str:
    """The digest of the draft that something published was: without what publishing added to it."""
    return digest({key: value for key, value in content.items() if key != "published"})


def digest_of_html(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()


def seal(content: Mapping[str, Any], html: str, previous: str) -> str:
    return seal_of(digest(content), digest_of_html(html), previous)


def seal_of(content_sha256: str, html_sha256: str, previous: str) -> str:
    """The same of what is known by its digests alone, as is what was withdrawn."""
    return hashlib.sha256(f"{previous}\n{content_sha256}\n{html_sha256}".encode()).hexdigest()


def summed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the digest of all the rest of it as `sum`: what the seal is not over, is not changed by accident."""
    rest = {key: value for key, value in document.items() if key != "sum"}
    return rest | {"sum": digest(rest)}


def troubles(revisions: Iterable[Mapping[str, Any]], *, whole: bool = True) -> list[str]:
    """What is wrong with the revisions of one incident, oldest first; nothing when the chain holds.

    Each is a mapping with number, content, html, digest and previous_digest; of a withdrawn one content_sha256 and
    html_sha256 are enough. What else it says of itself has to be what its content says. What is not `whole` may begin
    with a later one, of which it cannot be told whether it follows.
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
        if _seal(revision) != revision["digest"]:
            found.append(f"Revision {number} is not what was published.")
        found += [
            f"Revision {number} has another {name} than the one it was published with."
            for name in _otherwise(revision)
        ]
        before, last = revision["digest"], number
    return found


def _seal(revision: Mapping[str, Any]) -> str:
    if "content" in revision:
        return seal(revision["content"], revision["html"], revision["previous_digest"])
    return seal_of(revision["content_sha256"], revision["html_sha256"], revision["previous_digest"])


def _otherwise(revision: Mapping[str, Any]) -> list[str]:
    """What stands beside the content and disagrees with it."""
    content = revision.get("content", {})
    published = content.get("published", {})
    sealed = {
        "title": content.get("title"), "reference": content.get("ref"), "number": published.get("number"),
        "moment": published.get("at"), "change note": published.get("change_note"), "publisher": published.get("by"),
    }  # fmt: skip
    beside = {"title": "title", "reference": "ref", "number": "number", "moment": "published_at", "change note": "change_note", "publisher": "published_by"}  # fmt: skip
    return [
        name
        for name, value in sealed.items()
        if value is not None and beside[name] in revision and revision[beside[name]] != value
    ]
