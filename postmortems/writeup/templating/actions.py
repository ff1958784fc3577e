"""Changing templates, and what a draft follows. Each change is one transaction with its audit entry inside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident, Severity
from postmortems.writeup.models import Outline, Template, TemplateVersion
from postmortems.writeup.sections import Sections
from postmortems.writeup.templating import outline, shape
from postmortems.writeup.writing import live

BEGUN = Template.severities.through.objects  # which severity begins with which template


class Unusable(ValueError):
    """These sections are no template; `troubles` says why, in sentences."""

    def __init__(self, troubles: list[str]) -> None:
        super().__init__(" ".join(troubles))
        self.troubles = troubles


class Stale(Exception):
    """Somebody else changed it since it was looked at."""


# --- templates -------------------------------------------------------------------------------------


def create(
    *,
    name: str,
    sentence: str,
    sections: Sections,
    severities: Collection[Severity],
    by: User,
    now: datetime,
    note: str = "",
) -> Template:
    """A new template with its first version. Raises Unusable, also where the name is taken."""
    texts = _checked(sections)
    _free(name)
    with transaction.atomic():
        template = Template.objects.create(name=name, sentence=sentence)
        _version(template, 1, texts, note=note, by=by, now=now)
        _begin_with(template, severities)
        record(
            by=by,
            verb="template.made",
            subject=name,
            sentence=f"made the template “{name}”{_for(severities)}",
        )
    return template


def save_version(
    *, template: Template, sections: Sections, started_from: int, note: str, by: User, now: datetime
) -> TemplateVersion:
    """The next version, written from the one numbered `started_from`; drafts follow it once somebody accepts it there.

    Sections that are as they were make no version. Raises Unusable, and Stale where another version came in between.
    """
    texts = _checked(sections)
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=template.pk)
        newest = template.versions.first()
        if newest.sections == shape.rows_of(texts.texts):
            return newest
        if newest.number != started_from:
            raise Stale(f"{newest.by} saved version {newest.number} in the meantime.")
        version = _version(template, newest.number + 1, texts, note=note, by=by, now=now)
        record(
            by=by, verb="template.saved", subject=template.name,
            sentence=f"saved version {version.number} of the template “{template.name}”",
        )  # fmt: skip
    return version


def change(
    *, template: Template, name: str, sentence: str, severities: Collection[Severity], by: User
) -> Template:
    """What it is called, when to use it, and which severities begin with it. A severity begins with one template alone."""
    _free(name, besides=template)
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=template.pk)
        template.name, template.sentence = name, sentence
        template.save()
        _begin_with(template, severities)
        record(
            by=by, verb="template.changed", subject=name,
            sentence=f"changed what the template “{name}” is for{_for(severities)}",
        )  # fmt: skip
    return template


def retire(*, template: Template, by: User, now: datetime) -> None:
    """No new write-up begins with it; those that follow it go on."""
    with transaction.atomic():
        if Template.objects.filter(pk=template.pk, retired_at=None).update(retired_at=now):
            record(
                by=by,
                verb="template.retired",
                subject=template.name,
                sentence=f"retired the template “{template.name}”",
            )


def bring_back(*, template: Template, by: User) -> None:
    """In use again, and for the severities it had that no other template took meanwhile."""
    with transaction.atomic():
        if Template.objects.filter(pk=template.pk).exclude(retired_at=None).update(retired_at=None):
            others = BEGUN.filter(template__retired_at=None).exclude(template=template)
            template.severities.remove(*others.values_list("severity", flat=True))
            record(
                by=by, verb="template.brought back", subject=template.name,
                sentence=f"brought the template “{template.name}” back into use",
            )  # fmt: skip


def _checked(sections: Sections) -> Sections:
    texts = shape.tidy(sections.texts)
    if troubles := shape.troubles(texts):
        raise Unusable(troubles)
    return Sections(texts)


def _free(name: str, besides: Template | None = None) -> None:
    others = Template.objects.exclude(pk=besides.pk) if besides else Template.objects.all()
    if others.filter(name__iexact=name).exists():
        raise Unusable([f"There is a template “{name}” already."])


def _version(
    template: Template, number: int, texts: Sections, *, note: str, by: User, now: datetime
) -> TemplateVersion:
    return TemplateVersion.objects.create(
        template=template, number=number, sections=shape.rows_of(texts.texts), note=note[:300], by=by, at=now
    )


def _begin_with(template: Template, severities: Collection[Severity]) -> None:
    chosen = list(Severity.objects.select_for_update().filter(pk__in=[one.pk for one in severities]))
    BEGUN.filter(severity__in=chosen, template__retired_at=None).exclude(template=template).delete()
    template.severities.set(chosen)


def _for(severities: Collection[Severity]) -> str:
    return (
        f"; new write-ups of {', '.join(one.name for one in severities)} begin with it" if severities else ""
    )


# --- drafts ----------------------------------------------------------------------------------------


def follow(
    *, incident: Incident, version: TemplateVersion | None, seen: int | None, by: User, now: datetime
) -> Outline:
    """Let the write-up follow `version`; None is what comes with the house. No word of it is changed.

    `seen` is the primary key of the version that the person saw it follow: raises Stale where it is another by now.
    """
    with transaction.atomic():
        row = _row(incident, by=by, now=now)
        wanted = version and version.pk
        if row.version_id == wanted:
            return row
        if row.version_id != seen:
            raise Stale("Somebody else chose the sections of this write-up in the meantime.")
        row.version, row.left, row.by, row.at = version, None, by, now
        row.save()
        transaction.on_commit(lambda: live.tell(incident.pk, "follows"))
        called = f"version {version.number} of “{version.template}”" if version else "the 3 R's as they come"
        record(
            by=by, verb="writeup.follows", subject=incident.ref, sentence=f"let the write-up follow {called}"
        )
    return row


def leave(*, incident: Incident, version: TemplateVersion, by: User, now: datetime) -> Outline:
    """Stay with what the write-up follows, though there is `version`; it is not offered again until there is a newer one."""
    with transaction.atomic():
        row = _row(incident, by=by, now=now)
        if row.left_id != version.pk and row.version_id != version.pk:
            row.left = version
            row.save(update_fields=["left"])
            record(
                by=by, verb="writeup.stays", subject=incident.ref,
                sentence=f"left the write-up as it is, without version {version.number} of “{version.template}”",
            )  # fmt: skip
    return row


def _row(incident: Incident, *, by: User, now: datetime) -> Outline:
    outline.pin(incident, by=by, now=now)
    return Outline.objects.select_for_update(of=("self",)).get(incident=incident)
