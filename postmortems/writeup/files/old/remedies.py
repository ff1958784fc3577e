"""Action items of an old write-up that look like records: rows of a table, or list entries, with an owner or a date.

What has neither is an idea somebody wrote down, and stays text. So does every word of those that are records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from postmortems.writeup.files.old.outline import plain

COLUMNS = {
    "what": r"action|what|item|task|description|to.?do|remedy|follow|title|issue|maßnahme|acción|ação|mesure|内容|対応",
    "owner": r"owner|assign|who|responsible|dri\b|lead|verantwortlich|responsable|responsável|担当",
    "due": r"due|date|deadline|eta\b|when|target|frist|fecha|échéance|prazo|期限",
    "type": r"type|kind|category",
    "status": r"status|state|done|progress|complete",
    "link": r"link|ticket|bug|jira|issue|tracking|url|pr\b",
}
ROW = re.compile(r"[ \t]*\|?(.*?)\|?[ \t]*")
RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
ITEM = re.compile(r"([ \t]{0,8})(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[([ xX])\][ \t]+)?(\S.*)")
OWNER = re.compile(
    r"(?i)\b(?:owner|assignee|assigned to|dri|responsible)[ \t]{0,2}[:=][ \t]*([@\w][^,;()|\[\]]{0,60}?)(?=[ \t]+[-–—][ \t]|[ \t]*(?:[,;()|\[\]]|$))|(?<![\w/.@])@([A-Za-z0-9][\w.-]{0,38})"
)
DUE = re.compile(
    r"(?i)\b(?:due|by|deadline|eta|target)(?: date| on)?[ \t]{0,2}[:=]?[ \t]*((?:20)\d\d-\d\d-\d\d)\b"
)
DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
ADDRESS = re.compile(r"https?://[^\s()<>\[\]|\"']{4,450}")
TYPES = {"prevent": "prevent", "detect": "detect", "mitigat": "mitigate", "recover": "recover", "repair": "recover", "learn": "learn", "process": "learn", "investigat": "learn", "document": "learn", "monitor": "detect", "alert": "detect"}  # fmt: skip
DONE = re.compile(
    r"(?i)\b(?:done|complete[d]?|closed|fixed|resolved|merged|finished|yes|erledigt|hecho|fait)\b|[✓✔✅☑]"
)
NOBODY = re.compile(r"(?i)(?:tbd|tba|n/?a|none|unassigned|nobody|\?+|[-–—]+|open)?")
LINES = 20_000


@dataclass(frozen=True)
class Remedy:
    what: str
    owner: str = ""
    due: date | None = None
    type: str = ""  # "" where it does not say
    done: bool = False
    link: str = ""


def remedies(lines: list[str]) -> list[Remedy]:
    """Records among the lines of a section of action items, in their order."""
    found = [one for one in (*_rows(lines[:LINES]), *_entries(lines[:LINES])) if one.owner or one.due]
    return list(dict.fromkeys(found))


def _rows(lines: list[str]) -> Iterator[Remedy]:
    columns: dict[str, int] = {}
    for number, line in enumerate(lines):
        if "|" not in line or len(line) > 5000:
            columns = {}
            continue
        if RULE.fullmatch(line[:300]):
            columns = _columns(_cells(lines[number - 1])) if number else {}
            continue
        if "what" in columns and ("owner" in columns or "due" in columns):
            one = _row(_cells(line), columns)
            if one is not None:
                yield one


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", ROW.fullmatch(line)[1])]


def _columns(header: list[str]) -> dict[str, int]:
    """Each column by the first role its name fits; a second one of a role is none."""
    found: dict[str, int] = {}
    for number, name in enumerate(header):
        role = next(
            (role for role, words in COLUMNS.items() if role not in found and re.search(rf"(?i)(?<![^\W_])(?:{words})", name[:60])), None
        )  # fmt: skip
        if role:
            found[role] = number
    return found


def _row(cells: list[str], columns: dict[str, int]) -> Remedy | None:
    said = {role: cells[number] if number < len(cells) else "" for role, number in columns.items()}
    what = plain(said["what"])
    if not what:
        return None
    address = ADDRESS.search(said.get("link", "")) or ADDRESS.search(said["what"])
    return Remedy(
        what,
        _somebody(said.get("owner", "")),
        _day(said.get("due", "")),
        kind(said.get("type", "")),
        bool(DONE.search(said.get("status", ""))),
        address[0].rstrip(".,;") if address else "",
    )


def _entries(lines: list[str]) -> Iterator[Remedy]:
    for line in lines:
        match = ITEM.fullmatch(line) if len(line) < 2000 else None
        if match is None:
            continue
        words = plain(match[3]) if len(match[3]) < 400 else match[3]
        owner, due = OWNER.search(words), DUE.search(words)
        if not owner and not due:
            continue
        address = ADDRESS.search(match[3])
        yield Remedy(
            words or match[3][:300],
            _somebody(owner[1] or owner[2]) if owner else "",
            _day(due[1]) if due else None,
            "",
            (match[2] or " ") in "xX",
            address[0].rstrip(".,;") if address else "",
        )


def _somebody(written: str) -> str:
    name = plain(written).strip(" @.,")
    return "" if NOBODY.fullmatch(name) else name[:120]


def _day(written: str) -> date | None:
    match = DAY.search(written)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def kind(written: str) -> str:
    return next((kind for word, kind in TYPES.items() if word in written.lower()), "")
