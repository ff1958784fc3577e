"""What the write-up of an incident consists of.

1. From its first word on it follows one version of one template, or what comes with the house, until somebody accepts
   another. Before, it follows the newest version of the template that its severity begins with.
2. A text whose section the template has no longer is never lost: it stands at the end of its R while it has words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Outline, Template, TemplateVersion
from postmortems.writeup.sections import BUILT_IN, BY_KEY, Sections, Text
from postmortems.writeup.templating.shape import texts_of

FILES_KNOW = 200  # newest versions of templates; a file taken home is rarely older


def sections_of(incident: Incident) -> Sections:
    """The sections of the write-up of `incident`, with those that have words and no place in the template any more."""
    sections = in_version(version_of(incident))
    written = set(incident.sections.filter(text__regex=r"\S").values_list("key", flat=True))
    gone = sorted(written - sections.by_key.keys())
    if not gone:
        return sections
    known = _known(gone)
    return Sections((*sections.texts, *(known.get(key) or _unknown(key) for key in gone)))


def every_section_of(incident: Incident) -> Sections:
    """Whatever a section was called in any version of any template, those of the write-up last: for reading files back."""
    versions = TemplateVersion.objects.order_by("-at", "-pk")[:FILES_KNOW]
    others = (text for version in versions for text in texts_of(version.sections))
    return Sections((*others, *BUILT_IN.texts, *sections_of(incident).texts))


def section_of(incident: Incident, key: str) -> Text | None:
    """The section of this key, also one that any template had: what somebody still writes in it is taken."""
    text = in_version(version_of(incident)).by_key.get(key) or _known([key]).get(key)
    if text is None and incident.sections.filter(key=key).exists():
        return _unknown(key)
    return text


def version_of(incident: Incident) -> TemplateVersion | None:
    """The version the write-up follows; None is what comes with the house."""
    pinned = Outline.objects.filter(incident=incident).select_related("version__template").first()
    return pinned.version if pinned else beginning(incident.severity_id)


def beginning(severity_id: int) -> TemplateVersion | None:
    """The version that new write-ups of a severity begin with."""
    return _beginnings([severity_id]).get(severity_id)


def in_version(version: TemplateVersion | None) -> Sections:
    return Sections(texts_of(version.sections)) if version else BUILT_IN


def drafts_of(incidents: Iterable[Incident]) -> dict[int, Sections]:
    """The sections of each, by primary key, without those that only words keep; in a constant number of queries."""
    rows = list(incidents)
    pinned = {
        one.incident_id: one.version
        for one in Outline.objects.filter(incident__in=rows).select_related("version")
    }
    begun = _beginnings({one.severity_id for one in rows if one.pk not in pinned})
    made = {None: BUILT_IN}
    found = {}
    for one in rows:
        version = pinned[one.pk] if one.pk in pinned else begun.get(one.severity_id)
        key = version and version.pk
        if key not in made:
            made[key] = in_version(version)
        found[one.pk] = made[key]
    return found


def newest_of(templates: Iterable[int]) -> QuerySet[TemplateVersion]:
    """The newest version of each template, by primary keys of templates."""
    versions = TemplateVersion.objects.filter(template__in=set(templates)).select_related("template")
    return versions.order_by("template_id", "-number").distinct("template_id")


def pin(incident: Incident, *, by: User, now: datetime) -> None:
    """Hold on to what the write-up follows. Part of saving its first word; afterwards it changes nothing."""
    if not Outline.objects.filter(incident=incident).exists():
        version = beginning(incident.severity_id)
        Outline.objects.bulk_create(
            [Outline(incident=incident, version=version, by=by, at=now)], ignore_conflicts=True
        )


def _beginnings(severities: Collection[int]) -> dict[int, TemplateVersion]:
    if not severities:
        return {}
    given = dict(
        Template.severities.through.objects.filter(
            severity__in=severities, template__retired_at=None
        ).values_list("severity_id", "template_id")
    )
    newest = {one.template_id: one for one in newest_of(given.values())}
    return {severity: newest[template] for severity, template in given.items() if template in newest}


def _known(keys: Collection[str]) -> dict[str, Text]:
    """Sections that the house or any version of any template had, as they were last, marked as left."""
    found = {key: replace(BY_KEY[key], required=False, left=True) for key in keys if key in BY_KEY}
    missing = set(keys) - set(found)
    if not missing:
        return found
    having = reduce(or_, (Q(sections__contains=[{"key": key}]) for key in missing))
    newest_first = TemplateVersion.objects.filter(having).order_by("-at", "-pk")
    for version in newest_first.iterator(chunk_size=20):
        for text in texts_of(version.sections):
            if text.key in missing:
                found[text.key] = replace(text, required=False, left=True)
                missing.discard(text.key)
        if not missing:
            break
    return found


def _unknown(key: str) -> Text:
    """Words whose section nobody knows any more stand in Reason, where most of a write-up is."""
    title = key.removeprefix("x-").replace("-", " ").capitalize()
    return Text(key, "reason", title, "", required=False, left=True)
