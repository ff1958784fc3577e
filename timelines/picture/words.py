"""Text in a picture: what is safe to write, how wide it will be, and how it is shortened.

A server has no fonts to measure with, so widths are those of DejaVu Sans, the widest of the common
interface faces: text set in any other one takes less room than was kept for it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, timedelta, tzinfo

from timelines.picture.contents import Mark, epoch
from timelines.picture.scale import DAY, HOUR, MINUTE, MONTHS, local

_WIDTHS = {
    character: width
    for width, characters in {
        0.28: "'ijl",
        0.3: "IJ",
        0.33: " ,.·",
        0.36: "/:;\\|f-",
        0.4: "()[]t!",
        0.42: "r",
        0.5: '"*_`–',
        0.53: "sz?",
        0.55: "c",
        0.58: "LFk",
        0.6: "vxyP",
        0.63: "TYaoeESbdghnpqu",
        0.64: "$0123456789{}",
        0.69: "KAVBRXZ",
        0.73: "CU",
        0.79: "HNDG&OQ",
        0.84: "w#+<=>^~×−",
        0.97: "Mm%",
        1.0: "W@…—",
    }.items()
    for character in characters
}
BOLD = 1.13
_SPACES = re.compile(r"\s+")
# Marks that turn the direction of text: an imported line must not rearrange what stands beside it.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: object) -> str:
    """One line that XML 1.0 can carry: spaces gathered; controls, surrogates and direction marks left out."""
    kept = (
        character
        for character in str(text)
        if character not in _TURNING
        and character not in "\ufffe\uffff"
        and (character.isspace() or unicodedata.category(character) not in ("Cc", "Cs"))
    )
    return _SPACES.sub(" ", "".join(kept)).strip()


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    return sum(map(_advance, text)) * size * (BOLD if bold else 1)


def _advance(character: str) -> float:
    if (known := _WIDTHS.get(character)) is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.25 if ord(character) > 0x1F000 else 1.02
    return 0.92 if ord(character) < 0x0600 or ord(character) > 0x2000 else 0.8


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text if it fits into `room` pixels, else its beginning and an ellipsis; nothing where less than three
    characters of it fit, which would tell nobody anything."""
    text = clean(text)
    if width_of(text, size, bold=bold) <= room:
        return text
    scale = size * (BOLD if bold else 1)
    used, kept = _WIDTHS["…"] * scale, 0
    for position, character in enumerate(text):
        used += _advance(character) * scale
        if used > room:
            break
        kept = position + 1
    while kept and kept < len(text) and _joins(text[kept - 1], text[kept]):
        kept -= 1
    begun = text[:kept].rstrip(" ,;:.·–-")
    return f"{begun}…" if len(begun) > 2 else ""


def _joins(before: str, after: str) -> bool:
    """Whether a cut between the two would leave half of a written character."""
    return before == "\u200d" or after == "\u200d" or unicodedata.category(after) in ("Mn", "Me", "Mc")


def wrapped(text: str, room: float, size: float, *, lines: int) -> list[str]:
    """At most `lines` lines, broken at spaces; the last one is shortened."""
    words = clean(text).split(" ")
    found: list[str] = []
    while words and len(found) < lines - 1:
        taken = 0
        while taken < len(words) and width_of(" ".join(words[: taken + 1]), size) <= room:
            taken += 1
        if not taken:
            break
        found.append(" ".join(words[:taken]))
        words = words[taken:]
    if words and (rest := shorten(" ".join(words), room, size)):
        found.append(rest)
    return found


def runs_right_to_left(text: str) -> bool:
    """By the first letter that has a direction, as a reader's eye decides it."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def clock(at: float, zone: tzinfo, *, seconds: bool = False, day: bool = False, year: bool = False) -> str:
    moment = local(at, zone)
    written = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    named = f" {moment.year}," if year else ""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]}{named} {written}" if day else written


def full_time(at: float, zone: tzinfo) -> str:
    moment = local(at, zone)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M:%S}"


def in_words(length: float | timedelta) -> str:
    """27 min · 2 h 5 min · 3 days 4 h; two units at most, and never more exact than it looks."""
    seconds = round(length.total_seconds() if isinstance(length, timedelta) else length)
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        minutes, rest = divmod(seconds, MINUTE)
        return f"{minutes} min" if minutes >= 5 or not rest else f"{minutes} min {rest} s"
    minutes = round(seconds / MINUTE)
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    hours = round(seconds / HOUR)
    days, rest = divmod(hours, 24)
    if days >= 14 or not rest:
        return f"{round(seconds / DAY)} days"
    return f"{days} days {rest} h"


def when_words(mark: Mark, zone: tzinfo) -> str:
    """When a mark happened, no more exact than it is known."""
    at = epoch(mark.at)
    words = full_time(at, zone)
    if mark.bounds:
        early, late = map(epoch, mark.bounds)
        words = f"about {words} (between {full_time(early, zone)} and {full_time(late, zone)})"
    elif mark.certainty == "approximate":
        words = f"about {words}"
    elif mark.certainty != "exact":
        words += f" ({clean(mark.certainty)})"
    if mark.until and epoch(mark.until) > at:
        words += f", for {in_words(epoch(mark.until) - at)}"
    return words


def about_mark(mark: Mark, lane: str, zone: tzinfo, *, number: int | None = None) -> str:
    """The words that come up on hovering: number, time, source, text."""
    said = (str(number or ""), when_words(mark, zone), clean(lane), shorten(mark.label, 9000, 12))
    return " · ".join(filter(None, said))


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def spans_days(start: float, end: float, zone: tzinfo) -> bool:
    return local(start, zone).date() != local(end, zone).date()


def iso(at: float) -> str:
    return local(at, UTC).isoformat().replace("+00:00", "Z")
