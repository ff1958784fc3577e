"""Who a name in the evidence may be: people write one person in many ways. Pure; a person decides.

A name is compared by its words, without case, marks and decoration, in any order. What was told by
somebody, an address, or a full name that only one person has, is certain; a login made of a name, or
initials, is likely; a first name or a slip of the pen is possible. Where two people fit equally well,
nothing is more than possible.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"
_RANK = {CERTAIN: 0, LIKELY: 1, POSSIBLE: 2}
ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|\s[|/–—].*$|\|.*$")
_APART = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# accounts that stand for whoever sat there; to map one for all incidents would be wrong in the next
SHARED = {
    "shell", "root", "admin", "administrator", "ubuntu", "ec2user", "user", "centos", "debian", "deploy", "deployer", "operator", "ops",
    "oncall", "service", "system", "daemon", "nobody", "unknown", "anonymous", "guest", "me", "postgres", "mysql", "jenkins", "git",
    "support", "helpdesk",
}  # fmt: skip
REMEMBERED = 20_000  # names of people whose words need not be found again for every page
SUGGESTED = 3  # at most, for one name
LONG_ID = 8  # letters from which an id of one source means the same in another


@dataclass(frozen=True)
class Name:
    """Somebody as sources of one format know them: an id where there is one, and the names seen with it."""

    format: str
    actor_id: str
    actors: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """A name of whoever was there, without an id that tells them apart."""
        return login(self.best) in SHARED and self.actor_id in ("", *self.actors)

    @property
    def best(self) -> str:
        return next((actor for actor in self.actors if actor), self.actor_id)


@dataclass(frozen=True)
class Known:
    """Somebody we know. `key` is the caller's; `said` are handles that a person gave; `near` took part."""

    key: str
    name: str
    addresses: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    near: bool = False


@dataclass(frozen=True)
class Suggestion:
    key: str
    certainty: str
    why: str


def words(text: str) -> tuple[str, ...]:
    """The words of a name, plain and in alphabetical order: “Lindqvist, Jonas (SRE)” → jonas lindqvist."""
    return tuple(sorted(_plain(text)))


@lru_cache(maxsize=REMEMBERED)
def spellings(text: str) -> frozenset[tuple[str, ...]]:
    """`words`, and with ü as ue where somebody may have written it so."""
    return frozenset(found for found in map(words, _written(text)) if found)


def _written(text: str) -> set[str]:
    return (
        {text}
        if text.isascii()
        else {text, unicodedata.normalize("NFC", text.casefold()).translate(_UMLAUTS)}
    )


@lru_cache(maxsize=REMEMBERED)
def _plain(text: str) -> tuple[str, ...]:
    if text.isascii():  # nothing to fold
        text = text.casefold()
        bare = _ASIDE.sub(" ", text)
        folded = bare if _APART.sub("", bare) else text
    else:
        text = unicodedata.normalize("NFKC", text).casefold()
        bare = _ASIDE.sub(" ", text)
        folded = unicodedata.normalize("NFKD", (bare if _APART.sub("", bare) else text).translate(_LETTERS))
        folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return tuple(word for word in _APART.split(folded) if word)


@lru_cache(maxsize=REMEMBERED)
def logins(name: str) -> frozenset[str]:
    """What people make of a name of two or more words when they need a login, without the marks between."""
    found: set[str] = set()
    for text in _written(name):
        last_first = text.partition(",")
        parts = _plain(f"{last_first[2]} {last_first[0]}" if text.count(",") == 1 else text)
        if len(parts) >= 2:
            first, last = parts[0], parts[-1]
            found |= {first + last, first[0] + last, first + last[0], last + first, last + first[0]}
            found.add("".join(part[0] for part in parts[:-1]) + last)
    return frozenset(login for login in found if len(login) >= 4)


def login(text: str) -> str:
    """A login or nick without the marks that mean nothing: `Jonas_` and `jonas|away` are jonas."""
    bare = text.strip().casefold().partition("|")[0].lstrip("@+~&%").strip("_`^")
    return "" if " " in bare else "".join(_plain(bare))


def addresses_in(*texts: str) -> set[str]:
    return {found.casefold() for text in texts for found in ADDRESS.findall(text)}


class Directory:
    """Everybody we know, ready to be asked about one name after the other."""

    def __init__(self, everybody: Iterable[Known]) -> None:
        self.known = {one.key: one for one in everybody}
        self.by: dict[str, dict] = defaultdict(lambda: defaultdict(list))
        for one in self.known.values():
            self._learn(one)
        self.joined = {
            "".join(spelling): key for spelling, keys in self.by["words"].items() for key in keys[:1]
        }

    def _learn(self, one: Known) -> None:
        def note(way: str, values: Iterable) -> None:
            of = self.by[way]
            for value in values:
                of[value].append(one.key)

        note("said", {text.casefold() for text in one.said} - {""})
        note("address", {text.casefold() for text in one.addresses})
        note("id", {text for text in one.ids if len(text) >= LONG_ID})
        note("words", spellings(one.name))
        locals_ = {login(address.partition("@")[0]) for address in one.addresses}
        note("login", {text for text in logins(one.name) | locals_ if len(text) >= 4})
        note("initials", {key for spelling in spellings(one.name) for key in _initials(spelling)})
        if one.near:
            note("first", {_plain(one.name)[0]} if _plain(one.name) else ())

    def suggest(self, name: Name, refused: Iterable[str] = ()) -> list[Suggestion]:
        """Who it may be, the surest first; nobody whom a person refused for this name."""
        found: dict[str, Suggestion] = {}
        for certainty, why, keys in self._ways(name):
            for key in keys:
                if key not in refused:
                    found.setdefault(key, Suggestion(key, certainty, why))
        best = sorted(
            found.values(), key=lambda one: (_RANK[one.certainty], self.known[one.key].name, one.key)
        )
        sure = [one for one in best if one.certainty == best[0].certainty] if best else []
        if len(sure) > 1 and sure[0].certainty != POSSIBLE:
            best = [Suggestion(one.key, POSSIBLE, f"{one.why}, as it fits others") for one in sure]
        return best[:SUGGESTED]

    def _ways(self, name: Name) -> Iterable[tuple[str, str, list[str]]]:
        """Every way of knowing somebody, the surest first."""
        texts = [text for text in (name.actor_id, *name.actors) if text]
        spelled = {spelling for text in texts for spelling in spellings(text)}
        full = {spelling for spelling in spelled if _is_full(spelling)}
        short = {login(text) for text in texts} - {""}
        for text in texts:
            yield CERTAIN, "the participants’ list says so", self.by["said"].get(text.casefold(), [])
        for address in sorted(addresses_in(*texts)):
            yield CERTAIN, "the same e-mail address", self.by["address"].get(address, [])
        yield CERTAIN, "the same id elsewhere", self.by["id"].get(name.actor_id, [])
        for spelling in sorted(full):
            yield CERTAIN, "the same full name", self.by["words"].get(spelling, [])
        for text in sorted(short):
            yield LIKELY, "a login made of their name or address", self.by["login"].get(text, [])
        for spelling in sorted(spelled):
            for key in _initials(spelling) if any(len(word) == 1 for word in spelling) else ():
                yield LIKELY, "the same name with initials", self.by["initials"].get(key, [])
        for spelling in sorted(spelled):
            if len(spelling) == 1:
                yield (
                    POSSIBLE,
                    "the same first name, and they took part",
                    self.by["first"].get(spelling[0], []),
                )
                yield POSSIBLE, "the same name", self.by["words"].get(spelling, [])
        for spelling in sorted(full):
            yield POSSIBLE, "almost the same name", self._almost("".join(spelling))

    def _almost(self, joined: str) -> list[str]:
        """One slip of the pen in a name of eight letters, two in one of fourteen."""
        slips = 2 if len(joined) >= 14 else 1 if len(joined) >= 8 else 0
        if not slips or not self.joined:
            return []
        near = process.extract(
            joined, list(self.joined), scorer=Levenshtein.distance, score_cutoff=slips, limit=SUGGESTED
        )
        return [self.joined[text] for text, _, _ in near]


def _is_full(spelling: tuple[str, ...]) -> bool:
    """Two words at least that are more than initials."""
    return sum(len(word) >= 2 for word in spelling) >= 2


def _initials(spelling: tuple[str, ...]) -> set[tuple[str, str]]:
    """One word of three letters and more, with the first letters of the others."""
    return {
        (word, "".join(sorted(other[0] for other in spelling[:place] + spelling[place + 1 :])))
        for place, word in enumerate(spelling)
        if len(word) >= 3 and len(spelling) >= 2
    }
