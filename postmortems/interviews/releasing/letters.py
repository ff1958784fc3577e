"""Letters about words that were written down. They never hold any of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from postmortems.interviews.models import Interview
from postmortems.interviews.readers import email_of, reader_of
from postmortems.interviews.releasing import links
from postmortems.notices import post


def read(interview: Interview, *, now: datetime) -> None:
    """“Read what was written down”, at a decent hour; asked for again on another day it is written again."""
    _to_interviewee(interview, "words", f"read {now:%Y-%m-%d}", now)


def longer(interview: Interview, *, now: datetime) -> None:
    _to_interviewee(interview, "words_longer", f"longer {interview.longer_until:%Y-%m-%d}", now)


def new_link(interview: Interview, *, now: datetime) -> None:
    """The link once more, at once, because the reader of an old one asked for it; one a day."""
    _to_interviewee(interview, "words_link", f"link {now:%Y-%m-%d}", now, at_once=True)


def again(interview: Interview, former_addresses: Iterable[str], *, now: datetime) -> None:
    """The way to their words, in the place of letters that did not reach them."""
    for address in former_addresses:
        post.withdraw(about=f"interview {interview.uid}", to=address)
    _to_interviewee(interview, "words", f"again {now.isoformat()}", now)


def agreed(interview: Interview, *, now: datetime) -> None:
    _to_interviewer(interview, "words_agreed", "agreed", now)


def written(interview: Interview, *, now: datetime) -> None:
    _to_interviewer(interview, "words_written", "written", now)


def _to_interviewee(
    interview: Interview, template: str, occasion: str, now: datetime, *, at_once: bool = False
) -> None:
    person = interview.participant
    post.send(
        to=email_of(person),
        template=f"emails/interviews/{template}",
        context={
            "interview": interview,
            "incident": interview.incident,
            "person": person,
            "host": interview.interviewer,
            "address": links.address(interview),
            "good_until": (now + timedelta(days=links.PURPOSE.days)).date(),
        },
        key=f"words {interview.uid} {occasion}",
        about=f"interview {interview.uid}",
        reader=None if at_once else reader_of(person),
        now=now,
    )


def _to_interviewer(interview: Interview, template: str, occasion: str, now: datetime) -> None:
    host = interview.interviewer
    post.send(
        to=host.email,
        template=f"emails/interviews/{template}",
        context={
            "incident": interview.incident,
            "person": interview.participant,
            "host": host,
            "address": settings.SITE_URL
            + reverse("interviews:conduct", args=[interview.incident.ref, interview.pk]),
        },
        key=f"words {interview.uid} {occasion} host {now.isoformat()}",
        about=f"interview {interview.uid}",
        reader=host.reader,
        now=now,
    )
