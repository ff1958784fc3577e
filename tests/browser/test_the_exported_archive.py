"""The archive as a folder: read and searched from a disk."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests import cast as people
from tests.archive.publishing import published

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_is_searched_from_the_folder(transactional_db, tmp_path, browser):
    cast = people.gather()
    published(cast.alice, "Café bookings hung")
    other = published(cast.alice, "Seat maps did not load").incident
    call_command("export_archive", str(tmp_path / "a site"), stdout=StringIO())
    page = browser.new_page(viewport={"width": 390, "height": 800})
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto((tmp_path / "a site" / "index.html").as_uri())
    expect(page.get_by_role("link", name="Seat maps did not load")).to_be_visible()
    page.get_by_label("Search").fill("cafe book")
    expect(page.get_by_role("status")).to_have_text("One write-up")
    expect(page.get_by_role("link", name="Café bookings hung")).to_be_visible()
    page.get_by_label("Search").fill("zzqx")
    expect(page.get_by_role("status")).to_have_text("Nothing has these words.")
    page.get_by_label("Search").fill("seat")
    page.get_by_role("link", name="Seat maps did not load").click()
    expect(page.get_by_role("heading", name="Seat maps did not load")).to_be_visible()
    assert other.ref in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("One write-up")
    assert not troubles
    page.close()
