from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from postmortems.writeup import sections
from postmortems.writeup.files.draft import HEAD, Condition, Draft, Event, Text, write
from postmortems.writeup.files.returned import read

HARD = [
    "---\nref: INC-1\n---", "# A heading\n\n## Regret\n### The apology", "```\n<!-- draft: end summary -->\n```", "<!-- draft: begin impact, version 3 -->\nx",
    "<!-- draft: end impact -->", "<!-- draft-2: end summary -->\n<!-- draft: end summary -->", "a\r\nb\r\n", "a\r", "\r", "\n\n", " \n ", "trailing  \n\n\n",
    "שלום עולם\u202e", "👩\u200d🚒 🏳️\u200d🌈", "\ufeff---", "<!-- a comment\nover lines -->", "Kind: technical\nSentence: x\n\nRests on: 3", "\x0b\x0c\x1c\u2028\u0085", "<!-- draft: begin items -->",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(HARD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80),
    st.lists(st.sampled_from([*HARD, "\n", "words", "\r"]), max_size=6).map("".join),
)


def draft_of(texts: dict[str, str], senses: list[str] = (), head: dict | None = None, **more) -> Draft:
    conditions = tuple(
        Condition(number, "technical", f"Condition {number}", sense, (11, 12), version=number)
        for number, sense in enumerate(senses, start=1)
    )
    facts = dict.fromkeys(HEAD, "") | {"ref": "INC-2026-0001", "title": "Bookings: “late”"} | (head or {})
    return Draft(facts, tuple(Text(key, text, 3) for key, text in texts.items()), conditions, **more)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(sections.BY_KEY)), TEXTS), st.lists(TEXTS, max_size=3), TEXTS)
@example(dict(zip(sections.BY_KEY, HARD, strict=False)), HARD, "x")
def test_every_text_comes_back_to_the_letter(texts, senses, title):
    found = read(write(draft_of(texts, senses, {"title": title})))
    assert not found.troubles
    assert {key: text.text for key, text in found.texts.items() if key in texts} == texts
    assert all(text.version == (3 if key in texts else 0) for key, text in found.texts.items())
    assert [one.made_sense for one in found.conditions] == list(senses)
    assert all(one.events == (11, 12) and one.kind == "technical" for one in found.conditions)


def test_a_whole_draft_may_stand_in_a_text_of_another():
    inner = write(draft_of({"summary": "inner"}, ["why"]))
    found = read(write(draft_of({"summary": inner, "impact": write(draft_of({"impact": inner}))})))
    assert found.texts["summary"].text == inner
    assert not found.troubles


@given(TEXTS.filter(lambda text: "\r" not in text))
def test_a_file_turned_to_windows_line_ends_and_its_mark_is_the_same(text):
    assert (
        read("\ufeff" + write(draft_of({"impact": text})).replace("\n", "\r\n")).texts["impact"].text == text
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *HARD,
                "\n",
                "<!-- draft: begin summary -->",
                "<!-- draft: end summary -->",
                "<!-- draft: begin condition 1 -->",
                "---\n",
                "x",
            ]
        ),
        max_size=12,
    )
)
def test_no_file_stops_the_reader(pieces):
    read("\n".join(pieces))
    read("".join(pieces))


def test_what_cannot_be_taken_is_told_with_its_line():
    text = write(
        draft_of({"summary": "one", "impact": "two"}, ["why"], items=("R1 Bound retries (accepted)",))
    )
    text = text.replace("## Regret", "A stray sentence.\n\n## Regret").replace("R1 Bound", "R1 Forget")
    text = text.replace("<!-- draft: end impact -->", "").replace('severity: ""', 'severity: "SEV1"')
    found = read(text)
    told = {trouble.why: trouble.line for trouble in found.troubles}
    lines = text.split("\n")
    stray = next(line for why, line in told.items() if "A stray sentence." in why)
    assert lines[stray - 1] == "A stray sentence."
    assert any("“impact” has no line that ends it" in why for why in told)
    assert any("Items are changed on their own page" in why for why in told)
    assert any("changed on the incident's own page" in why for why in told)
    assert found.texts["summary"].text == "one"
    assert "impact" not in found.texts


def test_a_new_condition_and_its_events():
    text = write(draft_of({}, [], events=(Event(7, "2026-03-10 18:07", "Lag"),)))
    new = "<!-- draft: begin condition new -->\nKind: Knowledge\nSentence: Nobody had seen it\nRests on: event 7\n\nIt was new.\n\nVery.\n<!-- draft: end condition new -->\n"
    found = read(text.replace("### Events that", new + "### Events that"))
    assert not found.troubles
    (one,) = found.conditions
    assert (one.number, one.kind, one.sentence, one.events) == (None, "knowledge", "Nobody had seen it", (7,))
    assert one.made_sense == "It was new.\n\nVery."


def test_a_file_of_marks_alone_is_read_in_linear_time():
    read("---\n---\n" + "<!-- draft: begin summary -->\n" * 60_000)
    read("---\n---\n" + "<!-- draft: begin summary -->\n<!-- draft: end summary -->\n" * 30_000)


def test_no_file_records_conditions_without_end():
    block = "<!-- draft: begin condition new -->\nKind: technical\nSentence: x\n<!-- draft: end condition new -->\n"
    found = read("---\n---\n" + block * 300)
    assert len(found.conditions) == 200
    assert any("More than 200 conditions" in trouble.why for trouble in found.troubles)
