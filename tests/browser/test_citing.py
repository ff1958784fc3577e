"""Citing from the menu of @, by keys and by pointer, and the note beside a citation."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import accessible, sign_in, until
from timelines import actions as timelines

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def incident(transactional_db):
    alice = make.user("alice", role="reviewer")
    made = make.incident(by=alice)
    event = make.event(made, "the lag alert fired", pinned=True)
    timelines.caption(event=event, by=alice, text="The first sign of the lag")
    make.event(made, "a vast <b>rollback</b> began")
    make.condition(made, "Retries had no budget", event)
    make.item(made, "Bound retries with a budget")
    return made


@pytest.fixture
def writing(page, live_server, incident):
    sign_in(page, incident.opened_by)
    page.goto(reverse("writeup:edit", args=[incident.ref]))
    area = page.locator("#text-story")
    area.focus()
    yield area
    if area.count():  # nothing is on its way to a house that is being taken down
        area.press("Control+s")
        expect(page.locator("#story [data-status]")).to_have_text(re.compile("^Saved"))
        page.wait_for_timeout(700)  # what the page asks for after a save is answered as well


def menu(page):
    return page.locator(".cite-menu:popover-open")


def test_by_keys(page, incident, writing):
    page.keyboard.type("First the alert, @")
    expect(menu(page).get_by_role("option")).to_have_count(3)
    accessible(page)
    page.keyboard.type("retries")
    expect(menu(page).get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(menu(page).get_by_role("option", selected=True)).to_contain_text("R1")
    page.keyboard.press("ArrowDown")  # from the last one to the first
    expect(menu(page).get_by_role("option", selected=True)).to_contain_text("C1")
    assert writing.get_attribute("aria-activedescendant") == menu(page).get_by_role(
        "option", selected=True
    ).get_attribute("id")
    page.keyboard.press("Enter")
    expect(menu(page)).to_have_count(0)
    page.keyboard.type(" had no bound.")
    assert writing.input_value() == "First the alert, [C1](condition:1) had no bound."
    until(
        lambda: incident.sections.filter(key="story", text__contains="[C1](condition:1)").exists(),
        what="the save",
    )


def test_undo_takes_a_citation_back_as_one_step(page, writing):
    page.keyboard.type("At @C1")
    expect(menu(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    assert writing.input_value() == "At [C1](condition:1)"
    page.keyboard.press("Control+z")
    assert writing.input_value() == "At @C1"


def test_who_types_faster_than_the_menu_gets_what_was_typed(page, incident, writing):
    page.keyboard.type("Then @")
    expect(menu(page).get_by_role("option")).to_have_count(3)
    page.route("**/cite/?*", lambda route: (time.sleep(0.3), route.continue_()))
    page.keyboard.type("rollb")
    page.keyboard.press("Enter")  # the first of the three is another one
    event = incident.events.get(text__startswith="a vast")
    expect(writing).to_have_value(re.compile(rf"\(event:{event.pk}\)$"))


def test_escape_closes_it_until_the_next_at_sign(page, writing):
    page.keyboard.type("@")
    expect(menu(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(menu(page)).to_have_count(0)
    page.keyboard.type("Ret")
    page.wait_for_timeout(400)
    expect(menu(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.type("@")
    expect(menu(page)).to_have_count(1)


def test_addresses_of_mail_and_plain_words_open_nothing(page, writing):
    page.keyboard.type("mail ops@example.org about it")
    page.wait_for_timeout(400)
    expect(menu(page)).to_have_count(0)
    page.keyboard.type(" and @ nothing that is there")
    expect(menu(page)).to_have_count(0)
    assert writing.input_value().endswith("@ nothing that is there")


def test_by_pointer_with_the_words_of_the_evidence(page, incident, writing):
    page.keyboard.type("Then @rollb")
    option = menu(page).get_by_role("option")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("a vast <b>rollback</b> began")
    option.click()
    event = incident.events.get(text__startswith="a vast")
    clock = f"{event.at:%H:%M}"
    assert writing.input_value() == rf"Then [{clock} a vast \<b\>rollback\</b\> began](event:{event.pk})"
    assert page.evaluate("document.activeElement.id") == "text-story"


def test_in_a_comment_the_number_sign_cites(page, incident, writing):
    page.locator("#threads-story summary", has_text="Comment").click()
    said = page.locator("#say-story")
    said.focus()
    page.keyboard.type("# no heading opens it, see #C1")
    expect(menu(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    assert said.input_value() == "# no heading opens it, see [C1](condition:1)"
    said.locator("xpath=ancestor::form").get_by_role("button", name="Comment").click()
    expect(page.locator("#threads-story .said a.cite")).to_have_text("C1")


def test_the_note_beside_a_citation(page, incident, writing):
    event = incident.events.get(pinned=True)
    page.keyboard.type(f"At [the alert](event:{event.pk}) and [what](event:999999).")
    page.locator("#story [data-preview-button]").click()
    cited = page.locator("#preview-story a.cite")
    expect(cited).to_have_attribute("href", re.compile(rf"/timeline/{event.pk}/$"))
    expect(page.locator("#preview-story .gone")).to_have_text("what")
    cited.hover()
    note = page.locator(".cite-note")
    expect(note).to_be_visible()
    expect(note).to_contain_text("The first sign of the lag")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    cited.focus()
    expect(note).to_be_visible()
    assert cited.get_attribute("aria-describedby") == "cite-note"
    accessible(page)


def test_without_script_the_words_to_copy_are_on_a_page(page, incident, writing):
    page.goto(reverse("writeup:cite", args=[incident.ref]) + "?q=retries")
    expect(page.locator("main code")).to_have_text(["[C1](condition:1)", "[R1](item:1)"])
    accessible(page)
