"""Which words of an incident are about to be published as somebody's, and which of them they agreed to.

The write-up is a later room, so its texts are handed in; the rules themselves are in `attribution`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.models import Approval, Passage
from postmortems.interviews.releasing.attribution import (
    Person,
    Recollection,
    Wording,
    of_recollections,
    of_texts,
)

STILL = timedelta(minutes=30)  # how long words stand unchanged before somebody is asked about them


@dataclass(frozen=True)
class Claim:
    """Words that need somebody's consent, with what is known of it."""

    wording: Wording
    person: Participant
    approval: Approval | None

    @property
    def state(self) -> str:
        """`approved`, `refused`, `asked` or `open`."""
        if self.approval is None:
            return "open"
        if self.approval.approved_at:
            return "approved"
        if self.approval.refused_at:
            return "refused"
        return "asked" if self.approval.asked_at else "open"


def claims(incident: Incident, *, events: Collection[int], texts: Mapping[str, str]) -> list[Claim]:
    """Everything attributed in what would be published: these events, these Markdown texts. Three queries."""
    participants = {person.pk: person for person in incident.participants.select_related("user")}
    people = [Person(one.pk, one.name, tuple(one.known_as)) for one in participants.values()]
    passages = Passage.objects.filter(event__in=events, interview__incident=incident).select_related(
        "interview", "event"
    )
    recollections = [
        Recollection(
            one.event_id, one.interview.participant_id, one.event.text, one.event.caption, one.event.actor
        )
        for one in passages
    ]
    wordings = [*of_recollections(recollections, people), *of_texts(texts, people)]
    known = {
        (one.participant_id, one.digest): one
        for one in Approval.objects.filter(participant__in=participants).select_related("participant__user")
    }
    return [
        Claim(one, participants[one.participant], known.get((one.participant, one.digest)))
        for one in dict.fromkeys(wordings)
        if one.participant in participants
    ]


def want(incident: Incident, found: list[Claim], *, now: datetime) -> None:
    """Write down which consents are wanted, and forget those asked for about words that stand nowhere any more."""
    with transaction.atomic():
        for claim in found:
            Approval.objects.get_or_create(
                participant=claim.person,
                digest=claim.wording.digest,
                defaults={"event_id": claim.wording.event, "wanted_at": now},
            )
        Approval.objects.filter(participant__incident=incident, approved_at=None, refused_at=None).exclude(
            digest__in=[claim.wording.digest for claim in found]
        ).delete()


def ready_to_ask(found: list[Claim], *, now: datetime) -> dict[Participant, list[Approval]]:
    """Whom to write to: about words that have stood still for a while and that nobody asked about yet."""
    waiting: dict[Participant, list[Approval]] = {}
    for claim in found:
        if claim.state == "open" and claim.approval and claim.approval.wanted_at <= now - STILL:
            waiting.setdefault(claim.person, []).append(claim.approval)
    return waiting


def published(incident: Incident, *, events: Collection[int], now: datetime) -> None:
    """Part of publishing: from now on these recollections cannot be taken back."""
    Passage.objects.filter(event__in=events, interview__incident=incident, published_at=None).update(
        published_at=now
    )
