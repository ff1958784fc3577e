"""What most exports of a web API are: JSON pages with a list of records, one page, one a line, or page after page.

A document up to 32 MB is read whole, so that what stands beside its list (the page it is of, whether more
follows) is known; a larger one element by element, without that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import ijson

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    Bundle,
    Guarded,
    NeedsAnswer,
    Unreadable,
    each,
    elements,
    lines,
    parse,
    too_long,
)
from timelines.formats.records import Record, Skipped

JSON_LINE_LIMIT = 8 * 1024 * 1024  # bytes; one issue with its whole history may stand on one line


@dataclass(frozen=True, slots=True)
class Found:
    """One element: of the list `key` of its page, or ("" ) the document or list element itself."""

    value: Any
    where: str
    key: str = ""
    page: dict = field(default_factory=dict)
    alone: bool = False  # the whole of the only file


def found(bundle: Bundle, keys: tuple[str, ...]) -> Iterator[Found | Skipped]:
    """Every element of every document of the bundle; `keys` name the lists a page may hold, dotted where nested.

    One unreadable file among several is noted, alone it raises Unreadable.
    """
    for name in bundle.names:
        try:
            with bundle.open(name) as file:
                for element in _file(file, bundle.size(name), name, keys):
                    if isinstance(element, Found) and element.where == name and len(bundle.names) == 1:
                        element = replace(element, alone=True)
                    yield element
        except Unreadable as error:
            if len(bundle.names) == 1:
                raise
            yield Skipped(name, str(error))


def records(
    elements: Iterable[Found | Skipped], make: Callable[[Found], Iterator[Record | Skipped]]
) -> Iterator[Record | Skipped]:
    """What `make` tells of every element; an element that is not what it should be is noted, never fatal.

    Where nothing but that element was given, there is nothing left to keep: that raises Unreadable.
    """
    for element in elements:
        if isinstance(element, Skipped):
            yield element
        elif element.alone:
            made = list(each([element.value], lambda _, e=element: e.where, lambda _, __, e=element: make(e)))
            if len(made) == 1 and isinstance(made[0], Skipped) and made[0].where == element.where:
                raise Unreadable(f"{element.where} cannot be read: {made[0].why}")
            yield from made
        else:
            yield from each([element.value], lambda _, e=element: e.where, lambda _, __, e=element: make(e))


def files(bundle: Bundle, read: Callable[[str], Iterator[Record | Skipped]]) -> Iterator[Record | Skipped]:
    """What `read` tells of every file; one that is unreadable among several is noted, alone it raises."""
    for name in bundle.names:
        try:
            yield from read(name)
        except NeedsAnswer:
            raise
        except Unreadable as error:
            if len(bundle.names) == 1:
                raise
            yield Skipped(name, str(error))


def begins(bundle: Bundle, name: str) -> bytes:
    """The first byte of a file that is neither a mark of encoding nor blank."""
    with bundle.open(name) as file:
        return file.peek(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


class Pages:
    """Whether pages are missing: some page says that another one follows, and none that it is the last."""

    def __init__(self) -> None:
        self.follows = self.last = False

    def see(self, follows: Any) -> None:
        self.follows, self.last = self.follows or bool(follows), self.last or not follows

    def note(self, where: str, sign: str) -> Iterator[Skipped]:
        if self.follows and not self.last:
            yield Skipped(where, f"This is one page of several ({sign}): fetch the following pages too.")


def guarded(
    where: str, make: Callable[..., Iterator[Record | Skipped]], *args: Any, **more: Any
) -> Iterator[Record | Skipped]:
    """One part of an element: what is wrong with it does not take the other parts with it."""
    yield from each([{}], lambda _: where, lambda _, __: make(*args, **more))


def one(where: str, make: Callable[..., Record], *args: Any, **more: Any) -> Iterator[Record | Skipped]:
    """As `guarded`, for a part that is a single record."""
    yield from each([{}], lambda _: where, lambda _, __: iter([make(*args, **more)]))


def _file(file: BinaryIO, size: int, name: str, keys: tuple[str, ...]) -> Iterator[Found | Skipped]:
    if size > DOCUMENT_LIMIT:
        yield from _large(file, size, name, keys)
        return
    raw = file.read()
    try:
        document = parse(raw, name)
    except Unreadable:
        starts = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
        first, _, rest = starts.partition(b"\n")
        if starts[:1] not in (b"{", b"[") or not rest.strip():
            raise
        if _parses(first):
            yield from _numbered(raw.split(b"\n"), name, keys)
            return
        several, whole = _several(starts, name)
        if not several:
            raise
        for number, document in enumerate(several):
            yield from _elements(document, f"{name}#{number}", keys)
        if not whole:
            yield Skipped(f"{name}#{len(several)}", "The file breaks off here, or is no JSON from here on.")
        return
    yield from _elements(document, name, keys)


def _large(file: Any, size: int, name: str, keys: tuple[str, ...]) -> Iterator[Found | Skipped]:
    head = bytes(file.peek(1 << 16)).removeprefix(b"\xef\xbb\xbf").lstrip()
    first, newline, rest = head.partition(b"\n")
    if newline and rest.strip() and _parses(first):
        for number, line in lines(file, JSON_LINE_LIMIT):
            yield from _line(line, f"{name}:{number}", keys)
        return
    if head[:1] == b"[":
        for number, value in enumerate(elements(file, size, name)):
            yield Found(value, f"{name}#/{number}")
        return
    key = _first_key(head, keys)
    if not key:
        raise Unreadable(
            f"{name} is a JSON document of {size // 1_000_000} MB without a list that is known here. Export it in pages."
        )
    for number, value in enumerate(elements(file, size, name, f"{key}.item")):
        yield Found(value, f"{name}#/{key.replace('.', '/')}/{number}", key)


def _first_key(head: bytes, keys: tuple[str, ...]) -> str:
    for key in keys:
        path = r'"\s*:\s*\{.*?"'.join(re.escape(part) for part in key.split("."))
        if re.search(rf'"{path}"\s*:\s*\['.encode(), head, re.S):
            return key
    return ""


def _parses(line: bytes) -> bool:
    try:
        parse(line, "")
    except Unreadable:
        return False
    return True


def _numbered(raw: list[bytes], name: str, keys: tuple[str, ...]) -> Iterator[Found | Skipped]:
    for number, line in enumerate(raw, 1):
        yield from _line(line, f"{name}:{number}", keys)


def _line(line: bytes | None, where: str, keys: tuple[str, ...]) -> Iterator[Found | Skipped]:
    if line is None:
        yield too_long(where)
    elif line.strip():
        try:
            yield from _elements(parse(line, where), where, keys)
        except Unreadable as error:
            yield Skipped(where, str(error))


def _several(raw: bytes, name: str) -> tuple[list[Any], bool]:
    """Documents that were written one after the other into one file, and whether the last one is whole."""
    several: list[Any] = []
    try:
        for document in ijson.items(Guarded(io.BytesIO(raw), name), "", multiple_values=True, use_float=True):
            several.append(document)
    except (ijson.JSONError, UnicodeDecodeError):
        return several, False
    return several, True


def _elements(document: Any, where: str, keys: tuple[str, ...]) -> Iterator[Found]:
    if isinstance(document, list):
        for number, value in enumerate(document):
            nested = isinstance(value, dict) and any(isinstance(_at(value, key), list) for key in keys)
            if nested:  # pages gathered in a list
                yield from _elements(value, f"{where}#/{number}", keys)
            else:
                yield Found(value, f"{where}#/{number}")
        return
    if not isinstance(document, dict):
        raise Unreadable(f"{where} is JSON, but neither a record nor a list of records.")
    lists = {key: value for key in keys if isinstance(value := _at(document, key), list)}
    if not lists:
        yield Found(document, where)
        return
    page = {key: value for key, value in document.items() if key not in lists}
    for key, values in lists.items():
        for number, value in enumerate(values):
            yield Found(value, f"{where}#/{key.replace('.', '/')}/{number}", key, page)


def _at(document: dict, key: str) -> Any:
    value: Any = document
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def under(where: str, *path: object) -> str:
    """The place of a part of an element: a JSON pointer that goes on where the element's own ends."""
    return "/".join([where if "#" in where else f"{where}#", *(str(step) for step in path)])


class Only:
    """One file of a bundle, as a bundle of its own."""

    def __init__(self, bundle: Bundle, name: str) -> None:
        self.name, self.names = name, [name]
        self.open, self.size = bundle.open, bundle.size
