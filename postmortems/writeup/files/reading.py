"""Bytes of a text file to text, whatever editor or wiki wrote it. Pure."""

from __future__ import annotations

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
LOOKED_AT = 4096  # bytes


class NotText(Exception):
    """The bytes are no text; the sentence says what they look like."""


def text_of(raw: bytes) -> str:
    """By its mark where there is one; else UTF-8; else UTF-16 where every second byte is NUL; else Windows-1252.

    Never refuses a text for single bytes that its encoding does not have. Raises NotText for what holds NULs
    and no encoding explains: pictures, archives, programs.
    """
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if encoding := _wide(raw[:LOOKED_AT]):
        return raw.decode(encoding, "replace")
    if b"\x00" in raw[:LOOKED_AT]:
        raise NotText("This is no text file: it holds bytes that no text has.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace") if _is_western(raw) else raw.decode("utf-8", "replace")


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: in western texts nearly every second byte is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if half and even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _is_western(raw: bytes) -> bool:
    """Whether the bytes beyond ASCII are few enough single letters, rather than a UTF-8 text with a scratch."""
    text = raw.decode("utf-8", "replace")
    return text.count("\ufffd") > sum(1 for letter in text[:200_000] if "\x80" <= letter != "\ufffd")
