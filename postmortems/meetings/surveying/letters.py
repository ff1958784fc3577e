"""The survey's letter: an address of one's own, good for one answer and no sign-in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from postmortems.meetings import people
from postmortems.meetings.models import SurveyKey
from postmortems.meetings.surveying import ballots
from postmortems.notices import post

SALT = "meetings.survey"
LONGEST = timedelta(days=400)  # the survey itself says sooner that it is over


def token(key: SurveyKey) -> str:
    return signing.dumps(key.pk, salt=SALT)


def key_of(text: str) -> SurveyKey | None:
    try:
        pk = signing.loads(text, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return None
    return SurveyKey.objects.select_related("survey__meeting__incident").filter(pk=pk).first()


def ask(key: SurveyKey, *, now: datetime) -> None:
    attendance, survey = key.attendance, key.survey
    zone = people.zone_of(attendance.user.zone if attendance.user else attendance.zone)
    closes = survey.closes_at.astimezone(zone)
    post.send(
        to=attendance.address,
        template="emails/meetings/survey",
        context={
            "attendance": attendance,
            "incident": survey.meeting.incident,
            "closes": f"{closes:%A, %-d %B %Y, %H:%M} {zone.key}",
            "least": ballots.LEAST,
            "address": settings.SITE_URL + reverse("meetings:answer", args=[token(key)]),
        },
        key=f"survey {attendance.uid}",
        reader=people.reader(attendance.user, attendance.zone),
        not_after=survey.closes_at,
        about=f"survey {attendance.uid}",
        now=now,
    )  # fmt: skip
