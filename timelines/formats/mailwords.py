"""Words of a mail's headers and parts: encoded words, charsets, addresses.

Source: RFC 2047 (encoded words), RFC 2231 (what Python's parser does for parameters), RFC 5322 (addresses).
Senders break all of them; nothing here raises.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from email.message import Message

from timelines.formats.base import clean, decode

HEADER_LIMIT = 4000  # characters of a header that are looked at
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,2000})\?=")
BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,200}@[^\s<>,;:\"()]{1,200}")
BESIDE = re.compile(r"([^()]{1,300})\((.{0,300})\)")
# Text encodings of Python that no mail is written in and that are slow or run escapes.
NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape", "undefined"}  # fmt: skip


def header(message: Message, name: str) -> str:
    """The first header of that name as text, "" when there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of that name in their order, unfolded and decoded."""
    wanted = name.lower()
    return [_text(value) for key, value in message.raw_items() if key.lower() == wanted]


def _text(value: object) -> str:
    raw = str(value)[:HEADER_LIMIT].encode("utf-8", "surrogateescape")
    return " ".join(words(decode(raw)).split())


def words(text: str) -> str:
    """`=?utf-8?q?caf=C3=A9?=` as it is meant; neighbours of one charset are joined before they are decoded."""
    if "=?" not in text:
        return text
    out: list[str] = []
    held, charset, last = b"", "", 0
    text = BETWEEN.sub("", text)
    for match in WORD.finditer(text):
        between = text[last : match.start()]
        if held and (between or charset.lower() != match[1].lower()):
            out.append(decoded(held, charset)[0])
            held = b""
        out.append(between)
        held, charset, last = held + _bytes(match[2], match[3]), match[1].partition("*")[0], match.end()
    if held:
        out.append(decoded(held, charset)[0])
    return "".join([*out, text[last:]])


def _bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    if encoding in "qQ":
        return quopri.a2b_qp(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def decoded(raw: bytes, charset: str) -> tuple[str, str]:
    """Text, and the charset that had to be guessed ("" where the stated one fits)."""
    name = charset.strip("\"' ").lower()
    if name:
        try:
            known = codecs.lookup(name).name
            if known not in NO_CHARSETS:
                return raw.decode("utf-8-sig" if known == "utf-8" else known).replace("\x00", "␀"), ""
        except (LookupError, ValueError):
            pass
    text = decode(raw)
    if raw.isascii():
        return text, ""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return text, "windows-1252"
    return text, "utf-8"


def sender(value: str) -> tuple[str, str]:
    """(name, address) of the first mailbox of a From header; also `user at host (Name)`, as archives write it."""
    value = value[:600]
    start = value.find("<")
    end = value.find(">", start)
    if 0 <= start < end:
        address, name = value[start + 1 : end], value[:start]
    elif match := BESIDE.match(value):
        address, name = match[1], match[2]
    else:
        address, name = value, ""
    address = clean(address.strip().replace(" at ", "@")).lower()
    name = clean(name.strip(" \t\"'").replace('\\"', '"'))
    return name or address, address


def addresses(value: str) -> list[str]:
    return [found.lower() for found in ADDRESS.findall(value)]
