"""Saving texts without losing any. Each change is one transaction with its audit entry inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Clash, Section, SectionText
from postmortems.writeup.templating import outline
from postmortems.writeup.writing import live, merging


@dataclass(frozen=True)
class Saved:
    """What became of a text: the section as it stands, and `mine`, the number under which the text itself is kept.

    They differ when somebody else had saved in between: then the section holds both, and `clashes` tells where
    they could not be brought together. Whoever goes on writing on their own text names `mine`.
    """

    section: Section
    mine: int
    clashes: tuple[Clash, ...] = ()

    @property
    def joined(self) -> bool:
        return self.mine != self.section.version


def save_section(
    *,
    incident: Incident,
    key: str,
    text: str,
    version: int,
    by: User,
    now: datetime | None = None,
    restored_from: int | None = None,
) -> Saved:
    """Keep `text`, written from the text numbered `version` (0: from an empty field), and let it stand.

    Every text becomes a row of the history as it came. When another stands than the one it was written from, the
    two are brought together (`writing.merging`) and what cannot be is kept as a clash. The same text again changes
    nothing, so that a save whose answer got lost can be sent again. Raises KeyError for a section that does not exist.
    """
    if outline.section_of(incident, key) is None:
        raise KeyError(key)
    now = now or timezone.now()
    text = text.replace("\r\n", "\n").replace("\x00", "")
    with transaction.atomic():
        outline.pin(incident, by=by, now=now)
        section = _section(incident, key, by, now)
        if section.version and section.text == text:
            return Saved(section, section.version)
        if section.version == version:
            _stand(section, text, by=by, now=now, written_from=version, restored_from=restored_from)
            return Saved(section, section.version)
        before = section.history.filter(aside=True, text=text, saved_by=by, written_from=version).first()
        if before:
            return Saved(
                section, before.version, tuple(section.clashes.filter(version=before.version, settled=""))
            )
        return _join(section, text, by=by, now=now, written_from=version)


def _section(incident: Incident, key: str, by: User, now: datetime) -> Section:
    """The row, locked; version 0 as long as nothing was written."""
    Section.objects.bulk_create(
        [Section(incident=incident, key=key, version=0, saved_at=now, saved_by=by)], ignore_conflicts=True
    )
    return Section.objects.select_for_update().get(incident=incident, key=key)


def _stand(section: Section, text: str, *, by: User, now: datetime, written_from: int, **more) -> None:
    last = section.history.aggregate(n=Max("version"))["n"] or 0
    section.text, section.version, section.saved_at, section.saved_by = text, last + 1, now, by
    section.save()
    SectionText.objects.create(
        section=section,
        version=section.version,
        text=text,
        saved_at=now,
        saved_by=by,
        written_from=written_from,
        **more,
    )
    told = {"section": section.key, "version": section.version, "by": by.name}
    transaction.on_commit(lambda: live.tell(section.incident_id, "saved", **told))
    record(
        by=by, verb="section.saved", subject=section.incident.ref, sentence=f"wrote in “{_title(section)}”",
        section=section.key, version=section.version,
    )  # fmt: skip


def _title(section: Section) -> str:
    about = outline.section_of(section.incident, section.key)
    return about.title if about else section.key


def _join(section: Section, text: str, *, by: User, now: datetime, written_from: int) -> Saved:
    """Keep the text aside, and let it stand together with what others wrote in the meantime."""
    base = section.history.filter(version=written_from).values_list("text", flat=True).first() or ""
    last = section.history.aggregate(n=Max("version"))["n"] or 0
    aside = SectionText.objects.create(
        section=section,
        version=last + 1,
        text=text,
        saved_at=now,
        saved_by=by,
        written_from=written_from,
        aside=True,
    )
    merged = merging.merge(base, section.text, text)
    clashes = Clash.objects.bulk_create(
        Clash(
            section=section,
            version=aside.version,
            at=one.at,
            was=one.was,
            stands=one.stands,
            written=one.written,
        )
        for one in merged.clashes
    )
    _stand(section, merged.text, by=by, now=now, written_from=section.version, joins=aside.version)
    return Saved(section, aside.version, tuple(clashes))


def settle(*, clash: Clash, by: User, how: str, now: datetime) -> Section:
    """Decide between the words that stand and those written instead: `stands`, `written` or `both`.

    The words that stand are looked for where they were and, failing that, nearest to it; when somebody has changed
    them since, the other words are put in beside. Deciding twice changes nothing. Raises ValueError for another word.
    """
    how = Clash.Settled(how)
    with transaction.atomic():
        section = Section.objects.select_for_update().get(pk=clash.section_id)
        clash = Clash.objects.select_for_update().get(pk=clash.pk)
        if clash.settled:
            return section
        clash.settled, clash.settled_by, clash.settled_at = how, by, now
        clash.save()
        text = merging.settled(section.text, clash.at, clash.stands, clash.written, how)
        if text != section.text:
            _stand(section, text, by=by, now=now, written_from=section.version)
        else:
            record(
                by=by, verb="section.settled", subject=section.incident.ref,
                sentence=f"kept what stands in “{_title(section)}”",
            )  # fmt: skip
    return section
