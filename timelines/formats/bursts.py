"""What a terminal showed, as events: output gathered until the screen rests, markers, the end.

Shared by the recordings of asciinema and script. What was typed is left out, for passwords are typed without being
shown; what the terminal echoed of it stands in the output.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from timelines.formats.base import ANSI, BadTime, clean, in_range
from timelines.formats.records import Certainty, Precision, Record, Skipped

REST = 2.0  # seconds without output that end a burst
SHOWN = 4000  # characters of one burst that are kept: from its beginning and its end
LONGEST = 366 * 86400.0  # seconds a recording may take
BACKSPACE = re.compile(r"[^\x08\n]\x08")
OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\n\r])", re.M)


@dataclass(frozen=True, slots=True)
class Session:
    start: datetime
    key: str  # what tells this recording from others
    name: str  # of the file
    title: str
    place: str = ""
    actor: str = ""
    precision: Precision = "second"
    certainty: Certainty = "exact"
    written: str = ""
    zone: str = ""


@dataclass(slots=True)
class _Burst:
    begun: float
    line: int
    last: float
    parts: list[str] = field(default_factory=list)
    size: int = 0
    dropped: int = 0
    digest: object = field(default_factory=hashlib.sha256)

    def add(self, at: float, text: str) -> None:
        self.last = at
        self.digest.update(text.encode("utf-8", "surrogatepass"))
        self.parts.append(text)
        self.size += len(text)
        while self.size > 4 * SHOWN and len(self.parts) > 2:
            middle = self.parts.pop(len(self.parts) // 2)
            self.size -= len(middle)
            self.dropped += len(middle)


def events(session: Session, found: Iterable[tuple[float, str, str, int]]) -> Iterator[Record | Skipped]:
    """Records from (seconds since the start, code, data, line): o output, i input, m marker, x exit; others are nothing.

    The last record is the recording itself, from its first to its last moment.
    """
    burst: _Burst | None = None
    typed = 0
    last, counts = 0.0, {}
    numbers: dict[str, int] = {}
    order = 0
    for at, code, data, line in found:
        counts[code] = counts.get(code, 0) + 1
        last = max(last, at)
        if code == "i":
            typed += 1
        if burst is not None and (at - burst.last >= REST or code in ("m", "x")):
            order += 1
            yield from _shown(session, burst, numbers, order)
            burst = None
        if code == "o" and data:
            burst = burst or _Burst(at, line, at)
            burst.add(at, data)
        elif code in ("m", "x"):
            order += 1
            text = (
                clean(data) or "marker"
                if code == "m"
                else f"The session ended with exit status {clean(data)[:20]}."
            )
            yield _record(
                session,
                at,
                None,
                "marker" if code == "m" else "exit",
                text,
                data.encode("utf-8", "replace"),
                line,
                numbers,
                order,
            )
    if burst is not None:
        yield from _shown(session, burst, numbers, order + 1)
    whole = _record(
        session,
        0.0,
        last,
        "terminal recording",
        session.title,
        session.written.encode() or b"recording",
        1,
        numbers,
        0,
    )
    whole.extra = {"events": counts, "seconds": round(last, 6)}
    yield whole
    if typed:
        yield Skipped(
            session.name,
            f"{typed} keystrokes were left out: what is typed may be a password. What the terminal showed was read.",
        )


def _shown(session: Session, burst: _Burst, numbers: dict[str, int], order: int) -> Iterator[Record]:
    raw = "".join(burst.parts)
    text = screen(raw)
    if not text:
        return
    if len(text) > SHOWN or burst.dropped:
        text = f"{text[: SHOWN // 2].rstrip()}\n[…]\n{text[-SHOWN // 2 :].lstrip()}"
    kept = raw.encode("utf-8", "replace") + (burst.digest.hexdigest().encode() if burst.dropped else b"")
    end = burst.last if burst.last > burst.begun else None
    yield _record(session, burst.begun, end, "terminal output", text, kept, burst.line, numbers, order)


def screen(raw: str) -> str:
    """Output as it reads when it has been shown: without codes, with what was erased or written over gone."""
    text = ANSI.sub("", raw).replace("\r\n", "\n")
    for _ in range(200):
        text, count = BACKSPACE.subn("", text)
        if not count:
            break
    return clean(OVERWRITTEN.sub("", text))


def _record(
    session: Session, begin: float, end: float | None, kind: str, text: str, raw: bytes, line: int, numbers: dict[str, int], order: int
) -> Record:  # fmt: skip
    key = f"{session.key}/{kind}/{begin:.6f}"
    numbers[key] = numbers.get(key, 0) + 1
    at = _moment(session.start, begin)
    return Record(
        at=at,
        until=_moment(session.start, end) if end is not None and end > begin else None,
        external_id=key if numbers[key] == 1 else f"{key}/{numbers[key]}",
        text=text,
        kind=kind,
        precision=session.precision,
        certainty=session.certainty,
        written=f"{session.written or 'start'} + {begin:g} s" if begin else session.written,
        zone=session.zone,
        actor=session.actor,
        actor_id=session.actor,
        actor_kind="person" if session.actor else "",
        place=session.place,
        where=f"{session.name}:{line}",
        raw=raw,
        order=order,
    )


def _moment(start: datetime, seconds: float) -> datetime:
    if not 0 <= seconds <= LONGEST:
        raise BadTime(f"{seconds:g} seconds after its start lies outside of any recording.")
    return in_range(start + timedelta(seconds=seconds))
