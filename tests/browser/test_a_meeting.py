"""A review meeting in a real browser: planned, sat through, and asked about, on a wide screen and a telephone."""

from __future__ import annotations

import functools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from postmortems.meetings.models import Meeting, SurveyKey
from postmortems.meetings.sitting import actions as sitting
from postmortems.meetings.surveying import letters
from tests import cast as people
from tests import make
from tests.browser.conftest import accessible, sign_in, slow, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def cast(transactional_db):
    return people.gather()


def address(name: str, incident, *more) -> str:
    return reverse(f"meetings:{name}", args=[incident.ref, *more])


def under_way(cast) -> Meeting:
    """A meeting that began a moment ago."""
    now = timezone.now()
    return make.meeting(
        cast.incident, now=now - 3 * DAY, starts_at=now - timedelta(minutes=5), facilitator=cast.rev, note_taker=cast.alice
    )  # fmt: skip


def held(cast) -> Meeting:
    meeting = under_way(cast)
    sitting.park(meeting=meeting, by=cast.alice, what="Page two people", now=timezone.now())
    sitting.walk_in(meeting=meeting, by=cast.alice, user=cast.mel, now=timezone.now())
    ids = list(meeting.attendances.values_list("pk", flat=True))
    sitting.tick(meeting=meeting, by=cast.alice, came=ids, now=timezone.now())
    return sitting.hold(meeting=meeting, by=cast.alice, now=timezone.now())


def test_the_pages_are_accessible_and_fit_a_telephone(page, cast):
    make.writeup_of(cast.incident)
    sign_in(page, cast.alice)
    looked_at = [address("meeting", cast.incident), address("plan", cast.incident)]
    for make_it in (None, under_way, held):
        if make_it:
            Meeting.objects.all().delete()
            make_it(cast)
            looked_at = [address(name, cast.incident) for name in ("meeting", "room", "decide")]
            looked_at.append(address("history", cast.incident, "agenda"))
        if make_it is held:
            looked_at.append(reverse("meetings:answer", args=[letters.token(SurveyKey.objects.first())]))
        for where in looked_at:
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(where)
                accessible(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                    f"{where} at {width}"
                )


def test_a_time_is_taken_and_the_meeting_planned_with_the_keyboard(page, cast):
    sign_in(page, cast.alice)
    page.goto(address("plan", cast.incident))
    page.get_by_role("link", name="Take").first.press("Enter")
    expect(page.get_by_label("When")).to_be_focused()
    page.get_by_role("button", name="Plan the meeting").press("Enter")
    expect(page.get_by_text("Nobody is written to before")).to_be_visible()
    meeting = Meeting.objects.get()
    assert meeting.starts_at > timezone.now() + DAY
    assert meeting.facilitator not in (cast.ian, None)


def test_in_the_room(page, cast):
    meeting = under_way(cast)
    sign_in(page, cast.alice)
    page.goto(address("room", cast.incident))
    page.get_by_role("button", name="Start the clock").press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("Opening and ground rules")
    page.get_by_role("button", name="Next point").press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("left")
    page.reload()
    expect(page.locator("[aria-current=step]")).to_contain_text("Walk along the line")

    page.get_by_label("An idea, in one line").fill("Page two people")
    page.keyboard.press("Enter")
    expect(page.locator("#parking li")).to_contain_text("Page two people")
    expect(page.get_by_label("An idea, in one line")).to_be_focused()

    page.get_by_label("Ian").check()
    until(lambda: meeting.attendances.filter(came=True).count() == 1, what="the tick")

    page.get_by_label("What was said that we did not know").fill("They had seen it all week.")
    until(lambda: Meeting.objects.get().notes == "They had seen it all week.", what="keeping the minutes")

    page.get_by_role("button", name="The meeting was held").click()
    expect(page.get_by_text("The meeting was held")).to_be_visible()
    assert cast.incident.items.get().decide_from > timezone.now()


def test_hands_in_the_room_are_faster_than_the_server(page, cast):
    meeting = under_way(cast)
    sign_in(page, cast.alice)
    page.goto(address("room", cast.incident))
    slow(page)
    names = [str(one) for one in meeting.attendances.all()]
    assert len(names) > 2
    tick = functools.partial(page.get_by_role, "checkbox", exact=True)
    for name in names:
        tick(name=name).check()
    tick(name=names[0]).uncheck()
    until(
        lambda: {str(one) for one in meeting.attendances.filter(came=True)} == set(names[1:]),
        what="all ticks",
    )
    expect(tick(name=names[-1])).to_be_checked()

    field = page.get_by_label("An idea, in one line")
    field.fill("Page two people")
    field.press("Enter")
    field.fill("Write down what")
    expect(page.locator("#parking li")).to_have_count(1)
    expect(field).to_have_value("Write down what")
    expect(field).to_be_focused()


def test_everything_works_without_script(browser, live_server, cast):
    meeting = under_way(cast)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, cast.alice)
    page.goto(address("room", cast.incident))
    page.get_by_label("An idea, in one line").fill("Page two people")
    page.get_by_role("button", name="Park it").click()
    page.get_by_label("Ian").check()
    page.get_by_role("button", name="Save who came").click()
    page.get_by_label("What was said that we did not know").fill("They had seen it all week.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="The meeting was held").click()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.notes) == ("held", "They had seen it all week.")
    assert meeting.attendances.get(came=True).user == cast.ian
    context.close()


def test_the_survey_from_a_telephone(page, cast):
    held(cast)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(reverse("meetings:answer", args=[letters.token(SurveyKey.objects.first())]))
    page.get_by_role("group", name="Did you learn something").get_by_label("Yes").check()
    page.get_by_label("What is one thing").fill("Begin earlier")
    page.get_by_role("button", name="Put it in the box").click()
    expect(page.get_by_text("in the box with the others")).to_be_visible()
    assert SurveyKey.objects.filter(used=True).count() == 1
