"""What the page of a conversation shows, part by part, so that a changed part can be answered alone. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.interviews.listening import cues, decisions, stamps, tidy
from postmortems.interviews.listening.bank import bank
from postmortems.interviews.models import Interview, Note, Passage, Question

USUAL = timedelta(minutes=45)
PASSAGES = 300


def whole(interview: Interview, by: User, *, may: set[Permission], page: int = 1, **more) -> dict:
    note = Note.objects.visible_to(by).filter(interview=interview).first()
    body = more.pop("body", note.body if note else "")
    return {
        **head(interview),
        "note": note,
        "body": body,
        **beside(interview, page),
        **asking(interview, by),
        **passages_of(interview, by, note),
        **(after(interview, body, may) if interview.state == Interview.State.DONE else {}),
        **more,
    }


def head(interview: Interview) -> dict:
    planned = interview.ends_at - interview.starts_at if interview.starts_at and interview.ends_at else USUAL
    began = interview.began_at
    return {
        "interview": interview,
        "incident": interview.incident,
        "zone": ZoneInfo(interview.incident.zone),
        "planned_minutes": round(planned.total_seconds() / 60),
        "until": began + planned if began else None,
        "over": interview.state == Interview.State.DONE,
    }


def beside(interview: Interview, page: int = 1) -> dict:
    """The cues, each with the stamp that its time would be in the notes."""
    span = cues.span_of(interview.incident)
    found = cues.cues(interview, cues.persons_of(interview.participant), page)
    undated = interview.incident.questions.filter(closed_at=None, begins_at=None)[: cues.AROUND]
    for row in found.rows:
        row.stamp = mark(row.at, span)
    return {
        "cues": found,
        "undated": undated,
        "several_days": len({row.at.astimezone(span.zone).date() for row in found.rows}) > 1,
    }


def mark(at: datetime, span: stamps.Span) -> str:
    """`@02:14`, with its day where that alone would not say it, to be read back as this very minute."""
    local = at.astimezone(span.zone)
    short = f"@{local:%H:%M}"
    read = stamps.read(f"{short} x", span)
    if read and read[0].earliest == at.replace(second=0, microsecond=0):
        return short
    with_day = f"@{local:%Y-%m-%d %H:%M}"
    read = stamps.read(f"{with_day} x", span)
    if read and read[0].earliest:
        return with_day
    return f"{with_day} UTC{local.isoformat()[-6:]}"


def asking(interview: Interview, by: User, *, opened: str = "", **more) -> dict:
    """The questions: by decision point, prepared, and the bank."""
    questions = list(Question.objects.visible_to(by).filter(interview=interview))
    points = cues.points(interview, cues.persons_of(interview.participant), questions)
    known = {point.value for point in points}
    bare = [point.name for point in points if not point.asked]
    return {
        "points": points,
        "opened": opened or next((point.value for point in points if not point.asked), ""),
        "coverage": decisions.uncovered(bare, len(points)),
        "prepared": [one for one in questions if not one.asked_at],
        "asked": [
            one for one in questions if one.asked_at and cues.point_of_question(one) not in known
        ],
        "bank": bank(),
        "said": [{"name": kind.name, "about": kind.about, "next": bank().after(kind)} for kind in bank().said],
        "signals": [{"words": one.words, "ask": one.ask} for one in bank().signals],
        "taken": {one.text for one in questions if one.asked_at},
        **more,
    }  # fmt: skip


def passages_of(interview: Interview, by: User, note: Note | None) -> dict:
    """Proposed, released and struck passages, and the stamped lines whose time has to be said."""
    span = cues.span_of(interview.incident)
    read = stamps.read(note.body, span) if note else []
    rows = list(Passage.objects.visible_to(by).filter(interview=interview).select_related("event")[:PASSAGES])
    return {"passages": rows, "unsure": [stamp for stamp in read if stamp.trouble]}


def after(interview: Interview, body: str, may: set[Permission]) -> dict:
    """What is left to do on the same day."""
    stand = set(interview.incident.questions.values_list("text", flat=True)[:500])
    left = tidy.open_questions(body)
    return {
        "themes": tidy.themes(body),
        "left_open": [(words, words in stand) for words in left],
        "corrections": interview.corrections.all()[:PASSAGES],
        "may_ask": Permission.WRITE in may,
    }
