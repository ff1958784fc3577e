"""Labelled sentences for the coach: our own under `tests/language/data`, and the development set beside the project."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "language" / "data"
SHARED = ROOT.parent / "shared"
DEVELOPMENT = SHARED / "data" / "blame-dev.jsonl"
_SECTIONS = {"g": "regret", "s": "reason", "m": "remedy", "t": "timeline", "i": "interview"}
_BRACES = re.compile(r"\{([^{}|]*)(?:\|([a-z_ ]+))?\}")


@dataclass(frozen=True)
class Passage:
    id: str
    text: str
    section: str
    spans: tuple[tuple[int, int, str], ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for _, _, kind in self.spans)


def own() -> list[Passage]:
    return [passage for path in sorted(OWN.glob("*.txt")) for passage in _lines(path)]


def _lines(path: Path) -> Iterator[Passage]:
    kind = path.stem
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            yield _passage(f"{path.stem}:{number}", line, kind)


def _passage(name: str, line: str, default: str) -> Passage:
    text, at, spans = "", 0, []
    rest = line[2:]
    for match in _BRACES.finditer(rest):
        text += rest[at : match.start()]
        spans += [(len(text), len(text) + len(match[1]), kind) for kind in (match[2] or default).split()]
        text, at = text + match[1], match.end()
    return Passage(name, text + rest[at:], _SECTIONS[line[0]], tuple(spans))


def development(*, held_back: bool) -> list[Passage]:
    """Two thirds of the development set, or the third that nothing was ever fitted to: chosen by a hash of the id."""
    if not DEVELOPMENT.exists():
        return []
    return [passage for passage in labelled(DEVELOPMENT) if is_held_back(passage.id) == held_back]


def is_held_back(name: str) -> bool:
    return digest(name) % 3 == 0


def digest(text: str) -> int:
    return int(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), 16)


def labelled(path: Path) -> list[Passage]:
    """Passages of a JSONL file with `id`, `text`, `section` and `spans` or, without spans, `labels`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Passage(
            str(row["id"]), row["text"], row.get("section") or "reason",
            tuple((a, b, kind) for a, b, kind in row.get("spans") or [(0, len(row["text"]), kind) for kind in row["labels"]]),
        )
        for row in rows
    ]  # fmt: skip


def writeups(*, learned: bool) -> list[Path]:
    """Half of the public write-ups beside the project, by a hash of the file's name; the other half is for counting."""
    paths = sorted((SHARED / "samples" / "postmortems").rglob("*.md"))
    return [path for path in paths if (digest(path.name) % 2 == 0) == learned]
