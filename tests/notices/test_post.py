"""Every letter once, at a decent hour, as long as it is of use, and not at all when it was withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from postmortems.calendars.decent import Reader
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.notices.tasks import send_waiting

pytestmark = pytest.mark.django_db
KATHMANDU = Reader("Asia/Kathmandu")
NIGHT = datetime(2026, 3, 26, 2, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))
MORNING = datetime(2026, 3, 26, 9, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))


def write(key: str = "one", **given) -> Letter:
    return post.send(
        to="ana@example.org",
        template="emails/accounts/invitation",
        context={"address": "https://x.example.org/"},
        key=key,
        **({"now": NIGHT} | given),
    )


@pytest.fixture
def refusing(monkeypatch):
    def refuse(self, messages):
        raise OSError("450 later")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    yield
    monkeypatch.undo()


def test_an_answer_to_a_click_goes_at_once(sent_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        letter = write()
    assert sent_tasks == [("postmortems.notices.tasks.send_letter", (letter.pk,))]
    assert post.deliver(letter.pk, now=NIGHT)
    assert mail.outbox[0].extra_headers["Message-ID"].startswith("<letter.")


def test_any_other_letter_waits_for_the_morning(sent_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        letter = write(reader=KATHMANDU)
    assert letter.next_try_at == MORNING
    assert sent_tasks == []  # the sweep takes it up when it is time
    assert not post.deliver(letter.pk, now=MORNING - timedelta(seconds=1))
    assert post.deliver(letter.pk, now=MORNING)
    assert not post.deliver(letter.pk, now=MORNING)
    assert len(mail.outbox) == 1


def test_a_later_moment_can_be_asked_for():
    assert write(not_before=NIGHT + timedelta(hours=3)).next_try_at == NIGHT + timedelta(hours=3)
    afternoon = MORNING + timedelta(hours=5)
    assert write("two", reader=KATHMANDU, not_before=afternoon).next_try_at == afternoon


def test_a_worker_that_was_away_over_the_evening_waits_for_the_next_one():
    letter = write(reader=KATHMANDU)
    evening = MORNING + timedelta(hours=10)
    assert not post.deliver(letter.pk, now=evening)
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == ("waiting", 0)
    assert letter.next_try_at == MORNING + timedelta(days=1)


def test_tries_that_fail_stay_within_decent_hours(refusing):
    letter = write(reader=KATHMANDU)
    late = MORNING + timedelta(hours=8, minutes=59)
    assert not post.deliver(letter.pk, now=late)
    letter.refresh_from_db()
    assert letter.next_try_at == MORNING + timedelta(days=1)
    assert "450" in letter.trouble


def test_a_letter_is_given_up_in_the_end_and_says_why(refusing):
    letter = write()
    now = NIGHT
    for _ in range(post.TRIES):
        assert not post.deliver(letter.pk, now=now)
        letter.refresh_from_db()
        now = letter.next_try_at
    assert (letter.state, letter.tries) == ("given up", post.TRIES)
    assert not post.deliver(letter.pk, now=now + timedelta(days=1))


def test_what_comes_too_late_for_anything_is_not_sent():
    letter = write(not_after=NIGHT + timedelta(hours=1))
    assert not post.deliver(letter.pk, now=NIGHT + timedelta(hours=1))
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at) == ("withdrawn", None)
    assert mail.outbox == []


def test_one_occasion_one_letter():
    assert write() is not None
    assert write() is None
    assert Letter.objects.count() == 1


def test_what_was_withdrawn_is_never_sent():
    mine = write(about="interview 1", reader=KATHMANDU)
    other = write("other", about="interview 2", reader=KATHMANDU)
    assert post.withdraw(about="interview 1") == post.Withdrawn(1)
    assert post.sent(about="interview 1") == []
    assert not post.deliver(mine.pk, now=MORNING)
    assert post.deliver(other.pk, now=MORNING)
    assert post.sent(about="interview 2") == [other]
    assert post.withdraw(about="interview 2") == post.Withdrawn(0)
    assert Letter.objects.get(pk=other.pk).state == "sent"


def test_letters_to_one_of_several_are_withdrawn():
    write(about="interview 1")
    assert post.withdraw(about="interview 1", to="ben@example.org").stopped == 0
    assert post.withdraw(about="interview 1", to="ANA@example.org").stopped == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_being_handed_over_is_not_waited_for_and_counts_as_gone(monkeypatch):
    """The mail server takes its time; meanwhile somebody declines, from another connection."""
    letter = write(about="interview 1")
    found = []

    def slow(self, messages):
        found.append(_in_another_connection(lambda: post.withdraw(about="interview 1")))
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    assert post.deliver(letter.pk, now=NIGHT)
    assert found == [post.Withdrawn(0, (letter,))]
    letter.refresh_from_db()
    assert letter.state == "withdrawn"
    assert letter.sent_at == NIGHT
    assert post.sent(about="interview 1") == [letter]


@pytest.mark.django_db(transaction=True)
def test_a_letter_withdrawn_on_its_way_is_not_tried_again(monkeypatch):
    letter = write(about="interview 1")

    def slow_and_refused(self, messages):
        _in_another_connection(lambda: post.withdraw(about="interview 1"))
        raise OSError("451 later")

    monkeypatch.setattr(EmailBackend, "send_messages", slow_and_refused)
    assert not post.deliver(letter.pk, now=NIGHT)
    monkeypatch.undo()
    assert not post.deliver(letter.pk, now=NIGHT + timedelta(days=1))
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at) == ("withdrawn", None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_letter_once(monkeypatch):
    letter = write()
    second = []

    def slow(self, messages):
        second.append(_in_another_connection(lambda: post.deliver(letter.pk, now=NIGHT)))
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    assert post.deliver(letter.pk, now=NIGHT)
    assert second == [False]


def test_the_sweep_takes_up_what_is_due(time_machine):
    write(reader=KATHMANDU)
    time_machine.move_to(MORNING - timedelta(minutes=1))
    send_waiting()
    assert mail.outbox == []
    time_machine.move_to(MORNING + timedelta(minutes=1), tick=False)
    send_waiting()
    assert len(mail.outbox) == 1
    assert Letter.objects.get().sent_at == MORNING + timedelta(minutes=1)


def _in_another_connection(what):
    from concurrent.futures import ThreadPoolExecutor

    def run():
        try:
            with transaction.atomic():
                return what()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=5)
