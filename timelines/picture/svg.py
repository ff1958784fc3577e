"""SVG as text: every element has a class for the stylesheet and the same look as attributes.

The attributes are what an exported file and the PDF are drawn with (neither reads the page's stylesheet);
in a page, `timeline.css` outranks them and follows light and dark. No `style`, no `<style>`, no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from xml.sax.saxutils import escape, quoteattr

from timelines.picture.contents import Shape

FONTS = "Noto Sans, system-ui, Segoe UI, Helvetica Neue, Arial, sans-serif"

INK, MUTED, RULE, EDGE = "#211f1b", "#5c564c", "#ddd5c5", "#8d8473"
SHEET, SUNK, ACCENT, SOFT, CAUTION = "#fffdf9", "#f3efe6", "#1d4f76", "#e3ecf2", "#7a5200"
LANES = ["#0a5f94", "#a34e00", "#0a6b50", "#86386f", "#626200", "#5a4fa3", "#7a4a2a", "#4f5a63"]

Look = dict[str, str | float]
LOOKS: dict[str, Look] = {
    "tl-sheet": {"fill": SHEET},
    "tl-ink": {"fill": INK},
    "tl-muted": {"fill": MUTED},
    "tl-on-lane": {"fill": SHEET},
    "tl-strong": {"fill": INK, "font-weight": 600},
    "tl-grid": {"stroke": RULE, "stroke-width": 1, "fill": "none"},
    "tl-grid-strong": {"stroke": EDGE, "stroke-width": 1, "fill": "none"},
    "tl-axis": {"stroke": EDGE, "stroke-width": 1, "fill": "none"},
    "tl-rule": {"stroke": RULE, "stroke-width": 1, "fill": "none"},
    "tl-band": {"fill": SOFT},
    "tl-band-other": {"fill": SUNK},
    "tl-band-edge": {"stroke": ACCENT, "stroke-width": 1.5, "fill": "none"},
    "tl-moment": {"stroke": INK, "stroke-width": 1, "stroke-dasharray": "1 3", "fill": "none"},
    "tl-moment-edge": {"stroke": INK, "stroke-width": 1, "fill": "none"},
    "tl-impact": {"fill": INK},
    "tl-gap": {"fill": SUNK},
    "tl-hatch": {"stroke": EDGE, "stroke-width": 0.75, "stroke-opacity": 0.55, "fill": "none"},
    "tl-curve": {"stroke": ACCENT, "stroke-width": 1.6, "stroke-linejoin": "round", "fill": "none"},
    "tl-dot": {"fill": ACCENT},
    "tl-objective": {"stroke": INK, "stroke-width": 1, "stroke-dasharray": "5 3", "fill": "none"},
    "tl-spent": {"fill": CAUTION, "fill-opacity": 0.3},
    "tl-leader": {"stroke": EDGE, "stroke-width": 0.75, "fill": "none"},
    "tl-belief": {"stroke": ACCENT, "stroke-width": 1.75, "stroke-linecap": "round", "fill": "none"},
    "tl-belief-end": {"stroke": ACCENT, "stroke-width": 1.75, "stroke-linecap": "round", "fill": SHEET},
    "tl-bars": {"fill": "currentColor", "fill-opacity": 0.78},
    "tl-span": {"fill": "currentColor", "fill-opacity": 0.28},
    "tl-vague": {"stroke": "currentColor", "stroke-width": 1.5, "stroke-dasharray": "2 2", "fill": "none"},
    "tl-full": {"fill": "currentColor", "stroke": SHEET, "stroke-width": 1},
    "tl-hollow": {"fill": SHEET, "stroke": "currentColor", "stroke-width": 2},
    "tl-pin": {"fill": "none", "stroke": INK, "stroke-width": 1.25},
    "tl-badge": {"fill": "currentColor"},
    "tl-hit": {"fill": SHEET, "fill-opacity": 0},
}
for _place, _colour in enumerate(LANES, start=1):
    LOOKS[f"tl-lane-{_place}"] = {"color": _colour}


def lane_look(colour: int) -> str:
    """The class of a lane's colour; more than eight begin again."""
    return f"tl-lane-{(colour - 1) % 8 + 1}"


def number(value: float) -> str:
    """Tenths of a pixel; anything that is no number is a mistake of the caller and must not be drawn."""
    if not isfinite(value):
        raise ValueError("a coordinate that is not a number")
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written in ("-0", "") else written


class Svg:
    """Collects elements; `text()` gives the document's inside."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def _open(self, tag: str, look: str, attributes: dict[str, object]) -> str:
        written = [tag]
        if look:
            written.append(f'class="{look}"')
        given: dict[str, object] = {}
        for name in look.split():
            given.update(LOOKS.get(name, {}))
        given.update((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
        for name, value in given.items():
            if value is None:
                continue
            shown = (
                number(value)
                if isinstance(value, float) and name not in ("stroke-opacity", "fill-opacity")
                else str(value)
            )
            written.append(f"{name}={quoteattr(shown)}")
        return " ".join(written)

    def element(self, tag: str, look: str = "", inside: str = "", **attributes: object) -> None:
        opened = self._open(tag, look, attributes)
        self.parts.append(f"<{opened}>{inside}</{tag}>" if inside else f"<{opened}/>")

    @contextmanager
    def group(self, look: str = "", tag: str = "g", **attributes: object) -> Iterator[None]:
        self.parts.append(f"<{self._open(tag, look, attributes)}>")
        yield
        self.parts.append(f"</{tag}>")

    def title(self, text: str) -> None:
        self.parts.append(f"<title>{escape(text)}</title>")

    def rect(self, look: str, x: float, y: float, width: float, height: float, **attributes: object) -> None:
        self.element("rect", look, x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), **attributes)

    def line(self, look: str, x1: float, y1: float, x2: float, y2: float, **attributes: object) -> None:
        self.path(look, f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", **attributes)

    def path(self, look: str, d: str, **attributes: object) -> None:
        self.element("path", look, d=d, **attributes)

    def words(
        self,
        look: str,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        anchor: str = "start",
        right_to_left: bool = False,
        **attributes: object,
    ) -> None:
        """`anchor` is where the text hangs as seen on the page, whichever way it runs."""
        if not text:
            return
        if right_to_left:
            attributes["direction"] = "rtl"
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        self.element(
            "text",
            look,
            escape(text),
            x=x,
            y=y,
            font_size=float(size),
            text_anchor=None if anchor == "start" else anchor,
            **attributes,
        )

    def shape(self, form: Shape, x: float, y: float, radius: float, *, hollow: bool = False) -> None:
        """One mark. The four hollow forms are the outlines of the four full ones."""
        family: Shape = {"ring": "disc", "box": "square", "kite": "diamond", "hat": "triangle"}.get(
            form, form
        )  # type: ignore[assignment]
        look = "tl-hollow" if hollow or family != form else "tl-full"
        r = radius - 0.75 if look == "tl-hollow" else radius
        if family == "disc":
            self.element("circle", look, cx=x, cy=y, r=float(r))
        elif family == "square":
            self.rect(look, x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8)
        elif family == "diamond":
            self.path(look, polygon([(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)]))
        elif family == "triangle":
            self.path(
                look, polygon([(x, y - r * 1.15), (x + r * 1.15, y + r * 0.9), (x - r * 1.15, y + r * 0.9)])
            )
        else:  # a speech bubble
            w, h, tail = r * 1.35, r * 0.95, r * 0.6
            self.path(
                look,
                polygon(
                    [
                        (x - w, y - h),
                        (x + w, y - h),
                        (x + w, y + h * 0.7),
                        (x - w * 0.1, y + h * 0.7),
                        (x - w * 0.6, y + h * 0.7 + tail),
                        (x - w * 0.6, y + h * 0.7),
                        (x - w, y + h * 0.7),
                    ]
                ),
            )

    def text(self) -> str:
        return "".join(self.parts)


def polygon(points: Sequence[tuple[float, float]]) -> str:
    return polyline(points) + "Z"


def polyline(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def hatch(left: float, top: float, width: float, height: float, *, every: float = 7) -> str:
    """Rising diagonals, cut to the rectangle here so that no pattern with an id is needed."""
    strokes = []
    along = every
    while along < width + height:
        x1, y1 = (left, top + along) if along <= height else (left + along - height, top + height)
        x2, y2 = (left + along, top) if along <= width else (left + width, top + along - width)
        strokes.append(f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")
        along += every
    return "".join(strokes)
