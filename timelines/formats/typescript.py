"""Sessions recorded by script(1), with its timing file where both are given together in a folder or zip.

Source: the manuals of script and scriptreplay (util-linux). The first line states when the session began, with an
offset since version 2.34. The classic timing file holds `seconds bytes`, the one of several streams `O seconds bytes`
with I for input, S for signals and H for headers. Without a timing file all that is known is begin and end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    NeedsAnswer,
    Unreadable,
    clean,
    in_range,
    iso,
)
from timelines.formats.bursts import LONGEST, SHOWN, Session, events, screen
from timelines.formats.records import Record, Skipped
from timelines.formats.vague import leading
from timelines.formats.zonelabels import placed

BEGINS = re.compile(
    rb"Script started on (?P<time>[^\[\r\n]{8,80}?)\s*(?:\[(?P<about>[^\r\n]{0,2000})\])?\r?\n"
)
ENDS = re.compile(rb"\r?\nScript done on (?P<time>[^\[\r\n]{8,80}?)\s*(?:\[(?P<about>[^\r\n]{0,500})\])?\s*$")
TIMING = re.compile(rb"(?:(?P<code>[OISH]) )?(?P<delay>\d{1,9}\.\d{1,9}) (?P<rest>[^\r\n]{0,1000})")
ASCTIME = re.compile(r"([A-Za-z]{3} \d{1,2}) (\d\d:\d\d:\d\d)(?: ([A-Z]{3,5}))? (\d{4})$")
ABOUT = re.compile(rb'([A-Z_]{2,30})="([^"]{0,200})"')
TAIL = 4096


def sniff(bundle: Bundle, head: bytes) -> str | None:
    return "it begins with “Script started on”, as script(1) writes it" if BEGINS.match(head) else None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    heads = {}
    for name in bundle.names:
        with bundle.open(name) as file:
            heads[name] = bytes(file.peek(1 << 16)[: 1 << 16])
    scripts = [name for name, head in heads.items() if BEGINS.match(head)]
    timings = [name for name, head in heads.items() if TIMING.match(head) and name not in scripts]
    if not scripts:
        raise Unreadable(
            f"{bundle.name} holds no session of script(1): none of its files begins with “Script started on”."
        )
    for name in scripts:
        timing = _timing_of(name, timings)
        yield from _session(bundle, name, timing, heads[name], context)
    for name in sorted(set(heads) - set(scripts) - set(timings)):
        yield Skipped(name, "This is neither a session nor its timing.")


def _timing_of(name: str, timings: list[str]) -> str:
    """The timing file of the same folder whose name is most like it."""
    folder, _, last = name.rpartition("/")
    near = [timing for timing in timings if timing.rpartition("/")[0] == folder]
    stem = last.split(".")[0]
    return next(
        (timing for timing in near if timing.rpartition("/")[2].startswith(stem)),
        near[0] if len(near) == 1 else "",
    )


def _session(
    bundle: Bundle, name: str, timing: str, head: bytes, context: Context
) -> Iterator[Record | Skipped]:
    first = BEGINS.match(head)
    at, written, zone, certain = _moment(first["time"], context)
    about = dict(ABOUT.findall(first["about"] or b""))
    session = Session(
        start=at,
        key=hashlib.sha256(head[:512]).hexdigest()[:24],
        name=name,
        title=clean(about.get(b"COMMAND", b"").decode("utf-8", "replace")) or "Terminal session",
        place=clean(context.mapping.get("host", "")),
        actor=clean(context.mapping.get("user", "")),
        certainty="exact" if certain else "assumed zone",
        written=written,
        zone=zone,
    )
    if timing:
        with bundle.open(name) as output, bundle.open(timing) as times:
            output.read(first.end())
            yield from events(session, _timed(output, times))
    else:
        yield from _untimed(bundle, name, session, first.end(), context)


def _moment(raw: bytes, context: Context) -> tuple[datetime, str, str, bool]:
    written = " ".join(raw.decode("utf-8", "replace").split())
    try:
        moment = iso(written, context.zone)
        return moment.at, written, moment.zone, bool(moment.zone)
    except BadTime as error:
        if str(error) == "The time has no zone.":
            raise NeedsAnswer(
                "zone", f"The session began at “{written}”, without a zone. Which zone was its clock in?"
            ) from error
    found = leading(ASCTIME.sub(r"\1 \4 \2 \3", written))
    if not found or not found[0].day or not found[0].clock:
        raise Unreadable(f"The session says it began at “{written[:60]}”; that is no time that can be read.")
    day, clock = found[0].day, found[0].clock
    hour = clock.hour % 12 + (12 if clock.half == "p" else 0) if clock.half else clock.hour
    try:
        naive = datetime(day.year, day.month, day.day, hour, clock.minute, clock.second)
        place = placed(naive, found[0].zone, context.zone)
        return in_range(place.at), written, found[0].zone, place.certain
    except (BadTime, ValueError, OverflowError) as error:
        raise Unreadable(f"The session says it began at “{written[:60]}”: {error}.") from error


def _timed(output: BinaryIO, times: BinaryIO) -> Iterator[tuple[float, str, str, int]]:
    at, number, logs = 0.0, 0, {}
    while line := times.readline(2000):
        number += 1
        match = TIMING.match(line)
        if not match or at + float(match["delay"]) > LONGEST:
            continue
        at += float(match["delay"])
        code, rest = (match["code"] or b"O").decode(), match["rest"].strip()
        if code == "H":
            key, _, value = rest.partition(b" ")
            logs[key] = value
            if key == b"EXIT_CODE":
                yield at, "x", value.decode("utf-8", "replace"), number
        elif code in "OI" and rest.isdigit() and len(rest) < 9:
            beside = code == "O" or (
                logs.get(b"INPUT_LOG") and logs.get(b"INPUT_LOG") == logs.get(b"OUTPUT_LOG")
            )
            data = output.read(min(int(rest), 1 << 20)) if beside else b""
            yield at, code.lower(), data.decode("utf-8", "replace") if code == "O" else "", number


def _untimed(
    bundle: Bundle, name: str, session: Session, begins: int, context: Context
) -> Iterator[Record | Skipped]:
    """Without a timing file: the session as one event, with the beginning and the end of what it showed."""
    with bundle.open(name) as file:
        head = file.read(begins)
        shown = file.read(SHOWN * 4)
        tail = shown[-TAIL:]
        while piece := file.read(1 << 18):
            tail = (tail + piece)[-TAIL:]
    done = ENDS.search(tail)
    end = None
    if done:
        try:
            end = _moment(done["time"], context)[0]
        except Unreadable:
            end = None
    for record in events(session, iter(())):
        if isinstance(record, Record):
            record.until = end if end and end > record.at else None
            text = screen(ENDS.sub(b"", shown).decode("utf-8", "replace"))
            more = "\n[…]" if len(text) > SHOWN else ""
            record.text = f"{record.text}\n{text[:SHOWN]}{more}".strip()
            record.raw = head + shown
        yield record


FORMAT = Format(
    key="typescript",
    label="script(1)",
    about="A terminal session recorded by script, best with its timing file in one zip",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
