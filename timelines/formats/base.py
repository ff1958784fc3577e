"""What every reader is given, and the small tools they share. No Django, no clock."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

import ijson
import orjson

from timelines.formats.records import Record, Skipped

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LINE_LIMIT = 1024 * 1024  # bytes; a longer line is skipped with a note
DOCUMENT_LIMIT = 32 * 1024 * 1024  # bytes; a larger JSON document is read element by element
VALUE_LIMIT = 8 * 1024 * 1024  # bytes without a single quotation mark: no evidence looks like that
CHUNK = 256 * 1024


class Unreadable(Exception):
    """The whole file cannot be read; the sentence says what is wrong, where, and what to do."""


class NeedsAnswer(Unreadable):
    """The file does not state its "zone", "year", "day", moment it was "captured", or "mapping": a person has to."""

    def __init__(self, asks_for: str, sentence: str) -> None:
        super().__init__(sentence)
        self.asks_for = asks_for


class Bundle(Protocol):
    """A file, a folder or an archive: names and how to open them."""

    name: str
    names: list[str]

    def open(self, name: str) -> BinaryIO: ...

    def size(self, name: str) -> int: ...


@dataclass
class Context:
    """What a person said about the source, and where progress goes."""

    zone: ZoneInfo | None = None
    year: int | None = None
    day: date | None = None  # of the first line, where lines state a time of day alone
    captured: datetime | None = None  # when "5m ago" was said
    mapping: dict[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class Format:
    """One kind of export. `sniff` looks at the bundle and the first bytes and names its reason, or None."""

    key: str
    label: str
    about: str
    sniff: Callable[[Bundle, bytes], str | None]
    read: Callable[[Bundle, Context], Iterator[Record | Skipped]]
    asks: tuple[str, ...] = ()  # what it may have to ask: see NeedsAnswer


# --- bytes -----------------------------------------------------------------------------------------


def lines(file: BinaryIO, limit: int = LINE_LIMIT) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without their ends; None for one longer than `limit`, which is never held whole."""
    number, long = 0, False
    while piece := file.readline(limit):
        whole = piece.endswith(b"\n")
        if not long:
            number += 1
        if long or (not whole and len(piece) >= limit):
            if not long:
                yield number, None
            long = not whole
            continue
        yield number, piece.rstrip(b"\r\n")


def decode(raw: bytes) -> str:
    """UTF-8 without its mark, or UTF-16 with its own; Windows-1252 where it is none. NUL, which no database text holds, becomes ␀."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").replace("\x00", "␀")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return text.replace("\x00", "␀")


def too_long(where: str) -> Skipped:
    return Skipped(where, f"The line is longer than {LINE_LIMIT // 1024 // 1024} MB.")


ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def clean(text: Any) -> str:
    """Text as it may be shown: no terminal codes, no direction overrides, no lone surrogates."""
    text = text if isinstance(text, str) else "" if text is None else str(text)
    if text.isascii() and text.isprintable():  # most lines of most files
        return text.strip()
    text = CONTROL.sub("", ANSI.sub("", text.replace("\x00", "␀")))
    return text.encode("utf-8", "replace").decode("utf-8").strip()


# --- JSON ------------------------------------------------------------------------------------------


def load(file: BinaryIO, size: int, where: str) -> Any:
    """A whole JSON document of moderate size. Raises Unreadable with the place of the trouble."""
    if size > DOCUMENT_LIMIT:
        raise Unreadable(
            f"{where} is a JSON document of {size // 1_000_000} MB; this format is read whole, up to 32 MB."
        )
    raw = file.read()
    return parse(raw, where)


HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F]|u[dD][89a-fA-F][\da-fA-F]{2}|.)", re.S)


def _paired(escape: re.Match) -> bytes:
    """Half a surrogate pair, which text cut in the middle of an emoji leaves behind, becomes U+FFFD."""
    alone = len(escape[0]) == 6
    return b"\\ufffd" if alone else escape[0]


def parse(raw: bytes, where: str) -> Any:
    if not raw.strip():
        raise Unreadable(f"{where} is empty.")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        with quiet_gc():
            return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if HALF_PAIR.search(raw) and (whole := ESCAPE.sub(_paired, raw)) != raw:
            return parse(whole, where)
        raise Unreadable(
            f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Is the export complete?"
        ) from error


@contextlib.contextmanager
def quiet_gc() -> Iterator[None]:
    """Garbage collection doubles the cost of parsing a large document, and finds nothing while it lasts."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def elements(file: BinaryIO, size: int, where: str, prefix: str = "item") -> Iterator[Any]:
    """The elements of a large JSON array, one at a time; `prefix` is ijson's path to them."""
    try:
        yield from ijson.items(Guarded(file, where), prefix, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Unreadable(f"{where} breaks off or is not JSON: {str(error).splitlines()[0][:120]}") from error


class Guarded:
    """A reader that refuses a single value without end before it is held in memory."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        self.file, self.where, self.since = file, where, 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(CHUNK if size is None or size < 0 else size)
        last = data.rfind(b'"')
        self.since = self.since + len(data) if last < 0 else len(data) - last
        if self.since > VALUE_LIMIT:
            raise Unreadable(
                f"{self.where} holds a single value of more than {VALUE_LIMIT // 1024 // 1024} MB; no export has that."
            )
        return data


def compact(value: Any) -> bytes:
    """The bytes kept as the raw record of a fragment of a larger document."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def get(value: Any, *path: str, default: Any = None) -> Any:
    """`value[a][b]…` where every step may be missing or of another shape."""
    for step in path:
        if not isinstance(value, dict):
            return default
        value = value.get(step)
    return default if value is None else value


# --- time ------------------------------------------------------------------------------------------

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(Z|z|UTC|[+-]\d\d:?\d\d|[+-]\d\d)?$"
)


@dataclass(frozen=True)
class Moment:
    at: datetime
    precision: str
    zone: str  # as written, "" when none
    nanoseconds: int = 0  # beyond the microsecond


class BadTime(ValueError):
    """Not a moment we can place; the sentence says why."""


def iso(text: Any, zone: ZoneInfo | None = None) -> Moment:
    """An ISO 8601 moment with up to nine digits of fraction; `zone` is used where none is written.

    Raises BadTime for nonsense, for a missing zone, and for years outside 1990–2100.
    """
    match = ISO.match(text.strip()) if isinstance(text, str) else None
    if not match:
        raise BadTime(f"{str(text)[:60]!r} is not a time.")
    year, month, day, hour, minute = (int(part) for part in match.group(1, 2, 3, 4, 5))
    second, fraction, written = match.group(6), match.group(7) or "", match.group(8) or ""
    nanoseconds = int(fraction.ljust(9, "0")) if fraction else 0
    try:
        leap = second == "60"
        naive = datetime(
            year, month, day, hour, minute, 59 if leap else int(second or 0), nanoseconds // 1000
        )
    except ValueError as error:
        raise BadTime(f"{text!r} is not a time: {error}.") from error
    try:
        at = aware(naive + timedelta(seconds=int(leap)), written, zone)
    except OverflowError as error:
        raise BadTime(f"The time {text!r} is outside 1990–2100.") from error
    in_range(at)
    precision = precision_of(len(fraction)) if second else "minute"
    return Moment(at, precision, written, nanoseconds % 1000)


def precision_of(digits: int) -> str:
    return (
        "second"
        if digits == 0
        else "millisecond"
        if digits <= 3
        else "microsecond"
        if digits <= 6
        else "nanosecond"
    )


def aware(naive: datetime, written: str, zone: ZoneInfo | None) -> datetime:
    if written in ("Z", "z", "UTC"):
        return naive.replace(tzinfo=UTC)
    if written:
        digits = written[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return (naive - offset if written[0] == "+" else naive + offset).replace(tzinfo=UTC)
    if zone is None:
        raise BadTime("The time has no zone.")
    return naive.replace(tzinfo=zone).astimezone(UTC)


def epoch(value: Any) -> Moment:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size."""
    try:
        number = int(str(value).split(".")[0])
        fraction = str(value).partition(".")[2]
    except ValueError as error:
        raise BadTime(f"{value!r} is not a time.") from error
    size = abs(number)
    if size < 10**11:
        digits = (fraction + "000000")[:6] if fraction.isdigit() else "000000"
        return Moment(in_range(_since(number * 10**6 + int(digits))), precision_of(len(fraction)), "Z")
    if size < 10**14:
        return Moment(in_range(_since(number * 1000)), "millisecond", "Z")
    if size < 10**17:
        return Moment(in_range(_since(number)), "microsecond", "Z")
    return Moment(in_range(_since(number // 1000)), "nanosecond", "Z", number % 1000)


def _since(microseconds: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise BadTime("The time is outside 1990–2100.") from error


def in_range(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise BadTime(f"The time {at:%Y-%m-%d %H:%M} is outside 1990–2100.")
    return at


def any_time(value: Any, zone: ZoneInfo | None = None) -> Moment:
    """ISO text or a number since 1970."""
    if isinstance(value, bool) or value is None or value == "":
        raise BadTime("There is no time.")
    if isinstance(value, (int, float)) or (
        isinstance(value, str) and re.fullmatch(r"\d{9,19}(\.\d+)?", value)
    ):
        return epoch(value)
    return iso(value, zone)


MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError)


def each(
    found: Iterable[Any], where: Callable[[int], str], make: Callable[[Any, str], Iterator[Record | Skipped]]
) -> Iterator:
    """Read elements one by one; one that is not what it should be is noted, never fatal."""
    for number, element in enumerate(found):
        place = where(number)
        try:
            if not isinstance(element, dict):
                raise BadTime(f"A {type(element).__name__} stands where a record should.")
            yield from make(element, place)
        except BadTime as error:
            yield Skipped(place, str(error))
        except MISSHAPEN as error:
            yield Skipped(
                place, f"The record is not of the expected shape ({type(error).__name__}: {str(error)[:80]})."
            )


def stem(name: str) -> str:
    return PurePosixPath(name).stem
