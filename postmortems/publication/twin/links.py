"""Links within a passage of Markdown, by where they stand in its source. Pure.

`postmortems.markdown` decides what a link is; here is found where one is written, so that it can be led elsewhere or
undone. What looks like a link within code is taken for one: outsiders miss nothing by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

OPENING = re.compile(
    r"""\]\(\s*(?:<(?P<pointed>[^<>\n]*)>|(?P<bare>[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))"""
    r"""(?P<title>\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)""",
    re.S,
)
POINTED = re.compile(r"<((?:event|condition|item|role|image):\d+|[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
LONGEST = (
    2_000  # characters of the words of a link: nobody writes more, and looking further takes the square of it
)


@dataclass(frozen=True)
class Link:
    words: str
    target: str
    title: str = ""
    is_image: bool = False
    is_bare: bool = False  # <https://…>: its words are its target


Leads = Callable[[Link], str | None]


def rewritten(source: str, leads: Leads) -> str:
    """The same source, in which each link is what `leads` gives for it: other Markdown, or None to let it be.

    Innermost first: the words of a link have been through `leads` when it is asked.
    """
    made, at = [], 0
    for match in POINTED.finditer(source):
        put = (
            leads(Link("", match[1], is_bare=True))
            if source[match.start() - 1 : match.start()] != "("
            else None
        )
        if put is not None:
            made += [source[at : match.start()], put]
            at = match.end()
    source = "".join(made) + source[at:]
    at = 0
    while match := OPENING.search(source, at):
        begin = _opening(source, match.start())
        if begin is None:
            at = match.start() + 1
            continue
        is_image = source[begin - 1 : begin] == "!" and source[begin - 2 : begin - 1] != "\\"
        link = Link(
            source[begin + 1 : match.start()], match["pointed"] or match["bare"] or "", (match["title"] or "").strip(), is_image
        )  # fmt: skip
        put = leads(link)
        if put is None:
            at = match.end()
            continue
        begin -= is_image
        source = source[:begin] + put + source[match.end() :]
        at = begin + len(put)
    return source


def _opening(source: str, closing: int) -> int | None:
    """Where the bracket opens that closes here."""
    depth = 0
    for at in range(closing - 1, max(-1, closing - LONGEST), -1):
        if source[at] in "[]" and not _escaped(source, at):
            if source[at] == "[" and depth == 0:
                return at
            depth += 1 if source[at] == "]" else -1
    return None


def _escaped(source: str, at: int) -> bool:
    signs = 0
    while at - signs > 0 and source[at - signs - 1] == "\\":
        signs += 1
    return signs % 2 == 1
