"""Below the lanes: what customers were told, and what people believed at the time."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from timelines.picture import arrange
from timelines.picture.contents import Hypothesis, epoch
from timelines.picture.frame import Frame
from timelines.picture.svg import Svg, lane_look, number
from timelines.picture.words import clean, full_time, shorten, width_of

LIMIT = 8  # rows of hypotheses
ROW = 30.0
TOLD = "Told to customers"
SIZE, LEAST_WORDS = 11.5, 44.0


class Messages:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        shown = [message for message in frame.picture.messages if frame.shows(message.at)]
        self.messages = sorted(shown, key=lambda message: epoch(message.at))
        height = (48.0 if frame.narrow else 36.0) if frame.picture.messages else 0.0
        self.bottom = top + height

    def draw(self) -> None:
        frame, svg = self.frame, self.frame.svg
        if not frame.picture.messages:
            return
        frame.ruled(self.top)
        middle = self.top + (33.0 if frame.narrow else 18.0)
        with svg.group(lane_look(8)):
            self._label(middle)
            xs = [frame.x(message.at) for message in self.messages]
            for message, x, room in zip(self.messages, xs, self._rooms(xs), strict=True):
                about = (
                    f"{full_time(epoch(message.at), frame.zone)} · {TOLD} · {shorten(message.text, 9000, 12)}"
                )
                with frame.thing(message, about, x):
                    svg.shape("bubble", x, middle, 5.5)
                    words = shorten(message.text, abs(room), SIZE) if abs(room) > LEAST_WORDS else ""
                    if words:
                        left = x + 12 if room > 0 else x - 12 - width_of(words, SIZE)
                        frame.plate(left, middle + 4, width_of(words, SIZE), SIZE)
                        anchor = "start" if room > 0 else "end"
                        frame.say(
                            "tl-ink",
                            x + (12 if room > 0 else -12),
                            middle + 4,
                            words,
                            size=SIZE,
                            anchor=anchor,
                        )

    def _rooms(self, xs: list[float]) -> list[float]:
        """How wide each message's words may be. The last often stands at the edge: where the words of the
        one before it leave more room than the edge does, its own stand before it, and its room is negative."""
        if not xs:
            return []
        needs = [width_of(clean(message.text), SIZE) for message in self.messages]
        rooms = [following - x - 24 for x, following in zip(xs, xs[1:], strict=False)]
        after = self.frame.right + 8 - xs[-1] - 12
        before = rooms[-1] - needs[-2] - 24 if rooms else xs[-1] - 12 - self.frame.left
        if after >= needs[-1] or before <= after:
            return [*rooms, after]
        return [*rooms, -min(needs[-1], before)]

    def _label(self, middle: float) -> None:
        frame = self.frame
        x = frame.left + 6 if frame.narrow else 17.0
        y = self.top + 13 if frame.narrow else middle + 4
        if frame.narrow:
            frame.plate(frame.left, y, width_of(TOLD, 12.5) + 18, 12.5)
        frame.svg.shape("bubble", x, y - 4, 4.5)
        frame.svg.words("tl-ink", x + 12, y, TOLD, size=12.5)


class Beliefs:
    """Hypotheses as spans: an open end for what is still believed, a cross for what was ruled out, a tick
    for what held true; and the words for it, because a shape alone says too little."""

    def __init__(
        self, frame: Frame, top: float, spans: Sequence[Hypothesis], *, label: str, verb: str
    ) -> None:
        self.frame, self.top, self.label, self.verb = frame, top, label, verb
        every = sorted(spans, key=lambda belief: epoch(belief.since))
        self.beliefs = [b for b in every if frame.scale.meets(epoch(b.since), self._end(b))]
        self.texts: list[tuple[float, str, str]] = []
        rooms = []
        for belief in self.beliefs:
            x1, x2 = frame.x(belief.since), frame.scale.x(self._end(belief))
            became = f" · {belief.words}"
            became += f" {frame.clock(belief.until)}" if belief.until and belief.until > belief.since else ""
            text = shorten(belief.text, frame.right - frame.left - width_of(became, 11) - 8, 12)
            wide = width_of(text, 12) + width_of(became, 11)
            left = max(frame.left, min(x1, frame.right - wide))
            self.texts.append((left, text, became))
            rooms.append((min(x1, left), max(x2 + 10, left + wide)))
        self.rows = arrange.rows_for(rooms, between=12)
        self.hidden = sum(row >= LIMIT for row in self.rows)
        self.first = top + (18.0 if frame.narrow else 2.0)
        rows = min(max(self.rows, default=-1) + 1, LIMIT)
        room = rows * ROW + (22.0 if frame.narrow else 8.0) + (16.0 if self.hidden else 0.0)
        self.bottom = top + room if self.beliefs else top

    def _end(self, belief: Hypothesis) -> float:
        return max(epoch(belief.until) if belief.until else self.frame.scale.end, epoch(belief.since))

    def draw(self) -> None:
        if not self.beliefs:
            return
        frame, svg = self.frame, self.frame.svg
        frame.ruled(self.top)
        frame.gutter_label(self.label, self.top + (14 if frame.narrow else 16))
        for belief, row, (left, text, became) in zip(self.beliefs, self.rows, self.texts, strict=True):
            if row >= LIMIT:
                continue
            y = self.first + ROW * row
            since = full_time(epoch(belief.since), frame.zone)
            about = f"{since} · {self.verb} · {shorten(belief.text, 9000, 12)}{became}"
            with frame.thing(belief, about, frame.x(belief.since)):
                frame.plate(left, y + 14, width_of(text, 12) + width_of(became, 11), 12)
                inside = Svg()
                inside.element("tspan", "", escape(text))
                inside.element("tspan", "tl-muted", escape(became), font_size=11.0)
                svg.element("text", "tl-ink", inside.text(), x=left, y=y + 14, font_size=12.0)
                self._line(belief, y + 22)
        if self.hidden:
            words = f"and {self.hidden} more in the list"
            svg.words("tl-muted", frame.left, self.first + ROW * LIMIT + 12, words, size=11)

    def _line(self, belief: Hypothesis, y: float) -> None:
        frame, svg = self.frame, self.frame.svg
        x1, x2 = frame.x(belief.since), frame.scale.x(self._end(belief))
        if frame.shows(belief.since):
            svg.line("tl-belief", x1, y - 3, x1, y + 3)
        svg.line("tl-belief", x1, y, max(x2 - 4, x1), y)
        if not frame.scale.shows(self._end(belief)):
            return
        if belief.outcome == "struck":
            svg.path("tl-belief", f"M{number(x2 - 4)} {number(y - 4)}l8 8m0 -8l-8 8")
        elif belief.outcome == "held":
            svg.path("tl-belief", f"M{number(x2 - 4)} {number(y)}l3 4l5 -8")
        else:
            svg.element("circle", "tl-belief-end", cx=x2, cy=y, r=3.5)
