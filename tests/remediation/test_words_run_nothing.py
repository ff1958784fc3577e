"""What people type into items, views, channels and reasons, on every page and in every letter that shows it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.notices.models import Letter
from postmortems.publication.reading.standing import standing
from postmortems.remediation import actions
from postmortems.remediation.bulk import actions as bulk
from postmortems.remediation.calendar import actions as calendars
from postmortems.remediation.calendar import feed
from postmortems.remediation.lists import saving
from postmortems.remediation.reminding import actions as reminding
from postmortems.remediation.reminding import planning, sending
from tests import make
from tests.make import T0
from tests.test_markdown import Seen
from tests.vectors import OF_MARKDOWN, TAGS_THAT_RUN

VECTORS = [" ".join(vector.replace("\x00", "").split())[:290] for vector in (*TAGS_THAT_RUN, *OF_MARKDOWN)]
NASTY = '"><img src=x onerror=hit()>'


@pytest.fixture
def infested(cast):
    cast.team = make.team("Platform", cast.alice, cast.mel)
    cast.alice.name = NASTY
    cast.alice.save()
    cast.items = [
        make.item(cast.incident, vector, how_we_know=vector, owner=cast.alice, team=cast.team, status="accepted", due_on=T0.date(), now=T0)
        for vector in VECTORS[:40]
    ]  # fmt: skip
    item = cast.items[0]
    actions.add_link(item=item, by=cast.bob, url="https://example.org/?" + "x", title=NASTY)
    moved = actions.move(item=item, by=cast.bob, status="proposed", reason=NASTY, now=T0)
    bulk.change_items(items=[moved.pk], by=cast.alice, change=bulk.Change(days=1), now=timezone.now())
    saving.save_view(by=cast.alice, name=NASTY, query={"q": NASTY}, shared=True)
    reminding.add_channel(
        team=cast.team,
        by=cast.alice,
        kind="slack",
        name=NASTY,
        address="https://chat.example.org/x",
        zone="UTC",
    )
    return cast


def assert_runs_nothing(page: str) -> None:
    body = page[page.index("<main") : page.index("</main")] if "<main" in page else page
    for tag, attributes in Seen(body).found:
        assert tag not in ("script", "iframe", "img", "svg", "object", "embed", "style", "base", "meta"), tag
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "action"):
            assert re.match(r"(?:https?:|[^:]*(?:[/?#]|$))", attributes.get(name) or ""), (tag, attributes)


def test_pages(client, infested):
    client.force_login(infested.alice)
    ref = infested.incident.ref
    addresses = [
        reverse("remediation:mine"), reverse("remediation:all"), reverse("remediation:all") + "?q=%3Cimg+src%3Dx+onerror%3Dhit()%3E",
        reverse("remediation:board"), reverse("remediation:board") + "?team=platform", reverse("remediation:hearing"),
        reverse("remediation:channels", args=["platform"]), reverse("remediation:item", args=[ref, 1]),
        reverse("remediation:edit", args=[ref, 1]), reverse("remediation:of_team", args=["platform"]),
    ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert_runs_nothing(answer.text)
    typed = client.post(reverse("remediation:check", args=[ref]), {"what": NASTY, "how_we_know": NASTY})
    assert_runs_nothing(typed.text)


def test_letters_and_calendar(infested):
    planning.plan_due(now=T0 + timedelta(days=10))
    sending.send_due(now=T0 + timedelta(days=10))
    planning.plan_due(now=(morning := T0 + timedelta(days=9, hours=16)))
    sending.send_due(now=morning)
    letters = list(Letter.objects.filter(about__startswith="items "))
    assert letters
    for letter in letters:
        assert "\n" not in letter.subject
        assert_runs_nothing(re.sub(r"(?s)<head>.*?</head>|<!doctype html>|</?html[^>]*>", "", letter.html))
    key = calendars.make_item_calendar(by=infested.alice, with_teams=True, now=T0)
    lines = feed.calendar(key, now=T0).decode().split("\r\n")
    assert all(re.match(r"[A-Z-]+[;:]|[ ]|$", line) for line in lines), "no line of its own by a line break"


def test_beside_the_published_words(client, infested):
    frozen = {"items": [{"number": 1, "what": NASTY, "status": NASTY, "due_on": None}]}
    assert standing(frozen, infested.items, T0.date())[0].what == NASTY
    infested.incident.circle.filter(role="approver").delete()
    client.force_login(infested.alice)
    publish = reverse("publication:publish", args=[infested.incident.ref])
    client.post(publish, {"despite": "a test needs it"})
    where = reverse("publication:standing", args=[infested.incident.ref, 1])
    assert client.get(where).status_code == 200
    assert_runs_nothing(client.get(where).text)
    part = client.get(where, headers={"HX-Request": "true"}).text
    assert part.count('hx-swap-oob="beforeend:#item-') == len(infested.items)
    assert_runs_nothing(part.replace("hx-swap-oob", "data-x"))
