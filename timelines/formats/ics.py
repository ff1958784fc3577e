"""iCalendar text (RFC 5545, 3.1) to components, streaming: folded lines, parameters, nesting; leniently.

A component that is not closed ends where its parent does, or the file. What is outside of any component and lines
that are none are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from timelines.formats.base import clean, decode

LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;[^:\";=]{1,80}=(?:\"[^\"]*\"|[^:;\"]*)(?:,(?:\"[^\"]*\"|[^:;\",]*))*)*):(.*)", re.S)  # fmt: skip
PARAMETER = re.compile(r";([^:\";=]{1,80})=((?:\"[^\"]*\"|[^;\"])*)")
ESCAPE = re.compile(r"\\([\\;,nN])")
FOLDED_LIMIT = 256 * 1024  # bytes of one unfolded line; what is beyond it is left out
DEPTH = 8
PROPERTIES = 2000  # of one component


@dataclass(slots=True)
class Property:
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return clean(ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value))


@dataclass(slots=True)
class Component:
    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    inside: list[Component] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    size: int = 0

    def first(self, name: str) -> Property | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.text if found else ""


def components(numbered: Iterable[tuple[int, bytes | None]]) -> Iterator[Component]:
    """What stands directly inside a calendar, each whole; the calendar's own properties come first, as VCALENDAR."""
    stack: list[Component] = []
    for number, raw in _unfolded(numbered):
        match = LINE.fullmatch(decode(raw))
        if not match:
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            kind = value.strip().upper()
            if kind == "VCALENDAR":
                stack = [Component(kind, number)]
            elif len(stack) < DEPTH:
                if len(stack) == 1:
                    yield from _head(stack[0])
                stack.append(Component(kind, number, raw=[raw]))
        elif name == "END":
            kind = value.strip().upper()
            while stack and any(open_.name == kind for open_ in stack):
                ended = stack.pop()
                ended.raw.append(raw)
                if len(stack) > 1:
                    stack[-1].inside.append(ended)
                    stack[-1].raw += ended.raw
                elif len(stack) == 1 or ended.name != "VCALENDAR":
                    yield ended
                if ended.name == kind:
                    break
        elif stack:
            _add(stack[-1], name, match[2], value, raw)
    if len(stack) > 1:
        stack[1].raw.append(b"(the file ends here)")
        yield stack[1]


def _head(calendar: Component) -> Iterator[Component]:
    if calendar.size >= 0:
        calendar.size = -1
        yield calendar


def _add(component: Component, name: str, parameters: str, value: str, raw: bytes) -> None:
    component.size += 1
    if component.size > PROPERTIES:
        return
    found = (
        {key.upper(): text.strip('"') for key, text in PARAMETER.findall(parameters)} if parameters else {}
    )
    component.properties.setdefault(name, []).append(Property(value, found))
    if name != "ATTACH":  # files of any size
        component.raw.append(raw)


def _unfolded(numbered: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, bytes]]:
    """Lines with those that go on in the next one put together."""
    held: list[bytes] = []
    begun, size = 0, 0
    for number, raw in numbered:
        if raw is None:
            continue
        if raw[:1] in (b" ", b"\t") and held:
            size += len(raw)
            if size <= FOLDED_LIMIT:
                held.append(raw[1:])
            continue
        if held:
            yield begun, b"".join(held)
        held, begun, size = ([raw], number, len(raw)) if raw.strip() else ([], number, 0)
    if held:
        yield begun, b"".join(held)
