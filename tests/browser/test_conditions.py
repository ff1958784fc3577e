"""Conditions, what they rest on and how ready the write-up is, in a real browser: by keyboard, by mouse, on a telephone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from postmortems.incidents.impact import actions as impact
from postmortems.publication import actions as publication
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.withdrawing.actions import withdraw
from postmortems.writeup.writing.actions import save_section
from tests import cast as people
from tests import make
from tests.browser.conftest import accessible, sign_in, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def cast(transactional_db):
    return people.gather()


def order(incident) -> list[int]:
    return [one.number for one in incident.conditions.all()]


def approved_and_withdrawn(cast) -> list[str]:
    """Pages of an approval that is void, and of a revision that could be withdrawn as the one before it was."""
    incident, text = cast.incident, draft(cast.incident)
    approve(text=text, by=cast.apo, digest=text.digest, now=make.T0)
    first = publication.publish(incident=incident, by=cast.alice, now=make.T0, despite="a test")
    withdraw(revision=first, by=cast.alice, reason="A name stood in it", now=make.T0)
    save_section(incident=incident, key="summary", text="Other words.", version=1, by=cast.alice)
    publication.publish(incident=incident, by=cast.alice, now=make.T0, despite="a test")
    return [
        reverse("publication:since_approval", args=[incident.ref, incident.approvals.get().pk]),
        reverse("publication:withdraw", args=[incident.ref, 2]),
        reverse("publication:revision", args=[incident.ref, 2]),
    ]


def test_the_pages_are_accessible_and_fit_a_telephone(page, cast):
    incident, pages = (
        cast.incident,
        ["writeup:new_condition", "publication:trace", "publication:readiness", "incidents:impact"],
    )
    make.writeup_of(incident)
    make.condition(incident, "It rests on nothing yet")
    make.item(incident, "It answers nothing yet")
    event = make.event(incident, pinned=True)
    impact.add_figure(incident=incident, by=cast.alice, what="waited", unknown_because="nobody counted")
    sign_in(page, cast.ada)
    incident.circle.create(user=cast.ada, role="co")
    addresses = [reverse(name, args=[incident.ref]) for name in pages]
    addresses += [
        reverse("writeup:conditions_of_event", args=[incident.ref, event.pk]),
        reverse("writeup:kinds"),
    ]
    addresses += approved_and_withdrawn(cast)
    for where in [*addresses, reverse("publication:policy", args=["sev2"])]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(where)
        accessible(page)
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 390, where


def test_conditions_are_ordered_by_keys_and_by_dragging(page, cast):
    incident = cast.incident
    for number in range(1, 5):
        make.condition(incident, f"Condition {number}")
    sign_in(page, cast.alice)
    page.goto(reverse("writeup:edit", args=[incident.ref]))
    page.locator("#up-3").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-condition]").nth(1)).to_have_attribute("data-condition", "3")
    assert order(incident) == [1, 3, 2, 4]
    expect(page.locator("#up-3")).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 2400})  # what is dragged does not scroll
    page.drag_and_drop("#condition-4 strong", "#condition-1 strong")
    until(lambda: order(incident) == [4, 1, 3, 2])
    expect(page.get_by_text("C4 is moved.")).to_be_attached()


def test_events_are_looked_for_and_what_is_typed_stays(page, cast):
    make.events(cast.incident, 3)
    sign_in(page, cast.alice)
    page.goto(reverse("writeup:new_condition", args=[cast.incident.ref]))
    page.get_by_label("The condition, in one sentence").fill("Retries had no budget")
    page.get_by_label("Look in the whole timeline").fill("number 2")
    page.keyboard.press("Enter")  # looks, and records nothing
    page.get_by_role("checkbox", name="event number 2").check()
    expect(page.get_by_label("The condition, in one sentence")).to_have_value("Retries had no budget")
    assert order(cast.incident) == []
    page.get_by_role("button", name="Record it").click()
    page.wait_for_url("**/write-up/**")
    assert [str(event) for event in cast.incident.conditions.get().events.all()] == ["event number 2"]
