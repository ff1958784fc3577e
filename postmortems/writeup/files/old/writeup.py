"""One old write-up, from its text to the texts, facts and items of a review.

No word of the original is lost: each part stands in the section its heading belongs to, under that heading, in the
order of the original; the head of the file stands at the end of the story.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from postmortems.writeup import sections
from postmortems.writeup.files.old import head as heads
from postmortems.writeup.files.old.facts import Facts, facts
from postmortems.writeup.files.old.outline import PSEUDO, Part, parts, plain
from postmortems.writeup.files.old.placing import is_known, meaning, places
from postmortems.writeup.files.old.remedies import Remedy, remedies

TITLE = 200
GENERIC = re.compile(
    r"(?i)\W*(?:(?:the|an?|incident|outage|production|blameless|draft|template|post.?mortems?|reports?|reviews?|retrospectives?|rca|root|cause|analysis|title|\d+)\W*)+"
)
FROM_HEAD = "From the head of the file"
WORD = re.compile(r"\w+")


@dataclass
class OldWriteup:
    title: str
    texts: dict[str, str]
    facts: Facts
    items: list[Remedy] = field(default_factory=list)


def read(
    name: str, text: str, zone: ZoneInfo | None = None, own: Mapping[str, str] | None = None
) -> OldWriteup:
    """`name` is the path of the file; `zone` is that of times that state none; `own` maps further titles to their sections."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")
    head, body, _ = heads.split(text)
    found = parts(body, is_known)
    told = facts(name, head, body.split("\n", 400)[:400], zone)
    title, found = _title(name, head, told.title, found)
    keys = places(found, own)
    return OldWriteup(
        title,
        _texts(found, keys, head),
        told,
        remedies(
            [line for part, key in zip(found, keys, strict=True) if key == "remedies" for line in part.body]
        ),
    )


def _title(name: str, head: heads.Head, said: str, found: list[Part]) -> tuple[str, list[Part]]:
    """The title, and the parts without the heading it was taken from. “Postmortem” is the title of none."""
    first = next((part for part in found if part.level), None)
    if (
        first
        and first.level < PSEUDO
        and _is_title(first, found)
        and not GENERIC.fullmatch(first.title[:TITLE])
    ):
        title = plain(first.title)
        whole = (
            len(title) <= TITLE
            and not Counter(WORD.findall(first.title)) - Counter(WORD.findall(title))
            and not first.raw
        )
        if title:
            return head.first("title") or title if not whole else title, _without(
                first, found
            ) if whole else found
    given = head.first("title", "name", "incident", "subject") or said
    return (given or _of_name(name))[:TITLE], found


def _is_title(first: Part, found: list[Part]) -> bool:
    """The first heading, where nothing of its level says what a section says, or it alone is of its level."""
    before = found[: found.index(first)]
    if any(not part.is_empty for part in before) and first.level > 1:
        return False
    alone = sum(1 for part in found if part.level == first.level) == 1
    lowest = min(part.level for part in found if part.level)
    if first.level != lowest:
        return False
    return (
        (alone and len(plain(first.title).split()) > 2)
        or meaning(first.title) in ("", "story")
        and first.level == 1
    )


def _without(first: Part, found: list[Part]) -> list[Part]:
    """What stands below a title is what stands before any heading."""
    opening = Part(0, "", [*found[0].body, *([""] if not found[0].is_empty else []), *first.body])
    return [opening, *found[found.index(first) + 1 :]]


def _of_name(name: str) -> str:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if stem.lower() in ("readme", "index", "_index", "postmortem", "report") and "/" in name:
        stem = name.rsplit("/", 2)[-2]
    words = " ".join(re.sub(r"[-_]+", " ", re.sub(r"^\d{4}[-_]\d\d[-_]\d\d[-_ ]*", "", stem)).split())
    return words[:1].upper() + words[1:] if words else stem or "An old write-up"


# --- texts -----------------------------------------------------------------------------------------


def _texts(found: list[Part], keys: list[str], head: heads.Head) -> dict[str, str]:
    out: dict[str, list[str]] = {}
    waiting: list[Part] = []  # headings without words of their own, said with the one below them
    above: list[tuple[int, str]] = []  # levels and keys of the headings one stands below
    for number, (part, key) in enumerate(zip(found, keys, strict=True)):
        while above and above[-1][0] >= part.level:
            above.pop()
        if _says_nothing(part, key, found[number + 1 : number + 2], keys[number + 1 : number + 2]):
            waiting.append(part)
            continue
        depth = 1 + sum(1 for _, other in above if other == key)
        _add(out.setdefault(key, []), part, depth, waiting)
        if part.level:
            above.append((part.level, key))
        waiting = []
    if head.raw:
        out.setdefault("story", []).extend(["", f"# {FROM_HEAD}", "", *heads.shown(head)])
    texts = {key: "\n".join(lines).strip("\n") for key, lines in out.items()}
    in_order = [*sections.BY_KEY, *sorted(texts.keys() - sections.BY_KEY.keys())]
    return {key: texts[key] for key in in_order if texts.get(key, "").strip()}


def _says_nothing(part: Part, key: str, below: list[Part], key_below: list[str]) -> bool:
    """A heading with nothing under it but headings, the first of which goes to another section."""
    if not part.level or not part.is_empty or part.raw or not below:
        return False
    return below[0].level > part.level and key_below[0] != key


def _add(lines: list[str], part: Part, depth: int, waiting: list[Part]) -> None:
    body = part.body
    if part.level:
        title = ": ".join([*(one.title for one in waiting if one.title), part.title])
        heading = part.raw or f"{'#' * min(6, depth)} {title}".rstrip()
        lines += ["", *(f"# {one.title}" for one in waiting if part.raw and one.title), heading]
        if body and body[0].strip():
            lines.append("")
    elif lines:
        lines.append("")
    lines += _without_ends(body)


def _without_ends(body: list[str]) -> list[str]:
    end = len(body)
    while end and not body[end - 1].strip():
        end -= 1
    return body[:end]
