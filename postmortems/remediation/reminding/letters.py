"""The words of reminders: one letter for a person, one message for a team's channel."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator

from postmortems.accounts.models import User
from postmortems.calendars.decent import Reader
from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation.models import Item, Reminder, TeamChannel

MOST = 25  # of one letter; the page has them all
# by what a reader is to do: a title, a sentence where the title does not say it all, and how the subject counts them
PARTS = {
    "yours": ("Yours", "", "of yours"),
    "nobodys": (
        "Nobody’s",
        "You lead the reviews that these come from, and nobody who is here owns them. Find somebody who takes them.",
        "that nobody owns",
    ),
    "verify": (
        "Done, and not looked at yet",
        "Whether it works is for somebody else than its owner to say.",
        "to look at",
    ),
    "team": ("Of your teams, a week past their date", "", "of your teams"),
    "leadership": ("Anywhere, two weeks past their date", "", "long past their date"),
}


def digest(person: User, rows: list[Reminder], *, now: datetime) -> Letter | None:
    """All that one person is to hear today. Call it in the transaction that marks the rows."""
    reader = person.reader
    today = now.astimezone(reader.tz).date()
    about = f"items {person.pk} {today.isoformat()}"
    # one that was taken back for something that changed was the same day's, too
    number = Letter.objects.filter(about=about).count()
    return post.send(
        to=person.email,
        template="emails/remediation/digest",
        context={
            "person": person,
            "subject": subject(rows, today),
            "parts": parts_of(sorted(rows, key=_order)[:MOST], today),
            "more": max(0, len(rows) - MOST),
            "page": settings.SITE_URL + reverse("remediation:mine"),
            "choices": settings.SITE_URL + reverse("remediation:hearing"),
        },
        key=f"{about} {number}",
        about=about,
        reader=reader,
        now=now,
    )


def parts_of(rows: list[Reminder], today: date) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Title, sentence and items of each part that has any."""
    return [
        (title, sentence, [told(row.item, row.rule, today) for row in found])
        for name, (title, sentence, _) in PARTS.items()
        if (found := [row for row in rows if part_of(row) == name])
    ]


def subject(rows: list[Reminder], today: date) -> str:
    """What a telephone shows: of one item when it is due, of several how many ask for what."""
    if len(rows) == 1:
        one = told(rows[0].item, rows[0].rule, today)
        when = one["when"][:1].upper() + one["when"][1:]
        return f"{when}: {Truncator(one['name']).chars(120)}"
    count = Counter(part_of(row) for row in rows)
    counted = [f"{count[name]} {words}" for name, (_, _, words) in PARTS.items() if count[name]]
    return f"Remediation items: {', '.join(counted)}"


def part_of(row: Reminder) -> str:
    """A reminder to the owner goes to whoever leads the review where no owner is left."""
    if row.rule in PARTS:
        return row.rule
    return "yours" if row.item.owner_id == row.person_id else "nobodys"


def _order(row: Reminder) -> int:
    return list(PARTS).index(part_of(row))


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


# --- one item ----------------------------------------------------------------------------------------


def told(item: Item, rule: str, today: date) -> dict[str, str]:
    """An item in a few words. Of a restricted incident not even what is to be done travels."""
    number = f"R{item.number} of {item.incident.ref}"
    shut = item.incident.restricted
    name = number if shut else item.what
    when = done_on(item.done_at.date(), today) if rule == "verify" and item.done_at else due(item, today)
    return {
        "name": name,
        "number": "" if shut else number,
        "when": when,
        "who": "" if rule in ("before", "on", "after") else who(item),
        "works": item.how_we_know if rule == "verify" and not shut else "",
        "line": f"{name} – {when}" if shut else f"{name} ({number}) – {when}",
        "address": address(item),
    }


def who(item: Item) -> str:
    if item.owner is None:
        return "nobody owns it"
    return str(item.owner) if item.owner.is_active else f"{item.owner}, who has left"


def due(item: Item, today: date) -> str:
    if item.due_on is None:
        return "no date"
    days = (item.due_on - today).days
    near = {-1: "was due yesterday", 0: "due today", 1: "due tomorrow"}.get(days)
    if near:
        return near
    if days > 0:
        return f"due on {day(item.due_on, today)}"
    return f"was due on {day(item.due_on, today)}, {-days} days ago"


def done_on(at: date, today: date) -> str:
    return f"done on {day(at, today)}"


def day(when: date, today: date) -> str:
    """With its year where that is another one."""
    return f"{when:%A}, {when.day} {when:%B}{'' if when.year == today.year else f' {when.year}'}"


def address(item: Item) -> str:
    return settings.SITE_URL + reverse("remediation:item", args=[item.incident.ref, item.number])
