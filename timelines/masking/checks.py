"""The careful look at a candidate: the span that is secret, or None where it is none after all.

A false alarm hides evidence, so what looks random is not enough: hashes of commits and images, identities of
traces and requests stand in every log. Only a known shape, or a name that says so, makes a secret.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter

Span = tuple[int, int]

# What stands where a secret would, and is none: placeholders, variables, masks, words about the thing.
_PLACEHOLDER = re.compile(
    r"""^(?:[*.x•#_-]+|\$.*|%.*|\{.*|<.*|\[.*|\(.*|.*\$\{.*|.*\{\{.*|(?:your|my|the|some|example|dummy)[-_].*
    |[a-z_.]+\(.*|redacted.*|masked.*|filtered.*|removed.*|hidden.*|changeme|placeholder|.*\*{3,}.*
    |null|nil|none|true|false|undefined|empty|unset|yes|no|n/?a|string|str|text|file|env|required|optional|missing
    |invalid|incorrect|wrong|expired|changed|reset|rejected|accepted|failed|authentication|auth|auth_failed|needed|prompt|stdin|unknown)$""",
    re.IGNORECASE | re.VERBOSE,
)
# Tokens that say where to go on reading, and things that are called a token or a key and open nothing.
_NOT_SECRET_NAMES = re.compile(
    r"(?i)(?:next|page|paging|continuation|sync|resume|cursor|delta|total|max|min|prompt|completion|input|output|fencing|design)"
    r"[ _.-]?(?:page[ _.-]?)?token|num[ _-]?token|token[ _-]?(?:count|type|url|name|id|bucket)|author|oauth$|secret[ _-]?name"
)
_VISIBLE = re.compile(r"(?i)public[ _-]?key")
_DIGEST = re.compile(
    r"(?i)^(?:sha\d+|md5|blake\w+)[:-]|^arn:|^/|^https?://|^projects/|^vault:|^op://|^\d{4}-\d\d-\d\d|^[\d.:+-]+$"
)
_PATHS = re.compile(r"^[a-z]+(?:[-_./][a-z0-9]{1,12})+$")  # names of things, such as db-credentials-v2
_HEX = re.compile(r"^[0-9a-fA-F-]{16,}$")
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s:,\-]|\\[nr])*")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)?-----")


def anything(text: str, start: int, end: int) -> Span | None:
    return start, end


def whole_word(text: str, start: int, end: int) -> Span | None:
    """A token that is not the tail of a longer word. Its own tail loses the point that ends a sentence."""
    while end > start and text[end - 1] in ".-":
        end -= 1
    return None if start and text[start - 1] in "-/." and text[start:end].isdigit() else (start, end)


def entropy(text: str) -> float:
    """Bits per character, after Shannon."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def is_jwt(text: str, start: int, end: int) -> Span | None:
    head = text[start:end].split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    return (start, end) if isinstance(header, dict) and ("alg" in header or "typ" in header) else None


def to_end_of_key(text: str, start: int, end: int) -> Span | None:
    """To the line that ends the key; where that is missing, as far as it goes on like a key."""
    if text.startswith("PuTTY", start):
        return start, len(text)
    closing = _PEM_END.search(text, end, end + 20_000)
    return start, closing.end() if closing else end + len(_PEM_BODY.match(text, end)[0].rstrip())


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without what closes the sentence, the bracket or the tag around a value; in quotation marks all of it."""
    if text[max(0, start - 1) : start] in ('"', "'") and text[end : end + 1] == text[start - 1]:
        return start, end
    while end > start and text[end - 1] in ".,:;!?)]}*|":
        end -= 1
    return start, end


def is_password(text: str, start: int, end: int) -> Span | None:
    """After `password=`: anything but a placeholder; after `password: ` a word of a sentence is none either."""
    start, end = _trimmed(text, start, end)
    value = text[start:end]
    if len(value) < 4 or _PLACEHOLDER.match(value) or _is_folder(text, start):
        return None
    prose = (
        text[max(0, start - 2) : start] == ": " and value.isalpha() and (value.islower() or value.istitle())
    )
    return None if prose else (start, end)


def is_password_in_prose(text: str, start: int, end: int) -> Span | None:
    """After “the password is”: only what is no word, that is, with a digit or a sign in it."""
    found = is_password(text, start, end)
    value = text[found[0] : found[1]] if found else ""
    return (
        found
        if len(value) >= 6 and any(c.isdigit() or c in "!@#$%^&*" for c in value) and not _DIGEST.match(value)
        else None
    )


def _is_folder(text: str, start: int) -> bool:
    """`PWD=/home/ada` is where sudo and shells were, and no password."""
    return (
        re.search(r"(?i)pwd\W{1,4}$", text[max(0, start - 8) : start]) is not None and text[start] in "/~.%"
    )


def is_name_of_password(name: str) -> bool:
    """Whether a field of this name holds a password, whatever it looks like."""
    return re.search(r"(?i)(?:password|passwd|passphrase|passcode)$", name) is not None


def is_password_of_address(text: str, start: int, end: int) -> Span | None:
    """Between user and host of an address; the last @ belongs to the host."""
    value = text[start:end]
    return None if _PLACEHOLDER.match(value) or value.isdigit() and len(value) < 6 else (start, end)


def is_random(text: str, start: int, end: int) -> Span | None:
    """Made by a machine: long enough, of letters and digits, and not a name of something."""
    start, end = _trimmed(text, start, end)
    value = text[start:end]
    if len(value) < 12 or _PLACEHOLDER.match(value) or _DIGEST.match(value) or re.search(r"\s|=[^=]", value):
        return None
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    if not mixed or entropy(value) < 2.8:
        return None
    return None if _PATHS.match(value) and not _HEX.match(value) else (start, end)


def is_named_secret(text: str, start: int, end: int) -> Span | None:
    """Something random under a name that says so, where the name is not that of a page or a count."""
    name = text[max(0, start - 60) : start].rstrip(" \t:=>\"'`\\")
    name = re.split(r"[\s,;{(&?]", name)[-1]
    return None if _NOT_SECRET_NAMES.search(name) or _VISIBLE.search(name) else is_random(text, start, end)
