"""A mark: where, of which kind, why, and a question; and the key under which a dismissal is remembered."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from postmortems.language.kinds import REASONS, TITLES, Kind


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Offsets count code points of the text that was read, end exclusive (see `Utf16` for the browser)."""

    start: int
    end: int
    kind: Kind
    question: str
    key: str
    """Same passage, same kind, same key, wherever in the text it stands: what a dismissal is remembered by."""

    @property
    def reason(self) -> str:
        return REASONS[self.kind]

    @property
    def title(self) -> str:
        return TITLES[self.kind]


def key_of(kind: str, sentence: str) -> str:
    """Case, spacing and the form of quotation marks do not make it another passage; any other change does."""
    plain = unicodedata.normalize("NFKC", sentence).translate({0x2019: "'", 0x201C: '"', 0x201D: '"'})
    digest = hashlib.sha256(" ".join(plain.casefold().split()).encode("utf-8", "surrogatepass"))
    return f"{kind}:{digest.hexdigest()[:16]}"


class Utf16:
    """Code points → UTF-16 units, which is what a browser counts: characters above U+FFFF are two."""

    def __init__(self, text: str) -> None:
        self._wide = [at for at, character in enumerate(text) if character > "\uffff"]

    def __call__(self, offset: int) -> int:
        return offset + bisect_right(self._wide, offset - 1)
