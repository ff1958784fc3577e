"""Above the lanes: the names of the incident's times, with their lines, and the phases."""

from __future__ import annotations

from xml.sax.saxutils import escape

from timelines.picture import arrange
from timelines.picture.contents import epoch
from timelines.picture.frame import Frame
from timelines.picture.svg import Svg
from timelines.picture.words import clean, full_time, in_words, shorten, width_of

SIZE = 11.5
NAME_ROW, PHASE_ROW = 17.0, 24.0


class Times:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        shown = [moment for moment in frame.picture.moments if frame.shows(moment.at)]
        self.moments = sorted(shown, key=lambda moment: epoch(moment.at))
        self.names = self._arranged()
        rows = max((named.row for named in self.names), default=-1) + 1
        self.bar = top + NAME_ROW * rows + 3
        self.bottom = top + NAME_ROW * rows + (10.0 if self.moments else 0.0)

    def _arranged(self) -> list[arrange.Named]:
        """Whole names if they can stand clear of each other's lines, else shorter ones."""
        frame = self.frame
        xs = [frame.x(moment.at) for moment in self.moments]
        low, high = 4.0, frame.width - 4.0
        for share in (0.42, 0.3, 0.2, 0.12):
            self.texts = []
            for moment in self.moments:
                at = f" {frame.clock(moment.at)}"
                name = shorten(moment.name, frame.width * share, SIZE, bold=True)
                self.texts.append((name, at if name else at.lstrip()))
            widths = [width_of(name, SIZE, bold=True) + width_of(at, SIZE) for name, at in self.texts]
            if (named := arrange.name_lines(xs, widths, low=low, high=high)) is not None:
                return named
        return arrange.one_below_the_other(xs, widths, low=low, high=high)

    def draw(self, *, lines_from: float, lines_to: float) -> None:
        """The lines stop for the phases, whose words they would cut."""
        self._impact()
        svg = self.frame.svg
        for moment, named, (name, at) in zip(self.moments, self.names, self.texts, strict=True):
            x = self.frame.x(moment.at)
            y = self.top + NAME_ROW * named.row
            svg.line("tl-moment-edge", x, y + 1, x, self.bar + 3)
            svg.line("tl-moment", x, lines_from, x, lines_to)
            inside = Svg()
            if name:
                inside.element("tspan", "tl-strong", escape(name))
            inside.element("tspan", "tl-muted", escape(at), font_weight=400)
            svg.element(
                "text",
                "tl-ink tl-name",
                inside.text(),
                x=named.left if named.after else named.right,
                y=y + 12,
                font_size=SIZE,
                text_anchor=None if named.after else "end",
            )

    def _impact(self) -> None:
        """A bar from the beginning of impact to its end."""
        frame = self.frame
        times = {moment.name: epoch(moment.at) for moment in frame.picture.moments}
        began, over = times.get("Impact began"), times.get("Resolved")
        if began is None or over is None or over <= began or not frame.scale.meets(began, over):
            return
        x = frame.scale.x(began)
        with frame.svg.group():
            frame.svg.title(f"Impact lasted {in_words(over - began)}")
            frame.svg.rect("tl-impact", x, self.bar, max(frame.scale.x(over) - x, 2.0), 3.0)


class Phases:
    def __init__(self, frame: Frame, top: float) -> None:
        self.frame, self.top = frame, top
        met = [phase for phase in frame.picture.phases if frame.meets(phase)]
        self.phases = sorted(met, key=lambda phase: (epoch(phase.start), frame.end_of(phase), phase.name))
        self.rows = arrange.rows_for([frame.across(phase) for phase in self.phases], between=0)
        rows = max(self.rows, default=-1) + 1
        self.bottom = top + PHASE_ROW * rows + (4.0 if rows else 0.0)

    def draw_behind(self, down_to: float) -> None:
        """Every other phase tints the lanes below it, so that the eye keeps it without a line."""
        for place, phase in enumerate(self.phases):
            if self.rows[place] == 0 and place % 2 == 0:
                left, right = self.frame.across(phase)
                height = down_to - self.bottom
                self.frame.svg.rect("tl-band-other", left, self.bottom, right - left, height, opacity=0.6)

    def draw(self) -> None:
        frame, svg = self.frame, self.frame.svg
        if self.phases and not frame.narrow:
            frame.gutter_label("Phases", self.top + 14)
        for phase, row in zip(self.phases, self.rows, strict=True):
            left, right = frame.across(phase)
            top = self.top + PHASE_ROW * row
            began = epoch(phase.start)
            with svg.group():
                lasted = in_words(frame.end_of(phase) - began)
                svg.title(f"{clean(phase.name)}: {lasted} from {full_time(began, frame.zone)}")
                svg.rect("tl-band", left, top, max(right - left, 1.5), 20.0)
                svg.line("tl-band-edge", left + 0.75, top, left + 0.75, top + 20)
                frame.say(
                    "tl-ink", left + 7, top + 14, shorten(phase.name, right - left - 12, SIZE), size=SIZE
                )
