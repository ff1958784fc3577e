"""On a telephone and by key: one's hours and days away; then somebody else asks, and a refused letter goes again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from postmortems.accounts.models import User
from postmortems.incidents.actions import add_participant
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.models import Interview
from postmortems.notices.models import Letter
from tests import make
from tests.browser.conftest import accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def mara(page, transactional_db) -> User:
    page.set_viewport_size({"width": 390, "height": 844})
    mara = make.user("mara", name="Mara", role="reviewer", hours=ALWAYS)
    sign_in(page, mara)
    return mara


def test_hours_and_days_away(page, mara):
    page.goto("/me/")
    monday = page.get_by_role("group", name="Monday")
    monday.get_by_label("from").first.focus()
    monday.get_by_label("from").first.fill("08:30")
    monday.get_by_label("to", exact=True).first.fill("12:00")
    monday.get_by_text("One more").focus()
    page.keyboard.press("Enter")
    monday.get_by_label("from").last.fill("13:00")
    monday.get_by_label("to", exact=True).last.fill("17:00")
    page.get_by_role("button", name="Tuesday to Friday as on Monday").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="as on Monday now")).to_be_visible()
    assert User.objects.get().hours == ALWAYS
    away = page.get_by_role("group", name="Days away")
    away.get_by_label("from").first.fill("2998-12-24")
    away.get_by_label("to", exact=True).first.fill("2998-12-20")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("ends before it begins")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("group", name="Days away").get_by_label("to", exact=True).first.fill("2999-01-02")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    saved = User.objects.get()
    assert saved.absences == [["2998-12-24", "2999-01-02"]]
    assert saved.hours["thu"] == [["08:30", "12:00"], ["13:00", "17:00"]]
    assert saved.hours["sun"] == [["00:00", "24:00"]]
    accessible(page)


def test_somebody_else_asks_and_a_refused_letter_goes_again(page, mara):
    nils = make.user("nils", name="Nils", role="reviewer", hours=ALWAYS)
    now = timezone.now()
    ended = now - timedelta(hours=40)
    times = dict.fromkeys(("detected_at", "acknowledged_at", "mitigated_at"))
    incident = make.incident(by=mara, impact_began_at=ended - timedelta(hours=1), resolved_at=ended, **times)
    gus = add_participant(incident=incident, by=mara, name="Gus", role="Support", email="gus@exmaple.org")
    start = (now + timedelta(days=4)).replace(minute=0, second=0, microsecond=0)
    made = make.interview(
        incident, interviewer=mara, participant=gus, state="proposed", invited_at=None,
        starts_at=start, ends_at=start + timedelta(minutes=45),
    )  # fmt: skip
    inviting.invite(interview=made, by=mara, now=now)

    page.goto(reverse("interviews:board", args=[incident.ref]))
    page.get_by_role("link", name="Somebody else asks Gus").click()
    accessible(page)
    page.get_by_role("radio", name="Nils").focus()
    page.keyboard.press("Space")
    page.get_by_label("Because").fill("is on leave from tomorrow")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nils asks Gus now. Whoever knew of it is told.")).to_be_visible()
    assert Interview.objects.standing().get().interviewer == nils

    refused = "SMTPRecipientsRefused: {'gus@exmaple.org': (550, b'no such person')}"
    Letter.objects.filter(to="gus@exmaple.org", state="waiting").update(tries=1, trouble=refused)
    page.reload()
    expect(page.get_by_role("region", name="1 letter not delivered")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("E-mail of Gus").fill("gus@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The letter is on its way again.")).to_be_visible()
    expect(page.get_by_role("region", name="1 letter not delivered")).to_have_count(0)
    assert Letter.objects.filter(to="gus@example.org", state="waiting").exists()
