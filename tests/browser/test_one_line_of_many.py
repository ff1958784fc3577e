"""People, clocks, same moments and questions, by keyboard and as axe sees them, on a wide screen and a telephone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import accessible, sign_in
from tests.timelines.conftest import bring_in
from tests.timelines.merging.conftest import JONAS, chat, pager
from timelines.merging import actions
from timelines.models import Alias, Group, Question

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("people", "clocks", "same", "questions")


@pytest.fixture
def incident(transactional_db):
    alice = make.user("alice", role="reviewer")
    made = make.incident(by=alice, title="Bookings were not confirmed")
    bring_in(made, alice, "pager.json", pager(752), name="Pager")
    bring_in(made, alice, "general.json", chat(), name="Chat")
    make.user("jonas", name=JONAS)
    actions.ask(incident=made, by=alice, text="What did the dashboard show?")
    return made


def address(name: str, incident) -> str:
    return reverse(f"timelines:{name}", args=[incident.ref])


def test_the_pages_are_accessible_and_fit_a_telephone(page, incident):
    sign_in(page, incident.opened_by)
    for name in PAGES:
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address(name, incident))
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} at {width}"


def test_one_line_is_made_with_the_keyboard_alone(page, incident):
    sign_in(page, incident.opened_by)
    page.goto(address("people", incident))
    page.get_by_role("button", name=re.compile(f"^Yes.*is {JONAS}$")).press("Enter")
    expect(page.get_by_text(f"{JONAS} is {JONAS}.")).to_be_visible()
    assert Alias.objects.count() == 1
    page.get_by_role("button", name="Undo", exact=True).press("Enter")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert not Alias.objects.exists()
    page.get_by_role("link", name="Clocks").press("Enter")
    page.get_by_role("button", name="Shift Chat by").press("Enter")
    expect(page.get_by_text("Chat is shifted.")).to_be_visible()
    page.get_by_role("link", name="Same moments").press("Enter")
    first = page.locator("form.card").first
    first.get_by_role("checkbox").first.press("Space")
    first.get_by_role("checkbox").first.press("Space")
    first.get_by_role("button", name="One moment").press("Enter")
    expect(page.get_by_text("2 events are one moment now.")).to_be_visible()
    assert Group.objects.count() == 1
    accessible(page)
    page.get_by_role("link", name="Open questions").press("Enter")
    page.get_by_label("What was learned").fill("An average")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No question is open.")).to_be_visible()
    assert Question.objects.get().answer == "An average"
    accessible(page)
