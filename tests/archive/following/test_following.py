"""What people and teams follow: chosen on a page or beside what is looked at, ended with one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from postmortems.archive.following import actions, facets, links
from postmortems.archive.models import Declined, HouseChannel, Subscription
from postmortems.incidents.models import Service
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.remediation.reminding import actions as channels
from tests import make
from tests.archive.announcing.house import HOUR, MONDAY, walk
from tests.archive.publishing import published

NOW = make.T0


@pytest.fixture
def platform(cast):
    team = make.team("Platform", cast.mel)
    place = channels.add_channel(
        team=team,
        by=cast.mel,
        kind="slack",
        name="#platform",
        address="https://chat.example.org/x",
        zone="UTC",
    )
    team.channel = place.channel
    return team


def test_from_the_page_of_what_is_found_and_back(cast, client):
    make.service("Checkout")
    client.force_login(cast.rita)
    where = f"{reverse('archive:search')}?service=checkout&tag=dns"
    page = client.get(where).content.decode()
    assert page.count("Follow ") == 2
    answer = client.post(reverse("archive:follow"), {"facet": "service", "value": "checkout", "next": where})
    assert answer["Location"] == where
    assert "You follow Checkout" in client.get(where).content.decode()
    (mine,) = Subscription.objects.all()
    assert (mine.user, mine.facet, mine.how) == (cast.rita, f"service:{Service.objects.get().pk}", "at once")
    assert "Checkout" in client.get(reverse("archive:following")).content.decode()


@pytest.mark.parametrize("asked", [{}, {"facet": "service", "value": "nowhere"}, {"facet": "year", "value": "2026"}, {"facet": "tag", "value": "\x00"}])  # fmt: skip
def test_what_there_is_not_is_not_followed(cast, client, asked):
    client.force_login(cast.rita)
    asked["next"] = "https://evil.example/archive/"
    assert client.post(reverse("archive:follow"), asked)["Location"] == reverse("archive:following")
    assert not Subscription.objects.exists()


def test_the_page_offers_oneself_ones_teams_and_their_channels(cast, client, platform):
    client.force_login(cast.mel)
    page = client.get(reverse("archive:following")).content.decode()
    assert "You follow nothing yet" in page
    who = {"tag": "dns", "what": "all:", "how": "weekly", "who": f"channel {platform.channel.pk}"}
    client.post(reverse("archive:following"), who)
    client.post(
        reverse("archive:following"), {"what": "all:", "how": "at once", "who": f"team {platform.pk}"}
    )
    found = {(row.user, row.channel, row.team, row.facet, row.how) for row in Subscription.objects.all()}
    assert found == {
        (None, platform.channel, platform, "tag:dns", "weekly"),
        (cast.mel, None, platform, "all:", "at once"),
    }
    client.force_login(cast.rita)  # of no team
    page = client.post(reverse("archive:following"), who).content.decode()
    assert "#platform" not in page
    assert Subscription.objects.count() == 2


def test_only_its_people_say_what_a_channel_hears_of(cast, client, platform):
    row = actions.follow(by=cast.mel, facet="all:", channel=platform.channel, now=NOW)
    for who, status in ((cast.rita, 404), (cast.ada, 302)):
        client.force_login(who)
        where = reverse("archive:change_following", args=[row.pk])
        assert client.post(where, {"how": "weekly"}).status_code == status
    row.refresh_from_db()
    assert (row.how, row.since) == ("weekly", NOW)
    with pytest.raises(actions.NotPossible):
        actions.follow(by=cast.rita, facet="tag:x", channel=platform.channel, now=NOW)
    with pytest.raises(actions.NotPossible):
        actions.follow(by=cast.rita, facet="tag:x", team=platform, now=NOW)


def test_following_twice_is_once_and_there_is_an_end_to_it(cast, monkeypatch):
    for how in ("at once", "weekly"):
        row = actions.follow(by=cast.rita, facet="all:", how=how, now=NOW)
    assert (Subscription.objects.count(), row.how) == (1, "weekly")
    monkeypatch.setattr(actions, "MOST", 2)
    actions.follow(by=cast.rita, facet="tag:a", now=NOW)
    with pytest.raises(actions.NotPossible):
        actions.follow(by=cast.rita, facet="tag:b", now=NOW)
    actions.follow(by=cast.rita, facet="tag:a", how="weekly", now=NOW)
    actions.unfollow(subscription=row, by=cast.rita)
    assert list(Subscription.objects.values_list("facet", flat=True)) == ["tag:a"]


def test_names_for_what_is_followed_and_for_what_is_gone(db):
    service = make.service("Checkout")
    found = facets.named(
        ["all:", f"service:{service.pk}", "service:999", "team:x", "tag:dns", "kind:Technical"]
    )
    assert found == {
        "all:": "Everything", f"service:{service.pk}": "Checkout", "tag:dns": "tagged dns", "kind:Technical": "Conditions: Technical",
    }  # fmt: skip


# --- ending letters ----------------------------------------------------------------------------------


def test_every_letter_can_be_ended_with_one_click_and_without_signing_in(cast, client, settings):
    settings.SITE_URL = "https://story.example.org"
    actions.follow(by=cast.rita, facet="all:", now=MONDAY - timedelta(days=1))
    actions.follow(by=cast.rita, facet="tag:dns", how="weekly", now=MONDAY - timedelta(days=1))
    published(cast.alice, "One", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    (letter,) = mail.outbox
    headers = letter.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in letter.body
    where = address.removeprefix("https://story.example.org")
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.get(where).status_code == 200  # a mail scanner follows links
    assert Subscription.objects.heard().count() == 2
    assert strict.post(where, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.heard().exists()
    published(cast.alice, "Two", now=MONDAY + 2 * HOUR)
    walk(MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)
    assert len(mail.outbox) == 1
    actions.follow(by=cast.rita, facet="all:", now=MONDAY + 5 * HOUR)  # says again that they want to hear
    assert not Declined.objects.exists()
    published(cast.alice, "Three", now=MONDAY + 5 * HOUR)
    walk(MONDAY + 5 * HOUR, MONDAY + 7 * HOUR)
    assert len(mail.outbox) == 2


def test_only_our_own_keys_end_letters(cast, client):
    key = links.end_of(cast.rita).rstrip("/").rsplit("/", 1)[-1]
    actions.follow(by=cast.rita, facet="all:", now=NOW)
    for bad in ("x", key[:-1], key.swapcase()):
        assert client.post(reverse("archive:end_letters", args=[bad])).status_code == 404
    assert Subscription.objects.heard().exists()


def test_letters_without_such_an_end_have_no_such_header(cast):
    post.send(to="a@b.example", template="emails/accounts/invitation", context={}, key="x", now=NOW)
    post.deliver(Letter.objects.get().pk, now=NOW)
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


# --- channels of everybody ---------------------------------------------------------------------------


def test_channels_of_everybody_are_kept_by_administrators(cast, client):
    client.force_login(cast.ada)
    where = reverse("archive:channels")
    assert "No channel yet" in client.get(where).content.decode()
    told = {
        "kind": "teams",
        "name": "#reviews",
        "address": "https://chat.example.org/all",
        "zone": "Europe/Lisbon",
    }
    assert "https" in client.post(where, told | {"address": "http://chat.example.org"}).content.decode()
    client.post(where, told)
    place = HouseChannel.objects.get()
    page = client.get(where).content.decode()
    assert "#reviews" in page
    assert "/all" not in page  # the address is a secret
    client.post(reverse("archive:change_channel", args=[place.pk]), {"what": "try"})
    assert place.channel.messages.count() == 1
    actions.follow(by=cast.ada, facet="all:", channel=place.channel, now=NOW)
    client.post(reverse("archive:change_channel", args=[place.pk]), {"what": "remove"})
    assert not HouseChannel.objects.exists()
    assert not Subscription.objects.exists()
