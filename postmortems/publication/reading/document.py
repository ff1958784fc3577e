"""A revision as one JSON document that stands by itself: docs/revision-format.md."""

from __future__ import annotations

import json
from typing import Any

from postmortems.publication import chain
from postmortems.publication.content import stamp
from postmortems.publication.models import Printing, Revision, Withdrawal

FORMAT = "second-story/revision/1"


def document_of(revision: Revision) -> dict[str, Any]:
    """Everything that is frozen. `publication.chain` checks it without the server."""
    printing = getattr(revision, "printing", None)
    printed = printing is not None and printing.state == Printing.State.DONE
    told = revision.content.get("published", {})
    return chain.summed(
        {
            "format": FORMAT,
            "ref": revision.incident.ref,
            "number": revision.number,
            "title": revision.title,
            "published_at": stamp(revision.published_at),
            "published_by": told.get("by", str(revision.published_by)),
            "change_note": revision.change_note,
            "content": revision.content,
            "html": revision.html,
            "digest": revision.digest,
            "previous_digest": revision.previous_digest,
            "pdf": {"sha256": printing.sha256, "pages": printing.pages, "bytes": printing.size}
            if printed
            else None,
        }
    )


def tombstone_of(revision: Revision, withdrawal: Withdrawal) -> dict[str, Any]:
    """What stands in place of a withdrawn revision: no word of it, and enough to see that the chain is whole."""
    return chain.summed(
        {
            "format": FORMAT,
            "ref": revision.incident.ref,
            "number": revision.number,
            "withdrawn": {"at": stamp(withdrawal.at), "by": withdrawal.role, "reason": withdrawal.reason},
            "content_sha256": chain.digest(revision.content),
            "html_sha256": chain.digest_of_html(revision.html),
            "digest": revision.digest,
            "previous_digest": revision.previous_digest,
        }
    )


def written(document: dict[str, Any]) -> bytes:
    """As it is taken away: the same bytes each time."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
