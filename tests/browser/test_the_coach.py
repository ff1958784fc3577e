"""The coach in the page: underlines, notes by pointer, caret and key, and letting a passage stand."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from postmortems.writeup.models import Dismissal
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.browser.conftest import accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CALM = "At 09:14 🚨 the gateway returned errors for one request in six.\n\n"
BLAMING = "The operator should have checked the plan before applying it."
STANDING = """name => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())"""


@pytest.fixture
def incident(transactional_db):
    alice = make.user("alice", role="reviewer")
    made = make.incident(by=alice, title="Bookings were not confirmed")
    save_section(incident=made, key="story", text=CALM + BLAMING, version=0, by=alice)
    save_section(incident=made, key="summary", text="The root cause was a full disk.", version=0, by=alice)
    made.alice = alice
    return made


@pytest.fixture
def writing(page, live_server, incident):
    sign_in(page, incident.alice)
    page.goto(reverse("writeup:edit", args=[incident.ref]))
    said(page, 1)
    expect(page.locator("#summary .notes-line")).to_contain_text("1 note of", timeout=20_000)
    return page


def said(page, count: int) -> None:
    words = f"{count} note of" if count == 1 else f"{count} notes of"
    expect(page.locator("#story .notes-line")).to_contain_text(words, timeout=20_000)


def saved(page) -> None:
    """Before the house is emptied for the next test."""
    expect(page.locator("#story [data-status]")).to_contain_text("Saved at")


def drawn(page, family: str) -> list[str]:
    return page.evaluate(STANDING, f"coach-{family}")


def test_marks_are_drawn_in_the_text_and_follow_what_is_written(writing):
    assert drawn(writing, "afterwards") == ["The operator should have checked the plan before applying it"]
    area = writing.locator("#text-story")
    area.evaluate("area => area.setSelectionRange(0, 0)")
    area.press_sequentially("Noon. They failed to call. ")
    said(writing, 2)
    assert drawn(writing, "afterwards") == ["The operator should have checked the plan before applying it"]
    assert drawn(writing, "people") == ["They failed to call"]
    area.evaluate("area => area.setSelectionRange(0, area.value.length)")
    area.press("Delete")
    assert drawn(writing, "people") == []
    saved(writing)


def test_by_key_through_every_field_into_the_note_and_back(writing):
    writing.locator("#text-summary").focus()
    writing.keyboard.press("Alt+.")
    expect(writing.locator("#summary .note .asks")).to_be_visible()
    writing.keyboard.press("Alt+.")
    note = writing.locator("#story .note")
    expect(note.locator(".asks")).to_contain_text("?")
    expect(writing.locator("#summary .note")).to_be_hidden()
    accessible(writing)
    writing.keyboard.press("Tab")
    writing.keyboard.press("Enter")
    writing.keyboard.type("as the form asks")
    writing.keyboard.press("Enter")
    expect(writing.locator("#story .notes-line")).to_contain_text("1 let stand")
    assert drawn(writing, "afterwards") == []
    assert writing.evaluate("document.activeElement.id") == "text-story"
    assert Dismissal.objects.get().word == "as the form asks"
    writing.locator("#story .notes-line button").click()
    writing.locator("#story").get_by_role("button", name="Ask again").click()
    said(writing, 1)
    assert not Dismissal.objects.exists()


def test_the_pointer_opens_the_note_and_may_go_to_it(writing):
    box = writing.evaluate(
        """async () => { const { mirrorOf } = await import('/static/js/mirror.js'); const area = document.getElementById('text-story');
        const at = area.value.indexOf('operator'); area.scrollIntoView({ block: 'center' });
        const box = mirrorOf(area).rectOf({ start: at, end: at + 8 }); return [box.left + 10, box.top + 8]; }"""
    )
    writing.mouse.move(*box)
    note = writing.locator("#story .note")
    expect(note).to_be_visible()
    note.hover()
    writing.wait_for_timeout(500)
    expect(note).to_be_visible()
    writing.mouse.move(5, 5)
    expect(note).to_be_hidden()


def test_whoever_has_just_written_comes_to_the_note_of_this_field_and_reads_all_of_it(writing):
    area = writing.locator("#text-story")
    area.press("Control+End")
    writing.keyboard.press("Alt+.")
    note = writing.locator("#story .note")
    expect(note).to_be_visible()
    covered = note.evaluate(
        """note => { const box = note.getBoundingClientRect(); return Array.from({ length: 9 }, (_, n) => box.top + box.height * (n + 1) / 10)
        .filter((y) => !note.contains(document.elementFromPoint(box.left + 40, y))).length; }"""
    )
    assert covered == 0
    writing.keyboard.press("Alt+.")
    expect(writing.locator("#summary .note")).to_be_visible()


def test_the_line_that_is_written_never_lies_under_the_row_of_buttons(writing):
    writing.set_viewport_size({"width": 390, "height": 700})
    area = writing.locator("#text-story")
    area.fill("A line of its own.\n" * 60)
    area.press("Control+End")
    area.press_sequentially("and the last")
    below = """async (area) => { const { mirrorOf } = await import('/static/js/mirror.js');
    const line = mirrorOf(area).rectOf({ start: area.value.length - 1, end: area.value.length });
    return line.bottom - area.form.querySelector('.foot-of-field').getBoundingClientRect().top; }"""
    assert area.evaluate(below) <= 0
    saved(writing)


def test_escape_closes_the_note_and_tab_then_goes_on(writing):
    writing.locator("#text-story").focus()
    writing.keyboard.press("Alt+.")
    expect(writing.locator("#story .note")).to_be_visible()
    writing.keyboard.press("Escape")
    expect(writing.locator("#story .note")).to_be_hidden()
    writing.keyboard.press("Tab")
    assert writing.evaluate("document.activeElement.textContent") == "Heading"


def test_a_long_text_is_read_in_parts_and_only_what_changed_is_asked_again(writing):
    area = writing.locator("#text-story")
    asked: list[int] = []
    writing.on(
        "request",
        lambda request: asked.append(len(request.post_data or "")) if "/marks/" in request.url else None,
    )
    area.evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }",
        "".join(f"{n}: {CALM}" for n in range(400)) + BLAMING + " Marlene failed to ask the others.",
    )
    said(writing, 2)
    assert len(asked) > 1
    asked.clear()
    area.evaluate("area => area.setSelectionRange(0, 0)")
    area.press_sequentially("They failed to call. ")
    said(writing, 3)
    assert all(length < 500 for length in asked)
    saved(writing)
