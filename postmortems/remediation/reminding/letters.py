"""The words of reminders: one letter for a person, one message for a team's channel."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.calendars.decent import Reader
from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation.models import Item, Reminder, TeamChannel

MOST = 40  # of one letter; the page has them all
PARTS = (
    ("Yours", ("before", "on", "after")),
    ("Done, and not looked at yet", ("verify",)),
    ("Of your teams, a week past their date", ("team",)),
    ("Anywhere, two weeks past their date", ("leadership",)),
)


def digest(person: User, rows: list[Reminder], *, now: datetime) -> Letter | None:
    """All that one person is to hear today. Call it in the transaction that marks the rows."""
    reader = person.reader
    today = now.astimezone(reader.tz).date()
    about = f"items {person.pk} {today.isoformat()}"
    # one that was taken back for something that changed was the same day's, too
    number = Letter.objects.filter(about=about).count()
    shown = rows[:MOST]
    parts = [
        (title, [told(row.item, row.rule, today) for row in shown if row.rule in names])
        for title, names in PARTS
    ]
    return post.send(
        to=person.email,
        template="emails/remediation/digest",
        context={
            "person": person,
            "parts": [part for part in parts if part[1]],
            "first": told(rows[0].item, rows[0].rule, today),
            "count": len(rows),
            "more": len(rows) - len(shown),
            "page": settings.SITE_URL + reverse("remediation:mine"),
            "choices": settings.SITE_URL + reverse("remediation:hearing"),
        },
        key=f"{about} {number}",
        about=about,
        reader=reader,
        now=now,
    )


def chat_digest(place: TeamChannel, rows: list[Reminder], *, now: datetime) -> ChatMessage | None:
    today = now.astimezone(Reader(zone=place.zone).tz).date()
    about = f"items of channel {place.pk} {today.isoformat()} "
    number = ChatMessage.objects.filter(key__startswith=about).count()
    count = "one item is" if len(rows) == 1 else f"{len(rows)} items are"
    lines = [(told(row.item, row.rule, today)["line"], address(row.item)) for row in rows]
    return chat.send(
        channel=place.channel,
        title=f"{place.team}: {count} a week past the date",
        lines=lines,
        key=f"{about}{number}",
        now=now,
    )


def told(item: Item, rule: str, today: date) -> dict[str, str]:
    """An item in a line. Of a restricted incident not even what is to be done travels."""
    what = "" if item.incident.restricted else f": {item.what}"
    name = f"R{item.number} of {item.incident.ref}{what}"
    when = f"done on {day(item.done_at.date())}" if rule == "verify" and item.done_at else _when(item, today)
    return {"name": name, "when": when, "line": f"{name} – {when}", "address": address(item)}


def _when(item: Item, today: date) -> str:
    if item.due_on is None:
        return "no date"
    days = (item.due_on - today).days
    if days == 0:
        return "due today"
    if days == 1:
        return "due tomorrow"
    return f"due on {day(item.due_on)}" if days > 0 else f"was due on {day(item.due_on)}"


def day(when: date) -> str:
    return f"{when:%A}, {when.day} {when:%B %Y}"


def address(item: Item) -> str:
    return settings.SITE_URL + reverse("remediation:item", args=[item.incident.ref, item.number])
