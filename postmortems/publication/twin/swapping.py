"""Words that outsiders read otherwise, put into a text wherever they stand. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from postmortems.publication.twin.links import Link, rewritten

# What begins something else in Markdown; taken from what is put in, so that it stays words.
_MARKS = re.compile(r"[\\`*\[\]<>&~|#!]|(?<![^\W_])_|_(?![^\W_])")
_NO_LETTERS = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")  # what stands between letters and is not seen
_BEGINS = re.compile(r"(?:^|[.!?…:][\"'”’)*_]*\s+|\n\s*)[\s>#*_\"'“‘(\[+-]*(?:\d{1,9}[.)]\s+)?$")


def as_one(text: str) -> str:
    """The same letters however they were typed: composed, and without what stands between them unseen."""
    return unicodedata.normalize("NFC", text.translate(_NO_LETTERS))


@dataclass(frozen=True)
class Swap:
    """`exact` words are found only as they are written: a name that is a word as well."""

    words: str
    instead: str
    exact: bool = False

    @cached_property
    def pattern(self) -> str:
        parts = []
        for sign in as_one(self.words).strip():
            if sign.isspace():
                parts += [] if parts and parts[-1] == r"\s+" else [r"\s+"]
            else:
                parts.append(re.escape(sign) if sign.isalnum() else rf"\\?{re.escape(sign)}")
        body = "".join(parts) if self.exact else f"(?i:{''.join(parts)})"
        before = r"(?<![^\W_])@?" if self.words[:1].isalnum() else ""
        return before + body + (r"(?![^\W_])" if self.words[-1:].isalnum() else "")


class Swaps:
    """All swaps of a text at once: what was put in is not looked at again, and of two the longer stands."""

    def __init__(self, swaps: Iterable[Swap]) -> None:
        self.all = sorted({one for one in swaps if one.words.strip()}, key=lambda one: (-len(one.words), one.words, one.instead))  # fmt: skip
        groups = "|".join(f"(?P<s{number}>{one.pattern})" for number, one in enumerate(self.all))
        self._found = re.compile(groups) if self.all else None

    def plain(self, text: str) -> str:
        text = as_one(text)
        return self._found.sub(self._put, text) if self._found else text

    def markdown(self, text: str) -> str:
        """Of Markdown; a link whose address holds such words is undone, and its words stay."""
        text = as_one(text)
        if self._found is None:
            return text
        return self._found.sub(self._put_marked, rewritten(text, self._undone))

    def touches(self, text: str) -> bool:
        return bool(self._found and self._found.search(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in self._found.finditer(text)] if self._found else []

    def _undone(self, link: Link) -> str | None:
        if not self.touches(link.target) and not self.touches(link.title):
            return None
        return (
            self._found.sub(lambda match: self._of(match).instead, link.target)
            if link.is_bare
            else link.words
        )

    def _of(self, match: re.Match) -> Swap:
        return self.all[int(match.lastgroup[1:])]

    def _put(self, match: re.Match) -> str:
        instead = self._of(match).instead
        begins = _BEGINS.search(match.string, max(0, match.start() - 40), match.start())
        return instead[:1].upper() + instead[1:] if begins else instead

    def _put_marked(self, match: re.Match) -> str:
        return _MARKS.sub(r"\\\g<0>", self._put(match))
