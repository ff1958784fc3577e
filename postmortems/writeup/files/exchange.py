"""A draft out to a file and back: what a file would change, told before it is done, and then done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from postmortems.accounts.models import User
from postmortems.incidents.models import ImpactFigure, Incident
from postmortems.writeup.conditions.actions import ConditionStale, save_condition
from postmortems.writeup.files import draft, returned
from postmortems.writeup.files.draft import Trouble
from postmortems.writeup.models import Condition, ConditionKind
from postmortems.writeup.templating.outline import every_section_of, sections_of
from postmortems.writeup.writing import actions as writing
from timelines.models import Event

TIMES = {
    "impact began": "impact_began", "detected": "detected", "acknowledged": "acknowledged", "mitigated": "mitigated",
    "resolved": "resolved",
}  # fmt: skip


class OtherIncident(Exception):
    """The file is of another incident, or does not say of which."""


@dataclass(frozen=True)
class Change:
    """One text or condition that the file would change."""

    what: Literal["text", "condition"]
    title: str
    was: str  # as it was when the file was written
    becomes: str
    written: Any  # a draft.Text or draft.Condition
    meanwhile: bool = False  # somebody else changed it since the file was written


@dataclass
class Plan:
    changes: list[Change] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    unchanged: int = 0


# --- out -------------------------------------------------------------------------------------------


def export(incident: Incident) -> str:
    """The drafts of an incident as one file, in a constant number of queries."""
    written = {section.key: section for section in incident.sections.all()}
    sections = sections_of(incident)
    conditions = list(incident.conditions.prefetch_related("events"))
    citable = {event.pk for condition in conditions for event in condition.events.all()}
    events = (incident.events.pinned() | incident.events.filter(pk__in=citable)).distinct().in_order()
    return draft.write(
        draft.Draft(
            head=_head(incident),
            texts=tuple(
                draft.Text(key, written[key].text, written[key].version)
                for key in sections.by_key
                if key in written
            ),
            conditions=tuple(_condition(one) for one in conditions),
            events=tuple(
                draft.Event(event.pk, event.exactly, event.caption or event.text[:200])
                for event in events.defer("extra", "raw")
            ),
            kinds=tuple(ConditionKind.objects.values_list("key", flat=True)),
            sections=sections,
            items=tuple(_item(item) for item in incident.items.select_related("owner", "team")),
            figures=tuple(_figure(figure) for figure in incident.impact_figures.all()),
        )
    )


def _head(incident: Incident) -> dict[str, str]:
    times = incident.times
    return {
        "ref": incident.ref,
        "title": incident.title,
        "severity": incident.severity.name,
        "zone": incident.zone,
        **{words: times[name].isoformat() if times[name] else "" for words, name in TIMES.items()},
    }


def _condition(one: Condition) -> draft.Condition:
    events = tuple(sorted(event.pk for event in one.events.all()))
    return draft.Condition(one.number, one.kind_id, one.sentence, one.made_sense, events, one.version)


def _figure(figure: ImpactFigure) -> str:
    if figure.number is None:
        return f"{figure.what}: unknown, because {figure.unknown_because}"
    return f"{figure.what}: {figure.written} {figure.unit}"


def _item(item: Any) -> str:
    facts = [str(item.owner or item.team or "no owner"), f"due {item.due_on}" if item.due_on else "no date"]
    return f"R{item.number} {item.what} ({', '.join([item.get_status_display().lower(), *facts])})"


# --- back ------------------------------------------------------------------------------------------


def plan(incident: Incident, text: str) -> Plan:
    """What the file would change. Nothing is changed by asking. Raises OtherIncident."""
    sections = every_section_of(incident)
    found = returned.read(text, sections)
    ref = found.head.get("ref", "")
    if ref.upper() != incident.ref:
        raise OtherIncident(
            f"This file is of {ref[:30]}, and this is {incident.ref}. Nothing was taken."
            if ref
            else f"The file does not say that it is of {incident.ref}: its head is missing. Nothing was taken."
        )
    told = Plan(troubles=found.troubles)
    for written in found.texts.values():
        _plan_text(incident, sections.by_key[written.key].title, written, told)
    known = {one.number: one for one in incident.conditions.prefetch_related("events")}
    for written in found.conditions:
        _plan_condition(incident, written, known, told)
    there = {written.number for written in found.conditions}
    told.troubles += [
        Trouble(0, f"C{number} is not in the file. It stays; a condition is removed on its own page.")
        for number in sorted(set(known) - there)
    ]
    return told


def _plan_text(incident: Incident, title: str, written: draft.Text, told: Plan) -> None:
    section = incident.sections.filter(key=written.key).first()
    base = section.history.filter(version=written.version).first() if section else None
    was = base.text if base else ""
    text = _trimmed(written.text, was).replace("\r\n", "\n").replace("\x00", "")
    standing = section.version if section else 0
    if text == was or section and text == section.text:
        told.unchanged += 1
        return
    told.changes.append(
        Change(
            "text",
            title,
            was,
            text,
            draft.Text(written.key, text, written.version),
            standing != written.version,
        )
    )


def _trimmed(text: str, was: str) -> str:
    """Empty lines around a text are the editor's, unless they were there before."""
    bare = text.strip("\n")
    if bare == was.strip("\n"):
        return was
    return text if was.strip("\n") != was else bare


def _plan_condition(
    incident: Incident, written: draft.Condition, known: dict[int, Condition], told: Plan
) -> None:
    standing = known.get(written.number) if written.number is not None else None
    trouble = _wrong(incident, written, standing)
    if trouble:
        told.troubles.append(Trouble(written.line, trouble))
        return
    if standing is None:
        becomes = _words(written)
        if any(_words(_condition(one), numbered=False) == becomes for one in known.values()):
            told.unchanged += 1  # the same file a second time
            return
        told.changes.append(Change("condition", "A new condition", "", becomes, written))
        return
    before = _condition(standing)
    written = _like(written, before)
    if _words(written) == _words(before):
        told.unchanged += 1
        return
    meanwhile = standing.version != written.version
    told.changes.append(
        Change("condition", f"C{standing.number}", _words(before), _words(written), written, meanwhile)
    )


def _wrong(incident: Incident, written: draft.Condition, standing: Condition | None) -> str:
    name = f"C{written.number}" if written.number is not None else "The new condition"
    if written.number is not None and standing is None:
        return f"There is no {name} (any more). Write “condition new” to record it as another one."
    kinds = ConditionKind.objects.values_list("key", flat=True)
    if written.kind not in kinds:
        return f"{name} has no kind that is known: one of {', '.join(kinds)}."
    if not written.sentence or len(written.sentence) > 300:
        return f"{name} needs a sentence of at most 300 characters."
    known = set(Event.objects.filter(incident=incident, pk__in=written.events).values_list("pk", flat=True))
    if unknown := sorted(set(written.events) - known):
        return (
            f"{name} rests on events that this incident does not have: {', '.join(map(str, unknown[:10]))}."
        )
    return ""


def _like(written: draft.Condition, before: draft.Condition) -> draft.Condition:
    """What an editor may turn around without meaning a change is as it was."""
    sentence = before.sentence if " ".join(before.sentence.split()) == written.sentence else written.sentence
    sense = _trimmed(written.made_sense, before.made_sense)
    return draft.Condition(
        written.number, written.kind, sentence, sense, tuple(sorted(written.events)), written.version, written.line,
    )  # fmt: skip


def _words(one: draft.Condition, *, numbered: bool = True) -> str:
    rests = ", ".join(f"event {number}" for number in sorted(one.events)) or "no event yet"
    return f"{one.sentence}\n{one.kind}; rests on {rests}\n\n{one.made_sense.strip()}".strip()


def take(*, incident: Incident, text: str, by: User, now: datetime) -> tuple[list[str], list[Trouble]]:
    """Do what `plan` tells, each change by itself; sentences on what was done, and what was not.

    A text is saved as written from the version the file began with, so that what others wrote since stays. The same
    file again changes nothing. Raises OtherIncident.
    """
    told = plan(incident, text)
    done: list[str] = []
    for change in told.changes:
        if change.what == "text":
            done.append(_take_text(incident, change, by, now))
        elif trouble := _take_condition(incident, change.written, by):
            told.troubles.append(trouble)
        else:
            done.append(f"{change.title} is recorded.")
    return done, told.troubles


def _take_text(incident: Incident, change: Change, by: User, now: datetime) -> str:
    written: draft.Text = change.written
    saved = writing.save_section(
        incident=incident, key=written.key, text=written.text, version=written.version, by=by, now=now
    )
    if saved.clashes:
        return f"“{change.title}” is saved. Somebody else changed the same words: both are shown there."
    if saved.joined:
        return f"“{change.title}” is saved, together with what somebody else wrote meanwhile."
    return f"“{change.title}” is saved."


def _take_condition(incident: Incident, written: draft.Condition, by: User) -> Trouble | None:
    standing = (
        incident.conditions.filter(number=written.number).first() if written.number is not None else None
    )
    try:
        save_condition(
            incident=incident, by=by, kind=written.kind, sentence=written.sentence, made_sense=written.made_sense,
            events=Event.objects.filter(incident=incident, pk__in=written.events), condition=standing, version=written.version,
        )  # fmt: skip
    except ConditionStale:
        return Trouble(
            written.line,
            f"C{written.number} was changed by somebody else after the file was made. It stands as they left it; take a new"
            " file, or change it on its page.",
        )
    return None
