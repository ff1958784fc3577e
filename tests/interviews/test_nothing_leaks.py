"""Nothing leaks: words planted in what is private appear to nobody but those they are for.

Every address of the house is visited as everybody, with and without a session; then everything else that
could carry a word away is read: answers to errors, logs, letters, the trail, sessions, the queue, caches, files, PDF.
An address that is added without being visited here fails the suite.
"""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import pytest
import redis
from celery import Task
from django.conf import settings as configured
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone

from postmortems.archive.following import links as ending
from postmortems.archive.leading.reckoning import figures_of
from postmortems.archive.models import FeedKey, Reckoning
from postmortems.archive.recalling import links as recalling
from postmortems.interviews.inviting import links as answer_links
from postmortems.interviews.jotting import links as jot_links
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import CalendarKey, JotNote, Note, Passage, Question
from postmortems.interviews.releasing import actions as releasing
from postmortems.interviews.releasing import links as words_links
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import letters as attributed_letters
from postmortems.publication import pdf
from postmortems.remediation.models import ItemCalendar
from postmortems.web.logs import Line
from tests import make
from tests.interviews import planted
from tests.interviews.planted import FOR
from tests.test_doors import EVERYBODY, OPEN, TABLE, G, address, names, one_of_everything

# Where private words are kept, and nowhere else.
KEPT_IN = {
    "interviews_note", "interviews_passage", "interviews_correction", "interviews_question", "interviews_interview",
    "interviews_jotnote",
}  # fmt: skip


# The ways in which a page is asked for: whole, for a fragment, by a script.
MANNERS = ({}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT": "application/json"})


@pytest.fixture
def house(cast, caplog):
    caplog.set_level(logging.DEBUG)
    made = one_of_everything(cast)
    made["planted"] = planted.plant(cast, made["interview"])
    make.event(cast.incident, "a pinned moment", pinned=True)
    Reckoning.objects.update(figures=figures_of(timezone.now()))
    return made


def read(answer) -> bytes:
    if answer.get("Content-Type", "").startswith(
        "text/event-stream"
    ):  # goes on for minutes: its beginning tells
        body = next(iter(answer.streaming_content), b"")
    else:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:
        close()
    return str(answer.headers).encode() + body


def allowed(who: str) -> set[str]:
    return {what for what, eyes in FOR.items() if who in eyes}


def visit(client: Client, method: str, where: str, **headers) -> bytes:
    """What an address answers, with what it changed undone."""
    with transaction.atomic():
        said = read(client.generic(method, where, **headers))
        transaction.set_rollback(True)
    return said


# --- every address as everybody ----------------------------------------------------------------------


def of_allauth() -> list[str]:
    """The addresses of signing in, which stand in no table of ours."""
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and "allauth" in str(pattern.urlconf_name):
            for inner in pattern.url_patterns:
                for name in (
                    [inner.name] if hasattr(inner, "name") else [one.name for one in inner.url_patterns]
                ):
                    try:
                        found.append(reverse(name))
                    except NoReverseMatch:
                        continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_at_every_address_for_every_role(cast, house, caplog, who):
    sown, found = house["planted"], set()
    client = Client()
    client.force_login(cast[who])
    for name, (method, _, _) in TABLE.items():
        where = address(name, house)
        for headers in MANNERS if name.startswith("interviews:") else MANNERS[:1]:
            seen = sown.seen(visit(client, method, where, **headers))
            assert seen <= allowed(who), f"{who} sees {sorted(seen - allowed(who))} at {method} {name}"
            found |= seen
    for name in ("interviews:conduct", "interviews:words", "interviews:answer"):  # of the other conversation
        seen = sown.seen(visit(client, "GET", reverse(name, args=[house["ref"], sown.written.pk])))
        assert seen <= allowed(who), f"{who} sees {sorted(seen - allowed(who))} at {name} of somebody else"
        found |= seen
    for where in of_allauth():
        assert not sown.seen(visit(client, "GET", where)), f"{who} at {where}"
    # the walk does look where the words are: whatever is for these eyes was seen somewhere
    assert found == allowed(who)
    # and what it wrote into logs on its way, planting included, has none of them
    assert caplog.get_records("setup")
    line = Line("{asctime} {levelname} {name}: {message}", style="{")
    for record in (*caplog.get_records("setup"), *caplog.get_records("call")):
        assert not sown.seen(line.format(record)), record.name


@pytest.mark.slow
def test_at_every_address_without_a_session_and_with_a_closed_account(cast, house):
    sown = house["planted"]
    shut = Client()
    shut.force_login(cast.gone)
    for client in (Client(), shut):
        for name, (method, _, _) in TABLE.items():
            assert not sown.seen(visit(client, method, address(name, house))), name


def at_key(name: str, key: str) -> str:
    return reverse(name, args=[key, "atom"] if name == "archive:subscribed" else [key])


def test_a_key_opens_what_it_is_for_and_no_more(cast, house):
    sown, ian, alice = house["planted"], allowed("ian"), allowed("alice")
    theirs = str(sown.interview.uid)
    person = sown.interview.participant
    guest = sown.written.participant
    CalendarKey.objects.create(user=cast.ian, key="k" * 43)
    ItemCalendar.objects.create(user=cast.ian, key="i" * 43)
    FeedKey.objects.create(user=cast.ian, key="f" * 43, made_at=timezone.now())
    words, jot = words_links.PURPOSE, jot_links.PURPOSE
    doors = {
        "interviews:words_by_link": [
            (words.key(theirs), ian - {"jotnote", "wishes"}), (words.key(str(sown.written.uid)), {"answerinwriting"}),
        ],
        "interviews:jot_by_link": [(jot.key(str(person.pk)), {"jotnote"}), (jot.key(str(guest.pk)), {"jotnoteofguest"})],
        "interviews:answer_by_link": [(answer_links.key_of(sown.interview), ian & alice & {"wishes"})],
        "publication:attributed_by_link": [(attributed_letters.PURPOSE.key(str(person.pk)), set())],
        "accounts:accept": [(house["invitation"].token, set())],
        "live:receive": [("guessed", set())],
        "remediation:knock": [("guessed-too", set())],
        "interviews:feed": [("k" * 43, set())],
        "remediation:calendar": [("i" * 43, set())],
        "archive:subscribed": [("f" * 43, set())],
        "archive:end_letters": [(ending.end_of(cast.ian).rstrip("/").rsplit("/", 1)[-1], set())],
        "archive:end_recalling": [(recalling.end_of(cast.ian, "monthly").rstrip("/").rsplit("/", 1)[-1], set())],
    }  # fmt: skip
    elsewhere = {
        name for name in OPEN if name.startswith(("meetings:", "outside:"))
    }  # of the survey and the meeting, and for outsiders, in their rooms
    assert OPEN - elsewhere <= set(doors), "give these addresses a key here"
    keys = {key for pairs in doors.values() for key, _ in pairs}
    for name, pairs in doors.items():
        for key, may in pairs:
            for method in ("GET", "POST"):
                seen = sown.seen(visit(Client(), method, at_key(name, key)))
                assert seen <= may, f"{name} shows {sorted(seen - may)}"
        if name in ("live:receive", "remediation:knock"):  # takes no key of this shape
            continue
        for key in keys - {key for key, _ in pairs}:  # a key of one door opens no other
            assert not sown.seen(visit(Client(), "GET", at_key(name, key))), name
    shown = sown.seen(visit(Client(), "GET", reverse("interviews:words_by_link", args=[words.key(theirs)])))
    assert shown == ian - {"jotnote", "wishes"}


def test_every_address_is_visited():
    assert set(names()) <= set(TABLE) | OPEN


# --- searches, feeds, exports, publications ----------------------------------------------------------


def test_no_search_finds_them(cast, house):
    sown = house["planted"]
    publication.publish(incident=cast.incident, by=cast.alice, now=timezone.now(), despite="a test")
    ref = cast.incident.ref
    for who in (
        "ada",
        "alice",
        "bob",
        "ian",
        "rita",
    ):  # who may do most, the two, in writing, and who only reads
        client = Client()
        client.force_login(cast[who])
        for where in ("/archive/", "/incidents/", "/people/", "/items/", f"/incidents/{ref}/timeline/"):
            # the field shows what was asked for; nothing else may, so no list of hits has it
            blank = read(client.get(where, {"q": "nowhereatall"})).count(b"nowhereatall")
            for what, word in sown.words.items():
                hits = read(client.get(where, {"q": word})).count(word.encode())
                assert hits <= blank, f"{who} finds {what} at {where}"


@pytest.mark.parametrize("format", ["csv", "jsonl", "md", "ics"])
def test_no_export_holds_them(cast, house, format):
    for who in ("alice", "ada"):
        client = Client()
        client.force_login(cast[who])
        said = read(client.get(reverse("timelines:export", args=[cast.incident.ref, format])))
        assert not house["planted"].seen(said)


def test_nothing_published_holds_them_nor_a_file_on_the_disk(cast, house, settings):
    sown = house["planted"]
    revision = publication.publish(
        incident=cast.incident, by=cast.alice, now=timezone.now(), despite="a test"
    )
    assert not sown.seen(json.dumps(revision.content) + revision.html + revision.words + revision.change_note)
    made, _ = pdf.render(revision)
    assert "pinned moment" in planted.of_pdf(made)  # what is there is found
    assert not sown.seen(planted.of_pdf(made))
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file():
            assert not sown.seen(file.read_bytes()), file.name


# --- what is kept and what is sent -------------------------------------------------------------------


def test_no_letter_carries_them(cast, house, settings):
    sown = house["planted"]
    later = timezone.now() + timezone.timedelta(days=400)
    Letter.objects.update(reader=None, not_after=None, next_try_at=make.T0, state="waiting")
    for letter in Letter.objects.all():
        post.deliver(letter.pk, now=later)
    assert len(mail.outbox) >= 3
    for message in mail.outbox:
        whole = message.message()
        text = whole.as_string() + " ".join(
            (part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in whole.walk()
        )
        assert not sown.seen(text), message.subject


# --- when something goes wrong -----------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    """Saving any private row fails in the worst way: with the row itself in the words of the error."""

    def fail(self, *args, **kwargs):
        with connection.cursor() as cursor, transaction.atomic():
            try:
                cursor.execute("create temporary table leaky (words text check (words = '')) on commit drop")
            except Exception:  # made by an earlier call of the same test
                raise AssertionError from None
            words = getattr(self, "body", None) or getattr(self, "text", "")
            cursor.execute("insert into leaky values (%s)", [words])

    for model in (Note, JotNote, Passage, Question):
        monkeypatch.setattr(model, "save", fail)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("who", "name", "field"),
    [
        ("alice", "interviews:save_note", "text"),
        ("ian", "interviews:jot", "text"),
        ("alice", "interviews:propose_passage", "text"),
    ],
)
def test_an_error_page_and_its_log_say_nothing(cast, house, broken, caplog, settings, who, name, field):
    settings.DEBUG = False
    settings.ADMINS = [("Ops", "ops@example.org")]
    client = Client(raise_request_exception=False)
    client.force_login(cast[who])
    word = "quiescent" + make.T0.strftime("%H%M%S")
    note = Note.objects.get(interview=house["interview"])
    given = {
        field: f"It was {word}.",
        "version": note.version if "note" in name else 1,
        "earliest": "2026-03-10T18:20",
    }
    caplog.clear()
    answer = client.post(address(name, house), given)
    assert answer.status_code == 500
    assert word not in answer.content.decode()
    assert any(record.exc_info for record in caplog.records)
    written = " ".join(Line("{message}", style="{").format(record) for record in caplog.records)
    assert "leaky" in written  # the error itself is told
    assert word not in written
    assert word not in " ".join(message.message().as_string() for message in mail.outbox)


def test_the_words_of_the_database_about_a_row_are_left_out_of_logs(db):
    word = planted.secrets.token_hex(8)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("create temporary table leaky (words text check (words = ''))")
        with pytest.raises(IntegrityError) as raised:
            cursor.execute("insert into leaky values (%s)", [f"several\n\nlines of {word}"])
        transaction.set_rollback(True)
    assert word in str(raised.value)  # PostgreSQL quotes the row
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed: %s", (raised.value,), raised._excinfo)
    written = Line("{message}", style="{").format(record)
    assert "leaky" in written
    assert word not in written


@pytest.mark.parametrize(("where", "status"), [("/nowhere/", 404), ("/settings/", 403)])
def test_other_error_pages_say_nothing_either(cast, house, client, settings, where, status):
    settings.DEBUG = False
    client.force_login(cast.ian)
    said = client.post(where, {"text": house["planted"].words["jotnote"]})
    if said.status_code == 405:
        said = client.get(where)
    assert said.status_code == status
    assert not house["planted"].seen(read(said))


# --- tables, the queue and the caches ----------------------------------------------------------------


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_they_are_kept_in_their_own_tables_and_neither_queue_nor_cache_holds_them(cast, caplog, monkeypatch):
    """The real broker: tasks go to a queue of this test, where no worker takes them, and are read there."""
    server = redis.Redis.from_url(configured.REDIS_URL)
    queue = f"nothing-leaks-{planted.secrets.token_hex(4)}"
    send = Task.apply_async
    monkeypatch.setattr(
        Task, "apply_async", lambda self, *args, **options: send(self, *args, **(options | {"queue": queue}))
    )
    try:
        house = one_of_everything(cast)
        sown = planted.plant(cast, house["interview"])
        for who in ("alice", "ian", "bob"):
            client = Client()
            client.force_login(cast[who])
            for name, (method, _, _) in TABLE.items():
                if method == G:
                    read(client.get(address(name, house)))
        found = {table: sown.seen(text) for table, text in planted.tables().items()}
        assert {table for table, seen in found.items() if seen} <= KEPT_IN
        gone = {"struckline", "struckpassage", "offrecord", "offrecordpassage"}
        assert set().union(*found.values()) == set(FOR) - gone
        waiting = server.lrange(queue, 0, -1)
        assert waiting  # letters were queued
        for message in waiting:
            told = json.loads(message)
            assert not sown.seen(base64.b64decode(told["body"])), told["headers"]["task"]
            assert not sown.seen(message)
        cache.set("nothing-leaks", "it does look", 60)
        everything = planted.of_redis(server)
        assert b"it does look" in everything
        assert not sown.seen(everything)
    finally:
        server.delete(queue)
        cache.delete("nothing-leaks")


# --- the rules themselves ----------------------------------------------------------------------------


def test_the_two_and_nobody_else_by_query(cast, house):
    interview = house["interview"]
    for who in sorted(EVERYBODY):
        user = cast[who]
        two = who in ("alice", "ian")
        assert Note.objects.visible_to(user).filter(interview=interview).exists() == two, who
        assert Passage.objects.visible_to(user).filter(interview=interview).exists() == two, who
        assert Question.objects.visible_to(user).exists() == (who == "alice"), who
        mine = set(JotNote.objects.visible_to(user).values_list("author__email", flat=True))
        assert mine <= {user.email}, who


def test_a_struck_word_does_not_come_back_by_itself(cast, house):
    """Not by the interviewer's window that still holds it: that save is refused and both texts are shown."""
    note = Note.objects.get(interview=house["interview"])
    with pytest.raises(Exception, match="meantime"):
        listening.save_note(
            interview=house["interview"], by=cast.alice, body="old words", version=1, now=planted.NOW
        )
    assert releasing.lines.STRUCK in note.body
