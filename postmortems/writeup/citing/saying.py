"""How what can be cited is said: in a few words within a sentence, and in a note beside it. Pure.

Times are those of the incident's zone, and never finer than the source knew them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

FEW = 60  # characters of an event within a sentence
SOME = 300  # characters of it in a note


@dataclass(frozen=True)
class Moment:
    """What an event says of itself."""

    at: datetime
    precision: str
    certainty: str
    source: str
    actor: str
    text: str
    caption: str = ""


def clock(moment: Moment, zone: ZoneInfo, *, short: bool = False) -> str:
    """`18:09:12`, `18:09` where the source wrote no seconds or `short` asks for none, `~18:09`, `18 h`, `10 March`."""
    at = moment.at.astimezone(zone)
    if moment.precision == "day":
        return f"{at.day} {at:%B}"
    if moment.precision == "hour":
        return f"{at:%H} h"
    if moment.certainty == "approximate":
        return f"~{at:%H:%M}"
    return f"{at:%H:%M}" if short or moment.precision == "minute" else f"{at:%H:%M:%S}"


def day(moment: Moment, zone: ZoneInfo) -> str:
    at = moment.at.astimezone(zone)
    return f"{at.day} {at:%B %Y}"


def who(moment: Moment) -> str:
    return f"{moment.source}, {moment.actor}" if moment.actor not in ("", moment.source) else moment.source


def in_words(moment: Moment, zone: ZoneInfo) -> str:
    """For a sentence: `18:09 lag alert fired`."""
    return f"{clock(moment, zone, short=True)} {shortened(moment.caption or moment.text, FEW)}"


def as_note(moment: Moment, zone: ZoneInfo) -> str:
    """When it was, who says so, and what it says, each on a line of its own."""
    known_to_the_day = moment.precision == "day"
    when = day(moment, zone) if known_to_the_day else f"{day(moment, zone)}, {clock(moment, zone)} {zone.key}"
    lines = [when, who(moment), shortened(moment.caption, SOME), shortened(moment.text, SOME)]
    return "\n".join(line for line in lines if line)


def of_role(role: str) -> str:
    """`the on-call responder`; a name in capital letters, such as SRE, stays as it is."""
    role = " ".join(role.split())
    if role.casefold().startswith("the "):
        role = role[4:].lstrip()
    first = role.split(" ", 1)[0]
    small = role if len(first) > 1 and first[1:] != first[1:].lower() else role[:1].lower() + role[1:]
    return f"the {small}"


def names_of(name: str, role: str) -> tuple[str, ...]:
    """What of somebody's name must not stand where their role is cited: all of it, and each part that is no word of the role."""
    parts = (part.strip(".,;()\"'“”") for part in name.split())
    words = set(role.casefold().split())
    named = (part for part in parts if len(part) > 1 and part.casefold() not in words)
    return tuple(
        dict.fromkeys([name.strip(), *named] if name.strip().casefold() != role.casefold() else named)
    )


def shortened(text: str, longest: int) -> str:
    """In one line, cut between two words where that is possible."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > longest // 2 else cut).rstrip(" ,;:") + "…"
