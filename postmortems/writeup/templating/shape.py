"""The sections of a template as rows of JSON: what they may be, in sentences; pure.

1. What every write-up needs stays: the texts of the house that are required. Others of the house may be left out.
2. A text of the house keeps its R and its key; its words may be others.
3. A section of the organisation's own has a key that begins with `x-`, made from its first title and never changed:
   texts are found by it, whatever the section is called later.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from postmortems.writeup.sections import BY_KEY, TEXTS, R, Text

NEEDED = tuple(text.key for text in TEXTS if text.required)
OWN = re.compile(r"x-[a-z0-9]+(?:-[a-z0-9]+)*")
KEY = 30  # characters, as the table of texts has room for
SECTIONS = 40
LINES = 12  # of guidance
LENGTHS = {"title": 80, "question": 200, "example": 2_000, "weak": 2_000, "starter": 5_000}
LINE = 300  # characters of one line of guidance
WORDS = {
    "title": "title",
    "question": "question",
    "example": "good example",
    "weak": "weak example",
    "starter": "beginning",
}
FIELDS = ("key", "r", "title", "question", "guidance", "example", "weak", "required", "starter")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def rows_of(texts: Iterable[Text]) -> list[dict[str, Any]]:
    """As they are kept and sent."""
    rows = (asdict(text) for text in texts)
    return [{name: list(row[name]) if name == "guidance" else row[name] for name in FIELDS} for row in rows]


def texts_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Text, ...]:
    """From rows that we kept."""
    return tuple(
        Text(**{name: row[name] for name in FIELDS if name in row and name != "guidance"}, guidance=tuple(row.get("guidance", ())))
        for row in rows
    )  # fmt: skip


def tidy(texts: Iterable[Text]) -> tuple[Text, ...]:
    """In the order of the R's, without blanks that nobody meant; what rules 1 and 2 say about texts of the house holds."""
    tidied = [_tidied(text) for text in texts]
    order = {"": 0} | {r: place for place, r in enumerate(R, start=1)}
    return tuple(sorted(tidied, key=lambda text: order.get(text.r, len(order))))


def _tidied(text: Text) -> Text:
    house = BY_KEY.get(text.key)
    return replace(
        text,
        key=seen(text.key).strip(),
        r=house.r if house else text.r,
        required=text.required or bool(house and house.required),
        title=" ".join(seen(text.title).split()),
        question=" ".join(seen(text.question).split()),
        guidance=tuple(line for one in text.guidance if (line := " ".join(seen(one).split()))),
        example=seen(text.example).strip(),
        weak=seen(text.weak).strip(),
        starter=seen(text.starter).strip(),
        left=False,
    )


def seen(words: str) -> str:
    return UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def troubles(texts: Collection[Text]) -> list[str]:
    """What keeps tidied texts from being a template, in sentences that name the section; nothing when all is well."""
    found = []
    keys = Counter(text.key for text in texts)
    for key in NEEDED:
        if not keys[key]:
            found.append(f"“{BY_KEY[key].title}” cannot be left out: every write-up needs it.")
    found += [f"The key “{key[:KEY]}” stands {count} times." for key, count in keys.items() if count > 1]
    if len(texts) > SECTIONS:
        found.append(f"{len(texts)} sections are more than anybody fills in; {SECTIONS} are the most.")
    titles = Counter(text.title.casefold() for text in texts if text.title)
    doubled = dict.fromkeys(text.title for text in texts if titles[text.title.casefold()] > 1)
    if doubled:
        found.append(f"Two sections have the same title: {', '.join(f'“{title}”' for title in doubled)}.")
    for text in texts:
        found += _of_one(text)
    return found


def _of_one(text: Text) -> list[str]:
    called = f"“{text.title[:60]}”" if text.title else "The section without a title"
    found = [] if text.title else ["A section has no title yet."]
    if text.key not in BY_KEY and not (OWN.fullmatch(text.key) and len(text.key) <= KEY):
        found.append(f"{called} has the key “{text.key[:40]}”, which is no key of a section.")
    if text.key not in BY_KEY and text.r not in R:
        found.append(f"{called} stands in none of the three R's.")
    for name, most in LENGTHS.items():
        if len(getattr(text, name)) > most:
            found.append(f"{called}: the {WORDS[name]} is longer than {most:,} characters.")
    if len(text.guidance) > LINES:
        found.append(f"{called}: more than {LINES} lines of guidance are not read by anybody.")
    if any(len(line) > LINE for line in text.guidance):
        found.append(f"{called}: a line of guidance is longer than {LINE} characters.")
    return found


def key_for(title: str, taken: Collection[str]) -> str:
    """A key for a section of one's own. The same title gives the same key wherever it is free."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[: KEY - 2].strip("-")
    slug = slug or hashlib.sha256(title.casefold().encode("utf-8", "replace")).hexdigest()[:8]
    tries = [f"x-{slug}", *(f"x-{slug[: KEY - 6].strip('-')}-{n}" for n in range(2, len(taken) + 3))]
    return next(key for key in tries if key not in taken)
