"""What people of the demo say about the draft before the meeting: a suggestion taken up, one thread done, one open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.writeup.commenting import actions, threads
from postmortems.writeup.commenting.passages import Selected, passage_of


def said(incident: Incident, people: dict[str, User], told: list[dict[str, Any]], at: datetime) -> None:
    for one in told:
        at += timedelta(hours=2)
        passage = passage_of(incident, Selected(one["section"], quote=one["on"]))
        begun = actions.comment(
            incident=incident, by=people[one["by"]], text=one["text"], now=at, passage=passage, suggestion=one.get("suggestion")
        )  # fmt: skip
        for answer in one.get("answers", []):
            at += timedelta(minutes=40)
            actions.answer(thread=begun, by=people[answer["by"]], text=answer["text"], now=at)
        if "accepted" in one:
            seen = threads.one(begun).seen
            actions.accept(thread=begun, by=people[one["accepted"]], seen=seen, now=at + timedelta(hours=1))
        if "resolved" in one:
            actions.resolve(thread=begun, by=people[one["resolved"]], now=at + timedelta(hours=1))
