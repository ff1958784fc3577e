"""The axis: round local times, the day or year they belong to, and the zone written out."""

from __future__ import annotations

from datetime import UTC

from timelines.picture.frame import Frame
from timelines.picture.scale import context_at, local, ticks, zone_sentence
from timelines.picture.svg import number
from timelines.picture.words import clean, full_time, width_of, wrapped

SIZE = 11.5


class Axis:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        most = int((frame.right - frame.left) / (58 if frame.narrow else 74))
        self.ticks = ticks(frame.scale.start, frame.scale.end, frame.zone, most=most)
        sentence = zone_sentence(frame.scale.start, frame.scale.end, frame.zone)
        self.zone_lines = wrapped(sentence, frame.right - frame.left, 11, lines=3)
        self.bottom = top + 40.0 + 15.0 * len(self.zone_lines)

    def draw_grid(self, top: float) -> None:
        for strong in (False, True):
            strokes = "".join(
                f"M{number(self.frame.scale.x(tick.at))} {number(top)}V{number(self.top)}"
                for tick in self.ticks
                if tick.strong is strong
            )
            if strokes:
                self.frame.svg.path("tl-grid-strong" if strong else "tl-grid", strokes)

    def draw(self) -> None:
        frame, svg, y = self.frame, self.frame.svg, self.top
        svg.line("tl-axis", frame.left, y, frame.right, y)
        taken = 0.0
        for tick in self.ticks:
            x = frame.scale.x(tick.at)
            svg.line("tl-axis", x, y, x, y + (8 if tick.strong else 5))
            half = width_of(tick.label, SIZE) / 2
            centre = min(max(x, half + 2), frame.width - half - 2)
            if centre - half >= taken:
                svg.words("tl-ink tl-tick", centre, y + 19, tick.label, size=SIZE, anchor="middle")
                taken = centre + half + 4
        self._contexts()
        for row, line in enumerate(self.zone_lines):
            svg.words("tl-muted", frame.left, y + 50 + 15.0 * row, line, size=11)
        self._stretches()

    def _contexts(self) -> None:
        """The day or year under the left edge, and wherever the next one begins; the last one always."""
        if not self.ticks:
            return
        frame, y = self.frame, self.top + 34
        marks = [(frame.left, context_at(frame.scale.start, self.ticks[0], frame.zone))]
        for tick in self.ticks:
            if tick.context != marks[-1][1]:
                marks.append((frame.scale.x(tick.at), tick.context))
        last_x, last = marks.pop()
        last_x = min(last_x, frame.width - 4 - width_of(last, 11, bold=True))
        frame.svg.words("tl-strong", last_x, y, last, size=11)
        for (x, words), (following, _) in zip(marks, [*marks[1:], (last_x, "")], strict=False):
            if x + width_of(words, 11, bold=True) + 8 <= following:
                frame.svg.words("tl-strong", x, y, words, size=11)

    def _stretches(self) -> None:
        """Zooming without script: each stretch between two ticks leads to a view of that stretch."""
        frame = self.frame
        if not frame.zoom:
            return
        edges = [frame.scale.start, *(tick.at for tick in self.ticks), frame.scale.end]
        for since, until in zip(edges, edges[1:], strict=False):
            left, right = frame.scale.x(since), frame.scale.x(until)
            if right - left < 16 or not (address := frame.zoom(local(since, UTC), local(until, UTC))):
                continue
            with frame.svg.group("tl-stretch", "a", href=clean(address)):
                words = f"{full_time(since, frame.zone)} to {full_time(until, frame.zone)}"
                frame.svg.title(f"Look closer: {words}")
                frame.svg.rect("tl-hit", left, self.top, right - left, 24.0)
