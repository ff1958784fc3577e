"""Where the server refuses or does not answer, the page says so and stays as it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, until
from tests.browser.test_a_meeting import address, under_way
from tests.cast import gather

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_in_the_room(browser, live_server):
    cast = gather()
    meeting = under_way(cast)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800})
    page = context.new_page()
    sign_in(context, cast.alice)
    page.goto(address("room", cast.incident))
    said = page.get_by_role("alert")
    tick = page.get_by_role("checkbox", name="Ian")
    whole = {
        "status": 500,
        "content_type": "text/html",
        "body": "<!doctype html><html><title>Down</title><h1>Down</h1>",
    }

    page.route("**/meeting/walk-in/", lambda route: route.fulfill(**whole))
    page.locator("#people summary").click()
    page.get_by_label("Or a name").fill("A guest")
    page.get_by_role("button", name="Note them").click()
    expect(said).to_contain_text("The server could not do it (500)")
    expect(page.get_by_label("Or a name")).to_have_value("A guest")
    assert "Down" not in page.title()

    context.set_offline(True)
    tick.check()
    expect(said).to_contain_text("The server does not answer")
    context.set_offline(False)
    tick.uncheck()
    tick.check()
    expect(said).to_be_hidden()
    until(lambda: meeting.attendances.filter(came=True).count() == 1, what="the tick")
    context.close()
