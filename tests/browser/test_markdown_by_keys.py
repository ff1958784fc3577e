"""Writing Markdown by keys, in a field alone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parents[2] / "static"
PAGE = """<!doctype html><meta charset="utf-8"><form><textarea id="field" name="text"></textarea><button>Save</button></form>
<script type="module">import { keysIn, commands } from "/js/writing/keys.js"; keysIn(field); window.commands = commands; window.ready = true;</script>"""


@pytest.fixture
def field(browser):
    context = browser.new_context()

    def serve(route):
        path = route.request.url.split("/", 3)[3]
        if path == "page":
            return route.fulfill(body=PAGE, content_type="text/html")
        return route.fulfill(body=(STATIC / path).read_text(), content_type="text/javascript")

    context.route("**/*", serve)
    page = context.new_page()
    page.goto("http://keys.test/page")
    page.wait_for_function("window.ready")
    yield page.locator("#field")
    context.close()


def write(field, text: str) -> None:
    """`text` with the selection between | and |, or the caret at |."""
    before, _, rest = text.partition("|")
    words, bar, after = rest.partition("|")
    field.fill(before + words + after)
    end = len(before) + (len(words) if bar else 0)
    field.evaluate("(area, [from, until]) => area.setSelectionRange(from, until)", [len(before), end])


def read(field) -> str:
    return field.evaluate(
        """area => { const { value, selectionStart: a, selectionEnd: b } = area;
        return a === b ? value.slice(0, a) + "|" + value.slice(a) : value.slice(0, a) + "|" + value.slice(a, b) + "|" + value.slice(b); }"""
    )


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("- one|", ["Enter"], "- one\n- |"),
        ("- one\n- |", ["Enter"], "- one\n|"),
        ("  9. nine|", ["Enter"], "  9. nine\n  10. |"),
        ("- [x] done|", ["Enter"], "- [x] done\n- [ ] |"),
        ("> said|", ["Enter"], "> said\n> |"),
        ("plain|", ["Enter"], "plain\n|"),
        ("```\n- code|\n```", ["Enter"], "```\n- code\n|\n```"),
        ("- one|", ["Tab"], "  - one|"),
        ("1. one|", ["Tab"], "   1. one|"),
        ("  - one|", ["Shift+Tab"], "- one|"),
        ("```\ncode|\n```", ["Tab"], "```\n    code|\n```"),
        ("the |queue| grew", ["Control+b"], "the **|queue|** grew"),
        ("the **|queue|** grew", ["Control+b"], "the |queue| grew"),
        ("the **|queue|** grew", ["Control+i"], "the ***|queue|*** grew"),
        ("the *|queue|* grew", ["Control+i"], "the |queue| grew"),
        ("see |the board|", ["Control+k"], "see [the board](|)"),
        ("|https://example.org|", ["Control+k"], "[|](https://example.org)"),
        ("- one|", ["Enter", "Control+z"], "- one|"),
    ],
)
def test_keys(field, before, keys, after):
    write(field, before)
    for key in keys:
        field.press(key)
    assert read(field) == after


def test_tab_leaves_a_plain_line_and_behind_escape_a_list(field):
    for text, keys in (("plain|", ["Tab"]), ("- one|", ["Escape", "Tab"])):
        write(field, text)
        for key in keys:
            field.press(key)
        assert field.evaluate("() => document.activeElement.textContent") == "Save"
        assert field.input_value() == text.replace("|", "")


PASTE = """(area, kinds) => { const data = new DataTransfer(); for (const [kind, text] of Object.entries(kinds)) data.setData(kind, text);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""


def test_an_address_pasted_on_words_makes_them_a_link(field):
    write(field, "see |the board|")
    field.evaluate(PASTE, {"text/plain": "https://example.org/1"})
    assert field.input_value() == "see [the board](https://example.org/1)"


def test_cells_of_a_spreadsheet_make_a_table(field):
    write(field, "Before:|")
    field.evaluate(
        PASTE, {"text/plain": "shop\tlost\nBerlin|Mitte\t61 %", "text/html": "<table><tr><td>shop"}
    )
    assert field.input_value() == (
        "Before:\n\n| shop          | lost |\n| ------------- | ---- |\n| Berlin\\|Mitte | 61 % |\n"
    )


def test_the_buttons_do_the_same(field):
    for name, before, after in (
        ("list", "one\n|two\nthree|", "one\n|- two\n- three|"),
        ("numbers", "|one\ntwo|", "|1. one\n2. two|"),
        ("quote", "|> one|", "|one|"),
        ("heading", "The way|", "### The way|"),
        ("code", "|a\nb|", "```\na\nb\n```|"),
    ):
        write(field, before)
        field.evaluate("(area, name) => commands[name].act(area)", name)
        assert read(field) == after, name
