"""What everybody and partners may read of the worked incident: the apology, the figures, the line, and what follows."""

from __future__ import annotations

from datetime import datetime

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.publication.approving.actions import approve
from postmortems.publication.models import Audience, Mark
from postmortems.publication.twin import actions
from postmortems.publication.twin.drafting import OUTSIDE, Drafted, draft
from postmortems.publication.twin.parts import Part

FACTS = {"impact_began", "detected", "mitigated", "resolved", "zone", "drawing"}
PUBLIC = {"summary", "apology", "impact", "figures", "events", "items", "images"}
KINDS = {Mark.Kind.TITLE, Mark.Kind.FIGURE}


def outside(incident: Incident, *, lead: User, approver: User, now: datetime) -> None:
    made = draft(incident, Audience.PUBLIC)
    choices = {part.place: _for_whom(part) for part in made.parts}
    actions.mark(incident=incident, by=lead, choices=choices, now=now)
    for audience in OUTSIDE:
        _decide(draft(incident, audience), lead, now)
        text = draft(incident, audience).text
        approve(text=text, by=approver, digest=text.digest, now=now)
        actions.publish_twin(
            incident=incident, by=lead, audience=audience, change_note="", now=now, digest=text.digest
        )


def _for_whom(part: Part) -> str:
    if part.kind in KINDS or part.group in PUBLIC or part.key in FACTS or part.key.startswith("duration "):
        return Audience.PUBLIC
    return Audience.INTERNAL if part.key in ("team", "tag", "role") else Audience.PARTNER


def _decide(made: Drafted, by: User, now: datetime) -> None:
    """As it is proposed; what is only a link elsewhere stays."""
    for found in made.found:
        if found.instead:
            actions.replace(incident=made.incident, by=by, words=found.words, instead=found.instead, now=now)
        else:
            actions.let_stay(incident=made.incident, by=by, words=found.words, now=now)
