"""What the sections of a template may be. Pure."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postmortems.writeup.sections import BUILT_IN, BY_KEY, TEXTS, R, Sections, Text
from postmortems.writeup.templating import comparing, file, filling, shape

WORDS = st.text(max_size=20)
KEYS = st.one_of(
    st.sampled_from(sorted(BY_KEY)), st.sampled_from(["x-law", "x-data-loss", "", "X", "x-"]), WORDS
)
ANY = st.builds(
    Text, key=KEYS, r=st.sampled_from(sorted(R)), title=WORDS, question=WORDS, guidance=st.lists(WORDS, max_size=4).map(tuple),
    example=WORDS, weak=WORDS, required=st.booleans(), starter=WORDS, left=st.booleans(),
)  # fmt: skip
MANY = st.lists(ANY, max_size=5)
LAW = Text("x-law", "regret", "Whom the law wants told", "By when?", ("A day has 24 hours.",), required=False)


def with_law() -> tuple[Text, ...]:
    return shape.tidy([*TEXTS, LAW])


def test_what_comes_with_the_house_is_a_template():
    assert shape.troubles(shape.tidy(TEXTS)) == []
    assert shape.tidy(TEXTS) == TEXTS


def test_each_section_of_the_house_says_how_it_is_written_well_and_how_it_is_not():
    for text in TEXTS:
        assert text.guidance
        assert text.example
        assert "–" in text.weak, "a weak example says why it is weak"


def test_a_section_of_ones_own_stands_with_its_r():
    assert [text.key for text in Sections(with_law()).of("regret")] == ["impact", "told", "apology", "x-law"]
    assert shape.troubles(with_law()) == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([text for text in TEXTS if text.key != "apology"], "“The apology” cannot be left out"),
        ([*TEXTS, replace(LAW, title=" ")], "has no title yet"),
        ([*TEXTS, replace(LAW, title="the STORY")], "the same title: “the STORY”, “The story”"),
        ([*TEXTS, LAW, replace(LAW, title="Another")], "“x-law” stands 2 times"),
        ([*TEXTS, replace(LAW, key="law")], "no key of a section"),
        ([*TEXTS, replace(LAW, key="x-" + "a" * 29)], "no key of a section"),
        ([*TEXTS, replace(LAW, r="")], "none of the three R's"),
        ([*TEXTS, replace(LAW, title="a" * 81)], "the title is longer than 80"),
        ([*TEXTS, replace(LAW, starter="a" * 5001)], "the beginning is longer than 5,000"),
        ([*TEXTS, replace(LAW, guidance=("a",) * 13)], "more than 12 lines"),
        ([*TEXTS, replace(LAW, guidance=("a" * 301,))], "a line of guidance is longer"),
        ([*TEXTS, *(replace(LAW, key=f"x-{n}", title=f"T{n}") for n in range(40))], "49 sections"),
    ],
)
def test_what_is_no_template_is_told_in_a_sentence_that_names_it(texts, said):
    found = shape.troubles(shape.tidy(texts))
    assert len(found) == 1
    assert said in found[0]


def test_what_every_write_up_needs_stays_needed_and_in_its_r():
    changed = [replace(text, required=False, r="remedy", title=f"Our {text.title}") for text in TEXTS]
    found = Sections(shape.tidy(changed))
    assert found.required == ("summary", "impact", "apology", "story")
    assert [text.key for text in found.of("reason")] == ["story", "sense", "well"]
    assert found.by_key["story"].title == "Our The story"


@given(MANY)
def test_tidied_twice_is_tidied_once_and_goes_into_the_database(texts):
    once = shape.tidy(texts)
    assert shape.tidy(once) == once
    rows = shape.rows_of(once)
    assert "\\u0000" not in json.dumps(rows)
    json.dumps(rows, ensure_ascii=False).encode()
    assert shape.texts_of(rows) == once


@given(st.text(max_size=100), st.lists(st.text(max_size=20), max_size=5))
@example("", [])
@example("顧客への連絡", ["顧客への連絡"])
@example("a" * 90, ["a" * 90] * 3)
def test_a_key_is_one_and_of_nobody_else(title, others):
    taken: set[str] = set()
    for other in [*others, title]:
        key = shape.key_for(other, taken)
        assert shape.OWN.fullmatch(key)
        assert len(key) <= shape.KEY
        assert key not in taken
        taken.add(key)
    assert shape.key_for(title, ()) == shape.key_for(title, ()), (
        "the words of a title find their section again"
    )


# --- what is different ----------------------------------------------------------------------------


def test_a_difference_is_told_in_a_sentence():
    texts = [
        replace(text, question="Who?") if text.key == "impact" else text
        for text in TEXTS
        if text.key != "well"
    ]
    found = comparing.difference(BUILT_IN, Sections(shape.tidy([*texts, LAW])))
    assert found.sentence == "1 section added, 1 left out, 1 reworded"
    assert [word.name for word in found.reworded[0].words] == ["Question"]


def test_the_one_that_was_moved_is_named_and_not_those_it_passed():
    story, sense, well = BUILT_IN.of("reason")
    others = [text for text in TEXTS if text.r != "reason"]
    found = comparing.difference(BUILT_IN, Sections(shape.tidy([*others, well, story, sense])))
    assert [text.key for text in found.moved] == ["well"]
    assert found.sentence == "1 section moved"


@given(MANY, MANY)
def test_nothing_is_different_from_itself_and_everything_else_is_told(one, two):
    one, two = (
        Sections(shape.tidy({text.key: text for text in shape.tidy(texts)}.values())) for texts in (one, two)
    )
    assert not comparing.difference(one, one)
    found = comparing.difference(one, two)
    same = shape.rows_of(one.texts) == shape.rows_of(two.texts)
    assert bool(found) != same
    assert {text.key for text in found.added} == two.by_key.keys() - one.by_key.keys()
    assert {text.key for text in found.gone} == one.by_key.keys() - two.by_key.keys()


# --- as a file ------------------------------------------------------------------------------------


@given(WORDS.map(lambda name: " ".join(name.split())), MANY)
def test_out_to_a_file_and_back(name, texts):
    name = shape.seen(name)
    whole = {
        text.key: text for text in [*TEXTS, *texts] if shape.OWN.fullmatch(text.key) or text.key in BY_KEY
    }
    there = Sections(
        shape.tidy(replace(text, r=text.r if text.r in R else "reason") for text in whole.values())
    )
    shared = file.read(file.write(name, "", there))
    assert shared.sections == there
    assert shared.name == " ".join(name.split())
    assert not shared.notes


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from([*shape.FIELDS, "name"]), inner, max_size=5)),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(JSON, min_size=1, max_size=8), JSON)
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_sentence(rows, name):
    shared = file.read(json.dumps({"format": file.FORMAT, "name": name, "sections": rows}))
    assert set(shape.NEEDED) <= shared.sections.by_key.keys()
    shape.troubles(shared.sections.texts)
    json.dumps(shape.rows_of(shared.sections.texts), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"format": "second-story-template"}',
        "[" * 100_000,
        '{"format": "second-story-template", "sections": {}}',
        "1" * 9999,
    ],
)
def test_what_is_no_template_is_refused(text):
    with pytest.raises(file.NoTemplate):
        file.read(text)


def test_a_section_without_a_good_key_gets_one_and_none_is_lost():
    rows = [
        *shape.rows_of(TEXTS),
        {"title": "Whom we told", "r": "regret"},
        {"title": "Whom we told, later", "key": "Told!"},
    ]
    shared = file.read(json.dumps({"format": file.FORMAT, "name": "T", "sections": rows}))
    assert {"x-whom-we-told", "x-whom-we-told-later"} <= shared.sections.by_key.keys()
    assert shared.notes == ("“Whom we told, later” stands in none of the three R's; it was put into Reason.",)


def test_a_file_by_hand_names_what_comes_with_the_house_by_its_key_alone():
    rows = [*({"key": text.key} for text in TEXTS), {"key": "x-law", "r": "regret", "title": "The law"}]
    rows[3] |= {"title": "What we want to say"}
    shared = file.read(json.dumps({"format": file.FORMAT, "name": "T", "sections": rows}))
    found = shared.sections.by_key
    assert found["story"] == BY_KEY["story"]
    assert found["apology"] == replace(BY_KEY["apology"], title="What we want to say")
    assert not shape.troubles(shared.sections.texts)


# --- the form -------------------------------------------------------------------------------------


def posted(texts) -> dict[str, str]:
    out = {"count": str(len(texts)), "do": "save"}
    for place, text in enumerate(texts):
        row = {"guidance": "\r\n".join(text.guidance), "required": "on" if text.required else ""}
        row |= {
            name: getattr(text, name)
            for name in ("key", "r", "title", "question", "example", "weak", "starter")
        }
        out |= {
            f"{name}-{place}": value.replace("\r\n", "\n").replace("\n", "\r\n")
            for name, value in row.items()
        }
    return out


@given(MANY)
def test_a_form_gives_back_what_it_was_filled_with(texts):
    texts = shape.tidy(texts)
    # a line that holds a separator of its own is two lines in a field
    whole = tuple(
        replace(text, guidance=tuple(" ".join(line.splitlines()) for line in text.guidance)) for text in texts
    )
    assert filling.filled(posted(whole)) == shape.tidy(whole)


@given(
    MANY,
    st.lists(
        st.one_of(
            st.sampled_from(["up-1", "down-0", "remove-2", "add-reason", "put-well", "remove-99", "up-²"]),
            WORDS,
        ),
        max_size=8,
    ),
)
def test_no_button_breaks_anything(texts, presses):
    texts = shape.tidy([*TEXTS, *(text for text in texts if text.key not in BY_KEY)])
    for press in presses:
        texts = filling.pressed(texts, press).texts
        assert shape.tidy(texts) == texts
        assert set(shape.NEEDED) <= {text.key for text in texts}
    assert all(text.key for text in filling.keyed(texts).texts)


def test_moving_stays_within_an_r_and_says_where_the_hand_is():
    place = [text.key for text in TEXTS].index("sense")
    moved = filling.pressed(TEXTS, f"up-{place}")
    assert [text.key for text in Sections(moved.texts).of("reason")] == ["sense", "story", "well"]
    assert moved.texts[moved.here].key == "sense"
    first = [text.key for text in TEXTS].index("impact")
    assert filling.pressed(TEXTS, f"up-{first}").texts == TEXTS


def test_what_was_left_out_can_be_put_back():
    place = [text.key for text in TEXTS].index("well")
    without = filling.pressed(TEXTS, f"remove-{place}").texts
    assert [text.key for text in filling.left_out(without)] == ["well"]
    assert filling.pressed(without, "put-well").texts == TEXTS
    assert filling.pressed(TEXTS, "remove-1").texts == TEXTS, "the impact is needed"
