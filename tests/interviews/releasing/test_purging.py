"""On the promised day the private words are gone from every table, once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, JotNote, Note, Passage, Purge
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions, links, purging, tasks
from postmortems.notices.models import Letter
from tests import make

NOW = make.T0 + timedelta(days=2)
PLANTED = "heliotrope"
# What every model of the room holds: words that go on the day, or none that are private.
GOES = {"Note", "Correction", "Question", "Passage", "JotNote"}
HOLDS_NONE = {
    "Interview",  # but for its wishes, which are emptied
    "Approval", "BusyCalendar", "CalendarKey", "JotRequest", "NotAsked", "Plan", "Purge", "WindowDecision",
}  # fmt: skip


def everything() -> str:
    """The whole database as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            found.append(f"{table}: {cursor.fetchone()[0]}")
    return "\n".join(found)


@pytest.fixture
def interview(cast):
    """One of everything private, each with the planted word."""
    made = make.interview(cast.incident, interviewer=cast.alice, state="invited", invited_at=make.T0)
    inviting.answer(interview=made, how="move", wishes=f"{PLANTED} wishes", now=NOW)
    listening.add_question(
        interview=made, by=cast.alice, text=f"What did {PLANTED} look like?", as_it_stands=True, now=NOW
    )
    body = f"@18:20 {PLANTED} stamped.\n{PLANTED} line.\n{PLANTED} struck."
    listening.save_note(interview=made, by=cast.alice, body=body, version=0, now=NOW)
    Interview.objects.filter(pk=made.pk).update(state="done", done_at=NOW)
    made.refresh_from_db()
    actions.correct(interview=made, line=f"{PLANTED} line.", number=1, text=f"{PLANTED} corrected", now=NOW)
    actions.strike_line(interview=made, line=f"{PLANTED} struck.", number=2, now=NOW)
    jotting.save_jot_note(incident=cast.incident, by=cast.ian, text=f"{PLANTED} jotted", version=0)
    actions.ask_to_read(interview=made, by=cast.alice, now=NOW)
    return made


def day_of(interview) -> datetime:
    return datetime.combine(interview.purge_on, time(0, 5), UTC)


def all_due(cast) -> datetime:
    last = max(
        *Interview.objects.values_list("purge_on", flat=True),
        *JotNote.objects.values_list("purge_on", flat=True),
    )
    return datetime.combine(last, time(0, 5), UTC)


def test_on_the_day_nothing_is_left_anywhere(cast, interview):
    assert everything().count(PLANTED) >= 5
    purging.purge_due(now=day_of(interview) - timedelta(days=1))
    assert PLANTED in everything()
    purging.purge_due(now=all_due(cast))
    assert PLANTED not in everything()
    purge = Purge.objects.get(conversations=1)
    assert purge.at.date() >= interview.purge_on
    told = Entry.objects.filter(verb="words.purged").first()
    assert "the notes of 1 conversation" in told.sentence or "1 jot-note" in told.sentence


def test_what_was_let_out_stays(cast, interview):
    passage = Passage.objects.get(state="proposed")
    actions.release(passage=passage, text="It looked like weather.", with_name=False, now=NOW)
    note = JotNote.objects.get()
    note.text = "shared words"
    note.save()
    jotting.share_jot_note(note=note, by=cast.ian, shared=True, now=NOW)
    at = all_due(cast)
    purging.purge_due(now=at)
    assert cast.incident.events.get(kind="recollection").text == "It looked like weather."
    assert JotNote.objects.get().text == "shared words"
    assert PLANTED not in everything()
    # what becomes private again after the day does not stay
    jotting.share_jot_note(note=JotNote.objects.get(), by=cast.ian, shared=False, now=at)
    actions.take_back(passage=Passage.objects.get(), now=at)
    purging.purge_due(now=at)
    assert "shared words" not in everything()
    assert "It looked like weather." not in everything()


def test_a_second_run_does_nothing(cast, interview):
    at = all_due(cast)
    assert purging.purge_due(now=at)
    stood = everything()
    assert not purging.purge_due(now=at + timedelta(days=1))
    assert everything() == stood


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_the_middle_leaves_all_or_nothing(cast, interview, monkeypatch):
    at, stood = all_due(cast), everything()

    def die(*, about):
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(purging.post, "forget", die)
        with pytest.raises(SystemExit):
            purging.purge_due(now=at)
    assert everything() == stood
    monkeypatch.setattr(tasks.timezone, "now", lambda: at)
    tasks.purge_words()
    assert PLANTED not in everything()


def test_no_open_window_brings_words_back(cast, interview, client):
    purging.purge_due(now=all_due(cast))
    interview.refresh_from_db()
    where = reverse("interviews:words_by_link", args=[links.PURPOSE.key(str(interview.uid))])
    page = client.get(where).content.decode()
    assert "was removed on" in page
    for version in (0, 1, 2):
        with pytest.raises(NotPossible):
            listening.save_note(interview=interview, by=cast.alice, body="again", version=version, now=NOW)
    for what in ("correct", "strike_line", "release_line"):
        client.post(
            where, {"what": what, "line": "x", "number": 0, "text": "again", "when": "2026-03-10T18:25"}
        )
    with pytest.raises(NotPossible):
        listening.propose_passage(interview=interview, by=cast.alice, text="again", earliest=NOW)
    with pytest.raises(NotPossible):
        jotting.save_jot_note(incident=cast.incident, by=cast.ian, text="again", version=1)
    assert not Note.objects.exists()
    assert "again" not in everything()


def test_a_letter_that_waits_is_not_sent_and_none_keeps_its_text(cast, interview):
    assert Letter.objects.filter(about=f"interview {interview.uid}").exclude(text="").exists()
    purging.purge_due(now=all_due(cast))
    left = Letter.objects.filter(about=f"interview {interview.uid}")
    assert not left.filter(state="waiting").exists()
    assert not left.exclude(text="", html="", calendar=None).exists()


def test_only_what_is_due_goes(cast, interview):
    other = make.incident(by=cast.alice, resolved_at=make.T0 + timedelta(days=30))
    late = jotting.save_jot_note(incident=other, by=cast.ian, text="kept longer", version=0)
    JotNote.objects.filter(pk=late.pk).update(purge_on=interview.purge_on + timedelta(days=400))
    JotNote.objects.exclude(pk=late.pk).update(purge_on=interview.purge_on)
    purging.purge_due(now=day_of(interview))
    assert PLANTED not in everything()
    assert "kept longer" in everything()


def test_every_model_of_the_room_is_thought_of():
    named = {model.__name__ for model in apps.get_app_config("interviews").get_models()}
    assert named == GOES | HOLDS_NONE


def test_the_board_says_that_they_are_gone_and_nothing_of_what_they_were(cast, interview, client):
    purging.purge_due(now=all_due(cast))
    client.force_login(cast.bob)
    page = client.get(reverse("interviews:board", args=[cast.incident.ref])).content.decode()
    assert "The notes of 1 conversation" in page
    assert PLANTED not in page
