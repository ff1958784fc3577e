"""When a mail was written, by its headers.

Source: RFC 5322, 3.3 and 4.3. `-0000` is an instant in UTC of a sender whose zone is not known; the old names
(EST, PDT, GMT) are offsets, other letters are not. A mail without a usable Date takes the time from, in this order,
its top-most Received, Delivery-Date, X-Original-Date, Resent-Date, and the line before it in the mailbox; such a
time is marked as derived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, NeedsAnswer, in_range
from timelines.formats.mailwords import header, headers
from timelines.formats.moments import placed

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
OFFSETS = {
    "ut": 0, "gmt": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:\.\d{1,9})?)?"
ZONE = r"(?:\s*(?P<zone>[+-]\d\d:?\d\d|[A-Za-z]{1,5})(?![A-Za-z0-9]))?"
WRITTEN = re.compile(
    rf"(?:[A-Za-z]{{3,9}}\.?,?\s*)?(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-z]{{3,9}})\.?[\s-]+(?P<year>\d{{2,4}})(?!\d),?\s+{CLOCK}{ZONE}"
)
ASCTIME = re.compile(
    rf"(?:[A-Za-z]{{3}},?\s+)?(?P<month>[A-Za-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{CLOCK}{ZONE}\s+(?P<year>\d{{4}})(?:\s+(?P<after>[+-]\d{{4}}))?"
)
COMMENT = re.compile(r"\([^()]*\)")
FALLBACKS = ("delivery-date", "x-original-date", "resent-date")
ASKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sent:
    at: datetime
    written: str
    zone: str
    precision: str
    certainty: str
    differs: str = ""  # what the first reliable server says, where that is far from the Date


def sent(message: Message, envelope: bytes, zone: ZoneInfo | None) -> Sent:
    """Raises BadTime where no header tells a time, NeedsAnswer where only one without a zone does."""
    received = next(iter(_received(message, zone)), None)
    trouble = "The mail has no Date and no other header that tells a time."
    unzoned = ""
    for written in headers(message, "date"):
        try:
            found = dated(written, zone)
        except NeedsAnswer:
            unzoned = unzoned or written
        except BadTime as error:
            trouble = f"The Date cannot be read: {error}"
        else:
            far = received is not None and abs(received.at - found.at) > ASKEW
            return _replace(found, differs=received.written if far else "")
    if received is not None:
        return received
    for name in FALLBACKS:
        try:
            return _replace(dated(header(message, name), zone), certainty="derived")
        except (BadTime, NeedsAnswer):
            continue
    if unzoned:
        raise NeedsAnswer(
            "zone", f"A mail's Date “{unzoned[:40]}” states no zone. Which zone was the sender's clock in?"
        )
    line = ASCTIME.search(envelope[:600].decode("utf-8", "replace"))
    if not line:
        raise BadTime(trouble)
    return _replace(_sent(line, line[0], zone or ZoneInfo("UTC")), certainty="derived")


def dated(written: str, zone: ZoneInfo | None) -> Sent:
    plain = COMMENT.sub(" ", written[:200]).strip()
    match = WRITTEN.match(plain) or ASCTIME.match(plain)
    if match:
        return _sent(match, written.strip(), zone)
    if not plain:
        raise BadTime("It is empty.")
    moment = placed(plain, zone)  # ISO 8601 and what people's settings write
    certainty = "exact" if moment.zone else "assumed zone"
    return Sent(moment.at, written, moment.zone, moment.precision, certainty)


def _received(message: Message, zone: ZoneInfo | None):
    for value in headers(message, "received")[:20]:
        try:
            yield _replace(dated(value.rpartition(";")[2], zone), certainty="derived")
        except (BadTime, NeedsAnswer):
            continue


def _replace(found: Sent, **changes: str) -> Sent:
    fields = {name: getattr(found, name) for name in Sent.__slots__}
    return Sent(**fields | changes)


def _sent(match: re.Match, written: str, zone: ZoneInfo | None) -> Sent:
    month = MONTHS.get(match["month"][:3].lower())
    year = int(match["year"])
    if len(match["year"]) < 4:  # RFC 5322, 4.3
        year += 2000 if year < 50 and len(match["year"]) == 2 else 1900
    leap = match["second"] == "60"
    try:
        naive = datetime(
            year, month or 0, int(match["day"]), int(match["hour"]), int(match["minute"]),
            59 if leap else int(match["second"] or 0),
        ) + timedelta(seconds=leap)  # fmt: skip
        at, stated = _placed(naive, match["zone"] or match.groupdict().get("after") or "", zone, written)
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadTime):
            raise
        raise BadTime(f"{written[:60]!r} is not a time: {error}.") from error
    precision = "second" if match["second"] else "minute"
    return Sent(in_range(at), written, stated, precision, "exact" if stated else "assumed zone")


def _placed(naive: datetime, stated: str, zone: ZoneInfo | None, written: str) -> tuple[datetime, str]:
    if stated[:1] in ("+", "-"):
        digits = stated[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset >= timedelta(hours=24):
            raise BadTime(f"{stated} is no offset.")
        return (naive - offset if stated[0] == "+" else naive + offset).replace(tzinfo=UTC), stated
    if stated.lower() in OFFSETS:
        return (naive - timedelta(hours=OFFSETS[stated.lower()])).replace(tzinfo=UTC), stated
    if zone is None:
        raise NeedsAnswer("zone", f"The time “{written[:40]}” states no zone. Which zone is it in?")
    return naive.replace(tzinfo=zone).astimezone(UTC), ""
