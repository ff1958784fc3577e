"""The passages of a Markdown text: what can be shown to somebody without the rest. Pure.

A passage is a block at the top of the text (a paragraph, a table, a quotation, code) or one point of a list there. It
stands by itself: what a reference link leads to is written into it, and it holds no word that a reader of it would
not see; comments, attributes that the sanitiser takes away and cells beyond a table's last column are gone. Headings
are no passages. They belong to those under them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from markdown_it.token import Token

from postmortems.markdown import TAGS, WITH_HTML, Reference, to_html
from postmortems.publication import article

MARKER = re.compile(r"( {0,3})([-+*]|(\d{1,9})[.)])( *)")
WORD = re.compile(r"[^\W_]+")
NUMBERED = re.compile(r"^[ >]*(?:(?:[-+*]|\d{1,9}[.)])(?: +|$)>?)+", re.M)
CITED = re.compile(r"(?<=[(<])(?:event|condition|item|role|image):\d+")
COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<![A-Za-z][^>]*>", re.S)
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(\s[^<>]*)?/?>")
FULL_REFERENCE = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]\[((?:[^\[\]\\]|\\.)*)\]")
SHORT_REFERENCE = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\](?![\[(:])")
SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Heading:
    number: int  # its place in the text, so that two of the same words are two
    level: int
    words: str


@dataclass(frozen=True)
class Block:
    """`words` are Markdown; of a point of a list without its sign. `under` are the headings above it, outermost first."""

    words: str
    under: tuple[Heading, ...] = ()
    list_number: int = 0  # which list of the text it is a point of; 0: of none
    starts_at: int = -1  # the first number of that list; below 0: its points have none
    tight: bool = True


@lru_cache(maxsize=256)
def blocks(text: str) -> tuple[Block, ...]:
    """Every passage with words, in order."""
    text = text.replace("\x00", "").expandtabs(4)
    env: dict = {}
    tokens = WITH_HTML.parse(text, env)
    lines, references = text.split("\n"), env.get("references", {})
    found: list[Block] = []
    under: tuple[Heading, ...] = ()
    for number, (token, inside) in enumerate(_at_the_top(tokens)):
        if token.type == "heading_open":
            level = int(token.tag[1])
            words = _alone(" ".join(inside[0].content.split()), references)
            under = (*(one for one in under if one.level < level), Heading(number, level, words))
        else:
            made = _of(token, inside, lines, number)
            found += [replace(one, words=_alone(one.words, references), under=under) for one in made]
    return tuple(one for one in found if WORD.search(one.words))


def join(shown: Iterable[Block]) -> str:
    """One text of passages, each under its headings; numbered lists count on without what is missing."""
    made: list[str] = []
    before: Block | None = None
    said: set[int] = set()
    count, sign = 0, 0
    for block in shown:
        above = [one for one in block.under if one.number not in said]
        said |= {one.number for one in above}
        made += [f"\n\n{'#' * one.level} {one.words}" for one in above]
        if not block.list_number:
            made.append(f"\n\n{block.words}")
            before = block
            continue
        goes_on = before is not None and before.list_number == block.list_number and not above
        if not goes_on:
            # two lists that stand one below the other now stay two
            sign = 1 - sign if before is not None and before.list_number and not above else 0
        count = count + 1 if goes_on else 0
        marker = f"{block.starts_at + count}{'.)'[sign]}" if block.starts_at >= 0 else "-*"[sign]
        made += ["\n" if goes_on and block.tight else "\n\n", _indented(block.words, f"{marker} ")]
        before = block
    return "".join(made).strip("\n")


def as_typed(words: str) -> str:
    """Markdown that shows these words and nothing else: no mark in them is one."""
    lines = (SIGNS.sub(r"\\\1", line.strip()) for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain(words: str) -> str:
    """A passage without its marks, as Markdown: for what cannot be shown otherwise."""
    return as_typed(article.words(to_html(words, refer=_said_alone)))


def _said_alone(kind: str, number: int) -> Reference | None:
    """A citation is its words, and nothing where it has none."""
    return None if kind == "image" else Reference("", "")


def hides(words: str) -> bool:
    """Whether the Markdown holds words that nobody sees who reads it."""
    page = unescape(to_html(words))
    seen = set(WORD.findall(page)) | set(WORD.findall(unquote(page)))
    source = unescape(CITED.sub("", NUMBERED.sub("", words)))
    return not set(WORD.findall(source)) <= seen


# --- one block -------------------------------------------------------------------------------------


def _at_the_top(tokens: list[Token]) -> Iterable[tuple[Token, list[Token]]]:
    """Each block that is in no other, and what is in it."""
    opened: Token | None = None
    inside: list[Token] = []
    for token in tokens:
        if token.level or opened is None and token.nesting == 0:
            if opened is None:
                yield token, []
            else:
                inside.append(token)
        elif token.nesting == 1:
            opened, inside = token, []
        else:
            yield opened, inside
            opened = None


def _of(token: Token, inside: list[Token], lines: list[str], number: int) -> list[Block]:
    if token.type == "hr" or token.map is None:
        return []
    if token.type in ("bullet_list_open", "ordered_list_open"):
        return _points(token, inside, lines, number)
    if token.type in ("fence", "code_block"):
        return [Block(_code(token))]
    return [Block("\n".join(lines[slice(*token.map)]).strip("\n"))]


def _code(token: Token) -> str:
    """Between fences that nothing in it ends, with its language and no other remark."""
    longest = max((len(run) for run in re.findall(r"`+", token.content)), default=0)
    fence = "`" * max(3, longest + 1)
    language = (token.info.split() or [""])[0]
    language = language if re.fullmatch(r"[\w+-]{1,30}", language) else ""
    return f"{fence}{language}\n{token.content.rstrip()}\n{fence}"


def _points(token: Token, inside: list[Token], lines: list[str], number: int) -> list[Block]:
    starts_at = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else -1
    items = [one for one in inside if one.type == "list_item_open" and one.level == 1]
    tight = all(one.hidden for one in inside if one.type == "paragraph_open" and one.level == 2)
    return [
        Block(
            _without_marker(lines[slice(*one.map)]),
            list_number=number + 1,
            starts_at=starts_at,
            tight=tight,
        )
        for one in items
    ]


def _without_marker(lines: list[str]) -> str:
    found = MARKER.match(lines[0])
    if found is None:
        return "\n".join(lines).strip("\n")
    spaces = len(found[4])
    rest = lines[0][found.end() :]
    width = found.start(4) + (spaces if rest and 0 < spaces < 5 else 1)
    first = lines[0][width:]
    more = [line[min(width, len(line) - len(line.lstrip(" "))) :] for line in lines[1:]]
    return "\n".join([first, *more]).strip("\n").rstrip()


def _indented(words: str, marker: str) -> str:
    lines = words.split("\n")
    blank = " " * len(marker)
    return "\n".join([f"{marker}{lines[0]}", *(f"{blank}{line}" if line else "" for line in lines[1:])])


# --- standing by itself ----------------------------------------------------------------------------


def _alone(words: str, references: Mapping[str, Mapping[str, str]]) -> str:
    """The first way of writing the passage that shows the same as in its text, and hides nothing."""
    used = references if references and "[" in words else {}
    definitions = "\n".join(f"[{label}]: {_target(one)}" for label, one in used.items())
    wanted = to_html(f"{words}\n\n{definitions}" if definitions else words)
    for way in (words, linked := _linked(words, used), _clean(linked)):
        if to_html(way).strip() == wanted.strip() and not hides(way):
            return way
    return plain(f"{words}\n\n{definitions}" if definitions else words)


def _target(reference: Mapping[str, str]) -> str:
    title = reference.get("title", "").replace("\\", "\\\\").replace('"', '\\"')
    return f"<{reference['href']}>" + (f' "{title}"' if title else "")


def _linked(words: str, references: Mapping[str, Mapping[str, str]]) -> str:
    """What a reference leads to is written beside its words."""

    def put(match: re.Match) -> str:
        label = match[2] if match.re is FULL_REFERENCE and match[2].strip() else match[1]
        known = references.get(" ".join(label.split()).lower().upper())
        return f"[{match[1]}]({_target(known)})" if known else match[0]

    return SHORT_REFERENCE.sub(put, FULL_REFERENCE.sub(put, words)) if references else words


def _clean(words: str) -> str:
    """Without comments, tags that are not shown, and what else stands in those that are."""

    def put(match: re.Match) -> str:
        name = match[1].lower()
        if name not in TAGS:
            return ""
        return match[0] if name in ("a", "img", "span", "td", "th") else re.sub(r"\s[^<>]*", "", match[0])

    return TAG.sub(put, COMMENT.sub("", words)).strip("\n")
