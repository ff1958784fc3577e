"""What holds for every picture, whatever it is made of."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timelines.picture.made import SVG, instants, parsed, pictures, texts, widths, zones
from timelines import picture as t
from timelines.picture.arrange import name_lines
from timelines.picture.words import width_of

thorough = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))

pytestmark = pytest.mark.slow

COORDINATES = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy")


@thorough
@given(pictures(), zones, widths)
def test_it_is_well_formed_and_inside_its_frame(picture, zone, width):
    svg = t.draw(
        picture, width=width, zone=zone, zoom=lambda a, b: f"?from={a.isoformat()}&to={b.isoformat()}"
    )
    root = parsed(svg)
    _, _, wide, high = map(float, root.get("viewBox").split())
    assert wide == width
    # A box that stands upright is turned about its middle: its long side is its height on the sheet.
    upright = {
        box for group in root.iter(f"{SVG}g") if "rotate" in group.get("transform", "") for box in group
    }
    for box in upright:
        if box.tag == f"{SVG}rect":
            long, middle = float(box.get("width")), float(box.get("y")) + float(box.get("height")) / 2
            assert middle - long / 2 >= -0.5
            assert middle + long / 2 <= high + 0.5
    for element in root.iter():
        if element in upright:
            continue
        if element.tag in (f"{SVG}text", f"{SVG}rect", f"{SVG}circle"):
            for name in COORDINATES:
                if (value := element.get(name)) is not None:
                    assert -0.5 <= float(value) <= (wide if "x" in name else high) + 0.5
        if element.tag == f"{SVG}rect":
            assert float(element.get("x")) + float(element.get("width")) <= wide + 6
        if element.tag == f"{SVG}path":
            points = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", element.get("d"))
            assert all(-10 <= float(x) <= wide + 10 and -10 <= float(y) <= high + 10 for x, y in points)


@thorough
@given(pictures(), zones, widths)
def test_no_figure_is_not_a_number_and_no_style_is_inline(picture, zone, width):
    svg = t.draw(picture, width=width, zone=zone)
    root = parsed(svg)
    for element in root.iter():
        assert "style" not in element.attrib
        assert not element.tag.endswith(("style", "script"))
        for name in (*COORDINATES, "d", "points", "width", "height", "r"):
            assert not re.search(r"nan|inf", element.get(name, ""), re.IGNORECASE)


@thorough
@given(pictures(), zones, widths)
def test_the_same_picture_is_drawn_the_same(picture, zone, width):
    assert t.draw(picture, width=width, zone=zone) == t.draw(picture, width=width, zone=zone)
    assert t.table(picture, zone=zone) == t.table(picture, zone=zone)


@thorough
@given(pictures(), zones, widths)
def test_labels_of_times_and_of_ticks_do_not_touch(picture, zone, width):
    root = parsed(t.draw(picture, width=width, zone=zone))
    for look in ("tl-name", "tl-tick"):
        boxes = []
        for element in root.iter(f"{SVG}text"):
            if look not in element.get("class").split() or element.get("text-anchor") == "start":
                continue
            parts = list(element) or [element]
            wide = sum(
                width_of(
                    part.text or "",
                    float(element.get("font-size")),
                    bold="tl-strong" in part.get("class", ""),
                )
                for part in parts
            )
            x = float(element.get("x"))
            anchor = element.get("text-anchor", "start")
            left = x - wide / 2 if anchor == "middle" else x - wide if anchor == "end" else x
            boxes.append((left, left + wide, float(element.get("y"))))
        for one, other in combinations(boxes, 2):
            assert one[2] != other[2] or one[1] <= other[0] + 0.3 or other[1] <= one[0] + 0.3


@thorough
@given(
    st.lists(st.floats(20, 1090), max_size=6).map(sorted),
    st.lists(st.floats(20, 220), min_size=6, max_size=6),
)
def test_no_line_cuts_a_name(xs, wide):
    named = name_lines(xs, wide[: len(xs)], low=4, high=1116)
    if named is None:
        return
    for one, other in combinations(range(len(xs)), 2):
        for line, name in ((one, other), (other, one)):
            if named[line].row <= named[name].row:
                assert not named[name].left < xs[line] < named[name].right


@thorough
@given(texts, instants)
def test_any_text_comes_out_as_text(text, at):
    picture = t.Picture(
        title=text,
        lanes=[t.Lane(key=1, name=text)],
        marks=[t.Mark(at=at, lane=1, text=text, caption=text, pinned=True, id=text, href=text)],
    )
    root = parsed(t.draw(picture))
    known = {"svg", "title", "desc", "g", "a", "rect", "circle", "path", "text", "tspan"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= known
    assert parsed(t.for_print(t.draw(picture))) is not None


@thorough
@given(pictures(), zones)
def test_the_table_speaks_of_every_moment_that_is_drawn(picture, zone):
    rows = t.table(picture, zone=zone)
    if picture.window is None:
        assert rows == []
        return
    start, end = picture.window
    drawn = [moment for moment in picture.moments if start <= moment.at.timestamp() <= end]
    assert sum(row.what == "Time" for row in rows) == len(drawn)
    assert all(row.when and row.at for row in rows)
