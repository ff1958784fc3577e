"""XML of sources as small nodes, one at a time, by an incremental parser that knows no file but its own.

A declaration of entities is refused, so nothing is fetched and nothing grows; depth and the size of one
element are bounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from timelines.formats.base import CHUNK, Unreadable

DEPTH = 200
NODE_LIMIT = 8 * 1024 * 1024  # characters and names held for one node


@dataclass(slots=True)
class Node:
    """One element by its local name, with what stands inside it in order."""

    name: str
    attributes: dict[str, str]
    parts: list[str | Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands directly inside, without the children."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def children(self) -> list[Node]:
        return [part for part in self.parts if isinstance(part, Node)]

    def all(self, name: str) -> list[Node]:
        return [child for child in self.children if child.name == name]

    def one(self, *path: str) -> Node | None:
        node: Node | None = self
        for name in path:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def words(self, *path: str) -> str:
        """The text of the first node at the path, "" where there is none."""
        node = self.one(*path)
        return node.text.strip() if node else ""


def nodes(file: BinaryIO, where: str, wanted: Collection[str]) -> Iterator[Node]:
    """Every element with a wanted local name, whole, as soon as it ends; nested ones come with their parent.

    Raises Unreadable where the document is no XML, breaks off, declares entities, or is deeper or larger
    in one element than any export.
    """
    builder = Builder(where, wanted)
    first = True
    while piece := file.read(CHUNK):
        if first:
            piece = (
                piece.removeprefix(b"\xef\xbb\xbf").lstrip()
                if piece[:2] not in (b"\xff\xfe", b"\xfe\xff")
                else piece
            )
            first = not piece
        if piece:
            builder.feed(piece)
            yield from builder.take()
    builder.feed(b"", last=True)
    yield from builder.take()


class Builder:
    def __init__(self, where: str, wanted: Collection[str]) -> None:
        self.where, self.wanted = where, frozenset(wanted)
        self.done: list[Node] = []
        self.open: list[Node] = []
        self.depth = self.held = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.EntityDeclHandler = self._entity
        self.parser.ExternalEntityRefHandler = self._entity

    def feed(self, piece: bytes, last: bool = False) -> None:
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as error:
            what = expat.errors.messages.get(error.code, str(error))
            raise Unreadable(
                f"{self.where} is not whole XML: {what}, at line {error.lineno}. Is the export complete?"
            ) from error
        except (ValueError, LookupError) as error:
            raise Unreadable(f"{self.where} is XML in an encoding that cannot be read: {error}.") from error

    def take(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def _entity(self, *_: object) -> int:
        raise Unreadable(
            f"{self.where} declares entities of its own, which no export needs; it was not read."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise Unreadable(f"{self.where} nests its elements more than {DEPTH} deep; no export does.")
        name = name.rpartition(":")[2]
        if self.open or name in self.wanted:
            node = Node(name, {key.rpartition(":")[2]: value for key, value in attributes.items()})
            self._hold(len(name) + sum(len(key) + len(value) for key, value in attributes.items()) + 50)
            if self.open:
                self.open[-1].parts.append(node)
            self.open.append(node)

    def _data(self, text: str) -> None:
        if self.open:
            self._hold(len(text))
            self.open[-1].parts.append(text)

    def _hold(self, size: int) -> None:
        self.held += size
        if self.held > NODE_LIMIT:
            raise Unreadable(f"{self.where} holds a single element of more than 8 MB; no export has that.")

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)
                self.held = 0
