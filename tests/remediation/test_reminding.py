"""Reminders: each once, none lost, none after an item is verified or dropped – however often a worker dies."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation import actions as items
from postmortems.remediation.models import Item, Reminder
from postmortems.remediation.reminding import actions, planning, rules, sending
from postmortems.remediation.reminding.rules import Promise
from tests import make

MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


# --- the rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "speaks"),
    [(-8, []), (-7, ["before"]), (-1, ["before"]), (0, ["on"]), (2, ["on"]), (3, ["after"]), (7, ["after", "team"]),
     (14, ["after", "team", "leadership"])],
)  # fmt: skip
def test_before_on_and_after_a_date_then_the_team_then_the_whole(day, speaks):
    due_on = date(2026, 5, 4)
    promise = Promise("accepted", due_on, dated_on=due_on - 60 * DAY)
    assert [one.rule.name for one in rules.due(promise, due_on + day * DAY)] == speaks


@pytest.mark.parametrize("status", ["parked", "verified", "dropped"])
@given(due_on=days, today=days)
def test_nobody_is_reminded_of_what_is_parked_or_over(status, due_on, today):
    assert rules.due(Promise(status, due_on, done_on=due_on), today) == []


def test_what_is_done_waits_for_somebody_to_look():
    done = Promise("done", date(2026, 5, 4), done_on=date(2026, 5, 1))
    assert rules.due(done, date(2026, 5, 7)) == []
    assert [one.rule.name for one in rules.due(done, date(2026, 5, 8))] == ["verify"]


def test_a_date_that_is_set_late_is_news_to_nobody():
    due_on = date(2026, 5, 4)
    set_two_days_before = Promise("accepted", due_on, dated_on=date(2026, 5, 2))
    assert rules.due(set_two_days_before, date(2026, 5, 3)) == []
    set_after = Promise("accepted", due_on, dated_on=date(2026, 6, 1))
    assert rules.due(set_after, date(2026, 6, 3)) == []
    assert [one.rule.name for one in rules.due(set_after, date(2026, 6, 4))] == ["after"]


@given(due_on=days, dated_on=st.none() | days, done_on=days, status=st.sampled_from(Item.Status.values))
def test_walking_from_day_to_day_as_told_misses_no_rule(due_on, dated_on, done_on, status):
    promise = Promise(status, due_on, dated_on, done_on)
    expected = {one.rule.name for one in rules.reminders(promise)}
    today: date | None = date(2019, 1, 1)
    heard = set()
    while today:
        heard |= {one.rule.name for one in rules.due(promise, today)}
        today = rules.next_day(promise, today)
    assert heard == expected


@pytest.mark.parametrize("due_on", [date.min, date.max])
def test_dates_at_the_ends_of_the_calendar_are_survived(due_on):
    promise = Promise("accepted", due_on, dated_on=date(2026, 1, 1))
    rules.due(promise, date(2026, 1, 2))
    rules.next_day(promise, date(2026, 1, 2))


# --- a house -----------------------------------------------------------------------------------------


@pytest.fixture
def house(cast, settings):
    settings.SITE_URL = "https://story.example.org"
    cast.team = make.team("Platform", cast.ian, cast.mel)
    return cast


def promised(house, what: str = "Bound the retries of the gateway", *, due_on: date, **fields) -> Item:
    given = {"owner": house.ian, "team": house.team, "status": "accepted"}
    return make.item(house.incident, what, due_on=due_on, now=MONDAY - 30 * DAY, **(given | fields))


def sweep(now: datetime) -> None:
    planning.plan_due(now=now)
    sending.send_due(now=now)
    for pk in Letter.objects.filter(state="waiting", next_try_at__lte=now).values_list("pk", flat=True):
        post.deliver(pk, now=now)


def heard(who) -> list[str]:
    return [letter.body for letter in mail.outbox if letter.to == [who.email]]


def walk(start: datetime, until: datetime, step: timedelta = timedelta(hours=8)) -> None:
    while start < until:
        sweep(start)
        start += step


def test_a_promise_nobody_keeps_is_told_to_owner_team_and_whoever_reads_for_all(house):
    due_on = date(2026, 3, 30)
    promised(house, due_on=due_on)
    walk(MONDAY, MONDAY + 60 * DAY)
    assert [bool(re.search(r"due on|due today", body)) for body in heard(house.ian)] == [True] * 3
    assert len(heard(house.mel)) == 1
    assert "Of your teams" in heard(house.mel)[0]
    assert len(heard(house.ada)) == 1
    assert "Anywhere" in heard(house.ada)[0]
    assert Item.objects.get().remind_at is None, "nothing more will come, so nobody looks again"


def test_a_letter_says_what_asks_for_what_and_what_nobody_owns_is_not_called_the_readers(house):
    lead = house.alice
    left = make.user("left", is_active=False)
    promised(house, "Bound the retries", due_on=MONDAY.date() - 4 * DAY, owner=lead)
    promised(house, "Drain a replica", due_on=MONDAY.date(), owner=left)
    done = promised(house, "Alert on lag", due_on=MONDAY.date())
    items.move(item=done, by=house.ian, status="done", now=MONDAY - 8 * DAY)
    sweep(MONDAY)
    letter = next(letter for letter in mail.outbox if letter.to == [lead.email])
    assert letter.subject == "Remediation items: 1 of yours, 1 that nobody owns, 1 to look at"
    yours, nobodys, verify = re.split(r"Nobody’s|Done, and not looked at yet", letter.body)
    assert "Bound the retries" in yours
    assert "was due on Thursday, 12 March, 4 days ago" in yours
    assert "Drain a replica" in nobodys
    assert "due today" in nobodys
    assert "done on Sunday, 8 March; Ian" in verify
    assert f"it works when: {done.how_we_know}" in verify


def test_the_subject_of_one_item_begins_with_when(house):
    promised(house, "Bound the retries", due_on=MONDAY.date())
    sweep(MONDAY)
    assert [letter.subject for letter in mail.outbox] == ["Due today: Bound the retries"]


@pytest.mark.parametrize("end", ["verified", "dropped"])
def test_nothing_after_the_end(house, end):
    item = promised(house, due_on=date(2026, 3, 30))
    walk(MONDAY, MONDAY + 10 * DAY)
    assert len(heard(house.ian)) == 1
    if end == "dropped":
        items.move(item=item, by=house.alice, status="dropped", reason="too dear", now=MONDAY + 10 * DAY)
    else:
        for status in ("done", "verified"):
            items.move(item=item, by=house.alice, status=status, now=MONDAY + 10 * DAY)
    walk(MONDAY + 10 * DAY, MONDAY + 60 * DAY)
    assert len(mail.outbox) == 1


def test_a_letter_that_waits_is_taken_back_when_one_of_its_items_is_finished(house):
    due_on = MONDAY.date()
    one, two = (
        promised(house, "Bound the retries", due_on=due_on),
        promised(house, "Page two people", due_on=due_on),
    )
    planning.plan_due(now=MONDAY)
    sending.send_due(now=MONDAY)
    waiting = Letter.objects.get(state="waiting")
    assert "Bound the retries" in waiting.text
    items.move(item=one, by=house.alice, status="dropped", reason="too dear", now=MONDAY)
    sweep(MONDAY + timedelta(hours=1))
    assert len(heard(house.ian)) == 1
    assert "Page two people" in heard(house.ian)[0]
    assert "Bound the retries" not in heard(house.ian)[0]
    assert two.reminders.get(person=house.ian).state == Reminder.State.SENT


def test_a_date_that_moved_is_reminded_of_anew_and_the_old_one_no_more(house):
    item = promised(house, due_on=date(2026, 3, 30))
    walk(MONDAY, MONDAY + 10 * DAY)
    later = date(2026, 4, 27)
    items.edit_item(item=item, by=house.ian, version=item.version, due_on=later, now=MONDAY + 10 * DAY)
    walk(MONDAY + 10 * DAY, MONDAY + 60 * DAY)
    told = item.reminders.filter(state="sent", person=house.ian).values_list("rule", "due_on")
    assert sorted(told) == [
        ("after", later), ("before", date(2026, 3, 30)), ("before", later), ("on", later),
    ]  # fmt: skip


def test_letters_come_at_a_decent_hour_and_one_a_day(house):
    house.ian.zone = "Asia/Tokyo"
    house.ian.save()
    for number in range(5):
        promised(house, f"Item number {number} of five", due_on=date(2026, 3, 21))  # a Saturday
    walk(MONDAY, MONDAY + 12 * DAY, timedelta(hours=1))
    letters = list(Letter.objects.filter(to=house.ian.email).order_by("sent_at"))
    # on Tuesday the 17th of the week before, on Monday the 23rd of the day itself, on the 24th that it is over
    assert [letter.sent_at.astimezone(house.ian.tz).day for letter in letters] == [17, 23, 24]
    tokyo = [letter.sent_at.astimezone(house.ian.tz) for letter in letters]
    assert all(9 <= at.hour < 18 and at.weekday() < 5 for at in tokyo)
    assert all(letters[0].text.count(f"number {n}") == 1 for n in range(5))


def test_each_chooses_how_to_hear(house):
    promised(house, due_on=date(2026, 3, 25))
    given = {"hour": 9, "ahead": True, "of_teams": True, "of_all": False}
    actions.choose_hearing(by=house.ian, how="never", **given)
    actions.choose_hearing(by=house.mel, how="daily", **(given | {"of_teams": False}))
    actions.choose_hearing(by=house.ada, how="daily", **given)
    walk(MONDAY, MONDAY + 60 * DAY)
    assert mail.outbox == []


def test_once_a_week_is_once_a_week(house):
    actions.choose_hearing(by=house.ian, how="weekly", hour=11, ahead=True, of_teams=True, of_all=False)
    for number in range(4):
        promised(house, f"Item number {number}", due_on=date(2026, 3, 24) + number * 2 * DAY)
    walk(MONDAY, MONDAY + 28 * DAY, timedelta(hours=3))
    sent = list(Letter.objects.filter(to=house.ian.email).values_list("sent_at", flat=True))
    weeks = [at.isocalendar()[:2] for at in sent]
    assert len(weeks) == len(set(weeks)) > 1
    assert all(at.hour >= 11 for at in sent)


def test_nobody_hears_of_what_they_may_not_read(house, restricted):
    restricted_item = make.item(
        restricted, "Planted words of a secret", owner=house.ian, team=house.team, status="accepted",
        due_on=date(2026, 3, 20), now=MONDAY - 30 * DAY,
    )  # fmt: skip
    walk(MONDAY, MONDAY + 40 * DAY)
    assert heard(house.ada) == [], "an administrator outside the circle"
    assert heard(house.ian)
    everything = "".join(letter.body + letter.subject for letter in mail.outbox)
    assert "Planted words" not in everything
    assert f"R{restricted_item.number} of {restricted.ref}" in everything


def test_without_an_owner_the_lead_reviewer_is_asked(house):
    make.item(house.incident, "Somebody should bound this", due_on=date(2026, 3, 20), now=MONDAY - 30 * DAY)
    sweep(MONDAY)
    assert len(heard(house.alice)) == 1


# --- the chat of a team ------------------------------------------------------------------------------


def test_the_team_hears_in_its_chat_once(house, monkeypatch):
    said = []
    monkeypatch.setattr(chat.outward, "post", lambda url, body, kind: said.append((url, body.decode())))
    secret = "https://chat.example.org/" + "hook"
    place = actions.add_channel(
        team=house.team, by=house.ada, kind="slack", name="#platform", address=secret, zone="Europe/Lisbon"
    )
    assert secret.encode() not in bytes(place.channel.address)
    promised(house, "Bound <the> retries & more", due_on=date(2026, 3, 9))
    start = MONDAY
    while start < MONDAY + 20 * DAY:
        sweep(start)
        for pk in ChatMessage.objects.filter(state="waiting", next_try_at__lte=start).values_list(
            "pk", flat=True
        ):
            chat.deliver(pk, now=start)
        start += timedelta(hours=7)
    assert [url for url, _ in said] == [secret]
    assert "Bound &lt;the&gt; retries &amp; more" in said[0][1]


def test_a_chat_that_is_away_is_tried_again_and_its_address_told_nowhere(house, monkeypatch, caplog):
    def away(*_):
        raise chat.outward.NotFetched("The address could not be reached.")

    secret = "https://chat.example.org/" + "hook"
    place = actions.add_channel(
        team=house.team, by=house.ada, kind="teams", name="Platform", address=secret, zone="UTC"
    )
    actions.try_channel(place=place, by=house.ada, now=MONDAY)
    message = ChatMessage.objects.get()
    monkeypatch.setattr(chat.outward, "post", away)
    assert not chat.deliver(message.pk, now=MONDAY)
    assert not chat.deliver(message.pk, now=MONDAY), "not before its next try"
    message.refresh_from_db()
    assert (message.state, message.tries) == ("waiting", 1)
    assert secret not in message.trouble + caplog.text
    monkeypatch.setattr(chat.outward, "post", lambda *_: None)
    assert chat.deliver(message.pk, now=MONDAY + DAY)


def test_the_page_never_shows_the_address(house, client):
    client.force_login(house.mel)
    where = reverse("remediation:channels", args=[house.team.slug])
    secret = "https://chat.example.org/" + "T0" + "hook"
    form = {"kind": "mattermost", "name": "~platform", "address": secret, "zone": "UTC"}
    page = client.post(where, form, follow=True).content.decode()
    assert "chat.example.org" in page
    assert secret not in page
    inside = client.post(where, form | {"address": "http://chat.example.org/x"}).content.decode()
    assert "has to begin with https://" in inside
    place = house.team.channels.get()
    there = reverse("remediation:change_channel", args=[house.team.slug, place.pk])
    client.post(there, {"what": "try"})
    client.post(there, {"what": "remove"})
    assert not house.team.channels.exists()
    assert not ChatMessage.objects.exists()


# --- half a year, with crashes -----------------------------------------------------------------------


class Killed(BaseException):
    """A worker that is killed: nothing catches it, and what was not committed is gone."""


@pytest.mark.parametrize("seed", [1, 2])
def test_half_a_year_in_which_workers_die(house, monkeypatch, seed):
    """Every step a worker may be away, run twice, or die before or after a letter or a reminder is written."""
    chance = random.Random(seed)

    def deadly(function, share):
        def maybe(*args, **kwargs):
            if chance.random() < share:
                raise Killed
            done = function(*args, **kwargs)
            if chance.random() < share:
                raise Killed
            return done

        return maybe

    monkeypatch.setattr(sending.letters.post, "send", deadly(post.send, 0.1))
    monkeypatch.setattr(planning, "_rows", deadly(planning._rows, 0.1))
    monkeypatch.setattr(sending, "_sent", deadly(sending._sent, 0.1))
    others = [make.user(zone=zone) for zone in ("Asia/Tokyo", "America/Los_Angeles", "Europe/Lisbon")]
    ends = {}  # item: (day, what happens)
    start = MONDAY.replace(hour=0)
    for number in range(12):
        owner = chance.choice(others)
        item = promised(
            house, f"Item number {number:02d}", owner=owner, due_on=(start + (20 + 7 * number) * DAY).date()
        )
        ends[item.pk] = (start + (20 + 7 * number + chance.choice([-9, -3, 1, 5, 10, 90])) * DAY, chance.choice(["drop", "verify"]))  # fmt: skip
    over: dict[int, datetime] = {}
    now, until = start, start + 180 * DAY
    while now < until:
        for pk, (when, what) in list(ends.items()):
            if when <= now and pk not in over:
                item = Item.objects.get(pk=pk)
                steps = ["dropped"] if what == "drop" else ["done", "verified"]
                for status in steps:
                    items.move(item=item, by=house.alice, status=status, reason="so it is", now=now)
                over[pk] = now
        for _ in range(chance.choice([0, 1, 1, 1, 2])):
            try:
                sweep(now)
            except Killed:
                continue
        now += timedelta(hours=7)
    told: dict[tuple[str, str], list[datetime]] = {}
    for letter in Letter.objects.filter(state="sent"):
        for name in set(re.findall(r"R\d+ of", letter.text)):
            told.setdefault((name, letter.to), []).append(letter.sent_at)
    for pk, ended in over.items():
        assert all(
            at < ended for (name, _), times in told.items() if name == f"R{Item.objects.get(pk=pk).number} of" for at in times
        ), "nothing after the end"  # fmt: skip
    for item in Item.objects.select_related("owner"):
        times = told.get((f"R{item.number} of", item.owner.email), [])
        ended = over.get(item.pk, until).date()
        speaking = [item.due_on - 7 * DAY, item.due_on, item.due_on + 3 * DAY]
        # what is said on the day gives way to what is said after it, when every worker died in between
        surely = (ended >= item.due_on) + (ended >= item.due_on + 8 * DAY)
        possibly = sum(day <= ended + DAY for day in speaking)
        assert surely <= len(times) <= possibly, (item.number, item.due_on, ended, times)
    assert sum(len(times) for times in told.values()) == Reminder.objects.filter(state="sent").count()
    assert not Letter.objects.exclude(state__in=["sent", "withdrawn"]).exists()
