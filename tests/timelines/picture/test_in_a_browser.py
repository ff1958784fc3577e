"""The scripts, in a real browser, on a page that is only the picture, its form and its list."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.timelines.picture.made import BEGIN, after, lanes, mark
from timelines import picture as t

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATIC = Path(__file__).parents[3] / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; connect-src 'self'"
STYLES = "".join(
    f'<link rel="stylesheet" href="/{name}.css">' for name in ("tokens", "base", "components", "timeline")
)
KINDS = {"css": "text/css", "js": "text/javascript"}

PICTURE = t.Picture(
    title="Timeline of INC-1",
    lanes=lanes(3),
    marks=[
        mark(0, 1, id="a", href="/e/a", text="First alert"),
        mark(10, 2, id="b", href="/e/b", text="Somebody asks", pinned=True),
        mark(30, 1, id="c", href="/e/c", text="Restart"),
        mark(60, 2, id="d", href="/e/d", text="Quiet again"),
    ]
    + [mark(40 + n / 100, 3, id=f"n{n}", href=f"/e/n{n}") for n in range(300)],
    start=BEGIN,
    end=after(60),
)
ROWS = "".join(
    f'<li data-event="{name}" tabindex="-1">{name} <span data-pin><button type="button">Pin {name}</button></span> <a href="/e/{name}">Evidence of {name}</a></li>'
    for name in "abc"
)


def html(form: str = "", width: int = 1120) -> str:
    svg = t.draw(PICTURE, width=width, zoom=lambda a, b: f"/?from={a.timestamp()}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Timeline</title>{STYLES}"
        "<script type='module' src='/timeline.js'></script><script type='module' src='/events.js'></script></head>"
        f"<body><main><h1>Timeline</h1><figure class='picture' data-timeline>{svg}</figure>{form}"
        f"<label>Words <input data-filter-text></label><ol data-events>{ROWS}</ol></main></body></html>"
    )


@pytest.fixture
def show(browser):
    """Opens a page under the product's own content policy and notes whatever the browser complains of."""
    pages = []

    def opened(form: str = "", *, script: bool = True, width: int = 1120, **options):
        page = browser.new_page(
            java_script_enabled=script, viewport={"width": width + 60, "height": 900}, **options
        )
        page.complaints = []

        def answer(route):
            name = urlparse(route.request.url).path.lstrip("/")
            kind = name.rpartition(".")[2]
            if kind in KINDS:
                route.fulfill(body=(STATIC / kind / name).read_text(), content_type=KINDS[kind])
            else:
                route.fulfill(
                    body=html(form, width),
                    content_type="text/html",
                    headers={"Content-Security-Policy": POLICY},
                )

        page.route("**/*", answer)
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto("http://timeline.test/")
        if script:
            page.wait_for_selector(".tl-ready")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()


def asked(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def minute(page, minutes: float) -> float:
    """Where a minute lies on the screen, from left."""
    return page.evaluate(
        """share => { const svg = document.querySelector('svg.tl'), box = svg.getBoundingClientRect(), d = svg.dataset;
        const scale = box.width / svg.viewBox.baseVal.width;
        return box.left + (+d.left + share * (d.right - d.left)) * scale; }""",
        minutes / 60,
    )


def drag(page, since: float, until: float) -> None:
    y = page.locator("svg.tl").bounding_box()["y"] + 100
    page.mouse.move(minute(page, since), y)
    page.mouse.down()
    page.mouse.move(minute(page, (since + until) / 2), y, steps=3)
    page.mouse.move(minute(page, until), y)
    page.mouse.up()


def test_dragging_asks_for_that_stretch(show):
    page = show()
    drag(page, 15, 45)
    page.wait_for_url("**from=**")
    assert asked(page)["from"][:16] == "2026-03-10T13:55"
    assert asked(page)["to"][:15] == "2026-03-10T14:2"
    assert page.complaints == []


def test_a_drag_may_begin_where_the_tooltip_lies(show):
    page = show()
    page.locator('a.tl-mark[data-mark="c"]').hover()
    tip = page.locator(".tl-tip").bounding_box()
    y = tip["y"] + tip["height"] / 2
    page.mouse.move(tip["x"] + 20, y)
    page.mouse.down()
    page.mouse.move(tip["x"] + 120, y, steps=4)
    page.mouse.up()
    page.wait_for_url("**from=**")


def test_dragging_fills_the_form_and_keeps_what_else_is_in_it(show):
    page = show(
        '<form data-timeline-form action="/list"><input name="q" value="cache" aria-label="Words"></form>'
    )
    drag(page, 45, 15)
    page.wait_for_url("**/list**")
    assert asked(page)["q"] == "cache"
    assert asked(page)["from"][:16] == "2026-03-10T13:55"


def test_hovering_shows_the_words_of_a_mark_and_of_density(show):
    page = show()
    page.locator('a.tl-mark[data-mark="c"]').hover()
    assert page.locator(".tl-tip").inner_text() == "10 March 2026, 14:10:00\nSource 1 · Restart"
    bars = page.locator(".tl-bars").bounding_box()
    page.mouse.move(bars["x"] + bars["width"] / 2, bars["y"] + bars["height"] - 3)
    assert "Source 3 · " in page.locator(".tl-tip").inner_text()
    assert "events" in page.locator(".tl-tip").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".tl-tip").is_hidden()


def test_arrow_keys_move_between_marks_and_show_their_words(show):
    page = show()
    page.locator('a.tl-mark[tabindex="0"]').first.focus()
    seen = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.dataset.mark"))
    assert seen == ["a", "b", "c", "b"]
    assert "Somebody asks" in page.locator(".tl-tip").inner_text()
    assert page.locator('a.tl-mark[tabindex="0"]').count() == 1


def test_a_stretch_is_chosen_and_zoomed_by_keys(show):
    page = show()
    page.locator('a.tl-mark[tabindex="0"]').first.focus()
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    assert "Enter shows this stretch" in page.locator(".tl-bar output").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**from=**")
    assert asked(page)["from"][:16] == "2026-03-10T13:40"
    assert asked(page)["to"][:16] == "2026-03-10T13:55"


def test_zooming_in_and_back_to_all(show):
    page = show()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url("**from=**")
    assert asked(page)["from"][:16] == "2026-03-10T13:55"
    page.get_by_role("button", name="Show all").click()
    page.wait_for_url(lambda address: "from" not in address)


def test_a_mark_whose_event_is_listed_leads_to_its_row(show):
    page = show()
    page.locator('a.tl-mark[data-mark="c"]').click()
    assert page.evaluate("document.activeElement.dataset.event") == "c"
    page.locator('a.tl-mark[data-mark="d"]').click()
    page.wait_for_url("**/e/d")


def test_a_finger_chooses_too(show):
    page = show(width=360, has_touch=True)
    page.evaluate(
        """() => { const svg = document.querySelector('svg.tl'), box = svg.getBoundingClientRect();
        const send = (kind, x) => svg.dispatchEvent(new PointerEvent(kind, {bubbles: true, isPrimary: true, pointerId: 1,
          pointerType: 'touch', clientX: x, clientY: box.top + 120}));
        svg.setPointerCapture = () => {};
        send('pointerdown', box.left + 60); send('pointermove', box.left + 120); send('pointermove', box.left + 200); send('pointerup', box.left + 200); }"""
    )
    page.wait_for_url("**from=**")
    assert page.complaints == []


def test_keys_of_the_list(show):
    page = show()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.event") == "b"
    assert page.locator('.tl-near[data-mark="b"]').count() >= 1
    page.evaluate("document.addEventListener('click', event => window.pressed = event.target.textContent)")
    page.keyboard.press("p")
    assert page.evaluate("window.pressed") == "Pin b"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.dataset.event") == "a"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-filter-text]')")
    page.keyboard.type("jp")
    assert page.locator("[data-filter-text]").input_value() == "jp"


def test_without_script_marks_and_stretches_are_links(show):
    page = show(script=False)
    assert page.locator('a.tl-mark[data-mark="c"]').get_attribute("href") == "/e/c"
    page.locator("a.tl-stretch").nth(2).click()
    assert "from" in asked(page)


def test_axe_finds_nothing(show):
    page = show()
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
