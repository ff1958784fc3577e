"""From rows that wait to one letter or message for each reader.

1. A reader is written to at a decent hour (calendars.decent). What is heard of at once goes in one letter an hour at
   most; what is heard of weekly, at the first decent hour of a week, all that came before that week.
2. What is no longer true by then is passed over: withdrawn, replaced by a newer one that waits as well, followed no
   more, or restricted to people among whom its reader is not.
3. Rows, letter and message are written in one transaction: a worker that dies in it has sent nothing, and the next one
   finds the same rows waiting. A letter that a mail server refused so far is taken back when it is not true any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.archive.announcing import letters
from postmortems.archive.announcing.noticing import twin_of
from postmortems.archive.models import Card, Declined, HouseChannel, Subscription, Telling
from postmortems.calendars.decent import Reader, next_decent
from postmortems.incidents.models import Incident
from postmortems.notices import chat, post
from postmortems.notices.models import Channel, Letter
from postmortems.publication.models import Revision
from postmortems.remediation.models import TeamChannel

PAUSE = timedelta(hours=1)
What, State, How = Telling.What, Telling.State, Subscription.How
log = logging.getLogger(__name__)


def send_due(*, now: datetime) -> None:
    """Write to everybody for whom something waits and whose hour has come."""
    recall(now=now)
    waiting = Telling.objects.filter(state=State.WAITING, look_at__lte=now)
    for field, send in (("user", send_to_person), ("channel", send_to_channel), ("address", send_to_address)):
        found = waiting.exclude(**({field: ""} if field == "address" else {field: None}))
        for who in list(found.order_by(field).values_list(field, flat=True).distinct()):
            try:
                send(who, now=now)
            except Exception:  # one reader's trouble keeps nothing from the others; it waits, and is seen
                log.exception("What was published could not be told to a reader; it waits for the next time.")


def send_to_person(user_id: int, *, now: datetime) -> bool:
    person = User.objects.get(pk=user_id)
    reader = person.reader
    declined = Declined.objects.filter(address__iexact=person.email).exists()
    mine = Subscription.objects.filter(user=person)
    hows = {} if declined else dict(mine.heard().values_list("facet", "how"))

    def may_open(rows: Sequence[Telling]) -> set[int]:
        keys = [row.revision.incident_id for row in rows] if person.is_active and not declined else []
        return set(Incident.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True))

    def write(rows: Sequence[Telling]) -> dict[str, Any]:
        return {"letter": letters.to_person(person, rows, reader=reader, now=now)}

    return _send({"user": user_id}, reader, hows, may_open, write, now)


def send_to_channel(channel_id: int, *, now: datetime) -> bool:
    channel = Channel.objects.get(pk=channel_id)
    place = (
        HouseChannel.objects.filter(channel=channel).first()
        or TeamChannel.objects.filter(channel=channel).first()
    )
    reader = Reader(zone=place.zone) if place else Reader()
    hows = dict(Subscription.objects.filter(channel=channel).heard().values_list("facet", "how"))

    def write(rows: Sequence[Telling]) -> dict[str, Any]:
        return {"message": letters.to_channel(channel, rows, now=now)}

    return _send({"channel": channel_id}, reader, hows, _open_to_all, write, now)


def send_to_address(address: str, *, now: datetime) -> bool:
    """Of several incidents in several letters: who is outside is told of one by somebody, and follows nothing."""
    declined = Declined.objects.filter(address__iexact=address).exists()

    def may_open(rows: Sequence[Telling]) -> set[int]:
        return set() if declined else {key for key in _open_to_all(rows) if _of(rows, key)}

    def _of(rows: Sequence[Telling], incident: int) -> bool:
        return any(row.what == What.WITHDRAWN or twin_of(row.revision) for row in rows if row.revision.incident_id == incident)  # fmt: skip

    waiting = Telling.objects.filter(address=address, state=State.WAITING).select_related(
        "revision__incident"
    )
    write = _writer_to(address, now)
    sent = False
    for incident in {row.revision.incident_id: row.revision.incident for row in waiting}.values():
        whose = {"address": address, "revision__incident": incident}
        sent |= _send(whose, Reader(zone=incident.zone), {}, may_open, write, now)
    return sent


def _writer_to(address: str, now: datetime) -> Callable[[Sequence[Telling]], dict[str, Any]]:
    return lambda rows: {"letter": letters.to_address(address, rows[-1], now=now)}


# --- which, and when ---------------------------------------------------------------------------------


def _send(
    whose: dict[str, Any],
    reader: Reader,
    hows: dict[str, str],
    may_open: Callable[[Sequence[Telling]], set[int]],
    write: Callable[[Sequence[Telling]], dict[str, Any]],
    now: datetime,
) -> bool:
    """Tell one reader what is true and due; what is true and not due is looked at when it may be."""
    with transaction.atomic():
        rows = _taken(whose)
        hows_of = _hows(rows, hows, may_open(rows))
        _pass_over([row for row in rows if row.pk not in hows_of])
        true = [row for row in rows if row.pk in hows_of]
        at = {row.pk: _when(row, hows_of[row.pk], reader, whose, now) for row in true}
        due = [row for row in true if at[row.pk] <= now]
        for row in true:
            if row not in due:
                Telling.objects.filter(pk=row.pk).update(look_at=at[row.pk])
        if not due:
            return False
        told = write(due)
        Telling.objects.filter(pk__in=[row.pk for row in due]).update(state=State.SENT, sent_at=now, **told)
    return True


def _taken(whose: dict[str, Any]) -> list[Telling]:
    """What waits for one reader, held until the transaction ends, with its incident as it is: nobody restricts it meanwhile."""
    rows = list(
        Telling.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=State.WAITING, **whose)
        .select_related("revision__incident__severity")
        .defer("revision__content", "revision__html", "revision__words")
        .order_by("revision__published_at", "pk")
    )
    keys = {row.revision.incident_id for row in rows}
    held = {one.pk: one for one in Incident.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")}  # fmt: skip
    for row in rows:
        row.revision.incident.restricted = held[row.revision.incident_id].restricted
    return rows


def _open_to_all(rows: Sequence[Telling]) -> set[int]:
    return {row.revision.incident_id for row in rows if not row.revision.incident.restricted}


def _hows(rows: Sequence[Telling], hows: dict[str, str], may_open: set[int]) -> dict[int, str]:
    """Of the rows that are still true, how their reader hears of each by now.

    What is withdrawn is told as that alone; of two revisions that wait, the newer one.
    """
    incidents = {row.revision.incident_id for row in rows}
    standing = set(
        Revision.objects.standing()
        .filter(pk__in=[row.revision_id for row in rows])
        .values_list("pk", flat=True)
    )
    facets = dict(Card.objects.filter(incident__in=incidents).values_list("incident", "facets"))
    newest = {}
    for row in rows:
        newest[row.revision.incident_id] = max(newest.get(row.revision.incident_id, 0), row.revision.number)
    found = {}
    for row in rows:
        incident = row.revision.incident_id
        fine = row.what == What.WITHDRAWN or (
            row.revision_id in standing and row.revision.number == newest[incident]
        )
        how = How.AT_ONCE if row.asked_for else _how(facets.get(incident, ()), hows)
        if incident in may_open and fine and how:
            found[row.pk] = how
    return found


def _how(facets: Iterable[str], hows: dict[str, str]) -> str | None:
    found = {hows[facet] for facet in facets if facet in hows}
    return How.AT_ONCE if How.AT_ONCE in found else How.WEEKLY if found else None


def _when(row: Telling, how: str, reader: Reader, whose: dict[str, Any], now: datetime) -> datetime:
    """When it may be told: now, or a later moment."""
    at = now
    if how == How.WEEKLY:
        made = row.made_at.astimezone(reader.tz).date()
        monday = made + timedelta(days=7 - made.weekday())
        at = max(now, datetime.combine(monday, time(), reader.tz))
    elif row.what == What.PUBLISHED:
        last = Telling.objects.filter(state=State.SENT, **whose).order_by("-sent_at").values_list("sent_at", flat=True).first()  # fmt: skip
        at = max(now, last + PAUSE) if last else now
    return next_decent(at, reader)


def _pass_over(rows: Sequence[Telling]) -> None:
    Telling.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.PASSED)


# --- taking back -------------------------------------------------------------------------------------


def recall(*, now: datetime) -> None:
    """Stop letters and messages that did not leave yet and tell what is not true, or not for their reader, any more."""
    gone = Telling.objects.filter(state=State.SENT).select_related(
        "revision__incident", "user", "letter", "message__channel"
    )
    for row in gone.filter(letter__state=Letter.State.WAITING):
        if not _still_for(row) and not post.withdraw(about=row.letter.about).on_their_way:
            _wait(Telling.objects.filter(letter=row.letter), now)
    for row in gone.filter(message__state=Letter.State.WAITING):
        if not _still_for(row) and chat.withdraw(row.message):
            _wait(Telling.objects.filter(message=row.message), now)


def _still_for(row: Telling) -> bool:
    incident = row.revision.incident
    if row.what == What.PUBLISHED and not Revision.objects.standing().filter(pk=row.revision_id).exists():
        return False
    if row.user:
        return Incident.objects.visible_to(row.user).filter(pk=incident.pk).exists()
    return not incident.restricted


def _wait(rows, now: datetime) -> None:
    rows.update(state=State.WAITING, sent_at=None, letter=None, message=None, look_at=now)
