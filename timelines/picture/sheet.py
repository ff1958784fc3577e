"""The whole picture on one sheet.

From top to bottom: names of the incident's times, phases, the service-level curve, numbered pins, one lane
per source, what customers were told, hypotheses, the axis, and the key to the pins. Each part takes the room
it needs below the one before it; then all of them are drawn, what lies behind first.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from xml.sax.saxutils import escape

from timelines.picture.axis import Axis
from timelines.picture.beliefs import Beliefs, Messages
from timelines.picture.contents import Picture, epoch
from timelines.picture.curve import Curve
from timelines.picture.frame import LEAST, Frame, Link, Zoom
from timelines.picture.heading import Phases, Times
from timelines.picture.lanes import Lanes
from timelines.picture.pins import Key, Pins
from timelines.picture.scale import zone_sentence
from timelines.picture.svg import FONTS, Svg, number
from timelines.picture.words import clean, counted, full_time, in_words, wrapped


def draw(
    picture: Picture,
    *,
    width: int = 1120,
    zone: tzinfo = UTC,
    link: Link | None = None,
    zoom: Zoom | None = None,
    key: bool = True,
    name: str = "timeline",
) -> str:
    """One SVG document, the same for the same picture, to be put into a page, a PDF or a file as it is.

    `link` gives the address of an event, a message or a hypothesis (its own `href` without it); `zoom` the
    address of a narrower view, and makes each stretch of the axis a link. `key` lists the pins below the
    axis. `name` begins the ids: give two pictures on one page different ones.
    """
    width = max(width, LEAST)
    if picture.window is None:
        return _empty(picture, width, zone, name)
    frame = Frame(picture, picture.window, width=width, zone=zone, link=link, zoom=zoom)

    times = Times(frame, 10.0)
    phases = Phases(frame, times.bottom)
    curve = Curve(frame, phases.bottom)
    pins = Pins(frame, curve.bottom)
    lanes = Lanes(frame, pins, pins.bottom)
    messages = Messages(frame, lanes.bottom)
    beliefs = Beliefs(
        frame, messages.bottom, picture.hypotheses, label="What people believed", verb="Believed"
    )
    trials = Beliefs(frame, beliefs.bottom, picture.interventions, label="What was tried", verb="Tried")
    axis = Axis(frame, trials.bottom + 4)
    legend = Key(frame, pins, axis.bottom + 8, wanted=key)
    height = max(legend.bottom, axis.bottom + 6)

    frame.svg.rect("tl-sheet", 0.0, 0.0, float(width), height)
    phases.draw_behind(lanes.bottom)
    axis.draw_grid(phases.bottom)
    lanes.draw_silences()
    phases.draw()
    times.draw(lines_from=phases.bottom, lines_to=axis.top)
    curve.draw()
    pins.draw_leaders(lanes.middles)
    lanes.draw()
    messages.draw()
    beliefs.draw()
    trials.draw()
    pins.draw()
    axis.draw()
    legend.draw()
    window = {
        "data_start": round(frame.scale.start * 1000),
        "data_end": round(frame.scale.end * 1000),
        "data_left": number(frame.left),
        "data_right": number(frame.right),
        "data_top": number(phases.top),
        "data_bottom": number(axis.top),
        "data_zone": getattr(zone, "key", None) or "UTC",
    }
    return _document(picture, frame.svg.text(), width, height, zone, name, window)


def _document(
    picture: Picture,
    body: str,
    width: int,
    height: float,
    zone: tzinfo,
    name: str,
    window: dict[str, object],
) -> str:
    """With links inside it is a group, whose links a screen reader can reach; without, one image."""
    about = Svg()
    about.element("title", inside=escape(clean(picture.title) or "Timeline"), id=f"{name}-title")
    about.element("desc", inside=escape(describe(picture, zone)), id=f"{name}-desc")
    document = Svg()
    document.element(
        "svg",
        "tl",
        about.text() + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {number(height)}",
        width=width,
        height=number(height),
        role="group" if "<a " in body else "img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        font_family=FONTS,
        **window,
    )
    return document.text()


def _empty(picture: Picture, width: int, zone: tzinfo, name: str) -> str:
    svg, height = Svg(), 132.0
    svg.rect("tl-sheet", 0.0, 0.0, float(width), height)
    svg.rect("tl-rule", 10.5, 10.5, width - 21.0, height - 21.0, rx=6, stroke_dasharray="4 4")
    svg.words("tl-strong", width / 2, 62.0, "No evidence yet", size=15, anchor="middle")
    sentence = "Each source gets a lane here as soon as it is imported."
    for row, line in enumerate(wrapped(sentence, width - 60.0, 12, lines=2)):
        svg.words("tl-muted", width / 2, 84.0 + 16 * row, line, size=12, anchor="middle")
    return _document(picture, svg.text(), width, height, zone, name, {})


def describe(picture: Picture, zone: tzinfo) -> str:
    """What the picture shows, for somebody who does not see it; the table behind it holds the rest."""
    if picture.window is None:
        return "There is no evidence yet."
    start, end = picture.window
    binned = {lane.key for lane in picture.lanes if lane.bins}
    events = sum(mark.lane not in binned for mark in picture.marks)
    events += sum(count for lane in picture.lanes for _, count in lane.bins)
    words = [
        f"{counted(events, 'event', 'events')} from {counted(len(picture.lanes), 'source', 'sources')},"
        f" between {full_time(start, zone)} and {full_time(end, zone)}."
    ]
    words += [f"{clean(moment.name)} {full_time(epoch(moment.at), zone)}." for moment in picture.moments]
    if picture.gaps:
        longest = max(epoch(gap.end) - epoch(gap.start) for gap in picture.gaps)
        stretches = counted(len(picture.gaps), "stretch", "stretches")
        words.append(f"{stretches} without evidence, the longest {in_words(longest)}.")
    words.append(zone_sentence(start, end, zone) + ".")
    return " ".join(words)
