"""Lists of what was exported, as `sha256sum --check` reads them: a line for each file, `<SHA-256>  <path>`.

`SHA256SUMS` lists all there is in its folder and below; a `NAME.sha256` lists a few files among others. Whoever keeps
the SHA-256 of the list elsewhere needs nothing else to find what was changed, taken away or added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path

ALL = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  ([^\0\n]+)")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write(to: Path, files: Iterable[Path]) -> str:
    """List the files, by their path from the folder of the list; the SHA-256 of the list itself."""
    named = sorted((path.relative_to(to.parent).as_posix(), path) for path in files)
    to.write_text("".join(f"{sha256(path)}  {name}\n" for name, path in named), encoding="utf-8")
    return sha256(to)


def write_all(folder: Path) -> str:
    return write(folder / ALL, _below(folder))


def lists(folder: Path) -> list[Path]:
    return sorted([*folder.rglob(ALL), *folder.rglob("*.sha256")])


def troubles(listing: Path) -> tuple[int, list[str]]:
    """How many files a list names, and what is wrong with them; of a whole folder also what it does not name."""
    try:
        lines = listing.read_bytes().decode().removesuffix("\n").split("\n")
    except (OSError, ValueError) as error:
        return 0, [f"{listing}: cannot be read ({error})."]
    found, named = [], set()
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line)
        if match is None or _leads_out(match[2]):
            found.append(f"{listing}: line {number} is none of a list of digests.")
            continue
        named.add(path := listing.parent / match[2])
        found += _compared(path, match[1])
    if listing.name == ALL:
        found += [f"{path}: was not in the export." for path in _below(listing.parent) if path not in named]
    return len(named), found


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in Path(name).parts


def _compared(path: Path, told: str) -> list[str]:
    try:
        return [] if sha256(path) == told else [f"{path}: is not what was exported."]
    except FileNotFoundError:
        return [f"{path}: is missing."]
    except OSError as error:
        return [f"{path}: cannot be read ({error.strerror})."]


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir() and path != folder / ALL)
