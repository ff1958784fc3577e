"""Source text to safe HTML, in one function: every text a person typed is shown through here.

Markdown first (CommonMark with tables and struck-out words), the sanitiser last, so that nothing the Markdown
lets through can escape it. Headings start below the page's own; links open nothing by themselves; images come
from our own addresses alone, which the content policy enforces again.

The time it takes grows with the length of the text alone, whatever the text: the reader does not recurse,
what is nested beyond any use, or one paragraph beyond any length, is shown as it was typed, and so is what
follows the first `RENDERED` characters.

A link to `event:345`, `condition:2`, `item:3` or `role:17`, and an image at `image:7`, are citations. What they
lead to is asked of the caller's `refer`; where there is none, or nothing to lead to, the words stay without a link.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "sub", "sup", "mark", "code", "pre",
    "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "a", "img", "span",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "align"},
    "td": {"align"},
    "code": {"class"},
    "span": {"class", "title"},
}
CLASSES = {"a": r"cite", "span": r"cite|gone", "code": r"language-[\w+-]{1,30}"}
SCHEMES = {"http", "https", "mailto"}
RENDERED = 200_000  # characters: ten times the longest section anybody wrote, shown in a few seconds
PARAGRAPH = 10_000  # characters; looking for the other end of a link takes the square of this
NESTED = 100  # quotes and lists within each other
OPEN = 1_000  # tags of HTML open at once; the sanitiser's time grows with the square of this
REST = "<p><em>This text is very long. From here on it is shown as it was typed.</em></p>"

ADDRESS = re.compile(rf"(?i)\s*(?:(?:{'|'.join(sorted(SCHEMES))}):|[^:/?#]*(?:[/?#]|$))")
IMAGE = re.compile(
    r"/(?:incidents|archive)/[A-Za-z0-9-]+/images/[a-z0-9]+(?:/|\.[a-z]+)|images/[0-9a-f]{64}\.[a-z]+"
)
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
KINDS = ("event", "condition", "item", "role", "image")
CITATION = re.compile(rf"({'|'.join(KINDS)}):(.*)", re.DOTALL)
CITED_SOMEWHERE = re.compile(rf"(?:{'|'.join(KINDS)}):[1-9]")
TASK = re.compile(r"\[([ xX])\](?=\s)")
NUMBER = re.compile(r"[1-9][0-9]{0,17}")
GONE = "no longer there"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(frozen=True)
class Reference:
    """What a citation leads to. `words` stand where its author wrote none, or wrote one of the `names` not to be shown."""

    href: str  # empty: it is words and a note, and leads nowhere
    words: str
    title: str = ""
    names: tuple[str, ...] = ()
    width: int = 0  # of an image
    height: int = 0


Refer = Callable[[str, int], Reference | None]


def _reader(*, raw: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": raw, "maxNesting": NESTED}).enable(["table", "strikethrough"])
    reader.core.ruler.at("inline", _inline)
    return reader


def _inline(state: StateCore) -> None:
    """Marks within a paragraph, a heading or a cell; one that is too long stays as it was typed.

    An entry of a list that begins with `[ ]` or `[x]` is to be done, or done.
    """
    for number, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        token.children = []
        if number > 1 and state.tokens[number - 2].type == "list_item_open":
            token.content = (
                TASK.sub(_box, token.content, count=1) if TASK.match(token.content) else token.content
            )
        if len(token.content) <= PARAGRAPH:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children = [Token("text", "", 0, content=token.content)]


def _box(match: re.Match) -> str:
    return "☐" if match[1] == " " else "☑"


WITH_HTML, WITHOUT_HTML = _reader(raw=True), _reader(raw=False)


def to_html(text: str, *, headings_from: int = 3, refer: Refer | None = None) -> str:
    """Safe HTML of Markdown `text`; its first heading level becomes `headings_from` (2…6).

    `refer` answers what a citation leads to, by its kind and number, or None when that is gone: its words are marked so.

    Whatever the text holds, the answer has no script, style, event handler, form, frame or address of
    another scheme than http, https and mailto, and no image but the pictures that people brought in here.
    """
    shown, rest = _parts(_calm(text))
    page = _rendered(shown, refer)
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


def cited(text: str) -> list[tuple[str, int]]:
    """The citations of a text as (kind, number), each once, in the order in which they stand."""
    found: dict[tuple[str, int], None] = {}

    def note(kind: str, number: int) -> None:
        found[kind, number] = None

    if CITED_SOMEWHERE.search(text):
        _rendered(_parts(_calm(text))[0], note)
    return list(found)


def pictures(text: str) -> list[tuple[int, str]]:
    """The pictures of a text by their numbers, each time they stand there, with the words for those who do not see them."""
    if "image:" not in text:
        return []
    found = []
    for token in WITH_HTML.parse(_parts(_calm(text))[0]):
        for inner in token.children or []:
            address = CITATION.fullmatch(str(inner.attrs.get("src", ""))) if inner.type == "image" else None
            if address and address[1] == "image" and NUMBER.fullmatch(address[2]):
                words = WITH_HTML.renderer.renderInlineAsText(inner.children or [], WITH_HTML.options, {})
                found.append((int(address[2]), words.strip()))
    return found


def _rendered(text: str, refer: Refer | None) -> str:
    page = _page(WITH_HTML, text, refer)
    return page if _deepest(page) <= OPEN else _page(WITHOUT_HTML, text, refer)


def _page(reader: MarkdownIt, text: str, refer: Refer | None) -> str:
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("th_open", "td_open") and "style" in token.attrs:
            # a style would not pass the sanitiser
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
        for inner in token.children or []:
            if inner.type in ("s_open", "s_close"):
                inner.tag = "del"  # struck out because it was changed, which is what <s> does not say
        if token.children:
            token.children = _with_citations(reader, token.children, refer)
    return reader.renderer.render(tokens, reader.options, {})


def _with_citations(reader: MarkdownIt, tokens: list[Token], refer: Refer | None) -> list[Token]:
    """The same marks of a paragraph, where links and images that cite lead to what they cite."""
    made: list[Token] = []
    opened: list[
        tuple[int, str] | None
    ] = []  # links that are open: where their words begin, and whom they cite
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrs.get("href", ""))
            opened.append((len(made), address) if CITATION.fullmatch(address) else None)
            made += [] if opened[-1] else [token]
        elif token.type == "link_close":
            link = opened.pop()
            if link is None:
                made.append(token)
            else:
                start, address = link
                words = [] if token.markup == "autolink" else made[start:]
                said = reader.renderer.renderInlineAsText(words, reader.options, {})
                made[start:] = _citation(address, words, said, refer)
        elif token.type == "image" and CITATION.fullmatch(address := str(token.attrs.get("src", ""))):
            alt = reader.renderer.renderInlineAsText(token.children or [], reader.options, {})
            made += _image(token, address, alt, refer)
        elif token.type == "image" and not IMAGE.fullmatch(str(token.attrs.get("src", ""))):
            made += _elsewhere(reader, token, within_a_link=bool(opened))
        else:
            made.append(token)
    return made


def _find(address: str, refer: Refer | None) -> Reference | None:
    kind, key = CITATION.fullmatch(address).groups()
    return refer(kind, int(key)) if refer and NUMBER.fullmatch(key) else None


def _citation(address: str, words: list[Token], said: str, refer: Refer | None) -> list[Token]:
    found = _find(address, refer)
    if found is None:
        words = words or [_text(address)]
        return words if refer is None else _around("span", {"class": "gone", "title": GONE}, words)
    if not said.strip() or _names(found, said):
        words = [_text(found.words)]
    if not found.href and not found.title:
        return words
    attrs = {"class": "cite", "title": found.title}
    return _around("a", {"href": found.href} | attrs, words) if found.href else _around("span", attrs, words)


def _image(token: Token, address: str, alt: str, refer: Refer | None) -> list[Token]:
    found = _find(address, refer) if address.startswith("image:") else None
    if found is None:
        words = [_text(alt or address)]
        return words if refer is None else _around("span", {"class": "gone", "title": GONE}, words)
    size = {"width": found.width, "height": found.height} if found.width and found.height else {}
    token.attrs = {"src": found.href, "alt": ""} | ({"title": found.title} if found.title else {}) | size
    if not alt.strip():
        token.children = [_text(found.words)]
    return [token]


def _elsewhere(reader: MarkdownIt, token: Token, *, within_a_link: bool) -> list[Token]:
    """An image of another site is not fetched by being shown: it is a link to go there, or the words for it."""
    address = str(token.attrs.get("src", ""))
    words = reader.renderer.renderInlineAsText(token.children or [], reader.options, {})
    if within_a_link or not re.match(r"(?i)https?:", address):
        return [_text(words or address)]
    return _around("a", {"href": address}, [_text(words or address)])


def _names(found: Reference, said: str) -> bool:
    said = said.casefold()
    return any(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", said) for name in found.names)


def _around(tag: str, attrs: dict[str, str], words: list[Token]) -> list[Token]:
    attrs = {name: value for name, value in attrs.items() if value}
    return [Token("cite_open", tag, 1, attrs=attrs), *words, Token("cite_close", tag, -1)]


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


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
        # an address of a picture and nothing more: no other address of ours is asked for by being shown
        return value if IMAGE.fullmatch(value) else None
    if tag == "a" and name == "href":
        # what only looks like a scheme to browsers may be one to others who read the page
        return value if ADDRESS.match(value) else None
    if name == "class":
        return value if re.fullmatch(CLASSES[tag], value) else None
    return value
