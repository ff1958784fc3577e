"""Passages that stand by themselves, and words that are read otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.markdown import to_html, to_text
from postmortems.publication.twin.blocks import as_typed, blocks, hides, join
from postmortems.publication.twin.citing import followed
from postmortems.publication.twin.swapping import Swap, Swaps

TEXTS = [
    "one\n\ntwo *and* `three`", "- a\n- b\n  more\n\n  para\n- c", "3. x\n4. y\n\n   ```\n   code\n   ```", "> q\n> - r\nlazy",
    "| a | b |\n|---|--:|\n| 1 | 2 |", "## Head\n\ntext\n\nUnder\n-----\n\nmore", "```sh\nls\n```", "    indented\n    code", "1) a\n1) b", "+ a\n\n+ b",
    "[a][1] and [b]\n\n[1]: https://x.example/ 'T'\n[b]: https://y.example/", "![alt](image:7)", "a  \nb\\\nc", "- [ ] a\n- > b", "* a\n\n    b", "10. a\n\n    b",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_all_passages_together_are_the_text(text):
    assert to_text(join(blocks(text))).split() == to_text(text).split()
    assert to_html(join(blocks(text))).replace("\n", "") == to_html(text).replace("\n", "")


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_beside_it(texts):
    text = "\n\nand\n\n".join(texts)
    assert to_text(join(blocks(text))).split() == to_text(text).split()


@given(st.text(alphabet="ab *_`#>-+1.[]()<!&\\\n|~:", max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_passage_of_any_text_holds_what_its_reader_does_not_see(text):
    assert not any(hides(block.words) for block in blocks(text))


def test_a_passage_takes_along_what_it_leads_to_and_leaves_what_nobody_sees():
    [first, second] = blocks(
        "a <!-- not for you --> [b][1]\n\n- c <b onclick='x'>d</b>\n\n[1]: https://x.example/\n[2]: https://unused.example/"
    )
    assert "not for you" not in first.words
    assert "https://x.example/" in first.words
    assert "onclick" not in second.words
    assert "unused" not in first.words + second.words


@pytest.mark.parametrize(
    "words",
    [
        "a <a href='event:7310001'>b</a>", f"a [{'b ' * 1500}](event:7310001)", "[x](\nevent:7310001)", "[x](event:7310001\n'a')",
        "[x](event&#58;7310001)", "[x](event\\:7310001)", "[x](#event-7310001)", "<event:7310001>", "[](event:7310001)", "[x]\n\n[x]: event:7310001",
    ],
)  # fmt: skip
def test_no_key_is_left_however_a_citation_is_written(words):
    assert not [one for one in blocks(words) if "7310001" in followed(one.words, {})]


def test_numbers_of_a_list_do_not_tell_what_is_missing():
    first, _, third = blocks("1. a\n2. b\n3. c")
    assert join([first, third]) == "1. a\n2. c"
    assert join([third]) == "1. c"


def test_a_heading_is_there_for_those_under_it():
    under_one, under_two = blocks("# One\n\na\n\n## Two\n\nb")
    assert join([under_two]) == "# One\n\n## Two\n\nb"
    assert join([under_one]) == "# One\n\na"


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_words_as_typed_are_no_marks(text):
    shown = to_text(as_typed(text.replace("\x00", "")))
    assert "".join(shown.split()) == "".join(text.replace("\x00", "").encode("utf-8", "replace").decode().split())  # fmt: skip


SWAPS = Swaps([Swap("Ian", "the on-call responder"), Swap("Ian Leary", "the on-call responder"), Swap("db_host", "a host"), Swap("Zo\u00eb", "a colleague"), Swap("Mark", "a colleague", exact=True), Swap("https://wiki.lark.example/x", "an internal page")])  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ian saw it. Then ian’s terminal", "The on-call responder saw it. Then the on-call responder’s terminal"),
        ("Ian Leary and @ian", "The on-call responder and the on-call responder"),
        ("Iana and Brian", "Iana and Brian"),
        ("then _Ian_ and ian_laptop", "then _the on-call responder_ and the on-call responder_laptop"),
        ("- Ian\n- **Ian**", "- The on-call responder\n- **The on-call responder**"),
        (r"on db\_host there", "on a host there"),
        ("mark it; Mark did", "mark it; a colleague did"),
        ("see [the page](https://wiki.lark.example/x) now", "see the page now"),
        ("see <https://wiki.lark.example/x> now", "see an internal page now"),
        ("see [Ian’s *page*](<https://wiki.lark.example/x> 'T')", "see the on-call responder’s *page*"),
        ("[a](https://x.example/ 'by Ian')", "a"),
        ("[Ian](https://x.example/)", "[The on-call responder](https://x.example/)"),
        ("I\u00adan", "The on-call responder"),
        ("with Zoe\u0308 there", "with a colleague there"),
    ],
)  # fmt: skip
def test_words_are_read_otherwise(before, after):
    assert SWAPS.markdown(before) == after


def test_what_was_put_in_is_not_looked_at_again_and_is_no_mark():
    swaps = Swaps([Swap("a1", "b2"), Swap("b2", "c3"), Swap("x", "*y* [z](q)")])
    assert swaps.plain("so a1 b2") == "so b2 c3"
    assert to_text(swaps.markdown("an x here")) == "an *y* [z](q) here"
