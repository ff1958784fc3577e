"""`python -m dev.measure_coach [FILE.jsonl…]`: how well the coach does, by kind, on passages with labels.

Without a file: the third of the development set that nothing was fitted to, and the false marks on write-ups that
nothing was learned from are listed with `--writeups`. `--mistakes` prints the passages that were judged wrongly.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dev.coach_sentences import Passage, development, labelled, writeups
from postmortems.language.coach import read
from postmortems.language.kinds import Kind
from postmortems.language.marks import Mark

Judged = list[tuple[Passage, tuple[Mark, ...]]]


def f1(right: int, false: int, missed: int) -> float:
    return 2 * right / (2 * right + false + missed) if right else 0.0


def counts(judged: Judged, kind: str | None = None) -> tuple[int, int, int]:
    """Passages that carry a kind (or any) and are marked so, are marked wrongly, are missed."""
    right = false = missed = 0
    for passage, marks in judged:
        wanted = bool(passage.kinds) if kind is None else kind in passage.kinds
        got = bool(marks) if kind is None else any(mark.kind == kind for mark in marks)
        right, false, missed = (
            right + (wanted and got),
            false + (got and not wanted),
            missed + (wanted and not got),
        )
    return right, false, missed


def false_marks(judged: Judged) -> tuple[int, int]:
    """(marks, words) on the passages that carry nothing."""
    clean = [(passage, marks) for passage, marks in judged if not passage.kinds]
    return sum(len(marks) for _, marks in clean), sum(len(passage.text.split()) for passage, _ in clean)


def spans(judged: Judged) -> tuple[int, int, int]:
    """A mark is right if it overlaps a span of the same kind."""
    right = false = missed = 0
    for passage, marks in judged:
        hits = [
            any(m.kind == kind and m.start < b and a < m.end for a, b, kind in passage.spans) for m in marks
        ]
        right += sum(hits)
        false += len(hits) - sum(hits)
        missed += sum(
            not any(m.kind == kind and m.start < b and a < m.end for m in marks)
            for a, b, kind in passage.spans
        )
    return right, false, missed


def said(judged: Judged) -> str:
    right, false, missed = counts(judged)
    marks, words = false_marks(judged)
    by_kind = {
        kind: counts(judged, kind) for kind in Kind if any(kind in passage.kinds for passage, _ in judged)
    }
    lines = [
        f"passages {len(judged)}, with blame {right + missed}",
        f"blame in passage   P {right / max(1, right + false):.3f}  R {right / max(1, right + missed):.3f}  F1 {f1(right, false, missed):.3f}",
        f"false marks        {marks} in {words:,} words of clean passages: {1000 * marks / max(1, words):.2f} per 1,000",
        f"kinds, macro-F1    {sum(f1(*c) for c in by_kind.values()) / max(1, len(by_kind)):.3f}",
        f"marks on spans     F1 {f1(*spans(judged)):.3f}",
        "",
        f"{'kind':<16}{'right':>6}{'false':>6}{'missed':>7}{'F1':>7}",
    ]
    lines += [f"{kind:<16}{c[0]:>6}{c[1]:>6}{c[2]:>7}{f1(*c):>7.2f}" for kind, c in by_kind.items()]
    return "\n".join(lines)


def mistakes(judged: Judged) -> str:
    rows = []
    for passage, marks in judged:
        got = {str(mark.kind) for mark in marks}
        if got != passage.kinds:
            rows.append(f"{passage.id} wanted {sorted(passage.kinds)} got {sorted(got)}: {passage.text}")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--mistakes", action="store_true", help="print the passages that were judged wrongly")
    parser.add_argument(
        "--writeups", action="store_true", help="list the marks on public write-ups nothing was learned from"
    )
    options = parser.parse_args()
    passages = [passage for file in options.files for passage in labelled(file)] or development(
        held_back=True
    )
    judged = [(passage, read(passage.text, passage.section)) for passage in passages]
    print(said(judged))
    if options.mistakes:
        print("\n" + mistakes(judged))
    if options.writeups:
        _writeups()
    return 0


def _writeups() -> None:
    words = marks = 0
    for path in writeups(learned=False):
        text = path.read_text(encoding="utf-8")
        found = read(text)
        words, marks = words + len(text.split()), marks + len(found)
        print(f"\n{path.name}")
        for mark in found:
            print(f"  {mark.kind:<15}{' '.join(text[mark.start : mark.end].split())}")
    print(f"\n{marks} marks in {words:,} words of write-ups nothing was learned from")


if __name__ == "__main__":
    sys.exit(main())
