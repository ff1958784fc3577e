"""Notes, what their stamped lines propose, and what is not written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.interviews.listening import actions
from postmortems.interviews.models import Note, Passage
from postmortems.interviews.refusals import NotPossible, Stale
from tests import make

NOW = make.T0 + timedelta(days=2)
JSON = {"Accept": "application/json"}


@pytest.fixture
def interview(cast):
    return make.interview(cast.incident, interviewer=cast.alice, state="accepted")


@pytest.fixture
def write(cast, interview):
    def write(body: str, after=timedelta(0)) -> Note:
        standing = Note.objects.filter(interview=interview).first()
        version = standing.version if standing else 0
        return actions.save_note(
            interview=interview, by=cast.alice, body=body, version=version, now=NOW + after
        )

    return write


def where(interview, name):
    return reverse(f"interviews:{name}", args=[interview.incident.ref, interview.pk])


def proposed():
    return list(Passage.objects.filter(state="proposed").values_list("stamp", "text"))


def test_a_stamped_line_is_proposed_followed_and_withdrawn(write):
    write("@18:14 the gr")
    assert proposed() == [("@18:14", "the gr")]
    first = Passage.objects.get()
    assert first.earliest == make.T0 + timedelta(minutes=14)
    write("@18:14 the graph dropped\nand more")
    write("@18:16 the graph dropped\nand more")
    assert proposed() == [("@18:16", "the graph dropped")]
    assert Passage.objects.get().pk == first.pk
    assert Passage.objects.get().earliest == make.T0 + timedelta(minutes=16)
    write("and more")
    assert proposed() == []


def test_what_the_interviewee_decided_stays_as_they_left_it(write):
    write("@18:14 the graph dropped\n@18:20 I called Mara")
    Passage.objects.filter(stamp="@18:14").update(state="struck", text="")
    Passage.objects.filter(stamp="@18:20").update(text="I called a colleague")
    write("@18:14 the graph dropped!\n@18:20 I called Mara, I think\nmore")
    assert sorted(Passage.objects.values_list("stamp", "text", "state")) == [
        ("@18:14", "", "struck"), ("@18:20", "I called a colleague", "proposed"),
    ]  # fmt: skip


def test_a_line_that_did_not_change_says_nothing_of_its_passage(write):
    write("@18:14 the graph dropped")
    Passage.objects.update(text="The graph fell.")
    write("@18:14 the graph dropped\nand more")
    assert proposed() == [("@18:14", "The graph fell.")]


def test_two_writers_lose_nothing(cast, interview, write):
    write("first")
    with pytest.raises(Stale) as stale:
        actions.save_note(interview=interview, by=cast.alice, body="second", version=0, now=NOW)
    assert stale.value.standing.body == "first"
    assert write("first").version == 1  # the same words again are no new version


def test_notes_that_keep_themselves_are_one_line_in_the_trail(write):
    for second in range(10):
        write("word " * (second + 1), timedelta(seconds=2 * second))
    assert Entry.objects.filter(verb="note.saved").count() == 1
    write("and after the break", timedelta(minutes=20))
    assert Entry.objects.filter(verb="note.saved").count() == 2


def test_off_the_record_nothing_is_written_down(cast, interview, write):
    write("before")
    actions.go_off_record(interview=interview, by=cast.alice, body="before, and this", version=1, now=NOW)
    for change in (
        lambda: write("@18:14 said in confidence"),
        lambda: actions.propose_passage(interview=interview, by=cast.alice, text="said in confidence"),
    ):
        with pytest.raises(actions.OffTheRecord):
            change()
    actions.go_off_record(interview=interview, by=cast.alice, body="in confidence", version=9, now=NOW)
    note = actions.back_on_record(interview=interview, by=cast.alice, now=NOW + timedelta(minutes=7))
    assert note.body == "before, and this\n(off the record 18:00–18:07)\n"
    assert not Passage.objects.exists()
    assert actions.back_on_record(interview=interview, by=cast.alice, now=NOW).version == note.version
    assert write(f"{note.body}after").body.endswith("after")


def test_going_off_the_record_keeps_what_two_windows_wrote(cast, interview, write):
    write("one")
    write("one and two")
    note = actions.go_off_record(interview=interview, by=cast.alice, body="one and three", version=1, now=NOW)
    assert "one and two" in note.body
    assert "one and three" in note.body


def test_a_conversation_that_ends_off_the_record_is_on_it_again(cast, interview):
    actions.go_off_record(interview=interview, by=cast.alice, body="", version=0, now=NOW)
    actions.held(interview=interview, by=cast.alice, now=NOW + timedelta(minutes=3))
    note = Note.objects.get()
    assert note.off_since is None
    assert note.body == "(off the record 18:00–18:03)\n"


def test_what_is_sent_off_the_record_is_neither_kept_nor_shown(client, cast, interview):
    client.force_login(cast.alice)
    client.post(where(interview, "off_record"), {"text": "before", "version": 0})
    for headers in ({}, JSON):
        answer = client.post(where(interview, "save_note"), {"text": "in confidence", "version": 1}, headers=headers)  # fmt: skip
        assert answer.status_code == 423
        assert "in confidence" not in answer.content.decode()
    answer = client.post(where(interview, "propose_passage"), {"text": "in confidence", "earliest": "2026-03-10T18:00"})  # fmt: skip
    assert answer.status_code == 422
    assert not Passage.objects.exists()
    page = client.get(where(interview, "conduct")).content.decode()
    assert "readonly" in page
    client.post(where(interview, "on_record"))
    assert Note.objects.get().body.startswith("before\n(off the record ")


def test_a_time_of_two_days_is_asked_for_and_settled(client, cast, interview, write):
    write("first\n@11:30 what was planned")
    assert Passage.objects.get().earliest is None
    client.force_login(cast.alice)
    assert "2026-03-10 11:30" in client.get(where(interview, "conduct")).content.decode()
    posted = {"line": 1, "mark": "@11:30", "choice": "@2026-03-10 11:30"}
    client.post(where(interview, "settle_stamp"), posted)
    assert Note.objects.get().body == "first\n@2026-03-10 11:30 what was planned"
    assert Passage.objects.get().earliest == make.T0.replace(hour=11, minute=30)
    client.post(where(interview, "settle_stamp"), posted | {"choice": "@2020-01-01 00:00"})
    assert Note.objects.get().version == 2


def test_two_windows_are_shown_both_texts(client, cast, interview):
    client.force_login(cast.alice)
    client.post(where(interview, "save_note"), {"text": "first", "version": 0})
    answer = client.post(where(interview, "save_note"), {"text": "second", "version": 0})
    assert answer.status_code == 409
    assert "first" in answer.content.decode()
    assert "second" in answer.content.decode()
    told = client.post(where(interview, "save_note"), {"text": "second", "version": 0}, headers=JSON)
    assert told.status_code == 409
    assert told.json() == {
        "version": 1,
        "text": "first",
        "off_since": None,
        "saved_at": told.json()["saved_at"],
    }


def test_notes_have_an_end(client, cast, interview):
    client.force_login(cast.alice)
    answer = client.post(where(interview, "save_note"), {"text": "x" * 200_001, "version": 0}, headers=JSON)
    assert answer.status_code == 422
    assert "200,000" in answer.json()["sentence"]


def test_what_was_purged_is_not_written_again(cast, interview, write):
    write("once")
    interview.purged_at = NOW
    interview.save()
    Note.objects.all().delete()
    with pytest.raises(NotPossible, match="removed"):
        write("again")


def test_no_copy_stays_in_the_browser(client, cast, interview):
    client.force_login(cast.alice)
    answer = client.get(where(interview, "conduct"))
    assert "no-store" in answer["Cache-Control"]


def test_begun_and_held_once(client, cast, interview):
    client.force_login(cast.alice)
    client.post(where(interview, "begin"))
    interview.refresh_from_db()
    began = interview.began_at
    client.post(where(interview, "begin"))
    client.post(where(interview, "held"))
    client.post(where(interview, "held"))
    interview.refresh_from_db()
    assert interview.began_at == began
    assert interview.state == "done"
    assert Entry.objects.filter(verb="interview.held").count() == 1


def test_after_it_themes_and_open_questions_of_the_notes_are_to_be_tidied(client, cast, interview, write):
    write("# noisy alerts\n? What did the balancer do?\nprivate matters")
    actions.held(interview=interview, by=cast.alice, now=NOW)
    client.force_login(cast.alice)
    page = client.get(where(interview, "conduct")).content.decode()
    assert '<li dir="auto">noisy alerts</li>' in page
    client.post(where(interview, "leave_open"), {"words": "What did the balancer do?"})
    client.post(where(interview, "leave_open"), {"words": "private matters"})
    assert [question.text for question in cast.incident.questions.all()] == ["What did the balancer do?"]
