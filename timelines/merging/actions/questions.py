from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from timelines.actions import NotPossible
from timelines.models import Event, Question


def ask(
    *,
    incident: Incident,
    by: User,
    text: str,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    event: Event | None = None,
) -> Question:
    """Write down what the evidence leaves open. The same question about the same stretch is one."""
    text = _line(text)
    if not text:
        raise NotPossible("Write the question; how and what open a story, why closes it.")
    if begins_at and ends_at and ends_at < begins_at:
        begins_at, ends_at = ends_at, begins_at
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)  # two clicks ask once
        question, made = Question.objects.get_or_create(
            incident=incident,
            text=text,
            begins_at=begins_at,
            ends_at=ends_at,
            event=event,
            closed_at=None,
            defaults={"by": by},
        )
        if made:
            record(
                by=by,
                verb="question.asked",
                subject=incident.ref,
                sentence="wrote down a question",
                question=question.pk,
            )
    return question


def answer(*, question: Question, by: User, text: str) -> None:
    """Close a question with what was learned, or without: not every question finds an answer."""
    _change(
        question,
        by,
        "question.closed",
        "closed a question",
        open=True,
        answer=_line(text),
        closed_at=timezone.now(),
    )


def reopen(*, question: Question, by: User) -> None:
    _change(question, by, "question.reopened", "opened a question again", open=False, closed_at=None)


def withdraw(*, question: Question, by: User) -> None:
    """Take a question back that was not worth asking; a silence it was about is offered again."""
    with transaction.atomic():
        gone, _ = Question.objects.filter(pk=question.pk, closed_at=None).delete()
        if not gone:
            raise NotPossible("This question is closed, or gone already.")
        record(
            by=by, verb="question.withdrawn", subject=question.incident.ref, sentence="took a question back"
        )


def _change(question: Question, by: User, verb: str, sentence: str, *, open: bool, **changes) -> None:
    with transaction.atomic():
        if not Question.objects.filter(pk=question.pk, closed_at__isnull=open).update(**changes):
            raise NotPossible("Somebody has changed this question meanwhile. Look again.")
        record(by=by, verb=verb, subject=question.incident.ref, sentence=sentence, question=question.pk)
    for name, value in changes.items():
        setattr(question, name, value)


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:400]
