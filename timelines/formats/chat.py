"""What readers of chat share: files of a bundle by name, the cards bots post, files and reactions in few words."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import ijson

from timelines.formats.base import Bundle, NeedsAnswer, Unreadable, clean, compact, decode, get, lines, load
from timelines.formats.documents import Found
from timelines.formats.records import Record, Skipped

HEAD = 64 * 1024
LOOKED_AT = 20  # files of a bundle that a sniff opens
CARD_WORDS = 20_000  # characters of one card
ROW_KEPT = 64 * 1024  # bytes of one line of a row that are kept as it was
PLAIN = re.compile(r"[^a-z0-9]+")


class Some:
    """The files of a bundle that hold conversation; pictures and other attachments lie beside them."""

    def __init__(self, bundle: Bundle, keep: Callable[[str], bool]) -> None:
        self.bundle, self.name = bundle, bundle.name
        self.names = [bundle.name] if bundle.names == [bundle.name] else [n for n in bundle.names if keep(n)]

    def open(self, name: str) -> BinaryIO:
        return self.bundle.open(name)

    def size(self, name: str) -> int:
        return self.bundle.size(name)


def heads(bundle: Bundle, head: bytes, ends: tuple[str, ...]) -> Iterator[bytes]:
    """`head` for a single file; of an export in many files the beginnings of those that end so, without its folders."""
    if len(bundle.names) == 1:
        yield head
        return
    for name in [n for n in bundle.names if n.lower().endswith(ends)][:LOOKED_AT]:
        with bundle.open(name) as file:
            yield file.read(HEAD)


def cards(attachments: Any) -> list[str]:
    """The words of the cards a bot posts, in the fields Slack gave them and others took over."""
    parts: list[str] = []
    for card in attachments if isinstance(attachments, list) else []:
        if not isinstance(card, dict):
            continue
        words = [
            clean(card.get(name))
            for name in ("pretext", "author_name", "title", "text")
            if isinstance(card.get(name), str)
        ]
        fields = card.get("fields")
        for entry in fields if isinstance(fields, list) else []:
            words.append(pair(get(entry, "title", default=""), get(entry, "value", default="")))
        if not any(words) and isinstance(card.get("fallback"), str):
            words.append(clean(card["fallback"]))
        parts += [word[:CARD_WORDS] for word in words if word]
    return parts


def pair(title: Any, value: Any) -> str:
    """`title: value`, or whichever there is."""
    return ": ".join(part for part in (clean(title), clean(value)) if part)


def told(*parts: str) -> str:
    """The parts a message is made of, each once, on lines of their own."""
    return "\n".join(dict.fromkeys(part for part in parts if part))


def counted(names: Iterable[Any]) -> dict[str, int]:
    """Reactions by name."""
    found: dict[str, int] = {}
    for name in names:
        if isinstance(name, str) and name:
            found[clean(name)] = found.get(clean(name), 0) + 1
    return found


def is_name(text: Any) -> str:
    """Text that may be a name or id, or nothing: other shapes are not made into words."""
    return clean(text) if isinstance(text, str) else str(text) if type(text) is int else ""


def rows(bundle: Bundle, name: str) -> Iterator[tuple[str, dict[str, str], bytes] | Skipped]:
    """The rows of a CSV by the plain names of its columns (`Post Id` and `PostId` are `postid`), with their bytes."""
    taken: list[bytes] = []
    with bundle.open(name) as file:
        reader = csv.reader(_text(lines(file), taken))
        columns: list[str] = []
        while True:
            taken.clear()
            where = f"{name}:{reader.line_num + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Skipped(where, f"The row cannot be read: {error}. Is a quotation mark left open?")
                continue
            if not columns:
                columns = [PLAIN.sub("", cell.lower()) for cell in cells]
            elif cells:
                yield where, dict(zip(columns, cells, strict=False)), b"\n".join(taken)


def _text(numbered: Iterable[tuple[int, bytes | None]], taken: list[bytes]) -> Iterator[str]:
    for _, line in numbered:
        taken.append((line or b"")[:ROW_KEPT])
        yield decode(line or b"") + "\n"


def document(bundle: Bundle, name: str) -> Any:
    """A small JSON document that tells names, or None: what it cannot tell is missed, not fatal."""
    try:
        with bundle.open(name) as file:
            return load(file, bundle.size(name), name)
    except Unreadable:
        return None


def noted(told: Iterator[Record | Skipped], name: str) -> Iterator[Record | Skipped]:
    """What one file of several tells; one that cannot be read does not take the others with it."""
    try:
        yield from told
    except NeedsAnswer:
        raise
    except Unreadable as error:
        yield Skipped(name, str(error))


class Begun:
    """What stands before the list of a document, also of one too large to be read whole."""

    def __init__(self, bundle: Bundle, keys: tuple[str, ...]) -> None:
        self.bundle, self.keys = bundle, keys
        self.known: dict[str, dict] = {}

    def page(self, element: Found) -> dict:
        name = element.where.partition("#/")[0]
        if element.page or not element.key or name not in self.bundle.names:
            return element.page
        if name not in self.known:
            self.known[name] = {key: self._value(name, key) for key in self.keys}
        return self.known[name]

    def _value(self, name: str, key: str) -> Any:
        with self.bundle.open(name) as file:
            try:
                return next(ijson.items(io.BytesIO(file.read(HEAD)), key, use_float=True), None)
            except (ijson.JSONError, UnicodeDecodeError):
                return None


def digest(*words: Any) -> str:
    """Words as part of an id."""
    return hashlib.sha256(compact(words)).hexdigest()[:16]


def number(key: Any) -> int:
    """An id that counts, as the order of messages of one second; 0 where it does not."""
    return key if type(key) is int and 0 <= key < 2**63 else 0
