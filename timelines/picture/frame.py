"""What every part of the picture shares: the scale, the ground it draws on, and how words and links are set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

from timelines.picture.contents import Gap, Hypothesis, Mark, Message, Phase, Picture, epoch
from timelines.picture.scale import Scale
from timelines.picture.svg import Svg
from timelines.picture.words import clean, clock, local, runs_right_to_left, spans_days, width_of

Linked = Mark | Message | Hypothesis
Link = Callable[[Linked], str | None]
Zoom = Callable[[datetime, datetime], str | None]

NARROW = 600  # below it, labels stand above their lanes
LEAST = 300
GUTTER = 200


class Frame:
    def __init__(
        self,
        picture: Picture,
        window: tuple[float, float],
        *,
        width: int,
        zone: tzinfo,
        link: Link | None,
        zoom: Zoom | None,
    ) -> None:
        self.picture, self.width, self.zone, self.zoom = picture, width, zone, zoom
        self.link = link or (lambda thing: thing.href or None)
        self.narrow = width < NARROW
        self.left = 14.0 if self.narrow else float(GUTTER + 12)
        self.right = float(width - 16)
        self.scale = Scale(*window, self.left, self.right)
        self.with_day = spans_days(*window, zone)
        self.with_year = local(window[0], zone).year != local(window[1], zone).year
        self.with_seconds = window[1] - window[0] < 900
        self.svg = Svg()

    # --- time ----------------------------------------------------------------------------------

    def x(self, at: datetime) -> float:
        return self.scale.x(epoch(at))

    def shows(self, at: datetime) -> bool:
        return self.scale.shows(epoch(at))

    def clock(self, at: datetime) -> str:
        return clock(epoch(at), self.zone, day=self.with_day, seconds=self.with_seconds, year=self.with_year)

    def end_of(self, span: Phase | Gap) -> float:
        """An open span lasts as long as the picture."""
        return epoch(span.end) if span.end else max(self.scale.end, epoch(span.start))

    def meets(self, span: Phase | Gap) -> bool:
        since, until = epoch(span.start), self.end_of(span)
        return until >= since and self.scale.meets(since, until)

    def across(self, span: Phase | Gap) -> tuple[float, float]:
        return self.x(span.start), self.scale.x(self.end_of(span))

    # --- words ---------------------------------------------------------------------------------

    def say(self, look: str, x: float, y: float, text: str, *, size: float, anchor: str = "start") -> None:
        """What people wrote: it may run from right to left, and still hangs where it is put."""
        self.svg.words(look, x, y, text, size=size, anchor=anchor, right_to_left=runs_right_to_left(text))

    def plate(self, left: float, baseline: float, wide: float, size: float) -> None:
        """A veil of ground under words, so that lines that run down behind them do not cut them."""
        self.svg.rect("tl-sheet", left - 2, baseline - size + 0.5, wide + 4, size + 3, rx=2, opacity=0.85)

    def gutter_label(self, words: str, y: float) -> None:
        x = self.left if self.narrow else 12.0
        if self.narrow:
            self.plate(x, y, width_of(words, 11.5), 11.5)
        self.svg.words("tl-muted", x, y, words, size=11.5)

    def ruled(self, y: float) -> None:
        self.svg.line("tl-rule", self.left if self.narrow else 0.0, y, self.right, y)

    # --- things with words of their own --------------------------------------------------------

    @contextmanager
    def thing(self, thing: Linked | None, about: str, x: float, *, linked: bool = True) -> Iterator[None]:
        """A group with words for hovering; a link when there is somewhere to go."""
        address = self.link(thing) if thing is not None and linked else None
        attributes: dict[str, object] = {"data_x": x}
        if thing is not None and thing.id != "":
            attributes["data_mark"] = clean(thing.id)
        if address:
            attributes["href"] = clean(address)
        with self.svg.group("tl-mark", "a" if address else "g", **attributes):
            self.svg.title(about)
            yield
