"""A whole review on a clock that is set: every letter once, to the right person, at a decent hour; none after a no."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ics
import pytest
from django.core import mail
from icalendar import Calendar

from postmortems.calendars.decent import Reader, is_decent
from postmortems.incidents.actions import add_participant
from postmortems.incidents.models import Participant
from postmortems.interviews.inviting import actions, reminding, slots
from postmortems.interviews.models import Interview
from postmortems.interviews.readers import reader_of
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions as scheduling
from postmortems.notices.models import Letter
from postmortems.notices.tasks import send_waiting
from tests import make

pytestmark = pytest.mark.slow
WEEK = {day: [["09:00", "12:30"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# The night in which the clocks of Europe go forward lies in this review; so do two weekends.
ENDED = datetime(2026, 3, 26, 3, 40, tzinfo=UTC)
STEP = timedelta(minutes=20)
PEOPLE = {
    "ana": "Europe/Lisbon", "ben": "America/Los_Angeles", "cho": "Asia/Kathmandu", "dee": "Pacific/Chatham", "eve": "America/St_Johns",
    "fay": "Europe/Berlin", "gil": "Africa/Cairo",
}  # fmt: skip


class House:
    """The mail server, the beat and everybody's calendar, twenty minutes at a time."""

    def __init__(self, time_machine):
        self.clock, self.taken, self.calendars = time_machine, [], {}

    def until(self, when: datetime, step: timedelta = STEP) -> None:
        now = datetime.now(tz=UTC)
        while now < when:
            now = min(when, now + step)
            self.clock.move_to(now, tick=False)
            reminding.remind_all(now=now)
            send_waiting()
            send_waiting()  # a second worker
            self._take(now)

    def _take(self, now: datetime) -> None:
        for message in mail.outbox:
            self.taken.append((now, message.to[0], message.subject, message.body))
            for attached in message.attachments:
                if attached[0] == "invite.ics":
                    self._file(message.to[0], attached[1])
        mail.outbox.clear()

    def _file(self, to: str, text: str) -> None:
        """What a calendar program does (RFC 5546): a higher SEQUENCE, or the same with a newer stamp, replaces."""
        calendar = Calendar.from_ical(text)
        (event,) = calendar.walk("VEVENT")
        ics.Calendar(text)
        filed = self.calendars.setdefault(to, {})
        uid, rank = str(event["uid"]), (event["sequence"], event["dtstamp"].dt)
        assert uid not in filed or rank >= filed[uid][0], "no message undoes a later one"
        if calendar["method"] == "CANCEL":
            assert uid in filed, "nobody is told of the end of what they never heard of"
        filed[uid] = (rank, str(calendar["method"]), event["dtstart"].dt)

    def to(self, name: str) -> list[tuple[datetime, str, str]]:
        return [
            (at, subject, body) for at, to, subject, body in self.taken if to.startswith(f"{name}@")
        ]  # fmt: skip

    def of_host(self, one: Interview) -> list[datetime]:
        filed = self.calendars.get(one.interviewer.email, {}).get(f"{one.uid}-host@second-story")
        return [filed[2]] if filed and filed[1] == "REQUEST" else []

    def stands(self, email: str) -> list[datetime]:
        return sorted(
            start for _, method, start in self.calendars.get(email, {}).values() if method == "REQUEST"
        )


@pytest.fixture
def house(db, time_machine):
    time_machine.move_to(ENDED, tick=False)
    return House(time_machine)


@pytest.fixture
def review(house):
    """Seven people, asked by two: mara in Nepal, tom in California. Two have no account."""
    mara = make.user("mara", role="reviewer", zone="Asia/Kathmandu", hours=WEEK)
    tom = make.user("tom", role="reviewer", zone="America/Los_Angeles", hours=WEEK, country="US-CA")
    incident = make.incident(
        by=mara, impact_began_at=ENDED - timedelta(hours=3), detected_at=None, acknowledged_at=None, mitigated_at=None, resolved_at=ENDED
    )  # fmt: skip
    for number, (name, zone) in enumerate(PEOPLE.items()):
        user = None if name in ("fay", "gil") else make.user(name, zone=zone, hours=WEEK)
        person = add_participant(incident=incident, by=mara, name=name.capitalize(), user=user, email=f"{name}@example.org", role="On-call")  # fmt: skip
        Participant.objects.filter(pk=person.pk).update(zone=zone, hours=WEEK)
        start = datetime(2026, 3, 31, 9, 0, tzinfo=UTC) + number * timedelta(hours=3)
        make.interview(
            incident, interviewer=tom if name in ("ben", "eve") else mara, participant=person, state="proposed", invited_at=None,
            starts_at=start, ends_at=start + timedelta(minutes=45), why="was paged and joined",
        )  # fmt: skip
    return incident


def interview(name: str) -> Interview:
    return Interview.objects.select_related("participant__user", "interviewer").get(
        participant__name=name.capitalize()
    )


def test_a_whole_review(house, review):
    mara = review.opened_by
    at_night = ENDED + timedelta(hours=20)  # Thursday, 23:40 UTC: half of them are asleep
    house.until(at_night)
    assert house.taken == []
    for one in review.interviews.all():
        actions.invite(interview=one, by=mara, now=at_night)

    # dee's is taken back before anybody's morning: she never hears of it
    actions.cancel(interview=interview("dee"), by=mara, now=at_night)
    house.until(datetime(2026, 3, 27, 17, 30, tzinfo=UTC))
    assert {name for name in PEOPLE if house.to(name)} == set(PEOPLE) - {"dee"}
    assert all(len(house.to(name)) <= 1 for name in PEOPLE)

    now = datetime.now(tz=UTC)
    actions.answer(interview=interview("ana"), how="accept", now=now)
    actions.remind_an_hour_before(interview=interview("ana"), host=False, wanted=True)
    actions.answer(interview=interview("ben"), how="decline", now=now)
    actions.answer(interview=interview("fay"), how="write", now=now)
    actions.answer(interview=interview("eve"), how="move", wishes="after lunch", now=now)
    better = slots.fitting(interview("cho"), now=now)[-1]
    actions.choose(interview=interview("cho"), starts_at=better, now=now)
    # gil says nothing

    after_no = {"ben": now, "dee": at_night}
    house.until(datetime(2026, 4, 3, 18, 0, tzinfo=UTC))

    # every letter once, and none left behind
    assert not Letter.objects.filter(state__in=["waiting", "given up"]).exists()
    assert Letter.objects.filter(state="sent").count() == len(house.taken)
    twice = [
        key for key, count in Counter((to, subject) for _, to, subject, _ in house.taken).items() if count > 1
    ]
    assert twice == []

    # to the right person, at a decent hour of theirs, unless they had just clicked
    for name in PEOPLE:
        reader = reader_of(interview(name).participant)
        for at, subject, _ in house.to(name):
            own_click = subject.startswith(("Agreed", "Writing instead"))
            assert own_click or is_decent(at, reader), (name, at, subject)
    for host in {one.interviewer for one in review.interviews.select_related("interviewer")}:
        for at, subject, _ in house.to(host.name.lower()):
            clicked = host == mara and at - at_night <= STEP
            assert clicked or is_decent(at, host.reader), (host, at, subject)

    # none after a no
    for name, since in after_no.items():
        assert [at for at, _, _ in house.to(name) if at > since] == [], name

    told = {
        name: [subject.split(":")[0].split(" about")[0] for _, subject, _ in house.to(name)]
        for name in PEOPLE
    }
    invitation = ["Mara would like to listen to you"]
    assert told["ana"] == [*invitation, "Agreed", "Your conversation", "Soon"]
    assert told["ben"] == ["Tom would like to listen to you"]
    assert told["cho"] == [*invitation, "Agreed", "Your conversation"]
    assert told["dee"] == []
    assert told["eve"] == ["Tom would like to listen to you"]
    assert told["fay"] == [*invitation, "Writing instead"]
    assert told["gil"] == [*invitation, "Still open"]

    # what stands in the calendars is what is true, the same instant in every zone
    assert house.stands("ana@example.org") == [interview("ana").starts_at]
    assert house.stands("cho@example.org") == [better]
    assert house.stands("fay@example.org") == []
    assert house.stands("dee@example.org") == []
    assert house.stands("mara@example.org") == sorted(
        [interview("ana").starts_at, better, interview("gil").starts_at]
    )
    assert interview("eve").starts_at in house.stands("tom@example.org")
    assert interview("ben").starts_at not in house.stands("tom@example.org")

    # both zones are told, and the words of nobody travel
    _, _, first = house.to("ana")[0]
    start = interview("ana").starts_at
    for zone in ("Europe/Lisbon", "Asia/Kathmandu"):
        assert f"{start.astimezone(ZoneInfo(zone)):%H:%M} ({zone})" in first
    assert not any("after lunch" in body for _, _, _, body in house.taken)


def test_a_mail_server_that_is_away_for_a_day_costs_a_day_and_no_letter(house, review, monkeypatch):
    mara = review.opened_by
    actions.invite(interview=interview("ana"), by=mara, now=ENDED + timedelta(hours=5))

    def away(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
        house.until(ENDED + timedelta(hours=13))
    assert house.taken == []
    house.until(ENDED + timedelta(days=4))
    (at, _, _), *_ = house.to("ana")
    assert is_decent(at, reader_of(interview("ana").participant))
    assert len([one for one in house.to("ana") if "listen" in one[1]]) == 1


def change(dice: random.Random, one: Interview, now: datetime) -> None:
    """Something that one of the two may do at any time."""
    by, person = one.interviewer, one.participant.name
    later = now + timedelta(days=dice.randint(1, 4), hours=dice.randint(0, 23))
    what = dice.choice(
        ["invite", "cancel", "time", "accept", "decline", "write", "move", "choose", "nothing"]
    )
    try:
        if what == "invite":
            actions.invite(interview=one, by=by, now=now)
        elif what == "cancel" and dice.random() < 0.3:
            actions.cancel(interview=one, by=by, now=now)
        elif what == "time":
            scheduling.set_time(interview=one, by=by, starts_at=later.replace(minute=0), early_reason=f"{person} asked for it", now=now)  # fmt: skip
        elif what == "choose":
            fitting = slots.fitting(one, now=now)
            if fitting:
                actions.choose(interview=one, starts_at=dice.choice(fitting), now=now)
        elif what in actions.ANSWERS:
            actions.answer(interview=one, how=what, now=now)
    except NotPossible:
        pass  # told in a sentence on the page


@pytest.mark.parametrize("seed", [0, 1, 2, 22, 33, 48, 53, 54])
def test_whatever_the_two_do_letters_and_calendars_stay_true(house, review, seed):
    """Anything in any order at any hour, ten days long; then what everybody has heard is what is so."""
    dice = random.Random(seed)
    Interview.objects.exclude(participant__name__in=["Ana", "Eve", "Gil"]).delete()
    silent: dict[str, datetime] = {}
    now = ENDED + timedelta(hours=20)
    for _ in range(30):
        house.until(now, timedelta(hours=1))
        name = dice.choice(["ana", "eve", "gil"])
        before = interview(name).state
        change(dice, interview(name), now)
        after = interview(name).state
        if after == "declined" and before != "declined":
            silent[name] = now
        if before == "declined" and after != "declined":
            silent.pop(name)  # they thought again, by themselves
        for quiet, since in silent.items():
            assert not [at for at, _, _ in house.to(quiet) if at > since], (seed, quiet)
        now += timedelta(hours=dice.randint(1, 14))
    house.until(now + timedelta(days=4), timedelta(hours=1))

    assert not Letter.objects.filter(state__in=["waiting", "given up"]).exists()
    for letter in Letter.objects.filter(state="sent").exclude(reader=None):
        assert is_decent(letter.sent_at, Reader.from_json(letter.reader)), (seed, letter.key)
    ends = datetime.now(tz=UTC)
    for name in ("ana", "eve", "gil"):
        one = interview(name)
        theirs, hosts = house.stands(f"{name}@example.org"), house.of_host(one)
        if one.state in ("cancelled", "writing", "proposed"):
            assert (theirs, hosts) == ([], []), (seed, name, one.state)
        if one.state == "declined":
            assert hosts == [], (seed, name)
        if one.state == "accepted" and one.starts_at > ends:
            assert (theirs, hosts) == ([one.starts_at], [one.starts_at]), (seed, name)
