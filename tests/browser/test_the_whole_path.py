"""From sign-in to the downloaded PDF, as a newcomer walks it, in a real browser with a real worker."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from postmortems.incidents.models import Incident
from postmortems.notices.models import Letter
from postmortems.publication.models import Revision
from tests import make
from tests.browser.conftest import accessible, until
from tests.samples import sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a long enough password"


def sign_in(page, email: str) -> None:
    page.goto("/")
    accessible(page)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def local(at) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def test_from_evidence_to_a_published_postmortem(page, worker):
    mara = make.user("mara", role="reviewer", name="Mara Okafor")
    ian = make.user("ian", name="Ian Field")
    ended = timezone.now() - timedelta(days=3)

    sign_in(page, mara.email)
    accessible(page)

    # Open
    page.get_by_role("link", name="Open an incident").first.click()
    accessible(page)
    page.get_by_label("Title").fill("Bookings were not confirmed")
    page.get_by_label(re.compile("SEV2")).check()
    page.get_by_label(re.compile("^Time zone")).select_option("UTC")
    for name, hours in (
        ("Impact began", -2),
        ("Detected", -1.9),
        ("Acknowledged", -1.8),
        ("Mitigated", -0.2),
        ("Resolved", 0),
    ):
        page.get_by_label(re.compile(f"^{name}")).first.fill(local(ended + timedelta(hours=hours)))
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url("**/incidents/INC-*/")
    accessible(page)
    incident = Incident.objects.get()

    # Gather: three kinds of evidence at once, read by the worker
    page.get_by_role("link", name="Bring in evidence").first.click()
    accessible(page)
    files = [
        "slack/houstondatavis-export.zip",
        "pagerduty/incidents.json",
        "alertmanager/webhook_v4_firing.json",
    ]
    page.locator("input[type=file]").set_input_files([str(sample(name)) for name in files])
    page.get_by_role("button", name="Read them in").click()
    until(lambda: incident.imports.filter(state="done").count() == 3, what="reading three files")
    assert incident.events.filter(source__format="slack").count() == 829
    page.reload()
    page.get_by_text("829 added").wait_for()
    accessible(page)

    # The line: pin, caption
    page.get_by_role("navigation", name=incident.ref).get_by_role("link", name="Timeline").click()
    page.locator("[data-timeline] svg").first.wait_for()
    accessible(page)
    row = page.locator("li.event").first
    chosen = row.get_attribute("id")
    row.get_by_role("button", name="Pin", exact=True).click()
    page.locator(f"#{chosen}.pinned").wait_for()
    page.locator(f"#{chosen}").get_by_text("Caption, phase, hide").click()
    page.locator(f"#{chosen}").get_by_label("What this event means for the story").fill("The first sign")
    page.locator(f"#{chosen}").get_by_role("button", name="Save").click()
    page.locator(f"#{chosen} .caption").get_by_text("The first sign").wait_for()
    until(lambda: incident.events.filter(pinned=True, caption="The first sign").exists(), what="the caption")

    # People
    page.goto(f"/incidents/{incident.ref}/people/")
    accessible(page)
    page.locator("#participant_user").select_option(str(ian.pk))
    page.locator("form", has_text="Add somebody").get_by_role("button", name="Add").click()
    page.get_by_text("Ian Field is noted").wait_for()

    # Interview: between soak and fade
    page.get_by_role("navigation", name=incident.ref).get_by_role("link", name="Interviews").click()
    accessible(page)
    page.get_by_role("link", name="Whom to ask").first.click()
    accessible(page)
    page.get_by_role("button", name="Find a schedule").click()
    page.get_by_text("1 interview fits").wait_for()
    interview = incident.interviews.get()
    soak = incident.resolved_at + timedelta(hours=24)
    assert soak <= interview.starts_at < incident.resolved_at + timedelta(hours=168)
    page.get_by_role("button", name=re.compile("^Invite")).first.click()
    page.get_by_text("The invitation is on its way.").wait_for()
    letter = Letter.objects.get(to=ian.email)  # it leaves at a working hour of its reader
    assert b"METHOD:REQUEST" in bytes(letter.calendar)

    # The interviewee answers from the letter, without signing in
    link = re.search(r"http\S+/answer/\S+", letter.text)[0]
    theirs = page.context.browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    theirs.goto(link)
    accessible(theirs)
    theirs.get_by_role("button", name="That suits me").click()
    theirs.get_by_text("Thank you.").wait_for()

    # The conversation, its notes, and what is let out of them
    page.goto(f"/incidents/{incident.ref}/interviews/{interview.pk}/")
    accessible(page)
    page.get_by_role("textbox", name="Notes", exact=True).fill("Looked at the replica first. Private words.")
    page.get_by_text("Kept at").wait_for()
    page.get_by_role("button", name="We have talked").click()
    page.get_by_text("Propose a passage").click()
    page.get_by_label("In their words").fill("The alert had come and gone all week.")
    page.get_by_label("Not before").fill((ended - timedelta(hours=1.8)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Propose it").click()
    page.get_by_text("It goes nowhere until they release it.").wait_for()
    page.get_by_role("button", name="Thank them and ask them to read").click()
    letter = until(
        lambda: Letter.objects.filter(to=ian.email, text__contains="/words/").first(), what="the letter"
    )
    theirs.goto(re.search(r"http\S+/words/\S+", letter.text)[0])
    accessible(theirs)
    theirs.get_by_role("button", name="Release it").first.click()
    theirs.get_by_text("It stands on the timeline").wait_for()
    assert incident.events.filter(kind="recollection").count() == 1

    # Write: each field saves itself
    page.goto(f"/incidents/{incident.ref}/")
    page.get_by_role("navigation", name=incident.ref).get_by_role("link", name="Write-up").click()
    accessible(page)
    texts = {
        "summary": "For two hours bookings were not confirmed.", "impact": "1,914 people saw a spinner.",
        "apology": "We are sorry. People had planned an evening.", "story": "The lag alert fired, as it had all week.",
    }  # fmt: skip
    for key, text in texts.items():
        page.locator(f"#text-{key}").fill(text)
        page.locator(f"form[data-section$='{key}'] [data-status]").get_by_text("Saved at").wait_for()
    assert {section.key: section.text for section in incident.sections.all()} == texts
    for sentence in ("Retries had no budget", "The dashboard averages over all shops"):
        page.goto(f"/incidents/{incident.ref}/conditions/new/")
        accessible(page)
        page.get_by_label("The condition, in one sentence").fill(sentence)
        page.locator("#evidence input[type=checkbox]").first.check()
        page.get_by_role("button", name="Record it").click()
        page.get_by_text("is recorded.").wait_for()

    # Remedy
    page.goto(f"/incidents/{incident.ref}/items/new/")
    accessible(page)
    page.get_by_label("What will be done").fill("Bound retries of the confirm step to 10 % of its traffic")
    page.get_by_label("Type").select_option(label="Prevent")
    page.get_by_label("How we will know that it worked").fill("Reads rise by at most 10 % in the test")
    page.get_by_label("Owner").select_option(label="Mara Okafor")
    page.get_by_label("Due").fill("2030-01-31")
    page.locator("#id_conditions input").first.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Accepted").click()
    page.get_by_text("R1 is accepted.").wait_for()
    accessible(page)

    # Publish, read, take it along
    page.get_by_role("navigation", name=incident.ref).get_by_role("link", name="Publish").click()
    accessible(page)
    page.get_by_role("button", name="Publish revision 1").click()
    page.wait_for_url(f"**/archive/{incident.ref}/1/")
    page.get_by_role("link", name=re.compile("^PDF")).wait_for(timeout=60_000)
    accessible(page)
    with page.expect_download() as loading:
        page.get_by_role("link", name=re.compile("^PDF")).click()
    reader = PdfReader(BytesIO(loading.value.path().read_bytes()))
    words = " ".join(" ".join(sheet.extract_text().split()) for sheet in reader.pages)
    for text in (
        *texts.values(),
        "Bookings were not confirmed",
        "Retries had no budget",
        "The first sign",
    ):
        assert text in words, text
    assert "Private words" not in words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]

    # The archive finds it
    page.goto("/archive/?q=spinner")
    accessible(page)
    page.get_by_role("link", name="Bookings were not confirmed", exact=True).wait_for()
    assert page.locator("mark").first.inner_text() == "spinner"
    assert Revision.objects.get().number == 1
