"""The page of a conversation in a real browser: no word is lost, and none is kept that was said off the record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from postmortems.incidents.actions import add_participant
from postmortems.interviews.listening import actions
from postmortems.interviews.models import Interview, Note, Passage, Question
from tests import make
from tests.browser.conftest import accessible, sign_in, until
from timelines import storing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def alice(live_server):
    return make.user("alice", role="reviewer")


@pytest.fixture
def interview(alice) -> Interview:
    incident = make.incident(by=alice)
    add_participant(incident=incident, by=alice, name="Ian", role="On-call responder")
    rows = [
        (14, "command", "systemctl restart x"),
        (20, "message", "watching"),
        (48, "rollback", "back to 4.17"),
    ]
    records = [make.record(text, minutes=minutes, kind=kind) for minutes, kind, text in rows]
    for batch in storing.batches(iter(records)):
        storing.store(make.source(incident), batch)
    return make.interview(incident, interviewer=alice, state="accepted", began_at=timezone.now())


@pytest.fixture
def talk(browser, live_server, alice, interview):
    """The page, open. That the network fails is told by the browser too; everything else it says is a trouble."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: (
            troubles.append(said.text) if said.type == "error" and "Failed to load" not in said.text else None
        ),
    )
    sign_in(context, alice)
    page.where = reverse("interviews:conduct", args=[interview.incident.ref, interview.pk])
    page.goto(page.where)
    yield page
    context.close()
    assert not troubles


def body() -> str:
    note = Note.objects.first()
    return note.body if note else ""


def stored(page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


def kept(words: str) -> None:
    until(lambda: words in body(), 10, f"“{words}” being kept")


def status(page):
    return page.locator("[data-status]")


def test_words_keep_themselves_within_two_seconds_and_leave_no_copy(talk):
    talk.locator("#text").fill("It was quiet.")
    assert "It was quiet." in stored(talk)
    began = timezone.now()
    kept("It was quiet.")
    assert timezone.now() - began < timedelta(seconds=2.5)
    status(talk).filter(has_text="Kept at").wait_for()
    assert "It was quiet." not in stored(talk)


def test_whoever_types_on_is_saved_too(talk):
    talk.locator("#text").focus()
    for n in range(30):
        talk.keyboard.type(f"word{n} ")
        talk.wait_for_timeout(100)
        if n == 25:
            assert "word3" in body()
    kept("word29")


def test_a_lost_network_delays_and_loses_nothing(talk):
    talk.context.set_offline(True)
    talk.locator("#text").fill("Written in a lift.")
    status(talk).filter(has_text="kept in this browser").wait_for()
    assert body() == ""
    assert "Written in a lift." in stored(talk)
    talk.context.set_offline(False)
    kept("Written in a lift.")


def test_a_browser_that_died_without_network_takes_its_words_up_again(talk):
    talk.context.set_offline(True)
    talk.locator("#text").fill("Before the battery was empty.")
    status(talk).filter(has_text="kept in this browser").wait_for()
    context = talk.context
    talk.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(talk.where)
    kept("Before the battery was empty.")
    assert "Before the battery was empty." in again.locator("#text").input_value()


def test_words_that_met_others_meanwhile_are_offered(talk, alice, interview):
    talk.evaluate(
        "key => localStorage.setItem(key, JSON.stringify({text: 'from the dead tab', version: '0', at: Date.now()}))",
        f"private/conversation-{alice.pk}-{interview.uid}/other",
    )
    actions.save_note(interview=interview, by=alice, body="meanwhile", version=0, now=timezone.now())
    talk.reload()
    talk.get_by_text("had not arrived").wait_for()
    accessible(talk)
    talk.get_by_role("button", name="Add them to the notes").click()
    kept("from the dead tab")
    assert "meanwhile" in body()


def test_an_expired_session_loses_nothing(talk, alice, live_server):
    Session.objects.all().delete()
    talk.locator("#text").fill("Said after midnight.")
    status(talk).filter(has_text="signed out").wait_for()
    assert "Said after midnight." in stored(talk)
    assert body() == ""
    sign_in(talk, alice)  # in another tab, with another token
    kept("Said after midnight.")
    until(lambda: "Said after midnight." not in stored(talk), what="the copy being removed")


def test_a_lid_that_is_closed_sends_the_last_words(talk):
    talk.locator("#text").fill("The last words.")
    talk.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))"
    )
    until(lambda: "The last words." in body(), 1.1, "the way out")


def test_two_windows_show_both_texts_and_both_are_kept(talk, alice, interview):
    talk.locator("#text").fill("mine")
    kept("mine")
    actions.save_note(interview=interview, by=alice, body="from the telephone", version=1, now=timezone.now())
    talk.locator("#text").fill("mine, and more")
    talk.get_by_text("other words were kept").wait_for()
    accessible(talk)
    assert "mine, and more" in stored(talk)
    talk.get_by_role("button", name="Put both together").click()
    kept("mine, and more")
    assert "from the telephone" in body()


def test_two_tabs_of_one_browser_tell_each_other(talk):
    other = talk.context.new_page()
    other.goto(talk.where)
    talk.locator("#text").fill("seen in both")
    kept("seen in both")
    until(lambda: other.locator("#text").input_value() == "seen in both", what="the other tab")
    other.locator("#text").press("End")
    other.keyboard.type(" and answered")
    kept("seen in both and answered")


def test_stamps_cues_and_what_they_propose_by_keys_alone(talk):
    talk.locator("#text").focus()
    talk.keyboard.press("Alt+j")
    talk.keyboard.press("Alt+j")
    talk.keyboard.press("Alt+t")
    talk.keyboard.type("the graph moved, obviously")
    assert talk.locator("#text").input_value() == "@18:20 the graph moved, obviously"
    talk.get_by_text("What made it plain to you?").wait_for()
    kept("the graph moved")
    until(lambda: Passage.objects.filter(stamp="@18:20").exists(), what="the proposal")
    talk.locator("#passages").get_by_text("the graph moved").wait_for()
    talk.locator("#text").focus()
    talk.keyboard.press("Alt+3")
    talk.get_by_text("What tipped it?").wait_for()
    talk.keyboard.press("Alt+n")
    talk.keyboard.press("Alt+a")
    asked = until(lambda: Question.objects.exclude(asked_at=None).first(), what="the question")
    assert asked.event
    talk.locator(".point .tag.good").first.wait_for()
    assert talk.locator("#text").evaluate("node => node === document.activeElement")
    accessible(talk)


def test_off_the_record_stops_the_pen(talk):
    talk.locator("#text").fill("before")
    talk.keyboard.press("Alt+o")
    talk.locator("[data-off-banner]").wait_for()
    until(lambda: (note := Note.objects.first()) and note.off_since, what="the switch")
    assert body() == "before"
    talk.locator("#text").focus()
    talk.keyboard.type("in confidence")
    talk.keyboard.press("Alt+t")
    talk.keyboard.press("Control+s")
    accessible(talk)
    talk.wait_for_timeout(2500)
    assert talk.locator("#text").input_value() == "before"
    assert "before" not in stored(talk)
    talk.keyboard.press("Alt+o")
    talk.keyboard.type("after")
    kept("after")
    assert re.fullmatch(r"before\n\(off the record \d\d:\d\d–\d\d:\d\d\)\nafter", body())
    until(lambda: talk.locator("#text").input_value() == body(), what="the same text on both sides")


def test_a_switch_pressed_twice_in_haste_leaves_one_mark(talk):
    talk.locator("#text").fill("before")
    for _ in range(2):
        talk.keyboard.press("Alt+o")
    talk.keyboard.type("after")
    kept("after")
    until(
        lambda: (
            (note := Note.objects.get())
            and note.off_since is None
            and note.body == talk.locator("#text").input_value()
        )
    )
    assert re.fullmatch(r"before\n\(off the record \d\d:\d\d–\d\d:\d\d\)\nafter", body())
    assert talk.locator("[data-conflict]").is_hidden()


def test_off_the_record_keeps_what_another_window_wrote(talk, alice, interview):
    talk.locator("#text").fill("mine")
    kept("mine")
    actions.save_note(interview=interview, by=alice, body="mine and theirs", version=1, now=timezone.now())
    talk.locator("#text").press("End")
    talk.keyboard.type(", again")
    talk.keyboard.press("Alt+o")
    until(lambda: Note.objects.get().off_since, what="the switch")
    until(lambda: "theirs" in talk.locator("#text").input_value(), what="both texts")
    talk.keyboard.press("Alt+o")
    talk.keyboard.type("after")
    kept("after")
    assert "mine and theirs" in body()
    assert "mine, again" in body()


def test_words_on_their_way_go_before_another_button(talk):
    talk.locator("#text").fill("the last words")
    talk.get_by_role("button", name="We have talked").click()
    talk.get_by_role("heading", name="Today, while the sound").wait_for()
    assert body() == "the last words"
    accessible(talk)


def test_off_the_record_without_network(talk):
    talk.locator("#text").fill("before")
    kept("before")
    talk.context.set_offline(True)
    talk.get_by_role("button", name="Off the record").click()
    talk.locator("#text").focus()
    talk.keyboard.type("in confidence")
    talk.get_by_role("button", name="Back on the record").click()
    talk.keyboard.type("after")
    talk.context.set_offline(False)
    kept("after")
    assert "in confidence" not in body()
    assert len(re.findall(r"off the record", body())) == 1
    assert Note.objects.get().off_since is None


def test_off_the_record_in_another_window_stops_this_one(talk, alice, interview):
    talk.locator("#text").fill("before")
    kept("before")
    note = Note.objects.get()
    actions.go_off_record(
        interview=interview, by=alice, body="before", version=note.version, now=timezone.now()
    )
    talk.locator("#text").fill("before, and said in confidence")
    talk.locator("[data-off-banner]").wait_for()
    assert talk.locator("#text").input_value() == "before"
    assert "confidence" not in stored(talk)
    assert "confidence" not in body()
    accessible(talk)


def test_signing_out_removes_the_copy(talk):
    talk.route("**/notes/", lambda route: route.fulfill(status=503, body=""))
    talk.locator("#text").fill("not arrived")
    assert "not arrived" in stored(talk)
    talk.on("dialog", lambda dialog: dialog.accept())
    talk.get_by_text("Alice").first.click()
    talk.get_by_role("button", name="Sign out").click()
    talk.wait_for_url("**/accounts/login/**")
    assert "not arrived" not in stored(talk)


def test_without_script_every_button_works(browser, live_server, alice, interview):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(context, alice)
    page.goto(reverse("interviews:conduct", args=[interview.incident.ref, interview.pk]))
    page.locator("#text").fill("@18:14 plain")
    page.get_by_role("button", name="Save").click()
    assert body() == "@18:14 plain"
    assert Passage.objects.get().text == "plain"
    page.locator("#question").fill("Who did it?")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("looks for a person").wait_for()
    page.get_by_role("button", name="Keep mine as it stands").click()
    assert Question.objects.get().text == "Who did it?"
    page.get_by_role("button", name="Off the record").click()
    assert Note.objects.get().off_since
    page.get_by_role("button", name="Back on the record").click()
    assert "off the record" in body()
    page.get_by_role("button", name="We have talked").click()
    page.get_by_role("heading", name="Today, while the sound").wait_for()
    context.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
)
def test_it_reads_on_every_screen(talk, width, scheme):
    talk.set_viewport_size({"width": width, "height": 844})
    talk.emulate_media(color_scheme=scheme)
    talk.reload()
    accessible(talk)
    assert talk.evaluate("document.documentElement.scrollWidth") <= width
