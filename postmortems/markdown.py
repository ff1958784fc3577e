"""Source text to safe HTML, in one function: every text a person typed is shown through here.

Markdown first (CommonMark with tables and struck-out words), the sanitiser last, so that nothing the Markdown
lets through can escape it. Headings start below the page's own; links open nothing by themselves; images come
from our own addresses alone, which the content policy enforces again.

The time it takes grows with the length of the text alone, whatever the text: the reader does not recurse,
what is nested beyond any use, or one paragraph beyond any length, is shown as it was typed, and so is what
follows the first `RENDERED` characters.
"""

from __future__ import annotations

import html
import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

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
RENDERED = 200_000  # characters: ten times the longest section anybody wrote, shown in a few seconds
PARAGRAPH = 10_000  # characters; looking for the other end of a link takes the square of this
NESTED = 100  # quotes and lists within each other
OPEN = 1_000  # tags of HTML open at once; the sanitiser's time grows with the square of this
REST = "<p><em>This text is very long. From here on it is shown as it was typed.</em></p>"

ADDRESS = re.compile(rf"(?i)\s*(?:(?:{'|'.join(sorted(SCHEMES))}):|[^:/?#]*(?:[/?#]|$))")
IMAGE = re.compile(r"/(?:[^/\\\x00-\x20][^\\\x00-\x20]*)?")
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def _reader(*, raw: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": raw, "maxNesting": NESTED}).enable(["table", "strikethrough"])
    reader.core.ruler.at("inline", _inline)
    return reader


def _inline(state: StateCore) -> None:
    """Marks within a paragraph, a heading or a cell; one that is too long stays as it was typed."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) <= PARAGRAPH:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children = [Token("text", "", 0, content=token.content)]


WITH_HTML, WITHOUT_HTML = _reader(raw=True), _reader(raw=False)


def to_html(text: str, *, headings_from: int = 3) -> str:
    """Safe HTML of Markdown `text`; its first heading level becomes `headings_from` (2…6).

    Whatever the text holds, the answer has no script, style, event handler, form, frame or address of
    another scheme than http, https and mailto, and no image from elsewhere than this site.
    """
    shown, rest = _parts(_calm(text))
    page = _rendered(shown)
    page = re.sub(
        r"<(/?)h([1-6])\b",
        lambda match: f"<{match[1]}h{min(6, int(match[2]) + headings_from - 1)}",
        page,
    )
    clean = nh3.clean(
        page,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_attribute,
        strip_comments=True,
    )
    return f"{clean}\n{REST}\n<pre>{html.escape(rest)}</pre>" if rest else clean


def _parts(text: str) -> tuple[str, str]:
    """What is read as Markdown, and what is beyond that; cut between two paragraphs where there are any."""
    if len(text) <= RENDERED:
        return text, ""
    cut = text.rfind("\n\n", RENDERED // 2, RENDERED)
    cut = cut + 2 if cut > 0 else RENDERED
    return text[:cut], text[cut:]


def _rendered(text: str) -> str:
    page = _page(WITH_HTML, text)
    return page if _deepest(page) <= OPEN else _page(WITHOUT_HTML, text)


def _page(reader: MarkdownIt, text: str) -> str:
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("th_open", "td_open") and "style" in token.attrs:
            # a style would not pass the sanitiser
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
        for inner in token.children or []:
            if inner.type in ("s_open", "s_close"):
                inner.tag = "del"  # struck out because it was changed, which is what <s> does not say
    return reader.renderer.render(tokens, reader.options, {})


def _deepest(page: str) -> int:
    """How many tags are open at once at most, where those that need no end count until another ends."""
    depth = deepest = 0
    for match in TAG.finditer(page):
        if match[2].lower() in VOID:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def to_text(text: str) -> str:
    """The words of Markdown `text` without its marks, for search, mail and the command line."""
    page = re.sub(r"</(p|h[1-6]|li|tr|pre|blockquote|dt|dd)>|<br\s*/?>|<hr\s*/?>", "\n", to_html(text))
    page = re.sub(r"</t[dh]>", "\t", page)
    words = html.unescape(nh3.clean(page, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def _calm(text: str) -> str:
    """NUL has no place in a text; half of a surrogate pair cannot be written out."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        # browsers drop tabs and line ends out of addresses: “/<tab>/example.org” would be another site
        return value if IMAGE.fullmatch(value) else None
    if tag == "a" and name == "href":
        # what only looks like a scheme to browsers may be one to others who read the page
        return value if ADDRESS.match(value) else None
    if tag == "code" and name == "class":
        return value if re.fullmatch(r"language-[\w+-]{1,30}", value) else None
    return value
