"""The words the coach knows, read from `data/` once: who can act, what is a verb, and the classes frames speak of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
_VOWELS = "aeiou"
# The last consonant is doubled in these although the stress is hard to know from the letters.
_DOUBLES = re.compile(
    r"(?:^|[^aeiou])[aeiou][bdgklmnprtv]$|(?:mit|fer|cur|quip|gret|pel|cel|bel|nel|vel|ban|plug|trip|flag|drop|bet)$"
)


@dataclass(frozen=True)
class Lexicon:
    people: dict[str, str]
    """word → person, group, customer, weak, machine, name"""
    verbs: dict[str, frozenset[str]]
    """surface form → tags among base, s, past, part, ing"""
    lemmas: dict[str, frozenset[str]]
    """surface form → base forms"""
    classes: dict[str, frozenset[str]]
    """word → names of the classes that hold it"""


def sections(name: str) -> Iterator[tuple[str, str]]:
    """(heading, line) of a data file; `#` starts a comment line."""
    heading = ""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            heading = line[1:-1]
        elif line and not line.startswith("#"):
            yield heading, line


@cache
def closed(name: str) -> frozenset[str]:
    """A closed class of `grammar.txt`."""
    return frozenset(
        word for heading, line in sections("grammar.txt") if heading == name for word in line.split()
    )


def plural(noun: str) -> str:
    if noun.endswith("man") and noun not in ("human", "german"):
        return noun[:-2] + "en"
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def inflect(verb: str) -> dict[str, str]:
    """Forms of a regular verb: tag → form. British and American doubling are both known (see `forms`)."""
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) else verb
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return {"base": verb, "s": verb[:-1] + "ies", "past": verb[:-1] + "ied", "ing": verb + "ing"}
    past = stem + "ed" if not verb.endswith("e") else verb + "d"
    return {"base": verb, "s": plural(verb), "past": past, "ing": stem + "ing"}


def forms(verb: str) -> Iterator[tuple[str, str]]:
    """(form, tag) of a regular verb, with a doubled consonant wherever English may write one."""
    yield from ((form, tag) for tag, form in inflect(verb).items())
    if _DOUBLES.search(verb):
        yield verb + verb[-1] + "ed", "past"
        yield verb + verb[-1] + "ing", "ing"


@cache
def lexicon() -> Lexicon:
    verbs: dict[str, set[str]] = defaultdict(set)
    lemmas: dict[str, set[str]] = defaultdict(set)
    for heading, line in sections("verbs.txt"):
        for entry in line.split():
            if heading == "regular":
                for form, tag in forms(entry):
                    verbs[form] |= {tag, "part"} if tag == "past" else {tag}
                    lemmas[form].add(entry)
                continue
            base, past, part = entry.split("/")
            for form, tag in ((base, "base"), (plural(base), "s"), (past, "past"), (part, "part")):
                verbs[form].add(tag)
                lemmas[form].add(base)
            for form, tag in forms(base):
                if tag == "ing":
                    verbs[form].add(tag)
                    lemmas[form].add(base)
    for form, base, tag in (
        ("is", "be", "s"), ("are", "be", "s"), ("am", "be", "s"), ("were", "be", "past"), ("has", "have", "s"),
        ("does", "do", "s"), ("goes", "go", "s"), ("lying", "lie", "ing"), ("got", "get", "part"), ("learned", "learn", "past"),
        ("burned", "burn", "past"), ("spilled", "spill", "past"), ("dying", "die", "ing"), ("proven", "prove", "part"),
    ):  # fmt: skip
        verbs[form].add(tag)
        lemmas[form].add(base)
    return Lexicon(
        people=_people(),
        verbs={form: frozenset(tags) for form, tags in verbs.items()},
        lemmas={form: frozenset(bases) for form, bases in lemmas.items()},
        classes=_classes(lemmas),
    )


def _people() -> dict[str, str]:
    known: dict[str, str] = {}
    for heading, line in sections("people.txt"):
        for word in line.split():
            known.setdefault(word, heading if heading != "names" else "name")
            if heading in ("person", "group", "customer", "machine"):
                known.setdefault(plural(word), heading)
    return known


def _classes(lemmas: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """A heading `[verb name]` holds base forms and stands for all their forms; other headings mean what they list."""
    inverse: dict[str, list[str]] = defaultdict(list)
    for form, bases in lemmas.items():
        for base in bases:
            inverse[base].append(form)
    found: dict[str, set[str]] = defaultdict(set)
    for heading, line in sections("classes.txt"):
        kind, _, name = heading.rpartition(" ")
        for word in line.split():
            found[word].add(name)
            if kind == "verb":
                for form in inverse.get(word) or [form for form, _ in forms(word)]:
                    found[form].add(name)
            elif kind == "noun":
                found[plural(word)].add(name)
    return {word: frozenset(names) for word, names in found.items()}
