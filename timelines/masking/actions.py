"""What people say about masked values. One answer holds for the same value everywhere in the incident."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from timelines.actions import NotPossible
from timelines.models import Secret

MASKED, KEPT, SHOWN = Secret.State.MASKED, Secret.State.KEPT, Secret.State.SHOWN
_SAYINGS = {
    KEPT: ("secret.kept", "said that a {kind} stays masked, in {events}"),
    SHOWN: ("secret.shown", "said that a masked {kind} is harmless, and showed it in {events}"),
    MASKED: ("secret.masked", "took back an answer about a masked {kind}, in {events}"),
}


def decide(*, incident: Incident, by: User, digest: bytes, seen: str, state: str) -> int:
    """Keep a value masked, show it because it is harmless, or ask again: everywhere in the incident.

    `seen` is the state that the person saw; what somebody else decided meanwhile stands. The events whose
    words change are counted and given back. Later imports follow the answer.
    """
    with transaction.atomic():
        rows = Secret.objects.select_for_update(of=("self",)).filter(
            incident=incident, digest=digest, state=seen
        )
        found = list(rows.order_by("pk").values_list("pk", "kind", "event"))
        if not found or state == seen:
            raise NotPossible("Somebody else answered this meanwhile. Here is how it stands now.")
        ids = [pk for pk, _, _ in found]
        if SHOWN in (seen, state):
            _rewrite(ids, *(("mask", "value") if state == SHOWN else ("value", "mask")))
        nobody = state == MASKED
        Secret.objects.filter(pk__in=ids).update(
            state=state, decided_by=None if nobody else by, decided_at=None if nobody else timezone.now()
        )
        events = len({event for _, _, event in found})
        verb, sentence = _SAYINGS[state]
        record(
            by=by, verb=verb, subject=incident.ref,
            sentence=sentence.format(kind=found[0][1], events="one event" if events == 1 else f"{events} events"),
        )  # fmt: skip
    return events


def _rewrite(ids: list[int], before: str, after: str) -> None:
    """In each field that holds one of these, put `after` where `before` stands.

    The field is compared by what stands in it, so that nothing happens to an edition that came since.
    """
    with connection.cursor() as cursor:
        for column in ("text", "link", "actor"):
            cursor.execute(_IN_TEXT.format(column=column, before=before, after=after), [column, ids])
        cursor.execute(_IN_JSON.format(before=before, after=after), [ids])


_IN_TEXT = """
    update timelines_event e set {column} = replace(e.{column}, s.{before}, s.{after})
    from timelines_secret s where s.event_id = e.id and s."column" = %s and s.id = any(%s)
"""
# What is written inside a string of JSON, without its quotation marks.
_IN_JSON = """
    update timelines_event e set extra = replace(e.extra::text,
        substr(to_json(s.{before})::text, 2, length(to_json(s.{before})::text) - 2),
        substr(to_json(s.{after})::text, 2, length(to_json(s.{after})::text) - 2))::jsonb
    from timelines_secret s where s.event_id = e.id and s."column" = 'extra' and s.id = any(%s)
"""
