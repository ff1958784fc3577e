"""What a mail says: the text a reader would see, what is attached, what it answers left out.

Source: RFC 2045 and 2046 (parts), RFC 3676 (format=flowed). Plain text is preferred to HTML. Quoted history is
replaced by its number of lines, unless the mail holds nothing else.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from timelines.formats.base import clean
from timelines.formats.hypertext import plain
from timelines.formats.mailwords import decoded, words

TEXT_LIMIT = 40_000  # characters of one mail that are shown
PARTS = 500  # of one mail
DEPTH = 20  # of parts in parts
BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
EARLIER = re.compile(
    r"\s*(?:-{2,}|_{2,})\s*(?:Original Message|Original Appointment|Urspr(?:ü|ue)ngliche Nachricht|Message d['’]origine|"
    r"Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original|Ursprungligt meddelande|"
    r"Oprindelig meddelelse|Wiadomość oryginalna)\s*(?:-{2,}|_{2,})\s*",
    re.I,
)
OUTLOOK = (
    re.compile(r"\s*\*?(?:From|Von|De|Da|Van|Från|Fra)\*?:\*? \S"),
    re.compile(r"\s*\*?(?:Sent|Date|Gesendet|Envoyé|Enviado|Inviato|Verzonden|Skickat|Sendt)\s*\*?:\*? \S"),
)
DIVIDER = re.compile(r"\s*_{8,}\s*$")
ATTRIBUTION = re.compile(
    r"(?:On|Am|Le|El|Il|Op|Den|Em) .{6,200}(?:wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|schreef.{0,80}|skrev.{0,80}|escreveu)\s*:\s*"
)


@dataclass(slots=True)
class Said:
    text: str = ""
    quoted: int = 0  # lines of history that were left out
    charset: str = ""  # where it had to be guessed
    attachments: list[dict[str, Any]] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)  # mails inside this one
    encrypted: bool = False


def said(message: Message) -> Said:
    found = Said()
    plains: list[str] = []
    others: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.get_payload() and isinstance(part.get_payload(), list):
            found.letters += [inner for inner in part.get_payload() if isinstance(inner, Message)]
        elif kind in ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            found.encrypted = True
        elif kind == "text/calendar":
            found.calendars.append(_bytes(part))
        elif kind in ("text/plain", "text/html", "text/enriched") and not _is_attached(part):
            text, guessed = decoded(_bytes(part), str(part.get_param("charset") or ""))
            found.charset = found.charset or guessed
            if kind == "text/html":
                others.append(_beside_history(plain(text), found))
            else:
                plains.append(_beside_history(_flowed(text, part), found))
        elif kind not in ("application/pgp-signature", "application/pkcs7-signature"):
            found.attachments.append(_attachment(part))
    chosen = plains if any(text.strip() for text in plains) else others
    text = clean("\n\n".join(text.strip() for text in chosen if text.strip()).replace("\r", ""))
    text = BLANKS.sub("\n\n", text)
    if len(text) > TEXT_LIMIT:
        text = f"{text[:TEXT_LIMIT]}\n[{len(text) - TEXT_LIMIT:,} more characters]"
    found.text = text
    return found


def _parts(message: Message) -> Iterator[Message]:
    """The leaves in their order; a mail inside the mail is one leaf."""
    waiting, seen = [(message, 0)], 0
    while waiting and seen < PARTS:
        part, depth = waiting.pop()
        seen += 1
        payload = part.get_payload()
        if isinstance(payload, str) and part.get_content_maintype() == "multipart":
            payload = _taken_apart(payload) or payload
        if isinstance(payload, list) and part.get_content_type() != "message/rfc822" and depth < DEPTH:
            inner = [one for one in payload if isinstance(one, Message)]
            if part.get_content_type() == "multipart/alternative":
                inner = _alternatives(inner)
            waiting += [(one, depth + 1) for one in reversed(inner)]
        else:
            yield part


def _taken_apart(payload: str) -> list[Message]:
    """Parts whose boundary the parser did not find, as the line that looks like it divides them."""
    boundary = next(
        (line for line in payload.splitlines()[:500] if re.match(r"--\S{2,}\s*$", line)), ""
    ).rstrip()
    if not boundary:
        return []
    pieces: list[list[str]] = []
    for line in payload.split("\n"):
        bare = line.rstrip()
        if bare == boundary:
            pieces.append([])
        elif bare == f"{boundary}--":
            break
        elif pieces:
            pieces[-1].append(line)
    return [email.message_from_string("\n".join(piece)) for piece in pieces[:PARTS]]


def _alternatives(parts: list[Message]) -> list[Message]:
    """Of several renderings of one text the plain one is read; what is no text stays."""
    has_plain = any(
        part.get_content_type() == "text/plain" and _bytes(part).strip() and not _is_attached(part)
        for part in parts
    )
    return [part for part in parts if not (has_plain and part.get_content_type() == "text/html")]


def _is_attached(part: Message) -> bool:
    return str(part.get("content-disposition") or "").strip().lower().startswith("attachment")


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, UnicodeError):
        payload = None
    if payload is None:
        whole = part.get_payload()
        payload = whole.encode("utf-8", "surrogateescape") if isinstance(whole, str) else b""
    return payload


def _attachment(part: Message) -> dict[str, Any]:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, UnicodeError):
        name = ""
    name = clean(words(str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")))
    return {
        "name": name[:200] or "without a name",
        "type": clean(part.get_content_type())[:100],
        "size": len(_bytes(part)),
    }


def _flowed(text: str, part: Message) -> str:
    """Lines that end in a blank go on in the next one, where the sender says format=flowed."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    joins = "" if str(part.get_param("delsp") or "").lower() == "yes" else " "
    out: list[str] = []
    open_depth = -1
    for line in text.splitlines():
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        if open_depth == depth and bare != "-- ":
            out.append(bare.rstrip(" "))
        else:
            out.append(f"\n{'>' * depth}{' ' if depth else ''}{bare.rstrip(' ')}")
        soft = bare.endswith(" ") and bare != "-- "
        if soft:
            out.append(joins)
        open_depth = depth if soft else -1
    return "".join(out).removeprefix("\n")


def _beside_history(text: str, found: Said) -> str:
    """The text without what it quotes; the number of lines left out stands in their place and in `found`."""
    lines = text.splitlines()
    out: list[str] = []
    quoted = 0
    for number, line in enumerate(lines):
        if _begins_history(lines, number):
            rest = sum(1 for other in lines[number:] if other.strip())
            quoted += rest
            out.append(_left_out(rest))
            break
        if line.startswith(">"):
            last = out[-1] if out else ""
            count = 1 + (int(last[1:].split(" ", 1)[0]) if last.endswith(_QUOTED) and last[0] == "[" else 0)
            out[-1:] = ([] if count > 1 or not out else [last]) + [_left_out(count)]
            quoted += 1
        else:
            out.append(line)
    if not any(line.strip() and not line.endswith(_QUOTED) for line in out):
        return text
    found.quoted += quoted
    return "\n".join(out)


_QUOTED = "of quoted mail]"


def _left_out(count: int) -> str:
    return f"[{count} {'line' if count == 1 else 'lines'} {_QUOTED}"


def _begins_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) > 300 or not line.strip():
        return False
    if EARLIER.fullmatch(line) or (ATTRIBUTION.fullmatch(line) and not _quotes_follow(lines, number)):
        return True
    if DIVIDER.match(line):
        number += 1
        line = lines[number][:300] if number < len(lines) else ""
    if OUTLOOK[0].match(line):
        return any(OUTLOOK[1].match(other[:300]) for other in lines[number + 1 : number + 4])
    return False


def _quotes_follow(lines: list[str], number: int) -> bool:
    return any(line.startswith(">") for line in lines[number + 1 : number + 4])
