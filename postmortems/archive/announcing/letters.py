"""The words in which readers hear of what was published: one letter for a person, one message for a channel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.archive.announcing.noticing import twin_of
from postmortems.archive.following import links
from postmortems.archive.models import Announcement, Telling
from postmortems.calendars.decent import Reader
from postmortems.markdown import to_text
from postmortems.notices import chat, post
from postmortems.notices.models import Channel, ChatMessage, Letter
from postmortems.publication.models import Revision
from postmortems.publication.outside.addresses import address as outside_address

MOST = 40  # of one letter; the archive has them all
WORDS = 70
WITHDRAWN = "Withdrawn"
What = Telling.What


def to_person(person: User, rows: Sequence[Telling], *, reader: Reader, now: datetime) -> Letter | None:
    about, key = _occasion(rows, Letter.objects)
    told = entries(rows[-MOST:], {"user": person})
    end = links.end_of(person)
    return post.send(
        to=person.email,
        template="emails/archive/told",
        context={
            "person": person, "told": told[::-1], "first": told[-1], "more": len(rows) - len(told), "end": end,
            "archive": settings.SITE_URL + reverse("archive:search"), "choices": settings.SITE_URL + reverse("archive:following"),
        },
        key=key, about=about, reader=reader, unsubscribe=end, now=now,
    )  # fmt: skip


def to_channel(channel: Channel, rows: Sequence[Telling], *, now: datetime) -> ChatMessage | None:
    _, key = _occasion(rows, ChatMessage.objects)
    told = entries(rows, {"channel": channel})[::-1]
    title, lines = message(told)
    return chat.send(channel=channel, title=title, lines=lines, key=key, now=now)


def message(told: Sequence[dict]) -> tuple[str, list[chat.Line]]:
    """Title and lines of a message in chat."""
    if len(told) > 1:
        lines = [(f"{one['news']}: {one['name']}{_said(one)}", one["address"]) for one in told]
        return f"{len(told)} incident reviews", lines
    (one,) = told
    lines = [(one["changed"] or one["text"], "")] if one["changed"] or one["text"] else []
    leads = "See why" if one["news"] == WITHDRAWN else "Read it"
    return f"{one['news']}: {one['name']}", [*lines, (leads, one["address"])]


def _said(one: dict) -> str:
    return f" – {short(one['changed'] or one['text'], 30)}" if one["changed"] or one["text"] else ""


def to_address(address: str, row: Telling, *, now: datetime) -> Letter | None:
    """To somebody without an account: nothing but what the twin says. Of one withdrawn, that alone."""
    about, key = _occasion([row], Letter.objects)
    twin = twin_of(row.revision) if row.what == What.PUBLISHED else None
    by = Announcement.objects.filter(revision=row.revision).values_list("by__email", flat=True).first()
    end = links.end_of(address)
    return post.send(
        to=address,
        template="emails/archive/told_outside",
        context={
            "twin": twin, "text": opening(to_text(twin.content["texts"].get("summary", ""))) if twin else "",
            "address": outside_address(twin) if twin else "", "end": end,
        },
        key=key, about=about, reply_to=by or "", reader=Reader(zone=row.revision.incident.zone), unsubscribe=end, now=now,
    )  # fmt: skip


def _occasion(rows: Sequence[Telling], letters) -> tuple[str, str]:
    """What a letter is about, and its key: one that was taken back may be written again, in other words."""
    about = f"told {rows[0].pk} "
    return about, f"{about}{letters.filter(key__startswith=about).count()}"


def entries(rows: Sequence[Telling], reader: dict) -> list[dict]:
    """Each in words. Of a restricted incident nothing travels but its reference."""
    keys = [row.revision_id for row in rows]
    words = dict(Announcement.objects.filter(revision__in=keys).values_list("revision", "text"))
    summaries = dict(
        Revision.objects.filter(pk__in=[key for key in keys if not words.get(key)]).values_list(
            "pk", "content__texts__summary"
        )
    )
    earlier = set(
        Telling.objects.filter(**reader, state=Telling.State.SENT, what=What.PUBLISHED)
        .filter(revision__incident__in=[row.revision.incident_id for row in rows])
        .values_list("revision__incident", flat=True)
    )
    return [
        entry(
            row.revision,
            text=words.get(row.revision_id) or opening(to_text(summaries.get(row.revision_id) or "")),
            again=row.revision.incident_id in earlier,
            withdrawn=row.what == What.WITHDRAWN,
        )
        for row in rows
    ]


def entry(revision: Revision, *, text: str, again: bool, withdrawn: bool = False) -> dict[str, str]:
    incident = revision.incident
    quiet = incident.restricted or withdrawn
    address = settings.SITE_URL + reverse("publication:revision", args=[incident.ref, revision.number])
    return {
        "news": WITHDRAWN if withdrawn else "Revised" if again else "Published",
        "name": incident.ref if quiet else f"{revision.title} ({incident.ref}, {incident.severity})",
        "text": "" if quiet else text,
        "changed": ""
        if quiet or not again or not revision.change_note
        else f"What changed: {revision.change_note}",
        "address": address,
    }


def opening(text: str) -> str:
    """The first sentences of a summary, as far as they go into a letter; its first words where a sentence is long."""
    told, count = [], 0
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        count += len(sentence.split())
        if count > WORDS:
            break
        told.append(sentence)
    return short(" ".join(told) or text)


def short(text: str, words: int = WORDS) -> str:
    """Its first words in one line, however long a word may be."""
    found = text.split()
    told = " ".join(found[:words])
    return (told if len(found) <= words and len(told) <= 700 else told[:700].rstrip(" .,;:") + " …").strip()
