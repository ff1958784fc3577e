"""The path of a review and the next sensible step. Pure: facts and the time in, words out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["done", "now", "next", "skipped"]
STAGES = ("open", "gather", "soak", "interview", "write", "review", "publish", "follow")
NAMES = {
    "open": "Open", "gather": "Gather", "soak": "Soak", "interview": "Interview", "write": "Write", "review": "Review",
    "publish": "Publish", "follow": "Follow through",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of one review, as counts and instants."""

    resolved_at: datetime | None = None
    soak_until: datetime | None = None
    fade_at: datetime | None = None
    participants: int = 0
    events: int = 0
    pinned: int = 0
    interviews_standing: int = 0
    interviews_done: int = 0
    interviews_planned: int = 0
    interviews_asked: int = 0
    interviews_answered: int = 0
    texts_written: int = 0
    texts_required: int = 4
    conditions: int = 0
    items: int = 0
    items_open: int = 0
    meeting_expected: bool = False  # the severity's policy wants one
    meeting_at: datetime | None = None  # of the one that is planned, or was held last
    meeting_held: bool = False
    parked: int = 0
    decide_from: datetime | None = None  # when what was parked in the meeting has settled
    blocking: int = 0
    approvals_missing: int = 0
    revisions: int = 0
    planned_at: datetime | None = None  # when the draft is to be published by itself
    publish_by: datetime | None = None
    closed: bool = False
    skipped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stage:
    key: str
    name: str
    state: State
    said: str


@dataclass(frozen=True)
class Step:
    """The next sensible step: what, why now, and where."""

    sentence: str
    why: str
    address: str  # a name of urls, called with the incident's reference
    label: str


def stages(facts: Facts, now: datetime) -> list[Stage]:
    """Every stage with its state: what is done, the first that is not (now), what follows, what was skipped.

    The soak passes by itself; gathering goes on during it, so both may be under way and the first counts.
    """
    done = {
        "open": facts.resolved_at is not None,
        "gather": facts.pinned > 0,
        "soak": facts.soak_until is not None and now >= facts.soak_until,
        "interview": facts.interviews_done > 0 and facts.interviews_done == facts.interviews_standing,
        "write": facts.texts_written >= facts.texts_required and facts.conditions >= 2,
        "review": facts.revisions > 0
        or (
            facts.texts_written >= facts.texts_required
            and facts.blocking == 0
            and facts.approvals_missing == 0
            and (facts.meeting_held or not facts.meeting_expected)
        ),
        "publish": facts.revisions > 0,
        "follow": facts.revisions > 0 and facts.items_open == 0,
    }
    if facts.revisions:
        for key in ("open", "gather", "soak", "write", "review"):
            done[key] = True
    found: list[Stage] = []
    now_given = facts.closed
    for key in STAGES:
        if done[key]:
            state: State = "done"
        elif key in facts.skipped or (
            key == "interview" and facts.revisions and not facts.interviews_standing
        ):
            state = "skipped"
        elif not now_given:
            state, now_given = "now", True
        else:
            state = "next"
        found.append(Stage(key, NAMES[key], state, _said(key, facts, now)))
    return found


def _said(key: str, facts: Facts, now: datetime) -> str:
    if key == "open":
        return "resolved" if facts.resolved_at else "not resolved yet"
    if key == "gather":
        return f"{facts.events:,} events, {facts.pinned} pinned"
    if key == "soak":
        if facts.soak_until is None:
            return "begins when it is resolved"
        return "rested" if now >= facts.soak_until else f"{_long(facts.soak_until - now)} left"
    if key == "interview":
        return _heard(facts)
    if key == "write":
        return f"{facts.texts_written} of {facts.texts_required} texts, {facts.conditions} conditions"
    if key == "review":
        return _reviewed(facts, now)
    if key == "publish":
        return _published(facts, now)
    return f"{facts.items_open} of {facts.items} items open" if facts.items else "no items"


def _published(facts: Facts, now: datetime) -> str:
    if facts.planned_at is None:
        return f"revision {facts.revisions}" if facts.revisions else "not yet"
    ahead = f"in {_long(facts.planned_at - now)}" if facts.planned_at > now else "at any moment"
    return f"revision {facts.revisions}, the next {ahead}" if facts.revisions else ahead


def _heard(facts: Facts) -> str:
    """How far the conversations are: held, else answered, asked, planned. What was said in them is nobody's business here."""
    standing = facts.interviews_standing
    if not standing:
        return "none planned"
    if facts.interviews_done:
        return f"{facts.interviews_done} of {standing} held"
    if facts.interviews_answered:
        return f"{facts.interviews_answered} of {standing} answered"
    return (
        f"{facts.interviews_asked} of {standing} asked" if facts.interviews_asked else f"{standing} planned"
    )


def _reviewed(facts: Facts, now: datetime) -> str:
    if facts.revisions:
        return "read together"
    if facts.meeting_at and not facts.meeting_held:
        return f"meeting in {_long(facts.meeting_at - now)}" if now < facts.meeting_at else "meeting is due"
    if facts.blocking:
        return f"{facts.blocking} open points"
    if facts.meeting_expected and not facts.meeting_held:
        return "no meeting yet"
    return "talked through" if facts.meeting_held else "nothing open"


def next_step(facts: Facts, now: datetime) -> Step | None:
    """The one thing to do next, or nothing when the review is closed.

    In this order: know when it ended; gather while people rest; ask before memory fades; write; read it
    together; publish; follow the items until they are verified.
    """
    if facts.closed:
        return None
    if facts.revisions:
        return _follow_up(facts)
    if facts.resolved_at is None:
        return _until_it_ends(facts)
    resting = facts.soak_until is not None and now < facts.soak_until
    return (
        _gather(facts)
        or _plan_interviews(facts, now, resting)
        or _read_the_line(facts, now, resting)
        or _listen(facts, now)
        or _write(facts)
        or _meet(facts, now)
        or _publish(facts, now)
    )


def _until_it_ends(facts: Facts) -> Step:
    if not facts.events:
        return Step(
            "Bring in what the tools remember",
            "Chats and alerts expire; people are still busy.",
            "timelines:imports",
            "Bring in evidence",
        )
    return Step(
        "Note when it was resolved",
        "The soak begins at that moment, and nobody is asked before they have rested.",
        "incidents:edit",
        "Set the times",
    )


def _gather(facts: Facts) -> Step | None:
    if not facts.events:
        return Step(
            "Bring in the evidence",
            "People rest now; tools can be asked at once, and their memory expires.",
            "timelines:imports",
            "Bring in evidence",
        )
    if not facts.participants:
        return Step(
            "Note who took part",
            "The interview plan and the jot-notes need to know whom to ask.",
            "incidents:people",
            "Add people",
        )
    return None


def _plan_interviews(facts: Facts, now: datetime, resting: bool) -> Step | None:
    if "interview" in facts.skipped:
        return None
    if not facts.interviews_standing:
        left = f" It fades in {_long(facts.fade_at - now)}." if facts.fade_at and facts.fade_at > now else ""
        why = (
            "People need a night or two; planning now finds them rested."
            if resting
            else f"They have rested, and memory is still fresh.{left}"
        )
        return Step("Plan the interviews", why, "interviews:board", "Plan interviews")
    if facts.interviews_planned and not (facts.interviews_asked or facts.interviews_done):
        return Step(
            f"Send {_several(facts.interviews_planned, 'invitation')}",
            "The times are only proposed: nobody knows of them yet.",
            "interviews:board",
            "See the schedule",
        )
    return None


def _read_the_line(facts: Facts, now: datetime, resting: bool) -> Step | None:
    if not facts.pinned:
        why = (
            "While people rest, the line can be read: which moments tell the story?"
            if resting
            else "The interviews and the write-up rest on these moments."
        )
        return Step("Pin the events that tell the story", why, "timelines:timeline", "Read the timeline")
    if resting:
        return Step(
            "Let people rest",
            f"Interviews may begin in {_long(facts.soak_until - now)}. Until then the evidence can be read in peace.",
            "timelines:timeline",
            "Read the timeline",
        )
    return None


def _listen(facts: Facts, now: datetime) -> Step | None:
    if not facts.interviews_planned:
        return None
    fading = facts.fade_at is not None and now > facts.fade_at
    why = (
        "Memory has begun to fade: hold them soon, or ask for answers in writing."
        if fading
        else "Ask before it fades; everything else can wait."
    )
    return Step(
        f"Hold {_several(facts.interviews_planned, 'interview')}", why, "interviews:board", "See the schedule"
    )


def _write(facts: Facts) -> Step | None:
    if facts.texts_written < facts.texts_required or facts.conditions < 2:
        return Step("Write the three R's", "The conversations are held and fresh.", "writeup:edit", "Write")
    return None


def _meet(facts: Facts, now: datetime) -> Step | None:
    """From the plan of the meeting to what becomes of the ideas parked in it; nothing where it is waited for."""
    if "review" in facts.skipped:
        return None
    if facts.meeting_at is None:
        if not facts.meeting_expected:
            return None
        why = (
            "The draft can be read: whom it concerns reads it a day before, so that nobody meets a surprise."
        )
        return Step("Plan the review meeting", why, "meetings:plan", "Find a time")
    if not facts.meeting_held:
        ahead = facts.meeting_at - now
        sentence = (
            f"The review meeting is in {_long(ahead)}" if ahead > timedelta(0) else "Hold the review meeting"
        )
        return Step(sentence, "What is missing, and what went differently for whom?", "meetings:meeting", "See the meeting")  # fmt: skip
    if facts.parked and facts.decide_from and now >= facts.decide_from:
        return Step(
            f"Decide on {_several(facts.parked, 'parked remedy', 'parked remedies')}",
            "They had time to settle since the meeting. Accepting none is a good answer, too.",
            "meetings:decide",
            "Decide",
        )
    return None


def _publish(facts: Facts, now: datetime) -> Step:
    if facts.blocking:
        return Step(
            "See what is still missing",
            f"{_several(facts.blocking, 'point')} stand{'s' if facts.blocking == 1 else ''} between the draft and its readers.",
            "publication:readiness",
            "See the points",
        )
    if facts.planned_at is not None:
        ahead = f"in {_long(facts.planned_at - now)}" if facts.planned_at > now else "at any moment"
        return Step(
            f"It is published {ahead}",
            "As it was planned; it can be called off, and a change of the text stops it.",
            "publication:readiness",
            "Read it once more",
        )
    late = facts.publish_by is not None and now > facts.publish_by
    return Step(
        "Publish",
        "Its day has passed; readers are waiting." if late else "Nothing is missing.",
        "publication:readiness",
        "Read and publish",
    )


def _follow_up(facts: Facts) -> Step:
    if facts.items_open:
        return Step(
            f"See {_several(facts.items_open, 'remediation item')} through",
            "Published is not finished: a promise is kept when it is verified.",
            "remediation:of_incident",
            "Look at the items",
        )
    return Step(
        "Close the review",
        "Every item is verified or dropped with a reason.",
        "desk:overview",
        "Close it below",
    )


def _several(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _long(value: timedelta) -> str:
    hours = max(0, round(value.total_seconds() / 3600))
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
