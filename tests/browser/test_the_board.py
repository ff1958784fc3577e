"""The board by key: a card goes along, is announced, keeps the focus, and comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from postmortems.remediation.models import Item
from tests import make
from tests.browser.conftest import accessible, sign_in, slow, until
from tests.cast import gather

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(page, live_server):
    cast = gather()
    due_on = timezone.localdate() + timedelta(days=9)
    for number in range(3):
        make.item(cast.incident, f"Bound the retries of service {number}", owner=cast.alice, due_on=due_on)
    sign_in(page, cast.alice)
    return cast


def told(page, words: str) -> None:
    until(lambda: words in (page.locator("#board-said").text_content() or ""), what=words)


def test_a_card_is_taken_along_by_key_and_back(page, house):
    page.goto("/items/board/")
    accessible(page)
    page.locator("[data-card]").first.focus()
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.id")
    page.keyboard.press("Shift+ArrowRight")
    told(page, "is accepted")
    assert page.evaluate("document.activeElement.id") == second
    assert page.evaluate("document.activeElement.closest('[data-column]').dataset.column") == "accepted"
    assert Item.objects.filter(status="accepted").count() == 1
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("It waits for another team")
    page.keyboard.press("Enter")
    told(page, "is proposed")
    assert Item.objects.filter(status="proposed").count() == 3
    page.get_by_role("button", name="Undo").first.click()
    told(page, "Taken back")
    assert Item.objects.filter(status="accepted").count() == 1
    page.locator("[data-card]").first.drag_to(page.locator('[data-column="accepted"]'))
    until(lambda: page.locator("[data-column=accepted] [data-card]").count() == 2, what="the card")


def test_one_step_at_a_time_and_the_next_is_not_lost_silently(page, house):
    page.goto("/items/board/")
    slow(page)
    first, second = page.locator("[data-card]").all()[:2]
    names = [card.get_attribute("id") for card in (first, second)]
    first.focus()
    page.keyboard.press("Shift+ArrowRight")
    second.focus()
    page.keyboard.press("Shift+ArrowRight")
    told(page, "still on its way")
    told(page, "is accepted")
    page.locator(f"#{names[1]}").focus()
    page.keyboard.press("Shift+ArrowRight")
    until(lambda: page.locator("[data-column=accepted] [data-card]").count() == 2, what="the second step")


def test_the_form_of_a_card_offers_its_own_steps(page, house):
    first, second = Item.objects.order_by("pk")[:2]
    Item.objects.filter(pk=second.pk).update(status="done")
    page.goto("/items/board/")
    shown = page.locator("#mover button:visible")
    page.locator(f"#card-{first.pk} [data-move]").press(" ")
    assert shown.all_inner_texts() == ["Parked", "Accepted", "Dropped"]
    accessible(page)
    page.fill("#move-why", "A word of the first")
    page.locator(f"#card-{second.pk} [data-move]").click()
    assert shown.all_inner_texts() == ["In progress", "Verified"]
    assert page.locator("[data-move][aria-expanded=true]").count() == 1
    page.fill("#move-why", "It came back")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == f"card-{second.pk}"
    page.locator(f"#card-{second.pk} [data-move]").click()
    shown.first.click()
    told(page, "is in progress")
    assert [step.reason for step in second.steps.all()] == ["It came back"]
    assert page.evaluate("document.activeElement.id") == f"card-{second.pk}"


def test_the_list_is_ticked_by_key_and_the_question_comes_while_typing(page, house):
    page.goto("/items/all/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert page.locator(".ticked :checked").count() == 3
    accessible(page)
    page.fill("#c-days", "7")
    page.get_by_role("button", name="Change them").click()
    page.get_by_text("3 items are changed").wait_for()
    page.goto(f"/incidents/{house.incident.ref}/items/new/")
    page.fill("[name=what]", "Be more careful with deploys")
    page.get_by_text("nobody needs to be more careful").wait_for()
    accessible(page)


def test_what_is_asked_is_about_the_words_that_stand(page, house):
    page.goto(f"/incidents/{house.incident.ref}/items/new/")
    asked = page.get_by_text("nobody needs to be more careful")
    slow(page, 1.5)
    for words in ("Bound", "Bound the retries", "Be more careful with deploys"):
        page.fill("[name=what]", words)
        page.wait_for_timeout(600)
    asked.wait_for()


def test_every_page_of_items_is_accessible(page, house):
    team = make.team("Platform", house.alice)
    Item.objects.update(team=team)
    item = Item.objects.first()
    Item.objects.filter(pk=item.pk).update(status="done", done_at=timezone.now() - timedelta(days=400))
    where = f"/incidents/{house.incident.ref}/items/{item.number}/"
    for address in (
        "/items/",
        "/items/hearing/",
        "/items/team/platform/",
        "/items/team/platform/chat/",
        where,
    ):
        page.goto(address)
        accessible(page)
