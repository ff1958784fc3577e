"""Announcements: to each reader once, at a decent hour, while they may open it – however often a worker dies."""

from __future__ import annotations

import random
import re

import pytest
from django.core import mail
from django.urls import reverse

from postmortems.archive.announcing import actions, letters, noticing, sending
from postmortems.archive.following import actions as following
from postmortems.archive.following import links
from postmortems.archive.models import Announcement, Telling
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident
from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter
from postmortems.publication import actions as publication
from postmortems.publication.models import Twin, Withdrawal
from postmortems.remediation.reminding import actions as channels
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.archive.announcing.house import DAY, HOUR, MINUTE, MONDAY, heard, said, sweep, walk
from tests.archive.publishing import published

EVERYTHING = "all:"


@pytest.fixture
def house(cast, settings):
    settings.SITE_URL = "https://story.example.org"
    cast.team = make.team("Platform", cast.mel)
    cast.channel = channels.add_channel(
        team=cast.team, by=cast.mel, kind="slack", name="#platform", address="https://chat.example.org/x", zone="UTC"
    ).channel  # fmt: skip
    return cast


def follow(who, facet=EVERYTHING, *, how="at once", **fields):
    return following.follow(by=who, facet=facet, how=how, now=MONDAY - DAY, **fields)


def told_of(who, revision) -> int:
    return sum(revision.title in letter.body for letter in heard(who))


def again(revision, text="Other words.", *, now, note=""):
    incident = Incident.objects.get(pk=revision.incident_id)
    section = incident.sections.filter(key="story").first()
    save_section(
        incident=incident,
        key="story",
        text=text,
        version=section.version if section else 0,
        by=incident.opened_by,
    )
    return publication.publish(
        incident=incident, by=incident.opened_by, now=now, despite="a test needs it", change_note=note
    )


# --- who is told -------------------------------------------------------------------------------------


def test_whoever_follows_a_service_a_tag_a_team_or_all_is_told_once(house):
    checkout = make.service()
    follow(house.mel)
    follow(house.mel, "tag:dns")  # twice the same write-up is once
    follow(house.rita, f"service:{checkout.pk}")
    follow(house.ian, "tag:other")
    follow(house.mel, "tag:dns", channel=house.channel)
    revision = published(
        house.alice, "The lookup", now=MONDAY, tags=["dns"], services=[checkout], summary="It was slow."
    )
    walk(MONDAY, MONDAY + 3 * DAY, 6 * HOUR)
    assert [told_of(who, revision) for who in (house.mel, house.rita, house.ian, house.bob)] == [1, 1, 0, 0]
    (message,) = said(house.channel)
    assert "The lookup" in message.title
    assert f"/archive/{revision.incident.ref}/" in str(message.lines)


def test_who_announces_has_ten_minutes_for_words(house):
    follow(house.mel)
    revision = published(house.alice, "Slow disks", now=MONDAY)
    sweep(MONDAY + 9 * MINUTE)
    assert not mail.outbox
    actions.announce(
        incident=revision.incident, by=house.alice, now=MONDAY + 9 * MINUTE, revision=revision, text="Read the part on queues."
    )  # fmt: skip
    sweep(MONDAY + 9 * MINUTE)
    (letter,) = heard(house.mel)
    assert "Read the part on queues." in letter.body
    walk(MONDAY + 10 * MINUTE, MONDAY + HOUR)
    assert len(mail.outbox) == 1


def test_what_was_prepared_is_told_at_once_and_to_whom_it_names(house):
    incident = make.incident(by=house.alice, title="Prepared")
    actions.announce(
        incident=incident, by=house.alice, now=MONDAY, text="In short.", to_followers=False, channels=[house.channel],
        addresses=[house.rita.email.upper()],
    )  # fmt: skip
    follow(house.mel)
    publication.publish(incident=incident, by=house.alice, now=MONDAY, despite="a test needs it")
    sweep(MONDAY + MINUTE)
    assert len(heard(house.rita)) == len(said(house.channel)) == 1
    assert not heard(house.mel)  # those who follow were to be left in peace this time


def test_it_can_be_announced_to_more_and_nobody_hears_twice(house):
    follow(house.mel)
    revision = published(house.alice, "Slow disks", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    for _ in range(2):
        actions.announce(
            incident=revision.incident, by=house.alice, now=MONDAY + HOUR, revision=revision, channels=[house.channel],
            addresses=[house.mel.email, house.rita.email],
        )  # fmt: skip
        walk(MONDAY + HOUR, MONDAY + 5 * HOUR)
    assert [len(heard(who)) for who in (house.mel, house.rita)] == [1, 1]
    assert len(said(house.channel)) == 1


def test_who_begins_to_follow_hears_of_what_comes_after(house):
    published(house.alice, "Before", now=MONDAY - 2 * DAY)
    follow(house.mel)
    revision = published(house.alice, "After", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    assert told_of(house.mel, revision) == 1
    assert "Before" not in heard(house.mel)[0].body


def test_what_is_found_late_or_was_brought_in_is_no_news(house):
    follow(house.mel)
    noticing.keep_quiet(published(house.alice, "Brought in", now=MONDAY), now=MONDAY)
    published(house.alice, "Long ago", now=MONDAY)
    sweep(MONDAY + 8 * DAY)
    assert not mail.outbox


# --- when --------------------------------------------------------------------------------------------


def test_nothing_comes_at_night_or_at_the_weekend(house):
    type(house.mel).objects.filter(pk=house.mel.pk).update(zone="America/New_York")
    follow(house.mel)
    follow(house.mel, channel=house.channel)
    friday_evening = MONDAY + 4 * DAY + 14 * HOUR  # Saturday in UTC
    revision = published(house.alice, "At night", now=friday_evening)
    walk(friday_evening, MONDAY + 7 * DAY + 2 * HOUR, HOUR)
    assert not mail.outbox  # it is six in the morning in New York
    (message,) = said(house.channel)
    assert message.written_at >= MONDAY + 7 * DAY - HOUR
    walk(MONDAY + 7 * DAY + 2 * HOUR, MONDAY + 7 * DAY + 4 * HOUR)
    assert told_of(house.mel, revision) == 1


def test_several_within_an_hour_come_in_one_letter(house):
    follow(house.mel)
    for number in range(4):
        published(house.alice, f"Review {number}", now=MONDAY + number * 10 * MINUTE)
    walk(MONDAY, MONDAY + 3 * HOUR, 5 * MINUTE)
    bodies = [letter.body for letter in heard(house.mel)]
    assert len(bodies) == 2
    assert [len(re.findall(r"Published: Review", body)) for body in bodies] == [1, 3]


def test_weekly_is_one_letter_on_the_first_day_of_work(house):
    follow(house.mel, how="weekly")
    for number in range(3):
        published(house.alice, f"Review {number}", now=MONDAY + number * DAY)
    walk(MONDAY, MONDAY + 7 * DAY - 2 * HOUR, 4 * HOUR)
    assert not mail.outbox
    walk(MONDAY + 7 * DAY - HOUR, MONDAY + 14 * DAY, 4 * HOUR)
    (letter,) = heard(house.mel)
    assert len(re.findall("Published: Review", letter.body)) == 3
    assert "3 incident reviews" in letter.subject


def test_who_changes_their_mind_before_the_letter_is_followed(house):
    mine = follow(house.mel, how="weekly")
    theirs = follow(house.rita, how="weekly")
    revision = published(house.alice, "One", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    follow(house.mel, how="at once")
    following.unfollow(subscription=theirs, by=house.rita)
    assert mine.pk
    walk(MONDAY + HOUR, MONDAY + 9 * DAY, 4 * HOUR)
    assert (told_of(house.mel, revision), told_of(house.rita, revision)) == (1, 0)


# --- later revisions and withdrawals -----------------------------------------------------------------


def test_of_a_later_revision_one_hears_what_changed(house):
    follow(house.mel)
    first = published(house.alice, "Slow disks", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    again(first, now=MONDAY + DAY, note="The count was wrong")
    follow(house.rita)
    walk(MONDAY + DAY, MONDAY + DAY + HOUR)
    one, two = heard(house.mel)
    assert "Published: Slow disks" in one.body
    assert "Revised: Slow disks" in two.body
    assert "What changed: The count was wrong" in two.body
    assert "Published: Slow disks" in heard(house.rita)[0].body  # news to her


def test_of_two_that_wait_the_newer_is_told(house):
    follow(house.mel, how="weekly")
    first = published(house.alice, "Slow disks", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    again(first, now=MONDAY + DAY)
    walk(MONDAY + DAY, MONDAY + 8 * DAY, 4 * HOUR)
    (letter,) = heard(house.mel)
    assert letter.body.count("Slow disks") == 1
    assert f"/archive/{first.incident.ref}/2/" in letter.body


def test_whoever_was_told_hears_that_it_was_withdrawn_and_nobody_else(house):
    follow(house.mel)
    follow(house.rita, how="weekly")
    follow(house.mel, channel=house.channel)
    revision = published(house.alice, "A secret slipped in", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    Withdrawal.objects.create(revision=revision, reason="A name", by=house.alice, at=MONDAY + 2 * HOUR)
    walk(MONDAY + 2 * HOUR, MONDAY + 9 * DAY, 4 * HOUR)
    last = heard(house.mel)[-1]
    assert len(heard(house.mel)) == 2
    assert "Withdrawn" in last.subject
    assert "slipped" not in last.body + last.subject
    assert not heard(house.rita)
    assert ["Published" in one.title for one in said(house.channel)] == [True, False]


def test_what_is_withdrawn_before_it_is_told_is_not_told(house):
    follow(house.mel)
    revision = published(house.alice, "Oops", now=MONDAY)
    Withdrawal.objects.create(revision=revision, reason="A name", by=house.alice, at=MONDAY + MINUTE)
    walk(MONDAY, MONDAY + 2 * DAY, HOUR)
    assert not mail.outbox


def test_a_summary_is_told_in_whole_sentences_and_own_words_whole(house):
    follow(house.mel)
    long = " ".join(f"Sentence number {number} of it is here." for number in range(30))
    published(house.alice, "Long", now=MONDAY, summary="x")
    assert letters.opening(long).endswith("is here.")
    assert len(letters.opening(long).split()) <= letters.WORDS
    assert letters.opening("word " * 200).endswith("word …")
    assert letters.opening("x" * 3000).endswith("x …")
    assert letters.opening("") == ""
    actions.announce(
        incident=Incident.objects.get(title="Long"), by=house.alice, now=MONDAY, text="One.\n\nTwo.", revision=Incident.objects.get(title="Long").revisions.get()
    )  # fmt: skip
    sweep(MONDAY + MINUTE)
    assert "One.\n\nTwo." in heard(house.mel)[0].body


# --- who may open it ---------------------------------------------------------------------------------


def restrict(incident) -> None:
    incident.refresh_from_db()
    incidents.edit_incident(
        incident=incident, by=incident.opened_by, version=incident.version, changes={"restricted": True}
    )


def test_of_a_restricted_incident_its_circle_hears_without_its_words(house):
    for who in (house.alice, house.mel, house.ada):
        follow(who)
    follow(house.mel, channel=house.channel)
    revision = published(house.alice, "Hushed matter", now=MONDAY, restricted=True, summary="Quiet words")
    walk(MONDAY, MONDAY + DAY, HOUR)
    (letter,) = mail.outbox
    assert letter.to == [house.alice.email]
    whole = letter.subject + letter.body + str(letter.alternatives)
    assert revision.incident.ref in whole
    assert "Hushed" not in whole
    assert "Quiet" not in whole
    assert not said(house.channel)
    with pytest.raises(actions.NotPossible):
        actions.announce(
            incident=revision.incident,
            by=house.alice,
            now=MONDAY,
            revision=revision,
            channels=[house.channel],
        )
    with pytest.raises(actions.NotPossible):
        actions.announce(
            incident=revision.incident,
            by=house.alice,
            now=MONDAY,
            revision=revision,
            addresses=["x@else.example"],
        )


def test_what_is_restricted_while_it_waits_is_not_told(house):
    follow(house.mel, how="weekly")
    follow(house.mel, channel=house.channel, how="weekly")
    revision = published(house.alice, "Hushed matter", now=MONDAY)
    walk(MONDAY, MONDAY + HOUR)
    restrict(revision.incident)
    walk(MONDAY + HOUR, MONDAY + 9 * DAY, 4 * HOUR)
    assert not mail.outbox
    assert not said(house.channel)


def test_a_letter_that_did_not_leave_is_taken_back(house, settings):
    follow(house.mel)
    follow(house.mel, channel=house.channel)
    hushed = published(house.alice, "Hushed matter", now=MONDAY)
    open_one = published(house.alice, "Open matter", now=MONDAY)
    settings.EMAIL_BACKEND = "tests.no_such_backend"
    walk(MONDAY, MONDAY + HOUR, chat=False)
    assert Letter.objects.get().state == "waiting"
    restrict(hushed.incident)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    walk(MONDAY + 4 * HOUR, MONDAY + 6 * HOUR)
    (letter,) = heard(house.mel)
    assert open_one.title in letter.body
    assert "Hushed" not in letter.body
    told = [one for one in said(house.channel) if one.state != "withdrawn"]
    assert "Hushed" not in str([(one.title, one.lines) for one in told])
    assert open_one.title in str([(one.title, one.lines) for one in told])


def test_a_closed_account_hears_nothing(house):
    follow(house.mel)
    published(house.alice, "One", now=MONDAY)
    type(house.mel).objects.filter(pk=house.mel.pk).update(is_active=False)
    walk(MONDAY, MONDAY + DAY, HOUR)
    assert not mail.outbox
    assert not Telling.objects.filter(state="waiting").exists()


# --- outside -----------------------------------------------------------------------------------------


def twin_for(revision, audience="public") -> Twin:
    return Twin.objects.create(
        incident=revision.incident, revision=revision, audience=audience, number=1, key="abcdefghjk" if audience == "public" else "p" * 43, title=f"A {audience} title",
        content={"texts": {"summary": "Public words."}}, html="<p></p>", words="", published_by=revision.published_by, digest="d",
    )  # fmt: skip


def test_somebody_without_an_account_reads_what_the_twin_says(house):
    revision = published(house.alice, "Inner title", now=MONDAY, summary="Inner words")
    given = {
        "incident": revision.incident,
        "by": house.alice,
        "revision": revision,
        "text": "Inner words, too",
    }
    actions.announce(now=MONDAY, addresses=["guest@else.example"], **given)
    walk(MONDAY, MONDAY + HOUR)
    twin_for(revision, "partner")
    actions.announce(now=MONDAY, addresses=["guest@else.example"], **given)
    walk(MONDAY, MONDAY + HOUR)
    assert not mail.outbox  # there is nothing that everybody could read
    twin_for(revision)
    actions.announce(now=MONDAY + HOUR, addresses=["guest@else.example"], **given)
    walk(MONDAY + HOUR, MONDAY + 3 * HOUR)
    (letter,) = heard("guest@else.example")
    whole = letter.subject + letter.body + str(letter.alternatives)
    assert "A public title" in whole
    assert "Public words." in whole
    assert "abcdefghjk" in whole
    assert "Inner" not in whole
    assert revision.incident.ref not in whole


def test_an_address_that_wants_no_more_gets_no_more(house, client):
    revision = published(house.alice, "One", now=MONDAY)
    twin_for(revision)
    ended = links.end_of("guest@else.example").removeprefix("https://story.example.org")
    assert client.post(ended, {"List-Unsubscribe": "One-Click"}).status_code == 200
    actions.announce(
        incident=revision.incident,
        by=house.alice,
        now=MONDAY,
        revision=revision,
        addresses=["Guest@else.example"],
    )
    walk(MONDAY, MONDAY + HOUR)
    assert not mail.outbox


# --- once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_each_once_and_none_lost_however_often_workers_die(house, monkeypatch, seed):
    """Weeks of publications, some of them restricted afterwards, with workers torn down at any write."""
    dice = random.Random(seed)
    for who, how in ((house.mel, "at once"), (house.rita, "weekly")):
        follow(who, how=how)
    follow(house.mel, channel=house.channel)
    real = {"post": post.send, "chat": chat.send, "tell": noticing.tell}

    def torn(name):
        def send(*args, **kwargs):
            if dice.random() < 0.3:
                raise RuntimeError("torn")
            made = real[name](*args, **kwargs)
            if dice.random() < 0.3:
                raise RuntimeError("torn after")
            return made

        return send

    monkeypatch.setattr(letters.post, "send", torn("post"))
    monkeypatch.setattr(letters.chat, "send", torn("chat"))
    monkeypatch.setattr(noticing, "tell", torn("tell"))
    shown, gone = [], []
    now = MONDAY
    while now < MONDAY + 11 * DAY:
        if now < MONDAY + 4 * DAY and len(shown) < 9 and dice.random() < 0.4:
            shown.append(published(house.alice, f"Review <{len(shown)}>", now=now))
        if len(shown) > 3 and len(gone) < 2 and dice.random() < 0.1:
            revision = dice.choice([one for one in shown if one not in gone])
            gone.append(revision)
            restrict(revision.incident)
        sweep(now)
        now += 4 * HOUR
    walk(now, now + 2 * DAY, 2 * HOUR)
    for revision in shown:
        counts = [told_of(who, revision) for who in (house.mel, house.rita)]
        counts.append(
            sum(
                revision.title in str((one.title, one.lines))
                for one in said(house.channel)
                if one.state == "sent"
            )
        )
        if revision in gone:
            assert max(counts) <= 1
        else:
            assert counts == [1, 1, 1], revision.title
    assert not Telling.objects.filter(state="waiting").exists()


def test_two_sweeps_at_once_write_one_letter(house):
    follow(house.mel)
    revision = published(house.alice, "One", now=MONDAY)
    noticing.notice(revision.pk, now=MONDAY + HOUR)
    assert not noticing.notice(revision.pk, now=MONDAY + HOUR)
    assert sending.send_to_person(house.mel.pk, now=MONDAY + HOUR)
    assert not sending.send_to_person(house.mel.pk, now=MONDAY + HOUR)
    assert Letter.objects.count() == Announcement.objects.count() == 1


# --- the page ----------------------------------------------------------------------------------------


def test_the_page_shows_what_is_told_before_anything_is(house, client):
    follow(house.mel, channel=house.channel)
    revision = published(
        house.alice, "Slow disks", now=MONDAY, summary="It was **slow** for Dave, who was careless."
    )
    client.force_login(house.alice)
    where = reverse("archive:announce", args=[revision.incident.ref, 1])
    page = client.get(where).content.decode()
    assert "Nobody was told of it yet" in page
    assert "0 people by mail, 1 channel" in page
    assert "#platform, of Platform" in page
    page = client.post(where, {"text": "Dave was careless again.", "what": "preview"}).content.decode()
    assert "The coach would ask" in page
    assert not Announcement.objects.exists()
    answer = client.post(
        where, {"text": "Read it.", "to_followers": "on", "channels": [house.channel.pk], "addresses": "x@y"}
    )
    assert "x@y is not an address" in answer.content.decode()
    client.post(
        where,
        {
            "text": "Read it.",
            "to_followers": "on",
            "channels": [house.channel.pk],
            "addresses": "rita@example.org, a@b.example",
        },
    )
    made = Announcement.objects.get()
    assert (made.text, made.addresses, made.by) == (
        "Read it.",
        ["a@b.example", "rita@example.org"],
        house.alice,
    )
    assert ChatMessage.objects.count() == 0  # the sweep sends
    assert client.get(reverse("archive:announce", args=[revision.incident.ref, 2])).status_code == 404
    assert client.get(reverse("archive:announce_next", args=[revision.incident.ref])).status_code == 200
