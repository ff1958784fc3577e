"""Pinned events: numbered badges on one line, leaders down to where they lie, and the key that names them."""

from __future__ import annotations

from timelines.picture import arrange
from timelines.picture.contents import Mark, epoch, numbered
from timelines.picture.frame import Frame
from timelines.picture.svg import lane_look, polyline
from timelines.picture.words import about_mark, clock, width_of, wrapped

KEY_LIMIT = 24
LINE = 16.0


def badge(frame: Frame, centre: float, middle: float, wide: float, words: str) -> None:
    frame.svg.rect("tl-badge", centre - wide / 2, middle - 9, wide, 18.0, rx=9)
    frame.svg.words("tl-on-lane", centre, middle + 3.8, words, size=10.5, anchor="middle", font_weight=600)


def badge_width(words: str) -> float:
    return max(18.0, width_of(words, 10.5, bold=True) + 9)


class Pins:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        every = numbered(frame.picture)
        self.shown = [(number, mark) for number, mark in every if frame.shows(mark.at)]
        longest = max((number for number, _ in every), default=0)
        self.badges = arrange.badges(
            [frame.x(mark.at) for _, mark in self.shown],
            [badge_width(str(number)) for number, _ in self.shown],
            low=frame.left - 6,
            high=frame.right + 8,
            shared=badge_width(f"{longest}–{longest}"),
        )
        self.bottom = top + 38.0 if self.badges else top
        # Events that a badge of their own links to: one stop for the keyboard is enough.
        self.alone = {id(self.shown[b.members[0]][1]) for b in self.badges if len(b.members) == 1}
        self.lanes = {lane.key: lane for lane in frame.picture.lanes}

    def colour(self, mark: Mark) -> str:
        lane = self.lanes.get(mark.lane)
        return lane_look(lane.colour if lane else 8)

    def draw_leaders(self, middles: dict[str | int, float]) -> None:
        """`middles` says at which height each lane's marks lie."""
        frame, strokes = self.frame, []
        below = self.top + 24.0
        for each in self.badges:
            lowest: dict[float, float] = {}
            for member in each.members:
                mark = self.shown[member][1]
                x = frame.x(mark.at)
                lowest[x] = max(lowest.get(x, 0.0), middles.get(mark.lane, self.bottom))
            for x, y in lowest.items():
                strokes.append(polyline([(each.centre, below - 4), (x, below + 10), (x, y)]))
        if strokes:
            frame.svg.path("tl-leader", "".join(strokes))

    def draw(self) -> None:
        frame, middle = self.frame, self.top + 12
        if self.badges and not frame.narrow:
            frame.gutter_label("Pinned", middle + 4)
        for each in self.badges:
            members = [self.shown[member] for member in each.members]
            first, mark = members[0]
            alone = len(members) == 1
            words = str(first) if alone else f"{first}–{members[-1][0]}"
            looks = {self.colour(mark) for _, mark in members}
            about = f"{len(members)} pinned events, {words}"
            if alone:
                lane = self.lanes.get(mark.lane)
                about = about_mark(mark, lane.name if lane else "", frame.zone, number=first)
            with (
                frame.svg.group(looks.pop() if len(looks) == 1 else lane_look(8)),
                frame.thing(mark if alone else None, about, frame.x(mark.at)),
            ):
                badge(frame, each.centre, middle, each.width, words)


class Key:
    """The numbers once more with time and words, in two columns where there is room; at most `KEY_LIMIT`."""

    def __init__(self, frame: Frame, pins: Pins, top: float, *, wanted: bool) -> None:
        self.frame, self.pins, self.top = frame, pins, top
        listed = pins.shown[:KEY_LIMIT] if wanted else []
        self.more = len(pins.shown) - len(listed)
        self.columns = 1 if frame.width < 760 else 2
        self.column = (frame.width - 24.0) / self.columns
        self.times = [
            clock(epoch(mark.at), frame.zone, seconds=True, day=frame.with_day, year=frame.with_year)
            for _, mark in listed
        ]
        self.text_x = 40.0 + max((width_of(time, 11.5) for time in self.times), default=0.0)
        room = self.column - self.text_x - 14
        self.rows = [(number, mark, wrapped(mark.label, room, 12, lines=2)) for number, mark in listed]
        self.heights = [10.0 + LINE * max(len(lines), 1) for _, _, lines in self.rows]
        self.split = self._split()
        tallest = max(sum(self.heights[: self.split]), sum(self.heights[self.split :]))
        self.bottom = top + (tallest + 16.0 + (22.0 if self.more else 0.0) if self.rows else 0.0)

    def _split(self) -> int:
        """Where the second column begins, so that both are about as tall and the first is not the shorter."""
        if self.columns == 1:
            return len(self.rows)
        taken, half = 0.0, sum(self.heights) / 2
        for place, height in enumerate(self.heights):
            if taken >= half - 0.1:
                return place
            taken += height
        return len(self.rows)

    def draw(self) -> None:
        if not self.rows:
            return
        frame, svg = self.frame, self.frame.svg
        svg.line("tl-rule", 12.0, self.top, frame.width - 12.0, self.top)
        y, left = self.top + 10.0, 12.0
        for place, (number, mark, lines) in enumerate(self.rows):
            if place == self.split:
                y, left = self.top + 10.0, 12.0 + self.column
            with svg.group(self.pins.colour(mark)):
                wide = badge_width(str(number))
                badge(frame, left + wide / 2, y + 9, wide, str(number))
            svg.words("tl-muted tl-tick", left + 30, y + 13, self.times[place], size=11.5)
            for row, line in enumerate(lines):
                frame.say("tl-ink", left + self.text_x, y + 13 + LINE * row, line, size=12)
            y += self.heights[place]
        if self.more:
            svg.words("tl-muted", 12.0, self.bottom - 12, f"and {self.more:,} more in the list", size=11.5)
