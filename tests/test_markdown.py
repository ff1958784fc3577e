from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.markdown import ATTRIBUTES, TAGS, to_html, to_text

VECTORS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "![x](https://evil.example/x.png)",
    "![x](//evil.example/x.png)", "<svg onload=alert(1)>", "<iframe src=//evil.example></iframe>", "<a href='data:text/html,<script>'>x</a>",
    "[x](vbscript:msgbox)", "<style>*{display:none}</style>", "<p style='position:fixed'>x</p>", "<form action=//evil.example><input></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<details open ontoggle=alert(1)>", "[a]: javascript:alert(1)\n[x][a]",
    "<a href=\"&#106;avascript:alert(1)\">x</a>", "`<script>`", "```\n<script>\n```", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<object data=x>", "\x02\x03<script>", "<IMG SRC=`javascript:alert(1)`>",
]  # fmt: skip


def assert_harmless(html: str) -> None:
    for tag, attributes in re.findall(r"<([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>", html):
        assert tag in TAGS, html
        for name in re.findall(r"([\w-]+)\s*=", re.sub(r'"[^"]*"', '""', attributes)):
            assert name in ATTRIBUTES.get(tag, set()) | {"rel"}, html
    for address in re.findall(r'(?:href|src)="([^"]*)"', html):
        assert re.match(r"(https?:|mailto:|/(?!/)|#|[^:]*$)", address, re.I), html
    assert "evil.example" not in "".join(re.findall(r'src="([^"]*)"', html))


@pytest.mark.parametrize("text", VECTORS)
def test_vectors(text):
    assert_harmless(to_html(text))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("<>/=\"'`[]()!*_#-|&;: \nabcjsrx\x02\x03")), max_size=120))
def test_no_text_becomes_more_than_markdown(text):
    assert_harmless(to_html(text))
    to_text(text)


def test_tables_lists_and_headings_below_the_page():
    html = to_html("# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two")
    assert "<h3>Title</h3>" in html
    assert "<td>2</td>" in html
    assert "<li>two</li>" in html
