"""The archive in a real browser: searched and narrowed by keyboard, and read by everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from postmortems.accounts.models import Team, User
from postmortems.archive.leading.reckoning import reckon
from postmortems.archive.models import Card, Subscription, TeamRead
from postmortems.publication import actions as publication
from tests import make
from tests.browser.conftest import accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def shelf(page, live_server):
    alice = make.user("alice", role="reviewer")
    checkout = make.service()
    for number in range(6):
        incident = make.incident(
            by=alice,
            title=f"Gazebo {number}",
            services=[checkout] if number % 2 else [],
            tags=["dns"],
            now=make.T0,
        )
        condition = make.condition(incident, "Retries of the gazebo had no budget", make.event(incident))
        due = (make.T0 + timedelta(days=20)).date()
        make.item(incident, owner=alice, due_on=due, status="accepted").conditions.add(condition)
        now = make.T0 + timedelta(days=5 * number + 1)
        publication.publish(incident=incident, by=alice, now=now, despite="a test needs it")
    reckon(make.T0 + timedelta(days=60))
    sign_in(page, alice)
    return page


def test_words_and_a_service_are_asked_for_by_keyboard(shelf):
    shelf.goto("/archive/")
    shelf.keyboard.press("/")
    shelf.keyboard.type("gazebo budgets")
    shelf.keyboard.press("Enter")
    expect(shelf.get_by_role("status")).to_contain_text("6 write-ups")
    expect(shelf.locator("mark").first).to_be_visible()
    shelf.get_by_label("Service").select_option("checkout")
    expect(shelf.get_by_role("status")).to_contain_text("3 write-ups")
    accessible(shelf)
    shelf.locator(".rows h3 a").first.focus()
    shelf.keyboard.press("Enter")
    expect(shelf.get_by_role("heading", name="Write-ups like this one")).to_be_visible()


def test_figures_lead_to_their_rows_and_fit_a_telephone(shelf):
    shelf.set_viewport_size({"width": 390, "height": 844})
    for address in (
        "/archive/recurs/",
        "/archive/fixed/",
        "/archive/reviews/",
        "/archive/numbers/",
        "/archive/feeds/",
    ):
        shelf.goto(address)
        accessible(shelf)
        assert shelf.evaluate("document.documentElement.scrollWidth") <= 390, address
    shelf.goto("/archive/recurs/")
    shelf.get_by_role("link", name="6", exact=True).first.click()
    expect(shelf.get_by_role("heading", level=1)).to_contain_text("Conditions: Technical")
    expect(shelf.get_by_role("link", name="Retries of the gazebo had no budget").first).to_be_visible()


def test_a_write_up_read_to_its_end_counts_and_one_is_recommended_by_keyboard(shelf):
    alice = User.objects.get(email="alice@example.org")
    make.team("Readers", alice, make.user(), make.user())
    for number in range(5):
        crew = make.team(f"Crew {number}", *[make.user() for _ in range(3)])
        Subscription.objects.create(user=crew.members.first(), team=crew, facet="all:")
    Subscription.objects.create(user=alice, team=Team.objects.get(name="Readers"), facet="all:")
    ref = Card.objects.select_related("incident").latest("pk").incident.ref
    shelf.goto(f"/archive/{ref}/")
    summary = shelf.get_by_text("Recommend it")
    summary.focus()
    shelf.keyboard.press("Enter")
    shelf.get_by_label("Worth reading, because").fill("it shows how a gazebo drifts")
    shelf.keyboard.press("Enter")
    expect(shelf.locator("#shelf")).to_contain_text("because it shows how a gazebo drifts")
    assert not TeamRead.objects.exists()
    shelf.locator("form[action$='/read/']").scroll_into_view_if_needed()
    expect(shelf.locator("#read-by")).to_contain_text("Read by 1 of 6 subscribed teams")
    accessible(shelf)
    shelf.goto("/archive/reading/")
    expect(shelf.get_by_text("it shows how a gazebo drifts")).to_be_visible()
    accessible(shelf)
    shelf.goto("/archive/letters/")
    accessible(shelf)
