"""The timeline on paper: first all of it, then piece by piece, each in letters that can be read. Pure.

The numbers are those that the list of events carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from timelines import picture

WIDTH = 599  # as wide as the narrow drawing goes, which has its labels above the lanes; one of its units is a CSS pixel
PIECE = 22  # events whose numbers have room beside each other
PIECES = 24  # pictures; of more events than they hold, the numbers are drawn together
GROUND = "#fffdf9"  # of the page; paper has its own
TITLE = re.compile(r"(<title[^>]*>)([^<]*)(</title>)(<desc[^>]*>)([^<]*)</desc>")


def pictures(document: Mapping[str, Any]) -> list[str]:
    """SVG, one after the other; none where the document has no picture."""
    if not document.get("picture") or not document["events"]:
        return []
    zone = ZoneInfo(document["zone"])
    lanes = _lanes(document["events"])
    marks = [_mark(event, lanes, number) for number, event in enumerate(document["events"], start=1)]
    pieces = list(_pieces(marks))
    about = _about(document)
    if len(pieces) == 1:
        return [_drawn(about | {"lanes": list(lanes.values()), "marks": marks}, zone, "whole")]
    whole = [_unpinned(mark) for mark in marks]
    drawn = [_drawn(about | {"title": "The whole timeline", "lanes": list(lanes.values()), "marks": whole}, zone, "whole")]  # fmt: skip
    return drawn + [
        _piece(piece, number, len(pieces), lanes, about, zone) for number, piece in enumerate(pieces, start=1)
    ]


def _piece(
    piece: Sequence[picture.Mark], number: int, count: int, lanes: Mapping[str, picture.Lane], about: Mapping[str, Any], zone: ZoneInfo
) -> str:  # fmt: skip
    present = {mark.lane for mark in piece}
    spare = max((piece[-1].at - piece[0].at) * 0.03, timedelta(seconds=5))
    return _drawn(
        about
        | {
            "title": f"The timeline, part {number} of {count}: events {piece[0].number} to {piece[-1].number}",
            "lanes": [lane for lane in lanes.values() if lane.key in present],
            "marks": piece,
            "start": piece[0].at - spare,
            "end": piece[-1].at + spare,
        },
        zone,
        f"piece-{number}",
    )


def _drawn(values: Mapping[str, Any], zone: ZoneInfo, name: str) -> str:
    svg = picture.draw(picture.Picture(**values), width=WIDTH, zone=zone, key=False, name=name)
    # What a reader of the PDF hears is the title alone. Style sheets do not reach into a drawing there.
    return picture.for_print(TITLE.sub(r"\1\2. \5\3\4\5</desc>", svg, count=1)).replace(GROUND, "#fff")


def _about(document: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: _instant(at) for name, at in document["times"].items() if at}
    return {
        "title": "The timeline",
        "moments": picture.moments_of(times),
        "phases": [
            picture.Phase(name=one["name"], start=_instant(one["start"]), end=_instant(one["end"]))
            for one in document.get("phases", ())
        ],
    }


def _lanes(events: Sequence[Mapping[str, Any]]) -> dict[str, picture.Lane]:
    """One for each source, in the order of the colours they have on the page."""
    seen = {event["source"]: event["lane"] for event in events}  # a twin does not tell its sources
    return {
        name: picture.Lane(key=name, name=name or "What happened", colour=lane or 1)
        for name, lane in sorted(seen.items(), key=lambda one: (one[1], one[0]))
    }


def _mark(event: Mapping[str, Any], lanes: Mapping[str, picture.Lane], number: int) -> picture.Mark:
    remembered = event["certainty"] == "approximate"
    until = _instant(event["until"])
    return picture.Mark(
        at=_instant(event["at"]), until=None if remembered else until, lane=event["source"], text=event["text"][:160],
        caption=event["caption"], pinned=True, number=number, kind=event["kind"], precision=event["precision"],
        certainty="approximate" if remembered else "exact", id=number,
    )  # fmt: skip


def _unpinned(mark: picture.Mark) -> picture.Mark:
    return picture.Mark(
        at=mark.at, until=mark.until, lane=mark.lane, text=mark.text, caption=mark.caption, kind=mark.kind,
        precision=mark.precision, certainty=mark.certainty, id=mark.id,
    )  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _pieces(marks: Sequence[picture.Mark]) -> Iterator[Sequence[picture.Mark]]:
    """Runs of about the same number of events, each ending where it is quiet for longest nearby."""
    wanted = min(PIECES, -(-len(marks) // PIECE))
    size, begin = len(marks) / wanted, 0
    for number in range(1, wanted):
        near = round(number * size)
        reach = max(1, int(size / 4))
        places = range(max(begin + 1, near - reach), min(len(marks) - 1, near + reach) + 1)
        cut = max(places, key=lambda place: (marks[place].at - marks[place - 1].at, -abs(place - near)))
        yield marks[begin:cut]
        begin = cut
    yield marks[begin:]
