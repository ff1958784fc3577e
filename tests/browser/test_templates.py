"""A template worded by keyboard, with script and without, and accepted by a writer."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from postmortems.accounts.models import User
from postmortems.writeup.sections import Text
from postmortems.writeup.templating.outline import in_version, sections_of
from postmortems.writeup.writing.actions import save_section
from tests import cast as people
from tests import make
from tests.browser.conftest import accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def cast(transactional_db):
    return people.gather()


def test_worded_by_keyboard_and_accepted_by_a_writer(page, cast):
    template = make.template(by=cast.ada, severities=[cast.incident.severity])
    save_section(incident=cast.incident, key="summary", text="It was quiet.", version=0, by=cast.bob)
    sign_in(page, cast.ada)
    page.goto(reverse("writeup:edit_template", args=[template.pk]))
    page.get_by_role("button", name="Add a section to Regret").press("Enter")
    title = page.get_by_label("Title").nth(4)
    expect(title).to_be_focused()
    page.keyboard.type("Whom the law wants told")
    page.get_by_role("button", name="Move up", exact=True).press("Enter")
    expect(page.get_by_label("Title").nth(3)).to_have_value("Whom the law wants told")
    expect(page.get_by_role("button", name="Move up Whom the law wants told")).to_be_focused()
    accessible(page)
    page.get_by_label("Title").nth(3).press("Enter")  # saves, as Enter in a field should
    expect(page.get_by_text("Version 2 is saved.")).to_be_visible()
    assert [text.key for text in in_version(template.versions.first()).of("regret")][
        2
    ] == "x-whom-the-law-wants-told"
    accessible(page)

    sign_in_as_another(page, cast.bob)
    page.goto(reverse("writeup:edit", args=[cast.incident.ref]))
    page.get_by_role("link", name="See what changes").click()
    accessible(page)
    page.get_by_role("button", name="Accept it").click()
    expect(page.locator("#text-x-whom-the-law-wants-told")).to_be_visible()
    assert "x-whom-the-law-wants-told" in sections_of(cast.incident).by_key


def sign_in_as_another(page: Page, who: User) -> None:
    page.context.clear_cookies()
    sign_in(page, who)


def test_words_for_a_section_that_went_are_offered_from_the_browser(page, cast):
    template = make.template("Data loss", Text("x-law", "regret", "Whom the law wants told", ""), by=cast.ada)
    sign_in(page, cast.bob)
    where = reverse("writeup:edit", args=[cast.incident.ref])
    page.goto(where)
    kept = {"text": "The authority, on Tuesday.", "version": 0, "at": 4_000_000_000_000}
    page.evaluate(
        "([key, kept]) => localStorage.setItem(key, JSON.stringify(kept))",
        [f"draft/{cast.incident.ref}/x-law/gone", kept],
    )
    page.reload()
    expect(page.get_by_label("Your words")).to_have_value("The authority, on Tuesday.")
    accessible(page)
    page.get_by_role("button", name="Save them").click()
    expect(page.locator("#text-x-law")).to_have_value("The authority, on Tuesday.")
    expect(page.get_by_text("No longer in the template")).to_be_visible()
    page.reload()
    expect(page.locator("#text-x-law")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert template.versions.count() == 1


def test_a_form_that_was_not_saved_is_there_again(page, cast):
    template = make.template(by=cast.ada)
    sign_in(page, cast.ada)
    where = reverse("writeup:edit_template", args=[template.pk])
    page.goto(where)
    page.get_by_role("button", name="Add a section to Regret").press("Enter")
    expect(page.get_by_label("Title").nth(4)).to_be_focused()
    page.keyboard.type("Whom the law wants told")
    page.on("dialog", lambda dialog: dialog.accept())  # left as by a crash
    page.goto(reverse("home"))
    page.goto(where)
    page.get_by_role("button", name="Take it up").click()
    expect(page.get_by_label("Title").nth(4)).to_have_value("Whom the law wants told")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Version 2 is saved.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert "x-whom-the-law-wants-told" in in_version(template.versions.first()).by_key


def test_without_script_a_section_is_added_moved_and_kept(browser, live_server, cast):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    template = make.template(by=cast.ada)
    sign_in(page, cast.ada)
    page.goto(reverse("writeup:edit_template", args=[template.pk]))
    page.get_by_role("button", name="Leave out What went well").click()
    page.get_by_role("button", name="Add a section to Reason").click()
    page.get_by_label("Title").nth(6).fill("What came back")
    page.get_by_role("button", name="Move up", exact=True).click()
    page.get_by_label("What changed, and why").fill("Shorter")
    page.get_by_role("button", name="Save version 2").click()
    assert [text.title for text in in_version(template.versions.first()).of("reason")] == [
        "The story", "What came back", "How it made sense at the time",
    ]  # fmt: skip
    context.close()
