"""The head of a file: fields between two lines of `---` (YAML) or `+++` (TOML), as static sites have them.

Every value is read as the text that stands there: a date stays as it was written, “no” is a word, a version is no
number. What cannot be read as a head is text like any other.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

LIMIT = 20_000  # characters; no head is longer
BRACKETS = 300  # a head that nests more is none
VALUES = 2_000


@dataclass
class Head:
    fields: dict[str, list[str]] = field(default_factory=dict)  # names in lower case, with spaces
    raw: list[str] = field(default_factory=list)  # its lines, without the two around it
    sign: str = ""

    def first(self, *names: str) -> str:
        return next((self.fields[name][0] for name in names if self.fields.get(name)), "")


def split(text: str) -> tuple[Head, str, int]:
    """The head, what follows it, and how many lines it took."""
    sign = text[:4].rstrip("\n") if text[:4] in ("---\n", "+++\n") else ""
    if not sign:
        return Head(), text, 0
    end = text.find(f"\n{sign}", 3, LIMIT)
    after = text.find("\n", end + 1) if end > 0 else -1
    if end < 0 or text[end + 4 : after if after > 0 else len(text)].strip():
        return Head(), text, 0
    raw = text[4 : end + 1]
    fields = _fields(raw, sign)
    if fields is None:
        return Head(), text, 0
    rest = text[after + 1 :] if after > 0 else ""
    return Head(fields, raw.rstrip("\n").split("\n"), sign), rest, raw.count("\n") + 2


def _fields(raw: str, sign: str) -> dict[str, list[str]] | None:
    if raw.count("[") + raw.count("{") > BRACKETS:
        return None
    try:
        # the base loader reads text alone: no dates, no numbers, and no objects
        read = yaml.load(raw, Loader=yaml.BaseLoader) if sign == "---" else tomllib.loads(raw)  # noqa: S506
        if not isinstance(read, dict):
            return None
        return {_name(key): _texts(value) for key, value in list(read.items())[:200]}
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def _name(key: Any) -> str:
    return " ".join(str(key)[:100].lower().replace("_", " ").replace("-", " ").split())


def _texts(value: Any) -> list[str]:
    """A value as a flat list of texts; of what refers to itself only the beginning."""
    found: list[str] = []
    waiting: list[Any] = [value]
    for _ in range(VALUES):
        if not waiting:
            break
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += reversed(list(one.values())[:200])
        elif isinstance(one, list):
            waiting += reversed(one[:200])
        elif words := " ".join(str(one).split()):
            found.append(words)
    return found[:200]


def shown(head: Head) -> list[str]:
    """The head as Markdown: a list where every line is a name and a value, else as it is, in a fence."""
    pairs = [line.partition(":") for line in head.raw if line.strip()]
    plain = head.sign == "---" and all(
        colon and name.strip() and not name.startswith((" ", "-", "#", "\t", '"', "'")) and value.strip()[:1] not in ("|", ">", "&", "*")
        for name, colon, value in pairs
    )  # fmt: skip
    if plain:
        return [f"- **{name.strip()}:** {_bare(value.strip())}" for name, _, value in pairs]
    longest = max((len(run) for line in head.raw for run in _ticks(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{'yaml' if head.sign == '---' else 'toml'}", *head.raw, fence]


def _ticks(line: str) -> list[str]:
    return ["`" * len(run) for run in "".join(c if c == "`" else " " for c in line).split()]


def _bare(value: str) -> str:
    if value[:1] == '"' == value[-1:] and len(value) > 1:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value[1:-1].replace("''", "'") if value[:1] == "'" == value[-1:] and len(value) > 1 else value
