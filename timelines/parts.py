"""Which files of an archive or folder belong together: each kind of export is read by its own reader. Pure.

1. Files of a family – the same folder, the same name but for its digits – are of one kind; where they are few,
   each is looked at for itself.
2. A file belongs to the kind of the whole where that kind knows it, where no kind does, and where it is nothing
   but attached. So do tables and notes that say nothing of themselves, such as the list of users of a chat.
3. What else is recognised is a part by itself, with all others of its kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from timelines.bundles import Opened, Some
from timelines.formats import FORMATS
from timelines.formats.base import Format, Unreadable
from timelines.formats.prose import DOCUMENT
from timelines.reading import HEAD, Detection, detect

LOOKED_AT = 20  # files of one family; of larger ones the three largest
GENERIC = ("table", "prose", "applog", "shell")
SPEAKING = (
    ".csv",
    ".tsv",
    ".md",
    ".markdown",
    ".log",
    ".txt",
)  # endings of what was written to be read by itself
ATTACHED = re.compile(
    r"(^|/)(_*uploads?|attachments?|media|files|images|avatars?|emojis?|photos|video_files|[^/]+_files)/",
    re.I,
)
ROTATED = re.compile(r"([.-]\d+)*(\.gz)?$")  # what rotation adds to a name
NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True)
class Part:
    """Files that one reader reads; no names: the whole bundle."""

    detection: Detection
    names: list[str]

    @property
    def label(self) -> str:
        """The file, or how many there are."""
        return (
            self.names[0]
            if len(self.names) == 1
            else f"{len(self.names):,} files of {self.detection.format.label}"
        )


def parts(bundle: Opened) -> list[Part]:
    """The largest part first. Raises Unreadable where nothing is recognised at all."""
    if len(bundle.names) == 1 or DOCUMENT in bundle.names:
        return [Part(detect(bundle), [])]
    try:
        whole, refused = detect(bundle), None
    except Unreadable as trouble:
        whole, refused = None, trouble
    found: dict[str, Detection] = {whole.format.key: whole} if whole else {}
    names: dict[str, list[str]] = defaultdict(list)
    left = []
    for name, own in _each(bundle, whole.format if whole else None):
        if own is None:
            left.append(name)
        else:
            found.setdefault(own.format.key, own)
            names[own.format.key].append(name)
    if refused and not names:
        raise refused
    main = whole.format.key if whole else max(names, key=lambda key: sum(map(bundle.weight, names[key])))
    names[main] += left
    if len(names) == 1 and len(_shares(main, names[main])) == 1:
        return [Part(found[main], [])]
    order = sorted(names, key=lambda key: (key != main, -sum(map(bundle.weight, names[key]))))
    return [Part(found[key], share) for key in order for share in _shares(key, sorted(names[key]))]


def _shares(key: str, names: list[str]) -> list[list[str]]:
    """Every table has columns of its own, so each is asked about by itself while they are few."""
    return [[name] for name in names] if key == "table" and len(names) <= LOOKED_AT else [names]


def _each(bundle: Opened, whole: Format | None) -> Iterator[tuple[str, Detection | None]]:
    """Each file and what it is by itself; None for what belongs to the whole."""
    families: dict[str, list[str]] = defaultdict(list)
    for name in bundle.names:
        families[NUMBERS.sub("0", name.removesuffix(".gz"))].append(name)
    for family in families.values():
        if len(family) <= LOOKED_AT:
            for name in family:
                yield name, _own(bundle, name, whole)
        else:
            looked_at = sorted(family, key=bundle.weight)[-3:]
            kinds = [_own(bundle, name, whole) for name in looked_at]
            alike = kinds[-1] if len({kind and kind.format.key for kind in kinds}) == 1 else None
            yield from ((name, alike) for name in family)


def _own(bundle: Opened, name: str, whole: Format | None) -> Detection | None:
    if ATTACHED.search(name):
        return None
    alone = Some(bundle, [name])
    try:
        with alone.open(name) as file:
            head = file.read(HEAD)
        if whole and whole.sniff(alone, head):
            return None
        own = next((Detection(one, why) for one in FORMATS.values() if (why := one.sniff(alone, head))), None)
    except Unreadable:
        return None
    if own and own.format.key in GENERIC and not ROTATED.sub("", name.lower(), count=1).endswith(SPEAKING):
        return None
    return own
