"""Source text to safe HTML, in one function: every text a person typed is shown through here.

Markdown first (tables, fenced code, footnotes off), the sanitiser last, so that nothing Markdown or an
extension produces can escape it. Headings start below the page's own; links open nothing by
themselves; images come from our own addresses alone, which the content policy enforces again.
"""

from __future__ import annotations

import re

import nh3
from markdown import Markdown

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "sub", "sup", "mark", "code", "pre",
    "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "a", "img",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "align"},
    "td": {"align"},
    "code": {"class"},
}
SCHEMES = {"http", "https", "mailto"}


def to_html(text: str, *, headings_from: int = 3) -> str:
    """Safe HTML of Markdown `text`; its first heading level becomes `headings_from` (2…6).

    Whatever the text holds, the answer has no script, style, event handler, form, frame or address of
    another scheme than http, https and mailto, and no image from elsewhere than this site.
    """
    html = Markdown(
        extensions=["tables", "fenced_code", "sane_lists"],
        extension_configs={"tables": {"use_align_attribute": True}},  # a style would not pass the sanitiser
        output_format="html",
    ).convert(_calm(text))
    html = re.sub(
        r"<(/?)h([1-6])\b",
        lambda match: f"<{match[1]}h{min(6, int(match[2]) + headings_from - 1)}",
        html,
    )
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_attribute,
        strip_comments=True,
    )


def to_text(text: str) -> str:
    """The words of Markdown `text` without its marks, for search, mail and the command line."""
    html = re.sub(r"</(p|h[1-6]|li|tr|pre|blockquote|dt|dd)>|<br\s*/?>|<hr\s*/?>", "\n", to_html(text))
    html = re.sub(r"</t[dh]>", "\t", html)
    words = nh3.clean(html, tags=set())
    for entity, character in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ):
        words = words.replace(entity, character)
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def _calm(text: str) -> str:
    """NUL has no place in a text; the two characters Markdown keeps for itself would be eaten or abused."""
    return text.replace("\x00", "").replace("\x02", "").replace("\x03", "").replace("\r\n", "\n")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if re.match(r"/(?![/\\])", value) else None
    if tag == "code" and name == "class":
        return value if re.fullmatch(r"language-[\w+-]{1,30}", value) else None
    return value
