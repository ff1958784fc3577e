"""HTML in messages and mails to the plain text a reader would see, in time linear in its length.

The standard library's parser needs half a minute for 60 kB of `<a <a <a …`; evidence may be hostile, so this
one never looks back. Entities are decoded exactly once, after tags are gone: `&lt;b&gt;` stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from timelines.formats.base import clean

BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "title", "tr", "ul",
}  # fmt: skip
UNSEEN = {"head", "noscript", "script", "style", "template"}
NAME = re.compile(r"[a-zA-Z][^\s/>]{0,60}")
ATTRIBUTE = re.compile(r"(?<![\w:-])([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
SPACE = re.compile(r"[ \t\r\n\f]+")
QUOTED = 20  # how many “>” inside attributes are believed before the tag counts as broken


def plain(html: str) -> str:
    """The words of `html`: blocks on lines of their own, links with their address, pictures by what they show."""
    if not isinstance(html, str):
        return ""
    page = Page()
    for tag, text in _pieces(html):
        if tag:
            page.tag(tag)
        else:
            page.say(unescape(text))
    return page.text()


class Page:
    """Text as it is laid out while tags go by."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.unseen = self.exact = ""
        self.link: tuple[str, int] | None = None

    def say(self, text: str) -> None:
        if self.unseen or not text:
            return
        if not self.exact:
            text = SPACE.sub(" ", text)
            if not self.parts or self.parts[-1].endswith(("\n", " ")):
                text = text.lstrip(" ")
        if text:
            self.parts.append(text)

    def tag(self, tag: str) -> None:
        closing = tag.startswith("</")
        found = NAME.match(tag, 2 if closing else 1)
        if not found:
            return
        name = found[0].lower()
        if self.unseen:
            self.unseen = "" if closing and name == self.unseen else self.unseen
        elif name in UNSEEN:
            self.unseen = "" if closing or tag.endswith("/>") else name
        else:
            self._seen(name, tag, closing)

    def _seen(self, name: str, tag: str, closing: bool) -> None:
        if name in BLOCKS:
            self._line()
            if name == "pre":
                self.exact = "" if closing else "pre"
            if name == "li" and not closing:
                self.parts.append("- ")
        elif name in ("td", "th") and closing:
            self.parts.append(" | ")
        elif name == "a":
            self._close_link()
            if not closing:
                self.link = attributes(tag).get("href", ""), len(self.parts)
        elif name in ("img", "emoji") and not closing:
            given = attributes(tag)
            self.say(given.get("alt") or given.get("title") or "")

    def _close_link(self) -> None:
        """`<a href="x">label</a>` reads “label (x)”; one that shows its address reads as it is."""
        if self.link is None:
            return
        (address, since), self.link = self.link, None
        label = "".join(self.parts[since:]).strip()
        bare = address.removeprefix("mailto:").removeprefix("tel:").strip()
        if bare.startswith(("http:", "https:", "ftp:")) or address.startswith(("mailto:", "tel:")):
            if not label:
                self.say(bare)
            elif label.rstrip("/") != bare.rstrip("/") and label not in bare:
                self.say(f" ({bare})")

    def _line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def text(self) -> str:
        self._close_link()
        lines = (line.rstrip(" |") for line in "".join(self.parts).split("\n"))
        return clean("\n".join(line for line in lines if line.strip(" -")))


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """(tag, "") and ("", text) in order; what is never closed is text."""
    position = 0
    while (start := html.find("<", position)) >= 0:
        if not _opens(html, start):
            yield "", html[position : start + 1]
            position = start + 1
            continue
        yield "", html[position:start]
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            if end < 0:
                return
            position = end + 3
            continue
        end = _end(html, start)
        if end < 0:
            position = start
            break
        yield html[start : end + 1], ""
        position = end + 1
    yield "", html[position:]


def _opens(html: str, start: int) -> bool:
    after = html[start + 1 : start + 2]
    return after in ("!", "?", "/") or (after.isascii() and after.isalpha())


def _end(html: str, start: int) -> int:
    """Where the tag ends: the first “>” outside of quotation marks."""
    first = end = html.find(">", start)
    for _ in range(QUOTED):
        if end < 0:
            break
        tag = html[start:end]
        if tag.count('"') % 2 == 0 and (tag.count("'") % 2 == 0 or '"' in tag):
            return end
        end = html.find(">", end + 1)
    return first


def attributes(tag: str) -> dict[str, str]:
    found = {}
    for match in ATTRIBUTE.finditer(tag[:20_000]):
        found.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or ""))
    return found
