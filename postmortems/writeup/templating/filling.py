"""The form in which sections are added, moved and worded. It carries everything with it, so that it works without script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from postmortems.writeup.sections import BY_KEY, TEXTS, R, Sections, Text
from postmortems.writeup.templating import shape

MOST = 60  # sections that one form carries; a template may have fewer


@dataclass(frozen=True)
class Filled:
    """What was filled in, and which section a button changed."""

    texts: tuple[Text, ...]
    here: int | None = None  # the place among `texts` where the hand is


def filled(posted: Mapping[str, str]) -> tuple[Text, ...]:
    """The sections of a form as they were typed, a key where they have one."""
    count = posted.get("count", "")
    number = min(int(count), MOST) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    return shape.tidy(_text(posted, place) for place in range(number))


def _text(posted: Mapping[str, str], place: int) -> Text:
    def said(name: str) -> str:
        return posted.get(f"{name}-{place}", "")

    return Text(
        key=said("key"), r=said("r"), title=said("title"), question=said("question"), guidance=tuple(said("guidance").splitlines()),
        example=said("example"), weak=said("weak"), required=bool(said("required")), starter=said("starter"),
    )  # fmt: skip


def pressed(texts: tuple[Text, ...], do: str) -> Filled:
    """After a button: `up-3`, `down-3`, `remove-3`, `add-reason` or `put-well`. What makes no sense changes nothing."""
    what, _, which = do.partition("-")
    if what == "add" and which in R and len(texts) < MOST:
        return _with(texts, Text("", which, "", "", required=False))
    if what == "put" and which in BY_KEY and all(text.key != which for text in texts) and len(texts) < MOST:
        return _with(texts, BY_KEY[which])
    place = int(which) if which.isascii() and which.isdigit() and len(which) < 4 else len(texts)
    if place >= len(texts):
        return Filled(texts)
    if what == "remove" and texts[place].key not in shape.NEEDED:
        return Filled(texts[:place] + texts[place + 1 :], max(0, place - 1))
    if what in ("up", "down"):
        return _moved(texts, place, -1 if what == "up" else 1)
    return Filled(texts)


def _with(texts: tuple[Text, ...], text: Text) -> Filled:
    after = shape.tidy((*texts, text))
    return Filled(after, max(place for place, one in enumerate(after) if one.r == text.r))


def _moved(texts: tuple[Text, ...], place: int, step: int) -> Filled:
    to = place + step
    if not 0 <= to < len(texts) or texts[to].r != texts[place].r:
        return Filled(texts, place)
    rows = list(texts)
    rows[place], rows[to] = rows[to], rows[place]
    return Filled(tuple(rows), to)


def keyed(texts: tuple[Text, ...]) -> Sections:
    """With keys for the new ones, as they are saved."""
    taken = {text.key for text in texts if text.key}
    found = []
    for text in texts:
        if not text.key:
            text = replace(text, key=shape.key_for(text.title, taken))
            taken.add(text.key)
        found.append(text)
    return Sections(tuple(found))


def left_out(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Texts of the house that could be put back."""
    there = {text.key for text in texts}
    return tuple(text for text in TEXTS if text.key not in there)
