"""Makers: small functions with sensible defaults, for what a test needs to exist."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from postmortems.accounts.models import Team, User
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.interviews.models import Interview
from postmortems.meetings.models import Meeting
from postmortems.meetings.planning import actions as meetings
from postmortems.remediation import actions as remediation
from postmortems.writeup.commenting import actions as commenting
from postmortems.writeup.commenting.passages import Selected, passage_of
from postmortems.writeup.conditions.actions import save_condition
from postmortems.writeup.images import actions as images
from postmortems.writeup.models import Comment, Image, Template
from postmortems.writeup.sections import TEXTS, Sections, Text
from postmortems.writeup.templating import actions as templating
from postmortems.writeup.templating.outline import sections_of
from postmortems.writeup.writing import actions as writing
from tests.pictures import drawn
from timelines import actions as timelines
from timelines import storing
from timelines.formats.records import Record
from timelines.models import Event, Hypothesis, Indicator, Source
from timelines.story import actions as story
from timelines.story.series import Line

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def user(short: str = "", *, role: str = "member", **fields) -> User:
    short = short or f"person{next(_numbers)}"
    fields.setdefault("name", short.capitalize())
    return User.objects.create_user(f"{short}@example.org", "a long enough password", role=role, **fields)


def team(name: str = "Platform", *members: User) -> Team:
    made = Team.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    made.members.set(members)
    return made


def service(name: str = "Checkout") -> Service:
    return Service.objects.create(name=name, slug=name.lower().replace(" ", "-"))


def incident(
    *, by: User | None = None, title: str = "Bookings were not confirmed", severity: str = "sev2", **fields
) -> Incident:
    times = {
        "impact_began_at": T0, "detected_at": T0 + timedelta(minutes=7), "acknowledged_at": T0 + timedelta(minutes=9),
        "mitigated_at": T0 + timedelta(minutes=70), "resolved_at": T0 + timedelta(minutes=84),
    }  # fmt: skip
    return incidents.open_incident(
        by=by or user(), title=title, severity=Severity.objects.get(key=severity), **(times | fields)
    )


def source(incident: Incident, name: str = "Slack", format: str = "slack") -> Source:
    return timelines.source_for(incident=incident, format=format, name=name)


def record(text: str = "hello", *, minutes: float = 0, id: str = "", **fields) -> Record:
    number = next(_numbers)
    given = {
        "actor": "Ian",
        "kind": "message",
        "raw": f'{{"text": "{text}", "n": {number}}}'.encode(),
        "where": f"file:{number}",
    }
    return Record(
        at=T0 + timedelta(minutes=minutes), external_id=id or f"id-{number}", text=text, **(given | fields)
    )


def events(incident: Incident, count: int = 3, *, into: Source | None = None) -> list[Event]:
    into = into or source(incident)
    for batch in storing.batches(record(f"event number {n}", minutes=n) for n in range(count)):
        storing.store(into, batch)
    return list(into.events.in_order())


def event(
    incident: Incident, text: str = "something", *, pinned: bool = False, by: User | None = None
) -> Event:
    by = by or incident.opened_by
    made = timelines.add_by_hand(
        incident=incident, by=by, at=T0 + timedelta(minutes=next(_numbers) % 60), text=text
    )
    if pinned:
        timelines.pin(event=made, by=by)
    return made


def interview(incident: Incident, *, interviewer: User | None = None, **fields) -> Interview:
    given = {
        "participant": fields.get("participant") or incident.participants.first(),
        "starts_at": T0 + timedelta(days=2),
        "ends_at": T0 + timedelta(days=2, minutes=45),
        "state": "invited",
        "invited_at": T0,
    }
    return Interview.objects.create(
        incident=incident,
        interviewer=interviewer or incident.opened_by,
        **(given | fields),
    )


def condition(incident: Incident, sentence: str = "Retries had no budget", *events: Event):
    return save_condition(
        incident=incident,
        by=incident.opened_by,
        kind="technical",
        sentence=sentence,
        made_sense="It hid small failures.",
        events=events,
    )


def item(incident: Incident, what: str = "Bound retries with a budget of 10 %", **fields):
    given = {"type": "prevent", "how_we_know": "A lagging replica raises traffic by at most 10 %"}
    return remediation.add_item(incident=incident, by=incident.opened_by, what=what, **(given | fields))


def writeup_of(incident: Incident) -> None:
    """Everything readiness asks for."""
    for text in sections_of(incident).texts:
        words = (
            "We are sorry that 1,914 people waited."
            if text.key == "apology"
            else f"Words about {text.title}: 1,914 people, 84 minutes, until 19:24."
        )
        writing.save_section(incident=incident, key=text.key, text=words, version=0, by=incident.opened_by)
    one, two = (
        event(incident, "the lag alert fired", pinned=True),
        event(incident, "a rollback began", pinned=True),
    )
    first = condition(incident, "Retries had no budget", one)
    condition(incident, "The dashboard averaged over all shops", two)
    made = item(
        incident,
        owner=incident.opened_by,
        due_on=(T0 + timedelta(days=30)).date(),
        conditions=[first],
        status="accepted",
    )
    assert made


def meeting(incident: Incident, *, by: User | None = None, now: datetime | None = None, **fields) -> Meeting:
    """Planned for ten days after the first moment, an hour long; `now` is when it is planned."""
    given = {"starts_at": T0 + timedelta(days=10), "minutes": 60, "place": "Room Lark"}
    by = by or incident.opened_by
    plan = meetings.Plan(**(given | fields))
    return meetings.plan(incident=incident, by=by, plan=plan, now=now or T0 + timedelta(days=3))


def hypothesis(incident: Incident, *, by: User, sentence: str = "The disk is full", **fields) -> Hypothesis:
    given = {
        "sentence": sentence,
        "begins_at": T0,
        "ends_at": None,
        "outcome": "open",
        "held_by": "",
        "became": "",
    }
    return story.add(kind=Hypothesis, incident=incident, by=by, fields=given | fields)


def indicator(incident: Incident, *, by: User, values=(1.0, 0.5, 1.0), **fields) -> Indicator:
    """A sample a minute from the first moment on."""
    line = Line("availability", {}, [(T0 + timedelta(minutes=n), value) for n, value in enumerate(values)])
    given = {"name": "availability", "meaning": "good", "objective": Decimal("0.99"), "window_days": 28}
    return story.add_indicator(
        incident=incident, by=by, line=line, raw=b"time,value", filename="a.csv", fields=given | fields
    )


def clash(incident):
    """Two people who changed the same words of the summary differently."""
    by = incident.opened_by
    standing = incident.sections.filter(key="summary").first()
    number = writing.save_section(
        incident=incident,
        key="summary",
        text="It was quiet.",
        version=standing.version if standing else 0,
        by=by,
    ).mine
    for text in ("It was loud.", "It was silent."):
        saved = writing.save_section(incident=incident, key="summary", text=text, version=number, by=by)
    return saved.clashes[0]


def image(
    incident: Incident, *, by: User | None = None, alt: str = "", colour: tuple[int, int, int] = (178, 58, 46)
) -> Image:
    return images.keep(
        incident=incident,
        by=by or incident.opened_by,
        upload=ContentFile(drawn(colour=colour), name="errors.png"),
        alt=alt,
        now=T0,
    ).image


def graph(incident: Incident, *, by: User | None = None) -> Event:
    """A picture, and the event that it shows."""
    by = by or incident.opened_by
    return images.show_moment(
        image=image(incident, by=by, alt="Errors rise"), by=by, at=T0, text="Errors rise to 14 %"
    )


def comment(
    incident: Incident,
    text: str = "Was it the queue or the pool?",
    *,
    on: str = "",
    section: str = "story",
    by: User | None = None,
    now: datetime = T0,
    suggestion: str | None = None,
) -> Comment:
    """About the first place of the words `on` in the section, about the section, or without one about the whole."""
    return commenting.comment(
        incident=incident,
        by=by or incident.opened_by,
        text=text,
        now=now,
        passage=passage_of(incident, Selected(section, quote=on)),
        suggestion=suggestion,
    )


def template(name: str = "Data loss", *more: Text, by: User, **fields) -> Template:
    """What comes with the house, and `more`."""
    given = {"sentence": "", "sections": Sections((*TEXTS, *more)), "severities": [], "now": T0}
    return templating.create(name=name, by=by, **(given | fields))
