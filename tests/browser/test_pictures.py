"""Pictures come into a text by paste, drop and choice; what fails is kept and tried again; nothing half is saved."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import accessible, sign_in, until
from tests.pictures import drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GIVE = """(area, [how, body, name, type]) => {
    const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type }));
    const box = area.getBoundingClientRect();
    const event = how === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true, clientX: box.x + 20, clientY: box.y + 20 });
    area.dispatchEvent(event);
}"""


@pytest.fixture
def incident(transactional_db):
    return make.incident(by=make.user("alice", role="reviewer"))


@pytest.fixture
def editor(page: Page, live_server, incident) -> Iterator[Page]:
    sign_in(page, incident.opened_by)
    page.goto(reverse("writeup:edit", args=[incident.ref]))
    yield page
    if page.locator("#text-story").count():  # what is being saved is saved before the house is emptied
        expect(page.locator("#story [data-status]")).to_contain_text("Saved")
    page.goto("about:blank")
    page.wait_for_timeout(500)


def give(
    page: Page, how: str, body: bytes | None = None, name: str = "errors.png", kind: str = "image/png"
) -> None:
    body = base64.b64encode(drawn() if body is None else body).decode()
    page.locator("#text-story").evaluate(GIVE, [how, body, name, kind])


def text_of(page: Page) -> str:
    return page.locator("#text-story").input_value()


def saved(incident, words: str) -> bool:
    return incident.sections.filter(key="story", text=words).exists()


def test_a_picture_is_pasted_described_taken_back_and_saved(editor, incident):
    area, card = editor.locator("#text-story"), editor.locator("#story .coming")
    area.fill("Before.\n\nAfter.")
    area.evaluate("area => area.setSelectionRange(7, 7)")
    give(editor, "paste")
    expect(card.get_by_label("What does it show?")).to_be_focused()
    editor.keyboard.type("Errors [ms] rise")
    expect(card).to_contain_text("is kept")
    accessible(editor)
    assert text_of(editor) == "Before.\n\nAfter."
    editor.keyboard.press("Enter")
    whole = "Before.\n\n![Errors \\[ms\\] rise](image:1)\n\nAfter."
    assert text_of(editor) == whole
    expect(area).to_be_focused()
    expect(card).to_have_count(0)
    editor.keyboard.press("Control+z")
    assert text_of(editor) == "Before.\n\nAfter."
    editor.keyboard.press("Control+Shift+z")
    assert text_of(editor) == whole
    until(lambda: saved(incident, whole), what="the save")
    until(lambda: incident.images.get().alt == "Errors [ms] rise", what="the words in the gallery")
    editor.locator("#story [data-preview-button]").click()
    shown = editor.locator("#preview-story img")
    expect(shown).to_have_attribute("alt", "Errors [ms] rise")
    until(lambda: shown.evaluate("image => image.naturalWidth") == 60, what="the picture")
    editor.goto(reverse("writeup:images", args=[incident.ref]))
    accessible(editor)


def test_what_could_not_be_sent_is_kept_and_tried_again(editor, incident):
    area, card = editor.locator("#text-story"), editor.locator("#story .coming")
    area.fill("Words.")
    away = "**/images/add/"
    editor.route(
        away, lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Sign in</p>")
    )
    give(editor, "drop")
    expect(card).to_contain_text("you were signed out")
    editor.keyboard.type("Errors rise")
    area.focus()  # going on elsewhere is an answer
    editor.keyboard.press("End")
    editor.keyboard.type(" More words.")
    assert "image:" not in text_of(editor)
    editor.unroute(away)
    card.get_by_role("button", name="Try again").click()
    expect(card).to_have_count(0)
    assert text_of(editor).replace("\n", "") in (
        "![Errors rise](image:1)Words. More words.",
        "Words. More words.![Errors rise](image:1)",
    )
    until(lambda: saved(incident, text_of(editor)), what="the save")


def test_what_is_no_picture_is_told_and_nothing_else_changes(editor, incident):
    card = editor.locator("#story .coming")
    editor.locator("#text-story").fill("Words.")
    give(editor, "paste", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg", "image/svg+xml")
    expect(card).to_contain_text("Save it as PNG, please")
    editor.keyboard.press("Enter")
    expect(card).to_have_count(0)
    choice = {"name": "a.png", "mimeType": "image/png", "buffer": drawn()}
    editor.locator("#picture-story").set_input_files([choice])
    expect(card.get_by_label("What does it show?")).to_be_focused()
    card.get_by_role("button", name="Words later").click()
    expect(card).to_have_count(0)
    assert text_of(editor) == "Words.\n\n![](image:1)\n"
