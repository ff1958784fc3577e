from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.releasing import attribution
from postmortems.interviews.releasing.attribution import Person, Recollection

IAN = Person(1, "Ian Duarte", ("iduarte", "U0431"))
MEI = Person(2, "Mei Lin", ())
MARK = Person(3, "Mark Ode", ())


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("> Ian Duarte: it looked like weather", {1}),
        ("> it looked like weather\n> — Ian", {1}),
        ("> it looked like weather\n\n— ian duarte, on call", {1}),
        ("Rain fell. Ian said:\n\n> it looked like weather", {1}),
        ("Ian said\n> it looked like weather", {1}),
        ("Ian and Mei Lin said:\n> one\n\n> two", {1, 2}),
        ("> so said iduarte\nand went on", {1}),
        ("> so said\niduarte, going on lazily", {1}),
        # not attributed
        ("> it looked like weather", set()),
        ("Ian opened the ticket. A customer wrote:\n> we cannot pay", set()),
        ("> we cannot pay\n\nIan read it.", set()),
        ("Ian said that it looked like weather.", set()),
        ("> the Ianian way, fiduartes", set()),
        ("> we mark it and go", set()),
        ("> first\n\n— Ian\n\n> second", {1}),
    ],
)
def test_a_quotation_with_a_name_is_attributed(text, who):
    found = attribution.of_texts({"story": text}, [IAN, MEI, MARK])
    assert {wording.participant for wording in found} == who
    assert len(found) == len(who)


def test_the_wording_is_the_quotation_and_how_it_is_introduced():
    said = {}
    for text in (
        "Ian said:\n> it  looked\n> like weather",
        "Ian said:\n\n> it looked like weather",
        "Ian claimed:\n> it looked like weather",
        "Ian said:\n> it looked like rain",
    ):
        [wording] = attribution.of_texts({"story": text}, [IAN])
        said[text] = wording.digest
    one, two, three, four = said.values()
    assert one == two
    assert len({one, three, four}) == 3


def test_a_recollection_is_attributed_by_its_name_or_by_a_caption_that_names_the_person():
    given = [
        Recollection(10, 1, "weather", "", "Ian Duarte"),
        Recollection(11, 1, "weather", "What Ian saw", ""),
        Recollection(12, 1, "weather", "What was seen", ""),
    ]
    found = attribution.of_recollections(given, [IAN, MEI])
    assert [wording.event for wording in found] == [10, 11]


def test_another_caption_is_another_wording():
    plain, captioned = (
        attribution.of_recollections([Recollection(10, 1, "weather", caption, "Ian")], [IAN])[0].digest
        for caption in ("", "He misread it")
    )
    assert plain != captioned


@given(st.text(st.sampled_from("> -—\n.:aIan "), max_size=80), st.text(max_size=40))
def test_any_text_is_read(marks, words):
    attribution.of_texts({"a": marks, "b": words, "c": marks + words}, [IAN, Person(9, "", ("",))])


@given(st.lists(st.sampled_from(["Ian said", "rain", "> quote", "— x", ""]), max_size=8))
def test_no_word_of_a_quotation_is_lost(rows):
    quotes = attribution.quotations("\n".join(rows))
    assert sum(words.count("quote") for words, _ in quotes) == rows.count("> quote")
