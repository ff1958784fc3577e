"""What an event tells of that another source may tell too: a thing with an id, and what happened to it. Pure.

A trace is a thing (an alert, a commit, a ticket, a link, a name such as `bookings-replica-2`) and an act
(it begins, is taken up, ends …). The same trace in two sources is one moment seen twice; the same thing
under another act is another moment. What a person writes in a conversation mentions things at any later
time, so of prose only the record itself and its very words count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

RECORD, EXACT, SOME, WEAK = 4, 3, 2, 1  # how much a shared trace says
READ = 2000  # characters of a text that are looked at
MOST = 24  # things that one event tells of; a text that lists more of them is a list
WORDS = 400  # letters that are kept of a text
LEAST_LETTERS, LEAST_WORDS = 20, 4  # of words that nobody says twice by chance

_URL = re.compile(r"https?://[^\s<>\"'`)\]}|]+")
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_HEX = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b")
_ID = re.compile(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{6,26}\b")
_TICKET = re.compile(r"\b(?!(?:UTF|ISO|SHA|RFC|HTTP|SEV|AES|CVE|TLS|P)-)[A-Z][A-Z0-9]{1,9}-\d{1,7}\b")
_NUMBER = re.compile(r"#(\d{2,9})\b")
_NAME = re.compile(
    r"\b[A-Z][a-z]+(?:[A-Z][a-z0-9]*)+\b|\b(?=[\w.-]*[a-z])[a-z0-9]+(?:[-_.][a-z0-9]+)*[-_][a-z0-9]+(?:[-_.][a-z0-9]+)*\b"
)
_WORD = re.compile(r"[^\W_]+")
_STEPS = {
    "ends": "resolved|resolves|recovered|closed|cleared|ok|success|successful|succeeded|finished|completed|complete|deployed|ended|done",
    "fails": "failed|failure|fails|aborted|cancelled|canceled",
    "taken": "acknowledged|acknowledges|acked|ack",
    "begins": "firing|fired|triggered|triggers|opened|open|created|started|starts|began|begins|in_progress|alerting|investigating|problem",
    "assigned": "assigned|escalated|reassigned",
    "pushed": "pushed|push",
    "merged": "merged",
    "noted": "note|annotated|commented",
}
_STEP = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _STEPS.items()) + r")\b", re.IGNORECASE
)
# where readers put what identifies a thing
_NAMED_BY_READERS = (
    "alert",
    "fingerprint",
    "incident",
    "sha",
    "after",
    "commits",
    "alias",
    "deployment",
    "message_id",
    "correlation",
    "trace",
    "request",
)


@dataclass(frozen=True, slots=True)
class Trace:
    thing: str  # "commit 4be1c2a", as a page may show it
    act: str  # a key of _STEPS, or ""
    weight: int = field(compare=False, default=SOME)


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, as far as it can be laid beside another. `at` is in seconds; `fine` is how sure it is of them."""

    id: int
    source: int
    at: float
    fine: float
    traces: frozenset[Trace]
    words: str = ""  # the plain text, where nobody says it twice by chance
    prose: bool = False
    log: bool = False


def read(
    *, id: int, source: int, at: float, precision: str, format: str, external_id: str, kind: str, actor_kind: str, text: str,
    link: str, extra: dict[str, Any],
) -> Moment:  # fmt: skip
    """The moment of one event, from its columns."""
    prose = actor_kind == "person" and kind.rpartition(" ")[2] in (
        "message",
        "mail",
        "comment",
        "recollection",
        "reply",
    )
    step = act(kind, text)
    found = {Trace(f"record {format}/{external_id}", "", RECORD)}
    if "@" in external_id:
        found.add(Trace(f"mail {external_id.strip('<>')}", "", RECORD))
    if not prose:
        told = sorted(set(things(text[:READ], link, extra)), key=lambda told: (-told[1], told[0]))
        found |= {Trace(thing, step, weight) for thing, weight in reversed(told[:MOST])}
        if typed := command(kind, text):
            found.add(Trace(f"command {typed}", "run", SOME))
    fine = {"day": 86400.0, "hour": 3600.0, "minute": 60.0, "second": 1.0}.get(precision, 0.0)
    return Moment(id, source, at, fine, frozenset(found), telling(text), prose, kind == "log")


def act(kind: str, text: str) -> str:
    """What happens in it: by its kind, else by the first word of its text that says so."""
    match = _STEP.search(kind) or _STEP.search(text[:300])
    return match.lastgroup or "" if match else ""


def command(kind: str, text: str) -> str:
    """A command of two words and more, as a shell has it and as sudo writes it: without sudo, paths and options of sudo."""
    typed = text if kind == "command" else text.partition(" COMMAND=")[2]
    parts = typed[:READ].split()
    while parts and (parts[0].rpartition("/")[2] == "sudo" or (parts[0].startswith("-") and len(parts) > 1)):
        parts.pop(0)
    return " ".join([parts[0].rpartition("/")[2], *parts[1:]])[:120] if len(parts) > 1 else ""


def telling(text: str) -> str:
    """The words alone, or nothing where they are too few to tell one moment from another."""
    found = _WORD.findall(text[:READ].casefold())
    joined = " ".join(found)
    if len(found) < LEAST_WORDS or len(joined) < LEAST_LETTERS:
        return ""
    if len(joined) <= WORDS:
        return joined
    return f"{joined[: WORDS - 33]} {hashlib.sha256(joined.encode()).hexdigest()[:32]}"


def things(text: str, link: str, extra: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Everything with an id or a name that the event speaks of, and how much sharing it would say."""
    for value in _named(extra):
        yield from _by_shape(value)
        if len(value) >= 6 and not value.isalpha() and " " not in value:
            yield f"id {value}", EXACT
    said = text
    for url in [*_URL.findall(text), *([link] if link else [])]:
        said = said.replace(url, " ")
        if address := _address(url):
            yield f"link {address}", SOME
            yield from _by_shape(url)
    yield from _by_shape(said)
    yield from ((f"#{number}", WEAK) for number in _NUMBER.findall(said))
    yield from ((name, WEAK) for name in _NAME.findall(said) if len(name) >= 6)


def _by_shape(text: str) -> Iterator[tuple[str, int]]:
    lowered = text.casefold()
    for uuid in _UUID.findall(lowered):
        yield f"id {uuid}", EXACT
    for number in _HEX.findall(_UUID.sub(" ", lowered)):
        yield (
            f"commit {number[:7]}",
            EXACT,
        )  # as git abbreviates; other long hexadecimal ids agree in that as well
    for key in _ID.findall(text):
        yield f"id {key}", EXACT
    for ticket in _TICKET.findall(text):
        yield f"ticket {ticket}", SOME


def _named(extra: dict[str, Any]) -> Iterator[str]:
    for name in _NAMED_BY_READERS:
        value = extra.get(name)
        for one in value[:20] if isinstance(value, list) else [value]:
            if isinstance(one, (str, int)) and not isinstance(one, bool) and one:
                yield str(one)[:300]


def _address(url: str) -> str:
    """Host, path and question of an address; nothing for a front page, which everybody links to."""
    try:
        parts = urlsplit(url.rstrip(".,;:!?"))
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{parts.netloc.casefold()}{path}{'?' + parts.query if parts.query else ''}"[:300] if path else ""
