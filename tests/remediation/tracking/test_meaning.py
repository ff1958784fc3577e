"""What states mean, and who of two moved: rules without a house."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.remediation.models import Item, Tracker
from postmortems.remediation.tracking.meaning import (
    MEANINGS,
    OF_STATUS,
    USUAL,
    Unreadable,
    Verdict,
    compare,
    meaning_of,
    parse,
    told_as,
    usual,
    way_to,
    written,
)
from postmortems.remediation.tracking.vendors import KINDS, PROJECTS, key_in
from postmortems.remediation.tracking.words import (
    in_document,
    in_markdown,
    in_wiki,
    title_in_markdown,
    words_of,
)
from postmortems.remediation.way import NEXT

statuses = st.sampled_from(Item.Status.values)
meanings = st.sampled_from(["open", "in_progress", "done", "dropped"])
values = st.sampled_from(["", "a", "b", "c"])


@given(status=statuses, meaning=meanings)
def test_the_way_is_one_that_an_item_may_go_and_ends_where_it_should(status, meaning):
    way = way_to(status, meaning)
    at = status
    for step in way:
        assert step in NEXT[at]
        at = step
    assert "verified" not in way, "nothing elsewhere verifies"
    reopened_idea = status == "dropped" and meaning == "open"
    assert (
        OF_STATUS[at] == meaning or (status in ("done", "verified") and at == "in_progress") or reopened_idea
    )


@given(status=statuses)
def test_what_says_the_same_moves_nothing(status):
    assert way_to(status, OF_STATUS[status]) == []
    assert way_to(status, "") == []


@given(base=st.none() | st.tuples(values, values), there=values, here=values)
def test_nothing_is_overwritten_in_silence(base, there, here):
    verdict = compare(base, there, here)
    if there == here:
        assert verdict == Verdict.SAME
    elif base is not None:
        if verdict == Verdict.TAKE:
            assert here == base[1], "what changed here is lost by no taking"
        if verdict == Verdict.TELL:
            assert there == base[0], "what changed there is lost by no telling"
        if there != base[0] and here != base[1]:
            assert verdict == Verdict.CONFLICT
    elif there and here:
        assert verdict == Verdict.CONFLICT


@given(status=statuses, kind=st.sampled_from(list(KINDS)))
def test_every_status_can_be_told_to_every_tracker(status, kind):
    assert told_as(status, KINDS[kind].tells) in KINDS[kind].tells


@given(st.dictionaries(st.text("abc xyz'", min_size=1, max_size=12).map(str.strip).filter(bool), st.sampled_from(list(MEANINGS.values())), max_size=8))  # fmt: skip
def test_states_read_as_they_are_written(own):
    assert parse(written(own)) == own


@pytest.mark.parametrize(
    "line", ["in review", "= done", "in review = verified", "x" * 90 + " = done", "a == "]
)
def test_a_line_that_says_nothing_is_told(line):
    with pytest.raises(Unreadable):
        parse(line)


def test_the_most_particular_state_counts_and_ones_own_before_the_usual():
    jira = usual("jira", {})
    assert meaning_of(("Won't Do", "Done", "done"), jira) == "dropped"
    assert meaning_of(("Done", "Closed", "done"), jira) == "done"
    assert meaning_of(("Escalated", "indeterminate"), jira) == "in_progress"
    assert meaning_of(("In Review", "indeterminate"), usual("jira", {"in review": "done"})) == "done"
    assert meaning_of(("Won't Do", "Done", "done"), usual("jira", {"won't do": ""})) == ""
    assert meaning_of(("unheard of",), jira) == ""
    assert set(USUAL) == set(Tracker.Kind.values) == set(PROJECTS)


@pytest.mark.parametrize(
    ("kind", "project", "text", "key"),
    [
        ("github", "acme/shop", "https://t.example.org/Acme/Shop/issues/12", "12"),
        ("github", "acme/shop", "https://t.example.org/acme/shop/issues/12#issuecomment-3", "12"),
        ("github", "acme/shop", "#12", "12"), ("github", "acme/shop", "acme/shop#12", "12"),
        ("github", "acme/shop", "https://t.example.org/acme/shop2/issues/12", ""),
        ("github", "acme/shop", "https://t.example.org.evil.example/acme/shop/issues/12", ""),
        ("github", "acme/shop", "https://t.example.org/acme/shop/issues/0", ""),
        ("github", "acme/shop", "https://t.example.org/acme/shop/issues/12/../../x", "12"),
        ("gitlab", "a/b/c", "https://t.example.org/a/b/c/-/issues/7", "7"),
        ("gitlab", "a/b/c", "https://t.example.org/a/b/c/-/work_items/7?x=1", "7"),
        ("gitlab", "a/b/c", "https://t.example.org/a/b/c/issues/7", "7"),
        ("jira", "SHOP", "https://t.example.org/browse/shop-7", "SHOP-7"), ("jira", "SHOP", "SHOP-7", "SHOP-7"),
        ("jira", "SHOP", "SHOPPING-7", ""), ("jira_dc", "SHOP", "https://t.example.org/browse/SHOP-7?focused=1", "SHOP-7"),
        ("jira", "SHOP", "SHOP-١", ""),
    ],
)  # fmt: skip
def test_an_address_names_an_issue_of_this_project_or_none(kind, project, text, key):
    assert key_in(Tracker(kind=kind, address="https://t.example.org", project=project), text) == key


@given(what=st.text(max_size=300), know=st.text(max_size=300))
def test_words_are_one_line_each_and_keep_their_mark(what, know):
    words = words_of(
        what=what, how_we_know=know, ref="INC-1", number=2, answers=[1, 3], due=date(2026, 4, 1), link="https://s.example.org/x",
        marker="ab12",
    )  # fmt: skip
    assert len(words.title) <= 250
    for text in (in_markdown(words), in_wiki(words)):
        assert words.mark in text
        assert "https://s.example.org/x" in text
        assert not [line for line in text.splitlines() if line.startswith("/")]
    assert "<!--" not in in_markdown(words).rpartition("<!--")[0]
    assert words.mark in str(in_document(words))
    assert "@a" not in title_in_markdown(words_of(
        what="@a", how_we_know="", ref="", number=1, answers=[], due=None, link="", marker=""))  # fmt: skip
