"""From the letter to the answer on a telephone, without an account, by touch and by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from postmortems.incidents.actions import add_participant
from postmortems.interviews.inviting import actions, slots
from postmortems.interviews.models import Interview
from postmortems.notices.models import Letter
from tests import make
from tests.browser.conftest import accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def letter(page, live_server, settings):
    """The letter of Gus, who has no account, as it lies in his telephone."""
    settings.SITE_URL = live_server.url
    page.set_viewport_size({"width": 390, "height": 844})
    now = timezone.now()
    mara = make.user("mara", name="Mara", role="reviewer", hours=ALWAYS, zone="Asia/Kathmandu")
    ended = now - timedelta(hours=40)
    times = dict.fromkeys(("detected_at", "acknowledged_at", "mitigated_at"))
    incident = make.incident(by=mara, impact_began_at=ended - timedelta(hours=1), resolved_at=ended, **times)
    gus = add_participant(incident=incident, by=mara, name="Gus", role="Support", email="gus@example.org")
    gus.hours = ALWAYS
    gus.save()
    start = (now + timedelta(days=4)).replace(minute=0, second=0, microsecond=0)
    interview = make.interview(
        incident, interviewer=mara, participant=gus, state="proposed", invited_at=None,
        starts_at=start, ends_at=start + timedelta(minutes=45), why="was paged and joined",
    )  # fmt: skip
    actions.invite(interview=interview, by=mara, now=now)
    return Letter.objects.get(to="gus@example.org")


def link(letter: Letter) -> str:
    return re.search(r"http\S+/answer/\S+", letter.text).group()


def test_another_time_is_taken_by_keyboard_and_the_answer_can_change(page, letter):
    page.goto(link(letter))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mara would like to listen to you")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    wanted = slots.fitting(Interview.objects.get(), now=timezone.now())[0]
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Agreed")).to_be_visible()
    taken = Interview.objects.get()
    assert taken.state == "accepted"
    assert abs(taken.starts_at - wanted) <= timedelta(hours=1)
    accessible(page)

    page.get_by_role("button", name="An hour before as well").click()
    expect(page.get_by_role("button", name="Not an hour before")).to_be_visible()

    page.get_by_text("None of these suits me").click()
    page.get_by_label("What would suit you?").fill("On a Sunday, if that is allowed")
    page.get_by_role("button", name="Ask for another time").click()
    expect(page.get_by_role("heading", name="Another time is looked for")).to_be_visible()
    assert Interview.objects.get().wishes == "On a Sunday, if that is allowed"

    page.get_by_role("button", name="I would rather not talk").click()
    expect(page.get_by_role("heading", name="You would rather not")).to_be_visible()
    accessible(page)
    expect(page.get_by_role("button", name="I would rather not talk")).to_have_count(0)


def test_writing_instead_goes_by_a_letter_of_its_own(page, letter):
    page.goto(link(letter))
    page.get_by_role("button", name="I would rather write").click()
    expect(page.get_by_role("heading", name="You write instead")).to_be_visible()
    accessible(page)
    second = Letter.objects.filter(to="gus@example.org").latest("pk")
    page.goto(re.search(r"http\S+/words/\S+", second.text).group())
    expect(page.get_by_role("heading", name="Your words")).to_be_visible()
    expect(page.get_by_label("In your own words")).to_be_visible()


def test_it_works_without_script(browser, live_server, letter):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(link(letter))
    page.get_by_role("button", name="That suits me").click()
    expect(page.get_by_role("heading", name="Agreed")).to_be_visible()
    context.close()
