"""The mirror under a textarea: every passage stands where the textarea shows it, whatever is written and however wide."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parents[2] / "static"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/css/tokens.css">
<link rel="stylesheet" href="/css/base.css"><link rel="stylesheet" href="/css/components.css"><link rel="stylesheet" href="/css/writing.css">
<div class="editor"><div><form><textarea id="field" name="text" dir="auto"></textarea></form></div></div>
<script type="module">
import { mirrorOf } from "/js/mirror.js";
window.field = document.getElementById("field");
window.mirror = mirrorOf(window.field);
window.standing = (name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString());
// places of the text that the field and the mirror show at different points
window.astray = () => {
  const glass = document.querySelector(".mirror");
  const points = [];
  for (let at = 0; at < field.value.length; at += 1) {
    if (/\\s/.test(field.value[at])) continue; // spaces hang over the edge
    const box = mirror.rectOf({ start: at, end: at + 1 });
    if (box.width) points.push([box.left + box.width / 2 + scrollX, box.top + box.height / 2 + scrollY]);
  }
  const hits = (points) => points.map(([x, y]) => {
    if (y < scrollY || y > scrollY + innerHeight) scrollTo(0, y - 100);
    return document.caretPositionFromPoint(x - scrollX, y - scrollY);
  });
  const inField = hits(points);
  glass.inert = false;
  glass.style.pointerEvents = "auto";
  glass.style.zIndex = 1;
  const inMirror = hits(points);
  glass.style.zIndex = glass.style.pointerEvents = "";
  glass.inert = true;
  const places = points.map((_, n) => [
    inField[n]?.offsetNode === field ? inField[n].offset : null,
    glass.contains(inMirror[n]?.offsetNode) ? inMirror[n].offset : null,
  ]);
  const known = places.filter(([one]) => one !== null).length;
  return known > points.length / 2 ? places.filter(([one, other]) => one !== other) : ["hardly anything was hit"];
};
window.ready = true;
</script>"""

TEXTS = {
    "plain": "The queue grew.\n\nThe pager was quiet, and nobody was asked about it before noon.\n" * 4,
    "emoji": "At 10:02 🚨 the 👩‍🚒 pager 🔔🔔 rang; café naïve 𝒜𝒷 text\nand again 🚨",
    "right to left": "בשעה שתיים התור גדל והמערכת לא ענתה. then some English words\n\nالخادم لم يرد على الطلبات 12:30 ثم عاد\nplain line",
    "tabs": "\tone\ttwo\n\t\tthree   four     five\n- item\n  - deeper\there",
    "long": "x" * 700 + " https://example.org/" + "a/b?c=d&" * 90 + "\nend",
    "spaces": "word " * 80 + " " * 200 + "end\n\n\n",
}


@pytest.fixture
def bare(browser):
    context = browser.new_context(viewport={"width": 1000, "height": 700})

    def serve(route):
        path = route.request.url.split("/", 3)[3]
        if path == "page":
            return route.fulfill(body=PAGE, content_type="text/html")
        kind = "text/css" if path.endswith(".css") else "text/javascript"
        return route.fulfill(body=(STATIC / path).read_text(), content_type=kind)

    context.route("**/*", serve)
    page = context.new_page()
    page.goto("http://mirror.test/page")
    page.wait_for_function("window.ready")
    yield page
    context.close()


def write(page, text: str) -> None:
    page.evaluate("text => { field.value = text; field.dispatchEvent(new Event('taken')); }", text)


@pytest.mark.parametrize("name", TEXTS)
def test_letters_stand_where_the_field_shows_them(bare, name):
    write(bare, TEXTS[name])
    bare.wait_for_timeout(50)
    assert bare.evaluate("astray()") == []
    bare.set_viewport_size({"width": 390, "height": 700})
    bare.evaluate("document.documentElement.style.fontSize = '140%'")  # letters made larger by the reader
    bare.wait_for_timeout(100)
    assert bare.evaluate("astray()") == []


def test_the_field_grows_with_its_text_and_never_scrolls_inside(bare):
    write(bare, TEXTS["plain"] * 20)
    bare.wait_for_timeout(50)
    assert bare.evaluate("field.scrollHeight <= field.clientHeight + 1")


def test_marks_move_with_their_words_and_go_with_them(bare):
    write(bare, "The queue grew. The pager was quiet.")
    bare.evaluate("window.mine = [{start: 4, end: 9}, {start: 20, end: 25}]; mirror.paint('coach', mine)")
    bare.locator("#field").focus()
    bare.evaluate("field.setSelectionRange(0, 0)")
    bare.keyboard.type("At ten: ")
    assert bare.evaluate("standing('coach')") == ["queue", "pager"]
    assert bare.evaluate("mine[1]") == {"start": 28, "end": 33}
    bare.evaluate("field.setSelectionRange(10, 20)")
    bare.keyboard.press("Delete")
    assert bare.evaluate("standing('coach')") == ["pager"]
    write(bare, "🚨 A" + bare.locator("#field").input_value())
    assert bare.evaluate("standing('coach')") == ["pager"]
    bare.evaluate("mirror.paint('coach', [])")
    assert bare.evaluate("standing('coach')") == []


def test_the_mark_under_the_pointer_is_the_narrowest(bare):
    write(bare, "The queue grew and grew.")
    bare.evaluate(
        "mirror.paint('coach', [{start: 0, end: 24, name: 'wide'}, {start: 4, end: 9, name: 'narrow'}])"
    )
    at = "(() => { const box = mirror.rectOf({start: %d, end: %d}); return mirror.at(box.left + 1, box.top + 2, '%s')?.name; })()"
    assert bare.evaluate(at % (4, 9, "coach")) == "narrow"
    assert bare.evaluate(at % (0, 3, "coach")) == "wide"
    assert bare.evaluate(at % (0, 3, "other")) is None


def test_without_highlights_in_the_browser_nothing_is_drawn_and_places_are_known(bare):
    bare.add_init_script(
        "delete CSS.highlights; Object.defineProperty(CSS, 'highlights', { configurable: true }); delete CSS.highlights;"
    )
    bare.reload()
    bare.wait_for_function("window.ready")
    assert bare.evaluate("'highlights' in CSS") is False
    write(bare, "The queue grew.")
    bare.evaluate("mirror.paint('coach', [{start: 4, end: 9, name: 'it'}])")
    assert (
        bare.evaluate(
            "(() => { const box = mirror.rectOf({start: 4, end: 9}); return mirror.at(box.left + 1, box.top + 2, 'coach').name })()"
        )
        == "it"
    )
