"""Strings planted in what is private appear to nobody but the two, at no address, in no letter, log, feed, export or audit."""

from __future__ import annotations

import logging

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from postmortems.audit.models import Entry
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, JotNote, Note, Passage
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions as releasing
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import pdf
from tests import make
from tests.test_doors import EVERYBODY, TABLE, G, address, one_of_everything

PLANTED = {
    "jot": "xylograph-jot", "note": "xylograph-note", "proposed": "xylograph-proposed", "struck": "xylograph-struck",
    "wishes": "xylograph-wishes",
}  # fmt: skip


@pytest.fixture
def house(cast, caplog):
    caplog.set_level(logging.DEBUG)
    made = one_of_everything(cast)
    interview: Interview = made["interview"]
    now = timezone.now()
    jotting.save_jot_note(incident=cast.incident, by=cast.ian, text=PLANTED["jot"], version=0)
    listening.save_note(interview=interview, by=cast.alice, body=PLANTED["note"], version=0, now=now)
    inviting.answer(interview=interview, how="move", wishes=PLANTED["wishes"], now=now)
    listening.propose_passage(interview=interview, by=cast.alice, text=PLANTED["proposed"], earliest=make.T0)
    gone = listening.propose_passage(
        interview=interview, by=cast.alice, text=PLANTED["struck"], earliest=make.T0
    )
    releasing.strike(passage=gone)
    return made


def seen(text: str) -> set[str]:
    return {name for name, words in PLANTED.items() if words in text}


def test_at_every_address_for_every_role(cast, house):
    may_see = {"alice": {"note", "proposed", "wishes"}, "ian": {"jot", "note", "proposed", "wishes"}}
    found: dict[str, set[str]] = {who: set() for who in EVERYBODY}
    for who in sorted(EVERYBODY):
        client = Client()
        client.force_login(cast[who])
        for name, (method, _, _) in TABLE.items():
            if method != G:
                continue
            answer = client.get(address(name, house))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            for close in answer._resource_closers:
                close()
            found[who] |= seen(body.decode("utf-8", "replace"))
            leaked = found[who] - may_see.get(who, set())
            assert not leaked, f"{who} sees {leaked} at {name}"
    assert found["alice"] >= {"note", "proposed"}  # the walk does look where the words are
    assert found["ian"] >= {"jot", "proposed"}


@pytest.mark.parametrize(
    "where",
    ["/archive/?q=xylograph", "/incidents/?q=xylograph", "/people/?q=xylograph", "/archive/feed.atom"],
)
def test_in_no_search_and_no_feed(cast, house, where):
    publication.publish(incident=cast.incident, by=cast.alice, now=timezone.now(), despite="a test")
    for who in ("alice", "ian", "ada", "rita"):
        client = Client()
        client.force_login(cast[who])
        body = client.get(where).content.decode()
        assert not seen(body)
        assert cast.incident.ref not in body or "q=" not in where


def test_in_nothing_that_is_published(cast, house):
    revision = publication.publish(
        incident=cast.incident, by=cast.alice, now=timezone.now(), despite="a test"
    )
    assert not seen(str(revision.content) + revision.html + revision.words + pdf.html(revision))


def test_in_no_letter_log_task_or_audit_entry(cast, house, caplog, sent_tasks):
    inviting.cancel(interview=house["interview"], by=cast.alice)
    told = " ".join(f"{e.sentence} {e.data}" for e in Entry.objects.all())
    told += " ".join(
        f"{letter.subject} {letter.text} {letter.html} {bytes(letter.calendar or b'')!r}"
        for letter in Letter.objects.all()
    )
    told += (
        str(sent_tasks)
        + str(mail.outbox)
        + " ".join(r.getMessage() for r in caplog.records if r.name != "django.db.backends")
    )
    assert not seen(told)


def test_struck_words_are_gone_from_every_table(house):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"select count(*) from {table} t where t::text like %s", [f"%{PLANTED['struck']}%"]
            )
            assert cursor.fetchone()[0] == 0, table


def test_the_two_and_nobody_else_by_query(cast, house):
    for who in sorted(EVERYBODY):
        user = cast[who]
        assert Note.objects.visible_to(user).exists() == (who in ("alice", "ian")), who
        assert Passage.objects.visible_to(user).exists() == (who in ("alice", "ian")), who
        assert JotNote.objects.visible_to(user).exists() == (who == "ian"), who
    note = JotNote.objects.get()
    jotting.share_jot_note(note=note, by=cast.ian, shared=True, now=timezone.now())
    assert JotNote.objects.visible_to(cast.bob).exists()
    assert not JotNote.objects.visible_to(cast.mel).exists()


def test_what_is_released_is_seen_without_the_name_unless_agreed(cast, house, client):
    passage = Passage.objects.get(state="proposed")
    releasing.release(
        passage=passage, text="The alert looked like weather.", with_name=False, now=timezone.now()
    )
    event = cast.incident.events.get(kind="recollection")
    assert event.text == "The alert looked like weather."
    assert event.actor == ""
    assert event.certainty == "approximate"
    with pytest.raises(NotPossible):
        releasing.release(passage=passage, text="", with_name=True, now=timezone.now())
