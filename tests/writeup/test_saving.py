from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.audit.log import Entry
from postmortems.writeup.conditions import actions as conditions
from postmortems.writeup.models import Clash, Section, SectionText
from postmortems.writeup.writing import actions
from tests import make


def save(client, incident, text, version, **extra):
    return client.post(
        reverse("writeup:save", args=[incident.ref, "story"]), {"text": text, "version": version}, **extra
    )


JSON = {"headers": {"Accept": "application/json"}}


def test_what_two_people_write_at_once_stands_together(client, cast):
    client.force_login(cast.alice)
    save(client, cast.incident, "The queue grew.\n\nThe pager was quiet.", 0)
    save(client, cast.incident, "The old queue grew.\n\nThe pager was quiet.", 1)
    told = save(client, cast.incident, "The queue grew.\n\nThe pager was quiet for long.", 1, **JSON).json()
    assert told["text"] == "The old queue grew.\n\nThe pager was quiet for long."
    assert Section.objects.get().text == told["text"]
    assert (told["mine"], told["version"], told["clashes"]) == (3, 4, 0)


def test_who_goes_on_typing_before_the_answer_came_overwrites_nothing(client, cast):
    client.force_login(cast.alice)
    save(client, cast.incident, "One. Two.", 0)
    save(client, cast.incident, "One, says Bob. Two.", 1)
    mine = save(client, cast.incident, "One. Two. Three.", 1, **JSON).json()["mine"]
    told = save(client, cast.incident, "One. Two. Three. Four.", mine, **JSON).json()
    assert told["text"] == "One, says Bob. Two. Three. Four."


def test_the_same_words_changed_differently_are_shown_until_somebody_decides(client, cast):
    client.force_login(cast.alice)
    save(client, cast.incident, "The pager was quiet.", 0)
    save(client, cast.incident, "The pager was loud.", 1)
    assert save(client, cast.incident, "The pager was silent.", 1, **JSON).json()["clashes"] == 1
    where = reverse("writeup:edit", args=[cast.incident.ref])
    page = client.get(where).content.decode()
    assert Section.objects.get().text == "The pager was loud."
    assert "Two people changed the same words" in page
    assert "silent" in page
    clash = Clash.objects.get()
    client.post(reverse("writeup:settle", args=[cast.incident.ref, clash.pk]), {"how": "both"})
    assert Section.objects.get().text == "The pager was loud silent."
    assert "Two people changed the same words" not in client.get(where).content.decode()


@pytest.mark.parametrize(
    ("how", "stands"),
    [
        ("stands", "It was loud, I think."),
        ("written", "It was silent, I think."),
        ("both", "It was loud silent, I think."),
    ],
)
def test_a_clash_is_decided_where_its_words_are_now(cast, how, stands):
    kept = {"incident": cast.incident, "key": "story", "by": cast.alice}
    actions.save_section(text="It was quiet.", version=0, **kept)
    actions.save_section(text="It was loud.", version=1, **kept)
    [clash] = actions.save_section(text="It was silent.", version=1, **kept).clashes
    actions.save_section(text="It was loud, I think.", version=4, **kept)
    for _ in range(2):  # twice is once
        actions.settle(clash=clash, by=cast.bob, how=how, now=make.T0)
    assert Section.objects.get().text == stands


def test_two_first_writers_do_not_overwrite_each_other(cast):
    actions.save_section(incident=cast.incident, key="story", text="alice", version=0, by=cast.alice)
    actions.save_section(incident=cast.incident, key="story", text="bob", version=0, by=cast.bob)
    assert Section.objects.get().text == "alice bob"


def test_every_text_that_was_sent_is_in_the_history(client, cast):
    client.force_login(cast.alice)
    save(client, cast.incident, "first", 0)
    save(client, cast.incident, "second", 1)
    save(client, cast.incident, "third", 1)
    where = reverse("writeup:history", args=[cast.incident.ref, "story"])
    assert "<ins>third</ins>" in client.get(where + "?version=3").content.decode()


def test_a_save_whose_answer_was_lost_can_be_sent_again(cast):
    for _ in range(3):
        actions.save_section(incident=cast.incident, key="story", text="same", version=0, by=cast.alice)
    assert SectionText.objects.count() == 1


def test_every_text_can_be_restored(client, cast):
    client.force_login(cast.bob)
    for version, text in enumerate(("one", "two", "three")):
        save(client, cast.incident, text, version)
    page = client.get(
        reverse("writeup:history", args=[cast.incident.ref, "story"]) + "?version=2"
    ).content.decode()
    assert "<del>one</del>" in page
    assert "<ins>two</ins>" in page
    client.post(reverse("writeup:restore", args=[cast.incident.ref, "story", 1]))
    assert Section.objects.get().text == "one"
    assert SectionText.objects.count() == 4


@pytest.mark.parametrize(
    "text",
    ["x" * 500_000, "nul \x00 inside", "مرحبا 🎭 中文", "<script>alert(1)</script>", "\r\nwindows\r\n"],
)
def test_any_text_is_kept(client, cast, text):
    client.force_login(cast.alice)
    assert save(client, cast.incident, text, 0).status_code == 302
    assert Section.objects.get().text == text.replace("\x00", "").replace("\r\n", "\n")
    assert b"<script>alert" not in client.get(reverse("writeup:edit", args=[cast.incident.ref])).content


def test_nothing_is_saved_when_the_audit_entry_cannot_be(cast, monkeypatch):
    def refuse(**fields):
        raise RuntimeError("the audit trail cannot be written")

    monkeypatch.setattr(Entry.objects, "create", refuse)
    with pytest.raises(RuntimeError):
        actions.save_section(incident=cast.incident, key="story", text="x", version=0, by=cast.alice)
    assert not Section.objects.exists()
    assert not SectionText.objects.exists()


def test_numbers_of_conditions_are_never_used_again(cast):
    first = make.condition(cast.incident)
    conditions.remove_condition(condition=first, by=cast.alice, now=make.T0)
    assert make.condition(cast.incident).number == 2


def test_a_lost_race_over_a_condition_keeps_what_was_typed(client, cast):
    condition = make.condition(cast.incident)
    client.force_login(cast.bob)
    where = reverse("writeup:condition", args=[cast.incident.ref, 1])
    form = {"kind": "technical", "made_sense": "", "version": 1}
    client.post(where, form | {"sentence": "Bob was faster"})
    answer = client.post(where, form | {"sentence": "Alice typed this"})
    condition.refresh_from_db()
    assert condition.sentence == "Bob was faster"
    assert "Alice typed this" in answer.content.decode()


def test_an_event_to_cite_is_no_more_precise_than_its_source(client, cast):
    event = make.event(cast.incident, "the lag alert fired", pinned=True)
    type(event).objects.filter(pk=event.pk).update(at=make.T0, precision="minute")
    type(cast.incident).objects.filter(pk=cast.incident.pk).update(zone="Europe/Berlin")
    client.force_login(cast.alice)
    page = client.get(reverse("writeup:new_condition", args=[cast.incident.ref])).content.decode()
    assert ">19:00<span" in page
