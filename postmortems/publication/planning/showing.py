from __future__ import annotations

from zoneinfo import ZoneInfo

from postmortems.incidents.models import Incident
from postmortems.publication.models import Planned


def planned_of(incident: Incident, digest: str) -> Planned | None:
    """What is planned, or what became of it; `holds` where the text is still the one that was read."""
    found = Planned.objects.filter(incident=incident).select_related("by", "revision").order_by("-pk").first()
    if found:
        found.holds = found.digest == digest
        found.zone = ZoneInfo(incident.zone)
    return found
