from postmortems.interviews.models.attribution import Approval
from postmortems.interviews.models.calendar import BusyCalendar, CalendarKey
from postmortems.interviews.models.interview import Interview, NotAsked, Plan, WindowDecision
from postmortems.interviews.models.jot_note import JotNote, JotRequest
from postmortems.interviews.models.words import Correction, Note, Passage, Purge, Question

__all__ = [
    "Approval",
    "BusyCalendar",
    "CalendarKey",
    "Correction",
    "Interview",
    "JotNote",
    "JotRequest",
    "NotAsked",
    "Note",
    "Passage",
    "Plan",
    "Purge",
    "Question",
    "WindowDecision",
]
