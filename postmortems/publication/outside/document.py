"""A twin as one JSON document that stands by itself: docs/revision-format.md."""

from __future__ import annotations

import hashlib
from typing import Any

from postmortems.publication import chain
from postmortems.publication.content import stamp
from postmortems.publication.models import Twin
from postmortems.publication.outside.shelf import printed

FORMAT = "second-story/twin/1"


def document_of(twin: Twin) -> dict[str, Any]:
    """Everything that is frozen, and nobody's name. `text` tells which numbers belong together: not the key, a secret of partners."""
    printing = printed(twin)
    return chain.summed(
        {
            "format": FORMAT,
            "text": hashlib.sha256(f"twin {twin.key}".encode()).hexdigest()[:16],
            "audience": twin.audience,
            "number": twin.number,
            "title": twin.title,
            "published_at": stamp(twin.published_at),
            "change_note": twin.change_note,
            "content": twin.content,
            "html": twin.html,
            "digest": twin.digest,
            "previous_digest": twin.previous_digest,
            "pdf": {"sha256": printing.sha256, "pages": printing.pages, "bytes": printing.size}
            if printing
            else None,
        }
    )
