"""Mail: mbox files (mailing list archives, exports of mail programs), single .eml files, folders and zips of them.

Source: RFC 5322, RFC 2045–2047, RFC 4155. A mail is known by its Message-ID, in whatever archive it stands; one
without by its sender, subject, written date and text. Threads follow In-Reply-To, else the last of References.
Mails inside a mail and invitations (text/calendar) are records of their own.
"""

from __future__ import annotations

import email
import email.errors
import email.policy
import hashlib
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

from timelines.formats import calendar
from timelines.formats.base import BadTime, Bundle, Context, Format, NeedsAnswer, Unreadable, clean
from timelines.formats.mailboxes import HEADER, MESSAGE_LIMIT, Letter, letters, separates, unescaped
from timelines.formats.mailtext import Said, said
from timelines.formats.mailtimes import Sent, sent
from timelines.formats.mailwords import addresses, header, headers, sender
from timelines.formats.records import Record, Skipped

RAW_LIMIT = 64 * 1024  # bytes of a mail kept as its raw record
PARAMETERS = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.I | re.M)
PARAMETERS_LIMIT = 8192
NESTED = 5  # mails in mails
ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
TELLING = {b"from", b"date", b"message-id", b"subject", b"received", b"return-path", b"to", b"mime-version", b"delivered-to"}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf\r\n")
    first, _, rest = start.partition(b"\n")
    if separates(first, rest[:200]):
        return "it begins with a “From ” line and headers, as mailboxes do"
    names = _header_names(rest if first.strip().isdigit() else start)
    enough = 2 if bundle.names[0].lower().endswith((".eml", ".emlx")) else 3
    if len(names & TELLING) >= enough and names & {b"from", b"received", b"return-path"}:
        return "it begins with the headers of a mail"
    return None


def _header_names(start: bytes) -> set[bytes]:
    """The names of the headers on top; none where a line among them is no header."""
    names: set[bytes] = set()
    for line in start[:32_000].split(b"\n")[:300]:
        if not line.strip():
            return names
        if line[:1] in b" \t":
            continue
        if not HEADER.match(line):
            return set()
        names.add(line.partition(b":")[0].lower())
    return names


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    order = 0
    for name in bundle.names:
        with bundle.open(name) as file:
            start = file.peek(1 << 16)[: 1 << 16]
            if len(bundle.names) > 1 and sniff(bundle, start) is None:
                yield Skipped(name, "This is no mail: it begins with neither a “From ” line nor headers.")
                continue
            if start.split(b"\n", 1)[0].strip().isdigit():
                file.readline(100)  # .emlx of Apple Mail: the length stands on the first line
            if not separates(*start.lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")[::2]):
                found: Iterator[Letter] = iter([_single(file)])
            else:
                found = letters(file)
            for letter in found:
                for record in _letter(letter, f"{name}:{letter.line}", context):
                    if isinstance(record, Record):
                        record.order = order
                        order += 1
                    yield record


def _single(file: Any) -> Letter:
    raw = file.read(MESSAGE_LIMIT)
    rest = 0
    while more := file.read(1 << 20):
        rest += len(more)
    return Letter(1, b"", raw, rest)


def _letter(letter: Letter, where: str, context: Context) -> Iterator[Record | Skipped]:
    raw = unescaped(letter.raw) if letter.envelope else letter.raw
    if letter.cut:
        yield Skipped(where, f"The mail is larger than 32 MB: its last {letter.cut:,} bytes were left out.")
    try:
        message = email.message_from_bytes(PARAMETERS.sub(_bounded, raw), policy=email.policy.compat32)
        yield from _records(message, letter.envelope, _kept(letter.raw), where, context)
    except BadTime as error:
        yield Skipped(where, str(error))
    except (RecursionError, email.errors.MessageError):
        yield Skipped(where, "The parts of this mail are nested beyond what can be read.")


def _bounded(match: re.Match) -> bytes:
    """The parser's time grows with the square of a header of parameters."""
    whole = match[0]
    return whole if len(whole) <= PARAMETERS_LIMIT else whole[:PARAMETERS_LIMIT].rpartition(b";")[0]


def _kept(raw: bytes) -> bytes:
    if len(raw) <= RAW_LIMIT:
        return raw
    digest = hashlib.sha256(raw).hexdigest()
    return raw[:RAW_LIMIT] + f"\n[cut off here; the mail has {len(raw)} bytes, SHA-256 {digest}]".encode()


def _records(
    message: Message, envelope: bytes, raw: bytes, where: str, context: Context, depth: int = 0, inside: str = ""
) -> Iterator[Record | Skipped]:  # fmt: skip
    if not any(key.lower().encode() in TELLING for key in message):
        raise BadTime("This is no mail: it has none of a mail's headers.")
    moment = sent(message, envelope, context.zone)
    content = said(message)
    record = _record(message, moment, content, where, raw)
    if inside:
        record.extra["inside"] = inside
    yield record
    for part, inner in enumerate(content.letters[:100]):
        place = f"{where}#{part + 1}"
        if depth >= NESTED:
            yield Skipped(place, "Mails inside mails are read to a depth of five.")
            continue
        try:
            yield from _records(
                inner, b"", _kept(_whole(inner)), place, context, depth + 1, record.external_id
            )
        except BadTime as error:
            yield Skipped(place, f"A mail inside this one: {error}")
    for ics in content.calendars:
        yield from _invitations(ics, where, context)


def _whole(message: Message) -> bytes:
    try:
        return message.as_bytes(unixfrom=False)
    except (ValueError, LookupError, TypeError, AttributeError, KeyError):
        return "\n".join(f"{key}: {value}" for key, value in message.raw_items()).encode("utf-8", "replace")


def _invitations(ics: bytes, where: str, context: Context) -> Iterator[Record | Skipped]:
    """One invitation without a zone does not hold up a mailbox: it is noted."""
    try:
        for found in calendar.events(ics, f"{where}#calendar", context):
            if isinstance(found, Record):
                found.extra["mail"] = where
            yield found
    except (NeedsAnswer, Unreadable) as error:
        yield Skipped(f"{where}#calendar", str(error))


def _record(message: Message, moment: Sent, content: Said, where: str, raw: bytes) -> Record:
    name, address = sender(header(message, "from") or header(message, "sender"))
    subject = clean(header(message, "subject"))
    text = content.text or ("[encrypted]" if content.encrypted else "")
    if content.attachments:
        text = "\n".join([text, *(f"[file] {file['name']}" for file in content.attachments[:50])])
    identity = ID.search(header(message, "message-id"))
    answer = header(message, "auto-submitted").lower()
    return Record(
        at=moment.at,
        external_id=identity[1] if identity else _digest(address, subject, moment, content),
        text=clean("\n\n".join(part for part in (subject, text.strip()) if part)) or "(no subject)",
        kind="mail",
        precision=moment.precision,
        certainty=moment.certainty,
        written=moment.written,
        zone=moment.zone,
        actor=name,
        actor_id=address,
        actor_kind="bot" if _is_machine(message, address, answer) else "person" if address else "",
        place=_place(message),
        thread=_thread(message),
        link=_link(message),
        where=where,
        raw=raw,
        noise=answer.startswith("auto-replied") or bool(header(message, "x-autoreply")),
        extra=_extra(message, moment, content, subject),
    )


def _extra(message: Message, moment: Sent, content: Said, subject: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"subject": subject}
    for name in ("to", "cc"):
        if found := addresses(", ".join(headers(message, name))):
            extra[name] = found[:50]
    if content.attachments:
        extra["files"] = content.attachments[:50]
    if content.quoted:
        extra["quoted_lines"] = content.quoted
    if content.charset:
        extra["guessed_charset"] = content.charset
    if moment.differs:
        extra["received"] = moment.differs
    return extra


def _digest(address: str, subject: str, moment: Sent, content: Said) -> str:
    told = "\n".join((address, subject, moment.at.isoformat(), content.text))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _thread(message: Message) -> str:
    for name, place in (("in-reply-to", 0), ("references", -1)):
        if found := ID.findall(" ".join(headers(message, name))):
            return found[place]
    return ""


def _place(message: Message) -> str:
    """The list, else whom it was sent to."""
    listed = header(message, "list-id")
    if listed:
        inner = re.search(r"<([^<>]{1,200})>", listed)
        return clean(inner[1] if inner else listed)
    return clean(", ".join(addresses(header(message, "to"))[:3]))


def _link(message: Message) -> str:
    inner = re.search(r"https?://[^\s<>]{1,1000}", header(message, "archived-at"))
    return inner[0] if inner else ""


def _is_machine(message: Message, address: str, answer: str) -> bool:
    local = address.partition("@")[0].replace("-", "").replace("_", "")
    return (
        answer.startswith(("auto-generated", "auto-replied"))
        or "noreply" in local
        or "donotreply" in local
        or local
        in ("mailerdaemon", "postmaster", "root", "jenkins", "gitbox", "jira", "nagios", "alertmanager")
    )


FORMAT = Format(
    key="mail",
    label="Mail",
    about="A mailbox (.mbox), single mails (.eml), or a zip of them",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
