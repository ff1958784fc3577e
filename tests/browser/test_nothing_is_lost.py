"""What a browser and a server may do to somebody who writes: every word is in the text, in its history, or offered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from postmortems.writeup.models import Clash, Section, SectionText
from postmortems.writeup.writing import actions
from tests.browser.writers import BEGAN, Writer, gather

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAVED = re.compile(r"^Saved at")
SOON = 20_000


@pytest.fixture
def incident(transactional_db):
    return gather()


@pytest.fixture
def alice(browser, live_server, incident):
    writer = Writer(browser, live_server, incident.people[0], incident)
    yield writer
    writer.context.close()


def at_the_end(writer: Writer, words: str) -> None:
    writer.area.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    writer.area.press_sequentially(words)


def elsewhere(incident, before: str, after: str) -> None:
    """Bob changes words at his own desk."""
    section = incident.sections.get(key="story")
    text = section.text.replace(before, after)
    actions.save_section(
        incident=incident, key="story", text=text, version=section.version, by=incident.people[1]
    )


def text() -> str:
    return Section.objects.get(key="story").text


def test_what_is_written_before_the_scripts_are_there_is_saved(alice):
    """On a slow line the page can be written in before anything listens."""
    held = []
    alice.page.route("**/js/writing/saving.js", lambda route: held.append(route))
    with alice.page.expect_request("**/js/writing/saving.js"):
        alice.page.goto(alice.page.url, wait_until="commit")
    alice.area.press_sequentially("Early. ")
    for route in held:
        route.continue_()
    expect(alice.status).to_have_text(SAVED, timeout=SOON)
    assert "Early. " in text()


def test_a_server_that_is_killed_between_request_and_answer_gets_the_text_once(alice, incident):
    lost = []

    def killed(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    alice.context.route("**/save/", killed)
    at_the_end(alice, " Then it fell.")
    expect(alice.status).to_contain_text("will be sent again", timeout=SOON)
    elsewhere(incident, "queue", "long queue")  # before the text is sent a second time
    expect(alice.status).to_have_text(SAVED, timeout=SOON)
    expect(alice.area).to_have_value(BEGAN.replace("queue", "long queue") + " Then it fell.", timeout=SOON)
    assert lost == [200]
    assert text().count("Then it fell.") == 1
    assert not Clash.objects.exists()


def test_a_session_that_ended_is_taken_up_after_signing_in_again(alice, incident):
    alice.context.clear_cookies()
    at_the_end(alice, " Then it fell.")
    expect(alice.status).to_contain_text("You were signed out", timeout=SOON)
    expect(alice.status.get_by_role("link", name="Sign in again")).to_have_attribute("target", "_blank")
    alice.sign_in(alice.user)
    alice.open().close()  # in another window, which brings a new token
    alice.page = alice.context.pages[0]
    alice.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(alice.page.locator("#story [data-status]")).to_have_text(SAVED, timeout=SOON)
    assert text().endswith("Then it fell.")


def test_words_are_not_saved_under_the_name_of_whoever_signed_in_since(alice, incident):
    alice.sign_in(incident.people[1])
    at_the_end(alice, " Then it fell.")
    expect(alice.status).to_contain_text("You were signed out", timeout=SOON)
    assert text() == BEGAN
    alice.sign_in(alice.user)
    alice.area.press("Control+s")
    expect(alice.status).to_have_text(SAVED, timeout=SOON)
    assert SectionText.objects.order_by("-version").first().saved_by == alice.user


def test_two_windows_of_one_person_write_beside_each_other(alice):
    first, area, status = alice.page, alice.area, alice.status
    alice.open()
    at_the_end(alice, " second")
    first.bring_to_front()
    area.evaluate("area => area.setSelectionRange(0, 0)")
    area.press_sequentially("first ")
    for one in (alice.status, status):
        expect(one).to_have_text(re.compile("^(Saved at|Alice wrote)"), timeout=SOON)
    alice.area.press("Control+s")
    expect(alice.area).to_have_value(f"first {BEGAN} second", timeout=SOON)
    expect(area).to_have_value(f"first {BEGAN} second", timeout=SOON)


def test_a_lid_that_was_closed_for_long_sends_by_itself_what_was_typed(alice, incident):
    alice.context.set_offline(True)
    at_the_end(alice, " Then it fell.")
    alice.page.wait_for_timeout(2_000)
    elsewhere(incident, "queue", "long queue")
    elsewhere(incident, "noon", "12:04")
    alice.context.set_offline(False)
    expect(alice.status).to_have_text(SAVED, timeout=SOON)
    expect(alice.area).to_have_value(
        BEGAN.replace("queue", "long queue").replace("noon", "12:04") + " Then it fell."
    )


def test_the_words_of_a_window_that_crashed_are_offered_and_brought_together_with_newer_ones(alice, incident):
    alice.left_behind(f"{BEGAN} Then it fell.")
    elsewhere(incident, "queue", "long queue")
    alice.open()
    offer = alice.page.locator("#story .callout", has_text="not confirmed")
    expect(offer).to_be_visible(timeout=SOON)
    offer.get_by_text("Read it").click()
    expect(offer.locator("pre")).to_contain_text("Then it fell.")
    offer.get_by_role("button", name="Take it up").click()
    expect(alice.area).to_have_value(BEGAN.replace("queue", "long queue") + " Then it fell.", timeout=SOON)
    expect(offer).to_be_hidden()
    alice.page.reload()
    alice.page.wait_for_timeout(500)
    expect(offer).to_be_hidden()


def test_what_is_let_go_is_not_offered_again(alice):
    alice.left_behind(f"{BEGAN} Then it fell.")
    alice.open()
    alice.page.get_by_role("button", name="Let it go").click(timeout=SOON)
    assert alice.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft/'))") == []
    assert text() == BEGAN


def test_words_that_come_in_stand_at_their_place_behind_an_emoji(alice, incident):
    at_the_end(alice, " 🚨🚨 fell.")
    expect(alice.status).to_have_text(SAVED, timeout=SOON)
    alice.area.evaluate("area => { const at = area.value.indexOf('fell'); area.setSelectionRange(at, at); }")
    elsewhere(incident, "quiet", "quiet 🌙")
    expect(alice.area).to_have_value(re.compile("🌙"), timeout=SOON)
    assert alice.area.evaluate("area => area.value.slice(area.selectionStart)") == "fell."
