"""Several people in one section at the same time, with connections that come and go and a server that is killed: not one word is lost."""

from __future__ import annotations

import os
import random
import re

import pytest
from playwright.sync_api import expect

from postmortems.writeup.models import Clash, Section, SectionText
from tests.browser.conftest import until
from tests.browser.writers import BEGAN, Writer, gather

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEEDS = range(int(os.environ.get("INTERLEAVINGS", "1")))  # more of them for a longer look


@pytest.fixture
def incident(transactional_db):
    return gather()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("people", [2, 5])
def test_every_word_that_was_typed_is_there(browser, live_server, incident, people, seed):
    rolls = random.Random(seed)
    writers = [Writer(browser, live_server, user, incident) for user in incident.people[:people]]
    for writer in writers:
        writer.lose(rolls, 0.2)
    for _ in range(5 * people):
        writer = rolls.choice(writers)
        writer.context.set_offline(rolls.random() < 0.2)
        writer.type(rolls)
        writer.page.wait_for_timeout(rolls.choice([0, 50, 400, 1600, 2500]))
    for writer in writers:
        writer.context.unroute_all(behavior="ignoreErrors")
    for _ in range(2):  # whoever saved first takes up what the others wrote afterwards
        for writer in writers:
            writer.type(rolls)
            writer.save()
    text = Section.objects.get().text
    there = text + " ".join(Clash.objects.filter(settled="").values_list("written", flat=True))
    for writer in writers:
        for word in writer.typed:
            assert re.search(rf"\b{word}\b", there), f"{word} is lost from {text!r}"
        writer.context.close()
    for words in ("The queue grew", "Support called"):
        assert SectionText.objects.filter(text__contains=words).exists()


def test_a_word_that_two_change_is_shown_to_both(browser, live_server, incident):
    alice, bob = (Writer(browser, live_server, user, incident) for user in incident.people[:2])
    for writer, word in ((alice, "loud"), (bob, "silent")):
        writer.context.set_offline(True)
        writer.area.fill(BEGAN.replace("quiet", word))
    for writer in (alice, bob):
        writer.save()
    expect(bob.page.get_by_text("Somebody changed the same words")).to_be_visible()
    bob.page.get_by_role("link", name="Show both").click()
    expect(bob.page.get_by_text("Two people changed the same words.")).to_be_visible()
    bob.page.get_by_role("button", name="Take the other words").click()
    expect(bob.area).to_have_value(BEGAN.replace("quiet", "silent"))
    for writer in (alice, bob):
        writer.context.close()


def test_the_caret_stays_where_it_was_when_other_words_come_in(browser, live_server, incident):
    alice, bob = (Writer(browser, live_server, user, incident) for user in incident.people[:2])
    bob.context.set_offline(True)
    alice.area.fill(BEGAN.replace("The queue", "At ten the queue"))
    alice.save()
    bob.area.focus()
    at = BEGAN.index("quiet")
    bob.area.evaluate("(area, at) => area.setSelectionRange(at, at)", at)
    bob.page.keyboard.type("very ")
    bob.save()
    assert "At ten" in bob.area.input_value()
    before = bob.area.evaluate("area => area.value.slice(0, area.selectionStart)")
    assert before.endswith("very ")
    for writer in (alice, bob):
        writer.context.close()


def test_people_see_each_other_and_each_others_words(browser, live_server, incident):
    alice, bob = (Writer(browser, live_server, user, incident) for user in incident.people[:2])
    alice.area.focus()
    expect(bob.page.locator("#story").get_by_text("Alice is here")).to_be_visible(timeout=30_000)
    alice.area.fill(BEGAN.replace("noon", "12:04"))
    alice.save()
    expect(bob.area).to_have_value(BEGAN.replace("noon", "12:04"), timeout=30_000)  # without a key of Bob's
    alice.page.close(run_before_unload=True)
    expect(bob.page.locator("#story").get_by_text("Alice is here")).to_be_hidden()
    bob.context.close()
    alice.context.close()


def test_words_that_were_saved_while_this_window_was_saving_come_in_as_well(browser, live_server, incident):
    alice, bob = (Writer(browser, live_server, user, incident) for user in incident.people[:2])
    alice.area.focus()
    expect(bob.page.locator("#story").get_by_text("Alice is here")).to_be_visible()  # they hear of each other
    held = []
    alice.page.route("**/write-up/story/save/", lambda route: held.append((route, route.fetch())))
    alice.area.fill(BEGAN.replace("noon", "12:04"))
    until(lambda: alice.page.evaluate("1") and held, what="a save that is not answered")
    until(lambda: "12:04" in Section.objects.get().text, what="the save")
    expect(bob.area).to_have_value(BEGAN.replace("noon", "12:04"))
    bob.area.fill(BEGAN.replace("noon", "12:04").replace("quiet", "silent"))
    bob.save()
    alice.page.wait_for_timeout(2000)  # it is told of it
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(alice.area).to_have_value(BEGAN.replace("noon", "12:04").replace("quiet", "silent"))
    for writer in (alice, bob):
        writer.context.close()
