"""Whether exported revisions are as they were published: the files alone, no server."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from postmortems.publication import chain
from postmortems.publication.checking import sums
from postmortems.publication.outside.document import FORMAT as OUTSIDE
from postmortems.publication.reading.document import FORMAT as INSIDE

ODD = (KeyError, TypeError, AttributeError, ValueError, RecursionError)


@dataclass
class Checked:
    """How many revisions and files were looked at, what is wrong, and what cannot be told."""

    revisions: int = 0
    files: int = 0
    troubles: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def check(paths: list[Path]) -> Checked:
    """Of files, and folders of them."""
    checked = Checked()
    for folder in paths:
        if folder.is_dir():
            _listed(folder, checked)
    documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in _each(paths):
        document = _read(path, checked, named=path in paths)
        if document is not None and document not in documents[_chain_of(document)]:
            documents[_chain_of(document)].append(document)
    for ref, chained in sorted(documents.items()):
        _chain(ref, chained, checked)
    return checked


def _chain_of(document: Mapping[str, Any]) -> str:
    """What it is a link of: its incident, or what outsiders read of one."""
    if document["format"] == OUTSIDE:
        return f"text {document.get('text')} for {document.get('audience')}"
    return str(document.get("ref"))


def _listed(folder: Path, checked: Checked) -> None:
    listings = sums.lists(folder)
    for listing in listings:
        number, found = sums.troubles(listing)
        checked.files += number
        checked.troubles += found
    if not listings:
        checked.remarks.append(
            f"{folder}: has no list of digests, so that pages were not looked at, and what is missing is not known."
        )


def _each(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
        else:
            yield path


def _read(path: Path, checked: Checked, *, named: bool) -> dict[str, Any] | None:
    """A document of ours; what is something else is wrong only where it was named itself."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        checked.troubles.append(f"{path}: cannot be read ({error}).")
        return None
    if not isinstance(document, dict) or document.get("format") not in (INSIDE, OUTSIDE):
        if named:
            checked.troubles.append(f"{path}: is not an exported revision.")
        return None
    checked.revisions += 1
    try:
        if chain.summed(document) != document:
            checked.troubles.append(f"{path}: is not as it was exported.")
        checked.troubles += _pdf(path, document)
    except ODD:
        checked.troubles.append(f"{path}: is not as it was exported.")
    return document


def _pdf(path: Path, document: Mapping[str, Any]) -> list[str]:
    """The PDF beside it, where there is one."""
    beside, told = path.with_suffix(".pdf"), document.get("pdf")
    if not told or not beside.exists():
        return []
    return [] if sums.sha256(beside) == told["sha256"] else [f"{beside}: is not the one that was set."]


def _chain(ref: str, documents: list[dict[str, Any]], checked: Checked) -> None:
    try:
        documents.sort(key=lambda one: one["number"])
        checked.troubles += [f"{ref}: {one}" for one in chain.troubles(documents, whole=False)]
        if documents[0]["number"] > 1:
            checked.remarks.append(
                f"{ref}: begins with revision {documents[0]['number']} here; the ones before were not looked at."
            )
    except ODD:
        checked.troubles.append(f"{ref}: an exported revision lacks a part of it.")
        return
    for one in documents:
        if "withdrawn" in one:
            checked.remarks.append(
                f"{ref}: revision {one['number']} was withdrawn; its words are not here, its place in the chain is."
            )
