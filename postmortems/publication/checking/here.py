"""Whether what is published in this installation is as it was: every chain, every PDF, every picture, every guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import file_digest
from itertools import groupby
from typing import Any

from postmortems.publication import chain, pictures
from postmortems.publication.checking.guards import without_guard
from postmortems.publication.content import stamp
from postmortems.publication.models import Printing, Revision, Twin

FIELDS = ("number", "title", "content", "html", "digest", "previous_digest", "change_note", "published_at", "incident__ref")  # fmt: skip


def check() -> tuple[int, list[str]]:
    """How many revisions and versions for outsiders there are, and what is wrong."""
    checked, troubles = 0, without_guard()
    for about, rows in _chains():
        checked += len(rows)
        troubles += [f"{about}: {one}" for one in chain.troubles(rows)]
    for printing in Printing.objects.filter(state=Printing.State.DONE).select_related(
        "revision__incident", "twin__incident"
    ):
        if trouble := _print(printing):
            troubles.append(trouble)
    return checked, [*troubles, *pictures.troubles()]


def _chains() -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Chain by chain, so that a large archive is never in memory as a whole."""
    revisions = Revision.objects.order_by("incident", "number").values(*FIELDS).iterator(chunk_size=50)
    for ref, rows in groupby(revisions, key=lambda row: row["incident__ref"]):
        yield ref, [_told(row) for row in rows]
    twins = Twin.objects.order_by("incident", "audience", "number").values(*FIELDS, "audience")
    for (ref, audience), rows in groupby(
        twins.iterator(chunk_size=50), key=lambda row: (row["incident__ref"], row["audience"])
    ):
        yield (
            f"{ref}, for {'partners' if audience == 'partner' else 'everybody'}",
            [_told(row) for row in rows],
        )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "ref": row["incident__ref"], "published_at": stamp(row["published_at"])}


def _print(printing: Printing) -> str:
    text = printing.revision or printing.twin
    which = f"{text.incident.ref}: the PDF of {'revision' if printing.revision else 'the version for outsiders'} {text.number}"
    try:
        with printing.file.open("rb") as file:
            same = file_digest(file, "sha256").hexdigest() == printing.sha256
    except (OSError, ValueError):
        return f"{which} is missing."
    return "" if same else f"{which} is not the one that was set."
