from __future__ import annotations

from datetime import datetime

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.publication.models import Twin


class Changed(Exception):
    """What would be published is no longer what was shown."""


class NotReady(Exception):
    """Something stands in the way; `reasons` are sentences."""


def publish_twin(
    *,
    incident: Incident,
    by: User,
    audience: str,
    change_note: str,
    now: datetime,
    digest: str,
    restricted_too: bool = False,
) -> Twin:
    """Freeze what was shown to `by`, whose digest this is, as the next twin for `audience`."""
    raise NotReady
