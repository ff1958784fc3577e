"""What the interviewee decides about their words."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.audit.log import record
from postmortems.interviews.models import Passage
from postmortems.interviews.refusals import NotPossible
from timelines import actions as timeline


def release(*, passage: Passage, text: str, with_name: bool, now: datetime) -> Passage:
    """The interviewee lets a passage out, in their own words. It becomes a recollection on the timeline.

    Raises NotPossible without a time to place it at, or when it was decided on already.
    """
    with transaction.atomic():
        passage = (
            Passage.objects.select_for_update(of=("self",))
            .select_related("interview__incident", "interview__participant__user", "interview__interviewer")
            .get(pk=passage.pk)
        )
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        if passage.earliest is None:
            raise NotPossible("Say roughly when it was, so that it finds its place on the line.")
        interview = passage.interview
        person = interview.participant
        event = timeline.add_recollection(
            incident=interview.incident, by=person.user or interview.interviewer, at=passage.earliest, until=passage.latest,
            text=text.strip() or passage.text, actor=person.name if with_name else "",
        )  # fmt: skip
        passage.text, passage.with_name, passage.event = text.strip() or passage.text, with_name, event
        passage.state, passage.released_at = Passage.State.RELEASED, now
        passage.save()
        record(
            by=person.user,
            verb="passage.released",
            subject=interview.incident.ref,
            sentence="released a recollection",
        )
    return passage


def strike(*, passage: Passage) -> None:
    """The interviewee says no. The words go; that there was a passage stays."""
    with transaction.atomic():
        passage = (
            Passage.objects.select_for_update(of=("self",))
            .select_related("interview__incident", "interview__participant__user")
            .get(pk=passage.pk)
        )
        if passage.state != Passage.State.PROPOSED:
            raise NotPossible("This passage was decided on already.")
        passage.state, passage.text, passage.about = Passage.State.STRUCK, "", ""
        passage.save()
        record(
            by=passage.interview.participant.user,
            verb="passage.struck",
            subject=passage.interview.incident.ref,
            sentence="struck a passage",
        )
