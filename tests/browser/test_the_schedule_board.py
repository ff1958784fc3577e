"""The board by mouse, by key, by touch and without script, on a wide screen and a telephone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from postmortems.calendars.hours import WEEKDAYS
from postmortems.incidents import actions as incidents
from postmortems.interviews.models import Interview
from postmortems.notices.models import Letter
from tests import make
from tests.browser.conftest import accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVERY_DAY = {day: [["08:00", "12:00"], ["13:00", "20:00"]] for day in WEEKDAYS}


@pytest.fixture
def day() -> datetime:
    """Midnight of the day after tomorrow, which lies in the window of an incident of yesterday."""
    return datetime.combine(timezone.now().date() + timedelta(days=2), time(), tzinfo=UTC)


@pytest.fixture
def incident(transactional_db):
    alice = make.user("alice", role="reviewer", hours=EVERY_DAY)
    ended = timezone.now() - timedelta(hours=30)
    return make.incident(
        by=alice,
        resolved_at=ended,
        impact_began_at=ended - timedelta(hours=1),
        detected_at=None,
        acknowledged_at=None,
        mitigated_at=None,
    )


def asked(incident, name: str, start: datetime | None, **fields) -> Interview:
    who = incidents.add_participant(
        incident=incident,
        by=incident.opened_by,
        name="",
        role="Support",
        user=make.user(name.lower(), name=name, hours=EVERY_DAY),
    )
    given = {"state": "proposed", "invited_at": None} | fields
    return make.interview(
        incident, participant=who, starts_at=start, ends_at=start and start + timedelta(minutes=45), **given
    )


def board(page: Page, incident, day: datetime | None = None) -> None:
    page.goto(reverse("interviews:board", args=[incident.ref]) + (f"?day={day:%Y-%m-%d}" if day else ""))


def slot(page: Page, name: str):
    return page.get_by_role("slider", name=f"Time of the interview with {name}")


def drag(page: Page, name: str, hours: float, *, knowing: bool = True) -> None:
    """By the mouse, so many hours along the board of one day."""
    block = slot(page, name).locator(".block")
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    wide = page.locator("[data-band]").first.bounding_box()["width"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    if knowing:
        page.wait_for_load_state("networkidle")  # the rules are asked for when a hand comes near
    page.mouse.down()
    page.mouse.move(x + wide * hours / 48, y, steps=4)
    page.mouse.move(x + wide * hours / 24, y, steps=4)


def starts(interview: Interview) -> datetime:
    return Interview.objects.get(pk=interview.pk).starts_at


def test_a_block_is_dragged_to_a_time_that_fits(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9))
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    drag(page, "Ben", 2.1)
    expect(page.locator("[data-words]")).to_have_text(
        re.compile(r"11:00 in UTC\.")
    )  # snapped to a quarter of an hour
    page.mouse.up()
    expect(page.get_by_text(re.compile("^Ben: .*Nothing is sent before"))).to_be_visible()
    assert starts(ben) == day.replace(hour=11)
    expect(slot(page, "Ben")).to_be_focused()


def test_the_rule_that_binds_shows_while_dragging_and_the_block_goes_back(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9))
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    drag(page, "Ben", 3.5)
    expect(page.locator("[data-words]")).to_have_text("Ben is not at work from 12:00 to 13:00 in UTC.")
    assert page.locator(".forbidden.here").count() == 1
    page.mouse.up()
    expect(page.get_by_role("link", name="With a reason")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("[data-dragging]")).to_be_hidden()
    assert starts(ben) == day.replace(hour=9)
    drag(page, "Ben", 3.5)
    page.mouse.up()
    page.get_by_role("link", name="With a reason").click()
    expect(page.get_by_label(re.compile("^When, in"))).to_have_value(f"{day:%Y-%m-%d}T12:30")
    page.get_by_label("Because").fill("Ben asked for it")
    page.get_by_role("button", name="Set it all the same").click()
    expect(page.get_by_text("All the same, because: Ben asked for it")).to_be_visible()
    assert starts(ben) == day.replace(hour=12, minute=30)


def test_a_hand_that_is_faster_than_the_rules_is_told_them_where_it_stands(page, incident, day):
    zone = "Asia/Kathmandu"  # neither the browser's nor the incident's
    ben = asked(incident, "Ben", day.replace(hour=5))
    ben.participant.user.zone = zone
    ben.participant.user.save()
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    held = []
    page.route("**/rules/", lambda route: held.append(route))
    drag(page, "Ben", -3, knowing=False)
    words = page.locator("[data-words]")
    expect(words).to_contain_text("07:45 in Kathmandu.")
    held[0].continue_()
    expect(words).to_have_text("Ben’s working hours begin at 08:00 in Kathmandu.")
    page.keyboard.press("Escape")
    expect(page.locator("[data-says-where]")).to_have_text("Put back.")
    page.mouse.up()
    assert starts(ben) == day.replace(hour=5)


def test_an_invitation_that_is_out_moves_only_when_that_is_said_and_both_are_told(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9), state="accepted", invited_at=timezone.now())
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    drag(page, "Ben", 2)
    page.mouse.up()
    expect(page.get_by_role("button", name="Set", exact=True)).to_be_visible()
    assert starts(ben) == day.replace(hour=9)
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Both are told.")).to_be_visible()
    assert starts(ben) == day.replace(hour=11)
    assert Letter.objects.filter(to="ben@example.org").count() == 1


def test_by_keyboard_alone_from_one_time_that_fits_to_the_next(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=11))
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    slot(page, "Ben").focus()
    said = page.locator("[data-says-where]")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("13:00 in UTC. Enter sets it.")  # over the break at noon
    page.keyboard.press("Escape")
    expect(said).to_have_text("Put back.")
    page.keyboard.press("End")
    expect(said).to_contain_text("19:15 in UTC.")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("No other time fits in that direction.")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Ben: .*19:15 in UTC"))).to_be_visible()
    assert starts(ben) == day.replace(hour=19, minute=15)
    expect(slot(page, "Ben")).to_be_focused()


def test_two_who_move_the_same_one_lose_nothing(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9))
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    Interview.objects.filter(pk=ben.pk).update(
        starts_at=day.replace(hour=15), ends_at=day.replace(hour=15, minute=45)
    )
    slot(page, "Ben").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-says-where]")).to_contain_text("Enter sets it.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is as they left it.")).to_be_visible()
    assert starts(ben) == day.replace(hour=15)


def test_without_the_rules_nothing_moves_and_the_page_by_hand_is_there(page, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9))
    sign_in(page, incident.opened_by)
    page.route("**/rules/", lambda route: route.fulfill(status=204, body=""))
    board(page, incident, day)
    slot(page, "Ben").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-says-where]")).to_contain_text("The rules could not be read.")
    assert starts(ben) == day.replace(hour=9)
    page.get_by_role("link", name="Move for Ben").click()
    expect(page.get_by_role("heading", name="Times that fit")).to_be_visible()


def test_by_touch_on_a_telephone(browser, live_server, incident, day):
    ben = asked(incident, "Ben", day.replace(hour=9))
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    sign_in(page, incident.opened_by)
    board(page, incident, day)
    block = slot(page, "Ben").locator(".block")
    block.scroll_into_view_if_needed()
    box, wide = block.bounding_box(), page.locator("[data-band]").first.bounding_box()["width"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (4, 2, 1, 1):
        page.wait_for_timeout(150)
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": [{"x": x + wide / 12 / part, "y": y + 3}]},
        )
    expect(page.locator("[data-words]")).to_have_text(re.compile(r"11:00 in UTC\."))
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_text(re.compile("^Ben: .*11:00 in UTC"))).to_be_visible()
    assert starts(ben) == day.replace(hour=11)
    context.close()


def test_the_pages_are_accessible_and_fit_a_telephone_with_none_one_and_many(page, incident, day):
    sign_in(page, incident.opened_by)
    pages = [reverse(f"interviews:{name}", args=[incident.ref]) for name in ("board", "whom")]

    def look() -> None:
        for address in pages:
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(address)
                accessible(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                    f"{address} at {width}"
                )

    look()
    one = asked(incident, "Ben", day.replace(hour=9))
    pages += [reverse("interviews:move", args=[incident.ref, one.pk]), f"{pages[0]}?day={day:%Y-%m-%d}"]
    look()
    guest = incidents.add_participant(
        incident=incident, by=incident.opened_by, name="Vera " + "of the long name " * 5, role="Observer"
    )
    pages.append(reverse("interviews:hours", args=[incident.ref, guest.pk]))
    for number, state in enumerate(["accepted", "moving", "writing", "done", "declined", "invited"]):
        asked(
            incident, f"P{number}", day + timedelta(hours=13 + number), state=state, invited_at=timezone.now()
        )
    look()
