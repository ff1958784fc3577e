from postmortems.remediation.models.everyday import Bulk, BulkChange, ItemCalendar, SavedView
from postmortems.remediation.models.items import (
    OPEN_STATUSES,
    PROMISED_STATUSES,
    UNDONE_STATUSES,
    EffectCheck,
    Item,
    ItemLink,
    NoneNeeded,
    Step,
)
from postmortems.remediation.models.reminding import Hearing, Reminder, TeamChannel
from postmortems.remediation.models.tracking import Tracked, Tracker, TrackerLogin

__all__ = [
    "OPEN_STATUSES", "PROMISED_STATUSES", "UNDONE_STATUSES", "Bulk", "BulkChange", "EffectCheck", "Hearing", "Item", "ItemCalendar",
    "ItemLink", "NoneNeeded", "Reminder", "SavedView", "Step", "TeamChannel",
    "Tracked", "Tracker", "TrackerLogin",
]  # fmt: skip
