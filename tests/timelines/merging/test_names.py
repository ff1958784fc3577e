"""Who a name may be: the rule alone, without a database."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timelines.merging.names import (
    CERTAIN,
    LIKELY,
    POSSIBLE,
    SUGGESTED,
    Directory,
    Known,
    Name,
    login,
    logins,
    spellings,
    words,
)

JONAS = Known(
    "j", "Jonas Lindqvist", frozenset({"jonas.l@example.org"}), said=frozenset({"U0JONAS"}), near=True
)
EWA = Known("e", "Ewa Nowak", frozenset({"ewa@example.org"}), ids=frozenset({"5b10ac8d82e05b22"}))
JURGEN = Known("u", "Jürgen Müller-Weiß", frozenset({"jmw@example.org"}))
ALL = Directory([JONAS, EWA, JURGEN])


def found(*actors: str, actor_id: str = "", directory: Directory = ALL) -> list[tuple[str, str]]:
    return [(one.key, one.certainty) for one in directory.suggest(Name("slack", actor_id, actors))]


@pytest.mark.parametrize(
    ("actors", "actor_id", "expected"),
    [
        (("whoever",), "U0JONAS", ("j", CERTAIN)),
        (("Jonas Lindqvist",), "PX12", ("j", CERTAIN)),
        (("JONAS LINDQVIST (he/him)",), "", ("j", CERTAIN)),
        (("Lindqvist, Jonas",), "", ("j", CERTAIN)),
        (("Jonas Lindqvist | Platform",), "", ("j", CERTAIN)),
        (("jonas.lindqvist",), "", ("j", CERTAIN)),
        (("ewa-nowak",), "7001", ("e", CERTAIN)),
        (("someone",), "ewa@example.org", ("e", CERTAIN)),
        (("Ops <Ewa@Example.org>",), "", ("e", CERTAIN)),
        (("E.",), "5b10ac8d82e05b22", ("e", CERTAIN)),
        (("Juergen Mueller-Weiss",), "", ("u", CERTAIN)),
        (("jürgen müller weiß",), "", ("u", CERTAIN)),
        (("jlindqvist",), "", ("j", LIKELY)),
        (("lindqvistj",), "", ("j", LIKELY)),
        (("ewan",), "", ("e", LIKELY)),
        (("J. Lindqvist",), "", ("j", LIKELY)),
        (("Jonas L",), "", ("j", LIKELY)),
        (("jonas_",), "", ("j", POSSIBLE)),
        (("jonas|away",), "", ("j", POSSIBLE)),
        (("Jonas Lindquist",), "", ("j", POSSIBLE)),
    ],
)
def test_one_person_is_written_in_many_ways(actors, actor_id, expected):
    assert found(*actors, actor_id=actor_id) == [expected]


@pytest.mark.parametrize(
    "actor", ["", "root", "Ewa", "Alertmanager", "jon", "😀", "()", "Jonas Berg", "L. Jonasson"]
)
def test_what_tells_nothing_suggests_nobody(actor):
    assert found(actor) == []


def test_an_id_seen_under_several_names_is_one_name():
    assert found("night owl", "Jonas Lindqvist", actor_id="U1") == [("j", CERTAIN)]


def test_where_two_fit_equally_well_nobody_is_sure():
    twins = Directory([Known("1", "Ann Lee"), Known("2", "Lee Ann"), Known("3", "Ann Lie")])
    assert found("Ann Lee", directory=twins) == [("1", POSSIBLE), ("2", POSSIBLE)]


def test_a_name_of_whoever_was_there_is_nobodys_for_good():
    assert Name("shell", "", ("shell",)).is_shared
    assert Name("syslog", "root", ("root",)).is_shared
    assert not Name("slack", "U0ROOT", ("root",)).is_shared
    assert not Name("shell", "", ("jonas",)).is_shared


def test_who_was_refused_is_not_suggested_again():
    assert ALL.suggest(Name("slack", "U0JONAS", ("Jonas Lindqvist",)), refused={"j"}) == []


NAMES = st.text(string.ascii_letters + "äöüßłé -.,'()|<>@_١字", max_size=40)


@given(NAMES, NAMES)
def test_any_name_can_be_asked_about(one, two):
    directory = Directory([Known("1", one), Known("2", two)])
    suggested = directory.suggest(Name("x", one, (two, one)))
    assert len(suggested) <= SUGGESTED
    assert len({s.key for s in suggested}) == len(suggested)
    assert sorted(words(one)) == list(words(one))
    assert all(len(made) >= 4 for made in logins(two))
    assert login(login(one)) == login(one)


@given(st.permutations(["Ada", "de", "la", "Cruz"]), st.sampled_from([" ", "  ", ".", "-", "_"]))
def test_order_and_separators_do_not_matter(parts, separator):
    assert spellings(separator.join(parts)) == {("ada", "cruz", "de", "la")}


@given(st.permutations([JONAS, EWA, JURGEN, Known("x", "Jonas Lind"), Known("y", "J Lindqvist")]), NAMES)
def test_the_order_of_those_we_know_does_not_matter(everybody, text):
    name = Name("x", "", (text, "jonas lindqvist"))
    assert Directory(everybody).suggest(name) == Directory(sorted(everybody, key=lambda k: k.key)).suggest(
        name
    )
