"""Two people beside one text: what is said stays on its words, and what is suggested takes their place."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from postmortems.incidents import actions as incidents
from postmortems.writeup.commenting import actions
from postmortems.writeup.models import Comment, Section
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.browser.conftest import accessible, sign_in, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORY = "The queue grew from noon on.\n\nThe **pager** was quiet all night.\n\nSupport called at two."


@pytest.fixture
def incident(transactional_db):
    alice, ian = make.user("alice"), make.user("ian")
    made = make.incident(by=alice, title="Bookings were not confirmed")
    incidents.add_to_circle(incident=made, by=alice, user=ian, role="participant")
    save_section(incident=made, key="story", text=STORY, version=0, by=alice)
    made.alice, made.ian = alice, ian
    return made


@pytest.fixture
def beside(browser, live_server, incident):
    """The write-up as somebody has it open."""
    opened = []

    def open_as(user, **more):
        context = browser.new_context(base_url=live_server.url, **more)
        context.set_default_timeout(60_000)
        sign_in(context, user)
        page = context.new_page()
        page.on("pageerror", lambda error: opened.append(error))
        page.goto(reverse("writeup:edit", args=[incident.ref]))
        opened.append(context)
        return page

    yield open_as
    troubles = [one for one in opened if isinstance(one, Exception) or not hasattr(one, "close")]
    for one in opened:
        if hasattr(one, "close"):
            one.close()
    assert not troubles


def choose(page, words: str) -> None:
    """In the field, as a hand would."""
    page.locator("#text-story").evaluate(
        """(area, words) => {
            area.focus();
            const at = area.value.indexOf(words);
            area.setSelectionRange(at, at + words.length);
        }""",
        words,
    )


def choose_read(page, words: str) -> None:
    page.locator("[data-read=story]").evaluate(
        """(text, words) => {
            const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            while (walk.nextNode() && !walk.currentNode.data.includes(words));
            const range = document.createRange();
            const at = walk.currentNode.data.indexOf(words);
            range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        words,
    )


def marked(page) -> list[str]:
    """The words that are marked in the text as commented on."""
    return page.evaluate("[...(CSS.highlights.get('comment') ?? [])].map((range) => range.toString())")


def test_a_comment_a_suggestion_and_the_text_that_goes_on(beside, incident):
    alice, ian = beside(incident.alice), beside(incident.ian)

    # Ian, who reads, suggests other words for some he chose
    choose_read(ian, "quiet all night")
    ian.get_by_role("button", name="Comment", exact=True).and_(ian.locator(".say-here")).click()
    ian.keyboard.type("It rang once in my room. @al")
    ian.get_by_role("option", name="Alice").wait_for()
    ian.keyboard.press("Enter")
    composer = ian.locator("#threads-story [data-composer]")
    composer.get_by_text("Suggest other words").click()
    composer.get_by_label("Words to stand there instead").fill("quiet but for one call")
    composer.get_by_role("button", name="Comment").click()
    expect(ian.locator("#threads-story .thread")).to_have_count(1)
    assert marked(ian) == ["quiet all night"]
    made = Comment.objects.get()
    assert (made.quote, made.suggestion) == ("quiet all night", "quiet but for one call")
    assert made.text.startswith("It rang once in my room. @Alice")
    assert [mention.user for mention in made.mentions.all()] == [incident.alice]

    # Alice sees it come in, while she writes around it
    thread = alice.locator("#threads-story .thread")
    expect(thread).to_contain_text("It rang once in my room.", timeout=30_000)
    choose(alice, "The queue")
    alice.keyboard.type("At ten the queue")
    until(lambda: marked(alice) == ["quiet all night"], what="the mark")
    alice.keyboard.press("Control+s")
    until(lambda: "At ten" in Section.objects.get(key="story").text, what="the save")
    expect(thread.locator("del")).to_have_text("all night")
    thread.get_by_role("button", name="Accept").click()
    expect(alice.locator("#text-story")).to_have_value(
        STORY.replace("The queue", "At ten the queue").replace("quiet all night", "quiet but for one call")
    )
    expect(alice.locator("#threads-story > ol .thread")).to_have_count(0)
    assert marked(alice) == []


def test_words_chosen_while_they_are_typed_are_commented_on_by_key(beside, incident):
    alice = beside(incident.alice)
    choose(alice, "Support called")
    alice.keyboard.type("🦊 An old friend wrote")
    choose(alice, "old friend")
    alice.keyboard.press("Control+Alt+m")
    alice.keyboard.type("Who?")
    alice.keyboard.press("Control+Enter")
    expect(alice.locator("#threads-story .thread blockquote")).to_have_text("old friend")
    made = Comment.objects.get()
    text = Section.objects.get(key="story").history.get(version=made.version).text
    assert text[made.start : made.end] == "old friend"
    until(lambda: marked(alice) == ["old friend"], what="the mark")

    # what is being said stays when somebody else resolves the thread
    alice.locator(".thread summary", has_text="Answer").click()
    alice.get_by_label("Your answer").fill("Somebody from the")
    actions.resolve(thread=made, by=incident.ian, now=timezone.now())
    expect(alice.locator("[data-list=resolved] .thread")).to_have_count(1, timeout=30_000)
    expect(alice.locator("[data-list=resolved] textarea[name=text]")).to_have_value("Somebody from the")
    alice.locator("[data-list=resolved] form", has_text="Open again").get_by_role("button").click()
    expect(alice.locator("[data-list=open] .thread")).to_have_count(1)

    # what is being said when the page is lost is there again
    alice.get_by_label("Your answer").fill("Somebody from the other")
    alice.reload()
    expect(alice.get_by_label("Your answer")).to_have_value("Somebody from the other")
    accessible(alice)


def test_an_answer_that_comes_late_takes_nothing_away(beside, incident):
    alice = beside(incident.alice)
    alice.locator("#threads-story").wait_for(state="attached")
    held = []
    fresh = alice.locator("#threads-story").get_attribute("data-fresh")
    alice.route(
        f"**{fresh}", lambda route: held.append((route, route.fetch())) if not held else route.continue_()
    )
    choose(alice, "Support called")
    alice.keyboard.type("Support wrote")
    alice.keyboard.press("Control+s")
    until(lambda: alice.evaluate("1") and held, what="the question what others said")

    choose(alice, "Support wrote")
    alice.keyboard.press("Control+Alt+m")
    alice.keyboard.type("To whom?")
    alice.keyboard.press("Control+Enter")
    thread = alice.locator("#threads-story .thread")
    expect(thread).to_have_count(1)
    route, before = held[0]
    assert "To whom?" not in before.text()
    route.fulfill(response=before)
    alice.wait_for_timeout(500)
    expect(thread).to_have_count(1)


def test_on_a_telephone_a_reader_answers(beside, incident):
    made = make.comment(incident, "Which call?", on="Support called", by=incident.alice)
    ian = beside(incident.ian, viewport={"width": 390, "height": 800})
    ian.goto(f"{reverse('writeup:edit', args=[incident.ref])}#comment-{made.pk}")
    thread = ian.locator(f"#comment-{made.pk}")
    expect(thread).to_be_in_viewport()
    thread.get_by_text("Answer", exact=True).first.click()
    thread.get_by_label("Your answer").fill("The one at two")
    ian.context.set_offline(True)
    thread.get_by_role("button", name="Answer").click()
    expect(thread).to_contain_text("Your words are kept in this browser")
    ian.context.set_offline(False)
    thread.get_by_role("button", name="Answer").click()
    expect(thread.locator(".answers")).to_contain_text("The one at two")
    assert made.answers.get().by == incident.ian
    assert ian.evaluate("document.documentElement.scrollWidth <= innerWidth")
