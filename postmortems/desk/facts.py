"""From rows to the facts that `desk.stages` judges: a constant number of queries for any number of reviews."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Count, Max

from postmortems.desk.stages import Facts
from postmortems.incidents.models import Incident
from postmortems.interviews.models import Interview
from postmortems.interviews.scheduling.window import windows_of
from postmortems.meetings.models import Meeting
from postmortems.publication.models import Planned, Revision
from postmortems.remediation.models import OPEN_STATUSES, Item
from postmortems.writeup.models import Condition, Section
from postmortems.writeup.sections import Sections
from postmortems.writeup.templating.outline import drafts_of
from timelines.models import Event

ANSWERED = ("accepted", "moving", "writing", "done")


def of(incidents: list[Incident], *, blocking: dict[int, int] | None = None) -> dict[int, Facts]:
    """Facts by primary key. `blocking` are counts of readiness, where somebody asked for them."""
    keys = [incident.pk for incident in incidents]

    def counted(rows) -> dict[int, int]:
        return dict(rows.values_list("incident").annotate(n=Count("pk")))

    events = counted(Event.objects.filter(incident__in=keys, noise=False).order_by())
    pinned = counted(Event.objects.filter(incident__in=keys, pinned=True, hidden=False).order_by())
    participants = Counter(
        Incident.participants.rel.related_model.objects.filter(incident__in=keys).values_list(
            "incident", flat=True
        )
    )
    states: dict[int, Counter] = defaultdict(Counter)
    for key, state in Interview.objects.filter(incident__in=keys).values_list("incident", "state"):
        states[key][state] += 1
    drafts = drafts_of(incidents)
    written = _written(drafts)
    conditions = counted(Condition.objects.filter(incident__in=keys).exclude(kind__helped=True).order_by())
    items = counted(Item.objects.filter(incident__in=keys).order_by())
    unfinished = counted(Item.objects.filter(incident__in=keys, status__in=OPEN_STATUSES).order_by())
    parked = counted(Item.objects.filter(incident__in=keys, status=Item.Status.PARKED).order_by())
    meetings = {
        one.incident_id: one  # the last of an incident wins: held ones by time, then the one that is planned
        for one in sorted(
            Meeting.objects.filter(incident__in=keys)
            .exclude(state=Meeting.State.CANCELLED)
            .defer("agenda", "notes"),
            key=lambda one: (one.state == Meeting.State.PLANNED, one.starts_at),
        )
    }
    standing = Revision.objects.filter(incident__in=keys).standing().order_by()
    revisions = dict(
        standing.values("incident").annotate(newest=Max("number")).values_list("incident", "newest")
    )
    waiting = Planned.objects.filter(incident__in=keys, state=Planned.State.WAITING)
    planned = dict(waiting.values_list("incident", "at"))
    windows = windows_of(incidents)
    found = {}
    for incident in incidents:
        key, policy = incident.pk, incident.severity
        window = windows.get(key)
        gone = states[key]["declined"] + states[key]["cancelled"]
        standing = sum(states[key].values()) - gone
        found[key] = Facts(
            resolved_at=incident.resolved_at, soak_until=window and window.opens_at, fade_at=window and window.fades_at, participants=participants[key], events=events.get(key, 0),
            pinned=pinned.get(key, 0), interviews_standing=standing, interviews_done=states[key]["done"],
            interviews_planned=standing - states[key]["done"], interviews_asked=standing - states[key]["proposed"],
            interviews_answered=sum(states[key][state] for state in ANSWERED), texts_written=written[key], texts_required=len(drafts[key].required),
            conditions=conditions.get(key, 0), items=items.get(key, 0), items_open=unfinished.get(key, 0),
            meeting_expected=bool(policy.meeting_days), meeting_at=meetings[key].starts_at if key in meetings else None,
            meeting_held=key in meetings and meetings[key].state == Meeting.State.HELD, parked=parked.get(key, 0),
            decide_from=meetings[key].decide_from if key in meetings else None,
            blocking=(blocking or {}).get(key, 0), revisions=revisions.get(key, 0),
            planned_at=planned.get(key),
            publish_by=incident.resolved_at + timedelta(days=policy.publish_days) if incident.resolved_at else None,
            closed=incident.state != Incident.State.REVIEWING, skipped=frozenset(incident.skipped_stages),
        )  # fmt: skip
    return found


def _written(drafts: Mapping[int, Sections]) -> Counter[int]:
    """How many of the texts that each write-up needs say something; what is as its starter was does not."""
    asked = {(key, name) for key, sections in drafts.items() for name in sections.required}
    starters = {
        (text.key, text.starter)
        for sections in drafts.values()
        for text in sections.texts
        if text.required and text.starter
    }
    rows = Section.objects.filter(incident__in=drafts, text__regex=r"\S")
    for name, starter in starters:
        rows = rows.exclude(key=name, text=starter)
    return Counter(key for key, name in rows.values_list("incident", "key") if (key, name) in asked)
