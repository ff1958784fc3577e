"""On a telephone, without a password: from the letter to the release, and no word lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from postmortems.incidents import actions as incidents
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, JotNote, Note
from postmortems.interviews.releasing import actions as releasing
from postmortems.notices.models import Letter
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NOW = make.T0 + timedelta(days=2)


@pytest.fixture
def telephone(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def guest(cast):
    return incidents.add_participant(
        incident=cast.incident, by=cast.alice, name="Gwen Guest", role="Support", email="gwen@example.com"
    )


def link(part: str) -> str:
    """The address in the newest letter, as somebody would tap it."""
    word = next(w for w in Letter.objects.order_by("-pk").first().text.split() if part in w)
    return word.removeprefix(settings.SITE_URL)


def calm(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []


def test_jot_notes_keep_themselves_through_a_lost_network_and_a_second_window(
    cast, guest, telephone, live_server
):
    jotting.ask(participant=guest, now=cast.incident.resolved_at + timedelta(hours=14))
    page, where = telephone, link("/jot/")
    page.goto(where)
    calm(page)
    field = page.get_by_label("My jot-notes")
    field.fill("the graph was green")
    expect(page.get_by_text("Kept at")).to_be_visible()
    assert JotNote.objects.get().text == "the graph was green"
    assert page.evaluate("Object.keys(localStorage).length") == 0
    # the tunnel: words stay in this browser, and follow
    page.context.set_offline(True)
    field.fill("the graph was green, and I was not")
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.context.set_offline(False)
    expect(page.get_by_text("Kept at")).to_be_visible()
    assert JotNote.objects.get().text == "the graph was green, and I was not"
    # another window saved in between: both are shown, both are kept
    other = page.context.new_page()
    other.goto(where)
    other.get_by_label("My jot-notes").fill("from the laptop")
    expect(other.get_by_text("Kept at")).to_be_visible()
    field.fill("from the telephone")
    page.get_by_role("button", name="Put both together").click()
    expect(page.get_by_text("Kept at")).to_be_visible()
    assert JotNote.objects.get().text == "from the laptop\n\nfrom the telephone"


def test_a_telephone_that_dies_gives_the_words_back(cast, guest, telephone):
    jotting.ask(participant=guest, now=cast.incident.resolved_at + timedelta(hours=14))
    page, where = telephone, link("/jot/")
    page.goto(where)
    page.route(
        "**/jot/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_label("My jot-notes").fill("half a sent")
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    again = page.context.new_page()
    again.goto(where)
    again.get_by_role("button", name="Take them up").click()
    expect(again.get_by_text("Kept at")).to_be_visible()
    assert JotNote.objects.get().text == "half a sent"


def test_from_the_letter_to_the_release(cast, telephone):
    interview = make.interview(cast.incident, interviewer=cast.alice, state="accepted")
    body = "@18:20 I took it for weather.\nThen Jo called.\nI was tired."
    listening.save_note(interview=interview, by=cast.alice, body=body, version=0, now=NOW)
    listening.held(interview=interview, by=cast.alice, now=NOW)
    releasing.ask_to_read(interview=interview, by=cast.alice, now=NOW)
    page = telephone
    page.goto(link("/words/"))
    calm(page)
    lines = page.locator("ol.lines > li")
    lines.nth(1).locator("summary").click()
    lines.nth(1).get_by_label("How it should read").fill("Then I called Jo.")
    lines.nth(1).get_by_role("button", name="Put it this way").click()
    expect(page.get_by_text("Your words, beside it")).to_be_visible()
    lines.nth(2).locator("summary").click()
    calm(page)
    lines.nth(2).get_by_role("button", name="Strike it").click()
    expect(page.get_by_text("(struck)")).to_be_visible()
    card = page.locator("article.passage")
    card.get_by_label("The words").fill("It looked like weather.")
    card.get_by_role("button", name="Release it").click()
    expect(page.get_by_role("heading", name="What you released")).to_be_visible()
    calm(page)
    event = cast.incident.events.get(kind="recollection")
    assert (event.text, event.actor) == ("It looked like weather.", "")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="What you released")).to_be_hidden()
    assert not cast.incident.events.filter(kind="recollection").exists()
    assert "tired" not in Note.objects.get().body


def test_in_writing_by_keyboard(cast, telephone):
    interview = make.interview(cast.incident, interviewer=cast.alice, state="writing")
    page = telephone
    page.goto(releasing.letters.links.address(interview).removeprefix(settings.SITE_URL))
    calm(page)
    page.get_by_label("In your own words").focus()
    page.keyboard.type("It was quiet.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Kept at")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="I have written what I want to say").press("Enter")
    expect(page.get_by_role("heading", name="What was written down")).to_be_visible()
    assert Interview.objects.get(pk=interview.pk).state == "done"
