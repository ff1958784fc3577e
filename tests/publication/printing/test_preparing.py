"""What paper needs: headings in order, addresses that are printed, tables and code that fit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.markdown import to_html
from postmortems.publication.printing import preparing, tree


def printed(html: str, home: str = "") -> str:
    article = tree.parse(html)
    preparing.structure(article)
    preparing.for_paper(article, home)
    return tree.inside(article)


@given(st.lists(st.integers(1, 6), max_size=12))
def test_headings_leave_no_gap_and_stay_in_their_order(levels):
    article = tree.parse("".join(f"<h{level}>x</h{level}>" for level in levels))
    preparing.structure(article)
    made = [int(element.tag[1]) for element in article]
    assert all(after <= before + 1 for before, after in zip([0, *made], made, strict=False))
    for one, two, was, becomes in zip(levels, levels[1:], made, made[1:], strict=False):
        assert (two > one) == (becomes > was)


def test_every_heading_can_be_led_to_and_the_contents_name_them():
    article = tree.parse(
        "<h1>T</h1><h2 id='regret'>Regret</h2><h3>The <em>apology</em></h3><h4>deep</h4><h2></h2>"
    )
    preparing.structure(article)
    told = [(one.level, one.words) for one in preparing.contents(article)]
    assert told == [(2, "Regret"), (3, "The apology")]
    ids = [element.get("id") for element in article]
    assert all(ids)
    assert len(set(ids)) == len(ids)


def test_a_part_that_says_nothing_is_left_out():
    made = printed("<h1>T</h1><section><h2>Regret</h2> </section><section><h2>Reason</h2><p>So</p></section>")
    assert "Regret" not in made
    assert "Reason" in made


def test_facts_become_a_table_with_a_header_for_each_row():
    made = printed('<dl class="facts"><dt>Detected</dt><dd><time>18:07</time></dd></dl>')
    assert '<tr><th scope="row">Detected</th><td><time>18:07</time></td></tr>' in made


def test_an_address_is_printed_once_and_numbered_beside_its_words():
    made = printed('<p><a href="https://x.example/a">one</a>, <a href="https://x.example/a">two</a> <a href="https://y.example/">y.example</a></p>')  # fmt: skip
    assert made.count('<sup class="note"><a href="#address-1">1</a></sup>') == 2
    assert made.count('<li id="address-1">') == 1
    assert "address-2" not in made  # its words are its address


@pytest.mark.parametrize("address", ["/incidents/INC-1/", "relative", "#nowhere", "javascript:x", ""])
def test_what_leads_nowhere_from_paper_is_words(address):
    assert printed(f'<p>a <a href="{address}">word</a> b</p>') == "<p>a word b</p>"


def test_addresses_of_this_house_are_whole_ones():
    assert 'href="https://house.example/archive/INC-1/"' in printed('<p><a href="/archive/INC-1/">it</a></p>', "https://house.example")  # fmt: skip


def test_a_picture_always_has_words():
    made = printed('<p><img src="/x.png" alt=""><img alt="only words"></p>')
    assert f'alt="{preparing.UNSAID}"' in made
    assert "only words" in made
    assert made.count("<img") == 1


def test_a_heading_goes_with_its_table_to_the_page_that_is_turned():
    cells = "".join("<td>abcdefghijklmnop</td>" for _ in range(8))
    made = printed(f"<h1>T</h1><h2>A</h2><p>words</p><h3>B</h3><div><table><tr>{cells}</tr></table></div>")
    assert 'table class="set across"' in made
    assert re.search(r'<h3[^>]* class="across"', made)
    assert not re.search(r'<h2[^>]* class="across"', made)


def test_code_that_goes_on_is_marked():
    made = printed(f"<pre><code>{'x ' * 60}</code></pre>")
    assert made.count('<span class="goes-on">') == 1


def test_the_deepest_nesting_loses_no_word():
    made = printed(
        to_html("> " * 90 + "deep words\n\n" + "\n".join("  " * n + f"- point{n}" for n in range(45)))
    )
    assert "deep words" in made
    assert all(f"point{n}" in made for n in range(40))


@given(st.text("<>/abp#*|-` \n\"'=x1.", max_size=200))
def test_whatever_is_typed_its_words_are_printed(text):
    page = to_html(text)
    said = re.findall(r"[a-z0-9]{2,}", "".join(tree.parse(page).itertext()))
    made = "".join(tree.parse(printed(page)).itertext())
    assert all(word in made for word in said if len(word) < 60)
