"""`python -m dev.train_coach`: learn the weights of the coach's second vote and write `postmortems/language/data/weights.json`.

Learned from: our own sentences; two thirds of the development set; and, as sentences that carry nothing, plain prose of
the samples beside the project (status pages, mail, chat, half of the public write-ups). A feature enters the file only
if our own sentences hold it twice, so no words of anybody else are stored. Logistic regression with a ridge, one per
kind and one for "any"; full-batch Adam from zero with fixed steps: the same data give the same weights.
`--cross` writes nothing and prints a four-fold cross-validation over our own sentences.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from dev.coach_sentences import SHARED, Passage, development, digest, own, writeups
from dev.measure_coach import said
from postmortems.language.coach import parsed, read
from postmortems.language.kinds import Kind
from postmortems.language.lexicon import DATA
from postmortems.language.scorer import from_stored
from postmortems.language.sections import SECTIONS

NAMES = [*Kind, "any"]
RIDGE, STEPS, RATE, LEAST, SCALE, SLIGHT = 2.0, 200, 0.05, 2, 100, 8
PLAIN_WEIGHT, PLAIN_MOST = 0.25, 2500
THRESHOLDS = {"any": 0.5, "framed": 0.3, "kind": 0.25, "kind framed": 0.3, "sure": 0.85}
# In prose of others these may well be marked rightly: such sentences teach nothing.
_DOUBTFUL = re.compile(
    r"root cause|careful|improv|prevent|better|ensure|should|could have|would have|fault|mistake|blame|unfortunately"
    r"|human error|obvious|underlying",
    re.I,
)
_ODD = re.compile(r"[{}<>=$\\^~]|\w{30,}|https?:|//|[_#@]{2}")


@dataclass(frozen=True)
class Example:
    features: frozenset[str]
    kinds: frozenset[str]
    weight: float
    ours: bool


def examples(passages: list[Passage], *, ours: bool) -> Iterator[Example]:
    for passage in passages:
        for sentence in parsed(passage.text, passage.section):
            kinds = {
                kind for start, end, kind in passage.spans
                if min(sentence.end, end) - max(sentence.start, start) >= min(6, end - start)
            }  # fmt: skip
            yield Example(frozenset(sentence.features), frozenset(kinds), 1.0, ours)


def clean_writeups() -> Iterator[Example]:
    for path in writeups(learned=True):
        text = path.read_text(encoding="utf-8")
        for sentence in parsed(text):
            if not _DOUBTFUL.search(text[sentence.start : sentence.end]):
                yield Example(frozenset(sentence.features), frozenset(), 1.0, False)


def plain() -> Iterator[Example]:
    """Sentences of status pages, mail and chat, a bounded number of each, drawn by a hash. They are spread over all
    sections, so that no section looks clean in itself."""
    for folder in ("statuspage", "github", "jira", "mattermost", "slack", "alertmanager", "mail", "irc"):
        for text in sorted(set(_sentences(folder)), key=digest)[:PLAIN_MOST]:
            for sentence in parsed(text, SECTIONS[digest(text) % len(SECTIONS)]):
                yield Example(frozenset(sentence.features), frozenset(), PLAIN_WEIGHT, False)


def _sentences(folder: str) -> Iterator[str]:
    for text in _texts(SHARED / "samples" / folder):
        for sentence in parsed(text[:60_000], "reason"):
            found = text[sentence.start : sentence.end]
            letters = sum(character.isalpha() or character == " " for character in found)
            if (
                found.count(" ") >= 2
                and letters > 0.85 * len(found)
                and not _ODD.search(found)
                and not _DOUBTFUL.search(found)
            ):
                yield found


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".json", ".jsonl"):
            for line in (
                [path.read_text(errors="replace")]
                if path.suffix == ".json"
                else path.read_text().splitlines()
            ):
                yield from _strings(json.loads(line))
        elif path.is_file() and path.suffix in (".mbox", ".log", ".txt", ".eml"):
            yield path.read_text(errors="replace")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) > 40 and value.count(" ") >= 6:
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def fit(learned: list[Example]) -> tuple[list[str], np.ndarray]:
    """(features, weights: features × names)."""
    counts = Counter(feature for example in learned if example.ours for feature in example.features)
    vocabulary = sorted(feature for feature, count in counts.items() if count >= LEAST)
    place = {feature: number for number, feature in enumerate(vocabulary)}
    pairs = np.array(
        [
            (row, place[feature])
            for row, example in enumerate(learned)
            for feature in sorted(example.features & place.keys())
        ],
        dtype=np.int64,
    )
    wanted = np.array(
        [[name in e.kinds if name != "any" else bool(e.kinds) for name in NAMES] for e in learned], np.float32
    )
    share = np.array([[example.weight] for example in learned], np.float32)
    return vocabulary, _descend(pairs, wanted, share, place)


def _descend(pairs: np.ndarray, wanted: np.ndarray, share: np.ndarray, place: dict[str, int]) -> np.ndarray:
    by_feature = pairs[np.argsort(pairs[:, 1], kind="stable")]
    row_starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    feature_starts = np.flatnonzero(np.diff(by_feature[:, 1], prepend=-1))
    weights = np.zeros((len(place), len(NAMES)), np.float32)
    ridge = np.full((len(place), 1), RIDGE, np.float32)
    ridge[place["bias"]] = 0
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        sums = np.add.reduceat(weights[pairs[:, 1]], row_starts)
        errors = share * (1 / (1 + np.exp(-sums)) - wanted)
        slope = np.add.reduceat(errors[by_feature[:, 0]], feature_starts) + ridge * weights
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope * slope
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return weights


def stored(vocabulary: list[str], weights: np.ndarray) -> dict[str, object]:
    """Weights in hundredths; the slight ones, which change no figure, are left out."""
    rows = {}
    for feature, row in zip(vocabulary, np.rint(weights * SCALE).astype(int).tolist(), strict=True):
        pairs = [
            part for number, weight in enumerate(row) if abs(weight) >= SLIGHT for part in (number, weight)
        ]
        if pairs:
            rows[feature] = pairs
    return {"names": [str(name) for name in NAMES], "scale": SCALE, "thresholds": THRESHOLDS, "weights": rows}


def cross(parts: int = 4) -> str:
    """How well the coach does on each part of our own sentences when it has learned from the others."""
    passages = sorted(own(), key=lambda passage: digest(passage.text))
    others = [*examples(development(held_back=False), ours=False), *clean_writeups(), *plain()]
    by_passage = [list(examples([passage], ours=True)) for passage in passages]
    judged = []
    for part in range(parts):
        ours = [
            example for number, found in enumerate(by_passage) if number % parts != part for example in found
        ]
        model = from_stored(stored(*fit([*ours, *others])))
        with patch("postmortems.language.coach.scorer", lambda model=model: model):
            judged += [(passage, read(passage.text, passage.section)) for passage in passages[part::parts]]
    return said(judged)


def main() -> int:
    if "--cross" in sys.argv[1:]:
        print(cross())
        return 0
    learned = [
        *examples(own(), ours=True),
        *examples(development(held_back=False), ours=False),
        *clean_writeups(),
        *plain(),
    ]
    vocabulary, weights = fit(learned)
    model = stored(vocabulary, weights)
    path = DATA / "weights.json"
    rows = ",\n".join(
        f"{json.dumps(key, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
        for key, row in model.pop("weights").items()
    )
    path.write_text(json.dumps(model)[:-1] + ', "weights": {\n' + rows + "\n}}\n", encoding="utf-8")
    print(f"{len(learned):,} sentences, {len(vocabulary):,} features, {path.stat().st_size / 1000:,.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
