"""What is different between two outlines, section by section; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from postmortems.writeup.sections import R, Sections, Text

SAYS = {
    "title": "Title",
    "question": "Question",
    "guidance": "Guidance",
    "example": "A good example",
    "weak": "A weak example",
    "starter": "What one begins with",
}


@dataclass(frozen=True)
class Word:
    """One field of a section whose words changed."""

    name: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Reworded:
    text: Text  # as it becomes
    words: tuple[Word, ...]
    notes: tuple[str, ...] = ()  # what else is different, in a sentence each


@dataclass(frozen=True)
class Difference:
    added: tuple[Text, ...] = ()
    gone: tuple[Text, ...] = ()
    reworded: tuple[Reworded, ...] = ()
    moved: tuple[Text, ...] = ()  # stands elsewhere among those that are in both

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.reworded or self.moved)

    @property
    def sentence(self) -> str:
        """`2 sections added, 1 reworded`; nothing when nothing is different."""
        parts = []
        for count, what in (
            (len(self.added), "added"),
            (len(self.gone), "left out"),
            (len(self.reworded), "reworded"),
            (len(self.moved), "moved"),
        ):
            if count:
                noun = "" if parts else " section" if count == 1 else " sections"
                parts.append(f"{count}{noun} {what}")
        return ", ".join(parts)


def difference(was: Sections, becomes: Sections) -> Difference:
    return Difference(
        added=tuple(text for text in becomes.texts if text.key not in was.by_key),
        gone=tuple(text for text in was.texts if text.key not in becomes.by_key),
        reworded=tuple(
            reworded
            for text in becomes.texts
            if text.key in was.by_key and (reworded := _reworded(was.by_key[text.key], text))
        ),
        moved=tuple(_moved(was, becomes)),
    )


def _reworded(was: Text, becomes: Text) -> Reworded | None:
    words = tuple(
        Word(name, said(was, field), said(becomes, field))
        for field, name in SAYS.items()
        if said(was, field) != said(becomes, field)
    )
    notes = []
    if was.required != becomes.required:
        notes.append("is needed now" if becomes.required else "may be left empty now")
    if was.r != becomes.r:
        notes.append(f"stands in {R[becomes.r][0]} now")
    return Reworded(becomes, words, tuple(notes)) if words or notes else None


def said(text: Text, field: str) -> str:
    value = getattr(text, field)
    return value if isinstance(value, str) else "\n".join(value)


def _moved(was: Sections, becomes: Sections) -> Iterable[Text]:
    """The fewest that had to be moved: those outside of the longest run of sections in the same order, by R."""
    for r in ("", *R):
        one = [
            text.key for text in was.of(r) if text.key in becomes.by_key and becomes.by_key[text.key].r == r
        ]
        two = [text.key for text in becomes.of(r) if text.key in one]
        stay = {
            key
            for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
            for key in one[block.a : block.a + block.size]
        }
        yield from (becomes.by_key[key] for key in two if key not in stay)
