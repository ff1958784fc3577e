"""What a reviewer of the demo says before the story is told: who is who, and which events are one moment."""

from __future__ import annotations

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.merging import actions, comparing, groups, people
from timelines.merging.actions.people import Choice


def one_line(incident: Incident, by: User) -> None:
    """Accept every certain name and every proposed moment, as the pages offer them."""
    comparison, _ = comparing.current(incident)
    names = [one for one in people.named(comparison.names) if one.is_unknown]
    people.suggest(names, incident)
    choices = [
        Choice(one.format, one.actor_id, one.actors[0], sure.key) for one in names if (sure := one.certain)
    ]
    actions.map_names(incident=incident, by=by, choices=choices)
    for one in groups.proposed(comparison, incident):
        actions.group(incident=incident, by=by, events=one["events"])
