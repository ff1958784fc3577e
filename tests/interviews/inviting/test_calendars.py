"""One's conversations in one's own calendar, and one's own calendar beside the plan."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import ics
import pytest
from django.urls import reverse
from icalendar import Calendar

from postmortems.audit.models import Entry
from postmortems.incidents.actions import add_participant
from postmortems.interviews.inviting import actions, busy, fetching
from postmortems.interviews.inviting.tasks import read_calendar, read_calendars
from postmortems.interviews.models import BusyCalendar, CalendarKey
from postmortems.interviews.refusals import NotPossible
from postmortems.web.outward import NotFetched
from postmortems.web.sealed import unseal
from tests import make

NOW = make.T0 + timedelta(days=1)
ADDRESS = "https://cal.example.org/private-" + "s3cret" + "/basic.ics"
FILE = b"\r\n".join(
    [
        b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//x//EN",
        b"BEGIN:VEVENT", b"UID:1", b"DTSTAMP:20260101T000000Z", b"SUMMARY:xylograph with the doctor",
        b"DTSTART:20260312T100000Z", b"DTEND:20260312T110000Z", b"RRULE:FREQ=DAILY;COUNT=2", b"END:VEVENT",
        b"BEGIN:VEVENT", b"UID:2", b"DTSTAMP:20260101T000000Z", b"SUMMARY:floating",
        b"DTSTART:20260312T140000", b"DTEND:20260312T150000", b"END:VEVENT",
        b"END:VCALENDAR", b"",
    ]
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- the feed -----------------------------------------------------------------------------------------


@pytest.fixture
def interview(cast):
    return make.interview(cast.incident, interviewer=cast.bob)


@pytest.fixture
def feed(client, cast, interview, time_machine):
    """The address of ian's feed."""
    time_machine.move_to(NOW)
    client.force_login(cast.ian)
    client.post(reverse("interviews:change_feed"), {"what": "make"})
    page = client.get(reverse("interviews:my_calendar")).content.decode()
    where = reverse("interviews:feed", args=[CalendarKey.objects.get(user=cast.ian).key])
    assert where in page
    client.logout()
    return where


def events(answer) -> list:
    assert answer["Content-Type"].startswith("text/calendar")
    ics.Calendar(answer.content.decode())
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_one_s_own_conversations_without_signing_in(client, cast, interview, feed):
    other = make.incident(by=cast.rev)
    add_participant(incident=other, by=cast.rev, name="", role="Support", user=cast.mel)
    make.interview(other)
    (found,) = events(client.get(feed))
    assert found["dtstart"].dt == interview.starts_at
    assert found["summary"] == f"Conversation about {cast.incident.ref}, {cast.incident.title}"
    assert found["status"] == "TENTATIVE"
    assert "attendee" not in found
    assert "bob" not in client.get(feed).content.decode().lower()


def test_a_restricted_incident_is_a_number_and_a_discreet_feed_one_word(client, cast, interview, feed):
    cast.incident.restricted = True
    cast.incident.save()
    (found,) = events(client.get(feed))
    assert found["summary"] == f"Conversation about {cast.incident.ref}"
    actions.set_discreet(by=cast.ian, discreet=True)
    (found,) = events(client.get(feed))
    assert found["summary"] == "Conversation"
    assert cast.incident.ref not in client.get(feed).content.decode()


@pytest.mark.parametrize("state", ["proposed", "moving", "writing", "declined", "cancelled"])
def test_what_does_not_take_place_is_not_in_it(client, interview, feed, state):
    interview.state = state
    interview.save()
    assert events(client.get(feed)) == []


def test_unchanged_is_said_without_sending_it_again(client, interview, feed, time_machine):
    first = client.get(feed)
    time_machine.shift(timedelta(hours=3))
    again = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(feed, headers={"If-None-Match": f'"x", W/{first["ETag"]}'}).status_code == 304
    interview.starts_at += timedelta(minutes=15)
    interview.sequence = 1
    interview.save()
    changed = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    (found,) = events(changed)
    assert (found["sequence"], found["dtstart"].dt) == (1, interview.starts_at)


def test_a_renewed_address_ends_the_old_one_and_taking_it_back_ends_both(client, cast, feed):
    client.force_login(cast.ian)
    client.post(reverse("interviews:change_feed"), {"what": "make"})
    assert client.get(feed).status_code == 404
    new = reverse("interviews:feed", args=[CalendarKey.objects.get(user=cast.ian).key])
    assert client.get(new).status_code == 200
    client.post(reverse("interviews:change_feed"), {"what": "remove"})
    assert client.get(new).status_code == 404


def test_a_closed_account_has_no_feed(client, cast, feed):
    cast.ian.is_active = False
    cast.ian.save()
    assert client.get(feed).status_code == 404


def test_the_number_of_queries_of_a_feed_does_not_grow(client, cast, feed, django_assert_max_num_queries):
    for _ in range(6):
        incident = make.incident(by=cast.rev)
        add_participant(incident=incident, by=cast.rev, name="", role="Support", user=cast.ian)
        make.interview(incident)
    with django_assert_max_num_queries(4):
        assert len(events(client.get(feed))) == 7


# --- busy times ---------------------------------------------------------------------------------------


def name(owner, address: str = ADDRESS) -> BusyCalendar:
    return actions.name_calendar(owner=owner, address=address, now=NOW)


def test_the_address_is_sealed_and_never_seen_again(client, cast, caplog):
    caplog.set_level(logging.DEBUG)
    client.force_login(cast.ian)
    client.post(reverse("interviews:change_busy"), {"what": "calendar", "address": ADDRESS})
    calendar = BusyCalendar.objects.get(user=cast.ian)
    assert b"s3cret" not in bytes(calendar.address)
    assert unseal(calendar.address) == ADDRESS
    fetching.read(calendar.pk, now=datetime.now(tz=UTC), fetch=_refusing)
    page = client.get(reverse("interviews:my_calendar")).content.decode()
    assert "cal.example.org" in page
    assert "could not be reached" in page
    told = page + " ".join(f"{one.sentence} {one.data}" for one in Entry.objects.all())
    told += " ".join(one.getMessage() for one in caplog.records if one.name != "django.db.backends")
    assert "s3cret" not in told


def _refusing(url: str) -> bytes:
    raise NotFetched("The address could not be reached.")


def test_only_stretches_are_kept(cast):
    cast.ian.zone = "Asia/Kathmandu"
    cast.ian.save()
    calendar = name(cast.ian)
    fetching.read(calendar.pk, now=NOW, fetch=lambda url: FILE)
    calendar.refresh_from_db()
    assert calendar.busy == [
        ["2026-03-12T08:15:00+00:00", "2026-03-12T09:15:00+00:00"],  # a clock time, so one of its owner's
        ["2026-03-12T10:00:00+00:00", "2026-03-12T11:00:00+00:00"],
        ["2026-03-13T10:00:00+00:00", "2026-03-13T11:00:00+00:00"],
    ]
    assert "xylograph" not in str(BusyCalendar.objects.values_list())
    assert (calendar.read_at, calendar.next_read_at, calendar.trouble) == (NOW, NOW + fetching.EVERY, "")
    found = busy.of([cast.ian], [], at("2026-03-12T10:30"), at("2026-03-12T18:00"))
    assert found == {f"u{cast.ian.pk}": [(at("2026-03-12T10:30"), at("2026-03-12T11:00"))]}


def test_trouble_is_told_and_what_was_known_stays(cast):
    calendar = name(cast.ian)
    fetching.read(calendar.pk, now=NOW, fetch=lambda url: FILE)
    later = NOW + fetching.EVERY
    fetching.read(calendar.pk, now=later, fetch=lambda url: b"<html>Sign in</html>")
    calendar.refresh_from_db()
    assert "not a calendar file" in calendar.trouble
    assert len(calendar.busy) == 3
    assert later < calendar.next_read_at <= later + timedelta(days=1)
    fetching.read(calendar.pk, now=calendar.next_read_at, fetch=lambda url: FILE)
    calendar.refresh_from_db()
    assert calendar.trouble == ""


def test_two_workers_read_it_once_and_not_before_it_is_due(cast):
    calendar, asked = name(cast.ian), []

    def fetch(url: str) -> bytes:
        asked.append(url)
        fetching.read(calendar.pk, now=NOW, fetch=fetch)  # a second worker, meanwhile
        return FILE

    fetching.read(calendar.pk, now=NOW, fetch=fetch)
    fetching.read(calendar.pk, now=NOW + timedelta(hours=1), fetch=fetch)
    assert asked == [ADDRESS]


def test_what_was_read_at_an_old_address_does_not_count_for_a_new_one(cast):
    calendar = name(cast.ian)

    def fetch(url: str) -> bytes:
        name(cast.ian, "https://elsewhere.example.org/x.ics")
        return FILE

    fetching.read(calendar.pk, now=NOW, fetch=fetch)
    calendar.refresh_from_db()
    assert (calendar.busy, calendar.read_at) == ([], None)


def test_forgetting_leaves_nothing(cast):
    calendar = name(cast.ian)
    fetching.read(calendar.pk, now=NOW, fetch=lambda url: FILE)
    actions.forget_calendar(owner=cast.ian)
    assert not BusyCalendar.objects.exists()
    fetching.read(calendar.pk, now=NOW, fetch=lambda url: FILE)


def test_an_address_that_is_none_is_refused_in_words(client, cast):
    for address in ("", "calendar", "http://cal.example.org/x.ics", "file:///etc/passwd"):
        with pytest.raises(NotPossible):
            name(cast.ian, address)
    client.force_login(cast.ian)
    answer = client.post(
        reverse("interviews:change_busy"), {"what": "calendar", "address": "ftp://x"}, follow=True
    )
    assert "has to begin with https://" in answer.content.decode()


def test_a_plan_asks_for_stale_ones_again(cast, sent_tasks, django_capture_on_commit_callbacks):
    calendar = name(cast.ian)
    fetching.read(calendar.pk, now=NOW, fetch=lambda url: FILE)
    ian = cast.incident.participants.get(user=cast.ian)
    for minutes, asked in ((10, 0), (30, 1)):
        sent_tasks.clear()
        with django_capture_on_commit_callbacks(execute=True):
            missing = fetching.freshen([cast.bob], [ian], now=NOW + timedelta(minutes=minutes), patience=0)
        assert missing == asked
        assert len(sent_tasks) == asked
    assert sent_tasks[0][1] == (calendar.pk,)  # the number of a row, and nothing of the address
    assert fetching.due(now=NOW + timedelta(minutes=30)) == [calendar.pk]


def test_of_a_closed_account_nothing_is_read_any_more(cast):
    name(cast.ian)
    assert len(fetching.due(now=NOW)) == 1
    cast.ian.is_active = False
    cast.ian.save()
    assert fetching.due(now=NOW) == []


class Serves(BaseHTTPRequestHandler):
    def do_GET(self):
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar")
            self.end_headers()
            self.wfile.write(FILE)

    def log_message(self, *args):
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_the_wire_by_the_task(cast, settings, time_machine, sent_tasks):
    time_machine.move_to(NOW)
    with serving() as port:
        settings.FETCH_HTTP = True
        calendar = name(cast.ian, f"http://127.0.0.1:{port}/cal.ics")
        read_calendars()
        assert sent_tasks[-1][1] == (calendar.pk,)
        read_calendar(calendar.pk)
        calendar.refresh_from_db()
        assert calendar.trouble == "The address is not on the public internet."
        settings.FETCH_NETWORKS = [ip_network("127.0.0.0/8")]
        time_machine.move_to(calendar.next_read_at)
        read_calendar(calendar.pk)
        calendar.refresh_from_db()
        assert (len(calendar.busy), calendar.trouble) == (3, "")
