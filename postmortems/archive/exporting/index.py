"""A word index that a page read from a folder can search: files small enough to be loaded one by one. Pure.

Words are what `words_of` says, and the page cuts its question alike (static/js/archive_site.js). Those that begin with
the same two characters are in one file, so that the beginning of a word finds it, too. Nothing is held in memory but
the open rows of one document: each shard is gathered in a file of its own and ordered at the end.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

WORD = re.compile(r"[^\W_]+")
LONGEST = 40
MOST = 20_000  # different words of one document; the rest of it is in no dictionary
TITLE = 8  # times a word in the body


def words_of(text: str) -> Iterator[str]:
    """Letters and digits in a row, small, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    for word in WORD.findall(
        "".join(sign for sign in plain if not unicodedata.category(sign).startswith("M"))
    ):
        yield word[:LONGEST]


def weights(parts: Iterable[tuple[int, str]]) -> Counter[str]:
    """How much each word counts in a document; `parts` are texts with what one occurrence weighs."""
    found: Counter[str] = Counter()
    for weight, text in parts:
        for word in words_of(text):
            if word in found or len(found) < MOST:
                found[word] += weight
    return found


def shard_of(word: str) -> str:
    """The name of the file that holds it: its first two characters by their numbers."""
    return "-".join(f"{ord(sign):x}" for sign in word[:2])


class Index:
    """Gathers in `folder`; `finish` orders it into `folder/SHARD.js`, each a call of `found(shard, {word: [[document, weight], …]})`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, document: int, counted: Counter[str]) -> None:
        shards: dict[str, list[str]] = defaultdict(list)
        for word, weight in counted.items():
            shards[shard_of(word)].append(f"{word}\t{document}\t{min(weight, 999)}\n")
        for shard, rows in shards.items():
            with (self.folder / f"{shard}.rows").open("a", encoding="utf-8") as to:
                to.writelines(rows)

    def finish(self) -> int:
        """How many files there are."""
        count = 0
        for path in sorted(self.folder.glob("*.rows")):
            found: dict[str, list[list[int]]] = defaultdict(list)
            for line in path.read_text(encoding="utf-8").splitlines():
                word, document, weight = line.split("\t")
                found[word].append([int(document), int(weight)])
            told = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
            path.with_suffix(".js").write_text(f"found({json.dumps(path.stem)},{told});\n", encoding="utf-8")
            path.unlink()
            count += 1
        return count
