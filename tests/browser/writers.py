"""People who write in the same section at the same time, each in a browser of their own."""

from __future__ import annotations

import random

from django.urls import reverse
from playwright.sync_api import Page, Route

from postmortems.incidents import actions as incidents
from postmortems.writeup.writing import actions
from tests import make
from tests.browser.conftest import sign_in, until

NAMES = ("alice", "bob", "cleo", "dan", "eve")
BEGAN = "The queue grew.\n\nThe pager was quiet.\n\nSupport called at noon."


def gather():
    """An incident with a beginning, and five people in its circle."""
    people = [make.user(name, role="reviewer") for name in NAMES]
    made = make.incident(by=people[0], title="Bookings were not confirmed")
    for user in people[1:]:
        incidents.add_to_circle(incident=made, by=people[0], user=user, role="co")
    actions.save_section(incident=made, key="story", text=BEGAN, version=0, by=people[0])
    made.people = people
    return made


class Writer:
    """Somebody at the section “The story”, who types words that nobody else types."""

    def __init__(self, browser, live_server, user, incident) -> None:
        self.user, self.incident, self.site = user, incident, live_server.url
        self.name = user.name.lower()
        self.context = browser.new_context(base_url=live_server.url)
        self.context.set_default_timeout(60_000)
        self.sign_in(user)
        self.typed: list[str] = []
        self.page = self.open()

    def sign_in(self, user) -> None:
        sign_in(self.context, user)

    def open(self) -> Page:
        """A window of the same browser; what follows happens in it."""
        self.page = self.context.new_page()
        self.page.goto(reverse("writeup:edit", args=[self.incident.ref]))
        self.area = self.page.locator("#text-story")
        self.status = self.page.locator("#story [data-status]")
        return self.page

    def left_behind(self, text: str) -> None:
        """What a window that died without a last word leaves in the browser: it was written from the first text."""
        self.page.evaluate(
            "([key, text]) => localStorage.setItem(key, JSON.stringify({ text, version: '1', at: Date.now() - 120000 }))",
            [f"draft/{self.incident.ref}/story/gone", text],
        )
        self.page.close()

    def lose(self, rolls: random.Random, share: float) -> None:
        """A server that is killed: before a text arrives, or between its arrival and the answer."""

        def killed(route: Route) -> None:
            roll = rolls.random()
            if roll >= share:
                return route.continue_()
            if roll < share / 2:
                route.fetch()
            return route.abort()

        self.context.route("**/save/", killed)

    def type(self, rolls: random.Random) -> None:
        """A run of keys at some place of the text, at the end or over a word."""
        word = f"{self.name}{len(self.typed)}"
        self.area.focus()
        self.area.evaluate(  # in one step: the text may change between two
            """(area, roll) => {
                const places = [0, ...[...area.value.matchAll(/[ \\n]/g)].map((found) => found.index + 1), area.value.length];
                const at = places[Math.floor(roll * places.length)];
                area.setSelectionRange(at, at);
            }""",
            rolls.random(),
        )
        self.page.keyboard.type(f" {word} ")
        self.typed.append(word)

    def saved(self) -> bool:
        return self.status.inner_text().startswith("Saved at")

    def save(self) -> None:
        self.context.set_offline(False)
        self.area.press("Control+s")
        until(self.saved, what=f"{self.name}'s save")
