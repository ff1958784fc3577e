"""A revision as one JSON document that stands by itself: docs/revision-format.md."""

from __future__ import annotations

from typing import Any

from postmortems.publication.content import stamp
from postmortems.publication.models import Printing, Revision

FORMAT = "second-story/revision/1"


def document_of(revision: Revision) -> dict[str, Any]:
    """Everything that is frozen. `publication.chain` checks it without the server."""
    printing = getattr(revision, "printing", None)
    printed = printing is not None and printing.state == Printing.State.DONE
    return {
        "format": FORMAT,
        "ref": revision.incident.ref,
        "number": revision.number,
        "title": revision.title,
        "published_at": stamp(revision.published_at),
        "published_by": str(revision.published_by),
        "change_note": revision.change_note,
        "content": revision.content,
        "html": revision.html,
        "digest": revision.digest,
        "previous_digest": revision.previous_digest,
        "pdf": {"sha256": printing.sha256, "pages": printing.pages, "bytes": printing.size}
        if printed
        else None,
    }
