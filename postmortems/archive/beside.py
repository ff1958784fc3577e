"""Files that lie beside an old write-up, opened within their folder or archive and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from postmortems.writeup.images.picture import LIMIT
from timelines.bundles import Archive, Folder
from timelines.reading import Unreadable

Beside = Callable[
    [str], bytes | None
]  # the path, as the write-up's own name is one; the bytes, where there is such a file


def nothing(path: str) -> bytes | None:
    return None


def in_bundle(bundle: Folder | Archive, name: str) -> Beside:
    """`name` is what the names of its write-ups begin with. One byte more than a picture may have is read at most."""
    there = set(bundle.names)

    def found(path: str) -> bytes | None:
        inner = path.removeprefix(f"{name}/")
        if inner not in there or isinstance(bundle, Folder) and not _within(bundle.path, bundle.path / inner):
            return None
        try:
            with bundle.open(inner) as file:
                return file.read(LIMIT + 1)
        except (OSError, Unreadable):
            return None

    return found


def of_file(writeup: Path) -> Beside:
    """For a write-up that was named by itself: what lies in its folder, or below."""

    def found(path: str) -> bytes | None:
        try:
            file = writeup.parent / path
            if not _within(writeup.parent, file) or not file.is_file():
                return None
            with file.open("rb") as opened:
                return opened.read(LIMIT + 1)
        except (OSError, ValueError):
            return None

    return found


def _within(folder: Path, file: Path) -> bool:
    """Whether it lies there itself: neither the file nor a folder on the way to it is a link to elsewhere."""
    return file.resolve() == folder.resolve() / file.relative_to(folder)
