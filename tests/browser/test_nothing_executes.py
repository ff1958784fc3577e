"""Every vector in every field, in a real browser under the real content policy: nothing runs, nothing leaves."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.publication import actions
from tests import make
from tests.browser.conftest import sign_in
from tests.test_vectors_everywhere import infest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WATCH = """
window.hits = [];
window.hit = () => window.hits.push(new Error().stack);
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => window.hit();
document.addEventListener("securitypolicyviolation", (event) => window.hits.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture
def watched(browser, live_server, transactional_db):
    """A page that Alice is signed in to; pictures that our own site does not have are no trouble here."""
    alice = make.user("alice", role="reviewer")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    context.add_init_script(WATCH)
    page = context.new_page()
    sign_in(page, alice)
    yield page
    context.close()


@pytest.fixture
def incident(watched):
    alice = User.objects.get(email="alice@example.org")
    made = make.incident(by=alice)
    infest(made, alice)
    return made


def test_nothing_runs_and_nothing_leaves(watched, incident, live_server):
    page, alice = watched, incident.opened_by
    revision = actions.publish(incident=incident, by=alice, now=make.T0, despite="a test needs it")
    home = urlsplit(live_server.url).netloc
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    ref = incident.ref
    addresses = [
        reverse("desk:overview", args=[ref]), reverse("writeup:edit", args=[ref]), reverse("writeup:history", args=[ref, "story"]),
        reverse("writeup:condition", args=[ref, 1]), reverse("publication:trace", args=[ref]), reverse("incidents:impact", args=[ref]), reverse("writeup:own_editor", args=[ref]), reverse("publication:readiness", args=[ref]),
        reverse("publication:revision", args=[ref, revision.number]), reverse("archive:search") + "?q=hit", reverse("remediation:of_incident", args=[ref]),
        reverse("remediation:item", args=[ref, 1]), reverse("timelines:timeline", args=[ref]), reverse("writeup:images", args=[ref]),
        reverse("timelines:event", args=[ref, incident.images.get().event_id]), reverse("incidents:list"), reverse("home"),
    ]  # fmt: skip
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        assert answer.headers["content-security-policy"], address
        page.wait_for_timeout(300)
        assert page.evaluate("window.hits") == [], address
        # whatever can be pressed, pointed at or opened among the words is
        page.evaluate("""() => {
            for (const one of document.querySelectorAll("main .reading *, main article *, main .card *")) {
                if (one.closest("form, nav, a[href]")) continue;
                for (const kind of ["pointerover", "mouseover", "focus", "click", "toggle", "load", "error", "animationstart"])
                    one.dispatchEvent(new Event(kind, { bubbles: false }));
            }
        }""")
        assert page.evaluate("window.hits") == [], address
        assert not page.evaluate(
            "document.querySelector('main script[src*=evil], iframe, object, embed, base') !== null"
        ), address
    away = [url for url in asked if urlsplit(url).netloc not in ("", home) and not url.startswith("data:")]
    assert away == []


def test_links_among_the_words_lead_to_no_script(watched, incident):
    for name in ("desk:overview", "writeup:edit"):
        watched.goto(reverse(name, args=[incident.ref]))
        protocols = watched.evaluate(
            "[...new Set([...document.querySelectorAll('a[href]')].map((a) => a.protocol))]"
        )
        assert set(protocols) <= {"http:", "https:", "mailto:"}


def test_the_watch_sees_what_it_watches_for(watched):
    """A page of this site that ran a vector would be noticed."""
    watched.goto("/")
    watched.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hit()><img src=https://evil.example/x>')"
    )
    watched.wait_for_timeout(300)
    assert watched.evaluate("window.hits.length") >= 2
