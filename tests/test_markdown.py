from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.markdown import (
    ATTRIBUTES,
    RENDERED,
    REST,
    TAGS,
    Reference,
    cited,
    pictures,
    to_html,
    to_text,
)
from tests.vectors import VECTORS


class Seen(HTMLParser):
    """Every tag and attribute of a page, as a reader of HTML finds them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data):
        raise AssertionError(f"a comment came through: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_harmless(page: str) -> None:
    for tag, attributes in Seen(page).found:
        assert tag in TAGS, page
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | {"title", "lang"} | (
            {"rel"} if tag == "a" else set()
        ), page
        address = attributes.get("href")
        if address is not None:
            # as a browser reads it: control characters and spaces around it, tabs and line ends in it, do not count
            bare = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33))))
            assert re.match(r"(?i)(?:https?:|mailto:|[^:]*(?:[/?#]|$))", bare), page
        source = attributes.get("src")
        if source is not None:
            assert re.fullmatch(r"/(?:incidents|archive)/[\w-]+/images/\w+(?:/|\.[a-z]+)", source), page


@pytest.mark.parametrize("text", VECTORS)
def test_no_vector_comes_through(text):
    page = to_html(text)
    assert_harmless(page)
    assert_harmless(to_html(f"words\n\n{text}\n\nmore *words*"))
    assert to_html(text) == page


def test_all_vectors_in_one_text():
    for between in ("", " ", "\n", "\n\n"):
        assert_harmless(to_html(between.join(VECTORS)))


@pytest.mark.parametrize("text", VECTORS)
def test_what_is_safe_stays_the_same_when_it_is_cleaned_again(text):
    """Text that turns into something else when a browser reads what was cleaned would show here."""
    page = to_html(text)
    assert_harmless(to_html(page))


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.text(alphabet=st.sampled_from(list("<>/=\"'`[]()!*_#-|&;:~\\ \n\t\x02\x03abcjsrx")), max_size=120),
        st.lists(st.sampled_from(VECTORS), min_size=2, max_size=4).map("".join),
        st.tuples(st.sampled_from(VECTORS), st.integers(0, 80), st.sampled_from(VECTORS)).map(
            lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
        ),
    )
)
def test_no_text_becomes_more_than_markdown(text):
    assert_harmless(to_html(text))
    to_text(text)


def test_template_languages_are_words():
    assert "{{ 7*7 }}{% debug %}" in to_html("{{ 7*7 }}{% debug %}")


def test_tables_lists_and_headings_below_the_page():
    page = to_html("# Title\n\n| a | b |\n|:-:|---|\n| 1 | 2 |\n\n- one\n  - two\n\n~~gone~~")
    assert "<h3>Title</h3>" in page
    assert '<td align="center">1</td>' in page
    assert re.search(r"<li>one\s*<ul>\s*<li>two</li>", page)
    assert "<del>gone</del>" in page
    assert "<h6>" in to_html("###### deep", headings_from=4)


def test_words_without_marks():
    assert to_text("a &amp;lt; `&lt;b&gt;` **c**\n\n- d") == "a &lt; &lt;b&gt; c\n\nd"
    assert "hit()" not in to_text("<script>hit()</script>")


# --- texts that are only there to take time --------------------------------------------------------

N = 100_000
HOSTILE = {
    "quotes": "> " * N, "lists": "\n".join("  " * min(n, 500) + "- x" for n in range(1000)), "dashes": "- " * N, "numbers": "1. " * N, "brackets": "[" * N, "both brackets": "[" * N + "]" * N,
    "links": "[a](" * N, "nested links": "[" * N + "a" + "](x)" * N, "images": "![" * N, "image references": "![a][b" * N, "stars": "*" * N, "strong and not": "**a *" * N, "underscores": "*_" * N,
    "ticks": "".join("`" * (n % 100) + " a" for n in range(N // 20)), "tags": "<a " * N, "open tags": "<div>" * N, "open tags on lines": "<div>\n" * N, "lists of HTML": "<ul><li>" * N, "tables of HTML": "<table><tr><td>" * N,
    "quotes of HTML": "<blockquote>" * N, "formatting": "<b>" * N, "comments": "<!--" * N, "declarations": "<![CDATA[" * N, "instructions": "<?" * N, "entities": "&#x" * N, "addresses": "<http://" * N, "mails": "a@" * N,
    "backslashes": "\\" * N, "cells": "|a" * N + "\n" + "|-" * N + "\n" + "|b" * N, "rows": "a|b\n-|-\n" + "a|b\n" * N, "headings": "# a\n" * N, "underlines": "a\n=\n" * N, "fences": "```a\n" * N, "lines": "\n" * N,
    "references": "".join(f"[a{n}]: x\n" for n in range(N // 10)) + "".join(f"[a{n}] " for n in range(N // 10)), "one reference": "[a]: " * N, "titles": '[a](x "' * N, "parentheses": "[a](" + "(" * N + ")" * N + ")",
    "lists in quotes": "> - " * N, "attributes": "<p " + "a=b " * N + ">", "svg": "<svg>" * N + "<math>" * N, "words": "word " * N, "lines with breaks": "a  \n" * N,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_seconds_and_no_more(name):
    start = time.process_time()
    page = to_html(HOSTILE[name])
    assert time.process_time() - start < 12
    assert_harmless(page[:20_000].rpartition("<")[0])


def test_a_very_long_text_is_shown_to_its_last_word():
    text = "Some words.\n\n" * 40_000 + "<b>The last</b> words."
    page = to_html(text)
    assert REST in page
    assert page.endswith("&lt;b&gt;The last&lt;/b&gt; words.</pre>")
    assert page.count("<p>Some words.</p>") > RENDERED // 30
    assert REST not in to_html("Some words.\n\n" * 1000)


def test_one_very_long_paragraph_keeps_its_words():
    assert to_text("[" * 20_000 + "word") == "[" * 20_000 + "word"


# --- citations -----------------------------------------------------------------------------------------


def refer(kind: str, number: int) -> Reference | None:
    """Everything up to 9 is there."""
    if number > 9:
        return None
    href = {"role": "", "image": f"/incidents/INC-1/images/{number}/"}.get(kind, f"/{kind}/{number}/")
    return Reference(
        href,
        f"the {kind}",
        f'a "note" <b> on {kind} {number}',
        names=("Mara", "Mara Lind"),
        width=4,
        height=3,
    )


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("[18:09 *lag*](event:3)", '<a href="/event/3/" class="cite" title="a &quot;note&quot; &lt;b&gt; on event 3" rel="noopener noreferrer nofollow">18:09 <em>lag</em></a>'),
        ("<event:3>", '<a href="/event/3/" class="cite" title="a &quot;note&quot; &lt;b&gt; on event 3" rel="noopener noreferrer nofollow">the event</a>'),
        ("[](item:3)", '<a href="/item/3/" class="cite" title="a &quot;note&quot; &lt;b&gt; on item 3" rel="noopener noreferrer nofollow">the item</a>'),
        ("[C2][x]\n\n[x]: condition:2", '<a href="/condition/2/" class="cite" title="a &quot;note&quot; &lt;b&gt; on condition 2" rel="noopener noreferrer nofollow">C2</a>'),
        ("[the responder](role:1)", '<span class="cite" title="a &quot;note&quot; &lt;b&gt; on role 1">the responder</span>'),
        ("[MARA](role:1)", '<span class="cite" title="a &quot;note&quot; &lt;b&gt; on role 1">the role</span>'),
        ("[Tamara](role:1)", '<span class="cite" title="a &quot;note&quot; &lt;b&gt; on role 1">Tamara</span>'),
        ("![a *dip*](image:7)", '<img src="/incidents/INC-1/images/7/" alt="a dip" title="a &quot;note&quot; &lt;b&gt; on image 7" width="4" height="3">'),
        ("![](image:7)", '<img src="/incidents/INC-1/images/7/" alt="the image" title="a &quot;note&quot; &lt;b&gt; on image 7" width="4" height="3">'),
    ],
)  # fmt: skip
def test_a_citation_leads_to_what_it_cites(text, page):
    assert to_html(text, refer=refer) == f"<p>{page}</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "[x](event:10)", "![x](image:10)", "[x](event:javascript)", "[x](event:03)", "[x](event:-1)", "[x](event:)", "![x](event:3)",
        "[x](event:٣)", "[x](<event:1\" onmouseover=hit()>)", "[x](event:3?y)", "[x](event:9999999999999999999999)",
    ],
)  # fmt: skip
def test_what_is_not_there_keeps_its_words_and_says_so(text):
    assert to_html(text, refer=refer) == '<p><span class="gone" title="no longer there">x</span></p>\n'


@pytest.mark.parametrize("text", ["[x](event:3)", "![x](image:3)", "[x](event:javascript)", "[x](role:1)"])
def test_where_nobody_is_asked_the_words_stay(text):
    assert to_html(text) == "<p>x</p>\n"
    assert to_text(text) == "x"


def test_code_cites_nothing():
    text = "`[x](event:3)`\n\n    [x](event:3)\n\n\\[x](event:3)"
    assert "cite" not in to_html(text, refer=refer)
    assert cited(text) == []


def test_a_note_of_the_author_does_not_pass_for_that_of_the_citation():
    assert "spoofed" not in to_html('[x](event:3 "spoofed")', refer=refer)


def test_citations_are_listed_once_in_their_order():
    text = "# [a](event:3)\n\n| x |\n|---|\n| [b](item:2) ![c](image:1) |\n\n- [d](event:3)\n- [![e](image:4)](event:10)"
    assert cited(text) == [("event", 3), ("item", 2), ("image", 1), ("image", 4), ("event", 10)]


def test_pictures_are_listed_with_their_words_each_time_they_stand_there():
    text = "![a *dip*](image:7)\n\n| ![](image:3) |\n|---|\n\n[![b](image:7)](https://x.example) `![c](image:1)` ![x](event:3)"
    assert pictures(text) == [(7, "a dip"), (3, ""), (7, "b")]
    assert pictures("no picture: [x](image:3)") == []


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("![a dip](https://x.example/a.png)", '<a href="https://x.example/a.png" rel="noopener noreferrer nofollow">a dip</a>'),
        ("![](http://x.example/a.png)", '<a href="http://x.example/a.png" rel="noopener noreferrer nofollow">http://x.example/a.png</a>'),
        ("[![a dip](https://x.example/a.png)](https://x.example)", '<a href="https://x.example" rel="noopener noreferrer nofollow">a dip</a>'),
        ("![the graph](img/a.png)", "the graph"), ("![x](/accounts/logout/)", "x"), ("![x](//evil.example/x)", "x"),
        ("![x](data:image/png;base64,AAAA)", "x"), ("![x](/incidents/INC-1/images/7/../../)", "x"),
        ("![x](/incidents/INC-1/images/7/)", '<img src="/incidents/INC-1/images/7/" alt="x">'),
        ("![x](/archive/INC-1/images/0a9f.png)", '<img src="/archive/INC-1/images/0a9f.png" alt="x">'),
        ("<img src='/accounts/logout/' alt=x>", '<img alt="x">'),
    ],
)  # fmt: skip
def test_no_image_but_our_pictures_is_shown(text, page):
    assert to_html(text).strip().removeprefix("<p>").removesuffix("</p>") == page


CITING = st.lists(
    st.sampled_from(
        ["[", "](event:3)", "](event:10)", "![", "](image:7)", "<role:1>", "](item:1 \"x\")", "\n\n", "`", "*", "a", "]", "[x]: event:3", "\\", "<b>", "<a href=event:3>"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(CITING)
def test_no_citation_becomes_more_than_a_link_of_ours(text):
    asked = []
    page = to_html(text, refer=lambda kind, number: asked.append((kind, number)) or refer(kind, number))
    assert_harmless(page)
    assert cited(text) == list(dict.fromkeys(asked))
    assert all(
        not found.get("href", "").startswith(("event:", "image:", "role:", "item:"))
        for _, found in Seen(page).found
    )


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_comes_through_the_words_or_the_note_of_a_citation(vector):
    def hostile(kind: str, number: int) -> Reference:
        return Reference("/x/", vector, vector, names=("x",))

    for text in (
        f"[{vector}](event:3)",
        "<event:3>",
        "[x](role:3)",
        f'[a](event:3 "{vector}")',
        f"![{vector}](image:3)",
    ):
        assert_harmless(to_html(text, refer=hostile))


def test_what_is_to_be_done_and_what_is_done_is_shown_as_boxes():
    html = to_html(
        "- [ ] open [ ] still\n- [x] done\n- [x](https://example.org/) a link\n- [xy] words\n\n[ ] no list"
    )
    assert "<li>☐ open [ ] still</li>" in html
    assert "<li>☑ done</li>" in html
    assert ">x</a> a link" in html
    assert "[xy] words" in html
    assert "<p>[ ] no list</p>" in html
