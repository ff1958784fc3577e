"""An incident of a status page with what was said about it, whichever maker's page it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from timelines.formats.base import Context, clean, compact
from timelines.formats.customers import message
from timelines.formats.documents import one, under
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.statuspage import update_key


@dataclass
class Said:
    """One update; `path` leads to it inside its incident, `id` is "" where the page gives none."""

    raw: dict
    when: Any
    status: str
    body: Any
    path: tuple = ()
    id: str = ""
    edited: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Incident:
    """`begin` and `end` are what the page states of the impact, often set later than anything was said."""

    id: str
    title: str
    said: list[Said]
    link: str = ""
    page: str = ""
    impact: str = ""
    begin: Any = None
    end: Any = None

    def told(self, raw: dict, where: str, page: str, context: Context) -> Iterator[Record | Skipped]:
        seen: Counter[str] = Counter()
        extra = {"incident": self.id, "title": self.title} | ({"impact": self.impact} if self.impact else {})
        for said in sorted(self.said, key=lambda said: str(said.when)):
            place = under(where, *said.path) if said.path else where
            yield from one(place, self._message, said, place, page, extra | said.extra, context, seen)
        if self.begin:
            yield from one(where, self._window, raw, where, page, extra, context)

    def _message(
        self, said: Said, where: str, page: str, extra: dict, context: Context, seen: Counter[str]
    ) -> Record:
        when = stamp(said.when, context.zone)
        return message(
            key=f"update/{said.id}" if said.id else update_key(self.id, when, said.status, seen),
            status=said.status,
            body=_words(said.body),
            title=self.title,
            when=when,
            page=page,
            where=where,
            raw=compact({"incident": self.id, **said.raw}),
            link=self.link,
            revised=stamp(said.edited, context.zone)["at"] if said.edited else None,
            extra=extra,
        )

    def _window(self, raw: dict, where: str, page: str, extra: dict, context: Context) -> Record:
        return Record(
            external_id=f"incident/{self.id}/window",
            text=f"Impact as the status page states it: {self.title}",
            kind="impact",
            until=stamp(self.end, context.zone)["at"] if self.end else None,
            actor=page or "Status page",
            actor_kind="system",
            place=page,
            link=self.link,
            where=where,
            raw=compact(raw),
            extra=extra,
            **stamp(self.begin, context.zone),
        )


def _words(body: Any) -> str:
    body = body if isinstance(body, str) else clean(body)
    return plain(body) if "</" in body or "<br" in body else body
