"""What outsiders read is decided by key: the part that was decided keeps nothing, the next one has the focus."""

from __future__ import annotations

import pytest

from postmortems.publication.models import Mark, Twin
from postmortems.publication.twin.drafting import draft
from tests import make
from tests.browser.conftest import accessible, sign_in, slow, until
from tests.cast import gather
from tests.publication.twin.test_publishing import publish_revision, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(page, live_server):
    cast = gather()
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    write(
        cast.incident, "story", "Ian restarted replica-7.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    publish_revision(cast.incident)
    sign_in(page, cast.alice)
    return cast


def test_a_version_for_everybody_is_made_by_key(page, house):
    incident = house.incident
    page.goto(f"/incidents/{incident.ref}/twin/")
    accessible(page)
    title, story = (
        next(one for one in draft(incident, "public").parts if words in one.words)
        for words in ("Bookings were not", "restarted")
    )
    page.locator(f"#{title.id} input").first.focus()
    page.keyboard.press("3")
    until(lambda: Mark.objects.filter(audience="public").count() == 1, what="the title is public")
    assert page.evaluate("document.activeElement.closest('[data-part]').id") != title.id
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('[data-part]').id") == title.id
    page.locator(f"#{story.id} input").first.focus()
    page.keyboard.press("3")
    page.locator("#asked mark", has_text="replica-7").wait_for()
    accessible(page)
    page.get_by_role("button", name="Replace replica-7").click()
    page.locator("#told").get_by_text("The on-call responder restarted a host.").first.wait_for()
    page.get_by_role("button", name="Publish number 1").click()
    until(lambda: Twin.objects.count() == 1, what="it is published")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"/incidents/{incident.ref}/twin/?gaps=1")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_who_decides_faster_than_the_server_answers_loses_no_decision(page, house):
    incident = house.incident
    page.goto(f"/incidents/{incident.ref}/twin/")
    slow(page)
    page.locator("[data-part] input").first.focus()
    for _ in range(4):
        page.keyboard.press("3")
    marked = Mark.objects.filter(audience="public")
    until(lambda: marked.count() == 4, what="four decisions")

    # what was answered is not said again when the page is left
    page.wait_for_load_state("networkidle")
    page.evaluate("navigator.sendBeacon = (where) => sessionStorage.setItem('sent', where); 0")
    page.goto(page.url)
    assert page.evaluate("sessionStorage.getItem('sent')") is None
    slow(page)

    # what was not, is
    page.locator("[data-part] input").nth(12).focus()
    for _ in range(3):
        page.keyboard.press("3")
    page.evaluate("location.href = '/incidents/'")
    until(lambda: marked.count() == 7, what="three more")
