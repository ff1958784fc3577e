"""What is in a twin, and above all what is not: a document of words of which each stands once, and any decisions."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.markdown import to_text
from postmortems.publication import article
from postmortems.publication.models import Audience
from postmortems.publication.twin.making import make
from postmortems.publication.twin.parts import Choice, Part, parts_of
from postmortems.publication.twin.swapping import Swaps
from tests.publication.twin.documents import AUDIENCES, EVENT, ROLE, documents

WORD = re.compile(r"w\d+q")
OUR_KEYS = re.compile(rf"\b(?:{EVENT}|{ROLE})\b".replace("0000", "000[0-9]"))
NONE = Swaps(())
READ_BY = {Audience.PUBLIC: {Audience.PUBLIC}, Audience.PARTNER: {Audience.PARTNER, Audience.PUBLIC}}


def words_of(*shown: object) -> set[str]:
    told = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in shown)
    return {word for one in told for word in WORD.findall(one)}


def of_part(part: Part) -> set[str]:
    return words_of(part.words, part.about)


@st.composite
def decided(draw):
    document = draw(documents())
    choices = {part.place: Choice(draw(st.sampled_from(AUDIENCES))) for part in parts_of(document)}
    return document, choices


@given(decided())
@settings(max_examples=80, deadline=None)
def test_no_word_of_what_is_internal_is_there(given):
    document, choices = given
    for audience in AUDIENCES[1:]:
        twin = make(document, choices, NONE, audience)
        allowed = set().union(
            *(
                of_part(part)
                for part in parts_of(document)
                if choices[part.place].audience in READ_BY[audience]
            )
        )
        assert words_of(twin, article.render(twin)) <= allowed
        assert not OUR_KEYS.search(json.dumps(twin) + article.render(twin))


@given(decided())
@settings(max_examples=40, deadline=None)
def test_every_word_that_is_shown_of_what_was_marked_is_there(given):
    document, choices = given
    twin = make(document, choices, NONE, Audience.PUBLIC)
    shown = words_of(article.render(twin))
    for part in parts_of(document):
        if part.kind == "passage" and choices[part.place].audience == Audience.PUBLIC:
            without_pictures = re.sub(r"!\[\w+\]", "", part.words)
            assert words_of(to_text(without_pictures)) <= shown, part


@given(decided())
@settings(max_examples=40, deadline=None)
def test_partners_read_everything_that_everybody_reads(given):
    document, choices = given
    public, partner = (make(document, choices, NONE, audience) for audience in ("public", "partner"))
    assert not words_of(public) - words_of(partner)


@given(decided())
@settings(max_examples=40, deadline=None)
def test_everything_is_numbered_anew_and_every_citation_leads_somewhere(given):
    document, choices = given
    twin = make(document, choices, NONE, Audience.PUBLIC)
    for name, number in (
        ("events", "id"),
        ("conditions", "number"),
        ("items", "number"),
        ("people", "id"),
        ("images", "number"),
    ):
        assert [one[number] for one in twin[name]] == list(range(1, len(twin[name]) + 1))
    html = article.render(twin)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))
    assert 'class="gone"' not in html
    assert make(document, choices, NONE, Audience.PUBLIC) == twin


@given(documents())
@settings(max_examples=40, deadline=None)
def test_of_what_nobody_decided_about_nothing_is_told(document):
    twin = make(document, {}, NONE, Audience.PARTNER)
    assert not words_of(twin, article.render(twin))


@given(decided(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_mark_holds_for_exactly_its_words(given, data):
    document, _ = given
    choices = {part.place: Choice(Audience.PUBLIC) for part in parts_of(document)}
    key = data.draw(st.sampled_from(sorted(document["texts"])))
    changed = document | {"texts": {key: re.sub(r"\bw(\d+)q\b", r"w\1q w9999\1q", document["texts"][key])}}
    told = make(changed, choices, NONE, Audience.PUBLIC)
    assert not told["texts"], "other words are internal again"


@given(decided())
@settings(max_examples=40, deadline=None)
def test_other_words_stand_in_the_place_of_the_part(given):
    document, choices = given
    said = {place: replace(choice, instead="something else") for place, choice in choices.items()}
    twin = make(document, said, NONE, Audience.PUBLIC)
    kept = {"title", "severity", "services", "teams", "tags", "events", "texts", "items", "conditions"}
    headings = set().union(*(words_of(part.about) for part in parts_of(document)))
    assert words_of({name: twin[name] for name in kept}) <= headings
