"""A button that is pressed twice does its work once."""

from __future__ import annotations

import time

import pytest
from django.core.handlers.wsgi import WSGIHandler

from postmortems.remediation.models import Item
from tests.browser.conftest import sign_in, until
from tests.cast import gather

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_item_is_recorded_once_by_a_hand_that_presses_twice(page, monkeypatch):
    take_time = WSGIHandler.get_response

    def get_response(self, request):
        if request.method == "POST":
            time.sleep(0.7)
        return take_time(self, request)

    monkeypatch.setattr(WSGIHandler, "get_response", get_response)
    cast = gather()
    sign_in(page, cast.alice)
    page.goto(f"/incidents/{cast.incident.ref}/items/new/")

    # refused once, and sent again
    page.locator("[name=type]").select_option(index=1)
    page.locator("[name=what]").fill("  ")
    twice(page, "Save")
    page.get_by_role("alert").wait_for()
    page.locator("[name=what]").fill("Bound the retries of the queue")
    twice(page, "Save")
    until(Item.objects.count, what="the item")
    page.wait_for_timeout(2000)  # a second one would come a quarter of a second later
    assert Item.objects.count() == 1


def twice(page, name: str) -> None:
    page.get_by_role("button", name=name).evaluate(
        "(it) => { it.click(); setTimeout(() => it.click(), 250); }"
    )
